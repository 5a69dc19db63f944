//! What a record consists of. The schema is stored in the artifact, so that a form, a CSV reader and a widget are built
//! from it and no column's name is hard-coded.

use std::collections::BTreeSet;

use serde::Serialize;
use thiserror::Error;

use crate::date::Date;
use crate::date_role::DateRole;
use crate::decode::impl_from_json;
use crate::number::is_measurement;

/// Schemas with more columns are rejected on load.
pub(crate) const MAX_COLUMNS: usize = 4_096;
/// Categorical columns with more values are rejected on load (category codes fit in 16 bits).
pub(crate) const MAX_CATEGORIES: usize = 65_535;

/// The columns a model reads, in the order of the training file, and the target it predicts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Schema {
    /// What is predicted.
    pub target: Target,
    /// What it is predicted from.
    pub columns: Vec<Column>,
    /// Names of columns that a form shows first, in this order; see [`Schema::form_order`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub order: Vec<String>,
}

impl_from_json!(Schema { target, columns, order = Vec::new() });

/// The column that is predicted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Target {
    /// The name in the CSV's header.
    pub name: String,
    /// The display name.
    pub label: String,
    /// Smallest and largest value in the training rows.
    pub observed: Range,
    /// The ends of the scale, if they are known: a shown prediction is clamped to them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limits: Option<Range>,
    /// Whether every training value is a whole number.
    pub whole: bool,
    /// A sentence about it, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// What it is measured in, such as `points`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

impl_from_json!(Target { name, label, observed, limits = None, whole, help = None, unit = None });

/// One input column.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Column {
    /// The name in the CSV's header.
    pub name: String,
    /// The display name.
    pub label: String,
    /// What its cells hold.
    pub kind: ColumnKind,
    /// A sentence about it, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// What its numbers are measured in, such as `points`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The step between the numbers that a form offers; above 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<f64>,
    /// The range that a form offers, if it is not the observed one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<Range>,
    /// Whether a person can change it, so that plans for a goal may use it.
    #[serde(skip_serializing_if = "is_false")]
    pub actionable: bool,
    /// Whether it is sensitive (who a person is or where they come from): errors are compared between its groups.
    #[serde(skip_serializing_if = "is_false")]
    pub sensitive: bool,
    /// The monotonic constraint on its effect, if configured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// Its relation to a date, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<DateRole>,
}

impl_from_json!(Column {
    name,
    label,
    kind,
    help = None,
    unit = None,
    step = None,
    range = None,
    actionable = false,
    sensitive = false,
    direction = None,
    date = None,
});

/// A monotonic constraint: how the prediction may change with a column's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// It never falls when they rise.
    Up,
    /// It never rises when they rise.
    Down,
}

impl_from_json!(enum Direction { "up" => Up {}, "down" => Down {} });

impl Direction {
    /// 1 for up, −1 for down.
    #[must_use]
    pub fn sign(self) -> i8 {
        match self {
            Self::Up => 1,
            Self::Down => -1,
        }
    }
}

/// What a column's cells hold, with what a form needs to offer them.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// Numbers.
    Numeric {
        /// Smallest and largest value in the training rows.
        observed: Range,
        /// The training rows' median, which is imputed for a blank.
        median: f64,
        /// Whether every training value is a whole number.
        whole: bool,
    },
    /// One of a fixed set of texts.
    Categorical {
        /// The training rows' values, sorted; a category's code is its index here.
        values: Vec<String>,
        /// The code of the most frequent value, which is imputed for a blank.
        mode: u32,
    },
}

impl_from_json!(enum ColumnKind {
    "numeric" => Numeric { observed, median, whole },
    "categorical" => Categorical { values, mode },
});

/// A closed interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Range {
    /// The lower end.
    pub min: f64,
    /// The upper end.
    pub max: f64,
}

impl_from_json!(Range { min, max });

impl Range {
    /// Whether `value` lies between the ends or on one of them.
    #[must_use]
    pub fn contains(&self, value: f64) -> bool {
        self.min <= value && value <= self.max
    }

    /// `value` clamped to the interval.
    #[must_use]
    pub fn clamp(&self, value: f64) -> f64 {
        // `f64::clamp` panics if the ends are not in order, and its message adds 20 kB of code to the WebAssembly.
        value.max(self.min).min(self.max)
    }
}

/// What is wrong with a schema.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SchemaError {
    /// A schema needs at least one input column.
    #[error("the schema has no input column")]
    NoColumn,
    /// Bounded sizes keep loading a hostile file cheap.
    #[error("the schema has {found} columns, more than the {MAX_COLUMNS} that are supported")]
    TooManyColumns {
        /// How many there are.
        found: usize,
    },
    /// Cells are found by name, so a name must be unique.
    #[error("two columns are named \"{name}\"")]
    DuplicateColumn {
        /// The name.
        name: String,
    },
    /// Anything wrong within one column.
    #[error("column \"{name}\": {problem}")]
    Column {
        /// The column's name.
        name: String,
        /// What is wrong with it.
        problem: &'static str,
    },
}

impl Schema {
    /// The index of the column named `name` among [`Schema::columns`].
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// The input columns of a record. Derived columns come after them, see [`crate::DerivedColumn`].
    #[must_use]
    pub fn inputs(&self) -> &[Column] {
        let n_inputs = self.columns.iter().position(Column::is_derived).unwrap_or(self.columns.len());
        &self.columns[..n_inputs]
    }

    /// The indices of all inputs in the order of a form: first those that [`Schema::order`] names, then the others in
    /// their own order.
    #[must_use]
    pub fn form_order(&self) -> Vec<usize> {
        let n_inputs = self.inputs().len();
        let named = self.order.iter().filter_map(|name| self.position(name));
        let first: Vec<usize> = named.filter(|idx| *idx < n_inputs).collect();
        let others = (0..n_inputs).filter(|idx| !first.contains(idx));
        first.iter().copied().chain(others).collect()
    }

    /// Checks what code that reads the schema relies on.
    ///
    /// # Errors
    /// The first problem found, see [`SchemaError`].
    pub fn validate(&self) -> Result<(), SchemaError> {
        if self.columns.is_empty() {
            return Err(SchemaError::NoColumn);
        }
        if self.columns.len() > MAX_COLUMNS {
            return Err(SchemaError::TooManyColumns { found: self.columns.len() });
        }
        let mut names = BTreeSet::from([self.target.name.as_str()]);
        for Column { name, .. } in &self.columns {
            if !names.insert(name) {
                return Err(SchemaError::DuplicateColumn { name: name.clone() });
            }
        }
        let target_problem = range_problem(self.target.observed).or(self.target.limits.and_then(range_problem));
        if let Some(problem) = target_problem {
            return Err(SchemaError::Column { name: self.target.name.clone(), problem });
        }
        for column in &self.columns {
            if let Some(problem) = column.problem() {
                return Err(SchemaError::Column { name: column.name.clone(), problem });
            }
        }
        let n_inputs = self.inputs().len();
        let is_wrong = |(idx, column): &(usize, &Column)| !self.is_date_right(column, *idx < n_inputs);
        if let Some((_, column)) = self.columns.iter().enumerate().find(is_wrong) {
            let problem = "it follows from no column of dates, or stands before one that doesn't";
            return Err(SchemaError::Column { name: column.name.clone(), problem });
        }
        let mut ordered = BTreeSet::new();
        for name in &self.order {
            if !names.contains(name.as_str()) || !ordered.insert(name) {
                let problem = "the form's order doesn't name it once";
                return Err(SchemaError::Column { name: name.clone(), problem });
            }
        }
        Ok(())
    }

    /// Whether the column's relation to a date is valid, as an input or as a derived column.
    fn is_date_right(&self, column: &Column, is_input: bool) -> bool {
        match &column.date {
            None => is_input,
            Some(DateRole::Days { .. }) => is_input && matches!(column.kind, ColumnKind::Numeric { .. }),
            Some(DateRole::Month { of } | DateRole::Weekday { of }) => {
                let is_source = |input: &Column| input.name == *of && input.last_day().is_some();
                matches!(column.kind, ColumnKind::Categorical { .. }) && self.inputs().iter().any(is_source)
            }
        }
    }
}

impl Column {
    /// A column without optional properties.
    #[must_use]
    pub fn new(name: impl Into<String>, label: impl Into<String>, kind: ColumnKind) -> Self {
        Self {
            name: name.into(),
            label: label.into(),
            kind,
            help: None,
            unit: None,
            step: None,
            range: None,
            actionable: false,
            sensitive: false,
            direction: None,
            date: None,
        }
    }

    /// Whether it is derived from another column, so that nobody fills it in.
    #[must_use]
    pub fn is_derived(&self) -> bool {
        matches!(self.date, Some(DateRole::Month { .. } | DateRole::Weekday { .. }))
    }

    /// The last day of the training rows, for a column of dates: its numbers are days since then.
    #[must_use]
    pub fn last_day(&self) -> Option<Date> {
        if let Some(DateRole::Days { last, .. }) = self.date { Some(last) } else { None }
    }

    fn problem(&self) -> Option<&'static str> {
        let is_step = self.step.is_none_or(|step| step.is_finite() && step > 0.0);
        let step_problem = (!is_step).then_some("its step is not a finite number above 0");
        let is_direction = self.direction.is_none() || matches!(self.kind, ColumnKind::Numeric { .. });
        let direction_problem = (!is_direction).then_some("it has a direction, but no numbers");
        self.kind.problem().or_else(|| self.range.and_then(range_problem)).or(step_problem).or(direction_problem)
    }
}

impl ColumnKind {
    /// The code of the category `text`, if this column has it.
    #[must_use]
    pub fn code(&self, text: &str) -> Option<u32> {
        match self {
            Self::Numeric { .. } => None,
            Self::Categorical { values, .. } => {
                values.binary_search_by(|value| value.as_str().cmp(text)).ok().and_then(|code| u32::try_from(code).ok())
            }
        }
    }

    fn problem(&self) -> Option<&'static str> {
        match self {
            Self::Numeric { observed, median, .. } => range_problem(*observed).or_else(|| {
                (!observed.contains(*median)).then_some("its median lies outside the range of the training rows")
            }),
            Self::Categorical { values, mode } => {
                if values.is_empty() {
                    Some("it has no category")
                } else if values.len() > MAX_CATEGORIES {
                    Some("it has more categories than are supported")
                } else if !values.is_sorted_by(|left, right| left < right) {
                    Some("its categories are not sorted and distinct")
                } else if *mode as usize >= values.len() {
                    Some("its most frequent category does not exist")
                } else {
                    None
                }
            }
        }
    }
}

/// Whether a member can be left out of the JSON.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

fn range_problem(range: Range) -> Option<&'static str> {
    let is_range = is_measurement(range.min) && is_measurement(range.max) && range.min <= range.max;
    (!is_range).then_some("its range is not two numbers in order, from -1e100 to 1e100")
}

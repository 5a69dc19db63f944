//! What a record consists of: the schema travels in the artifact, so that a form, a CSV reader and a widget can build
//! themselves from it and no column's name is ever written in code.

use serde::Serialize;
use thiserror::Error;

use crate::tree::from_tree;

/// More columns than this are refused on load.
pub(crate) const MAX_COLUMNS: usize = 4_096;
/// More values in one categorical column than this are refused on load (category codes fit in 16 bits).
pub(crate) const MAX_CATEGORIES: usize = 65_535;

/// The columns a model reads, in the order of the training file, and the target it predicts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Schema {
    /// What is predicted.
    pub target: Target,
    /// What it is predicted from.
    pub columns: Vec<Column>,
}

from_tree!(Schema { target, columns });

/// The column that is predicted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Target {
    /// The name in the CSV's header.
    pub name: String,
    /// The name for people.
    pub label: String,
    /// Smallest and largest value in the training rows.
    pub observed: Range,
    /// The scale's ends, where they are known: a shown prediction stays within them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limits: Option<Range>,
    /// Whether every training value is a whole number.
    pub whole: bool,
}

from_tree!(Target { name, label, observed, limits = None, whole });

/// One input column.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Column {
    /// The name in the CSV's header.
    pub name: String,
    /// The name for people.
    pub label: String,
    /// What its cells hold.
    pub kind: ColumnKind,
}

from_tree!(Column { name, label, kind });

/// What a column's cells hold, with what a form needs to offer them.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// Numbers.
    Numeric {
        /// Smallest and largest value in the training rows.
        observed: Range,
        /// The training rows' median: what a blank is taken for.
        median: f64,
        /// Whether every training value is a whole number.
        whole: bool,
    },
    /// One of a fixed set of texts.
    Categorical {
        /// The training rows' values, sorted; a category's code is its place here.
        values: Vec<String>,
        /// The code of the most frequent value: what a blank is taken for.
        mode: u32,
    },
}

from_tree!(enum ColumnKind {
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

from_tree!(Range { min, max });

impl Range {
    /// Whether `value` lies between the ends or on one of them.
    #[must_use]
    pub fn contains(&self, value: f64) -> bool {
        self.min <= value && value <= self.max
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
    /// The place of the column named `name` among [`Schema::columns`].
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// Checks what a reader of the schema relies on.
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
        let mut names: Vec<&str> = vec![&self.target.name];
        for Column { name, .. } in &self.columns {
            match names.binary_search(&name.as_str()) {
                Ok(_) => return Err(SchemaError::DuplicateColumn { name: name.clone() }),
                Err(place) => names.insert(place, name),
            }
        }
        let target_problem = range_problem(self.target.observed).or(self.target.limits.and_then(range_problem));
        if let Some(problem) = target_problem {
            return Err(SchemaError::Column { name: self.target.name.clone(), problem });
        }
        for column in &self.columns {
            if let Some(problem) = column.kind.problem() {
                return Err(SchemaError::Column { name: column.name.clone(), problem });
            }
        }
        Ok(())
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

fn range_problem(range: Range) -> Option<&'static str> {
    let is_range = range.min.is_finite() && range.max.is_finite() && range.min <= range.max;
    (!is_range).then_some("its range is not two finite numbers in order")
}

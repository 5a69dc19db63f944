//! Reasons to trust a prediction less, in plain words.

use std::fmt;

use crate::background::{Background, MIN_COUNTED_ROWS};
use crate::blank::BlankTreatment;
use crate::date::Date;
use crate::preprocessor::Preprocessor;
use crate::record::Value;
use crate::schema::{ColumnKind, Range};

/// A category with fewer training rows than this is cautioned about.
pub const FEW_ROWS: u32 = 30;

/// A reason why a record's prediction is less certain. `column` is an index into the schema's columns, `label` that
/// column's display name; a page in another language builds its text from the variant.
#[derive(Debug, Clone, PartialEq)]
pub enum Caution {
    /// A number outside the range of the training rows.
    OutsideRange {
        /// The column.
        column: usize,
        /// Its label.
        label: String,
        /// The number.
        value: f64,
        /// Smallest and largest number in the training rows.
        observed: Range,
        /// The day that the numbers are relative to, in a column of dates.
        last_day: Option<Date>,
    },
    /// A category with few training rows.
    FewRows {
        /// The column.
        column: usize,
        /// Its label.
        label: String,
        /// The category.
        category: String,
        /// How many rows have it; `None` for fewer than 10, for which artifacts store no count.
        rows: Option<u32>,
    },
    /// A category that is in no training row.
    Unseen {
        /// The column.
        column: usize,
        /// Its label.
        label: String,
    },
    /// A blank.
    Blank {
        /// The column.
        column: usize,
        /// Its label.
        label: String,
        /// Whether it is imputed; otherwise it is a separate value, see [`crate::BlankTreatment`].
        imputed: bool,
    },
    /// Each value may be usual, but few training rows are similar to the record as a whole.
    UnusualCombination {
        /// How far the record is from the nearest prototype, see [`crate::Background::distance`].
        distance: f64,
        /// 99 % of the training rows are within this distance.
        usual: f64,
    },
}

impl Caution {
    /// An identifier for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::OutsideRange { .. } => "outside-range",
            Self::FewRows { .. } => "few-rows",
            Self::Unseen { .. } => "unseen",
            Self::Blank { .. } => "blank",
            Self::UnusualCombination { .. } => "unusual-combination",
        }
    }

    /// The column that it refers to; `None` for the record as a whole.
    #[must_use]
    pub fn column(&self) -> Option<usize> {
        match self {
            Self::OutsideRange { column, .. }
            | Self::FewRows { column, .. }
            | Self::Unseen { column, .. }
            | Self::Blank { column, .. } => Some(*column),
            Self::UnusualCombination { .. } => None,
        }
    }

    /// All cautions for a record's values (one per column), those about columns first.
    pub(crate) fn all(preprocessor: &Preprocessor, background: Option<&Background>, values: &[Value]) -> Vec<Self> {
        let schema = &preprocessor.schema;
        let about = |(column, value): (usize, &Value)| {
            let (label, last_day) = (schema.columns[column].label.clone(), schema.columns[column].last_day());
            match (value, &schema.columns[column].kind) {
                (Value::Missing, _) => {
                    let imputed = matches!(BlankTreatment::of(preprocessor, column), BlankTreatment::Imputed(_));
                    Some(Self::Blank { column, label, imputed })
                }
                (Value::Unseen, _) => Some(Self::Unseen { column, label }),
                (Value::Number(value), ColumnKind::Numeric { observed, .. }) => (!observed.contains(*value))
                    .then_some(Self::OutsideRange { column, label, value: *value, observed: *observed, last_day }),
                (Value::Category(code), ColumnKind::Categorical { values, .. }) => {
                    let rows = *background?.category_rows.get(column)?.get(*code as usize)?;
                    let category = values.get(*code as usize)?.clone();
                    let rows = if rows < MIN_COUNTED_ROWS { None } else { Some(rows) };
                    (rows.is_none_or(|rows| rows < FEW_ROWS)).then_some(Self::FewRows { column, label, category, rows })
                }
                _ => None,
            }
        };
        let inputs = values.iter().enumerate().take(schema.inputs().len());
        let mut cautions: Vec<Self> = inputs.filter_map(about).collect();
        if let Some(background) = background {
            let (distance, usual) = (background.distance(values), background.usual_distance);
            // A number far outside its range is far from every prototype: one caution is enough.
            let is_said = cautions.iter().any(|caution| matches!(caution, Self::OutsideRange { .. }));
            if distance > usual && !is_said {
                cautions.push(Self::UnusualCombination { distance, usual });
            }
        }
        cautions
    }
}

impl fmt::Display for Caution {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutsideRange { label, value, observed: Range { min, max }, last_day: Some(last), .. } => write!(
                formatter,
                "{label}: {} lies outside of what the model has seen ({} to {}); the estimate is a guess there.",
                last.plus(*value),
                last.plus(*min),
                last.plus(*max)
            ),
            Self::OutsideRange { label, value, observed: Range { min, max }, last_day: None, .. } => write!(
                formatter,
                "{label}: {value} lies outside of what the model has seen ({min} to {max}); the estimate is a guess there."
            ),
            Self::FewRows { label, category, rows: Some(rows), .. } => {
                write!(formatter, "{label}: the model has seen only {rows} records with \"{category}\".")
            }
            Self::FewRows { label, category, rows: None, .. } => write!(
                formatter,
                "{label}: the model has seen fewer than {MIN_COUNTED_ROWS} records with \"{category}\"."
            ),
            Self::Unseen { label, .. } => {
                write!(formatter, "{label}: the model has never seen this value and can say nothing about it; the estimate goes by the rest.")
            }
            Self::Blank { label, imputed: true, .. } => {
                write!(formatter, "{label} is left blank; the usual value is used.")
            }
            Self::Blank { label, imputed: false, .. } => {
                write!(formatter, "{label} is left blank, which the model takes as a value of its own.")
            }
            Self::UnusualCombination { .. } => formatter.write_str(
                "These values are seldom seen together: fewer than 1 in 100 records that the model has learned from are as unusual.",
            ),
        }
    }
}

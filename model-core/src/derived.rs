//! Columns that follow from a date: its month and its weekday.
//!
//! They stand behind all columns that a person fills in. Whatever a record says of them counts for nothing: they are worked
//! out wherever a record is predicted, so that a date that changes takes its month along.

use std::borrow::Cow;

use crate::date::Date;
use crate::date_role::DateRole;
use crate::record::Value;
use crate::schema::{ColumnKind, Schema};

/// What stands for all categories of a column that are too rare to be named.
pub const ANOTHER: &str = "another value";

/// A column that follows from another.
#[derive(Debug, Clone, PartialEq)]
pub struct DerivedColumn {
    /// Its index in the schema.
    pub column: usize,
    /// The index of the date that it follows from.
    pub source: usize,
    last: Date,
    /// The values of the months or weekdays from the first on.
    values: Vec<Value>,
    is_weekday: bool,
}

/// The categories of months are `01` to `12`, those of weekdays `1` (Monday) to `7`.
#[must_use]
pub fn date_part(date: Date, is_weekday: bool) -> String {
    if is_weekday { date.weekday().to_string() } else { format!("{:02}", date.parts().1) }
}

impl DerivedColumn {
    /// All of a schema's.
    #[must_use]
    pub fn all(schema: &Schema) -> Vec<Self> {
        let derived = |(column, own): (usize, &crate::Column)| {
            let (of, is_weekday) = match own.date.as_ref()? {
                DateRole::Month { of } => (of, false),
                DateRole::Weekday { of } => (of, true),
                DateRole::Days { .. } => return None,
            };
            let source = schema.position(of)?;
            let Some(DateRole::Days { last, .. }) = schema.columns[source].date else { return None };
            let value = |part: u32| {
                let name = if is_weekday { part.to_string() } else { format!("{part:02}") };
                own.kind.code(&name).or_else(|| own.kind.code(ANOTHER)).map_or(Value::Missing, Value::Category)
            };
            let values = (1..=if is_weekday { 7 } else { 12 }).map(value).collect();
            matches!(own.kind, ColumnKind::Categorical { .. }).then_some(Self {
                column,
                source,
                last,
                values,
                is_weekday,
            })
        };
        schema.columns.iter().enumerate().filter_map(derived).collect()
    }

    /// Its value where the date is that.
    #[must_use]
    pub fn value(&self, date: Value) -> Value {
        let Value::Number(days) = date else { return Value::Missing };
        let date = self.last.plus(days);
        let part = if self.is_weekday { date.weekday() } else { date.parts().1 };
        self.values.get(part as usize - 1).copied().unwrap_or(Value::Missing)
    }
}

/// Values in which the derived ones are what they follow from.
pub(crate) fn with_derived<'a>(columns: &[DerivedColumn], values: &'a [Value]) -> Cow<'a, [Value]> {
    if columns.is_empty() {
        return Cow::Borrowed(values);
    }
    let mut values = values.to_vec();
    for derived in columns {
        values[derived.column] = derived.value(values[derived.source]);
    }
    Cow::Owned(values)
}

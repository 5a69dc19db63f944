//! Columns derived from a date: its month and its weekday.
//!
//! They come after all columns that are filled in. Values that a record gives for them are ignored: they are computed
//! for every prediction, so that they always match the date.

use std::borrow::Cow;

use crate::date::Date;
use crate::date_role::DateRole;
use crate::record::Value;
use crate::schema::{ColumnKind, Schema};

/// The category that replaces all categories of a column that are too rare to be listed.
pub const ANOTHER: &str = "another value";

/// A column derived from another.
#[derive(Debug, Clone, PartialEq)]
pub struct DerivedColumn {
    /// Its index in the schema.
    pub column: usize,
    /// The index of the date column that it is derived from.
    pub source: usize,
    last: Date,
    /// The values of the months or weekdays, starting with the first.
    values: Vec<Value>,
    is_weekday: bool,
}

/// The categories of months are `01` to `12`, those of weekdays `1` (Monday) to `7`.
#[must_use]
pub fn date_part(date: Date, is_weekday: bool) -> String {
    if is_weekday { date.weekday().to_string() } else { format!("{:02}", date.parts().1) }
}

impl DerivedColumn {
    /// All derived columns of a schema.
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

    /// Its value for this date.
    #[must_use]
    pub fn value(&self, date: Value) -> Value {
        let Value::Number(days) = date else { return Value::Missing };
        let date = self.last.plus(days);
        let part = if self.is_weekday { date.weekday() } else { date.parts().1 };
        self.values.get(part as usize - 1).copied().unwrap_or(Value::Missing)
    }
}

/// `values` with the derived ones computed.
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

//! Derived columns, for many rows.

use std::borrow::Cow;

use super::Cells;
use crate::derived::DerivedColumn;
use crate::record::Value;

/// The codes of each derived column, which has at most a dozen categories.
pub(super) fn codes(derived: &[DerivedColumn], columns: &[Cells<'_>]) -> Vec<Vec<u8>> {
    let code = |own: &DerivedColumn, day: f64| {
        let date = if day.is_nan() { Value::Missing } else { Value::Number(day) };
        match own.value(date) {
            Value::Category(code) => u8::try_from(code).unwrap_or(Cells::BLANK_U8),
            _ => Cells::BLANK_U8,
        }
    };
    let of = |own: &DerivedColumn| match columns.get(own.source) {
        Some(Cells::Numbers(days)) => days.iter().map(|day| code(own, *day)).collect(),
        // Rejected when the kinds are checked.
        _ => Vec::new(),
    };
    derived.iter().map(of).collect()
}

/// The columns, with the derived ones replaced by these codes.
pub(super) fn with_codes<'a>(
    derived: &[DerivedColumn],
    codes: &'a [Vec<u8>],
    columns: &'a [Cells<'a>],
) -> Cow<'a, [Cells<'a>]> {
    if derived.is_empty() {
        return Cow::Borrowed(columns);
    }
    let mut columns = columns.to_vec();
    for (own, codes) in derived.iter().zip(codes) {
        columns[own.column] = Cells::Codes8(codes);
    }
    Cow::Owned(columns)
}

//! The month and weekday of a column of dates, as additional columns.

use std::collections::BTreeMap;

use model_core::{ANOTHER, Date, DateRole, date_part};

use crate::table::compact::{Codes, Numbers};
use crate::table::{BLANK, ColumnData, TableColumn};

/// The month and weekday of the dates in the column `name`, given as `days` since `last`, each with its role; columns
/// without information are omitted. Categories of fewer than `min_rows` rows are combined as another value, or become
/// blanks if they are too few together, as in all columns. The new names are not in `taken`.
pub(super) fn derived(
    name: &str,
    days: &Numbers,
    last: Date,
    min_rows: u64,
    taken: &[String],
) -> Vec<(TableColumn, DateRole)> {
    let of = || name.to_owned();
    [("month", false, DateRole::Month { of: of() }), ("weekday", true, DateRole::Weekday { of: of() })]
        .into_iter()
        .filter_map(|(part, is_weekday, role)| {
            let data = categories(days, last, is_weekday, min_rows)?;
            let mut name = format!("{name} ({part})");
            while taken.contains(&name) {
                name.push('\'');
            }
            Some((TableColumn { name, data }, role))
        })
        .collect()
}

/// `None` if fewer than two categories are left.
fn categories(days: &Numbers, last: Date, is_weekday: bool, min_rows: u64) -> Option<ColumnData> {
    let label = |day: &f64| (!day.is_nan()).then(|| date_part(last.plus(*day), is_weekday));
    let mut n_rows: BTreeMap<String, u64> = BTreeMap::new();
    for label in days.iter().filter_map(label) {
        *n_rows.entry(label).or_default() += 1;
    }
    let n_rare: u64 = n_rows.values().filter(|rows| **rows < min_rows).sum();
    let mut values: Vec<String> =
        n_rows.iter().filter(|(_, rows)| **rows >= min_rows).map(|(label, _)| label.clone()).collect();
    if n_rare >= min_rows.max(1) {
        // After all numbers, as values are sorted.
        values.push(ANOTHER.to_owned());
    }
    if values.len() < 2 {
        return None;
    }
    let position = |label: &str| values.iter().position(|value| value == label);
    let another = position(ANOTHER);
    let code = |day: &f64| {
        let code = label(day).and_then(|label| position(&label).or(another));
        code.and_then(|code| u32::try_from(code).ok()).unwrap_or(BLANK)
    };
    let codes: Codes = days.iter().map(code).collect();
    Some(ColumnData::Categorical { values, codes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_and_weekdays_follow_and_rare_ones_are_put_together() {
        let last = Date::parse("2026-03-01").unwrap();
        // 40 days in February and March, 12 in January, a blank.
        let days: Vec<f64> = (0..52).map(|day| -f64::from(day)).chain([f64::NAN]).collect();
        let found = derived("enrolled", &days.clone().into(), last, 10, &["enrolled (month)".into()]);
        assert_eq!((found.len(), found[0].0.name.as_str()), (1, "enrolled (month)'"));
        let ColumnData::Categorical { values, codes } = &found[0].0.data else { panic!("no categories") };
        // The single day in March becomes a blank.
        assert_eq!(
            (values.as_slice(), codes[0], codes[1], codes[52]),
            (&["01".into(), "02".into()][..], BLANK, 1, BLANK)
        );
        let found = derived("enrolled", &days.into(), last, 0, &[]);
        let names: Vec<&str> = found.iter().map(|(column, _)| column.name.as_str()).collect();
        assert_eq!(names, ["enrolled (month)", "enrolled (weekday)"]);
        assert_eq!(found[1].1, DateRole::Weekday { of: "enrolled".into() });
    }
}

//! Estimates and errors on the holdout for `report.json`, grouped, so that a page can draw them without revealing any
//! row.

use model_core::{EstimateGroup, HeldBack};

use super::target_histogram::histogram;
use crate::learn::decimals::Decimals;
use crate::metrics::mean_and_sd;

/// The approximate number of groups.
const N_GROUPS: usize = 10;
/// The minimal number of rows in a group.
const MIN_ROWS: usize = 10;
/// With fewer groups nothing is reported.
const MIN_GROUPS: usize = 3;
/// Significant digits of a figure, relative to its spread, so that no single value is published.
const N_DIGITS: i32 = 4;

/// The groups and errors of rows with these targets and unbounded predictions; `None` with few rows.
#[must_use]
pub(crate) fn held_back(actual: &[f64], predicted: &[f64]) -> Option<HeldBack> {
    let mut rows: Vec<(f64, f64)> = predicted.iter().copied().zip(actual.iter().copied()).collect();
    rows.sort_by(|left, right| left.0.total_cmp(&right.0));
    let (_, sd) = mean_and_sd(actual);
    let decimals = Decimals::with_digits(sd, N_DIGITS);
    let mut groups = Vec::new();
    let n_each = (rows.len() / N_GROUPS).max(MIN_ROWS);
    let mut rest = &rows[..];
    while !rest.is_empty() {
        let mut end = n_each.min(rest.len());
        // Equal estimates stay together, and a small remainder is merged with the last group.
        while end < rest.len() && rest[end].0 == rest[end - 1].0 {
            end += 1;
        }
        if rest.len() - end < MIN_ROWS {
            end = rest.len();
        }
        let (group, others) = rest.split_at(end);
        rest = others;
        let errors: Vec<f64> = group.iter().map(|(predicted, actual)| actual - predicted).collect();
        let (error, error_sd) = mean_and_sd(&errors);
        let estimated = group.iter().map(|(predicted, _)| predicted).sum::<f64>() / group.len() as f64;
        groups.push(EstimateGroup {
            n: group.len(),
            estimated: decimals.round(estimated),
            actual: decimals.round(estimated + error),
            error_sd: decimals.round(error_sd),
        });
    }
    let errors = rows.iter().map(|(predicted, actual)| actual - predicted);
    (groups.len() >= MIN_GROUPS).then(|| HeldBack { groups, errors: histogram(errors, false) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_of_similar_estimates_and_never_small() {
        let predicted: Vec<f64> = (0..205).map(|row| f64::from(row % 100)).collect();
        let actual: Vec<f64> = predicted.iter().map(|predicted| predicted + 2.0).collect();
        let HeldBack { groups, errors } = held_back(&actual, &predicted).unwrap();
        assert_eq!(groups.iter().map(|group| group.n).sum::<usize>(), 205);
        assert!(groups.iter().all(|group| group.n >= MIN_ROWS && group.error_sd == 0.0), "{groups:?}");
        assert!(groups.iter().all(|group| (group.actual - group.estimated - 2.0).abs() < 0.02), "{groups:?}");
        assert!(groups.is_sorted_by(|left, right| left.estimated < right.estimated));
        assert_eq!(errors.rows, [205]);
    }

    #[test]
    fn few_rows_are_not_told() {
        let numbers: Vec<f64> = (0..29).map(f64::from).collect();
        assert_eq!(held_back(&numbers, &numbers), None);
        // Equal estimates form a single group.
        assert_eq!(held_back(&(0..90).map(f64::from).collect::<Vec<_>>(), &[5.0; 90]), None);
    }
}

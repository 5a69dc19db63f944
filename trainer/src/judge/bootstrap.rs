//! The uncertainty of a difference between two models, by a paired bootstrap (Efron & Tibshirani 1993): records are
//! resampled with replacement, the same ones for both models; whole groups if the records are grouped.

use rayon::prelude::*;
use serde::Serialize;

use crate::random::SplitMix64;
use crate::table::keys::Key;

/// The minimal and maximal number of resamples.
const MIN_DRAWS: usize = 200;
const MAX_DRAWS: usize = 2_000;
/// Approximate number of records drawn in all resamples.
const N_DRAWN: usize = 200_000_000;
const SEED: u64 = 42;

/// Differences, new minus old.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Differences {
    /// R²; above 0 the new model is better.
    pub r2: Difference,
    /// The mean absolute error; below 0 the new model is better.
    pub mae: Difference,
    /// The root mean squared error; below 0 the new model is better.
    pub rmse: Difference,
}

/// A difference with its 95 % interval (percentiles of the resamples).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Difference {
    /// On the original records.
    pub value: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// The number of resamples for `n_rows` records.
pub(super) fn n_draws(n_rows: usize) -> usize {
    (N_DRAWN / n_rows.max(1)).clamp(MIN_DRAWS, MAX_DRAWS)
}

/// New minus old, from the errors (prediction − target) of both models. Resampled records keep their weights.
pub(super) fn differences(
    actual: &[f64],
    errors: &[Vec<f64>; 2],
    weights: Option<&[f64]>,
    groups: Option<&Key>,
    draws: usize,
) -> Differences {
    let of = |positions: &mut dyn Iterator<Item = usize>| {
        let (mut n, mut sum, mut squares) = (0.0, 0.0, 0.0);
        let (mut absolute, mut squared) = ([0.0; 2], [0.0; 2]);
        // Far from 0 the sum of squares would lose precision.
        let origin = actual.first().copied().unwrap_or_default();
        for position in positions {
            let value = actual[position] - origin;
            let weight = weights.map_or(1.0, |weights| weights[position]);
            (n, sum, squares) = (n + weight, sum + weight * value, squares + weight * (value * value));
            for model in 0..2 {
                let error = errors[model][position];
                absolute[model] += weight * error.abs();
                squared[model] += weight * (error * error);
            }
        }
        let total = squares - sum * sum / n;
        let r2 = if total > 0.0 { (squared[0] - squared[1]) / total } else { 0.0 };
        [r2, (absolute[1] - absolute[0]) / n, (squared[1] / n).sqrt() - (squared[0] / n).sqrt()]
    };
    let n = actual.len();
    let members = groups.map(members);
    let draw = |draw: usize| {
        let mut random = SplitMix64::nth(SEED, draw);
        let mut draw = |n: usize| (random.uniform() * n as f64) as usize;
        match &members {
            Some(members) => of(&mut (0..members.len()).flat_map(|_| &members[draw(members.len())]).copied()),
            None => of(&mut (0..n).map(|_| draw(n))),
        }
    };
    let drawn: Vec<[f64; 3]> = (0..draws).into_par_iter().map(draw).collect();
    let observed = of(&mut (0..n));
    let [r2, mae, rmse] = [0, 1, 2].map(|figure: usize| {
        let mut values: Vec<f64> = drawn.iter().map(|figures| figures[figure]).collect();
        values.sort_unstable_by(f64::total_cmp);
        let at = |share: f64| values[((values.len() - 1) as f64 * share).round() as usize];
        Difference { value: observed[figure], low: at(0.025), high: at(0.975) }
    });
    Differences { r2, mae, rmse }
}

/// The positions of each group's records.
fn members(groups: &Key) -> Vec<Vec<usize>> {
    let mut members = vec![Vec::new(); groups.n_distinct];
    for position in 0..groups.codes.len() {
        members[groups.of(position)].push(position);
    }
    members
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::metrics::mean_and_margin;

    #[test]
    fn differences_worked_by_hand() {
        // Absolute errors: old 1 and 3, new 0 and 1; the target's squared deviations from its mean sum to 2.
        let errors = [vec![1.0, -3.0], vec![0.0, 1.0]];
        let found = differences(&[1_000_001.0, 1_000_003.0], &errors, None, None, 50);
        assert_eq!(found.mae.value, 0.5 - 2.0);
        assert_eq!(found.r2.value, (10.0 - 1.0) / 2.0);
        assert_eq!(found.rmse.value, 0.5_f64.sqrt() - 5.0_f64.sqrt());
        assert!(found.mae.low <= found.mae.value && found.mae.value <= found.mae.high);
        // The first record has weight 3: errors 1, 1, 1, 3 and 0, 0, 0, 1; the target's squared deviations sum to 3.
        let found = differences(&[1_000_001.0, 1_000_003.0], &errors, Some(&[3.0, 1.0]), None, 50);
        assert_eq!(found.mae.value, 0.25 - 1.5);
        assert_eq!(found.r2.value, (12.0 - 1.0) / 3.0);
    }

    #[test]
    fn the_interval_has_the_width_that_theory_gives() {
        let mut random = SplitMix64::new(5);
        let mut list =
            |scale: f64, shift: f64| (0..2_000).map(|_| shift + scale * random.normal()).collect::<Vec<f64>>();
        let actual = list(10.0, 50.0);
        let old = list(1.0, 0.0);
        let noise = list(0.2, 0.0);
        let new: Vec<f64> = old.iter().zip(&noise).map(|(old, noise)| 0.9 * old + noise).collect();
        let found = differences(&actual, &[old.clone(), new.clone()], None, None, 2_000);
        let changes: Vec<f64> = old.iter().zip(&new).map(|(old, new)| new.abs() - old.abs()).collect();
        let (change, margin) = mean_and_margin(&changes, None);
        assert!((found.mae.value - change).abs() < 1e-12);
        for (end, expected) in [(found.mae.low, change - margin), (found.mae.high, change + margin)] {
            assert!((end - expected).abs() < 0.1 * margin, "{end} is not {expected}, margin {margin}");
        }
        assert!(found.rmse.high < 0.0);
        let back = differences(&actual, &[new, old.clone()], None, None, 2_000);
        assert!(back.rmse.low > 0.0);
        let same = differences(&actual, &[old.clone(), old], None, None, 200).rmse;
        assert!(same.low <= 0.0 && same.high >= 0.0);
    }

    #[test]
    fn groups_of_equal_records_count_once_each() {
        // Ten copies of each of 100 records carry no more information than the records.
        let mut random = SplitMix64::new(8);
        let mut list = || (0..100).map(|_| random.normal()).collect::<Vec<f64>>();
        let (actual, old, new) = (list(), list(), list());
        let ten = |list: &[f64]| list.iter().flat_map(|value| [*value; 10]).collect::<Vec<f64>>();
        let key = Key {
            column: "pupil".into(),
            codes: Arc::new((0..1_000).map(|position| position / 10).collect()),
            n_distinct: 100,
        };
        let width = |found: Differences| found.rmse.high - found.rmse.low;
        let single = width(differences(&actual, &[old.clone(), new.clone()], None, None, 2_000));
        let errors = [ten(&old), ten(&new)];
        let grouped = width(differences(&ten(&actual), &errors, None, Some(&key), 2_000));
        let apart = width(differences(&ten(&actual), &errors, None, None, 2_000));
        assert!((grouped / single - 1.0).abs() < 0.1, "{grouped} {single}");
        assert!((apart * 10.0_f64.sqrt() / single - 1.0).abs() < 0.1, "{apart} {single}");
    }
}

//! Quantiles of out-of-fold residuals, and the quality of intervals made from them.

use std::collections::BTreeSet;

use super::cells::Cells;
use crate::metrics::mean_and_sd;

/// Levels at which the two kinds of intervals are compared.
const COMPARED: [u32; 4] = [50, 80, 90, 95];

/// The conformal quantile at `percent` of ascending scores: the smallest score that is at least as large as `percent`
/// of these scores and a future one. The largest if that would require more scores.
#[must_use]
pub fn conformal_quantile(ascending: &[f64], percent: u32) -> f64 {
    let rank = ((ascending.len() + 1) * percent as usize).div_ceil(100);
    ascending[rank.clamp(1, ascending.len()) - 1]
}

/// The highest integer level in percent that this number of residuals can guarantee; `None` if it is 99 or more. Of n
/// known residuals and a future one, the future one is the largest with probability 1 / (n + 1).
#[must_use]
pub(super) fn most_that_can_be_promised(n_errors: usize) -> Option<usize> {
    let most = 100 * n_errors / (n_errors + 1);
    (most < 99).then_some(most)
}

/// The same for weighted scores: the smallest whose weight, together with all below, is at least `percent` of the total
/// weight including a future score of average weight (Tibshirani, Barber, Candès & Ramdas 2019, for a record of unknown
/// weight). With equal weights it is [`conformal_quantile`].
///
/// The scores are of `n_units` records, or of `n_units` groups of records: then the future unit is a group (Lee, Barber
/// & Willett 2023).
pub(super) fn weighted_quantiles(mut scores: Vec<(f64, f64)>, n_units: usize, percents: &[u32]) -> Vec<f64> {
    scores.sort_unstable_by(|left, right| left.0.total_cmp(&right.0));
    let mut sum = 0.0;
    let sums: Vec<f64> = scores
        .iter()
        .map(|(_, weight)| {
            sum += weight;
            sum
        })
        .collect();
    let all = sum + sum / n_units as f64;
    // Rounding errors in sums of equal weights must not shift a rank.
    let quantile = |percent: &u32| {
        let rank = sums.partition_point(|sum| 100.0 * sum < f64::from(*percent) * all * (1.0 - 1e-12));
        scores[rank.min(scores.len() - 1)].0
    };
    percents.iter().map(quantile).collect()
}

pub(super) fn n_folds(fold_of: &[usize]) -> usize {
    fold_of.iter().max().map_or(1, |last| last + 1)
}

/// Absolute out-of-fold residuals, with their weights, folds and groups, and the cells of separate intervals.
pub(super) struct Residuals<'a> {
    pub(super) residuals: &'a [f64],
    pub(super) weights: &'a [f64],
    pub(super) fold_of: &'a [usize],
    pub(super) groups: Option<&'a [u32]>,
    pub(super) cells: &'a Cells,
}

/// The number of records, or of groups of records that stay together, among the given rows.
pub(super) fn n_units(groups: Option<&[u32]>, rows: &[usize]) -> usize {
    groups.map_or(rows.len(), |groups| rows.iter().map(|row| groups[*row]).collect::<BTreeSet<u32>>().len())
}

impl Residuals<'_> {
    /// For each fold and each of the cells the quantiles of the other folds' residuals in units of `spreads`; with a
    /// single fold its own.
    pub(super) fn quantiles_without_each_fold(&self, spreads: &[f64], percents: &[u32]) -> Vec<Vec<Vec<f64>>> {
        let n_folds = n_folds(self.fold_of);
        let of_fold = |fold: usize| {
            let is_other = |row: &usize| self.fold_of[*row] != fold || n_folds == 1;
            let rows: Vec<usize> = (0..self.residuals.len()).filter(is_other).collect();
            let of_cell = |cell: usize| {
                let own = self.cells.members(cell, &rows);
                // A group may occur in a single fold only.
                self.quantiles(if own.is_empty() { &rows } else { &own }, spreads, percents)
            };
            (0..self.cells.len()).map(of_cell).collect()
        };
        (0..n_folds).map(of_fold).collect()
    }

    fn quantiles(&self, rows: &[usize], spreads: &[f64], percents: &[u32]) -> Vec<f64> {
        let scores: Vec<(f64, f64)> =
            rows.iter().map(|row| (self.residuals[*row] / spreads[*row], self.weights[*row])).collect();
        weighted_quantiles(scores, n_units(self.groups, rows), percents)
    }

    /// Each row's interval score in the target's unit, lower is better: α / 2 times the width, plus the distance
    /// outside.
    fn interval_scores(&self, spreads: &[f64]) -> Vec<f64> {
        let quantiles = self.quantiles_without_each_fold(spreads, &COMPARED);
        let score = |(row, ((residual, spread), fold)): (usize, ((&f64, &f64), &usize))| {
            COMPARED.iter().zip(&quantiles[*fold][self.cells.of(row)]).fold(0.0, |sum, (percent, quantile)| {
                let half_width = quantile * spread;
                let alpha = 1.0 - f64::from(*percent) / 100.0;
                sum + alpha * half_width + (residual - half_width).max(0.0)
            })
        };
        self.residuals.iter().zip(spreads).zip(self.fold_of).enumerate().map(score).collect()
    }
}

/// The relative improvement of intervals by typical errors, and its standard error: by the mean interval score
/// (Gneiting & Raftery 2007) over [`COMPARED`], with quantiles of the other folds for each row.
pub(super) fn gain(residuals: &Residuals<'_>, spreads: &[f64]) -> (f64, f64) {
    let plain = residuals.interval_scores(&vec![1.0; spreads.len()]);
    let varying = residuals.interval_scores(spreads);
    let mean = weighted_mean(&plain, residuals.weights);
    let gains: Vec<f64> = plain.iter().zip(&varying).map(|(plain, varying)| (plain - varying) / mean).collect();
    let gain = weighted_mean(&gains, residuals.weights);
    let (_, sd) = mean_and_sd(&gains);
    if gain.is_finite() { (gain, sd / (gains.len() as f64).sqrt()) } else { (0.0, 0.0) }
}

fn weighted_mean(values: &[f64], weights: &[f64]) -> f64 {
    let sum: f64 = values.iter().zip(weights).map(|(value, weight)| value * weight).sum();
    sum / weights.iter().sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SplitMix64;

    #[test]
    fn quantiles_worked_by_hand() {
        let scores: Vec<f64> = (1..=19).map(f64::from).collect();
        // ⌈20 × 0.9⌉ = 18, ⌈20 × 0.51⌉ = 11, and ⌈20 × 0.99⌉ = 20 exceeds the number of scores.
        assert_eq!([90, 51, 99, 50].map(|percent| conformal_quantile(&scores, percent)), [18.0, 11.0, 19.0, 10.0]);
    }

    #[test]
    fn few_errors_promise_little() {
        // With 19 the quantile at 95 % is the largest, and there is none for 96 %.
        assert_eq!([16, 19, 98, 99].map(most_that_can_be_promised), [Some(94), Some(95), Some(98), None]);
    }

    #[test]
    fn typical_errors_pay_where_errors_differ_and_only_there() {
        let mut random = SplitMix64::new(3);
        let fold_of: Vec<usize> = (0..1_000).map(|row| row / 100).collect();
        let spreads: Vec<f64> = (0..1_000).map(|row| if row % 2 == 0 { 1.0 } else { 4.0 }).collect();
        let alike: Vec<f64> = (0..1_000).map(|_| random.normal().abs()).collect();
        let different: Vec<f64> = alike.iter().zip(&spreads).map(|(residual, spread)| residual * spread).collect();
        let cells = Cells::whole(1_000);
        let of = |residuals: &[f64]| {
            let residuals =
                Residuals { residuals, weights: &[1.0; 1_000], fold_of: &fold_of, groups: None, cells: &cells };
            gain(&residuals, &spreads)
        };
        let (better, error) = of(&different);
        assert!(better > 0.1 && better > 5.0 * error, "{better} ± {error}");
        let (worse, _) = of(&alike);
        assert!(worse < 0.0, "{worse}");
    }

    #[test]
    fn weighted_quantiles_worked_by_hand() {
        // Weights 1, 3, 2 and their mean, 2: half of 8 is reached at the second, 90 % only beyond the last.
        let scores = vec![(7.0, 2.0), (1.0, 1.0), (4.0, 3.0)];
        assert_eq!(weighted_quantiles(scores.clone(), 3, &[12, 50, 75, 90]), [1.0, 4.0, 7.0, 7.0]);
        // One group, and a future one: of the total of 12, 90 % is reached only beyond the last, and half of it at the
        // last.
        assert_eq!(weighted_quantiles(scores, 1, &[12, 50, 75, 90]), [4.0, 7.0, 7.0, 7.0]);
        // A row of weight 2 is equivalent to repeating it, except for the future one.
        let equal = |weight: f64| (1..=19).map(|score| (f64::from(score), weight)).collect::<Vec<_>>();
        for weight in [1.0, 0.1, 3.7] {
            let percents: Vec<u32> = (50..100).collect();
            for (percent, found) in percents.iter().zip(weighted_quantiles(equal(weight), 19, &percents)) {
                let scores: Vec<f64> = (1..=19).map(f64::from).collect();
                assert_eq!(found, conformal_quantile(&scores, *percent), "{percent} {weight}");
            }
        }
    }
}

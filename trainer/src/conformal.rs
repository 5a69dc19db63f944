//! How far off a candidate is for rows that it has not learned from: what prediction intervals are made of.
//!
//! Full model ± the conformal quantile of absolute out-of-fold residuals, as MAPIE has it for `method="base"`. Where a
//! small tree of typical errors makes intervals clearly better (Lei et al. 2018), residuals are counted in units of it.

use model_core::{Combine, IntervalSummary, Intervals, Trees};
use ndarray::{Array2, Axis};
use rayon::prelude::*;

use crate::fit_data::FitData;
use crate::learner::FitError;
use crate::learner::decimals::Decimals;
use crate::metrics::mean_and_sd;
use crate::random::SplitMix64;
use crate::rows::RowIdx;
use crate::search::{Candidate, fold_seed, prepare_fold};
use crate::split::fold_bounds;
use crate::table::Table;
use crate::tree::{Binned, GrowConfig, Grower, Stat, assemble};

/// From how many rows at the most [`intervals`] reads: all of the folds that are fitted.
pub(crate) const MAX_ROWS: usize = 2 * ENOUGH_RESIDUALS;
/// Folds for the residuals, whatever the search used.
const N_FOLDS: usize = 10;
/// With more residuals than this no further fold is fitted: their quantiles are known well enough.
const ENOUGH_RESIDUALS: usize = 20_000;
/// Fewest rows behind a typical error.
const MIN_LEAF: usize = 30;
/// Fewer residuals are not looked at for typical errors.
const MIN_ROWS_FOR_SPREAD: usize = 200;
/// Levels at which the two kinds of intervals are compared.
const COMPARED: [u32; 4] = [50, 80, 90, 95];
/// Typical errors must make intervals better by this share, and by so many standard errors.
const CLEAR_GAIN: f64 = 0.01;
const CLEAR_ERRORS: f64 = 2.0;

/// Predictions for rows by models that have not learned from them.
#[derive(Debug)]
pub struct OutOfFold {
    /// One a row, from the first row on; of a large table not all.
    pub predicted: Vec<f64>,
    /// The fold of each.
    pub fold: Vec<usize>,
    /// How many models were fitted.
    pub n_folds: usize,
}

/// Fits `candidate` without each fold in turn and predicts that fold.
///
/// # Errors
/// The first fit that failed.
pub fn out_of_fold<R: RowIdx>(
    table: &Table,
    rows: &[R],
    candidate: &Candidate,
    seed: u64,
) -> Result<OutOfFold, FitError> {
    let n_folds = N_FOLDS.min(rows.len() / 2).max(2);
    let n_each = fold_bounds(rows.len(), n_folds).next().map_or(1, |(start, end)| (end - start).max(1));
    let folds: Vec<(usize, usize)> = fold_bounds(rows.len(), n_folds).take(ENOUGH_RESIDUALS.div_ceil(n_each)).collect();
    let predict = |(place, (start, end)): (usize, &(usize, usize))| {
        // Of one fold that is more than enough, its first rows.
        let validation = &rows[*start..*end.min(&(start + ENOUGH_RESIDUALS))];
        let (train, validation) = prepare_fold(table, rows, (*start, *end), validation);
        let seed = fold_seed(seed, candidate, usize::MAX - 1 - place);
        candidate
            .learner
            .evaluate(&[&candidate.params], &train, &validation, seed)
            .map(|mut lists| lists.swap_remove(0))
    };
    let predicted: Vec<Vec<f64>> =
        folds.par_iter().enumerate().with_max_len(1).map(predict).collect::<Result<_, FitError>>()?;
    let of_fold = |(place, predicted): (usize, &Vec<f64>)| std::iter::repeat_n(place, predicted.len());
    Ok(OutOfFold {
        fold: predicted.iter().enumerate().flat_map(of_fold).collect(),
        n_folds: folds.len(),
        predicted: predicted.concat(),
    })
}

/// The table of an artifact from the predictions for the first rows of `data`, in the order in which they were predicted, and what to say about it.
#[must_use]
pub fn intervals(data: &FitData, out_of_fold: &OutOfFold) -> (Intervals, IntervalSummary) {
    let residuals: Vec<f64> = data
        .target()
        .iter()
        .zip(&out_of_fold.predicted)
        .map(|(actual, predicted)| (actual - predicted).abs())
        .collect();
    let mut summary = IntervalSummary {
        n_folds: out_of_fold.n_folds,
        n_rows: residuals.len(),
        varying: false,
        gain: 0.0,
        gain_error: 0.0,
        coverage: Vec::new(),
        groups: Vec::new(),
    };
    let plain = Intervals { half_widths: half_widths(residuals.clone()), spread: None };
    if residuals.len() < MIN_ROWS_FOR_SPREAD {
        return (plain, summary);
    }
    let errors = TypicalErrors::new(data, &out_of_fold.predicted, &residuals);
    let spreads = errors.out_of_fold(&out_of_fold.fold, out_of_fold.n_folds.max(2));
    let (gain, gain_error) = gain(&residuals, &spreads, &out_of_fold.fold);
    (summary.gain, summary.gain_error) = (gain, gain_error);
    if gain <= CLEAR_GAIN || gain <= CLEAR_ERRORS * gain_error {
        return (plain, summary);
    }
    summary.varying = true;
    let scores = residuals.iter().zip(&spreads).map(|(residual, spread)| residual / spread).collect();
    let all: Vec<u32> = (0..u32::try_from(residuals.len()).unwrap_or(u32::MAX)).collect();
    (Intervals { half_widths: half_widths(scores), spread: Some(errors.tree(all)) }, summary)
}

/// The conformal quantile at `percent` of ascending scores: the smallest that is at least as large as `percent` of
/// them and of one more to come. The largest where that would need more scores than there are.
#[must_use]
pub fn conformal_quantile(ascending: &[f64], percent: u32) -> f64 {
    let rank = ((ascending.len() + 1) * percent as usize).div_ceil(100);
    ascending[rank.clamp(1, ascending.len()) - 1]
}

/// One for each whole level from 50 to 99 %, rounded up to four digits: what is published is no single residual.
fn half_widths(mut scores: Vec<f64>) -> Vec<f64> {
    scores.sort_unstable_by(f64::total_cmp);
    (50..100).map(|percent| round_up(conformal_quantile(&scores, percent))).collect()
}

fn round_up(number: f64) -> f64 {
    let decimals = Decimals::with_digits(number, 4);
    let rounded = decimals.round(number);
    if rounded < number { decimals.round(rounded + decimals.step()) } else { rounded }
}

/// What absolute errors are like for a record's like.
struct TypicalErrors {
    binned: Binned,
    native: Array2<f64>,
    categorical: Vec<bool>,
    stats: Vec<Stat>,
    floor: f64,
}

impl TypicalErrors {
    fn new(data: &FitData, predicted: &[f64], residuals: &[f64]) -> Self {
        let n_rows = predicted.len();
        let mut native = data.native(true).slice(ndarray::s![..n_rows, ..]).to_owned();
        let column = ndarray::ArrayView1::from(predicted);
        // The shapes agree by construction; without the column the tree would only know less.
        let _ = native.push(Axis(1), column);
        let mut categorical = data.is_categorical();
        categorical.push(false);
        let (mean, _) = mean_and_sd(residuals);
        Self {
            binned: Binned::of_features(&native, &categorical),
            native,
            categorical,
            stats: residuals.iter().map(|residual| Stat { g: *residual, h: 1.0 }).collect(),
            // Nothing is known so well that it has no error.
            floor: if mean > 0.0 { mean / 20.0 } else { 1.0 },
        }
    }

    /// A small tree grown on some of the rows.
    fn tree(&self, rows: Vec<u32>) -> Trees {
        // A twentieth of the rows in each leaf keeps a long table's tree as steady as a short one's.
        let min_samples_leaf = MIN_LEAF.max(rows.len() / 20);
        let config = GrowConfig { max_depth: Some(3), min_samples_leaf, ..GrowConfig::default() };
        let mut tree = Grower::new(&self.binned, &config).grow(rows, &self.stats, &mut SplitMix64::new(0));
        for leaf in tree.leaves.clone() {
            let value = tree.values[leaf.node].max(self.floor);
            tree.values[leaf.node] = Decimals::with_digits(value, 3).round(value);
        }
        assemble(self.categorical.clone(), [&tree], Combine::Sum { base: 0.0 })
    }

    /// Each row's typical error by a tree that was grown without its fold.
    fn out_of_fold(&self, fold_of: &[usize], n_folds: usize) -> Vec<f64> {
        // Of a large table one fold's residuals may be all there are.
        let fold_of: Vec<usize> = if fold_of.last().is_some_and(|last| *last > 0) {
            fold_of.to_vec()
        } else {
            (0..fold_of.len()).map(|row| row % n_folds).collect()
        };
        let tree_without = |fold: usize| {
            let rows = (0_u32..).zip(&fold_of).filter(|(_, own)| **own != fold).map(|(row, _)| row).collect();
            self.tree(rows)
        };
        let trees: Vec<Trees> = (0..n_folds).into_par_iter().map(tree_without).collect();
        let spread = |(features, fold): (ndarray::ArrayView1<'_, f64>, &usize)| {
            trees[*fold].leaves(&features.to_vec()).next().unwrap_or(1.0)
        };
        self.native.outer_iter().zip(&fold_of).map(spread).collect()
    }
}

/// By which share intervals with typical errors are better than those without, with the standard error of that: the mean
/// interval score (Gneiting & Raftery 2007) over [`COMPARED`], each row's by the quantiles of the other folds.
fn gain(residuals: &[f64], spreads: &[f64], fold_of: &[usize]) -> (f64, f64) {
    let ones = vec![1.0; residuals.len()];
    let plain = interval_scores(residuals, &ones, fold_of);
    let varying = interval_scores(residuals, spreads, fold_of);
    let (mean, _) = mean_and_sd(&plain);
    let gains: Vec<f64> = plain.iter().zip(&varying).map(|(plain, varying)| (plain - varying) / mean).collect();
    let (gain, sd) = mean_and_sd(&gains);
    if gain.is_finite() { (gain, sd / (gains.len() as f64).sqrt()) } else { (0.0, 0.0) }
}

/// Each row's interval score, the lower the better, in the target's unit: α / 2 times the width, plus what is beyond.
fn interval_scores(residuals: &[f64], spreads: &[f64], fold_of: &[usize]) -> Vec<f64> {
    let n_folds = fold_of.iter().max().map_or(1, |last| last + 1);
    let quantiles: Vec<[f64; 4]> = (0..n_folds)
        .map(|fold| {
            let others = residuals.iter().zip(spreads).zip(fold_of).filter(|(_, own)| **own != fold || n_folds == 1);
            let mut scores: Vec<f64> = others.map(|((residual, spread), _)| residual / spread).collect();
            scores.sort_unstable_by(f64::total_cmp);
            COMPARED.map(|percent| conformal_quantile(&scores, percent))
        })
        .collect();
    let score = |((residual, spread), fold): ((&f64, &f64), &usize)| {
        COMPARED.iter().zip(quantiles[*fold]).fold(0.0, |sum, (percent, quantile)| {
            let half_width = quantile * spread;
            let alpha = 1.0 - f64::from(*percent) / 100.0;
            sum + alpha * half_width + (residual - half_width).max(0.0)
        })
    };
    residuals.iter().zip(spreads).zip(fold_of).map(score).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_worked_by_hand() {
        let scores: Vec<f64> = (1..=19).map(f64::from).collect();
        // ⌈20 × 0.9⌉ = 18, ⌈20 × 0.51⌉ = 11, and ⌈20 × 0.99⌉ = 20 is more than there are.
        assert_eq!([90, 51, 99, 50].map(|percent| conformal_quantile(&scores, percent)), [18.0, 11.0, 19.0, 10.0]);
        assert_eq!((round_up(1.234_51), round_up(1.234), round_up(0.0)), (1.235, 1.234, 0.0));
    }

    #[test]
    fn typical_errors_pay_where_errors_differ_and_only_there() {
        let mut random = SplitMix64::new(3);
        let fold_of: Vec<usize> = (0..1_000).map(|row| row / 100).collect();
        let spreads: Vec<f64> = (0..1_000).map(|row| if row % 2 == 0 { 1.0 } else { 4.0 }).collect();
        let alike: Vec<f64> = (0..1_000).map(|_| random.normal().abs()).collect();
        let different: Vec<f64> = alike.iter().zip(&spreads).map(|(residual, spread)| residual * spread).collect();
        let (better, error) = gain(&different, &spreads, &fold_of);
        assert!(better > 0.1 && better > 5.0 * error, "{better} ± {error}");
        let (worse, _) = gain(&alike, &spreads, &fold_of);
        assert!(worse < 0.0, "{worse}");
    }
}

//! Prediction intervals, from a candidate's errors on rows that it was not fitted to.
//!
//! Full model ± the conformal quantile of absolute out-of-fold residuals, as MAPIE has it for `method="base"`. Where a
//! small tree of typical errors makes intervals clearly better (Lei et al. 2018), residuals are counted in units of it.

mod residuals;
mod typical_errors;

use std::ops::Range;

use model_core::{IntervalSummary, Intervals};
use rayon::prelude::*;

pub use self::residuals::conformal_quantile;
pub(crate) use self::residuals::most_that_can_be_promised;
use self::residuals::{Residuals, gain, weighted_quantiles};
use self::typical_errors::TypicalErrors;
use crate::folds::fit_data::FitData;
use crate::folds::prepare::{PreparedFold, prepare_fold};
use crate::folds::split::fold_bounds;
use crate::folds::stop_signal::StopSignal;
use crate::learn::Candidate;
use crate::learn::FitError;
use crate::learn::decimals::Decimals;
use crate::search::fit_seed::{FitPurpose, fit_seed};
use crate::table::Table;
use crate::table::row_idx::RowIdx;

/// From how many rows at the most [`intervals`] reads: all of the folds that are fitted.
pub(crate) const MAX_ROWS: usize = 2 * ENOUGH_RESIDUALS;
/// Folds for the residuals, whatever the search used.
const N_FOLDS: usize = 10;
/// With more residuals than this no further fold is fitted: their quantiles are known well enough.
const ENOUGH_RESIDUALS: usize = 20_000;
/// With fewer residuals no tree of typical errors is grown.
const MIN_ROWS_FOR_SPREAD: usize = 200;
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

/// Fits `candidate` without each fold in turn and predicts that fold. Once `stop` is due only folds that were done
/// count, and the first, which is never left out.
///
/// # Errors
/// The first fit that failed.
pub fn out_of_fold<R: RowIdx>(
    table: &Table,
    rows: &[R],
    candidate: &Candidate,
    seed: u64,
    stop: &StopSignal,
) -> Result<OutOfFold, FitError> {
    let n_folds = N_FOLDS.min(rows.len() / 2).max(2);
    let n_each = fold_bounds(rows.len(), n_folds).next().map_or(1, |bounds| bounds.len().max(1));
    let folds: Vec<Range<usize>> = fold_bounds(rows.len(), n_folds).take(ENOUGH_RESIDUALS.div_ceil(n_each)).collect();
    let predict = |(fold, bounds): (usize, &Range<usize>)| {
        // Without any residual there would be no interval at all.
        let stop = if fold == 0 { StopSignal::default() } else { stop.clone() };
        if stop.is_due() {
            return Ok(None);
        }
        // Of one fold that is more than enough, its first rows.
        let validation = &rows[bounds.start..bounds.end.min(bounds.start + ENOUGH_RESIDUALS)];
        let PreparedFold { train, validation } =
            prepare_fold(table, rows, bounds.clone(), validation).stopped_by(&stop);
        let seed = fit_seed(seed, candidate, FitPurpose::IntervalFold(fold));
        let mut lists = candidate.learner.evaluate(&[&candidate.params], &train, &validation, seed)?;
        Ok((!stop.is_due()).then(|| lists.swap_remove(0)))
    };
    let predicted: Vec<Option<Vec<f64>>> =
        folds.par_iter().enumerate().with_max_len(1).map(predict).collect::<Result<_, FitError>>()?;
    // Residuals stand for the first rows, so that those behind a fold that is missing don't count.
    let predicted: Vec<Vec<f64>> = predicted.into_iter().map_while(|predicted| predicted).collect();
    let of_fold = |(fold, predicted): (usize, &Vec<f64>)| std::iter::repeat_n(fold, predicted.len());
    Ok(OutOfFold {
        fold: predicted.iter().enumerate().flat_map(of_fold).collect(),
        n_folds: predicted.len(),
        predicted: predicted.concat(),
    })
}

/// The table of an artifact from the predictions for the first rows of `data`, in the order in which they were predicted, and what to say about it.
#[must_use]
pub fn intervals(data: &FitData, out_of_fold: &OutOfFold) -> (Intervals, IntervalSummary) {
    let residuals = residuals(data, out_of_fold);
    let weights = weights(data, residuals.len());
    let mut summary = IntervalSummary {
        n_folds: out_of_fold.n_folds,
        n_rows: residuals.len(),
        varying: false,
        gain: 0.0,
        gain_error: 0.0,
        coverage: Vec::new(),
        groups: Vec::new(),
    };
    let plain = Intervals { half_widths: half_widths(&residuals, &weights), spread: None };
    if residuals.len() < MIN_ROWS_FOR_SPREAD {
        return (plain, summary);
    }
    let errors = TypicalErrors::new(data, &out_of_fold.predicted, &residuals);
    let fold_of = out_of_fold.parts();
    let spreads = errors.out_of_fold(&fold_of);
    let (gain, gain_error) = gain(&Residuals { residuals: &residuals, weights: &weights, fold_of: &fold_of }, &spreads);
    (summary.gain, summary.gain_error) = (gain, gain_error);
    if gain <= CLEAR_GAIN || gain <= CLEAR_ERRORS * gain_error {
        return (plain, summary);
    }
    summary.varying = true;
    let scores: Vec<f64> = residuals.iter().zip(&spreads).map(|(residual, spread)| residual / spread).collect();
    let all: Vec<u32> = (0..u32::try_from(residuals.len()).unwrap_or(u32::MAX)).collect();
    (Intervals { half_widths: half_widths(&scores, &weights), spread: Some(errors.tree(all)) }, summary)
}

/// For each of `percents` and each row that was predicted out of fold, whether its target lies within an interval made
/// of the other folds' errors alone.
pub(crate) fn covered_out_of_fold(
    data: &FitData,
    out_of_fold: &OutOfFold,
    varying: bool,
    percents: &[u32],
) -> Vec<Vec<bool>> {
    let residuals = residuals(data, out_of_fold);
    let weights = weights(data, residuals.len());
    let fold_of = out_of_fold.parts();
    let spreads = spreads(data, out_of_fold, &residuals, varying);
    let residuals = Residuals { residuals: &residuals, weights: &weights, fold_of: &fold_of };
    let quantiles = residuals.quantiles_without_each_fold(&spreads, percents);
    let of_level = |level_idx: usize| {
        let rows = residuals.residuals.iter().zip(&spreads).zip(&fold_of);
        rows.map(|((residual, spread), fold)| *residual <= quantiles[*fold][level_idx] * spread).collect()
    };
    (0..percents.len()).map(of_level).collect()
}

/// For each row that was predicted out of fold the chance to reach one of `marks`, which take turns, by the other folds' errors
/// alone, and whether its target does.
pub(crate) fn chances_out_of_fold(
    data: &FitData,
    out_of_fold: &OutOfFold,
    varying: bool,
    marks: &[f64],
) -> Vec<(f64, bool)> {
    let residuals = residuals(data, out_of_fold);
    let weights = weights(data, residuals.len());
    let fold_of = out_of_fold.parts();
    let spreads = spreads(data, out_of_fold, &residuals, varying);
    let residuals = Residuals { residuals: &residuals, weights: &weights, fold_of: &fold_of };
    let percents: Vec<u32> = (50..100).collect();
    let tables = residuals.quantiles_without_each_fold(&spreads, &percents);
    let tables: Vec<Intervals> =
        tables.into_iter().map(|half_widths| Intervals { half_widths, spread: None }).collect();
    // Half a point below a whole mark, as `Predictor::chance_of` has it.
    let below = if data.schema().target.whole { 0.5 } else { 0.0 };
    let of_row = |row: usize| {
        let (actual, predicted, spread) = (data.target()[row], out_of_fold.predicted[row], spreads[row]);
        let mark = marks[row % marks.len()];
        // A distance counts in units of the row's typical error.
        (tables[fold_of[row]].chance_of(&[], 0.0, (mark - below - predicted) / spread), actual >= mark)
    };
    (0..residuals.residuals.len()).map(of_row).collect()
}

impl OutOfFold {
    /// A part for each row: its fold, or of a large table's single fold a tenth of it.
    fn parts(&self) -> Vec<usize> {
        if self.n_folds > 1 { self.fold.clone() } else { (0..self.fold.len()).map(|row| row % N_FOLDS).collect() }
    }
}

fn residuals(data: &FitData, out_of_fold: &OutOfFold) -> Vec<f64> {
    let pairs = data.target().iter().zip(&out_of_fold.predicted);
    pairs.map(|(actual, predicted)| (actual - predicted).abs()).collect()
}

/// The typical error of each row's like by the other folds alone, or 1 where all intervals are equally wide.
fn spreads(data: &FitData, out_of_fold: &OutOfFold, residuals: &[f64], varying: bool) -> Vec<f64> {
    if varying {
        TypicalErrors::new(data, &out_of_fold.predicted, residuals).out_of_fold(&out_of_fold.parts())
    } else {
        vec![1.0; residuals.len()]
    }
}

/// How much each of the first rows counts.
fn weights(data: &FitData, n_rows: usize) -> Vec<f64> {
    data.weights().map_or_else(|| vec![1.0; n_rows], |weights| weights[..n_rows].to_vec())
}

/// One for each whole level from 50 to 99 %, rounded up to four digits: what is published is no single residual.
fn half_widths(scores: &[f64], weights: &[f64]) -> Vec<f64> {
    let weighted = scores.iter().copied().zip(weights.iter().copied()).collect();
    weighted_quantiles(weighted, &(50..100).collect::<Vec<_>>()).into_iter().map(round_up).collect()
}

fn round_up(number: f64) -> f64 {
    let decimals = Decimals::with_digits(number, 4);
    let rounded = decimals.round(number);
    if rounded < number { decimals.round(rounded + decimals.step()) } else { rounded }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_widths_are_rounded_up_to_four_digits() {
        assert_eq!((round_up(1.234_51), round_up(1.234), round_up(0.0)), (1.235, 1.234, 0.0));
    }
}

//! Prediction intervals, from a candidate's out-of-fold residuals.
//!
//! Full model ± the conformal quantile of absolute out-of-fold residuals, as in MAPIE with `method="base"`. If a small
//! tree of typical errors makes intervals clearly better (Lei et al. 2018), residuals are normalised by it.

mod cells;
mod residuals;
mod typical_errors;

use std::sync::Arc;

use model_core::{GroupIntervals, IntervalSummary, Intervals, IntervalsBy, LEVELS, Trees, chance_above};
use rayon::prelude::*;

use self::cells::Cells;
pub use self::residuals::conformal_quantile;
use self::residuals::{Residuals, gain, most_that_can_be_promised, n_units, weighted_quantiles};
use self::typical_errors::TypicalErrors;
use crate::folds::fit_data::FitData;
use crate::folds::parted::Folds;
use crate::folds::prepare::{PreparedFold, prepare_fold_of_single_rows};
use crate::folds::stop_signal::StopSignal;
use crate::learn::Candidate;
use crate::learn::FitError;
use crate::learn::decimals::Decimals;
use crate::search::fit_seed::{FitPurpose, fit_seed};
use crate::table::Table;
use crate::table::row_idx::RowIdx;

/// The maximal number of rows that [`intervals`] uses: all of the fitted folds.
pub(crate) const MAX_ROWS: usize = 2 * ENOUGH_RESIDUALS;
/// The number of folds for the residuals, whatever the search used.
const N_FOLDS: usize = 10;
/// With at least this number of rows half as many folds suffice: a model of four fifths of them has about the errors of
/// one of nine tenths.
const MANY_ROWS: usize = 4_000;
/// With more residuals than this no further fold is fitted: their quantiles are precise enough.
const ENOUGH_RESIDUALS: usize = 8_000;
/// With fewer residuals no tree of typical errors is fitted.
const MIN_ROWS_FOR_SPREAD: usize = 200;
/// Typical errors must improve the interval score by this share, and by a number of standard errors.
const CLEAR_GAIN: f64 = 0.01;
const CLEAR_ERRORS: f64 = 2.0;

/// Predictions by models that were not fitted to the predicted rows.
#[derive(Debug)]
pub struct OutOfFold {
    /// The rows' indices in the table, the first rows in random order, fold by fold; a subset of a large table.
    pub rows: Vec<u32>,
    /// One per row.
    pub predicted: Vec<f64>,
    /// The fold of each.
    pub fold: Vec<usize>,
    /// The group of each, if rows of a group stay together.
    pub groups: Option<Vec<u32>>,
    /// The number of fitted models.
    pub n_folds: usize,
}

/// Fits `candidate` without each fold in turn and predicts that fold. Once `stop` is due, only completed folds count,
/// and the first, which is never skipped.
///
/// # Errors
/// The error of the first fit that failed.
pub fn out_of_fold<R: RowIdx>(
    table: &Table,
    rows: &[R],
    candidate: &Candidate,
    seed: u64,
    stop: &StopSignal,
) -> Result<OutOfFold, FitError> {
    out_of_fold_of_single_rows(table, (rows, rows), candidate, seed, stop)
}

/// The same for `single` of the table's [single rows](Table::single_rows), by models fitted to `rows` of the table.
pub(crate) fn out_of_fold_of_single_rows<R: RowIdx>(
    table: &Table,
    (rows, single): (&[R], &[R]),
    candidate: &Candidate,
    seed: u64,
    stop: &StopSignal,
) -> Result<OutOfFold, FitError> {
    let folds = Folds::new(table, rows, n_folds(rows.len()));
    let single_folds = Folds::new(table.single_rows(), single, n_folds(single.len()));
    let mut n_judged = 0;
    let mut judged: Vec<Vec<R>> = Vec::new();
    while judged.len() < folds.n_folds() && n_judged < ENOUGH_RESIDUALS {
        let mut validation = single_folds.validation(single, judged.len());
        n_judged += validation.len();
        // The first rows of one fold are more than enough.
        validation.truncate(ENOUGH_RESIDUALS);
        judged.push(validation);
    }
    let predict = |(fold, validation): (usize, &Vec<R>)| {
        // Without any residual there would be no interval at all.
        let stop = if fold == 0 { StopSignal::default() } else { stop.clone() };
        if stop.is_due() {
            return Ok(None);
        }
        let PreparedFold { train, validation } =
            prepare_fold_of_single_rows(table, folds.train(rows, fold), validation).stopped_by(&stop);
        let seed = fit_seed(seed, candidate, FitPurpose::IntervalFold(fold));
        let mut lists = candidate.learner.evaluate(&[&candidate.params], &train, &validation, seed)?;
        Ok((!stop.is_due()).then(|| lists.swap_remove(0)))
    };
    let predicted: Vec<Option<Vec<f64>>> =
        judged.par_iter().enumerate().with_max_len(1).map(predict).collect::<Result<_, FitError>>()?;
    // Folds after a missing one are ignored.
    let predicted: Vec<Vec<f64>> = predicted.into_iter().map_while(|predicted| predicted).collect();
    let of_fold = |(fold, predicted): (usize, &Vec<f64>)| std::iter::repeat_n(fold, predicted.len());
    let rows: Vec<u32> = judged[..predicted.len()].iter().flatten().map(|row| row.to_u32()).collect();
    Ok(OutOfFold {
        groups: table.keys.groups().map(|groups| rows.iter().map(|row| groups.codes[*row as usize]).collect()),
        rows,
        fold: predicted.iter().enumerate().flat_map(of_fold).collect(),
        n_folds: predicted.len(),
        predicted: predicted.concat(),
    })
}

fn n_folds(n_rows: usize) -> usize {
    let n_folds = if n_rows < MANY_ROWS { N_FOLDS } else { N_FOLDS / 2 };
    n_folds.min(n_rows / 2).max(2)
}

/// The number of folds to fit for this number of rows.
pub(crate) fn n_fits(n_rows: usize) -> usize {
    let n_folds = n_folds(n_rows);
    ENOUGH_RESIDUALS.div_ceil((n_rows / n_folds).max(1)).min(n_folds)
}

/// The interval tables of an artifact, and notices; `data` begins with the rows of `out_of_fold`. `by` has the indices
/// of categorical columns: each combination of their categories with enough residuals gets its own table.
#[must_use]
pub fn intervals(data: &FitData, out_of_fold: &OutOfFold, by: &[usize]) -> (Intervals, IntervalSummary) {
    let residuals = residuals(data, out_of_fold);
    let (weights, fold_of) = (weights(data, residuals.len()), out_of_fold.parts());
    let cells = Cells::new(data, residuals.len(), by);
    let of_parts = Residuals {
        residuals: &residuals,
        weights: &weights,
        fold_of: &fold_of,
        groups: out_of_fold.groups.as_deref(),
        cells: &cells,
    };
    let mut summary = IntervalSummary {
        n_folds: out_of_fold.n_folds,
        n_rows: residuals.len(),
        n_groups: out_of_fold.n_groups(),
        varying: false,
        gain: 0.0,
        gain_error: 0.0,
        by: by.iter().map(|column| data.schema().columns[*column].name.clone()).collect(),
        max_level: None,
        coverage: Vec::new(),
        groups: Vec::new(),
    };
    let plain = tables(&of_parts, by, None);
    summary.max_level = plain.max_level;
    if residuals.len() < MIN_ROWS_FOR_SPREAD {
        return (plain, summary);
    }
    let errors = TypicalErrors::new(data, &out_of_fold.predicted, &residuals);
    let spreads = errors.out_of_fold(&fold_of);
    (summary.gain, summary.gain_error) = gain(&of_parts, &spreads);
    if summary.gain <= CLEAR_GAIN || summary.gain <= CLEAR_ERRORS * summary.gain_error {
        return (plain, summary);
    }
    summary.varying = true;
    let scores: Vec<f64> = residuals.iter().zip(&spreads).map(|(residual, spread)| residual / spread).collect();
    let all: Vec<u32> = (0..u32::try_from(residuals.len()).unwrap_or(u32::MAX)).collect();
    (tables(&Residuals { residuals: &scores, ..of_parts }, by, Some(errors.tree(all))), summary)
}

/// A table for each group, and one for the others; and the highest level that all of them can guarantee.
fn tables(scores: &Residuals<'_>, by: &[usize], spread: Option<Trees>) -> Intervals {
    let all: Vec<usize> = (0..scores.residuals.len()).collect();
    let (mut tables, mut max_level) = (Vec::new(), None);
    for cell in 0..scores.cells.len() {
        let rows = scores.cells.members(cell, &all);
        let n_units = n_units(scores.groups, &rows);
        let own = rows.iter().map(|row| (scores.residuals[*row], scores.weights[*row])).collect();
        tables.push(half_widths(own, n_units));
        // The minimum over all tables that are limited.
        max_level = [max_level, most_that_can_be_promised(n_units)].into_iter().flatten().min();
    }
    let mut tables = tables.into_iter();
    let half_widths = tables.next().unwrap_or_default();
    let groups = scores.cells.values.iter().zip(tables);
    let groups = groups.map(|(values, half_widths)| GroupIntervals { values: values.clone(), half_widths });
    Intervals {
        half_widths,
        spread,
        // Clamped to the lowest level that can be requested.
        max_level: max_level.map(|level| LEVELS.clamp(level as f64)),
        by: (!by.is_empty()).then(|| IntervalsBy { columns: by.to_vec(), groups: groups.collect() }),
    }
}

/// For each of `percents` and each out-of-fold row, whether its target lies within an interval made from the other
/// folds' residuals only; `summary` describes the intervals.
pub(crate) fn covered_out_of_fold(
    data: &FitData,
    out_of_fold: &OutOfFold,
    summary: &IntervalSummary,
    percents: &[u32],
) -> Vec<Vec<bool>> {
    let residuals = residuals(data, out_of_fold);
    let (quantiles, spreads) = without_own_fold(data, out_of_fold, summary, percents);
    let is_covered = |row: usize, level_idx: usize| residuals[row] <= quantiles[row][level_idx] * spreads[row];
    let of_level = |level_idx: usize| (0..residuals.len()).map(|row| is_covered(row, level_idx)).collect();
    (0..percents.len()).map(of_level).collect()
}

/// For each out-of-fold row the probability to reach one of `marks`, in turn, from the other folds' residuals only, and
/// whether its target reaches it.
pub(crate) fn chances_out_of_fold(
    data: &FitData,
    out_of_fold: &OutOfFold,
    summary: &IntervalSummary,
    marks: &[f64],
) -> Vec<(f64, bool)> {
    let (quantiles, spreads) = without_own_fold(data, out_of_fold, summary, &percents());
    // Half a point below an integer mark, as in `Predictor::chance_of`.
    let below = if data.schema().target.whole { 0.5 } else { 0.0 };
    let of_row = |(row, (table, spread)): (usize, (Arc<Vec<f64>>, f64))| {
        let (actual, predicted, mark) = (data.target()[row], out_of_fold.predicted[row], marks[row % marks.len()]);
        // Distances are in units of the row's typical error.
        (chance_above(&table, summary.max_level, (mark - below - predicted) / spread), actual >= mark)
    };
    quantiles.into_iter().zip(spreads).enumerate().map(of_row).collect()
}

/// For each out-of-fold row the quantiles of the other folds' residuals, shared by rows of one fold and group, and its
/// typical error according to the other folds, or 1 without a tree of typical errors.
fn without_own_fold(
    data: &FitData,
    out_of_fold: &OutOfFold,
    summary: &IntervalSummary,
    percents: &[u32],
) -> (Vec<Arc<Vec<f64>>>, Vec<f64>) {
    let residuals = residuals(data, out_of_fold);
    let (weights, fold_of) = (weights(data, residuals.len()), out_of_fold.parts());
    let spreads = if summary.varying {
        TypicalErrors::new(data, &out_of_fold.predicted, &residuals).out_of_fold(&fold_of)
    } else {
        vec![1.0; residuals.len()]
    };
    let by: Vec<usize> = summary.by.iter().filter_map(|column| data.schema().position(column)).collect();
    let cells = Cells::new(data, residuals.len(), &by);
    let of_parts = Residuals {
        residuals: &residuals,
        weights: &weights,
        fold_of: &fold_of,
        groups: out_of_fold.groups.as_deref(),
        cells: &cells,
    };
    let quantiles = of_parts.quantiles_without_each_fold(&spreads, percents);
    let quantiles: Vec<Vec<Arc<Vec<f64>>>> =
        quantiles.into_iter().map(|of_fold| of_fold.into_iter().map(Arc::new).collect()).collect();
    let of_row = |row: usize| Arc::clone(&quantiles[fold_of[row]][cells.of(row)]);
    ((0..residuals.len()).map(of_row).collect(), spreads)
}

impl OutOfFold {
    /// The number of groups, if rows of a group stay together.
    fn n_groups(&self) -> Option<usize> {
        let groups = self.groups.as_deref();
        groups.map(|_| n_units(groups, &(0..self.rows.len()).collect::<Vec<_>>()))
    }

    /// The part of each row: its fold, or one of ten parts of a large table's single fold.
    fn parts(&self) -> Vec<usize> {
        match &self.groups {
            _ if self.n_folds > 1 => self.fold.clone(),
            Some(groups) => groups.iter().map(|group| *group as usize % N_FOLDS).collect(),
            None => (0..self.fold.len()).map(|row| row % N_FOLDS).collect(),
        }
    }
}

fn residuals(data: &FitData, out_of_fold: &OutOfFold) -> Vec<f64> {
    let pairs = data.target().iter().zip(&out_of_fold.predicted);
    pairs.map(|(actual, predicted)| (actual - predicted).abs()).collect()
}

/// The weights of the first rows.
fn weights(data: &FitData, n_rows: usize) -> Vec<f64> {
    data.weights().map_or_else(|| vec![1.0; n_rows], |weights| weights[..n_rows].to_vec())
}

/// One for each integer level from 50 to 99 %, rounded up to four digits, so that no single residual is published.
fn half_widths(weighted: Vec<(f64, f64)>, n_units: usize) -> Vec<f64> {
    weighted_quantiles(weighted, n_units, &percents()).into_iter().map(round_up).collect()
}

/// The levels of a table.
fn percents() -> Vec<u32> {
    (50..100).collect()
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

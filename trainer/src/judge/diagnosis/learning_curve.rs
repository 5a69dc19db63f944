//! Whether more records would help: the champion fitted on an eighth, a quarter, a half and all of each fold's rows.

use rayon::prelude::*;

use super::refit::{Refitted, Refitter};
use crate::folds::parted::fewer;
use crate::folds::prepare::{PreparedFold, prepare_fold};
use crate::learn::FitError;
use crate::metrics::mean_and_sd;
use crate::search::paired::{Paired, paired};

/// Each step doubles the number of rows.
const PARTS: [usize; 4] = [8, 4, 2, 1];
/// With fewer rows R² is mostly chance.
const MIN_ROWS: usize = 20;

/// R² by number of training rows.
pub(crate) struct LearningCurve {
    /// Ascending by size; at least two.
    pub(crate) sizes: Vec<CurveSize>,
    /// The gain in R² from the last doubling of the rows, and its corrected standard error over the folds.
    pub(crate) last_gain: Paired,
}

/// One point of the curve.
pub(crate) struct CurveSize {
    /// The number of training rows in each fold.
    pub(crate) n_rows: usize,
    /// R² on the validation rows.
    pub(crate) r2_folds: Vec<f64>,
    /// R² on the training rows.
    pub(crate) learned_folds: Vec<f64>,
}

/// `None` if the time is up or there are too few rows.
pub(super) fn curve(refitter: &Refitter<'_>, base: &Refitted) -> Result<Option<LearningCurve>, FitError> {
    let n_rows = base.folds.iter().map(|fold| fold.train.n_rows()).min().unwrap_or_default();
    let parts: Vec<usize> = PARTS.into_iter().filter(|part| n_rows / part >= MIN_ROWS).collect();
    let tasks: Vec<(usize, usize)> =
        parts.iter().flat_map(|part| (0..base.folds.len()).map(move |fold| (*part, fold))).collect();
    let score = |(part, fold): &(usize, usize)| {
        if refitter.is_stopped() {
            return Ok(None);
        }
        let PreparedFold { train: all, validation } = &base.folds[*fold];
        let table = refitter.cross_validation.table;
        if *part == 1 {
            return refitter.scores(*fold, all, validation).map(|(_, learned)| Some((base.r2_folds[*fold], learned)));
        }
        let rows = fewer(table, all.rows(), *part);
        let PreparedFold { train, validation } = refitter.stoppable(prepare_fold(table, rows, validation.rows()));
        refitter.scores(*fold, &train, &validation).map(Some)
    };
    let scores = tasks.par_iter().with_max_len(1).map(score).collect::<Result<Vec<_>, FitError>>()?;
    let Some(scores) = scores.into_iter().collect::<Option<Vec<(f64, f64)>>>() else { return Ok(None) };
    if refitter.is_stopped() || parts.len() < 2 {
        return Ok(None);
    }
    let size = |(part, scores): (&usize, &[(f64, f64)])| CurveSize {
        n_rows: n_rows / part,
        r2_folds: scores.iter().map(|(r2, _)| *r2).collect(),
        learned_folds: scores.iter().map(|(_, learned)| *learned).collect(),
    };
    let sizes: Vec<CurveSize> = parts.iter().zip(scores.chunks(base.folds.len())).map(size).collect();
    let last_gain = match &sizes[..] {
        [.., half, all] => paired(&all.r2_folds, &half.r2_folds, refitter.cross_validation.n_folds),
        _ => return Ok(None),
    };
    Ok(Some(LearningCurve { sizes, last_gain }))
}

impl CurveSize {
    /// Mean R² over the folds and its standard deviation.
    pub(crate) fn r2(&self) -> (f64, f64) {
        mean_and_sd(&self.r2_folds)
    }

    /// Mean R² on the training rows.
    pub(crate) fn learned(&self) -> f64 {
        mean_and_sd(&self.learned_folds).0
    }
}

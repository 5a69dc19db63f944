//! The two parts of each fold, preprocessed by what the fold's training rows alone tell.

use std::ops::Range;

use rayon::prelude::*;

use super::fit_data::FitData;
use super::preprocess::fit_preprocessor;
use super::split::{Fold, fold_bounds};
use super::stop_signal::StopSignal;
use crate::table::row_idx::{RowIdx, in_order};
use crate::table::{MANY_ROWS, Table};

/// One fold of a cross-validation, in every form that learners read.
#[derive(Debug, Clone)]
pub struct PreparedFold {
    /// The rows to learn from.
    pub train: FitData,
    /// The rows to judge by, encoded by the preprocessor of the training rows.
    pub validation: FitData,
}

impl PreparedFold {
    /// The same, with fits that end as soon as `stop` is due.
    #[must_use]
    pub(crate) fn stopped_by(self, stop: &StopSignal) -> Self {
        Self { train: self.train.stopped_by(stop.clone()), ..self }
    }
}

/// Prepares the given folds of `table`.
#[must_use]
pub fn prepare(table: &Table, folds: &[Fold]) -> Vec<PreparedFold> {
    let prepare = |fold: &Fold| {
        let preprocessor = fit_preprocessor(table, &fold.train, None);
        let [train, validation] = [&fold.train, &fold.validation].map(|rows| FitData::new(&preprocessor, table, rows));
        PreparedFold { train, validation }
    };
    folds.par_iter().map(prepare).collect()
}

/// Prepares the folds that [`k_folds`](crate::k_folds) gives, without making a list of all their rows.
#[must_use]
pub fn prepare_k_folds<R: RowIdx>(table: &Table, rows: &[R], n_folds: usize) -> Vec<PreparedFold> {
    let prepare = |bounds: Range<usize>| prepare_fold(table, rows, bounds.clone(), &rows[bounds]);
    if rows.len() < MANY_ROWS {
        let bounds: Vec<Range<usize>> = fold_bounds(rows.len(), n_folds).collect();
        return bounds.into_par_iter().map(prepare).collect();
    }
    // One after the other: each takes memory of its own on its way, and uses all cores.
    fold_bounds(rows.len(), n_folds).map(prepare).collect()
}

/// Prepares the fold of `rows` whose validation part is at the positions `bounds`; of that part only the rows `validation`
/// are kept.
pub(crate) fn prepare_fold<R: RowIdx>(
    table: &Table,
    rows: &[R],
    bounds: Range<usize>,
    validation: &[R],
) -> PreparedFold {
    let mut train: Vec<u32> = Vec::with_capacity(rows.len() - bounds.len());
    let others = rows[..bounds.start].iter().chain(&rows[bounds.end..]);
    train.extend(others.map(|row| row.to_u32()));
    if rows.len() >= MANY_ROWS {
        train = in_order(train, table.n_rows());
    }
    let preprocessor = fit_preprocessor(table, &train, None);
    let validation = FitData::new(&preprocessor, table, validation);
    PreparedFold { train: FitData::of_rows(&preprocessor, table, train), validation }
}

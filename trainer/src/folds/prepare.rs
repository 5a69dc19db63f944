//! The two parts of each fold, preprocessed with statistics of the fold's training rows only.

use rayon::prelude::*;

use super::fit_data::FitData;
use super::parted::Folds;
use super::preprocess::fit_preprocessor;
use super::screen::screened;
use super::split::Fold;
use super::stop_signal::StopSignal;
use crate::table::row_idx::RowIdx;
use crate::table::{MANY_ROWS, Table};

/// One fold of a cross-validation, in every encoding that learners use.
#[derive(Debug, Clone)]
pub struct PreparedFold {
    /// The training rows.
    pub train: FitData,
    /// The validation rows, encoded by the preprocessor of the training rows.
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
        let table = &screened(table, &fold.train);
        let preprocessor = fit_preprocessor(table, &fold.train, None);
        let [train, validation] = [&fold.train, &fold.validation].map(|rows| FitData::new(&preprocessor, table, rows));
        PreparedFold { train, validation }
    };
    folds.par_iter().map(prepare).collect()
}

/// Prepares `n_folds` folds of `rows` according to the table's `Parting` (by default those of
/// [`k_folds`](crate::k_folds)), without listing the rows of all folds at once. Groups or times may allow fewer folds.
#[must_use]
pub fn prepare_k_folds<R: RowIdx>(table: &Table, rows: &[R], n_folds: usize) -> Vec<PreparedFold> {
    let folds = Folds::new(table, rows, n_folds);
    let prepare = |fold: usize| prepare_fold(table, folds.train(rows, fold), &folds.validation(rows, fold));
    if rows.len() < MANY_ROWS {
        return (0..folds.n_folds()).into_par_iter().map(prepare).collect();
    }
    // Sequentially: preparing a fold needs temporary memory, and uses all cores.
    (0..folds.n_folds()).map(prepare).collect()
}

/// Prepares a fold with the training rows `train` and the validation rows `validation` among the table's
/// [single rows](Table::single_rows).
pub(crate) fn prepare_fold_of_single_rows<R: RowIdx>(table: &Table, train: Vec<u32>, validation: &[R]) -> PreparedFold {
    let table = &screened(table, &train);
    let preprocessor = fit_preprocessor(table, &train, None);
    let validation = FitData::new(&preprocessor, table.single_rows(), validation);
    PreparedFold { train: FitData::of_rows(&preprocessor, table, train), validation }
}

/// Prepares a fold with the training rows `train` and the validation rows `validation`.
pub(crate) fn prepare_fold<R: RowIdx>(table: &Table, train: Vec<u32>, validation: &[R]) -> PreparedFold {
    let table = &screened(table, &train);
    let preprocessor = fit_preprocessor(table, &train, None);
    let validation = FitData::new(&preprocessor, table, validation);
    PreparedFold { train: FitData::of_rows(&preprocessor, table, train), validation }
}

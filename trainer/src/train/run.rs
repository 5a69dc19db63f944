//! What stays the same through all stages of a run.

use crate::config::Config;
use crate::folds::fit_data::FitData;
use crate::folds::preprocess::fit_preprocessor;
use crate::folds::split::{Split, SplitError, holdout_split};
use crate::folds::stop_signal::StopSignal;
use crate::search::cross_validation::{CrossValidation, SearchControl};
use crate::table::Table;

/// What a run learns from, and how.
pub(super) struct Run<'a> {
    pub(super) table: &'a Table,
    /// The SHA-256 of the table's CSV.
    pub(super) data_sha256: &'a str,
    pub(super) config: &'a Config,
    pub(super) control: &'a SearchControl<'a>,
}

impl Run<'_> {
    /// The first stage: the rows to learn from, and those held back.
    pub(super) fn split(&self) -> Result<Split, SplitError> {
        let search = &self.config.search;
        holdout_split(self.table.n_rows(), search.test_size(), search.seed(), search.n_folds())
    }

    /// The cross-validation over the given training rows.
    pub(super) fn cross_validation<'b>(&'b self, train: &'b [u32]) -> CrossValidation<'b> {
        CrossValidation { table: self.table, rows: train, n_folds: self.config.search.n_folds(), seed: self.seed() }
    }

    /// The given rows, with a preprocessor fitted to them.
    pub(super) fn fit_data(&self, rows: &[u32]) -> FitData {
        FitData::new(&fit_preprocessor(self.table, rows, None), self.table, rows)
    }

    pub(super) fn seed(&self) -> u64 {
        u64::from(self.config.search.seed())
    }

    pub(super) fn stop(&self) -> &StopSignal {
        &self.control.stop
    }
}

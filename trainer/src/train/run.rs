//! What stays the same through all stages of a run.

use super::outcome::TrainError;
use crate::config::Config;
use crate::folds::fit_data::FitData;
use crate::folds::parted::Folds;
use crate::folds::parted::table_split;
use crate::folds::preprocess::fit_preprocessor;
use crate::folds::split::{Split, SplitError};
use crate::folds::stop_signal::StopSignal;
use crate::search::cross_validation::{CrossValidation, SearchControl};
use crate::table::{ColumnData, Table, TableColumn};

/// What a run learns from, and how.
pub(super) struct Run<'a> {
    pub(super) table: &'a Table,
    /// The SHA-256 of the table's CSV.
    pub(super) data_sha256: &'a str,
    pub(super) config: &'a Config,
    pub(super) control: &'a SearchControl<'a>,
    /// The places of the columns for each of whose groups intervals are made by themselves.
    pub(super) intervals_by: Vec<usize>,
}

impl<'a> Run<'a> {
    /// Checks what the configuration says against the table.
    pub(super) fn new(
        table: &'a Table,
        data_sha256: &'a str,
        config: &'a Config,
        control: &'a SearchControl<'a>,
    ) -> Result<Self, TrainError> {
        let place = |name: &String| {
            let is_meant =
                |column: &TableColumn| column.name == *name && matches!(column.data, ColumnData::Categorical { .. });
            table.columns.iter().position(is_meant).ok_or_else(|| TrainError::IntervalsBy { column: name.clone() })
        };
        let intervals_by = config.intervals.by().iter().map(place).collect::<Result<_, _>>()?;
        Ok(Self { table, data_sha256, config, control, intervals_by })
    }

    /// The first stage: the rows to learn from, and those held back.
    pub(super) fn split(&self) -> Result<Split, SplitError> {
        let search = &self.config.search;
        table_split(self.table, search.test_size(), search.seed(), search.n_folds())
    }

    /// The cross-validation over the given training rows.
    pub(super) fn cross_validation<'b>(&'b self, train: &'b [u32]) -> CrossValidation<'b> {
        // Of groups or times there may be fewer folds than asked for.
        let n_folds = Folds::new(self.table, train, self.config.search.n_folds()).n_folds();
        CrossValidation { table: self.table, rows: train, n_folds, seed: self.seed() }
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

//! The constants of a run.

use super::outcome::TrainError;
use crate::config::Config;
use crate::folds::fit_data::FitData;
use crate::folds::parted::Folds;
use crate::folds::parted::table_split;
use crate::folds::preprocess::fit_preprocessor;
use crate::folds::screen::screened;
use crate::folds::split::Split;
use crate::folds::stop_signal::StopSignal;
use crate::search::cross_validation::{CrossValidation, SearchControl};
use crate::table::{ColumnData, Table, TableColumn};

/// The data and settings of a run.
pub(super) struct Run<'a> {
    /// The table for folds, each of which selects columns if there are too many.
    pub(super) table: &'a Table,
    /// The same with only the columns that the published model learns from.
    pub(super) learned: Table,
    /// The SHA-256 of the table's CSV.
    pub(super) data_sha256: &'a str,
    pub(super) config: &'a Config,
    pub(super) control: &'a SearchControl<'a>,
    /// The indices in `learned` of the columns whose groups get separate intervals.
    pub(super) intervals_by: Vec<usize>,
    /// For a table of cells: the split of the sampled rows.
    sample_split: Option<Split>,
}

impl<'a> Run<'a> {
    /// Checks the configuration against the table, and splits its rows into training and holdout.
    pub(super) fn new(
        table: &'a Table,
        data_sha256: &'a str,
        config: &'a Config,
        control: &'a SearchControl<'a>,
    ) -> Result<(Self, Split), TrainError> {
        let search = &config.search;
        let part = |table: &Table| table_split(table, search.test_size(), search.seed(), search.n_folds());
        let split = part(table)?;
        let sample_split = table.cells.as_ref().map(|cells| part(&cells.sample)).transpose()?;
        let learned = screened(table, &split.train).into_owned();
        let position = |name: &String| {
            let is_meant =
                |column: &TableColumn| column.name == *name && matches!(column.data, ColumnData::Categorical { .. });
            learned.columns.iter().position(is_meant).ok_or_else(|| TrainError::IntervalsBy { column: name.clone() })
        };
        let intervals_by = config.intervals.by().iter().map(position).collect::<Result<_, _>>()?;
        Ok((Self { table, learned, data_sha256, config, control, intervals_by, sample_split }, split))
    }

    /// The cross-validation over the given training rows.
    pub(super) fn cross_validation<'b>(&'b self, train: &'b [u32]) -> CrossValidation<'b> {
        // Groups or times may allow fewer folds than requested.
        let n_folds = Folds::new(self.table, train, self.config.search.n_folds()).n_folds();
        CrossValidation { table: self.table, rows: train, n_folds, seed: self.seed() }
    }

    /// The same over the columns that the published model learns from, fixed for all folds.
    pub(super) fn learned_cross_validation<'b>(&'b self, train: &'b [u32]) -> CrossValidation<'b> {
        CrossValidation { table: &self.learned, ..self.cross_validation(train) }
    }

    /// The rows to examine one by one, and their split; `split` is the table's.
    pub(super) fn single_rows<'b>(&'b self, split: &'b Split) -> (&'b Table, &'b Split) {
        (self.learned.single_rows(), self.sample_split.as_ref().unwrap_or(split))
    }

    /// The cross-validation over single rows: those of `searched`, or the training part of the sample.
    pub(super) fn single_cross_validation<'b>(&'b self, searched: &'b [u32]) -> CrossValidation<'b> {
        let cross_validation = self.learned_cross_validation(searched);
        let rows = self.sample_split.as_ref().map_or(searched, |split| &split.train);
        CrossValidation { table: self.learned.single_rows(), rows, ..cross_validation }
    }

    /// The given rows, with a preprocessor fitted to them.
    pub(super) fn fit_data(&self, rows: &[u32]) -> FitData {
        FitData::new(&fit_preprocessor(&self.learned, rows, None), &self.learned, rows)
    }

    pub(super) fn seed(&self) -> u64 {
        u64::from(self.config.search.seed())
    }

    pub(super) fn stop(&self) -> &StopSignal {
        &self.control.stop
    }
}

//! The rows shown on a page: all, or a sample.

use crate::folds::split::{Fold, k_folds};
use crate::random::SplitMix64;
use crate::report::explore::ExploreOptions;
use crate::table::ingest::RawColumn;
use crate::table::row_idx::RowIdx;
use crate::table::{BLANK, ColumnData};

/// The columns, restricted to these rows.
pub(super) struct Data {
    pub(super) columns: Vec<RawColumn>,
    /// The target's index among the columns.
    pub(super) target: Option<usize>,
    pub(super) n_rows: usize,
    /// The number of rows in the file.
    pub(super) n_rows_in_file: usize,
    /// Folds of the rows with a target, in random order; empty without a target or with too few rows.
    pub(super) folds: Vec<Fold>,
}

const N_FOLDS: usize = 5;

impl Data {
    pub(super) fn new(columns: &[RawColumn], options: &ExploreOptions) -> Self {
        let n_rows_in_file = columns.first().map_or(0, |column| n_cells(&column.data));
        let mut random = SplitMix64::new(options.seed);
        let mut order = random.permutation(n_rows_in_file);
        let columns: Vec<RawColumn> = if n_rows_in_file > options.max_rows {
            order.truncate(options.max_rows);
            order.sort_unstable();
            columns.iter().map(|column| RawColumn { data: taken(&column.data, &order), ..column.clone() }).collect()
        } else {
            columns.to_vec()
        };
        let n_rows = n_rows_in_file.min(options.max_rows);
        let target =
            options.target.as_ref().and_then(|target| columns.iter().position(|column| column.name == target.column));
        let mut folds = Vec::new();
        if let Some(ColumnData::Numeric(target)) = target.map(|target| &columns[target].data) {
            let mut rows = random.permutation(n_rows);
            rows.retain(|row| !target[*row].is_nan());
            if rows.len() >= 4 * N_FOLDS {
                folds = k_folds(&rows, N_FOLDS);
            }
        }
        Self { columns, target, n_rows, n_rows_in_file, folds }
    }

    /// The target's numbers, NaN where blank.
    pub(super) fn target_numbers(&self) -> Option<Vec<f64>> {
        match &self.columns[self.target?].data {
            ColumnData::Numeric(numbers) => Some(numbers.to_vec()),
            ColumnData::Categorical { .. } => None,
        }
    }
}

pub(super) fn n_cells(data: &ColumnData) -> usize {
    match data {
        ColumnData::Numeric(numbers) => numbers.len(),
        ColumnData::Categorical { codes, .. } => codes.len(),
    }
}

pub(super) fn n_blank(data: &ColumnData) -> usize {
    match data {
        ColumnData::Numeric(numbers) => numbers.iter().filter(|number| number.is_nan()).count(),
        ColumnData::Categorical { codes, .. } => codes.iter().filter(|code| **code == BLANK).count(),
    }
}

/// The cells of the given rows.
pub(crate) fn taken<R: RowIdx>(data: &ColumnData, rows: &[R]) -> ColumnData {
    match data {
        ColumnData::Numeric(numbers) => ColumnData::Numeric(rows.iter().map(|row| numbers[row.to_usize()]).collect()),
        ColumnData::Categorical { values, codes } => ColumnData::Categorical {
            values: values.clone(),
            codes: rows.iter().map(|row| codes[row.to_usize()]).collect(),
        },
    }
}

//! Cells, which are aggregated rows: each row of the table stands for all rows with the same features and part.
//!
//! A count is not a weight: a row of weight 3 is one observation; a cell of 3 rows is three, with a variance within it.
//! Sums of squares over rows are exact from counts, means and within-cell sums of squares. Whatever needs single
//! targets uses [`Cells::sample`].

use std::collections::BTreeMap;

use crate::table::Table;
use crate::table::compact::Numbers;

/// The rows that a table of cells stands for.
#[derive(Debug, Clone, PartialEq)]
pub struct Cells {
    /// The number of rows of each cell, at least 1. The table's target is the mean of their targets.
    pub n: Vec<u32>,
    /// The within-cell sum of squares of the targets.
    pub within: Vec<f64>,
    /// The smallest target of each cell.
    pub low: Numbers,
    /// The largest target of each cell.
    pub high: Numbers,
    /// The index of each cell's combination of features, ascending: cells of different parts with the same features are
    /// adjacent.
    pub combination: Vec<u32>,
    /// The number of distinct values of each column that was rounded before it was counted.
    pub rounded: BTreeMap<String, usize>,
    /// A sample of the rows that the cells stand for, with the same columns in the same order and the same spelling of
    /// categories.
    pub sample: Box<Table>,
}

impl Table {
    /// The number of records: the table's rows, or all rows that its cells stand for.
    #[must_use]
    pub fn n_records(&self) -> usize {
        self.n_records_of(&(0..self.n_rows()).collect::<Vec<usize>>())
    }

    /// The number of records in the given rows of the table.
    #[must_use]
    pub fn n_records_of<R: super::row_idx::RowIdx>(&self, rows: &[R]) -> usize {
        match &self.cells {
            Some(cells) => rows.iter().map(|row| cells.n[row.to_usize()] as usize).sum(),
            None => rows.len(),
        }
    }

    /// Single rows: the table's, or its cells' sample.
    #[must_use]
    pub fn single_rows(&self) -> &Self {
        self.cells.as_ref().map_or(self, |cells| &cells.sample)
    }
}

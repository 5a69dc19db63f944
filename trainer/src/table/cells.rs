//! Rows that were counted where they are: each row of a table stands for all rows with the same features and part.
//!
//! A count is no weight. A row that weighs 3 is one observation; a cell of 3 rows is three, with a variance among them. What
//! is a sum of squares over rows is exact from counts, means and squares within. What needs single targets is read from
//! [`Cells::sample`].

use std::collections::BTreeMap;

use crate::table::Table;
use crate::table::compact::Numbers;

/// What the rows of a table of cells stand for.
#[derive(Debug, Clone, PartialEq)]
pub struct Cells {
    /// How many rows have these features, 1 and more. The table's target is the mean of theirs.
    pub n: Vec<u32>,
    /// The sum of squares of their targets about that mean.
    pub within: Vec<f64>,
    /// The smallest target of each cell.
    pub low: Numbers,
    /// The largest target of each cell.
    pub high: Numbers,
    /// A number for each combination of features, ascending: cells of several parts with the same features are neighbours.
    pub combination: Vec<u32>,
    /// How many values are left of numbers that were rounded before they were counted, by their columns.
    pub rounded: BTreeMap<String, usize>,
    /// Rows drawn from those that the cells stand for, with the table's columns in its order and categories in its spelling.
    pub sample: Box<Table>,
}

impl Table {
    /// How many records there are: the table's rows, or all that its cells stand for.
    #[must_use]
    pub fn n_records(&self) -> usize {
        self.n_records_of(&(0..self.n_rows()).collect::<Vec<usize>>())
    }

    /// How many records the given rows of the table are.
    #[must_use]
    pub fn n_records_of<R: super::row_idx::RowIdx>(&self, rows: &[R]) -> usize {
        match &self.cells {
            Some(cells) => rows.iter().map(|row| cells.n[row.to_usize()] as usize).sum(),
            None => rows.len(),
        }
    }

    /// The rows that are looked at one by one: those of the table, or of its cells' sample.
    #[must_use]
    pub fn single_rows(&self) -> &Self {
        self.cells.as_ref().map_or(self, |cells| &cells.sample)
    }
}

//! A file becomes a table of typed columns.
//!
//! In: the bytes of a file, or a seed for fictional students. Out: a [`Table`], whose columns are numbers or categories with
//! blanks marked. What a file looks like, only the crate `reader` knows; here columns get their roles. It knows nothing of
//! folds, learners or models, but for the schema of a model whose records are read.

pub(crate) mod cells;
pub(crate) mod fictional;
pub(crate) mod ingest;
pub(crate) mod keys;
pub(crate) mod name_words;
pub(crate) mod order;
pub(crate) mod rounding;
pub(crate) mod row_idx;
pub(crate) mod target_guess;

use std::collections::BTreeMap;
use std::sync::Arc;

use model_core::{DateRole, Direction, LeftOut};
pub(crate) use reader::ReadingReport;
pub(crate) use reader::compact;
pub use reader::{BLANK, ColumnData};

use crate::table::cells::Cells;
use crate::table::compact::Numbers;
use crate::table::keys::RowKeys;

/// From so many rows on, learning takes other ways that come to the same but for rounding: sums over counts and over
/// blocks of rows instead of row by row, rows in the file's order instead of a shuffled one. Below, every bit is that of
/// the plain way, which is held to scikit-learn's.
pub(crate) const MANY_ROWS: usize = 50_000;

/// A table with a target. All columns and the target have the same number of rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The input columns, in the file's order.
    pub columns: Vec<TableColumn>,
    /// The target's name.
    pub target_name: String,
    /// The target; always finite.
    pub target: Numbers,
    /// How much each row counts, where that is said; above 0.
    pub weights: Option<Vec<f64>>,
    /// Which rows belong together, or when they came.
    pub keys: RowKeys,
    /// The ways that predictions may go with columns of numbers, by their names.
    pub directions: BTreeMap<String, Direction>,
    /// How many of the columns are learned from at the most, where they are too many.
    pub most_columns: Option<MostColumns>,
    /// What rows stand for, where each is a combination of features with the rows that have it.
    pub cells: Option<Arc<Cells>>,
    /// Columns of dates and those that follow from them, by their names: the latter stand behind all others.
    pub dates: BTreeMap<String, DateRole>,
    /// Columns that the file has and the table hasn't, and why.
    pub left_out: Vec<LeftOut>,
    /// What a person should know about how the file was read.
    pub notices: Vec<String>,
    /// What was decided to read it.
    pub reading: ReadingReport,
}

/// How many columns are learned from at the most; which, is decided in each fold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MostColumns {
    /// How many columns.
    pub columns: usize,
    /// How many features they make at the most, one per number and one per category.
    pub features: usize,
    /// The names of columns that stay in any case.
    pub kept: Vec<String>,
}

/// One input column.
#[derive(Debug, Clone, PartialEq)]
pub struct TableColumn {
    /// The name in the header.
    pub name: String,
    /// Its cells.
    pub data: ColumnData,
}

impl Table {
    /// How many rows there are.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.target.len()
    }
}

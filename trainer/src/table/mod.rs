//! Reads a file into a table of typed columns.
//!
//! Input: the bytes of a file, or a seed for fictional students. Output: a [`Table`], whose columns are numbers or
//! categories with blanks marked. The crate `reader` handles file formats; this module assigns roles to columns. It
//! does not depend on folds, learners or models, except for the schema of a model whose records are read.

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

/// With at least this number of rows, other algorithms are used, which are equivalent except for rounding: sums over
/// counts and over blocks of rows instead of row by row, rows in the file's order instead of a shuffled one. With fewer
/// rows, every bit is that of the plain algorithm, which is tested against scikit-learn.
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
    /// The weight of each row, if given; above 0.
    pub weights: Option<Vec<f64>>,
    /// Which rows belong together, or the order in time.
    pub keys: RowKeys,
    /// The directions (monotonicity constraints) of numeric columns, by name.
    pub directions: BTreeMap<String, Direction>,
    /// The maximal number of columns to learn from, if there are too many.
    pub most_columns: Option<MostColumns>,
    /// The rows that each cell stands for, if rows are cells: combinations of features with their counts.
    pub cells: Option<Arc<Cells>>,
    /// Date columns and those derived from them, by name; derived columns come last.
    pub dates: BTreeMap<String, DateRole>,
    /// Columns of the file that are not in the table, and why.
    pub left_out: Vec<LeftOut>,
    /// Notices about how the file was read.
    pub notices: Vec<String>,
    /// The decisions made in reading the file.
    pub reading: ReadingReport,
}

/// The maximal number of columns to learn from; each fold selects them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MostColumns {
    /// The maximal number of columns.
    pub columns: usize,
    /// The maximal number of features, one per number and one per category.
    pub features: usize,
    /// The names of columns that are always kept.
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
    /// The number of rows.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.target.len()
    }
}

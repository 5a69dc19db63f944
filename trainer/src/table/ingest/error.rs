//! What can be wrong with a CSV file, where, and what to do about it.

use std::fmt;
use std::io;

use thiserror::Error;

/// A cell of a file, printed as `file:line:field: column "name"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file as the person named it.
    pub file: String,
    /// From 1.
    pub line: u64,
    /// The cell's place in its line, from 1.
    pub field: usize,
    /// The column's name.
    pub column: String,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}:{}: column \"{}\"", self.file, self.line, self.field, self.column)
    }
}

/// Why a file could not be read as a table.
#[derive(Debug, Error)]
pub enum IngestError {
    /// Reading failed.
    #[error("{file}: it can't be read: {problem}; check the path and its permissions")]
    Read {
        /// The file.
        file: String,
        /// Why.
        #[source]
        problem: io::Error,
    },
    /// A quote that is never closed, most likely.
    #[error("{file}:{line}:1: the row that starts here does not end within {} MB; is a quote left open?", bytes >> 20)]
    EndlessRow {
        /// The file.
        file: String,
        /// Where the row starts.
        line: u64,
        /// How far was looked.
        bytes: usize,
    },
    /// Nothing but blank lines.
    #[error("{file}: the file is empty; it needs a line of column names and at least one record")]
    Empty {
        /// The file.
        file: String,
    },
    /// A header and nothing else.
    #[error("{file}: there is no record below the column names; add the students' rows")]
    NoRows {
        /// The file.
        file: String,
    },
    /// Not text, or not readable.
    #[error("{file}: this is no CSV file: {problem}")]
    Csv {
        /// The file.
        file: String,
        /// Why.
        problem: String,
    },
    /// Bytes that are no UTF-8.
    #[error("{place}: the cell is not UTF-8 text; save the file as CSV (UTF-8)")]
    NotUtf8 {
        /// Where.
        place: Place,
    },
    /// Two columns of one name.
    #[error(
        "{file}:{line}:{second}: column \"{name}\" stands in the header twice (fields {first} and {second}); rename one of them"
    )]
    DuplicateHeader {
        /// The file.
        file: String,
        /// The header's line.
        line: u64,
        /// The name.
        name: String,
        /// The first field of that name, from 1.
        first: usize,
        /// The second.
        second: usize,
    },
    /// A row of another length than the header.
    #[error("{file}:{line}:{}: the row has {found} fields but the header has {expected}; {}", (*found).min(*expected) + 1, if found > expected { "quote cells that contain the delimiter" } else { "add the missing cells (empty ones are allowed), or remove the row" })]
    RaggedRow {
        /// The file.
        file: String,
        /// The row's line.
        line: u64,
        /// How many fields it has.
        found: usize,
        /// How many the header has.
        expected: usize,
    },
    /// Text in a column that must be numeric.
    #[error("{place}: \"{cell}\" is not a number; {}", if *is_target { "the target must be numeric: correct the cell, leave it empty, or choose another --target" } else { "correct the cell, leave it empty, or drop --numeric for this column" })]
    NotANumber {
        /// Where.
        place: Place,
        /// The cell.
        cell: String,
        /// Whether the column is the target.
        is_target: bool,
    },
    /// A weight that is no positive number.
    #[error(
        "{place}: \"{cell}\" is not a weight; each row needs a number above 0: correct the cell, remove the row, or leave --weights out"
    )]
    NotAWeight {
        /// Where.
        place: Place,
        /// The cell.
        cell: String,
    },
    /// Every target is blank.
    #[error("{place}: no row has a value; choose another --target")]
    NoTarget {
        /// The first blank.
        place: Place,
    },
    /// Every target is the same.
    #[error(
        "{file}: the target \"{column}\" is {value} in every row, so there is nothing to predict; choose another --target"
    )]
    ConstantTarget {
        /// The file.
        file: String,
        /// The target.
        column: String,
        /// What it always is.
        value: f64,
    },
    /// Columns that a saved model reads and the header doesn't have.
    #[error(
        "{file}:1:1: the header lacks {}, which the model of \"{target}\" needs (it has: {}); add them, with empty cells where a value is not known, or name another model",
        quoted(missing),
        known.join(", ")
    )]
    NotTheModels {
        /// The file.
        file: String,
        /// What the model predicts.
        target: String,
        /// What is missing.
        missing: Vec<String>,
        /// The header.
        known: Vec<String>,
    },
    /// A name on the command line that the header doesn't have.
    #[error("{file}:1:1: there is no column \"{column}\"; the header has: {}", known.join(", "))]
    NoSuchColumn {
        /// The file.
        file: String,
        /// The name asked for.
        column: String,
        /// The header.
        known: Vec<String>,
    },
    /// Both `--numeric` and `--categorical`.
    #[error("column \"{column}\" is given both as --numeric and as --categorical; choose one")]
    TwoKinds {
        /// The column.
        column: String,
    },
    /// The target can be neither dropped nor categorical.
    #[error("column \"{column}\" is the target and can't be dropped or categorical; choose another --target")]
    TargetMisused {
        /// The target.
        column: String,
    },
    /// Nothing is left to predict from.
    #[error(
        "{file}: no usable column is left to predict \"{target}\" from; every other column is constant, an identifier or dropped"
    )]
    NoInputs {
        /// The file.
        file: String,
        /// The target.
        target: String,
    },
}

/// Most names that a message lists.
const MAX_LISTED: usize = 8;

fn quoted(names: &[String]) -> String {
    let listed = names.iter().take(MAX_LISTED).map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
    if names.len() > MAX_LISTED { format!("{listed} and {} more", names.len() - MAX_LISTED) } else { listed }
}

//! What can be wrong with a table's columns, where, and what to do about it.

use reader::{Location, ReadError};
use thiserror::Error;

use super::cells_error::CellsError;

/// Why a file could not be read as a table with a target.
#[derive(Debug, Error)]
pub enum IngestError {
    /// It is not a table, or its cells are ambiguous.
    #[error(transparent)]
    File(#[from] ReadError),
    /// Cells or their sample can't be used for training.
    #[error(transparent)]
    Cells(#[from] CellsError),
    /// Text in a column that must be numeric.
    #[error("{location}: \"{cell}\" is not a number; {}", if *is_target { "the target must be numeric: correct the cell, leave it empty, or choose another --target" } else { "correct the cell, leave it empty, or drop --numeric for this column" })]
    NotANumber {
        /// The cell's location.
        location: Location,
        /// The cell.
        cell: String,
        /// Whether the column is the target.
        is_target: bool,
    },
    /// A weight that is not a positive number.
    #[error(
        "{location}: \"{cell}\" is not a weight; each row needs a number above 0: correct the cell, remove the row, or leave --weights out"
    )]
    NotAWeight {
        /// The cell's location.
        location: Location,
        /// The cell.
        cell: String,
    },
    /// Every target is blank.
    #[error("{location}: no row has a value; choose another --target")]
    NoTarget {
        /// The location of the first blank.
        location: Location,
    },
    /// All targets are equal.
    #[error(
        "{file}: the target \"{column}\" is {value} in every row, so there is nothing to predict; choose another --target"
    )]
    ConstantTarget {
        /// The file.
        file: String,
        /// The target.
        column: String,
        /// Its only value.
        value: f64,
    },
    /// Columns that a saved model needs and the header lacks.
    #[error(
        "{file}:1:1: the header lacks {}, which the model of \"{target}\" needs (it has: {}); add them, with empty cells where a value is not known, or name another model",
        quoted(missing),
        known.join(", ")
    )]
    NotTheModels {
        /// The file.
        file: String,
        /// The model's target.
        target: String,
        /// The missing columns.
        missing: Vec<String>,
        /// The header.
        known: Vec<String>,
    },
    /// A name on the command line that is not in the header.
    #[error("{file}:1:1: there is no column \"{column}\"; the header has: {}", known.join(", "))]
    NoSuchColumn {
        /// The file.
        file: String,
        /// The name asked for.
        column: String,
        /// The header.
        known: Vec<String>,
    },
    /// A name that matches several columns of the header.
    #[error("{file}:1:1: \"{column}\" may be any of {}; write it as it stands there", quoted(found))]
    SeveralColumns {
        /// The file.
        file: String,
        /// The name asked for.
        column: String,
        /// The matching columns.
        found: Vec<String>,
    },
    /// A column given as more than one of numeric, categorical and date.
    #[error(
        "column \"{column}\" is given as two kinds (--numeric, --categorical, or kind in scorecast.toml); choose one"
    )]
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
    /// A blank key.
    #[error(
        "{location}: the cell is blank, and {option} needs one in every row: fill it in, remove the row, or leave {option} out"
    )]
    BlankKey {
        /// The cell's location.
        location: Location,
        /// `--group` or `--time`.
        option: &'static str,
    },
    /// A text that can't be ordered in time.
    #[error(
        "{location}: \"{cell}\" is no time that can be ordered; --time needs numbers, dates, or texts that begin with a year, such as \
         2026-03-01 or 2026-S1"
    )]
    NotATime {
        /// The cell's location.
        location: Location,
        /// The cell.
        cell: String,
    },
    /// The weights are a column of the model.
    #[error("column \"{column}\" is one of the model's and can't be --weights; name another")]
    WeightsMisused {
        /// The column.
        column: String,
    },
    /// The target or the weights are given as a key.
    #[error("column \"{column}\" is the target or the weights and can't be {option}; name another")]
    KeyMisused {
        /// The column.
        column: String,
        /// `--group` or `--time`.
        option: &'static str,
    },
    /// Parts that don't form a holdout and folds.
    #[error(
        "{file}: column \"{column}\" must say of every row whether it is held back (-1) or which fold judges by it (0, 1, … without \
         a gap); run the query that `scorecast sql` prints on more rows"
    )]
    NotParts {
        /// The file.
        file: String,
        /// The column.
        column: String,
    },
    /// A direction for a column that is not numeric.
    #[error(
        "{file}: column \"{column}\" has a direction, but no numbers to have one; remove it, or see how the column is read"
    )]
    NoDirection {
        /// The file.
        file: String,
        /// The column.
        column: String,
    },
    /// `--group` and `--time` together.
    #[error(
        "--group \"{group}\" asks how the model does for groups not seen yet, --time \"{time}\" how it does in the time to \
         come; choose one"
    )]
    GroupAndTime {
        /// The column of groups.
        group: String,
        /// The column of times.
        time: String,
    },
    /// No column is left to predict from.
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

/// The maximal number of names in a message.
const MAX_LISTED: usize = 8;

fn quoted(names: &[String]) -> String {
    let listed = names.iter().take(MAX_LISTED).map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
    if names.len() > MAX_LISTED { format!("{listed} and {} more", names.len() - MAX_LISTED) } else { listed }
}

//! What can be wrong with cells and their sample, and what to do about it.

use thiserror::Error;

/// Why cells can't be used for training.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CellsError {
    /// A column of the sample, or one about cells, is missing in the file of cells.
    #[error("{file}: there is no column \"{column}\"; the header has: {}. `scorecast sql` prints the query that gives it", known.join(", "))]
    NoColumn {
        /// The file of cells.
        file: String,
        /// The missing column.
        column: String,
        /// The header.
        known: Vec<String>,
    },
    /// Text in a column that is numeric in the sample.
    #[error(
        "{file}:{line}: \"{cell}\" in column \"{column}\" is not a number, as all cells of that column are in the sample: name it in --categorical, or correct it"
    )]
    NotANumber {
        /// The file of cells.
        file: String,
        /// The line.
        line: u64,
        /// The column.
        column: String,
        /// The cell.
        cell: String,
    },
    /// A count or sum that is not a whole number.
    #[error(
        "{file}:{line}: \"{cell}\" in column \"{column}\" is not a whole number; take the query that `scorecast sql` prints as it is"
    )]
    NotWhole {
        /// The file of cells.
        file: String,
        /// The line.
        line: u64,
        /// The column.
        column: &'static str,
        /// The cell.
        cell: String,
    },
    /// A part that is neither the holdout nor a fold.
    #[error("{file}: {part} is no part; parts are -1 for rows held back and 0 to 126 for folds")]
    Part {
        /// The file.
        file: String,
        /// The invalid part.
        part: i128,
    },
    /// Aggregates that no rows can have.
    #[error(
        "{file}: no {n} rows have the sum {sum}, the sum of squares {squares}, and targets from {low} to {high}: the engine's sums overflowed or were rounded; lower --decimals in `scorecast sql`"
    )]
    Impossible {
        /// The file of cells.
        file: String,
        /// The number of rows.
        n: i128,
        /// The sum of their targets.
        sum: i128,
        /// The sum of the squares.
        squares: i128,
        /// The smallest target.
        low: i128,
        /// The largest target.
        high: i128,
    },
    /// Different, or too many, decimals.
    #[error("{file}: every cell must have the same number of decimals, 0 to 9, in \"scorecast_decimals\"")]
    Decimals {
        /// The file of cells.
        file: String,
    },
    /// Sums beyond 128 bits.
    #[error("{file}: the sums of a cell are too large to be added exactly; lower --decimals in `scorecast sql`")]
    TooLarge {
        /// The file of cells.
        file: String,
    },
    /// More rows than can be counted in 32 bits.
    #[error(
        "{file}: {n} rows are more than the {} that can be counted; learn from a sample of rows (--sample without --cells)",
        u32::MAX
    )]
    TooManyRows {
        /// The file of cells.
        file: String,
        /// The number of rows.
        n: i128,
    },
    /// Rows of the sample that are in no cell.
    #[error(
        "{n} of the {n_sampled} rows of the sample are in no cell of {file}: the table changed between the two queries, or they were given different options (--seed, --decimals, --columns); run both again"
    )]
    NotInCells {
        /// The file of cells.
        file: String,
        /// How many are in no cell.
        n: usize,
        /// The number of rows in the sample.
        n_sampled: usize,
    },
    /// The cells and the sample have different parts.
    #[error(
        "{file}: its cells have other parts than the rows of the sample: the queries were given different options (--cv, --test-size), or the sample is too small; run both again"
    )]
    OtherParts {
        /// The file of cells.
        file: String,
    },
    /// A sample without parts.
    #[error(
        "{file}: the rows of --sample need the column \"scorecast_part\", which says what each is for; `scorecast sql` prints the query that gives it"
    )]
    NoParts {
        /// The file of cells.
        file: String,
    },
    /// Dates can't be counted: each day would be a separate cell.
    #[error(
        "{file}: \"{column}\" holds dates, which can't be counted in cells: leave it out with --drop, or learn from a sample of rows (--sample without --cells)"
    )]
    Dates {
        /// The file of cells.
        file: String,
        /// The column.
        column: String,
    },
    /// Cells have counts and can't have weights.
    #[error(
        "{file}: cells have counts, and can't have --weights as well; learn from a sample of rows (--sample without --cells), or leave --weights out"
    )]
    Weights {
        /// The file of cells.
        file: String,
    },
}

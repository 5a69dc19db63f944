//! What can be wrong with cells and the rows drawn beside them, and what to do about it.

use thiserror::Error;

/// Why cells can't be learned from.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CellsError {
    /// A column that the rows have and the cells don't, or that says what a cell is.
    #[error("{file}: there is no column \"{column}\"; the header has: {}. `scorecast sql` prints the query that gives it", known.join(", "))]
    NoColumn {
        /// The file of cells.
        file: String,
        /// What is missing.
        column: String,
        /// The header.
        known: Vec<String>,
    },
    /// A text in a column that holds numbers in the rows.
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
    /// A count or a sum that is none.
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
    /// A part that is no fold.
    #[error("{file}: {part} is no part; parts are -1 for rows held back and 0 to 126 for folds")]
    Part {
        /// The file.
        file: String,
        /// What stands there.
        part: i128,
    },
    /// Sums that no rows have.
    #[error(
        "{file}: no {n} rows have the sum {sum}, the sum of squares {squares}, and targets from {low} to {high}: the engine's sums overflowed or were rounded; lower --decimals in `scorecast sql`"
    )]
    Impossible {
        /// The file of cells.
        file: String,
        /// How many rows there are.
        n: i128,
        /// Their sum.
        sum: i128,
        /// Their sum of squares.
        squares: i128,
        /// The smallest.
        low: i128,
        /// The largest.
        high: i128,
    },
    /// Cells in different units.
    #[error("{file}: every cell must have the same number of decimals, 0 to 9, in \"scorecast_decimals\"")]
    Decimals {
        /// The file of cells.
        file: String,
    },
    /// Beyond 128 bits.
    #[error("{file}: the sums of a cell are too large to be added exactly; lower --decimals in `scorecast sql`")]
    TooLarge {
        /// The file of cells.
        file: String,
    },
    /// Rows are counted in 32 bits.
    #[error(
        "{file}: {n} rows are more than the {} that can be counted; learn from a sample of rows (--sample without --cells)",
        u32::MAX
    )]
    TooManyRows {
        /// The file of cells.
        file: String,
        /// How many there are.
        n: i128,
    },
    /// A row that was drawn from another table.
    #[error(
        "{n} of the {n_sampled} rows of the sample are in no cell of {file}: the table changed between the two queries, or they were given different options (--seed, --decimals, --columns); run both again"
    )]
    NotInCells {
        /// The file of cells.
        file: String,
        /// How many have none.
        n: usize,
        /// How many rows there are.
        n_sampled: usize,
    },
    /// Folds, or what is held back, on one side only.
    #[error(
        "{file}: its cells have other parts than the rows of the sample: the queries were given different options (--cv, --test-size), or the sample is too small; run both again"
    )]
    OtherParts {
        /// The file of cells.
        file: String,
    },
    /// Rows without parts.
    #[error(
        "{file}: the rows of --sample need the column \"scorecast_part\", which says what each is for; `scorecast sql` prints the query that gives it"
    )]
    NoParts {
        /// The file of cells.
        file: String,
    },
    /// Each day would be a cell of its own.
    #[error(
        "{file}: \"{column}\" holds dates, which can't be counted in cells: leave it out with --drop, or learn from a sample of rows (--sample without --cells)"
    )]
    Dates {
        /// The file of cells.
        file: String,
        /// The column.
        column: String,
    },
    /// A weight is no count.
    #[error(
        "{file}: cells have counts, and can't have --weights as well; learn from a sample of rows (--sample without --cells), or leave --weights out"
    )]
    Weights {
        /// The file of cells.
        file: String,
    },
}

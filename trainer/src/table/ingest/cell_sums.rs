//! The aggregates in a file of cells: the number of rows of each cell, and sums over their targets.
//!
//! A large file has millions of cells, but few distinct counts and sums: these are stored once, with an index for each
//! row of the file.

use reader::ColumnBuilder;

use super::cell_columns::CellColumn;
use super::cells_error::CellsError;
use crate::table::compact::Codes;

/// The aggregates of all rows of the file.
pub(super) struct CellSums {
    parts: WholeNumbers,
    n: WholeNumbers,
    sums: WholeNumbers,
    squares: WholeNumbers,
    low: WholeNumbers,
    high: WholeNumbers,
}

/// The aggregates of one cell, in units of the target's last decimal.
#[derive(Debug, Clone, Copy)]
pub(super) struct CellSum {
    pub(super) n: i128,
    pub(super) sum: i128,
    pub(super) squares: i128,
    pub(super) low: i128,
    pub(super) high: i128,
}

impl CellSums {
    /// Reads the columns, which `take` returns by name.
    ///
    /// # Errors
    /// A missing column, cells that are not whole numbers, invalid parts, or aggregates that no rows can have.
    pub(super) fn read(
        file: &str,
        take: &mut impl FnMut(&str) -> Result<ColumnBuilder, CellsError>,
    ) -> Result<Self, CellsError> {
        let mut numbers = |column: CellColumn| WholeNumbers::read(file, column, &take(column.name())?);
        let sums = Self {
            parts: numbers(CellColumn::Part)?,
            n: numbers(CellColumn::N)?,
            sums: numbers(CellColumn::Sum)?,
            squares: numbers(CellColumn::Squares)?,
            low: numbers(CellColumn::Low)?,
            high: numbers(CellColumn::High)?,
        };
        if let Some(part) = sums.parts.distinct.iter().find(|part| !(-1..=i128::from(i8::MAX)).contains(*part)) {
            return Err(CellsError::Part { file: file.to_owned(), part: *part });
        }
        match (0..sums.n_cells()).map(|row| sums.of(row)).find(|sum| !sum.is_possible()) {
            Some(CellSum { n, sum, squares, low, high }) => {
                Err(CellsError::Impossible { file: file.to_owned(), n, sum, squares, low, high })
            }
            None => Ok(sums),
        }
    }

    pub(super) fn n_cells(&self) -> u32 {
        u32::try_from(self.n.codes.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn part(&self, row: u32) -> i8 {
        // `read` has rejected all other numbers.
        i8::try_from(self.parts.of(row)).unwrap_or_default()
    }

    pub(super) fn of(&self, row: u32) -> CellSum {
        CellSum {
            n: self.n.of(row),
            sum: self.sums.of(row),
            squares: self.squares.of(row),
            low: self.low.of(row),
            high: self.high.of(row),
        }
    }
}

impl CellSum {
    /// Whether such rows can exist: the mean of squares is never below the square of the mean, and the mean is between
    /// the smallest and the largest target.
    fn is_possible(&self) -> bool {
        let Self { n, sum, squares, low, high } = *self;
        let product = |left: i128, right: i128| left.checked_mul(right);
        n >= 1
            && matches!((product(n, squares), product(sum, sum)), (Some(own), Some(least)) if own >= least)
            && matches!((product(n, low), product(n, high)), (Some(low), Some(high)) if low <= sum && sum <= high)
    }

    /// The aggregates of both cells together; `None` beyond 128 bits.
    pub(super) fn with(self, other: Self) -> Option<Self> {
        Some(Self {
            n: self.n.checked_add(other.n)?,
            sum: self.sum.checked_add(other.sum)?,
            squares: self.squares.checked_add(other.squares)?,
            low: self.low.min(other.low),
            high: self.high.max(other.high),
        })
    }

    /// The sum of squares about the mean, in units squared; `None` beyond 128 bits.
    pub(super) fn squares_within(&self) -> Option<f64> {
        let difference = self.n.checked_mul(self.squares)?.checked_sub(self.sum.checked_mul(self.sum)?)?;
        Some(difference as f64 / self.n as f64)
    }
}

/// A column of whole numbers.
pub(super) struct WholeNumbers {
    pub(super) distinct: Vec<i128>,
    /// For each row of the file, the index in `distinct`.
    codes: Codes,
}

impl WholeNumbers {
    /// A fraction of zeros is allowed: engines write decimals with one.
    pub(super) fn read(file: &str, column: CellColumn, builder: &ColumnBuilder) -> Result<Self, CellsError> {
        let fault = |line: u64, cell: &str| CellsError::NotWhole {
            file: file.to_owned(),
            line,
            column: column.name(),
            cell: cell.to_owned(),
        };
        let whole = |(text, line): (&str, u64)| {
            let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
            let number = whole.parse().ok().filter(|_| fraction.bytes().all(|digit| digit == b'0'));
            number.ok_or_else(|| fault(line, text))
        };
        let distinct = builder.texts().map(whole).collect::<Result<Vec<i128>, _>>()?;
        match builder.first_blank_line() {
            0 => Ok(Self { distinct, codes: builder.indices().collect() }),
            line => Err(fault(line, "")),
        }
    }

    fn of(&self, row: u32) -> i128 {
        self.distinct[self.codes[row as usize] as usize]
    }
}

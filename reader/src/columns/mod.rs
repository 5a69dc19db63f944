//! From a column's texts to numbers or categories, decided once for the whole column.

mod builder;
mod categories;
pub mod compact;
mod dates;
mod decide;
mod doubts;
mod identifier;
mod number_format;
mod numbers;
mod plain;
mod rows;
mod sentinel;

pub use self::builder::{ColumnBuilder, TextCount};
pub use self::categories::{ANOTHER, Categories, CategoryMatcher};
use self::compact::{Codes, Numbers};
pub(crate) use self::dates::DateSurvey;
pub use self::decide::DecidedColumn;
pub use self::number_format::{Cell, ColumnOptions, DateFormat, Kind, KnownColumn, NumberFormat};
pub use self::numbers::Survey;
pub(crate) use self::numbers::within;
pub(crate) use self::rows::gather;
pub use self::rows::{Cells, read_cells};

/// The code of a blank cell in a categorical column.
pub const BLANK: u32 = u32::MAX;

/// A column's cells.
#[derive(Debug, Clone, PartialEq)]
pub enum ColumnData {
    /// Finite numbers, with NaN for a blank.
    Numeric(Numbers),
    /// Indices into `values`, with [`BLANK`] for a blank.
    Categorical {
        /// The distinct values, sorted by their bytes.
        values: Vec<String>,
        /// One per row.
        codes: Codes,
    },
}

/// The decision about one column.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    /// Numbers in this format.
    Numeric(NumberFormat),
    /// Categories, some of them in several spellings.
    Categorical(Categories),
}

impl Decision {
    /// The column's cells.
    #[must_use]
    pub fn apply(&self, builder: ColumnBuilder) -> ColumnData {
        match self {
            Self::Numeric(format) => ColumnData::Numeric(builder.into_numbers(|text| format.number(text))),
            Self::Categorical(categories) => builder.into_categories(categories),
        }
    }
}

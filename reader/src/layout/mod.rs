//! Where the table is in a text: delimiter, header, rows, and what stands around them.

mod blocks;
mod head;
mod rows;
mod sample;
mod tail;
mod units;

pub(crate) use self::blocks::BLOCK_BYTES;
pub use self::blocks::{Block, TableReader};
pub use self::head::find_delimiter;
pub use self::rows::{Row, RowSplitter, Skipped, StrayQuote};

/// What parts cells from each other, and how quotes are written within quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// Between cells.
    pub delimiter: u8,
    /// Whether a backslash makes a quote a letter, as MySQL writes it.
    pub has_backslashes: bool,
}

/// What a person says about a file; by default everything is found.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// Names that the header should have: they tell the header and the delimiter.
    pub wanted: Vec<String>,
    /// The header's line, from 1.
    pub header_row: Option<u64>,
    /// So many lines at the top are passed over.
    pub skip_rows: u64,
    /// Lines that start so are passed over.
    pub comment: Option<String>,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// Names of the columns that are needed, if not all are: files that hold columns one by one are read no further.
    pub needed: Option<Vec<String>>,
}

//! The position of the table in a text: delimiter, header, rows, and what is around them.

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

/// The delimiter, and the escaping of quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// Between cells.
    pub delimiter: u8,
    /// Whether a backslash escapes a quote, as in MySQL.
    pub has_backslashes: bool,
}

/// A person's settings for a file; by default everything is detected.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// Names that are expected in the header: they help to find the header and the delimiter.
    pub wanted: Vec<String>,
    /// The header's line, from 1.
    pub header_row: Option<u64>,
    /// The number of lines to skip at the top.
    pub skip_rows: u64,
    /// Lines with this prefix are skipped.
    pub comment: Option<String>,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// Names of the needed columns, if not all are: of columnar files only these are read.
    pub needed: Option<Vec<String>>,
}

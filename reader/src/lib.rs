//! Turns files of many formats and dialects into typed columns, with a report of what was decided.
//!
//! The only code that handles file formats. Data passes through the modules in this order: `source` (bytes to text:
//! compression, encodings, workbooks), `layout` (text to rows: delimiter, quotes, position of the table), `columns`
//! (rows to numbers and categories, decided for a whole column), with `cells` (the meaning of one text) and `names`
//! (finding columns). `known` reads records by a model's schema, `output` writes them again, and `feed` takes bytes
//! that arrive in pieces. No guess is silent: whatever changes the meaning of a cell is noted, and what only a person
//! can decide is an error that names the cell and the options.

// What users can reach must not panic (docs/reliability.md).
#![cfg_attr(
    not(test),
    warn(
        clippy::expect_used,
        clippy::panic,
        clippy::print_stderr,
        clippy::print_stdout,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]

mod cells;
#[cfg(feature = "columnar")]
mod columnar;
mod columns;
mod error;
mod feed;
mod known;
mod layout;
mod names;
mod note;
mod output;
mod report;
mod source;
mod unicode;
#[cfg(feature = "workbook")]
mod workbook;

pub use cells::{Decimal, fold_text, is_blank_word, looks_numeric};
pub use columns::compact;
pub use columns::{
    ANOTHER, BLANK, Categories, CategoryMatcher, Cell, Cells, ColumnBuilder, ColumnData, ColumnOptions, DateFormat,
    DecidedColumn, Decision, Kind, KnownColumn, NumberFormat, Survey, TextCount, read_cells,
};
pub use error::{ColumnProblem, Location, ReadError};
pub use feed::Feed;
pub use known::{
    KnownColumns, KnownFormat, KnownReading, Notation, Parsed, RecordParser, RecordReader, Tally, WrongLength,
    find_columns, matchers, number_formats,
};
pub use layout::{Block, Dialect, ReadOptions, Row, RowSplitter, Skipped, StrayQuote, TableReader, find_delimiter};
pub use names::{Found, find_names, fold_name, same_name};
pub use note::Note;
pub use output::{Output, encoded, is_formula};
pub use report::{ColumnReading, ReadingReport};
pub use source::Encoding;

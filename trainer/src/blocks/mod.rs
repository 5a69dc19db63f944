//! CSV files in blocks of whole rows, so that several threads can parse one file, and any size of it fits in memory.

mod dialect;
mod reader;
mod rows;

use std::io;

pub use self::dialect::sniff_delimiter;
pub(crate) use self::reader::{Chunk, ChunkReader};
pub(crate) use self::rows::{Row, RowSplitter};

/// Why a file could not be cut into blocks.
#[derive(Debug)]
pub(crate) enum BlockError {
    /// Reading failed.
    Read(io::Error),
    /// Nothing but blank lines.
    Empty,
    /// A quote that is never closed, most likely.
    EndlessRow {
        /// Where the row starts.
        line: u64,
        /// How far was looked.
        bytes: usize,
    },
}

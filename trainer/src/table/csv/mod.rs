//! CSV files in blocks of whole rows, so that several threads can parse one file, and any size of it fits in memory.

mod chunks;
mod delimiter;
mod row_splitter;

use std::io;

pub(crate) use self::chunks::{Chunk, ChunkReader};
pub use self::delimiter::sniff_delimiter;
pub(crate) use self::row_splitter::{Row, RowSplitter};

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

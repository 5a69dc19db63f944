//! The first rows of a file, from which the delimiter and the header are detected.

use super::rows::RowSplitter;
use super::{Block, Dialect};
use crate::names::same_name;
use crate::source::Encoding;

/// Enough to detect a pattern, and short enough to be parsed five times.
pub(super) const SAMPLE_BYTES: usize = 64 << 10;

/// A row of the sample.
pub(super) struct SampleRow {
    pub(super) cells: Vec<String>,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) line: u64,
}

impl SampleRow {
    /// The number of cells up to the last one that isn't blank.
    pub(super) fn width(&self) -> usize {
        self.cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1)
    }

    pub(super) fn n_filled(&self) -> usize {
        self.cells.iter().filter(|cell| !cell.is_empty()).count()
    }

    pub(super) fn n_wanted(&self, wanted: &[String]) -> usize {
        wanted.iter().filter(|name| self.cells.iter().any(|cell| same_name(cell, name))).count()
    }
}

/// The rows of the sample with their positions in the file, without a last row that may be cut.
pub(super) fn sample(bytes: &[u8], dialect: Dialect, line: u64, offset: usize) -> Vec<SampleRow> {
    let sample = &bytes[..bytes.len().min(SAMPLE_BYTES)];
    let is_whole = sample.len() == bytes.len();
    let block = Block { bytes: sample.to_vec(), line, encoding: Encoding::Utf8 };
    let mut rows = Vec::new();
    RowSplitter::plain(dialect).each_raw(&block, |row| {
        rows.push(SampleRow {
            cells: (0..row.cells.len()).map(|field| String::from_utf8_lossy(row.cell(field)).into_owned()).collect(),
            start: offset + row.start,
            end: offset + row.start + row.raw.len(),
            line: row.line,
        });
    });
    if !is_whole {
        rows.pop();
    }
    rows
}

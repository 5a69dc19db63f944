//! The rows and cells of a block.

use std::ops::Range;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use memchr::{memchr, memchr_iter, memchr2_iter};

use super::chunks::Chunk;

/// A row as it stands in the file, with its cells.
pub(crate) struct Row<'a> {
    pub(crate) raw: &'a [u8],
    /// What `cells` point into: the row itself, or its text without quotes.
    pub(crate) text: &'a [u8],
    pub(crate) cells: &'a [Range<usize>],
    /// The line the row starts at.
    pub(crate) line: u64,
}

/// Finds the rows and cells of blocks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RowSplitter {
    pub(crate) delimiter: u8,
    /// How many cells a row should have.
    pub(crate) n_fields: usize,
}

impl RowSplitter {
    /// Calls `visit` with each row that is not empty.
    pub(crate) fn each(&self, chunk: &Chunk, visit: impl FnMut(&Row<'_>)) {
        if is_plain(&chunk.bytes) { self.each_plain(chunk, visit) } else { self.each_quoted(chunk, visit) }
    }

    /// Without quotes, line ends and delimiters part all cells.
    fn each_plain(&self, chunk: &Chunk, mut visit: impl FnMut(&Row<'_>)) {
        let bytes = &chunk.bytes[..];
        let mut cells = Vec::with_capacity(self.n_fields + 1);
        let (mut row_start, mut cell_start, mut line) = (0, 0, chunk.line);
        let ends = memchr2_iter(self.delimiter, b'\n', bytes).chain((!bytes.ends_with(b"\n")).then_some(bytes.len()));
        for end in ends {
            cells.push(cell_start - row_start..end - row_start);
            cell_start = end + 1;
            if bytes.get(end).is_some_and(|byte| *byte == self.delimiter) {
                continue;
            }
            let raw = &bytes[row_start..end];
            let raw = raw.strip_suffix(b"\r").unwrap_or(raw);
            if !raw.is_empty() {
                if let Some(last) = cells.last_mut() {
                    last.end = raw.len();
                }
                visit(&Row { raw, text: raw, cells: &cells, line });
            }
            cells.clear();
            row_start = cell_start;
            line += 1;
        }
    }

    fn each_quoted(&self, chunk: &Chunk, mut visit: impl FnMut(&Row<'_>)) {
        let mut reader = ReaderBuilder::new().delimiter(self.delimiter).build();
        let (mut text, mut ends) = (vec![0; 4_096], vec![0; self.n_fields + 1]);
        let mut cells = Vec::new();
        let (mut from, mut line) = (0, chunk.line);
        while let Some((end, n_cells)) = read_row(&mut reader, &chunk.bytes[from..], &mut text, &mut ends) {
            let whole = &chunk.bytes[from..from + end];
            // `csv-core` ends a row behind `\r`, leaves the `\n` to the next, and skips blank lines.
            let raw = trim_line_ends(whole);
            line += memchr_iter(b'\n', &whole[..whole.len() - trim_line_ends_at_start(whole).len()]).count() as u64;
            cells.clear();
            cells.extend((0..n_cells).map(|cell| if cell == 0 { 0..ends[0] } else { ends[cell - 1]..ends[cell] }));
            visit(&Row { raw, text: &text, cells: &cells, line });
            line += memchr_iter(b'\n', trim_line_ends_at_start(whole)).count() as u64;
            from += end;
        }
    }
}

/// Whether no quote stands in `bytes`, and no `\r` but before a `\n`.
fn is_plain(bytes: &[u8]) -> bool {
    memchr(b'"', bytes).is_none() && memchr_iter(b'\r', bytes).all(|place| bytes.get(place + 1) == Some(&b'\n'))
}

/// Reads the next row into `text` and `ends`: where it ends in `bytes`, and how many cells it has. `None` at the end.
fn read_row(reader: &mut Reader, bytes: &[u8], text: &mut Vec<u8>, ends: &mut Vec<usize>) -> Option<(usize, usize)> {
    let (mut at, mut n_text, mut n_cells) = (0, 0, 0);
    loop {
        let (result, n_read, n_written, n_ends) =
            reader.read_record(&bytes[at..], &mut text[n_text..], &mut ends[n_cells..]);
        at += n_read;
        n_text += n_written;
        n_cells += n_ends;
        match result {
            ReadRecordResult::Record => return Some((at, n_cells)),
            ReadRecordResult::End => return None,
            ReadRecordResult::OutputFull => text.resize(text.len() * 2, 0),
            ReadRecordResult::OutputEndsFull => ends.resize(ends.len() * 2, 0),
            // A last row without a line end is given out when the reader hears that nothing follows.
            ReadRecordResult::InputEmpty => {}
        }
    }
}

fn trim_line_ends(row: &[u8]) -> &[u8] {
    let mut row = trim_line_ends_at_start(row);
    while let [rest @ .., b'\r' | b'\n'] = row {
        row = rest;
    }
    row
}

fn trim_line_ends_at_start(mut row: &[u8]) -> &[u8] {
    while let [b'\r' | b'\n', rest @ ..] = row {
        row = rest;
    }
    row
}

//! Cutting a CSV file into blocks of whole rows without parsing it.
//!
//! A line end parts two rows unless it stands within quotes. Quotes are few or regular, so looking for them with
//! `memchr` costs a fraction of parsing; the rules are `csv-core`'s: a quote opens a cell only at its start.

use std::io::{self, Read};

use memchr::{memchr, memchr_iter, memrchr};

use super::BatchError;
use crate::ingest::sniff_delimiter;

const BLOCK_BYTES: usize = 1 << 20;
const MAX_ROW_BYTES: usize = 64 << 20;

/// A block of whole rows.
#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) bytes: Vec<u8>,
    /// The line of the file that the block starts at, from 1.
    pub(super) line: u64,
}

/// What stands at the top of a file.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) delimiter: u8,
    /// The header's cells.
    pub(super) header: Vec<String>,
    /// The header as it stands, without its line end.
    pub(super) header_line: Vec<u8>,
}

pub(super) struct ChunkReader<'a, R> {
    file: &'a str,
    input: R,
    /// Read, but not given out yet.
    rest: Vec<u8>,
    line: u64,
    delimiter: u8,
    at_end: bool,
}

impl<'a, R: Read> ChunkReader<'a, R> {
    pub(super) fn new(file: &'a str, input: R) -> Self {
        Self { file, input, rest: Vec::new(), line: 1, delimiter: b',', at_end: false }
    }

    /// Reads the header; the rows come from [`ChunkReader::next_chunk`].
    pub(super) fn head(&mut self, target: &str) -> Result<Head, BatchError> {
        self.fill()?;
        if self.rest.starts_with(b"\xef\xbb\xbf") {
            self.rest.drain(..3);
        }
        while self.rest.first().is_some_and(u8::is_ascii_whitespace) {
            self.line += u64::from(self.rest[0] == b'\n');
            self.rest.remove(0);
        }
        if self.rest.is_empty() {
            return Err(BatchError::Empty { file: self.file.to_owned() });
        }
        self.delimiter = sniff_delimiter(&self.rest, Some(target));
        let (end, next) = loop {
            match first_row_end(&self.rest, self.delimiter) {
                Some(end) => break (end, end + 1),
                None if self.at_end => break (self.rest.len(), self.rest.len()),
                None => self.fill()?,
            }
        };
        let header_line = self.rest[..end].trim_ascii_end().to_vec();
        self.line += count_lines(&self.rest[..next]);
        self.rest.drain(..next);
        let mut reader =
            csv::ReaderBuilder::new().delimiter(self.delimiter).has_headers(false).from_reader(&header_line[..]);
        let cells = reader.byte_records().next().and_then(Result::ok).unwrap_or_default();
        let header = cells.iter().map(|cell| String::from_utf8_lossy(cell).trim().to_owned()).collect();
        Ok(Head { delimiter: self.delimiter, header, header_line })
    }

    pub(super) fn next_chunk(&mut self) -> Result<Option<Chunk>, BatchError> {
        loop {
            // What is left of the last block is at most a row long, or the whole of a short file.
            let end = if self.at_end { Some(self.rest.len()) } else { last_row_end(&self.rest, self.delimiter) };
            match end {
                Some(0) => return Ok(None),
                Some(end) if self.at_end || self.rest.len() >= BLOCK_BYTES => {
                    let rest = self.rest.split_off(end);
                    let bytes = std::mem::replace(&mut self.rest, rest);
                    let line = self.line;
                    self.line += count_lines(&bytes);
                    return Ok(Some(Chunk { bytes, line }));
                }
                None if self.rest.len() > MAX_ROW_BYTES => {
                    let (file, bytes) = (self.file.to_owned(), self.rest.len());
                    return Err(BatchError::EndlessRow { file, line: self.line, bytes });
                }
                _ => self.fill()?,
            }
        }
    }

    /// Reads about a block more.
    fn fill(&mut self) -> Result<(), BatchError> {
        // Room for a block and the start of the next row, so that the buffer need not grow.
        self.rest.reserve(BLOCK_BYTES + (BLOCK_BYTES >> 2));
        let n_read = (&mut self.input)
            .take(BLOCK_BYTES as u64)
            .read_to_end(&mut self.rest)
            .map_err(|problem: io::Error| BatchError::Read { file: self.file.to_owned(), problem })?;
        self.at_end = n_read < BLOCK_BYTES;
        Ok(())
    }
}

fn count_lines(bytes: &[u8]) -> u64 {
    memchr_iter(b'\n', bytes).count() as u64
}

/// The place after the last line end outside of quotes, in bytes that start at a row.
fn last_row_end(bytes: &[u8], delimiter: u8) -> Option<usize> {
    let mut end = None;
    each_unquoted(bytes, delimiter, |start, part| {
        if let Some(place) = memrchr(b'\n', part) {
            end = Some(start + place + 1);
        }
        true
    });
    end
}

/// The place of the first line end outside of quotes, in bytes that start at a row.
fn first_row_end(bytes: &[u8], delimiter: u8) -> Option<usize> {
    let mut end = None;
    each_unquoted(bytes, delimiter, |start, part| {
        end = memchr(b'\n', part).map(|place| start + place);
        end.is_none()
    });
    end
}

/// Calls `visit` with each stretch that is not within quotes and its start, until it says false.
fn each_unquoted(bytes: &[u8], delimiter: u8, mut visit: impl FnMut(usize, &[u8]) -> bool) {
    let mut start = 0;
    let mut from = 0;
    while let Some(found) = memchr(b'"', &bytes[from..]) {
        let quote = from + found;
        let opens = quote == 0 || [delimiter, b'\n', b'\r'].contains(&bytes[quote - 1]);
        if !opens {
            from = quote + 1;
            continue;
        }
        if !visit(start, &bytes[start..quote]) {
            return;
        }
        let Some(close) = closing_quote(bytes, quote + 1) else { return };
        start = close + 1;
        from = start;
    }
    visit(start, &bytes[start..]);
}

/// The place of the quote that ends the cell whose text starts at `from`; a doubled quote is text.
fn closing_quote(bytes: &[u8], mut from: usize) -> Option<usize> {
    loop {
        let quote = from + memchr(b'"', &bytes[from..])?;
        match bytes.get(quote + 1) {
            Some(b'"') => from = quote + 2,
            // At the very end of the bytes the next one may yet be a second quote.
            None => return None,
            Some(_) => return Some(quote),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_end_outside_of_quotes_only() {
        assert_eq!(last_row_end(b"a,b\nc,d", b','), Some(4));
        assert_eq!(last_row_end(b"a,b\n\"c\n", b','), Some(4));
        assert_eq!(last_row_end(b"\"c\nd\"\"\n\",e\nf", b','), Some(11));
        // A quote within a cell that doesn't start with one is text.
        assert_eq!(last_row_end(b"5\" tall,b\nc", b','), Some(10));
        assert_eq!(last_row_end(b"abc", b','), None);
        assert_eq!(first_row_end(b"\"a\nb\",c\nd\n", b','), Some(7));
    }

    #[test]
    fn blocks_put_together_are_the_file() {
        let mut text = String::from("\u{feff}\r\n\na,b\r\n");
        for row in 0..200_000 {
            text.push_str(&format!("{row},\"x\n\"\"{row}\"\"\"\r\n"));
        }
        let mut reader = ChunkReader::new("t.csv", text.as_bytes());
        let head = reader.head("b").unwrap();
        assert_eq!((head.header, head.header_line.as_slice()), (vec!["a".to_owned(), "b".to_owned()], &b"a,b"[..]));
        let mut all = Vec::new();
        let mut line = 4;
        while let Some(chunk) = reader.next_chunk().unwrap() {
            assert_eq!(chunk.line, line);
            line += chunk.bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
            assert!(chunk.bytes.ends_with(b"\"\r\n"));
            all.extend(chunk.bytes);
        }
        assert!(text.as_bytes().ends_with(&all) && line == 400_004, "{line}");
    }
}

//! Cutting a CSV file into blocks of whole rows without parsing it.
//!
//! A line end parts two rows unless it stands within quotes. Quotes are few or regular, so looking for them with
//! `memchr` costs a fraction of parsing; the rules are `csv-core`'s: a quote opens a cell only at its start.

use std::io::Read;

use memchr::{memchr, memchr_iter, memrchr};

use super::delimiter::sniff_delimiter;
use crate::table::csv::BlockError;

const BLOCK_BYTES: usize = 1 << 20;
const MAX_ROW_BYTES: usize = 64 << 20;

/// A block of whole rows.
#[derive(Debug)]
pub(crate) struct Chunk {
    pub(crate) bytes: Vec<u8>,
    /// The line of the file that the block starts at, from 1.
    pub(crate) line: u64,
}

/// What stands at the top of a file.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) delimiter: u8,
    /// The header's cells.
    pub(crate) cells: csv::ByteRecord,
    /// The header as it stands, without its line end.
    pub(crate) header_line: Vec<u8>,
    /// The line it starts at.
    pub(crate) line: u64,
}

impl Head {
    /// The header's cells as text.
    pub(crate) fn names(&self) -> Vec<String> {
        self.cells.iter().map(|cell| String::from_utf8_lossy(cell).trim().to_owned()).collect()
    }
}

pub(crate) struct ChunkReader<R> {
    input: R,
    /// Read, but not given out yet.
    rest: Vec<u8>,
    line: u64,
    delimiter: u8,
    at_end: bool,
}

impl<R: Read> ChunkReader<R> {
    pub(crate) fn new(input: R) -> Self {
        Self { input, rest: Vec::new(), line: 1, delimiter: b',', at_end: false }
    }

    /// The first bytes of the file, at least so many if it has them.
    pub(crate) fn peek(&mut self) -> Result<&[u8], BlockError> {
        if self.rest.is_empty() && !self.at_end {
            self.fill()?;
        }
        Ok(&self.rest)
    }

    /// What was read from, once all of it was.
    pub(crate) fn into_input(self) -> R {
        self.input
    }

    /// Reads the header; the rows come from [`ChunkReader::next_chunk`].
    pub(crate) fn head(&mut self, target: Option<&str>) -> Result<Head, BlockError> {
        self.peek()?;
        if self.rest.starts_with(b"\xef\xbb\xbf") {
            self.rest.drain(..3);
        }
        while let Some(end) = blank_line_end(&self.rest) {
            self.line += count_lines(&self.rest[..end]);
            self.rest.drain(..end);
        }
        if self.rest.trim_ascii().is_empty() {
            return Err(BlockError::Empty);
        }
        self.delimiter = sniff_delimiter(&self.rest, target);
        let (end, next) = loop {
            match first_row_end(&self.rest, self.delimiter, b'\n') {
                Some(end) => break (end, end + 1),
                None if self.at_end => {
                    // Old files end their lines otherwise.
                    let end = first_row_end(&self.rest, self.delimiter, b'\r').unwrap_or(self.rest.len());
                    break (end, (end + 1).min(self.rest.len()));
                }
                None => self.fill()?,
            }
        };
        let line = self.line;
        let header_line = self.rest[..end].trim_ascii_end().to_vec();
        self.line += count_lines(&self.rest[..next]);
        self.rest.drain(..next);
        let mut reader =
            csv::ReaderBuilder::new().delimiter(self.delimiter).has_headers(false).from_reader(&header_line[..]);
        let cells = reader.byte_records().next().and_then(Result::ok).unwrap_or_default();
        Ok(Head { delimiter: self.delimiter, cells, header_line, line })
    }

    pub(crate) fn next_chunk(&mut self) -> Result<Option<Chunk>, BlockError> {
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
                    return Err(BlockError::EndlessRow { line: self.line, bytes: self.rest.len() });
                }
                _ => self.fill()?,
            }
        }
    }

    /// Reads about a block more.
    fn fill(&mut self) -> Result<(), BlockError> {
        // Room for a block and the start of the next row, so that the buffer need not grow.
        self.rest.reserve(BLOCK_BYTES + (BLOCK_BYTES >> 2));
        let n_read =
            (&mut self.input).take(BLOCK_BYTES as u64).read_to_end(&mut self.rest).map_err(BlockError::Read)?;
        self.at_end = n_read < BLOCK_BYTES;
        Ok(())
    }
}

/// The place after the first line if nothing but white space stands in it.
fn blank_line_end(bytes: &[u8]) -> Option<usize> {
    let end = 1 + bytes.iter().position(|byte| b"\r\n".contains(byte))?;
    bytes[..end].trim_ascii().is_empty().then_some(end)
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
fn first_row_end(bytes: &[u8], delimiter: u8, line_end: u8) -> Option<usize> {
    let mut end = None;
    each_unquoted(bytes, delimiter, |start, part| {
        end = memchr(line_end, part).map(|place| start + place);
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
        assert_eq!(first_row_end(b"\"a\nb\",c\nd\n", b',', b'\n'), Some(7));
    }

    #[test]
    fn blocks_put_together_are_the_file() {
        let mut text = String::from("\u{feff}\r\n\na,b\r\n");
        for row in 0..200_000 {
            text.push_str(&format!("{row},\"x\n\"\"{row}\"\"\"\r\n"));
        }
        let mut reader = ChunkReader::new(text.as_bytes());
        let head = reader.head(Some("b")).unwrap();
        assert_eq!(
            (head.names(), head.header_line.as_slice(), head.line),
            (vec!["a".into(), "b".into()], &b"a,b"[..], 3)
        );
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

//! The rows and cells of a text.
//!
//! Line ends and delimiters within quotes are text. A quote opens a cell only at its start (after blanks), and closes
//! it only before a delimiter or a line end: `5" tall` and `"5" tall` are texts that contain a quote, and the following
//! cells stay separate. CR, LF and CRLF all end a row, even mixed in one file.

use std::ops::Range;

use memchr::{memchr, memchr_iter, memchr2, memchr2_iter, memrchr2};

use super::{Block, Dialect};
use crate::cells::trim_bytes;

/// A row with its cells.
#[derive(Debug)]
pub struct Row<'a> {
    /// The row's bytes without its line end.
    pub raw: &'a [u8],
    /// What `cells` refer to: the row itself, or its text without quotes.
    pub text: &'a [u8],
    /// Ranges of the cells in `text`, without surrounding white space.
    pub cells: &'a [Range<usize>],
    /// The line of the file that the row starts at, from 1.
    pub line: u64,
    /// The row's offset in its block.
    pub start: usize,
    /// Whether it ends within an unclosed quote.
    pub is_open: bool,
    /// The number of the row's cells, including surplus blank ones that were dropped.
    pub n_raw: usize,
}

/// Finds the rows and cells of blocks.
#[derive(Debug, Clone)]
pub struct RowSplitter {
    /// The delimiter and the escaping.
    pub dialect: Dialect,
    /// The expected number of cells per row.
    pub n_fields: usize,
    /// The header's cells: a row that repeats them is skipped.
    pub header: Vec<Vec<u8>>,
    /// Lines with this prefix are skipped.
    pub comment: Option<Vec<u8>>,
}

/// Counts of skipped rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Skipped {
    /// Rows of blank cells.
    pub blank: u64,
    /// Repetitions of the header.
    pub headers: u64,
    /// Comments.
    pub comments: u64,
}

/// A quote that would merge several rows into one cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StrayQuote {
    /// Its line.
    pub line: u64,
    /// How many lines the cell would have.
    pub n_lines: u64,
}

impl<'a> Row<'a> {
    /// The cell's bytes.
    #[must_use]
    pub fn cell(&self, field: usize) -> &'a [u8] {
        self.cells.get(field).map_or(b"", |cell| &self.text[cell.clone()])
    }
}

impl Skipped {
    /// Adds the counts of another block.
    pub fn add(&mut self, other: &Self) {
        self.blank += other.blank;
        self.headers += other.headers;
        self.comments += other.comments;
    }
}

impl RowSplitter {
    /// For rows without a known header.
    pub(super) fn plain(dialect: Dialect) -> Self {
        Self { dialect, n_fields: 0, header: Vec::new(), comment: None }
    }

    /// Calls `visit` for each row that is not blank, not a repetition of the header and not a comment. Blank cells
    /// beyond the header's are dropped.
    ///
    /// # Errors
    /// An unclosed quote that spans rows.
    pub fn each(&self, block: &Block, mut visit: impl FnMut(&Row<'_>)) -> Result<Skipped, StrayQuote> {
        let mut skipped = Skipped::default();
        let mut stray = None;
        self.each_raw(block, |row| {
            if stray.is_some() {
                return;
            }
            let n_more = row.cells.len().saturating_sub(self.n_fields);
            let n_kept = if n_more > 0 && row.cells[self.n_fields..].iter().all(Range::is_empty) {
                self.n_fields
            } else {
                row.cells.len()
            };
            if row.cells.first().is_none_or(Range::is_empty) && row.cells.iter().all(Range::is_empty) {
                skipped.blank += u64::from(row.cells.len() > 1);
            } else if self.is_header(row) {
                skipped.headers += 1;
            } else if self.is_comment(row) {
                skipped.comments += 1;
            } else if let Some(found) = self.stray_quote(row) {
                stray = Some(found);
            } else {
                visit(&Row { cells: &row.cells[..n_kept], n_raw: row.cells.len(), ..*row });
            }
        });
        stray.map_or(Ok(skipped), Err)
    }

    fn is_header(&self, row: &Row<'_>) -> bool {
        self.header.first().is_some_and(|first| row.cell(0) == first.as_slice())
            && self.header.len() > 1
            && self.header.iter().enumerate().all(|(field, name)| row.cell(field) == name.as_slice())
    }

    fn is_comment(&self, row: &Row<'_>) -> bool {
        let asked_for = self.comment.as_ref().is_some_and(|start| row.raw.trim_ascii_start().starts_with(start));
        asked_for || (self.n_fields > 1 && row.cells.len() == 1 && row.cell(0).starts_with(b"#"))
    }

    /// Whether lines within a quoted cell look like separate rows.
    fn stray_quote(&self, row: &Row<'_>) -> Option<StrayQuote> {
        if memchr2(b'\n', b'\r', row.raw).is_none() || (self.n_fields < 3 && !row.is_open) {
            return None;
        }
        let lines: Vec<&[u8]> = row.raw.split(|byte| b"\r\n".contains(byte)).filter(|line| !line.is_empty()).collect();
        // The lines of a genuine multi-line cell have fewer cells.
        let is_row = |line: &&[u8]| self.dialect.n_cells_of_line(line) == self.n_fields;
        let inner = lines.get(1..lines.len().saturating_sub(1)).unwrap_or_default();
        // The lines at which such a cell ends and another starts have loose quotes.
        let is_inner = |line: &&[u8]| is_row(line) && !self.dialect.has_loose_quote(line);
        let is_stray = row.is_open || inner.iter().any(is_inner) || (lines.len() > 1 && lines.iter().all(is_row));
        // The quote is in the row's first line with an odd number of quotes.
        let before = lines.iter().take_while(|line| memchr_iter(b'"', line).count().is_multiple_of(2)).count();
        is_stray.then(|| StrayQuote { line: row.line + before as u64, n_lines: (lines.len() - before) as u64 })
    }

    pub(super) fn each_raw(&self, block: &Block, visit: impl FnMut(&Row<'_>)) {
        if is_plain(&block.bytes) { self.each_plain(block, visit) } else { self.each_quoted(block, visit) }
    }

    /// Without quotes, every line end and delimiter separates cells.
    fn each_plain(&self, block: &Block, mut visit: impl FnMut(&Row<'_>)) {
        let bytes = &block.bytes[..];
        let mut cells = Vec::with_capacity(self.n_fields + 1);
        let (mut row_start, mut cell_start, mut line) = (0, 0, block.line);
        let ends =
            memchr2_iter(self.dialect.delimiter, b'\n', bytes).chain((!bytes.ends_with(b"\n")).then_some(bytes.len()));
        for end in ends {
            cells.push(trimmed(bytes, row_start, cell_start..end));
            cell_start = end + 1;
            if bytes.get(end).is_some_and(|byte| *byte == self.dialect.delimiter) {
                continue;
            }
            let raw = &bytes[row_start..end];
            let raw = raw.strip_suffix(b"\r").unwrap_or(raw);
            if !raw.is_empty() {
                visit(&Row {
                    raw,
                    text: &bytes[row_start..end],
                    cells: &cells,
                    line,
                    start: row_start,
                    is_open: false,
                    n_raw: cells.len(),
                });
            }
            cells.clear();
            row_start = cell_start;
            line += 1;
        }
    }

    fn each_quoted(&self, block: &Block, mut visit: impl FnMut(&Row<'_>)) {
        let bytes = &block.bytes[..];
        let (mut text, mut cells) = (Vec::new(), Vec::new());
        let (mut start, mut line) = (0, block.line);
        while start < bytes.len() {
            text.clear();
            cells.clear();
            let (end, is_open) = self.read_row(bytes, start, &mut text, &mut cells);
            let raw = &bytes[start..end];
            if !raw.is_empty() {
                visit(&Row { raw, text: &text, cells: &cells, line, start, is_open, n_raw: cells.len() });
            }
            let next = end + line_end_length(&bytes[end..]);
            line += count_lines(&bytes[start..next]);
            start = next;
        }
    }

    /// Reads the row at `from` into `text` and `cells`; returns its end, and whether that is within a quote.
    fn read_row(&self, bytes: &[u8], from: usize, text: &mut Vec<u8>, cells: &mut Vec<Range<usize>>) -> (usize, bool) {
        let (mut at, mut is_open) = (from, false);
        loop {
            let start = text.len();
            match self.dialect.quoted_cell(bytes, at) {
                Some(quoted) => {
                    self.dialect.push_unquoted(&bytes[quoted.clone()], text);
                    // Only blanks follow the closing quote.
                    is_open = quoted.end == bytes.len();
                    at = (quoted.end + 1).min(bytes.len());
                    while bytes.get(at).is_some_and(|byte| *byte == b' ') {
                        at += 1;
                    }
                }
                None => {
                    let end = bytes[at..]
                        .iter()
                        .position(|byte| *byte == self.dialect.delimiter || *byte == b'\n' || *byte == b'\r')
                        .map_or(bytes.len(), |length| at + length);
                    text.extend_from_slice(&bytes[at..end]);
                    at = end;
                }
            }
            cells.push(trimmed(text, 0, start..text.len()));
            match bytes.get(at) {
                Some(byte) if *byte == self.dialect.delimiter => at += 1,
                _ => return (at, is_open),
            }
        }
    }
}

impl Dialect {
    /// The range within the quotes of the cell that starts at `from`; `None` if it isn't quoted as a whole.
    fn quoted_cell(self, bytes: &[u8], from: usize) -> Option<Range<usize>> {
        let mut open = from;
        while bytes.get(open).is_some_and(|byte| *byte == b' ') {
            open += 1;
        }
        if bytes.get(open) != Some(&b'"') {
            return None;
        }
        match self.closing_quote(bytes, open + 1) {
            Close::At(close) => Some(open + 1..close),
            Close::Never => Some(open + 1..bytes.len()),
            Close::Stray => None,
        }
    }

    /// The number of cells of a single line, with an unclosed quote as a literal character.
    fn n_cells_of_line(self, line: &[u8]) -> usize {
        let (mut n_cells, mut at) = (1, 0);
        loop {
            if let Some(quoted) = self.quoted_cell(line, at)
                && quoted.end < line.len()
            {
                at = quoted.end;
            }
            match memchr(self.delimiter, &line[at..]) {
                Some(found) => {
                    n_cells += 1;
                    at += found + 1;
                }
                None => return n_cells,
            }
        }
    }

    /// Whether a cell of a line starts or ends with an unmatched quote.
    fn has_loose_quote(self, line: &[u8]) -> bool {
        let mut at = 0;
        loop {
            let quoted = self.quoted_cell(line, at).filter(|quoted| quoted.end < line.len());
            let from = quoted.as_ref().map_or(at, |quoted| quoted.end + 1);
            let end = memchr(self.delimiter, &line[from..]).map_or(line.len(), |found| from + found);
            let cell = line[at..end].trim_ascii();
            if quoted.is_none() && (cell.starts_with(b"\"") || cell.ends_with(b"\"")) {
                return true;
            }
            if end == line.len() {
                return false;
            }
            at = end + 1;
        }
    }

    fn closing_quote(self, bytes: &[u8], mut from: usize) -> Close {
        let start = from;
        loop {
            let Some(found) = memchr(b'"', &bytes[from..]) else { return Close::Never };
            let quote = from + found;
            let n_backslashes = bytes[start..quote].iter().rev().take_while(|byte| **byte == b'\\').count();
            if self.has_backslashes && n_backslashes % 2 == 1 {
                from = quote + 1;
            } else if bytes.get(quote + 1) == Some(&b'"') {
                from = quote + 2;
            } else {
                let behind = bytes[quote + 1..].iter().find(|byte| **byte != b' ');
                let closes = behind.is_none_or(|byte| *byte == self.delimiter || b"\r\n".contains(byte));
                return if closes { Close::At(quote) } else { Close::Stray };
            }
        }
    }

    fn push_unquoted(self, quoted: &[u8], text: &mut Vec<u8>) {
        let mut at = 0;
        while at < quoted.len() {
            let is_pair = quoted[at] == b'"' && quoted.get(at + 1) == Some(&b'"');
            let is_escaped = self.has_backslashes
                && quoted[at] == b'\\'
                && quoted.get(at + 1).is_some_and(|byte| b"\"\\".contains(byte));
            at += usize::from(is_pair || is_escaped);
            text.push(quoted[at]);
            at += 1;
        }
    }

    /// The offset after the last line end outside of quotes, in bytes that start at a row.
    pub(super) fn last_row_end(self, bytes: &[u8]) -> Option<usize> {
        let mut end = None;
        let mut start = 0;
        let mut from = 0;
        while let Some(found) = memchr(b'"', &bytes[from..]) {
            let quote = from + found;
            let before =
                bytes[start..quote].iter().rposition(|byte| *byte != b' ').map(|position| bytes[start + position]);
            let opens = before.map_or(start == 0, |byte| byte == self.delimiter || b"\r\n".contains(&byte));
            match if opens { self.closing_quote(bytes, quote + 1) } else { Close::Stray } {
                Close::Stray => from = quote + 1,
                Close::Never => {
                    return memrchr2(b'\n', b'\r', &bytes[start..quote]).map(|position| start + position + 1).or(end);
                }
                Close::At(close) => {
                    end = memrchr2(b'\n', b'\r', &bytes[start..quote]).map(|position| start + position + 1).or(end);
                    start = close + 1;
                    from = start;
                }
            }
        }
        memrchr2(b'\n', b'\r', &bytes[start..]).map(|position| start + position + 1).or(end)
    }
}

enum Close {
    At(usize),
    /// Text follows the quote.
    Stray,
    /// Not in these bytes.
    Never,
}

/// The range of a cell, relative to `base`, without surrounding white space.
fn trimmed(bytes: &[u8], base: usize, cell: Range<usize>) -> Range<usize> {
    let (before, length) = trim_bytes(&bytes[cell.clone()]);
    let start = cell.start - base + before;
    start..start + length
}

/// Whether `bytes` contain no quote, and no `\r` except before a `\n`.
fn is_plain(bytes: &[u8]) -> bool {
    memchr(b'"', bytes).is_none() && memchr_iter(b'\r', bytes).all(|position| bytes.get(position + 1) == Some(&b'\n'))
}

/// The length of the line end at the start of `bytes`; `\r\r\n`, as written by programs that convert line
/// ends twice, is one.
pub(super) fn line_end_length(bytes: &[u8]) -> usize {
    match bytes {
        [b'\r', b'\r', b'\n', ..] => 3,
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        _ => 0,
    }
}

/// The number of line ends in `bytes`.
pub(super) fn count_lines(bytes: &[u8]) -> u64 {
    let n_feeds = memchr_iter(b'\n', bytes).count();
    if memchr(b'\r', bytes).is_none() {
        return n_feeds as u64;
    }
    let alone = |position: &usize| !matches!(&bytes[position + 1..], [b'\n', ..] | [b'\r', b'\n', ..]);
    (n_feeds + memchr_iter(b'\r', bytes).filter(alone).count()) as u64
}

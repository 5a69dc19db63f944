//! Splits a text into blocks of whole rows, so that several threads can read one file, and files of any size fit in
//! memory.

use std::io::Read;

use super::rows::{RowSplitter, count_lines};
use super::{Dialect, ReadOptions, head, tail};
use crate::error::ReadError;
use crate::feed::Feed;
use crate::note::Note;
use crate::source::{Encoding, Source, SourceError};

pub(crate) const BLOCK_BYTES: usize = 1 << 20;
/// This much is held back until the end of the file is reached, as the end of a table is examined as a whole.
const TAIL_BYTES: usize = 16 << 10;
const MAX_ROW_BYTES: usize = 64 << 20;

/// Whole rows.
#[derive(Debug, Clone)]
pub struct Block {
    /// Their text, with line ends.
    pub bytes: Vec<u8>,
    /// The line of the file that the block starts at, from 1.
    pub line: u64,
    /// The file's encoding as far as it is known at this point.
    pub encoding: Encoding,
}

/// A file whose header has been read; its rows come from [`TableReader::next_block`].
pub struct TableReader<'r> {
    file: String,
    source: Source<'r>,
    /// Read, but not returned yet.
    rest: Vec<u8>,
    line: u64,
    at_end: bool,
    splitter: RowSplitter,
    names: Vec<String>,
    /// The header's raw bytes without the line end.
    header_line: Vec<u8>,
    header_line_number: u64,
    notes: Vec<Note>,
}

impl<'r> TableReader<'r> {
    /// Finds the table in `input`; `file` is its name in messages.
    ///
    /// # Errors
    /// See [`ReadError`]: it can't be read, is no table, or its header can't be used.
    pub fn open(file: &str, input: impl Read + Send + 'r, options: &ReadOptions) -> Result<Self, ReadError> {
        Self::of_source(file, Source::open(input, options), options)
    }

    /// The same for bytes that arrive in pieces, of which there are enough to [open](Feed::can_open) them.
    ///
    /// # Errors
    /// See [`TableReader::open`].
    pub fn of_feed(file: &str, feed: &Feed, options: &ReadOptions) -> Result<Self, ReadError> {
        Self::of_source(file, Source::of_feed(feed, options), options)
    }

    fn of_source(
        file: &str,
        source: Result<Source<'r>, SourceError>,
        options: &ReadOptions,
    ) -> Result<Self, ReadError> {
        let mut source = source.map_err(|error| match error {
            SourceError::Read(problem) => ReadError::Read { file: file.to_owned(), problem },
            SourceError::NotText(problem) => ReadError::NotText { file: file.to_owned(), problem },
        })?;
        let mut rest = Vec::new();
        let reading = |problem| ReadError::Read { file: file.to_owned(), problem };
        let mut at_end = !source.fill(&mut rest, BLOCK_BYTES).map_err(reading)?;
        let mut notes: Vec<Note> = Vec::new();
        if at_end && tail::trim_padding(&mut rest) {
            notes.push(padding());
        }
        let unpacked =
            |packed| Note::new("unpacked", &[("packed", &packed)], format!("unpacked with {packed}")).public();
        notes.extend(source.packed.map(unpacked));
        let of_format = |format| Note::new("format", &[("format", &format)], format!("read as {format}")).public();
        notes.extend(source.format.map(of_format));
        let from_sheet = |sheet| {
            Note::new("sheet", &[("name", &sheet)], format!("read from the sheet \"{sheet}\""))
                .published_as("read from a sheet of a workbook")
        };
        notes.extend(source.sheet().map(from_sheet));
        let mut head = head::find(file, &rest, at_end, options)?;
        // The first row may be longer than a block.
        while head.is_cut && !at_end && rest.len() < MAX_ROW_BYTES {
            at_end = !source.fill(&mut rest, BLOCK_BYTES).map_err(reading)?;
            head = head::find(file, &rest, at_end, options)?;
        }
        notes.append(&mut head.notes);
        let line = 1 + count_lines(&rest[..head.rows_start]);
        rest.drain(..head.rows_start);
        let splitter = RowSplitter {
            dialect: head.dialect,
            n_fields: head.names.len(),
            header: head.cells,
            comment: options.comment.as_ref().map(|start| start.as_bytes().to_vec()),
        };
        Ok(Self {
            file: file.to_owned(),
            source,
            rest,
            line,
            at_end,
            splitter,
            names: head.names,
            header_line: head.raw,
            header_line_number: head.line,
            notes,
        })
    }

    /// The columns' names, made unique.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The header's raw bytes without the line end, and the line where it starts.
    #[must_use]
    pub fn header(&self) -> (&[u8], u64) {
        (&self.header_line, self.header_line_number)
    }

    /// The header's cells.
    #[must_use]
    pub fn header_cells(&self) -> &[Vec<u8>] {
        &self.splitter.header
    }

    /// How blocks are split into rows.
    #[must_use]
    pub fn splitter(&self) -> &RowSplitter {
        &self.splitter
    }

    /// The file's encoding as far as it is known.
    #[must_use]
    pub fn encoding(&self) -> Encoding {
        self.source.encoding()
    }

    /// The file's name.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// What was decided about the file as a whole; complete after its last block.
    #[must_use]
    pub fn notes(&self) -> Vec<Note> {
        let mut notes = self.notes.clone();
        if matches!(self.encoding(), Encoding::Windows1252 | Encoding::Utf16Le | Encoding::Utf16Be) {
            let encoding = self.encoding().name();
            notes.insert(0, Note::new("encoding", &[("encoding", &encoding)], format!("read as {encoding}")).public());
        }
        notes
    }

    /// The next rows; `None` at the end.
    ///
    /// # Errors
    /// Reading failed, a row has no end, or bytes that are needed [have not arrived yet](ReadError::is_pending).
    pub fn next_block(&mut self) -> Result<Option<Block>, ReadError> {
        loop {
            if self.at_end {
                if self.rest.is_empty() {
                    return Ok(None);
                }
                if tail::trim_padding(&mut self.rest) {
                    self.notes.push(padding());
                }
                let block = self.take(self.rest.len());
                let (block, mut notes) = tail::trim(&self.splitter, block);
                self.notes.append(&mut notes);
                return Ok(Some(block));
            }
            if self.rest.len() >= BLOCK_BYTES {
                let dialect: Dialect = self.splitter.dialect;
                if let Some(mut end) = dialect.last_row_end(&self.rest[..self.rest.len() - TAIL_BYTES]) {
                    while self.rest.get(end).is_some_and(|byte| b"\r\n".contains(byte)) {
                        end += 1;
                    }
                    return Ok(Some(self.take(end)));
                }
                if self.rest.len() > MAX_ROW_BYTES {
                    let (file, line, bytes) = (self.file.clone(), self.line, self.rest.len());
                    return Err(ReadError::EndlessRow { file, line, bytes });
                }
            }
            self.rest.reserve(BLOCK_BYTES + (BLOCK_BYTES >> 2));
            let fill = self.source.fill(&mut self.rest, BLOCK_BYTES);
            self.at_end = !fill.map_err(|problem| ReadError::Read { file: self.file.clone(), problem })?;
        }
    }

    fn take(&mut self, end: usize) -> Block {
        let rest = self.rest.split_off(end);
        let bytes = std::mem::replace(&mut self.rest, rest);
        let line = self.line;
        self.line += count_lines(&bytes);
        Block { bytes, line, encoding: self.source.encoding() }
    }
}

fn padding() -> Note {
    Note::new("padding", &[], "zeros or an end mark behind the last row are left out".into()).public()
}

//! A file of records: its header is matched with a model's schema, its first blocks decide how numbers are written, and
//! then its rows are read.

use std::collections::VecDeque;
use std::io::Read;

use model_core::{Column, ColumnKind, Schema};

use super::{KnownColumns, KnownFormat, Notation, RecordParser, find_columns, number_formats};
use crate::error::ReadError;
use crate::feed::Feed;
use crate::layout::{Block, ReadOptions, TableReader};

/// Number formats are decided from this many blocks of a megabyte; a later cell that doesn't fit is reported.
const DECIDING_BLOCKS: usize = 8;

/// A file whose header has been read.
pub struct RecordReader<'r> {
    table: TableReader<'r>,
    known: KnownColumns,
    /// Blocks that were read to decide, and not returned yet.
    first: VecDeque<Block>,
    formats: Vec<KnownFormat>,
}

impl<'r> RecordReader<'r> {
    /// Reads the header; `file` is the name in messages.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn open(
        file: &str,
        input: impl Read + Send + 'r,
        schema: &Schema,
        options: &ReadOptions,
    ) -> Result<Self, ReadError> {
        Ok(Self::of_table(TableReader::open(file, input, &with_names(schema, options))?, schema))
    }

    /// The same for bytes that arrive in pieces, of which there are enough to [open](Feed::can_open) them.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn of_feed(file: &str, feed: &Feed, schema: &Schema, options: &ReadOptions) -> Result<Self, ReadError> {
        Ok(Self::of_table(TableReader::of_feed(file, feed, &with_names(schema, options))?, schema))
    }

    fn of_table(table: TableReader<'r>, schema: &Schema) -> Self {
        let known = find_columns(table.names(), schema);
        Self { table, known, first: VecDeque::new(), formats: Vec::new() }
    }

    /// The positions of the schema's columns.
    #[must_use]
    pub fn known(&self) -> &KnownColumns {
        &self.known
    }

    /// The table with the records.
    #[must_use]
    pub fn table(&self) -> &TableReader<'r> {
        &self.table
    }

    /// The formats of the numeric columns, once they are decided.
    #[must_use]
    pub fn formats(&self) -> &[KnownFormat] {
        &self.formats
    }

    /// Decides the number formats; must be called before the first block is taken. `fields` overrides the positions of
    /// the columns found in the header; `notation` resolves ambiguous cells.
    ///
    /// # Errors
    /// Ambiguous cells, a problem with the file, or [not enough bytes yet](ReadError::is_pending): then call again.
    pub fn parser(
        &mut self,
        schema: &Schema,
        fields: Option<&[Option<usize>]>,
        notation: Notation,
    ) -> Result<RecordParser, ReadError> {
        while self.first.len() < DECIDING_BLOCKS
            && let Some(block) = self.table.next_block()?
        {
            self.first.push_back(block);
        }
        let mut first = std::mem::take(&mut self.first);
        let parser = self.decide(first.make_contiguous(), schema, fields, notation);
        self.first = first;
        parser
    }

    /// The same, from blocks that were taken before.
    ///
    /// # Errors
    /// Ambiguous cells.
    pub fn parser_again(
        &mut self,
        blocks: &[Block],
        schema: &Schema,
        fields: Option<&[Option<usize>]>,
        notation: Notation,
    ) -> Result<RecordParser, ReadError> {
        self.decide(&blocks[..blocks.len().min(DECIDING_BLOCKS)], schema, fields, notation)
    }

    fn decide(
        &mut self,
        blocks: &[Block],
        schema: &Schema,
        fields: Option<&[Option<usize>]>,
        notation: Notation,
    ) -> Result<RecordParser, ReadError> {
        let mut fields = fields.unwrap_or(&self.known.fields).to_vec();
        // Callers may give the fields of inputs only, without derived columns.
        fields.resize(schema.columns.len(), None);
        let columns: Vec<(&Column, Option<usize>)> = schema.columns.iter().zip(fields.iter().copied()).collect();
        self.formats = number_formats(&self.table, blocks, &columns, notation)?;
        // An ambiguous target is treated as missing: nothing depends on it.
        let observed = schema.target.observed;
        let kind = ColumnKind::Numeric { observed, median: observed.min, whole: false };
        let column = Column::new(&schema.target.name, &schema.target.label, kind);
        let target = self.known.target.filter(|field| !fields.contains(&Some(*field)));
        let target = target.and_then(|field| {
            let formats = number_formats(&self.table, blocks, &[(&column, Some(field))], notation).ok()?;
            Some((field, formats.into_iter().next()?.format))
        });
        Ok(RecordParser::new(schema, self.table.names().len(), &fields, &self.formats, target))
    }

    /// The next rows; `None` at the end.
    ///
    /// # Errors
    /// As [`TableReader::next_block`].
    pub fn next_block(&mut self) -> Result<Option<Block>, ReadError> {
        match self.first.pop_front() {
            Some(block) => Ok(Some(block)),
            None => self.table.next_block(),
        }
    }
}

/// Adds the names that identify the header and the delimiter.
fn with_names(schema: &Schema, options: &ReadOptions) -> ReadOptions {
    let wanted = schema.inputs().iter().map(|column| column.name.clone()).chain([schema.target.name.clone()]);
    ReadOptions { wanted: wanted.collect(), ..options.clone() }
}

//! The rows of a displayed file: its text, and the offset of each row.

use std::collections::BTreeMap;

use reader::{Block, Row, RowSplitter};

use crate::batch::Batch;

#[derive(Default)]
pub(crate) struct Kept {
    pub(crate) blocks: Vec<Block>,
    /// The number of rows up to each block's end.
    ends: Vec<usize>,
    /// Each row's offset in its block, and its line.
    pub(crate) rows: Vec<(u32, u32)>,
    /// The index of the block that is read next.
    pub(crate) next: usize,
}

impl Kept {
    /// Keeps a block and its rows.
    pub(crate) fn add(&mut self, mut block: Block, batch: &Batch) {
        block.bytes.shrink_to_fit();
        self.blocks.push(block);
        self.rows.extend(batch.starts.iter().copied().zip(batch.lines.iter().copied()));
        self.ends.push(self.rows.len());
        self.next = self.blocks.len();
    }

    /// Takes the next stored block, to be [given back](Self::give_back).
    pub(crate) fn take_known(&mut self) -> Option<Block> {
        let place = self.blocks.get_mut(self.next)?;
        let nothing = Block { bytes: Vec::new(), line: place.line, encoding: place.encoding };
        Some(std::mem::replace(place, nothing))
    }

    pub(crate) fn give_back(&mut self, block: Block) {
        if let Some(place) = self.blocks.get_mut(self.next) {
            *place = block;
            self.next += 1;
        }
    }

    /// All rows in their order.
    pub(crate) fn each(&self, splitter: &RowSplitter, mut visit: impl FnMut(&Row<'_>)) {
        for block in &self.blocks {
            // Rows with errors were rejected when they were added.
            let _ = splitter.each(block, &mut visit);
        }
    }

    /// One row.
    pub(crate) fn visit(&self, splitter: &RowSplitter, row: usize, mut visit: impl FnMut(&Row<'_>)) {
        let place = self.ends.partition_point(|end| *end <= row);
        let (Some(block), Some((start, line))) = (self.blocks.get(place), self.rows.get(row)) else { return };
        let end = if self.ends[place] > row + 1 { self.rows[row + 1].0 as usize } else { block.bytes.len() };
        let bytes = block.bytes[*start as usize..end].to_vec();
        let own = Block { bytes, line: u64::from(*line), encoding: block.encoding };
        let mut is_first = true;
        let _ = splitter.each(&own, |row| {
            if std::mem::take(&mut is_first) {
                visit(row);
            }
        });
    }

    pub(crate) fn ranks(&self, splitter: &RowSplitter, field: usize) -> Vec<u32> {
        let mut places: BTreeMap<String, u32> = BTreeMap::new();
        let key = |row: &Row<'_>| String::from_utf8_lossy(row.cell(field)).into_owned();
        self.each(splitter, |row| _ = places.insert(key(row), 0));
        let mut order: Vec<(&String, &mut u32)> = places.iter_mut().collect();
        order.sort_by_cached_key(|(text, _)| reader::fold_text(text));
        for (rank, (_, place)) in (0..).zip(order) {
            *place = rank;
        }
        let mut ranks = Vec::with_capacity(self.rows.len());
        self.each(splitter, |row| ranks.push(places.get(&key(row)).copied().unwrap_or_default()));
        ranks
    }

    pub(crate) fn containing(&self, splitter: &RowSplitter, text: &str) -> Vec<u8> {
        let wanted = text.trim().to_lowercase();
        let mut found = Vec::with_capacity(self.rows.len());
        self.each(splitter, |row| {
            let raw = String::from_utf8_lossy(row.raw).to_lowercase();
            found.push(u8::from(raw.contains(&wanted)));
        });
        found
    }
}

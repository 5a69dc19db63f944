//! One column while its file is read.
//!
//! Whether a column is numeric is known only at its end, so cells are stored as indices into a list of distinct texts:
//! this is small for categories as well as scores, and each text is parsed once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::compact::{Codes, Numbers};
use super::{BLANK, Categories, ColumnData};
use crate::cells::is_blank_mark;

type Texts<T> = IndexMap<T, u64, FxBuildHasher>;

/// Why a cell is rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CellFault {
    NotUtf8,
    Nul,
}

/// One column of one block: distinct cells with the line of their first occurrence, and one index per row.
#[derive(Debug, Default)]
pub(super) struct BlockColumn {
    cells: Texts<Vec<u8>>,
    /// Whether the cell is blank.
    is_blank: Vec<bool>,
    indices: Vec<u32>,
}

/// One column of all rows so far: distinct texts with the line of their first occurrence, and one index per row.
#[derive(Debug, Default)]
pub struct ColumnBuilder {
    texts: Texts<String>,
    indices: Indices,
    first_blank: Option<u64>,
    /// The first few texts that mean a blank.
    blank_words: BTreeSet<String>,
}

/// Maximum number of such texts.
const MAX_BLANK_WORDS: usize = 5;

/// A distinct text of a column.
#[derive(Debug, Clone, Copy)]
pub struct TextCount<'a> {
    /// The cell's text.
    pub text: &'a str,
    /// The line of its first occurrence.
    pub line: u64,
    /// How many rows have it.
    pub rows: u64,
}

/// Indices into a list, in the fewest bytes that hold them; the largest number means a blank.
#[derive(Debug)]
enum Indices {
    Narrow(Vec<u8>),
    Middle(Vec<u16>),
    Wide(Vec<u32>),
}

impl BlockColumn {
    /// Adds a cell without white space around it.
    pub(super) fn push(&mut self, cell: &[u8], line: u64) -> Result<(), CellFault> {
        let index = match self.cells.get_index_of(cell) {
            Some(index) => index,
            None => {
                let Ok(text) = std::str::from_utf8(cell) else { return Err(CellFault::NotUtf8) };
                if cell.contains(&0) {
                    return Err(CellFault::Nul);
                }
                self.is_blank.push(is_blank_mark(text));
                self.cells.insert_full(cell.to_owned(), line).0
            }
        };
        self.indices.push(index as u32);
        Ok(())
    }
}

impl Default for Indices {
    fn default() -> Self {
        Self::Narrow(Vec::new())
    }
}

impl Indices {
    fn len(&self) -> usize {
        match self {
            Self::Narrow(indices) => indices.len(),
            Self::Middle(indices) => indices.len(),
            Self::Wide(indices) => indices.len(),
        }
    }

    fn iter(&self) -> Box<dyn Iterator<Item = u32> + '_> {
        match self {
            Self::Narrow(indices) => {
                Box::new(indices.iter().map(|index| if *index == u8::MAX { BLANK } else { u32::from(*index) }))
            }
            Self::Middle(indices) => {
                Box::new(indices.iter().map(|index| if *index == u16::MAX { BLANK } else { u32::from(*index) }))
            }
            Self::Wide(indices) => Box::new(indices.iter().copied()),
        }
    }

    /// Widens the indices for a list of `n_texts`.
    fn widen(&mut self, n_texts: usize) {
        if matches!(self, Self::Narrow(_)) && n_texts > usize::from(u8::MAX) {
            let index = |index: u32| u16::try_from(index).unwrap_or(u16::MAX);
            *self = Self::Middle(self.iter().map(index).collect());
        }
        if matches!(self, Self::Middle(_)) && n_texts > usize::from(u16::MAX) {
            *self = Self::Wide(self.iter().collect());
        }
    }

    /// Appends `indices`, mapped by `index_of`.
    fn extend(&mut self, indices: &[u32], index_of: &[u32]) {
        let index = |index: &u32| index_of[*index as usize];
        match self {
            // A blank, the largest number, is truncated to the largest of the narrower type.
            Self::Narrow(narrow) => narrow.extend(indices.iter().map(|at| index(at) as u8)),
            Self::Middle(middle) => middle.extend(indices.iter().map(|at| index(at) as u16)),
            Self::Wide(wide) => wide.extend(indices.iter().map(index)),
        }
    }
}

impl ColumnBuilder {
    /// Adds the rows of the next block.
    pub(super) fn append(&mut self, block: &BlockColumn) {
        let mut index_of = Vec::with_capacity(block.cells.len());
        for ((cell, line), is_blank) in block.cells.iter().zip(&block.is_blank) {
            if *is_blank {
                self.first_blank.get_or_insert(*line);
                if !cell.is_empty() && self.blank_words.len() < MAX_BLANK_WORDS {
                    self.blank_words.insert(String::from_utf8_lossy(cell).into_owned());
                }
                index_of.push(BLANK);
                continue;
            }
            let text = std::str::from_utf8(cell).unwrap_or_default();
            let index = match self.texts.get_index_of(text) {
                Some(index) => index,
                None => self.texts.insert_full(text.to_owned(), *line).0,
            };
            index_of.push(index as u32);
        }
        self.indices.widen(self.texts.len());
        self.indices.extend(&block.indices, &index_of);
    }

    /// How many rows there are.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.indices.len()
    }

    /// The number of distinct cells, except blanks.
    #[must_use]
    pub fn n_distinct(&self) -> usize {
        self.texts.len()
    }

    /// The distinct texts in the order of the file, each with the line of its first occurrence.
    pub fn texts(&self) -> impl Iterator<Item = (&str, u64)> {
        self.texts.iter().map(|(text, line)| (text.as_str(), *line))
    }

    /// One per row: the index of its text among [`ColumnBuilder::texts`], [`BLANK`] for a blank.
    pub fn indices(&self) -> impl Iterator<Item = u32> {
        self.indices.iter()
    }

    /// The distinct texts in the order of the file.
    #[must_use]
    pub fn counts(&self) -> Vec<TextCount<'_>> {
        let mut rows = vec![0; self.texts.len()];
        let mut count = |index: usize| {
            if let Some(rows) = rows.get_mut(index) {
                *rows += 1;
            }
        };
        match &self.indices {
            Indices::Narrow(indices) => indices.iter().for_each(|index| count(usize::from(*index))),
            Indices::Middle(indices) => indices.iter().for_each(|index| count(usize::from(*index))),
            Indices::Wide(indices) => indices.iter().for_each(|index| count(*index as usize)),
        }
        self.texts().zip(rows).map(|((text, line), rows)| TextCount { text, line, rows }).collect()
    }

    /// Whether each row has a cell that is neither blank nor one for which `is_missing` holds; `None` if all have.
    pub fn present(&self, is_missing: impl Fn(&str) -> bool) -> Option<Vec<bool>> {
        let mut is_present: Vec<bool> = self.texts.keys().map(|text| !is_missing(text)).collect();
        if self.first_blank.is_none() && is_present.iter().all(|is_present| *is_present) {
            return None;
        }
        is_present.shrink_to_fit();
        Some(self.indices.iter().map(|index| is_present.get(index as usize).copied().unwrap_or(false)).collect())
    }

    pub(super) fn n_present(&self) -> usize {
        let all = || self.indices.iter().filter(|index| *index != BLANK).count();
        self.first_blank.map_or_else(|| self.n_rows(), |_| all())
    }

    /// The line and text of the first cell that is not blank and for which `is_meant` holds.
    pub fn first_that(&self, is_meant: impl Fn(&str) -> bool) -> Option<(u64, &str)> {
        self.texts.iter().find(|(text, _)| is_meant(text)).map(|(text, line)| (*line, text.as_str()))
    }

    /// The first few texts that mean a blank.
    pub(super) fn blank_words(&self) -> &BTreeSet<String> {
        &self.blank_words
    }

    /// The line of the first blank cell; 0 if there is none.
    #[must_use]
    pub fn first_blank_line(&self) -> u64 {
        self.first_blank.unwrap_or_default()
    }

    /// One number per row, NaN for a blank.
    pub fn into_numbers(self, number: impl Fn(&str) -> Option<f64>) -> Numbers {
        let mut numbers: Vec<f64> = self.texts.keys().map(|text| number(text).unwrap_or(f64::NAN)).collect();
        match self.indices {
            Indices::Narrow(mut indices) => {
                indices.shrink_to_fit();
                numbers.resize(256, f64::NAN);
                Numbers::coded(&numbers, indices)
            }
            indices => indices.iter().map(|index| numbers.get(index as usize).copied().unwrap_or(f64::NAN)).collect(),
        }
    }

    /// Indices into the sorted list of labels; a text without a label is blank.
    pub fn into_categories(self, categories: &Categories) -> ColumnData {
        let mut code_of_label: BTreeMap<&str, u32> = BTreeMap::new();
        let labels: Vec<Option<&str>> = self.texts.keys().map(|text| categories.label(text)).collect();
        code_of_label.extend(labels.iter().flatten().map(|label| (*label, 0)));
        for (code, slot) in (0..).zip(code_of_label.values_mut()) {
            *slot = code;
        }
        let code = |label: &Option<&str>| label.and_then(|label| code_of_label.get(label).copied()).unwrap_or(BLANK);
        let mut code_of: Vec<u32> = labels.iter().map(code).collect();
        let values = code_of_label.keys().map(ToString::to_string).collect();
        let codes = match self.indices {
            Indices::Narrow(mut indices) => {
                indices.shrink_to_fit();
                code_of.resize(256, BLANK);
                for index in &mut indices {
                    *index = code_of[usize::from(*index)] as u8;
                }
                Codes::Narrow(Arc::new(indices))
            }
            indices => indices.iter().map(|index| code_of.get(index as usize).copied().unwrap_or(BLANK)).collect(),
        };
        ColumnData::Categorical { values, codes }
    }

    /// Why the column has no information, if so.
    #[must_use]
    pub fn constant_reason(&self) -> Option<String> {
        match self.texts.len() {
            0 => Some("it is empty".into()),
            1 => self.texts.keys().next().map(|text| format!("every cell is \"{text}\"")),
            _ => None,
        }
    }
}

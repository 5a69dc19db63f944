//! One column while its file is read.
//!
//! Whether a column is numeric is known only at its end, so cells are kept as places in a list of distinct texts: small
//! for categories and for scores alike, and each text is parsed once.

use std::sync::Arc;

use indexmap::IndexMap;
use model_core::{is_missing, parse_number};
use rustc_hash::FxBuildHasher;

use crate::table::compact::{Codes, Numbers};
use crate::table::{BLANK, ColumnData};

/// Below this many rows nothing is called an identifier: too few to tell.
const MIN_ROWS_FOR_IDENTIFIER: usize = 20;

type Texts<T> = IndexMap<T, u64, FxBuildHasher>;

/// One column of one block: distinct cells with the line that each was first seen in, and one place a row.
#[derive(Debug, Default)]
pub(super) struct BlockColumn {
    cells: Texts<Vec<u8>>,
    /// Whether the cell is blank.
    is_blank: Vec<bool>,
    places: Vec<u32>,
}

/// One column of all rows until now: distinct texts with the line that each was first seen in, and one place a row.
#[derive(Debug, Default)]
pub(super) struct ColumnBuilder {
    texts: Texts<String>,
    places: Places,
    first_blank: Option<u64>,
}

/// Places in a list, in the fewest bytes that hold them; the largest number stands for a blank.
#[derive(Debug)]
enum Places {
    Narrow(Vec<u8>),
    Middle(Vec<u16>),
    Wide(Vec<u32>),
}

impl BlockColumn {
    /// Adds a cell without white space around it; false if it is no text.
    pub(super) fn push(&mut self, cell: &[u8], line: u64) -> bool {
        let place = match self.cells.get_index_of(cell) {
            Some(place) => place,
            None => {
                let Ok(text) = std::str::from_utf8(cell) else { return false };
                self.is_blank.push(is_missing(text.trim()));
                self.cells.insert_full(cell.to_owned(), line).0
            }
        };
        self.places.push(place as u32);
        true
    }
}

impl Default for Places {
    fn default() -> Self {
        Self::Narrow(Vec::new())
    }
}

impl Places {
    fn len(&self) -> usize {
        match self {
            Self::Narrow(places) => places.len(),
            Self::Middle(places) => places.len(),
            Self::Wide(places) => places.len(),
        }
    }

    fn iter(&self) -> Box<dyn Iterator<Item = u32> + '_> {
        match self {
            Self::Narrow(places) => {
                Box::new(places.iter().map(|place| if *place == u8::MAX { BLANK } else { u32::from(*place) }))
            }
            Self::Middle(places) => {
                Box::new(places.iter().map(|place| if *place == u16::MAX { BLANK } else { u32::from(*place) }))
            }
            Self::Wide(places) => Box::new(places.iter().copied()),
        }
    }

    /// Makes room for places in a list of `n_texts`.
    fn widen(&mut self, n_texts: usize) {
        if matches!(self, Self::Narrow(_)) && n_texts > usize::from(u8::MAX) {
            let place = |place: u32| u16::try_from(place).unwrap_or(u16::MAX);
            *self = Self::Middle(self.iter().map(place).collect());
        }
        if matches!(self, Self::Middle(_)) && n_texts > usize::from(u16::MAX) {
            *self = Self::Wide(self.iter().collect());
        }
    }

    /// Adds `places`, each as what `place_of` has there.
    fn extend(&mut self, places: &[u32], place_of: &[u32]) {
        let place = |place: &u32| place_of[*place as usize];
        match self {
            // A blank, the largest number, is cut to the largest of the narrower kind.
            Self::Narrow(narrow) => narrow.extend(places.iter().map(|at| place(at) as u8)),
            Self::Middle(middle) => middle.extend(places.iter().map(|at| place(at) as u16)),
            Self::Wide(wide) => wide.extend(places.iter().map(place)),
        }
    }
}

impl ColumnBuilder {
    /// Adds the rows of the next block.
    pub(super) fn append(&mut self, block: &BlockColumn) {
        let mut place_of = Vec::with_capacity(block.cells.len());
        for ((cell, line), is_blank) in block.cells.iter().zip(&block.is_blank) {
            if *is_blank {
                self.first_blank.get_or_insert(*line);
                place_of.push(BLANK);
                continue;
            }
            let text = std::str::from_utf8(cell).unwrap_or_default().trim();
            let place = match self.texts.get_index_of(text) {
                Some(place) => place,
                None => self.texts.insert_full(text.to_owned(), *line).0,
            };
            place_of.push(place as u32);
        }
        self.places.widen(self.texts.len());
        self.places.extend(&block.places, &place_of);
    }

    /// How many rows there are.
    pub(super) fn n_rows(&self) -> usize {
        self.places.len()
    }

    /// Whether each row has a cell that is not blank; `None` where all have.
    pub(super) fn present(&self) -> Option<Vec<bool>> {
        self.first_blank?;
        Some(self.places.iter().map(|place| place != BLANK).collect())
    }

    fn n_present(&self) -> usize {
        let all = || self.places.iter().filter(|place| *place != BLANK).count();
        self.first_blank.map_or_else(|| self.n_rows(), |_| all())
    }

    /// The line and text of the first cell that is not a number.
    pub(super) fn first_non_number(&self) -> Option<(u64, &str)> {
        self.first_that(|text| parse_number(text).is_none())
    }

    /// The line and text of the first cell that is not blank and for which `is_meant` holds.
    pub(super) fn first_that(&self, is_meant: impl Fn(&str) -> bool) -> Option<(u64, &str)> {
        self.texts.iter().find(|(text, _)| is_meant(text)).map(|(text, line)| (*line, text.as_str()))
    }

    /// How many different cells there are, blanks aside.
    pub(super) fn n_distinct(&self) -> usize {
        self.texts.len()
    }

    pub(super) fn first_blank_line(&self) -> u64 {
        self.first_blank.unwrap_or_default()
    }

    /// One number a row, NaN for a blank.
    pub(super) fn into_numbers(self) -> Numbers {
        let mut numbers: Vec<f64> = self.texts.keys().map(|text| parse_number(text).unwrap_or(f64::NAN)).collect();
        match self.places {
            Places::Narrow(mut places) => {
                places.shrink_to_fit();
                numbers.resize(256, f64::NAN);
                Numbers::coded(&numbers, places)
            }
            places => places.iter().map(|place| numbers.get(place as usize).copied().unwrap_or(f64::NAN)).collect(),
        }
    }

    pub(super) fn into_categories(self) -> ColumnData {
        let mut order: Vec<usize> = (0..self.texts.len()).collect();
        order.sort_unstable_by(|left, right| {
            self.texts.get_index(*left).map(|(text, _)| text).cmp(&self.texts.get_index(*right).map(|(text, _)| text))
        });
        let mut code_of = vec![BLANK; order.len()];
        for (code, place) in order.iter().enumerate() {
            code_of[*place] = code as u32;
        }
        let values =
            order.iter().filter_map(|place| self.texts.get_index(*place)).map(|(text, _)| text.clone()).collect();
        let codes = match self.places {
            Places::Narrow(mut places) => {
                places.shrink_to_fit();
                code_of.resize(256, BLANK);
                for place in &mut places {
                    *place = code_of[usize::from(*place)] as u8;
                }
                Codes::Narrow(Arc::new(places))
            }
            places => places.iter().map(|place| code_of.get(place as usize).copied().unwrap_or(BLANK)).collect(),
        };
        ColumnData::Categorical { values, codes }
    }

    /// Why the column tells nothing, if so.
    pub(super) fn constant_reason(&self) -> Option<String> {
        match self.texts.len() {
            0 => Some("it is empty".into()),
            1 => self.texts.keys().next().map(|text| format!("every cell is \"{text}\"")),
            _ => None,
        }
    }

    /// Why the column only names its rows, if it seems so.
    pub(super) fn identifier_reason(&self, name: &str, is_numeric: bool) -> Option<String> {
        let n_present = self.n_present();
        if n_present < MIN_ROWS_FOR_IDENTIFIER {
            return None;
        }
        if !is_numeric {
            // Half as many texts as rows, and none of them can be learned from.
            return (2 * self.texts.len() > n_present).then(|| {
                format!(
                    "{} different texts in {n_present} rows look like names or identifiers (--categorical keeps it)",
                    self.texts.len()
                )
            });
        }
        if self.texts.len() != n_present {
            return None;
        }
        // Each of them stands in one row: the texts are in the rows' order.
        let numbers: Vec<f64> = self.texts.keys().filter_map(|text| parse_number(text)).collect();
        let is_whole = numbers.iter().all(|number| number.fract() == 0.0);
        let name = name.to_ascii_lowercase();
        let is_named_so = ["id", "index", "no", "number", "nr"]
            .iter()
            .any(|word| name.split(['_', ' ', '-', '.']).any(|part| part == *word));
        let counts_up = numbers.windows(2).all(|pair| pair[1] == pair[0] + 1.0);
        (is_whole && (counts_up || is_named_so))
            .then(|| "every row has its own number, like an identifier (--numeric keeps it)".into())
    }
}

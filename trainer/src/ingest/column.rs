//! One column while its file is read.
//!
//! Whether a column is numeric is known only at its end, so cells are kept as places in a list of distinct texts: small
//! for categories and for scores alike, and each text is parsed once.

use indexmap::IndexMap;
use model_core::{is_missing, parse_number};
use rustc_hash::FxBuildHasher;

use crate::table::{BLANK, ColumnData};

/// Below this many rows nothing is called an identifier: too few to tell.
const MIN_ROWS_FOR_IDENTIFIER: usize = 20;

/// Distinct texts with the line that each was first seen in, and one place a row.
#[derive(Debug, Default)]
pub(super) struct ColumnBuilder {
    texts: IndexMap<String, u64, FxBuildHasher>,
    cells: Vec<u32>,
    first_blank: Option<u64>,
}

impl ColumnBuilder {
    pub(super) fn push(&mut self, text: &str, line: u64) {
        if is_missing(text) {
            self.first_blank.get_or_insert(line);
            self.cells.push(BLANK);
            return;
        }
        let place = match self.texts.get_index_of(text) {
            Some(place) => place,
            None => self.texts.insert_full(text.to_owned(), line).0,
        };
        self.cells.push(u32::try_from(place).unwrap_or(BLANK));
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
    pub(super) fn numbers(&self) -> Vec<f64> {
        let numbers: Vec<f64> = self.texts.keys().map(|text| parse_number(text).unwrap_or(f64::NAN)).collect();
        self.cells.iter().map(|place| numbers.get(*place as usize).copied().unwrap_or(f64::NAN)).collect()
    }

    pub(super) fn categories(&self) -> ColumnData {
        let mut order: Vec<usize> = (0..self.texts.len()).collect();
        order.sort_unstable_by(|left, right| {
            self.texts.get_index(*left).map(|(text, _)| text).cmp(&self.texts.get_index(*right).map(|(text, _)| text))
        });
        let mut code_of = vec![BLANK; order.len()];
        for (code, place) in order.iter().enumerate() {
            code_of[*place] = u32::try_from(code).unwrap_or(BLANK);
        }
        let values =
            order.iter().filter_map(|place| self.texts.get_index(*place)).map(|(text, _)| text.clone()).collect();
        let codes = self.cells.iter().map(|place| code_of.get(*place as usize).copied().unwrap_or(BLANK)).collect();
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
        let n_present = self.cells.iter().filter(|place| **place != BLANK).count();
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
        let numbers: Vec<f64> = self.numbers().into_iter().filter(|number| !number.is_nan()).collect();
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

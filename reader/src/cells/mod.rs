//! What one cell's text may mean: a number, a blank, a date, a spelling of a category.

mod blank;
mod boolean;
mod date;
mod number;

use crate::unicode::usual;

pub(crate) use self::blank::is_blank_mark;
pub use self::blank::is_blank_word;
pub(crate) use self::boolean::truth;
pub(crate) use self::date::{DateReadings, counted_day, looks_like_damaged_range};
pub use self::number::Decimal;
pub(crate) use self::number::{Affix, Numeral};

/// The start and the length of a cell's text without surrounding white space and byte order marks.
pub(crate) fn trim_bytes(cell: &[u8]) -> (usize, usize) {
    let start = cell.len() - cell.trim_ascii_start().len();
    let trimmed = cell.trim_ascii();
    if trimmed.first().is_none_or(u8::is_ascii) && trimmed.last().is_none_or(u8::is_ascii) {
        return (start, trimmed.len());
    }
    let Ok(text) = std::str::from_utf8(trimmed) else { return (start, trimmed.len()) };
    let is_space = |letter: char| letter.is_whitespace() || "\u{feff}\u{200b}\u{200e}\u{200f}".contains(letter);
    let rest = text.trim_start_matches(is_space);
    (start + text.len() - rest.len(), rest.trim_end_matches(is_space).len())
}

/// A text without irrelevant differences: case, kind and number of spaces, and the composition of its letters.
#[must_use]
pub fn fold_text(text: &str) -> String {
    let spaced = |text: &mut dyn Iterator<Item = char>| {
        let mut folded = String::new();
        for letter in text {
            if !letter.is_whitespace() {
                folded.extend(letter.to_lowercase());
            } else if !folded.ends_with(' ') && !folded.is_empty() {
                folded.push(' ');
            }
        }
        folded.truncate(folded.trim_end().len());
        folded
    };
    if text.is_ascii() { spaced(&mut text.chars()) } else { spaced(&mut usual(text).chars()) }
}

/// Whether a text is a number in any notation.
#[must_use]
pub fn looks_numeric(text: &str) -> bool {
    Numeral::parse(text).is_some_and(|numeral| Decimal::BOTH.iter().any(|decimal| numeral.value(*decimal).is_some()))
}

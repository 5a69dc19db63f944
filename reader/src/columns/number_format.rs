//! How a column's numbers are written, and what each of its texts is then.

use model_core::parse_number;

use crate::cells::{Decimal, Numeral, is_blank_word};

/// What a column's cells are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Numbers.
    Numeric,
    /// Texts.
    Categorical,
}

/// What a person says about a column; by default everything is found.
#[derive(Debug, Clone, Default)]
pub struct ColumnOptions {
    /// What its cells are.
    pub kind: Option<Kind>,
    /// Texts that stand for "no value"; said, also if none, numbers that look like codes for it are numbers.
    pub missing: Option<Vec<String>>,
    /// Its decimal sign.
    pub decimal: Option<Decimal>,
    /// Whether words such as `?` are no blanks: a result must be a number, or be empty.
    pub strict: bool,
    /// Whether what only a person can decide is a note, and the column is read as numbers nevertheless: for a first look.
    pub lenient: bool,
    /// A category of fewer rows is another value.
    pub min_rows: u64,
}

/// How a column's numbers are written.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NumberFormat {
    pub(super) decimal: Decimal,
    pub(super) missing: Vec<String>,
    pub(super) strict: bool,
}

/// What one text is in a column of numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell {
    /// A finite number.
    Number(f64),
    /// No value.
    Blank,
    /// Neither.
    Odd,
}

impl NumberFormat {
    /// Numbers with this sign before fractions.
    pub(crate) fn new(decimal: Decimal) -> Self {
        Self { decimal, ..Self::default() }
    }

    /// What a text is, which has no white space around it.
    #[must_use]
    pub fn read(&self, text: &str) -> Cell {
        if !self.missing.is_empty() && self.missing.iter().any(|missing| missing == text) {
            return Cell::Blank;
        }
        if self.decimal == Decimal::Point
            && let Some(number) = parse_number(text)
        {
            return Cell::Number(number);
        }
        if model_core::is_missing(text) || (!self.strict && is_blank_word(text)) {
            return Cell::Blank;
        }
        match Numeral::parse(text).and_then(|numeral| numeral.value(self.decimal)) {
            Some(number) => Cell::Number(number),
            None => Cell::Odd,
        }
    }

    /// The number that a text is.
    #[must_use]
    pub fn number(&self, text: &str) -> Option<f64> {
        match self.read(text) {
            Cell::Number(number) => Some(number),
            Cell::Blank | Cell::Odd => None,
        }
    }

    /// The sign before fractions.
    #[must_use]
    pub fn decimal(&self) -> Decimal {
        self.decimal
    }
}

//! Whether a column's texts are numbers, and in which notation: decided from all of them.

use std::collections::BTreeSet;

use model_core::parse_number;

use super::builder::{ColumnBuilder, TextCount};
use super::categories::Categories;
use super::{Decision, sentinel};
use crate::cells::{Affix, Decimal, Numeral, is_blank_word, is_date, looks_like_damaged_range};
use crate::error::ColumnProblem;

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
    decimal: Decimal,
    missing: Vec<String>,
    strict: bool,
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

/// What stands in a column, before it is decided what it is.
#[derive(Debug)]
pub struct Survey<'a> {
    options: &'a ColumnOptions,
    decimal: Result<Decimal, ColumnProblem>,
    /// Rows with numbers, and with words for "no value".
    n_numbers: u64,
    n_blanks: u64,
    odd: Vec<TextCount<'a>>,
    n_odd: u64,
    n_codes: u64,
    /// Whether a decimal point could also part thousands, and no cell tells.
    has_doubtful_point: Option<&'a str>,
    notes: Vec<String>,
    n_dates: u64,
    /// The line of the first cell that has two readings.
    doubtful_line: u64,
}

/// From so many cells on, commas before three digits are taken to part thousands in a file that parts cells by commas:
/// where decimal commas are used, such files part cells by semicolons.
const MIN_THOUSANDS: usize = 10;
/// Numbers beyond overflow where they are squared and summed.
const MAX_MAGNITUDE: f64 = 1e100;
/// Most cells that a message lists.
const MAX_LISTED: usize = 5;

impl NumberFormat {
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

impl<'a> Survey<'a> {
    /// Looks at all texts; `delimiter` is what parts the file's cells.
    #[must_use]
    pub fn new(counts: &[TextCount<'a>], delimiter: u8, options: &'a ColumnOptions) -> Self {
        let is_missing = |text: &str| options.missing.as_ref().is_some_and(|missing| missing.iter().any(|m| m == text));
        let mut survey = Self {
            options,
            decimal: Ok(Decimal::Point),
            n_numbers: 0,
            n_blanks: 0,
            odd: Vec::new(),
            n_odd: 0,
            n_codes: 0,
            has_doubtful_point: None,
            notes: Vec::new(),
            n_dates: 0,
            doubtful_line: 1,
        };
        let mut numerals: Vec<(TextCount<'a>, Numeral<'a>)> = Vec::new();
        let mut words: BTreeSet<&str> = BTreeSet::new();
        // Points and commas: those that tell, and those that don't.
        let (mut n_point, mut n_comma) = (0, 0);
        let mut doubtful: Vec<(&TextCount<'a>, f64, f64)> = Vec::new();
        let mut lengths = BTreeSet::new();
        let mut has_codes = false;
        for count in counts {
            let text = count.text;
            if is_missing(text) {
                survey.n_blanks += count.rows;
            } else if let Some(has_point) = is_plain(text) {
                survey.n_numbers += count.rows;
                match has_point {
                    Point::None => {
                        lengths.insert(text.len());
                    }
                    Point::Decimal => n_point += count.rows,
                    Point::Doubtful => {
                        survey.has_doubtful_point.get_or_insert(text);
                    }
                }
            } else if !options.strict && is_blank_word(text) {
                survey.n_blanks += count.rows;
                words.insert(text);
            } else if let Some(numeral) = Numeral::parse(text) {
                numerals.push((*count, numeral));
            } else {
                survey.n_odd += count.rows;
                survey.odd.push(*count);
            }
            if survey.n_numbers == 0 && is_date(text) {
                survey.n_dates += count.rows;
            }
        }
        for (count, numeral) in &numerals {
            if numeral.is_code() {
                has_codes = true;
                lengths.insert(count.text.len());
                survey.n_codes += count.rows;
            }
            match (numeral.value(Decimal::Point), numeral.value(Decimal::Comma)) {
                (Some(_), None) => n_point += count.rows,
                (None, Some(_)) => n_comma += count.rows,
                (Some(point), Some(comma)) if point != comma => {
                    if numeral.has_comma() {
                        doubtful.push((count, point, comma));
                    } else {
                        survey.has_doubtful_point.get_or_insert(count.text);
                    }
                }
                _ => {}
            }
        }
        survey.doubtful_line = doubtful.first().map_or(1, |(count, ..)| count.line);
        survey.decimal = match (options.decimal, n_point, n_comma) {
            (Some(decimal), ..) => Ok(decimal),
            (None, 0, 0) => match doubtful.first() {
                Some((first, point, comma)) if delimiter != b',' || doubtful.len() < MIN_THOUSANDS => {
                    Err(ColumnProblem::Ambiguous {
                        column: String::new(),
                        cell: first.text.to_owned(),
                        with_point: *point,
                        with_comma: *comma,
                    })
                }
                _ => Ok(Decimal::Point),
            },
            (None, n_point, n_comma) => Ok(if n_comma > n_point { Decimal::Comma } else { Decimal::Point }),
        };
        if n_point > 0 {
            survey.has_doubtful_point = None;
        }
        let decimal = survey.decimal.as_ref().copied().unwrap_or_default();
        let is_code_column = has_codes
            && options.kind.is_none()
            && (lengths.len() == 1 || 20 * survey.n_codes >= survey.n_numbers + survey.n_codes);
        survey.add_numerals(&numerals, decimal, is_code_column);
        if !words.is_empty() {
            let words: Vec<String> = words.iter().take(MAX_LISTED).map(|word| format!("\"{word}\"")).collect();
            survey.notes.push(format!("{} taken for \"no value\"", words.join(", ")));
        }
        survey
    }

    /// Sorts what is a number only in one reading, and notes what was done to read it.
    fn add_numerals(&mut self, numerals: &[(TextCount<'a>, Numeral<'a>)], decimal: Decimal, is_code_column: bool) {
        let is_forced = self.options.kind == Some(Kind::Numeric);
        let (mut percents, mut signs, mut units, mut thousands, mut commas) =
            (0, BTreeSet::new(), BTreeSet::new(), 0, 0);
        let mut n_quoted = 0;
        let totals: BTreeSet<&str> = numerals
            .iter()
            .filter_map(|(_, numeral)| match &numeral.affix {
                Some(Affix::Unit(unit)) if unit.starts_with('/') => Some(unit.as_str()),
                _ => None,
            })
            .collect();
        for (count, numeral) in numerals {
            let is_code = numeral.is_code() && !is_forced;
            let has_other_total =
                totals.len() > 1 && matches!(&numeral.affix, Some(Affix::Unit(unit)) if unit.starts_with('/'));
            if is_code || has_other_total || numeral.value(decimal).is_none() {
                self.n_odd += count.rows;
                self.odd.push(*count);
                continue;
            }
            self.n_numbers += count.rows;
            match &numeral.affix {
                Some(Affix::Percent) => percents += count.rows,
                Some(Affix::Currency(sign)) => drop(signs.insert(sign.as_str())),
                Some(Affix::Unit(unit)) => drop(units.insert(unit.as_str())),
                None => {}
            }
            thousands += u64::from(numeral.has_thousands(decimal)) * count.rows;
            commas += u64::from(decimal == Decimal::Comma && numeral.has_comma()) * count.rows;
            n_quoted += u64::from(numeral.is_quoted) * count.rows;
        }
        if is_code_column {
            self.notes.push(
                "codes such as those with a leading zero are texts, not numbers (--numeric decides otherwise)".into(),
            );
            // What looks like a number there is a code, too.
            self.n_odd += self.n_numbers;
            self.n_numbers = 0;
        }
        let example = numerals.first().map_or("", |(count, _)| count.text);
        let mut note = |is_so: bool, text: String| {
            if is_so {
                self.notes.push(format!("{text}, such as \"{example}\""));
            }
        };
        note(commas > 0, format!("{commas} cells have a decimal comma"));
        note(thousands > 0, format!("{thousands} cells have their thousands set apart"));
        note(percents > 0, format!("{percents} cells have a percent sign and are read as the number before it"));
        note(!signs.is_empty(), "cells are read without their currency".into());
        note(!units.is_empty(), "cells are read without their unit".into());
        note(n_quoted > 0, format!("{n_quoted} cells are numbers that a spreadsheet had marked as text"));
    }

    /// Whether the column has decimal commas.
    #[must_use]
    pub fn has_decimal_commas(&self) -> bool {
        matches!(self.decimal, Ok(Decimal::Comma)) && self.n_numbers > 0
    }

    /// The format of numbers, for a column that must have some.
    pub(crate) fn format(&self) -> Result<NumberFormat, (u64, ColumnProblem)> {
        let decimal = self.decimal.clone().map_err(|problem| (self.doubtful_line, problem))?;
        let missing = self.options.missing.clone().unwrap_or_default();
        Ok(NumberFormat { decimal, missing, strict: self.options.strict })
    }

    /// The line and text of the first cell that is neither number nor blank.
    pub(super) fn first_odd(&self) -> Option<(u64, String)> {
        self.odd.iter().min_by_key(|count| count.line).map(|count| (count.line, count.text.to_owned()))
    }

    /// What the column is, and what should be said about that. `builder` is the column, `has_commas` tells whether another
    /// column of the file has decimal commas.
    ///
    /// # Errors
    /// What only a person can decide, with the line of the first cell it is about.
    pub fn decide(
        mut self,
        name: &str,
        builder: &ColumnBuilder,
        counts: &[TextCount<'_>],
        has_commas: impl FnOnce() -> bool,
    ) -> Result<(Decision, Vec<String>), (u64, ColumnProblem)> {
        let forced = self.options.kind;
        let line_of = |text: &str| counts.iter().find(|count| count.text == text).map_or(1, |count| count.line);
        let is_numeric = match forced {
            Some(kind) => kind == Kind::Numeric,
            None => self.n_numbers > 0 && self.n_numbers >= 9 * self.n_odd,
        };
        if !is_numeric {
            if forced.is_none() {
                self.note_texts(counts);
            } else {
                self.notes.clear();
            }
            let missing = self.options.missing.as_deref().unwrap_or_default();
            let min_rows = if forced.is_some() { 0 } else { self.options.min_rows };
            let (categories, notes) = Categories::new(counts, missing, min_rows);
            self.notes.extend(notes);
            return Ok((Decision::Categorical(categories), self.notes));
        }
        if !self.odd.is_empty() && forced.is_none() {
            self.odd.sort_by_key(|count| count.line);
            let cells: Vec<(u64, String)> =
                self.odd.iter().take(MAX_LISTED).map(|count| (count.line, count.text.to_owned())).collect();
            let (column, n_numbers) = (name.to_owned(), usize::try_from(self.n_numbers).unwrap_or(usize::MAX));
            return Err((cells[0].0, ColumnProblem::AlmostNumeric { column, n_numbers, cells }));
        }
        let format = self.format().map_err(|(line, problem)| (line, problem.in_column(name)))?;
        if let (Some(cell), None) = (self.has_doubtful_point, self.options.decimal)
            && format.decimal == Decimal::Point
            && has_commas()
        {
            let numeral = Numeral::parse(cell);
            let value = |decimal| numeral.as_ref().and_then(|numeral| numeral.value(decimal)).unwrap_or(f64::NAN);
            let problem = ColumnProblem::Ambiguous {
                column: name.to_owned(),
                cell: cell.to_owned(),
                with_point: value(Decimal::Point),
                with_comma: value(Decimal::Comma),
            };
            return Err((line_of(cell), problem));
        }
        let is_beyond = |text: &str| {
            format.number(text).is_some_and(|number| {
                number.abs() > MAX_MAGNITUDE || (number != 0.0 && number.abs() < 1.0 / MAX_MAGNITUDE)
            })
        };
        if let Some((line, cell)) = builder.first_that(is_beyond) {
            return Err((line, ColumnProblem::Magnitude { cell: cell.to_owned() }));
        }
        if forced.is_none()
            && self.options.missing.is_none()
            && let Some(found) = sentinel::find(counts, &format)
        {
            return Err((found.0, found.1.in_column(name)));
        }
        Ok((Decision::Numeric(format), self.notes))
    }

    /// Notes what a column of texts holds besides.
    fn note_texts(&mut self, counts: &[TextCount<'_>]) {
        let n_all = self.n_numbers + self.n_odd;
        if self.n_numbers > 0 {
            self.notes.retain(|note| note.starts_with("codes"));
            self.notes.push(format!(
                "{} of {n_all} cells are numbers, the others texts: all are read as texts",
                self.n_numbers
            ));
        } else {
            self.notes.retain(|note| note.starts_with("codes"));
        }
        let damaged: Vec<&str> =
            counts.iter().map(|count| count.text).filter(|text| looks_like_damaged_range(text)).take(3).collect();
        if !damaged.is_empty() {
            self.notes
                .push(format!("cells such as \"{}\" look like ranges that a spreadsheet took for dates", damaged[0]));
        }
    }

    /// Whether the cells are dates.
    #[must_use]
    pub fn is_dates(&self) -> bool {
        self.n_dates > 0 && 10 * self.n_dates >= 9 * (self.n_numbers + self.n_odd) && self.options.kind.is_none()
    }
}

enum Point {
    /// Digits alone.
    None,
    Decimal,
    /// It may also part thousands.
    Doubtful,
}

/// Whether a text is a number as programs write it, and none that looks like a code.
fn is_plain(text: &str) -> Option<Point> {
    let bytes = text.as_bytes();
    let digits = bytes.strip_prefix(b"-").unwrap_or(bytes);
    if digits.is_empty() || digits.len() > 15 && !digits.contains(&b'.') {
        return None;
    }
    let mut point = None;
    for (place, byte) in digits.iter().enumerate() {
        match byte {
            b'0'..=b'9' => {}
            b'.' if point.is_none() && digits.len() > 1 => point = Some(place),
            _ => return None,
        }
    }
    let whole = point.unwrap_or(digits.len());
    if whole > 1 && digits[0] == b'0' {
        return None;
    }
    Some(match point {
        None => Point::None,
        Some(place) if (1..=3).contains(&place) && digits.len() == place + 4 && digits[0] != b'0' => Point::Doubtful,
        Some(_) => Point::Decimal,
    })
}

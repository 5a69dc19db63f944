//! Whether a column's texts are numbers, and in which notation: decided from all of them.

use std::collections::{BTreeMap, BTreeSet};

use model_core::{MAX_MAGNITUDE, Range};

use super::builder::{ColumnBuilder, TextCount};
use super::categories::Categories;
use super::dates::DateSurvey;
use super::decide::blank_words;
use super::number_format::{ColumnOptions, Kind, NumberFormat};
use super::plain::{Point, is_plain};
use super::{Decision, doubts, sentinel};
use crate::cells::{Affix, Decimal, Numeral, is_blank_word, looks_like_damaged_range};
use crate::error::ColumnProblem;
use crate::note::Note;

/// The texts of a column, before its kind is decided.
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
    /// A cell whose decimal point could also be a thousands separator, if no cell decides.
    has_doubtful_point: Option<&'a str>,
    notes: Vec<Note>,
    /// The line of the first ambiguous cell.
    doubtful_line: u64,
}

/// In a comma-delimited file with at least this many such cells, commas before three digits are thousands separators:
/// where decimal commas are used, files are delimited by semicolons.
const MIN_THOUSANDS: usize = 10;
/// Maximum number of cells that a message lists.
const MAX_LISTED: usize = 5;

/// What was done to read numbers, as note codes.
const DONE: [(&str, &str); 8] = [
    ("decimal-commas", "have a decimal comma"),
    ("thousands", "have their thousands set apart"),
    ("percents", "have a percent sign and are read as the number before it"),
    ("currency", "are read without their currency"),
    ("units", "are read without their unit"),
    ("times", "are times and are read as hours"),
    ("other-digits", "have digits of another script or of full width"),
    ("quoted", "are numbers that a spreadsheet had marked as text"),
];

/// The most frequent unit or currency, weighted by rows.
fn usual_unit(numerals: &[(TextCount<'_>, Numeral<'_>)]) -> Option<String> {
    let mut n_rows: BTreeMap<String, u64> = BTreeMap::new();
    for (count, numeral) in numerals {
        if let Some(unit) = numeral.unit() {
            *n_rows.entry(unit).or_default() += count.rows;
        }
    }
    n_rows.into_iter().max_by_key(|(_, rows)| *rows).map(|(unit, _)| unit)
}

impl<'a> Survey<'a> {
    /// Examines all texts; `delimiter` is the file's.
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
            doubtful_line: 1,
        };
        let mut numerals: Vec<(TextCount<'a>, Numeral<'a>)> = Vec::new();
        let mut words: BTreeSet<&str> = BTreeSet::new();
        // Points and commas: unambiguous and ambiguous ones.
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
            survey.notes.push(blank_words(words.iter().copied()));
        }
        survey
    }

    /// Adds the numerals as numbers with this decimal sign, and notes what was done to read them.
    fn add_numerals(&mut self, numerals: &[(TextCount<'a>, Numeral<'a>)], decimal: Decimal, is_code_column: bool) {
        let is_forced = self.options.kind == Some(Kind::Numeric);
        let usual_unit = usual_unit(numerals);
        let mut done: BTreeMap<&'static str, (u64, &str)> = BTreeMap::new();
        for (count, numeral) in numerals {
            let is_code = numeral.is_code() && !is_forced;
            // Centimetres among metres, or points out of another total, are different numbers.
            let has_other_unit = numeral.unit().is_some() && numeral.unit() != usual_unit;
            if is_code || has_other_unit || numeral.value(decimal).is_none() {
                self.n_odd += count.rows;
                self.odd.push(*count);
                continue;
            }
            self.n_numbers += count.rows;
            let affix = numeral.affix.as_ref().map(|affix| match affix {
                Affix::Percent => "percents",
                Affix::Currency(_) => "currency",
                Affix::Unit(_) => "units",
                Affix::Hours => "times",
            });
            let is_foreign = count.text.chars().any(|letter| letter.is_numeric() && !letter.is_ascii());
            let said = [
                affix,
                numeral.has_thousands(decimal).then_some("thousands"),
                (decimal == Decimal::Comma && numeral.has_comma()).then_some("decimal-commas"),
                numeral.is_quoted.then_some("quoted"),
                is_foreign.then_some("other-digits"),
            ];
            for code in said.into_iter().flatten() {
                done.entry(code).or_insert((0, count.text)).0 += count.rows;
            }
        }
        if is_code_column {
            let text = "codes such as those with a leading zero are texts, not numbers (--numeric decides otherwise)";
            self.notes.push(Note::new("codes", &[], text.into()).public());
            // In such a column, what looks like a number is a code, too.
            self.n_odd += self.n_numbers;
            self.n_numbers = 0;
        }
        for (code, words) in DONE {
            if let Some((n, example)) = done.get(code) {
                let text = format!("{n} cells {words}");
                let with_example = format!("{text}, such as \"{example}\"");
                let note = Note::new(code, &[("n", n), ("example", example)], with_example);
                self.notes.push(note.published_as(text));
            }
        }
    }

    /// Whether the column has decimal commas.
    #[must_use]
    pub fn has_decimal_commas(&self) -> bool {
        matches!(self.decimal, Ok(Decimal::Comma)) && self.n_numbers > 0
    }

    /// What was done to read the numbers.
    pub(crate) fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// The number format, for a column that must be numeric.
    pub(crate) fn format(&self) -> Result<NumberFormat, (u64, ColumnProblem)> {
        let decimal = self.decimal.clone().map_err(|problem| (self.doubtful_line, problem))?;
        let missing = self.options.missing.clone().unwrap_or_default();
        Ok(NumberFormat { decimal, missing, strict: self.options.strict, dates: None })
    }

    /// The line and text of the first cell that is neither number nor blank.
    pub(super) fn first_odd(&self) -> Option<(u64, String)> {
        self.odd.iter().min_by_key(|count| count.line).map(|count| (count.line, count.text.to_owned()))
    }

    /// The kind of the column, and the notes on it. `builder` is the column, `has_commas` tells whether another column
    /// of the file has decimal commas.
    ///
    /// # Errors
    /// What only a person can decide, with the line of the first cell that it concerns.
    pub fn decide(
        mut self,
        name: &str,
        builder: &ColumnBuilder,
        counts: &[TextCount<'_>],
        has_commas: impl FnOnce() -> bool,
    ) -> Result<(Decision, Vec<Note>), (u64, ColumnProblem)> {
        let forced = self.options.kind;
        if let Some(dates) = DateSurvey::of(name, counts, self.options) {
            return dates.decide(name, self.options).map(|(format, said)| (Decision::Numeric(format), said));
        }
        let line_of = |text: &str| counts.iter().find(|count| count.text == text).map_or(1, |count| count.line);
        let is_numeric = match forced {
            Some(kind) => kind == Kind::Numeric,
            None => self.n_numbers > 0 && self.n_numbers >= 9 * self.n_odd,
        };
        if !is_numeric {
            let mut said = if forced.is_none() { self.notes_on_texts(counts) } else { Vec::new() };
            let missing = self.options.missing.as_deref().unwrap_or_default();
            let min_rows = if forced.is_some() { 0 } else { self.options.min_rows };
            let (categories, notes) = Categories::new(counts, missing, min_rows);
            said.extend(notes);
            return Ok((Decision::Categorical(categories), said));
        }
        let is_number_beyond = |text: &str| {
            text.ends_with(|letter: char| letter.is_ascii_digit())
                && text.parse::<f64>().is_ok_and(|number| number.abs() > MAX_MAGNITUDE)
        };
        if let Some(count) = self.odd.iter().find(|count| is_number_beyond(count.text)) {
            return Err((count.line, ColumnProblem::Magnitude { cell: count.text.to_owned() }));
        }
        if !self.odd.is_empty() && forced.is_none() {
            self.odd.sort_by_key(|count| count.line);
            let cells: Vec<(u64, String)> =
                self.odd.iter().take(MAX_LISTED).map(|count| (count.line, count.text.to_owned())).collect();
            let (column, n_numbers) = (name.to_owned(), usize::try_from(self.n_numbers).unwrap_or(usize::MAX));
            return Err((cells[0].0, ColumnProblem::AlmostNumeric { column, n_numbers, cells }));
        }
        let format = match self.format() {
            Ok(format) => format,
            Err((line, problem)) => match within(&problem, self.options.known.map(|known| known.observed)) {
                Some(decimal) => NumberFormat { decimal, strict: self.options.strict, ..NumberFormat::default() },
                None => return Err((line, problem.in_column(name))),
            },
        };
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
        let is_beyond =
            |text: &str| format.number(text).is_some_and(|number| number != 0.0 && number.abs() < 1.0 / MAX_MAGNITUDE);
        if let Some((line, cell)) = builder.first_that(is_beyond) {
            return Err((line, ColumnProblem::Magnitude { cell: cell.to_owned() }));
        }
        if forced.is_none()
            && self.options.missing.is_none()
            && let Some(found) = sentinel::find(counts, &format)
        {
            return Err((found.0, found.1.in_column(name)));
        }
        let mut said = std::mem::take(&mut self.notes);
        if forced.is_none() {
            said.extend(doubts::of_numbers(name, counts, &format));
        }
        Ok((Decision::Numeric(format), said))
    }

    /// Notes on other content of a column of texts.
    fn notes_on_texts(&self, counts: &[TextCount<'_>]) -> Vec<Note> {
        let n_all = self.n_numbers + self.n_odd;
        let mut said: Vec<Note> = self.notes.iter().filter(|note| note.code == "codes").cloned().collect();
        if self.n_numbers > 0 {
            let n = self.n_numbers;
            let text = format!("{n} of {n_all} cells are numbers, the others texts: all are read as texts");
            said.push(Note::new("numbers-and-texts", &[("n", &n), ("all", &n_all)], text).public());
        }
        let damaged: Vec<&str> =
            counts.iter().map(|count| count.text).filter(|text| looks_like_damaged_range(text)).take(3).collect();
        if !damaged.is_empty() {
            let text = format!("cells such as \"{}\" look like ranges that a spreadsheet took for dates", damaged[0]);
            let note = Note::new("damaged-ranges", &[("example", &damaged[0])], text);
            said.push(note.published_as("cells look like ranges that a spreadsheet took for dates"));
        }
        said
    }
}

/// The decimal sign with which an ambiguous number is within the range of the training data, if only one does.
pub(crate) fn within(problem: &ColumnProblem, observed: Option<Range>) -> Option<Decimal> {
    let (ColumnProblem::Ambiguous { with_point, with_comma, .. }, Some(observed)) = (problem, observed) else {
        return None;
    };
    match (observed.contains(*with_point), observed.contains(*with_comma)) {
        (true, false) => Some(Decimal::Point),
        (false, true) => Some(Decimal::Comma),
        _ => None,
    }
}

//! How a column's numbers are written, and how each of its texts is parsed.

use model_core::{Column, ColumnKind, Date, DateOrder, DateRole, Range, parse_number};

use super::dates::counted;
use crate::cells::{DateReadings, Decimal, Numeral, is_blank_word};

/// The kind of a column's cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Numbers.
    Numeric,
    /// Texts.
    Categorical,
    /// Dates.
    Date,
}

/// A person's settings for a column; by default everything is detected.
#[derive(Debug, Clone, Default)]
pub struct ColumnOptions {
    /// The kind of its cells.
    pub kind: Option<Kind>,
    /// Texts that mean "no value"; if given, even if empty, numbers that look like codes for it are numbers.
    pub missing: Option<Vec<String>>,
    /// Its decimal sign.
    pub decimal: Option<Decimal>,
    /// The first part of its dates.
    pub dates: Option<DateOrder>,
    /// What the model knows about it, if it is one of the model's columns.
    pub known: Option<KnownColumn>,
    /// Whether words such as `?` are not blanks: a result must be a number, or be empty.
    pub strict: bool,
    /// Whether what only a person can decide becomes a note, and the column is read as numbers nevertheless: for a
    /// preview.
    pub lenient: bool,
    /// Categories of fewer rows are grouped.
    pub min_rows: u64,
}

/// What a model knows about a numeric or date column, which resolves ambiguous cells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KnownColumn {
    /// Smallest and largest number in the training data.
    pub observed: Range,
    /// The date that day numbers are relative to.
    pub since: Option<Date>,
    /// The first part of the training file's dates.
    pub order: Option<DateOrder>,
}

/// How a column's numbers, or dates, are written.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NumberFormat {
    pub(super) decimal: Decimal,
    pub(super) missing: Vec<String>,
    pub(super) strict: bool,
    pub(super) dates: Option<DateFormat>,
}

/// How the dates of a column are written; their numbers are days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateFormat {
    /// The first part of the dates that don't begin with the year, if there are any.
    pub order: Option<DateOrder>,
    /// The day that is 0.
    pub since: Date,
    /// Whether they are day numbers, as in spreadsheets.
    pub(super) is_counted: bool,
}

/// The meaning of one text in a numeric column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell {
    /// A finite number.
    Number(f64),
    /// No value.
    Blank,
    /// Neither.
    Odd,
}

impl ColumnOptions {
    /// For a column of a model, whose kind is known.
    #[must_use]
    pub fn of_known(column: &Column) -> Self {
        let kind = match column.kind {
            ColumnKind::Categorical { .. } => Kind::Categorical,
            ColumnKind::Numeric { .. } if column.date.is_some() => Kind::Date,
            ColumnKind::Numeric { .. } => Kind::Numeric,
        };
        Self { kind: Some(kind), known: KnownColumn::of(column), ..Self::default() }
    }
}

impl KnownColumn {
    pub(crate) fn of(column: &Column) -> Option<Self> {
        let ColumnKind::Numeric { observed, .. } = column.kind else { return None };
        let order = if let Some(DateRole::Days { order, .. }) = column.date { order } else { None };
        Some(Self { observed, since: column.last_day(), order })
    }
}

impl NumberFormat {
    /// Numbers with this decimal sign.
    pub(crate) fn new(decimal: Decimal) -> Self {
        Self { decimal, ..Self::default() }
    }

    /// Parses a text without surrounding white space.
    #[must_use]
    pub fn read(&self, text: &str) -> Cell {
        if !self.missing.is_empty() && self.missing.iter().any(|missing| missing == text) {
            return Cell::Blank;
        }
        if let Some(dates) = &self.dates {
            return dates.read(text);
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

    /// The decimal sign.
    #[must_use]
    pub fn decimal(&self) -> Decimal {
        self.decimal
    }

    /// How dates are written, in a column of dates.
    #[must_use]
    pub fn dates(&self) -> Option<DateFormat> {
        self.dates
    }
}

impl DateFormat {
    fn read(&self, text: &str) -> Cell {
        let order = self.order.unwrap_or(DateOrder::DayFirst);
        let date = match DateReadings::of(text) {
            Some(readings) => readings.in_order(order),
            None if is_blank_word(text) => return Cell::Blank,
            None => counted(text).filter(|_| self.is_counted),
        };
        date.map_or(Cell::Odd, |date| Cell::Number(date.days_since(self.since)))
    }
}

//! How a column's numbers are written, and what each of its texts is then.

use model_core::{Column, ColumnKind, Date, DateOrder, DateRole, Range, parse_number};

use super::dates::counted;
use crate::cells::{DateReadings, Decimal, Numeral, is_blank_word};

/// What a column's cells are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Numbers.
    Numeric,
    /// Texts.
    Categorical,
    /// Dates.
    Date,
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
    /// What its dates begin with.
    pub dates: Option<DateOrder>,
    /// What a model knows of it, if it is one of a model's.
    pub known: Option<KnownColumn>,
    /// Whether words such as `?` are no blanks: a result must be a number, or be empty.
    pub strict: bool,
    /// Whether what only a person can decide is a note, and the column is read as numbers nevertheless: for a first look.
    pub lenient: bool,
    /// A category of fewer rows is another value.
    pub min_rows: u64,
}

/// What a model knows of a column of numbers or dates: it tells what cells of two readings mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KnownColumn {
    /// Smallest and largest number that training saw.
    pub observed: Range,
    /// The day that dates are counted from.
    pub since: Option<Date>,
    /// What the training file's dates begin with.
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

/// How a column's dates are written, whose numbers are days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateFormat {
    /// What those begin with that don't begin with the year, where there are any.
    pub order: Option<DateOrder>,
    /// The day that is 0.
    pub since: Date,
    /// Whether they are numbers, as spreadsheets count days.
    pub(super) is_counted: bool,
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

impl ColumnOptions {
    /// For a column of a model's, whose kind is known.
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

    /// The sign before fractions.
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

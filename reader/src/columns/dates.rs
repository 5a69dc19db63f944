//! Whether a column's texts are dates, and the order of their parts: decided from all of them.

use std::collections::BTreeSet;

use model_core::{Date, DateOrder, parse_number};

use super::builder::TextCount;
use super::decide::blank_words;
use super::number_format::{ColumnOptions, DateFormat, Kind, KnownColumn, NumberFormat};
use crate::cells::{DateReadings, counted_day, is_blank_word};
use crate::error::ColumnProblem;
use crate::names::fold_name;
use crate::note::Note;

/// Parts of column names that indicate dates.
const DAYS: [&str; 9] = ["date", "day", "birth", "dob", "datum", "fecha", "naissance", "geburt", "enrol"];
/// The number of texts that are tried to decide whether the column can be one of dates.
const MAX_TRIED: usize = 100;
/// Maximum number of cells that a message lists.
const MAX_LISTED: usize = 5;

/// A column whose cells are dates.
#[derive(Debug)]
pub(crate) struct DateSurvey<'a> {
    dates: Vec<(TextCount<'a>, DateReadings)>,
    odd: Vec<TextCount<'a>>,
    is_counted: bool,
    words: BTreeSet<&'a str>,
    missing: Vec<String>,
}

/// The first part of a column's dates, or that it is unknown.
enum Order {
    Said(Option<DateOrder>),
    Open(Box<ColumnProblem>, u64),
}

impl<'a> DateSurvey<'a> {
    /// The dates of a column, if most of its cells are dates, or if the options say so.
    pub(crate) fn of(name: &str, counts: &[TextCount<'a>], options: &ColumnOptions) -> Option<Self> {
        let is_said = options.kind == Some(Kind::Date);
        if options.strict || options.kind.is_some_and(|kind| kind != Kind::Date) {
            return None;
        }
        let missing = options.missing.clone().unwrap_or_default();
        let is_missing = |text: &str| missing.iter().any(|missing| missing == text);
        let present = || counts.iter().filter(|count| !is_missing(count.text) && !is_blank_word(count.text));
        let n_tried = present().take(MAX_TRIED).count();
        let is_counted = n_tried > 0
            && (is_said || says_day(name))
            && present().take(MAX_TRIED).all(|count| counted(count.text).is_some())
            && (is_said || (counts.len() >= 3 && present().all(|count| counted(count.text).is_some())));
        let n_dates = present().take(MAX_TRIED).filter(|count| DateReadings::of(count.text).is_some()).count();
        if !is_said && !is_counted && 2 * n_dates < n_tried.max(1) {
            return None;
        }
        let mut survey =
            Self { dates: Vec::new(), odd: Vec::new(), is_counted, words: BTreeSet::new(), missing: missing.clone() };
        survey.words = counts.iter().map(|count| count.text).filter(|text| is_blank_word(text)).collect();
        for count in present() {
            let readings = if is_counted {
                counted(count.text).map(|date| DateReadings { day_first: Some(date), month_first: Some(date) })
            } else {
                DateReadings::of(count.text)
            };
            match readings {
                Some(readings) => survey.dates.push((*count, readings)),
                None => survey.odd.push(*count),
            }
        }
        let rows = |rows: &mut dyn Iterator<Item = u64>| rows.sum::<u64>();
        let n_dates = rows(&mut survey.dates.iter().map(|(count, _)| count.rows));
        let n_odd = rows(&mut survey.odd.iter().map(|count| count.rows));
        (is_said || (n_dates > 0 && n_dates >= 9 * n_odd)).then_some(survey)
    }

    /// How the cells are read, and the notes on that.
    ///
    /// # Errors
    /// What only a person can decide, with the line of the first cell that it concerns.
    pub(super) fn decide(
        mut self,
        name: &str,
        options: &ColumnOptions,
    ) -> Result<(NumberFormat, Vec<Note>), (u64, ColumnProblem)> {
        let order = self.order_by(options.dates, options.known, name)?;
        let usual = order.unwrap_or(DateOrder::DayFirst);
        let (dates, others): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.dates).into_iter().partition(|(_, found)| found.in_order(usual).is_some());
        self.dates = dates;
        self.odd.extend(others.into_iter().map(|(count, _)| count));
        if !self.odd.is_empty() {
            self.odd.sort_by_key(|count| count.line);
            let n_dates: u64 = self.dates.iter().map(|(count, _)| count.rows).sum();
            let cells: Vec<(u64, String)> =
                self.odd.iter().take(MAX_LISTED).map(|count| (count.line, count.text.to_owned())).collect();
            let n_dates = usize::try_from(n_dates).unwrap_or(usize::MAX);
            return Err((cells[0].0, ColumnProblem::AlmostDates { column: name.to_owned(), n_dates, cells }));
        }
        let days = self.dates.iter().filter_map(|(_, found)| found.in_order(usual));
        let since = options.known.and_then(|known| known.since).or_else(|| days.max()).unwrap_or(Date::EPOCH);
        let notes = self.notes(order);
        Ok((self.format(order, since), notes))
    }

    /// How the cells of a model's column of dates are read. Cells that are not dates are ignored.
    ///
    /// # Errors
    /// Dates are ambiguous, and neither their column nor training decides.
    pub(crate) fn decide_known(
        self,
        name: &str,
        said: Option<DateOrder>,
        known: KnownColumn,
    ) -> Result<(NumberFormat, Vec<Note>), (u64, ColumnProblem)> {
        let order = self.order_by(said, Some(known), name)?;
        let notes = self.notes(order);
        Ok((self.format(order, known.since.unwrap_or(Date::EPOCH)), notes))
    }

    /// The order of dates: from the options, from the cells, or from the range of the training data.
    fn order_by(
        &self,
        said: Option<DateOrder>,
        known: Option<KnownColumn>,
        name: &str,
    ) -> Result<Option<DateOrder>, (u64, ColumnProblem)> {
        match self.order(said) {
            Order::Said(order) => Ok(order),
            Order::Open(problem, line) => {
                let trained = known.and_then(|known| known.order.or_else(|| self.order_within(known)));
                trained.map(Some).ok_or_else(|| (line, problem.in_column(name)))
            }
        }
    }

    fn format(self, order: Option<DateOrder>, since: Date) -> NumberFormat {
        let dates = DateFormat { order, since, is_counted: self.is_counted };
        NumberFormat { missing: self.missing, dates: Some(dates), ..NumberFormat::default() }
    }

    /// The order of most of the unambiguous cells.
    fn order(&self, said: Option<DateOrder>) -> Order {
        let (mut n_day_first, mut n_month_first) = (0, 0);
        let mut open = None;
        for (count, found) in &self.dates {
            match (found.day_first, found.month_first) {
                (Some(_), None) => n_day_first += count.rows,
                (None, Some(_)) => n_month_first += count.rows,
                (Some(day_first), Some(month_first)) if day_first != month_first => {
                    open.get_or_insert((count, day_first, month_first));
                }
                _ => {}
            }
        }
        match (said, open) {
            (None, Some((count, day_first, month_first))) if n_day_first == 0 && n_month_first == 0 => {
                let cell = count.text.to_owned();
                let problem = ColumnProblem::AmbiguousDate { column: String::new(), cell, day_first, month_first };
                Order::Open(Box::new(problem), count.line)
            }
            (Some(order), _) => Order::Said(Some(order)),
            (None, None) if n_day_first == 0 && n_month_first == 0 => Order::Said(None),
            (None, _) => {
                let is_month = n_month_first > n_day_first;
                Order::Said(Some(if is_month { DateOrder::MonthFirst } else { DateOrder::DayFirst }))
            }
        }
    }

    /// The order in which more of the dates are within the range of the training data.
    fn order_within(&self, known: KnownColumn) -> Option<DateOrder> {
        let since = known.since?;
        let n_within = |order| {
            let days = self.dates.iter().filter_map(|(_, found)| found.in_order(order));
            days.filter(|day| known.observed.contains(day.days_since(since))).count()
        };
        match (n_within(DateOrder::DayFirst), n_within(DateOrder::MonthFirst)) {
            (day_first, month_first) if day_first > month_first => Some(DateOrder::DayFirst),
            (day_first, month_first) if day_first < month_first => Some(DateOrder::MonthFirst),
            _ => None,
        }
    }

    fn notes(&self, order: Option<DateOrder>) -> Vec<Note> {
        let mut notes = Vec::new();
        if let (Some(order), Some((first, _))) = (order, self.dates.first()) {
            let (code, words) = match order {
                DateOrder::DayFirst => ("day-first", "the day"),
                DateOrder::MonthFirst => ("month-first", "the month"),
            };
            let example = first.text;
            let text = format!("dates begin with {words}, such as \"{example}\"");
            let note = Note::new(code, &[("example", &example)], text);
            notes.push(note.published_as(format!("dates begin with {words}")));
        }
        if let (true, Some((first, _))) = (self.is_counted, self.dates.first()) {
            let (example, day) = (first.text, counted(first.text).unwrap_or(Date::EPOCH));
            let text =
                format!("numbers are days as spreadsheets count them: {example} is {day} (--numeric keeps them)");
            let note = Note::new("counted-days", &[("example", &example), ("day", &day)], text);
            notes.push(note.published_as("numbers are days as spreadsheets count them"));
        }
        if !self.words.is_empty() {
            notes.push(blank_words(self.words.iter().copied()));
        }
        notes
    }
}

/// Whether a column's name indicates dates.
pub(super) fn says_day(name: &str) -> bool {
    let name = fold_name(name);
    DAYS.iter().any(|part| name.contains(part))
}

/// The date that a number stands for.
pub(super) fn counted(text: &str) -> Option<Date> {
    parse_number(text).and_then(counted_day)
}

//! A row below the header that is not a record: the maximum points, or the unit of each column.

use super::sample::SampleRow;
use crate::cells::{fold_text, is_blank_word, looks_numeric};

const POINTS: [&str; 18] = [
    "points possible",
    "possible points",
    "max points",
    "maximum points",
    "points",
    "max",
    "maximum",
    "max score",
    "maximum score",
    "out of",
    "possible",
    "full marks",
    "total marks",
    "maximalpunktzahl",
    "punkte",
    "max punkte",
    "höchstpunktzahl",
    "points max",
];
const UNITS: [&str; 26] = [
    "points", "pts", "%", "percent", "h", "hours", "hrs", "min", "minutes", "s", "cm", "mm", "m", "km", "kg", "g",
    "lb", "years", "yrs", "days", "text", "number", "integer", "string", "punkte", "stunden",
];

/// The kinds of rows below the header that are not records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BelowHeader {
    Points,
    Units,
}

impl BelowHeader {
    pub(super) fn in_words(self) -> &'static str {
        match self {
            Self::Points => "tells the points possible",
            Self::Units => "tells what the columns are measured in",
        }
    }

    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Points => "points-row",
            Self::Units => "units-row",
        }
    }
}

/// The kind of the first row below the header, if it is not a record.
pub(super) fn what_is_first(header: &[String], records: &[SampleRow]) -> Option<BelowHeader> {
    let (first, others) = records.split_first()?;
    if others.len() < 3 {
        return None;
    }
    let column =
        |field: usize| others.iter().filter_map(move |row| row.cells.get(field)).filter(|cell| !cell.is_empty());
    let is_numeric = |field: usize| {
        let (all, numbers) = (column(field).count(), column(field).filter(|cell| looks_numeric(cell)).count());
        all > 0 && 10 * numbers >= 9 * all
    };
    let cells = || first.cells.iter().enumerate().take(header.len()).filter(|(_, cell)| !cell.is_empty());
    let is_new = |field: usize, cell: &String| !column(field).any(|other| other == cell);
    let is_points = cells()
        .any(|(field, cell)| !is_numeric(field) && POINTS.contains(&fold_text(cell).as_str()) && is_new(field, cell));
    if is_points && cells().any(|(field, cell)| is_numeric(field) && looks_numeric(cell)) {
        return Some(BelowHeader::Points);
    }
    let is_unit = |cell: &String| {
        let text = fold_text(cell);
        let text = text.trim_matches(['(', ')', '[', ']']);
        UNITS.contains(&text) || text.starts_with('/')
    };
    let over_numbers: Vec<&String> = cells().filter(|(field, _)| is_numeric(*field)).map(|(_, cell)| cell).collect();
    let all_texts = !over_numbers.is_empty()
        && over_numbers.iter().all(|cell| !looks_numeric(cell) && !is_blank_word(cell) && cell.chars().count() <= 16);
    let others_new = cells().filter(|(field, _)| !is_numeric(*field)).all(|(field, cell)| is_new(field, cell));
    (all_texts && others_new && over_numbers.iter().all(|cell| is_unit(cell))).then_some(BelowHeader::Units)
}

//! What was found in each of a model's columns while a file was read: the reading report for records.

use std::collections::BTreeMap;

use model_core::{ColumnKind, Schema, Value};

use super::{KnownFormat, Parsed};
use crate::note::Note;

/// Maximum number of spellings that a note lists.
const MAX_LISTED: usize = 3;

/// Counts over the rows read so far.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    columns: Vec<ColumnTally>,
    n_rows: u64,
}

#[derive(Debug, Clone, Default)]
struct ColumnTally {
    n_blanks: u64,
    n_odd: u64,
    n_unseen: u64,
    n_outside: u64,
    n_respelled: u64,
    /// The first other spellings, with the code of their category.
    spellings: BTreeMap<String, u32>,
    unseen: BTreeMap<String, Option<u32>>,
    example: Option<String>,
}

/// What was decided about one of the model's columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownReading {
    /// The name in the model.
    pub name: String,
    /// The name in the file; `None` if it is missing.
    pub found: Option<String>,
    /// `numeric`, `date` or `categorical`.
    pub kind: &'static str,
    /// How many rows have a value.
    pub n_values: u64,
    /// How many rows have none.
    pub n_blanks: u64,
    /// How many rows have something other than a number where one is expected.
    pub n_odd: u64,
    /// How many rows have a category that is not in the training data.
    pub n_unseen: u64,
    /// How many rows have a number outside the range of the training data.
    pub n_outside: u64,
    /// The first cell that is not blank.
    pub example: String,
    /// What changed the meaning of cells.
    pub notes: Vec<Note>,
}

impl Tally {
    /// No counts yet.
    #[must_use]
    pub fn new(n_columns: usize) -> Self {
        Self { columns: vec![ColumnTally::default(); n_columns], n_rows: 0 }
    }

    /// Counts a row that was read.
    pub fn add_row(&mut self) {
        self.n_rows += 1;
    }

    /// Counts a remark of [`super::RecordParser::parse`].
    pub fn add(&mut self, column: usize, parsed: Parsed, cell: &[u8]) {
        let Some(column) = self.columns.get_mut(column) else { return };
        let text = || String::from_utf8_lossy(cell).into_owned();
        match parsed {
            Parsed::Value(Value::Missing) => column.n_blanks += 1,
            Parsed::Value(Value::Unseen) | Parsed::Another(_) => {
                column.n_unseen += 1;
                let another = if let Parsed::Another(code) = parsed { Some(code) } else { None };
                if column.unseen.len() < MAX_LISTED {
                    column.unseen.insert(text(), another);
                }
            }
            Parsed::Respelled(code) => {
                column.n_respelled += 1;
                if column.spellings.len() < MAX_LISTED {
                    column.spellings.insert(text(), code);
                }
            }
            Parsed::Wrong => column.n_odd += 1,
            Parsed::Value(Value::Number(_) | Value::Category(_)) => {}
        }
    }

    /// Counts a number outside the range of the training data.
    pub fn add_outside(&mut self, column: usize) {
        if let Some(column) = self.columns.get_mut(column) {
            column.n_outside += 1;
        }
    }

    /// Keeps the first cell of a column that is not blank.
    pub fn show(&mut self, column: usize, cell: &[u8]) {
        if let Some(column) = self.columns.get_mut(column)
            && column.example.is_none()
            && !cell.is_empty()
        {
            column.example = Some(String::from_utf8_lossy(cell).into_owned());
        }
    }

    /// Whether every column has its example.
    #[must_use]
    pub fn has_examples(&self) -> bool {
        self.columns.iter().all(|column| column.example.is_some())
    }

    /// One reading per input of the schema; `found` are the file's names of the columns.
    #[must_use]
    pub fn readings(&self, schema: &Schema, found: &[Option<String>], formats: &[KnownFormat]) -> Vec<KnownReading> {
        let columns = schema.inputs().iter().zip(&self.columns).zip(found).enumerate();
        columns
            .map(|(idx, ((column, tally), found))| {
                let mut notes = formats.get(idx).map(|format| format.notes.clone()).unwrap_or_default();
                if let ColumnKind::Categorical { values, .. } = &column.kind {
                    notes.extend(tally.notes(values));
                }
                let n_blanks = if found.is_some() { tally.n_blanks } else { self.n_rows };
                KnownReading {
                    name: column.name.clone(),
                    found: found.clone(),
                    kind: match column.kind {
                        _ if column.date.is_some() => "date",
                        ColumnKind::Numeric { .. } => "numeric",
                        ColumnKind::Categorical { .. } => "categorical",
                    },
                    n_values: self.n_rows.saturating_sub(n_blanks + tally.n_odd),
                    n_blanks,
                    n_odd: tally.n_odd,
                    n_unseen: tally.n_unseen,
                    n_outside: tally.n_outside,
                    example: tally.example.clone().unwrap_or_default(),
                    notes,
                }
            })
            .collect()
    }
}

impl ColumnTally {
    fn notes(&self, values: &[String]) -> Vec<Note> {
        let label = |code: &u32| values.get(*code as usize).map_or("", String::as_str);
        let mut notes = Vec::new();
        if self.n_respelled > 0 {
            let spellings = self.spellings.iter().map(|(text, code)| format!("\"{text}\" → \"{}\"", label(code)));
            let (n, listed) = (self.n_respelled, spellings.collect::<Vec<_>>().join(", "));
            let text = format!("{n} cells are spelled otherwise than in training: {listed}");
            notes.push(Note::new("spellings", &[("n", &n), ("listed", &listed)], text));
        }
        if self.n_unseen > 0 {
            let listed = self.unseen.keys().map(|text| format!("\"{text}\"")).collect::<Vec<_>>().join(", ");
            let another = self.unseen.values().flatten().next();
            let (n, code) = (self.n_unseen, if another.is_some() { "unseen-another" } else { "unseen" });
            let read = another.map(|code| format!(", read as \"{}\"", label(code))).unwrap_or_default();
            let text = format!("{n} cells have a value that training has not seen: {listed}{read}");
            let another = another.map_or("", label);
            notes.push(Note::new(code, &[("n", &n), ("listed", &listed), ("another", &another)], text));
        }
        notes
    }
}

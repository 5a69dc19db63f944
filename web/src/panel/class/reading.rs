//! The reading report: the reader's decisions about the file and each column.

use wasm_bindgen::JsValue;

use super::worker::{count_of, get, items_of, text_of, texts_by_name};

/// The reading report.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Reading {
    pub(super) notes: Vec<Note>,
    pub(super) columns: Vec<ColumnReading>,
}

/// A note on a decision.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Note {
    pub(super) code: String,
    pub(super) figures: Vec<(String, String)>,
    /// In English.
    pub(super) text: String,
}

/// The decisions about one of the model's columns.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ColumnReading {
    /// The column's name in the file, if it is there.
    pub(super) found: Option<String>,
    pub(super) n_values: usize,
    pub(super) n_blanks: usize,
    pub(super) n_unseen: usize,
    pub(super) example: String,
    pub(super) notes: Vec<Note>,
}

impl Reading {
    pub(super) fn read(report: &JsValue) -> Self {
        let note = |note: &JsValue| Note {
            code: text_of(note, "code"),
            figures: texts_by_name(&get(note, "figures")),
            text: text_of(note, "text"),
        };
        let notes = |of: &JsValue| items_of(of, "notes").iter().map(note).collect();
        let column = |column: &JsValue| ColumnReading {
            found: get(column, "found").as_string(),
            n_values: count_of(column, "values"),
            n_blanks: count_of(column, "blanks"),
            n_unseen: count_of(column, "unseen") + count_of(column, "outside"),
            example: text_of(column, "example"),
            notes: notes(column),
        };
        Self { notes: notes(report), columns: items_of(report, "columns").iter().map(column).collect() }
    }
}

//! JSON for JavaScript.

use model_core::Schema;
use reader::{KnownReading, Note, ReadError, RecordReader, Skipped, Tally};
use serde_json::{Map, Value as Json, json};
use wasm_bindgen::prelude::JsValue;

use crate::batch::Problem;

fn figures(figures: &[(&'static str, String)]) -> Json {
    Json::Object(
        figures.iter().map(|(name, figure)| ((*name).to_owned(), figure.as_str().into())).collect::<Map<_, _>>(),
    )
}

fn note(note: &Note) -> Json {
    json!({ "code": note.code, "figures": figures(&note.figures), "text": note.to_string() })
}

/// An error: its code, a sentence in English, and the values for the placeholders of a translation.
pub(crate) fn error(error: &ReadError) -> JsValue {
    let answer = json!({
        "code": error.code(),
        "message": error.to_string(),
        "column": error.column(),
        "figures": figures(&error.figures()),
    });
    answer.to_string().into()
}

pub(crate) fn header(reader: &RecordReader<'_>) -> String {
    let known = reader.known();
    let fields: Vec<i64> = known.fields.iter().map(|field| field.map_or(-1, |field| field as i64)).collect();
    let doubtful: Vec<Json> =
        known.doubtful.iter().map(|(column, found)| json!({ "column": column, "found": found })).collect();
    json!({
        "header": reader.table().names(),
        "line": reader.table().header().1,
        "fields": fields,
        "target": known.target.map_or(-1, |field| field as i64),
        "missing": known.missing,
        "doubtful": doubtful,
    })
    .to_string()
}

pub(crate) fn problems(problems: &[Problem], schema: &Schema) -> String {
    let problem = |problem: &Problem| {
        let column = problem.column.and_then(|column| schema.columns.get(column));
        json!({
            "row": problem.row,
            "line": problem.line,
            "column": column.map(|column| column.name.as_str()),
            "label": column.map(|column| column.label.as_str()),
            "code": problem.code,
            "isBad": problem.is_bad,
            "figures": figures(&problem.figures),
        })
    };
    Json::Array(problems.iter().map(problem).collect()).to_string()
}

pub(crate) fn report(
    reader: &RecordReader<'_>,
    schema: &Schema,
    fields: &[Option<usize>],
    tally: &Tally,
    skipped: &Skipped,
) -> String {
    let names = reader.table().names();
    let found: Vec<Option<String>> =
        fields.iter().map(|field| field.and_then(|field| names.get(field)).cloned()).collect();
    let readings = tally.readings(schema, &found, reader.formats());
    let column = |reading: &KnownReading| {
        json!({
            "name": reading.name,
            "found": reading.found,
            "kind": reading.kind,
            "values": reading.n_values,
            "blanks": reading.n_blanks,
            "odd": reading.n_odd,
            "unseen": reading.n_unseen,
            "outside": reading.n_outside,
            "example": reading.example,
            "notes": reading.notes.iter().map(note).collect::<Vec<_>>(),
        })
    };
    let notes: Vec<Json> = reader.table().notes().iter().chain(&skipped.notes()).map(note).collect();
    json!({ "notes": notes, "columns": readings.iter().map(column).collect::<Vec<_>>() }).to_string()
}

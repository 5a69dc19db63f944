//! JSON for JavaScript.

use model_core::Report;
use reader::{ColumnReading, ReadError, ReadingReport};
use serde_json::{Map, Value as Json, json};
use trainer::{
    CandidatesError, ColumnData, ConfigError, IngestError, Ingested, Outcome, RawColumn, TargetGuess, TrainError,
};
use wasm_bindgen::prelude::JsValue;

/// An error: a code, a sentence in English, and the values for the placeholders of a translation.
pub(crate) struct Problem {
    code: &'static str,
    message: String,
    figures: Vec<(&'static str, String)>,
}

impl Problem {
    pub(crate) fn new(code: &'static str, message: &str) -> Self {
        Self { code, message: message.to_owned(), figures: Vec::new() }
    }
}

impl From<Problem> for JsValue {
    fn from(Problem { code, message, figures }: Problem) -> Self {
        let figures: Map<String, Json> =
            figures.into_iter().map(|(name, text)| (name.to_owned(), text.into())).collect();
        json!({ "code": code, "message": message, "figures": figures }).to_string().into()
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        Self { code: error.code(), message: error.to_string(), figures: error.figures() }
    }
}

impl From<IngestError> for Problem {
    fn from(error: IngestError) -> Self {
        let message = error.to_string();
        let (code, figures) = match error {
            IngestError::File(error) => return error.into(),
            IngestError::NotANumber { location, cell, .. } => {
                ("not-a-number", vec![("line", location.line.to_string()), ("column", location.column), ("cell", cell)])
            }
            IngestError::NoTarget { location } => ("target-blank", vec![("column", location.column)]),
            IngestError::ConstantTarget { column, value, .. } => {
                ("target-constant", vec![("column", column), ("value", value.to_string())])
            }
            IngestError::NoInputs { .. } => ("no-inputs", Vec::new()),
            _ => ("bad-table", Vec::new()),
        };
        Self { code, message, figures }
    }
}

impl From<ConfigError> for Problem {
    fn from(error: ConfigError) -> Self {
        Self::new("bad-settings", &error.to_string())
    }
}

impl From<CandidatesError> for Problem {
    fn from(error: CandidatesError) -> Self {
        Self::new("bad-settings", &error.to_string())
    }
}

impl From<TrainError> for Problem {
    fn from(error: TrainError) -> Self {
        let message = error.to_string();
        match error {
            TrainError::Split(_) => Self::new("too-few-rows", &message),
            TrainError::BelowFloor { family, found, floor } => Self {
                code: "below-floor",
                message,
                figures: vec![("family", family), ("found", found.to_string()), ("floor", floor.to_string())],
            },
            TrainError::NotPublishable { .. } => Self::new("not-publishable", &message),
            _ => Self::new("not-trained", &message),
        }
    }
}

pub(crate) fn found(columns: &[RawColumn], report: &ReadingReport, guess: Option<&TargetGuess>) -> String {
    let n_rows = columns.first().map_or(0, |column| match &column.data {
        ColumnData::Numeric(numbers) => numbers.len(),
        ColumnData::Categorical { codes, .. } => codes.len(),
    });
    let column = |(column, reading): (&RawColumn, &ColumnReading)| {
        json!({
            "name": column.name,
            "kind": if column.is_numeric() { "numeric" } else { "categorical" },
            "values": reading.n_values,
            "blanks": reading.n_blanks,
            "different": column.n_distinct,
            "example": reading.example,
            "constant": column.constant,
            "identifier": column.identifier,
            "notes": column.notes,
        })
    };
    json!({
        "rows": n_rows,
        "notes": report.notes.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "columns": columns.iter().zip(&report.columns).map(column).collect::<Vec<_>>(),
        "guess": guess.map(|guess| json!({ "column": guess.column, "word": guess.word, "reason": guess.reason })),
    })
    .to_string()
}

/// `work` is the estimated work by effort, in table cells that fits read.
pub(crate) fn prepared(Ingested { table, sha256, .. }: &Ingested, work: &[(&str, Option<f64>)]) -> String {
    let left_out: Vec<Json> =
        table.left_out.iter().map(|left| json!({ "column": left.column, "reason": left.reason })).collect();
    json!({
        "rows": table.n_rows(),
        "columns": table.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(),
        "leftOut": left_out,
        "notices": table.notices,
        "sha256": sha256,
        "work": work.iter().map(|(effort, work)| ((*effort).to_owned(), json!(work))).collect::<Map<String, Json>>(),
    })
    .to_string()
}

pub(crate) fn trained(outcome: &Outcome, min_r2: f64) -> String {
    let Report { champion, holdout, data, n_candidates, .. } = &outcome.report;
    json!({
        "family": champion.family,
        "params": champion.params,
        "reason": champion.reason,
        "crossValidatedR2": champion.cv.r2_mean,
        "minR2": min_r2,
        "heldBack": { "r2": holdout.r2, "mae": holdout.mae, "rmse": holdout.rmse, "rows": data.rows_holdout },
        "rows": data.rows,
        "candidates": n_candidates,
        "notices": outcome.notices,
        "failedGates": outcome.failed_gates,
    })
    .to_string()
}

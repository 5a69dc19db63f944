//! Errors are created in JavaScript; this half returns a line of text: a code, the file or `-`, and the message,
//! separated by spaces. The codes are part of the module's interface (`js/scorecast-core.d.ts`).

use model_core::{ArtifactError, RecordError, RecordProblem, Schema};
use wasm_bindgen::prelude::JsValue;

pub(crate) fn artifact_error(error: &ArtifactError) -> JsValue {
    line(error.code(), error.file().name(), error)
}

pub(crate) fn record_error(error: &RecordError) -> JsValue {
    line(error.code(), "-", error)
}

pub(crate) fn wrong_type(schema: &Schema, column_idx: usize) -> RecordError {
    RecordError { column: schema.columns[column_idx].name.clone(), problem: RecordProblem::WrongType }
}

fn line(code: &str, file: &str, error: &dyn std::fmt::Display) -> JsValue {
    JsValue::from_str(&format!("{code} {file} {error}"))
}

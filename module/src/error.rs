//! What JavaScript throws is made there; from here comes a line of text: a code, the file or `-`, and the message, parted
//! by spaces. The codes are part of the module's interface (`js/scorecast-core.d.ts`).

use model_core::{ArtifactError, ArtifactFile, RecordError, RecordProblem, Schema};
use wasm_bindgen::prelude::JsValue;

pub(crate) fn artifact_error(error: &ArtifactError) -> JsValue {
    let (code, file) = match error {
        ArtifactError::Truncated { file, .. } => ("truncated", file.name()),
        ArtifactError::Malformed { file, .. } => ("malformed", file.name()),
        ArtifactError::WrongKind { file, .. } => ("wrong-kind", file.name()),
        ArtifactError::NewerFormat { file, .. } => ("newer-format", file.name()),
        ArtifactError::Tampered { file } => ("tampered", file.name()),
        ArtifactError::Invalid { file, .. } | ArtifactError::NotFinite { file } => ("invalid", file.name()),
        ArtifactError::NotAPair { .. } => ("not-a-pair", ArtifactFile::Model.name()),
        ArtifactError::TooLarge { file, .. } => ("too-large", file.name()),
    };
    line(code, file, error)
}

pub(crate) fn record_error(error: &RecordError) -> JsValue {
    let code = match error.problem {
        RecordProblem::NotANumber { .. } => "not-a-number",
        RecordProblem::UnknownCategory { .. } => "unknown-category",
        RecordProblem::UnknownColumn { .. } => "unknown-column",
        RecordProblem::WrongType => "wrong-type",
    };
    line(code, "-", error)
}

pub(crate) fn wrong_type(schema: &Schema, column_idx: usize) -> RecordError {
    RecordError { column: schema.columns[column_idx].name.clone(), problem: RecordProblem::WrongType }
}

pub(crate) fn unknown_column(schema: &Schema, name: &str) -> RecordError {
    let known = schema.columns.iter().map(|column| column.name.clone()).collect();
    RecordError { column: name.into(), problem: RecordProblem::UnknownColumn { known } }
}

fn line(code: &str, file: &str, error: &dyn std::fmt::Display) -> JsValue {
    JsValue::from_str(&format!("{code} {file} {error}"))
}

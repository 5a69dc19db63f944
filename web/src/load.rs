//! From the texts of the files to a predictor and its report, or an error.

use std::sync::Arc;

use model_core::{ArtifactError, ArtifactFile, Predictor, Report, file_sha256, read_report};
use thiserror::Error;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use crate::format::fingerprint;
use crate::i18n::{I18n, Language};

/// A loaded model.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// The preprocessor and the model.
    pub(crate) predictor: Predictor,
    /// The training report; optional for a visitor's own model.
    pub(crate) report: Option<Report>,
    /// The texts of the files, for downloads: `preprocessor.json`, `model.json`, and the report if there is one.
    pub(crate) texts: Vec<String>,
    /// The first digits of the model's SHA-256, by which links identify the model that they were made with.
    pub(crate) fingerprint: String,
    /// Whether the visitor opened them from disk.
    pub(crate) is_own: bool,
}

/// Why there is no model to show. Each message names the file and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum LoadError {
    /// A file that could not be fetched; the message is from `boot.js`.
    #[error("{0}")]
    Fetch(String),
    /// A file that can't be used.
    #[error(transparent)]
    Artifact(#[from] ArtifactError),
    /// The files that the visitor chose are not a model; the text with this key says why.
    #[error("{0}")]
    OwnFiles(&'static str),
    /// Required files are missing.
    #[error("a model is preprocessor.json and model.json")]
    NotThreeFiles,
    /// Three valid files that were not written together.
    #[error("report.json does not belong to this {file}: it reports on another run; take all three from the same run")]
    ReportOfAnotherRun {
        /// The file whose SHA-256 differs from the one in the report.
        file: &'static str,
    },
}

impl LoadError {
    /// A short title for a heading.
    pub(crate) fn title(&self, i18n: I18n) -> String {
        i18n.text(match self {
            Self::Fetch(_) | Self::NotThreeFiles | Self::OwnFiles(_) => "failure.not-fetched",
            Self::Artifact(ArtifactError::NewerFormat { .. }) => "failure.newer",
            Self::Artifact(ArtifactError::NotAPair { .. }) | Self::ReportOfAnotherRun { .. } => "failure.not-a-set",
            Self::Artifact(_) => "failure.unreadable",
        })
    }

    /// What is wrong, and what to do.
    pub(crate) fn message(&self, i18n: I18n) -> String {
        match self {
            Self::Fetch(message) => message.clone(),
            Self::OwnFiles(key) => i18n.text(key),
            Self::NotThreeFiles => i18n.text("failure.three-files"),
            Self::ReportOfAnotherRun { file } => i18n.fill("artifact.another-run", &[("file", file)]),
            Self::Artifact(error) => i18n.fill(key_of(error), &[("file", error.file().name())]),
        }
    }
}

/// The text key for an artifact error.
fn key_of(error: &ArtifactError) -> &'static str {
    match error.code() {
        "truncated" => "artifact.truncated",
        "malformed" => "artifact.malformed",
        "wrong-kind" => "artifact.wrong-kind",
        "newer-format" => "artifact.newer-format",
        "tampered" => "artifact.tampered",
        "not-a-pair" => "artifact.not-a-pair",
        "too-large" => "artifact.too-large",
        _ => "artifact.invalid",
    }
}

#[wasm_bindgen]
extern "C" {
    /// See `static/boot.js`.
    #[wasm_bindgen(js_namespace = scorecast, catch)]
    async fn artifacts() -> Result<JsValue, JsValue>;
    /// See `static/boot.js`.
    #[wasm_bindgen(js_namespace = scorecast)]
    fn texts() -> String;
    /// See `static/boot.js`; without it, numbers are formatted for the browser's locale.
    #[wasm_bindgen(js_namespace = scorecast, catch)]
    fn locale() -> Result<JsValue, JsValue>;
}

/// The texts that were loaded with the page.
pub(crate) fn language() -> Arc<Language> {
    Language::read(&texts(), locale().ok().and_then(|locale| locale.as_string()))
}

/// Awaits the three files; the first call returns those that were fetched along with the program.
///
/// # Errors
/// See [`LoadError`].
pub(crate) async fn load() -> Result<Loaded, LoadError> {
    let texts = artifacts().await.map_err(|error| {
        let error: Option<js_sys::Error> = error.dyn_into().ok();
        LoadError::Fetch(error.map(|error| String::from(error.message())).unwrap_or_default())
    })?;
    let texts: Vec<String> = js_sys::Array::from(&texts).iter().filter_map(|text| text.as_string()).collect();
    open(texts)
}

/// Reads and checks the texts of `preprocessor.json`, `model.json`, and of `report.json` if there is one.
///
/// # Errors
/// See [`LoadError`].
pub(crate) fn open(texts: Vec<String>) -> Result<Loaded, LoadError> {
    let [preprocessor, model, report @ ..] = texts.as_slice() else {
        return Err(LoadError::NotThreeFiles);
    };
    let predictor = Predictor::from_json(preprocessor, model)?;
    let report = match report.first() {
        Some(report) => Some(open_report(report, preprocessor, model)?),
        None => None,
    };
    let fingerprint = fingerprint(&file_sha256(model)).to_owned();
    Ok(Loaded { predictor, report, texts, fingerprint, is_own: false })
}

fn open_report(report: &str, preprocessor: &str, model: &str) -> Result<Report, LoadError> {
    let report = read_report(report)?;
    for (file, text) in [(ArtifactFile::Preprocessor, preprocessor), (ArtifactFile::Model, model)] {
        let sha256 = file_sha256(text);
        if report.sha256.get(file.name()).is_some_and(|expected| *expected != sha256) {
            return Err(LoadError::ReportOfAnotherRun { file: file.name() });
        }
    }
    Ok(report)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = r#"{"format":1,
        "data":{"sha256":"00","fictional":true,"rows":10,"rows_train":8,"rows_holdout":2,
            "target":{"mean":66.0,"sd":15.0,"histogram":{"edges":[0.0,100.0],"rows":[8]}},"left_out":[]},
        "champion":{"family":"linear","params":{},"cv":{"r2_mean":0.9,"r2_sd":0.01,"r2_folds":[0.9]},"reason":"","rivals":[]},
        "holdout":{"r2":0.9,"mae":4.2,"rmse":5.4},
        "intervals":{"n_folds":2,"n_rows":8,"varying":false,"gain":0.0,"gain_error":0.0,"coverage":[],"groups":[]},
        "n_candidates":0,"leaderboard":[],"seed":42,"versions":{"scorecast":"0.1.0"},"sha256":SHA256,"golden":[]}"#;

    fn report_on(sha256: &str) -> String {
        REPORT.replace("SHA256", sha256)
    }

    #[test]
    fn three_files_of_one_run_are_opened() {
        let (preprocessor, model) = model_core::doc_example();
        let sha256 = format!(r#"{{"model.json":"{}"}}"#, model_core::sha256_hex(model.as_bytes()));
        let loaded = open(vec![preprocessor, model, report_on(&sha256)]).unwrap();
        assert_eq!(loaded.report.unwrap().data.rows, 10);
        assert_eq!(loaded.predictor.schema().columns.len(), 1);
    }

    #[test]
    fn a_model_may_come_without_a_report() {
        let (preprocessor, model) = model_core::doc_example();
        assert!(open(vec![preprocessor, model]).unwrap().report.is_none());
    }

    #[test]
    fn each_way_in_which_a_report_can_be_wrong_is_named() {
        let (preprocessor, model) = model_core::doc_example();
        let error = |report: &str| open(vec![preprocessor.clone(), model.clone(), report.into()]).unwrap_err();

        let report = report_on("{}");
        let cut = error(&report[..report.len() / 2]);
        assert!(matches!(cut, LoadError::Artifact(ArtifactError::Truncated { .. })), "{cut}");
        let newer = error(&report.replace("\"format\":1", "\"format\":2"));
        let file = ArtifactFile::Report;
        assert_eq!(newer, LoadError::Artifact(ArtifactError::NewerFormat { file, found: 2 }));
        let another = error(&report_on(r#"{"model.json":"00"}"#));
        assert_eq!(another, LoadError::ReportOfAnotherRun { file: "model.json" });
        assert!(another.to_string().contains("report.json"));
    }
}

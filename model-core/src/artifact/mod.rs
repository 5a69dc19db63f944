//! The files that carry a predictor and its report.
//!
//! | format | written by | read by |
//! |---|---|---|
//! | 1 | 0.1 | 0.1 |
//!
//! `preprocessor.json` and `model.json` are one JSON object on one line that ends with a checksum (the seal, see
//! `seal.rs`), by which edited and truncated files are detected. `model.json` also names the SHA-256 of the whole
//! `preprocessor.json` that it belongs to.

mod error;
mod seal;

use serde::Serialize;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

pub use self::error::ArtifactError;
use crate::background::Background;
use crate::decode::{FromJson, impl_from_json, shortened};
use crate::histogram::Histogram;
use crate::interval::Intervals;
use crate::json::parse_json;
use crate::model::Model;
use crate::params::Params;
use crate::preprocessor::{Encoding, Preprocessor};
use crate::report::Report;
use crate::schema::Schema;

/// The format that this version writes, and the newest that it reads.
pub const FORMAT: u32 = 1;
/// Files with more bytes are rejected before they are parsed.
pub(crate) const MAX_BYTES: usize = 64 << 20;

/// Which of the three files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArtifactFile {
    /// `preprocessor.json`
    Preprocessor,
    /// `model.json`
    Model,
    /// `report.json`
    Report,
}

/// What `model.json` holds.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelFile {
    /// The model's family.
    pub family: String,
    /// The hyper-parameters it was fitted with.
    pub params: Params,
    /// The SHA-256 of the bytes of its `preprocessor.json`, in lower-case hexadecimal.
    pub preprocessor_sha256: String,
    /// The model itself.
    pub model: Model,
    /// What intervals, cautions and explanations are based on.
    pub trust: Trust,
}

/// What intervals, cautions and explanations are based on. Optional: a model predicts without it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trust {
    /// The prediction intervals.
    pub intervals: Option<Intervals>,
    /// A summary of the training rows.
    pub background: Option<Background>,
}

/// The SHA-256 of `bytes`, in lower-case hexadecimal.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    base16ct::lower::encode_string(&Sha256::digest(bytes))
}

/// The content of `preprocessor.json`.
///
/// # Errors
/// [`ArtifactError::NotFinite`] or [`ArtifactError::Invalid`]: only what can be read back is written.
pub fn write_preprocessor(preprocessor: &Preprocessor) -> Result<String, ArtifactError> {
    let Preprocessor { schema, encoding } = preprocessor.clone();
    let file = ArtifactFile::Preprocessor;
    let content = PreprocessorJson { format: FORMAT, kind: file.kind().into(), schema, encoding };
    let text = write(file, &content)?;
    preprocessor_problem(preprocessor)?;
    Ok(text)
}

/// The content of `model.json`.
///
/// # Errors
/// [`ArtifactError::NotFinite`] or [`ArtifactError::Invalid`]: only what can be read back is written.
pub fn write_model(model_file: &ModelFile) -> Result<String, ArtifactError> {
    let ModelFile { family, params, preprocessor_sha256, model, trust } = model_file.clone();
    let Trust { intervals, background } = trust;
    let file = ArtifactFile::Model;
    let kind = file.kind().into();
    write(file, &ModelJson { format: FORMAT, kind, family, params, preprocessor_sha256, model, intervals, background })
}

/// Reads and validates `preprocessor.json`.
///
/// # Errors
/// See [`ArtifactError`].
pub fn read_preprocessor(text: &str) -> Result<Preprocessor, ArtifactError> {
    let PreprocessorJson { schema, encoding, .. } = read_sealed(ArtifactFile::Preprocessor, text)?;
    let preprocessor = Preprocessor { schema, encoding };
    preprocessor_problem(&preprocessor)?;
    Ok(preprocessor)
}

/// Reads `model.json`; [`crate::Predictor::from_json`] checks that it fits a preprocessor.
///
/// # Errors
/// See [`ArtifactError`].
pub fn read_model(text: &str) -> Result<ModelFile, ArtifactError> {
    let ModelJson { family, params, preprocessor_sha256, model, intervals, background, .. } =
        read_sealed(ArtifactFile::Model, text)?;
    Ok(ModelFile { family, params, preprocessor_sha256, model, trust: Trust { intervals, background } })
}

/// The SHA-256 by which other files refer to this one, in lower-case hexadecimal: of the bytes as originally written,
/// even if the file was reformatted since (line ends, white space between values).
#[must_use]
pub fn file_sha256(text: &str) -> String {
    sha256_hex(&[seal::unformatted(text).as_bytes(), b"\n"].concat())
}

/// Reads `report.json`; the caller checks by its SHA-256 values that it belongs to a pair of artifacts.
///
/// # Errors
/// See [`ArtifactError`].
pub fn read_report(text: &str) -> Result<Report, ArtifactError> {
    let file = ArtifactFile::Report;
    let json = parse(file, text)?;
    check_format(file, &json)?;
    let report: Report = read(file, &json)?;
    let errors = report.held_back.as_ref().map(|held_back| &held_back.errors);
    let problem = errors.into_iter().chain([&report.data.target.histogram]).find_map(Histogram::problem);
    match problem {
        Some(problem) => Err(ArtifactError::Invalid { file, problem: problem.into() }),
        None => Ok(report),
    }
}

#[derive(Serialize)]
struct PreprocessorJson {
    format: u32,
    kind: String,
    schema: Schema,
    encoding: Encoding,
}

impl_from_json!(PreprocessorJson { format, kind, schema, encoding });

#[derive(Serialize)]
struct ModelJson {
    format: u32,
    kind: String,
    family: String,
    params: Params,
    preprocessor_sha256: String,
    model: Model,
    #[serde(skip_serializing_if = "Option::is_none")]
    intervals: Option<Intervals>,
    #[serde(skip_serializing_if = "Option::is_none")]
    background: Option<Background>,
}

impl_from_json!(ModelJson {
    format,
    kind,
    family,
    params,
    preprocessor_sha256,
    model,
    intervals = None,
    background = None,
});

impl ArtifactFile {
    /// The file's name in a folder of artifacts.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Preprocessor => "preprocessor.json",
            Self::Model => "model.json",
            Self::Report => "report.json",
        }
    }

    fn kind(self) -> &'static str {
        match self {
            Self::Preprocessor => "scorecast preprocessor",
            Self::Model => "scorecast model",
            Self::Report => "scorecast report",
        }
    }
}

impl std::fmt::Display for ArtifactFile {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.name())
    }
}

fn preprocessor_problem(preprocessor: &Preprocessor) -> Result<(), ArtifactError> {
    match preprocessor.problem() {
        Some(problem) => Err(ArtifactError::Invalid { file: ArtifactFile::Preprocessor, problem }),
        None => Ok(()),
    }
}

fn write<T: Serialize + FromJson>(file: ArtifactFile, content: &T) -> Result<String, ArtifactError> {
    let text = seal::write(content).map_err(|error| ArtifactError::Invalid { file, problem: error.to_string() })?;
    // JSON has no NaN and no infinity: serde_json writes `null` for them, which is rejected where a number is expected.
    match T::from_value(&parse(file, &text)?) {
        Ok(_) => Ok(text),
        Err(_) => Err(ArtifactError::NotFinite { file }),
    }
}

/// Reads a sealed file. A wrong kind or a later format is reported before any missing field.
fn read_sealed<T: FromJson>(file: ArtifactFile, text: &str) -> Result<T, ArtifactError> {
    let json = parse(file, text)?;
    let kind = json.get("kind").and_then(Json::as_str);
    if kind != Some(file.kind()) {
        return Err(ArtifactError::WrongKind { file, found: kind.map(|kind| shortened(kind).to_owned()) });
    }
    check_format(file, &json)?;
    if !seal::is_intact(&seal::unformatted(text)) {
        return Err(ArtifactError::Tampered { file });
    }
    read(file, &json)
}

fn parse(file: ArtifactFile, text: &str) -> Result<Json, ArtifactError> {
    if text.len() > MAX_BYTES {
        return Err(ArtifactError::TooLarge { file, bytes: text.len() });
    }
    parse_json(text).map_err(|error| ArtifactError::from_json(file, &error))
}

fn check_format(file: ArtifactFile, json: &Json) -> Result<(), ArtifactError> {
    match json.get("format").and_then(Json::as_u64) {
        Some(found) if found > u64::from(FORMAT) => Err(ArtifactError::NewerFormat { file, found }),
        Some(1..) => Ok(()),
        _ => Err(ArtifactError::Invalid { file, problem: format!("it has no format from 1 to {FORMAT}") }),
    }
}

fn read<T: FromJson>(file: ArtifactFile, json: &Json) -> Result<T, ArtifactError> {
    T::from_value(json).map_err(|error| ArtifactError::Invalid { file, problem: error.to_string() })
}

//! The files that carry a predictor and its report.
//!
//! | format | written by | read by |
//! |---|---|---|
//! | 1 | 0.1 | 0.1 |
//!
//! `preprocessor.json` and `model.json` are one JSON object on one line that ends with a seal (see `seal.rs`): a file that
//! was edited or cut short is told from one that was written whole. `model.json` also names the SHA-256 of the whole
//! `preprocessor.json` that it belongs to.

mod error;
mod seal;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, error::Category};
use sha2::{Digest, Sha256};

pub use self::error::ArtifactError;
use crate::background::Background;
use crate::interval::Intervals;
use crate::model::Model;
use crate::preprocessor::{Encoding, Preprocessor};
use crate::report::{Params, Report};
use crate::schema::{Schema, SchemaError};

/// The format that this version writes, and the newest that it reads.
pub const FORMAT: u32 = 1;
/// Longer files are refused unread.
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
    /// The family the model was learned by.
    pub family: String,
    /// The hyper-parameters it was learned with.
    pub params: Params,
    /// The SHA-256 of the bytes of its `preprocessor.json`, in lower-case hexadecimal.
    pub preprocessor_sha256: String,
    /// The model itself.
    pub model: Model,
    /// What predictions can be judged and explained by.
    pub trust: Trust,
}

/// What predictions can be judged and explained by. A model without it predicts all the same.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trust {
    /// How far off predictions are.
    pub intervals: Option<Intervals>,
    /// What the training rows look like.
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
/// [`ArtifactError::NotFinite`] or [`ArtifactError::Invalid`]: what is written can be read.
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
/// [`ArtifactError::NotFinite`] or [`ArtifactError::Invalid`]: what is written can be read.
pub fn write_model(model_file: &ModelFile) -> Result<String, ArtifactError> {
    let ModelFile { family, params, preprocessor_sha256, model, trust } = model_file.clone();
    let Trust { intervals, background } = trust;
    let file = ArtifactFile::Model;
    let kind = file.kind().into();
    let params = crate::json::params(Json::from_iter(params))
        .map_err(|error: serde_json::Error| ArtifactError::Invalid { file, problem: error.to_string() })?;
    write(file, &ModelJson { format: FORMAT, kind, family, params, preprocessor_sha256, model, intervals, background })
}

/// Reads and validates `preprocessor.json`.
///
/// # Errors
/// See [`ArtifactError`].
pub fn read_preprocessor(text: &str) -> Result<Preprocessor, ArtifactError> {
    read_preprocessor_and_sha256(text).map(|(preprocessor, _)| preprocessor)
}

/// Reads and validates `preprocessor.json`, and finds the digest by which its model names it.
pub(crate) fn read_preprocessor_and_sha256(text: &str) -> Result<(Preprocessor, String), ArtifactError> {
    let (PreprocessorJson { schema, encoding, .. }, sha256) = read_sealed(ArtifactFile::Preprocessor, text)?;
    let preprocessor = Preprocessor { schema, encoding };
    preprocessor_problem(&preprocessor)?;
    Ok((preprocessor, sha256))
}

/// Reads `model.json`; whether it fits a preprocessor is for [`crate::Predictor::from_json`] to find.
///
/// # Errors
/// See [`ArtifactError`].
pub fn read_model(text: &str) -> Result<ModelFile, ArtifactError> {
    let (model_json, _) = read_sealed(ArtifactFile::Model, text)?;
    let ModelJson { family, params, preprocessor_sha256, model, intervals, background, .. } = model_json;
    Ok(ModelFile { family, params, preprocessor_sha256, model, trust: Trust { intervals, background } })
}

/// The SHA-256 by which other files name this one, in lower-case hexadecimal: that of its bytes as they were written, also
/// where it was formatted anew since.
///
/// # Errors
/// See [`ArtifactError`].
pub fn file_sha256(file: ArtifactFile, text: &str) -> Result<String, ArtifactError> {
    match file {
        ArtifactFile::Preprocessor => read_sealed::<PreprocessorJson>(file, text).map(|(_, sha256)| sha256),
        ArtifactFile::Model => read_sealed::<ModelJson>(file, text).map(|(_, sha256)| sha256),
        ArtifactFile::Report => Ok(sha256_hex(text.as_bytes())),
    }
}

/// Reads `report.json`; whether it belongs to a pair is for the reader to find by its SHA-256.
///
/// # Errors
/// See [`ArtifactError`].
pub fn read_report(text: &str) -> Result<Report, ArtifactError> {
    let file = ArtifactFile::Report;
    read_header(file, text)?.check_format(file)?;
    read_content(file, text)
}

/// The members of every artifact that are checked before its content is read, so that a file of another kind or of a
/// later version is named as such and not by what is missing in it.
#[derive(Deserialize)]
struct Header {
    kind: Option<String>,
    format: Option<u64>,
    sha256: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct PreprocessorJson {
    format: u32,
    kind: String,
    schema: Schema,
    encoding: Encoding,
}

#[derive(Serialize, Deserialize)]
struct ModelJson {
    format: u32,
    kind: String,
    family: String,
    #[serde(deserialize_with = "crate::json::params")]
    params: Params,
    preprocessor_sha256: String,
    model: Model,
    #[serde(skip_serializing_if = "Option::is_none")]
    intervals: Option<Intervals>,
    #[serde(skip_serializing_if = "Option::is_none")]
    background: Option<Background>,
}

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

impl Header {
    fn check_format(&self, file: ArtifactFile) -> Result<(), ArtifactError> {
        match self.format {
            Some(found) if found > u64::from(FORMAT) => Err(ArtifactError::NewerFormat { file, found }),
            Some(1..) => Ok(()),
            _ => Err(ArtifactError::Invalid { file, problem: format!("it has no format from 1 to {FORMAT}") }),
        }
    }
}

fn preprocessor_problem(preprocessor: &Preprocessor) -> Result<(), ArtifactError> {
    let schema_problem = preprocessor.schema.validate().err().map(|error: SchemaError| error.to_string());
    match schema_problem.or_else(|| preprocessor.problem()) {
        Some(problem) => Err(ArtifactError::Invalid { file: ArtifactFile::Preprocessor, problem }),
        None => Ok(()),
    }
}

fn write<T: Serialize + DeserializeOwned>(file: ArtifactFile, content: &T) -> Result<String, ArtifactError> {
    let invalid = |error: serde_json::Error| ArtifactError::Invalid { file, problem: error.to_string() };
    let text = seal::write(content).map_err(invalid)?;
    // JSON has no NaN and no infinity: serde_json writes `null` for them, which is then no number.
    read_content::<T>(file, &text).map_err(|error| match error {
        ArtifactError::Invalid { .. } => ArtifactError::NotFinite { file },
        other => other,
    })?;
    Ok(text)
}

/// Reads a file and the SHA-256 of its bytes as they were written.
fn read_sealed<T: Serialize + DeserializeOwned>(file: ArtifactFile, text: &str) -> Result<(T, String), ArtifactError> {
    let header = read_header(file, text)?;
    if header.kind.as_deref() != Some(file.kind()) {
        return Err(ArtifactError::WrongKind { file, found: header.kind });
    }
    header.check_format(file)?;
    let content = read_content(file, text)?;
    let written = seal::as_written(text, &content, header.sha256.as_deref()).ok_or(ArtifactError::Tampered { file })?;
    let sha256 = sha256_hex(&[written.as_bytes(), b"\n"].concat());
    Ok((content, sha256))
}

/// Checks that all of `text` is JSON, and allocates next to nothing: a hostile file of another kind costs no memory.
fn read_header(file: ArtifactFile, text: &str) -> Result<Header, ArtifactError> {
    if text.len() > MAX_BYTES {
        return Err(ArtifactError::TooLarge { file, bytes: text.len() });
    }
    match serde_json::from_str(text) {
        // JSON, but a number, a list or the like.
        Err(error) if error.classify() == Category::Data && !text.trim_start().starts_with('{') => {
            Err(ArtifactError::WrongKind { file, found: None })
        }
        header => header.map_err(|error| ArtifactError::from_json(file, text, &error)),
    }
}

fn read_content<T: DeserializeOwned>(file: ArtifactFile, text: &str) -> Result<T, ArtifactError> {
    serde_json::from_str(text).map_err(|error| ArtifactError::from_json(file, text, &error))
}

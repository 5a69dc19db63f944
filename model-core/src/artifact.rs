//! The files that carry a predictor and its report, and everything that can be wrong with them.
//!
//! | format | written by | read by |
//! |---|---|---|
//! | 1 | 0.1 | 0.1 |
//!
//! `preprocessor.json` and `model.json` are one JSON object on one line that ends with a seal, `"sha256"`, over all that stands before it: a
//! file that was edited or cut short is told from one that was written whole. `model.json` also names the SHA-256 of
//! the whole `preprocessor.json` that it belongs to.

use serde::Serialize;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::background::Background;
use crate::interval::Intervals;
use crate::json::{JsonError, parse_json};
use crate::model::Model;
use crate::preprocessor::{Encoding, Preprocessor};
use crate::report::{Params, Report};
use crate::schema::{Schema, SchemaError};
use crate::tree::{FromTree, NULL_AS_NUMBER, from_tree};

/// The format that this version writes, and the newest that it reads.
pub const FORMAT: u32 = 1;
/// Longer files are refused unread.
pub(crate) const MAX_BYTES: usize = 64 << 20;

const SEAL: &str = ",\"sha256\":\"";
const SHA256_DIGITS: usize = 64;

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

/// What can be wrong with a file, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ArtifactError {
    /// The file ends too early.
    #[error("{file} is incomplete: it ends in the middle (line {line}, column {column}); copy or download it again")]
    Truncated {
        /// Which file.
        file: ArtifactFile,
        /// Where it ends, from 1.
        line: usize,
        /// Where it ends, from 1.
        column: usize,
    },
    /// The file is not JSON.
    #[error(
        "{file} is not JSON (line {line}, column {column}): {problem}; train again, or use the file as it was written"
    )]
    Malformed {
        /// Which file.
        file: ArtifactFile,
        /// Where, from 1.
        line: usize,
        /// Where, from 1.
        column: usize,
        /// The parser's words.
        problem: String,
    },
    /// JSON, but something else than was expected.
    #[error("this is not a Scorecast {file}{}; choose the file of that name that `scorecast train` wrote", found.as_ref().map(|kind| format!(" but a {kind}")).unwrap_or_default())]
    WrongKind {
        /// Which file was expected.
        file: ArtifactFile,
        /// What it says it is.
        found: Option<String>,
    },
    /// Written by a later version.
    #[error(
        "{file} has format {found}, and this version reads formats up to {FORMAT}; update Scorecast, or train again with this version"
    )]
    NewerFormat {
        /// Which file.
        file: ArtifactFile,
        /// Its format.
        found: u32,
    },
    /// The seal doesn't fit the content.
    #[error(
        "{file} was changed after it was written: its content does not fit its seal; use the file as `scorecast train` wrote it"
    )]
    Tampered {
        /// Which file.
        file: ArtifactFile,
    },
    /// Well-formed, but no model could look like this.
    #[error("{file} does not hold together: {problem}; train again")]
    Invalid {
        /// Which file.
        file: ArtifactFile,
        /// What is wrong.
        problem: String,
    },
    /// Two good files that were not written together.
    #[error(
        "preprocessor.json and model.json do not belong together: the model was trained with a preprocessor of SHA-256 {}…, this one has {}…; take both from the same run",
        short(expected),
        short(found)
    )]
    NotAPair {
        /// The preprocessor that the model names.
        expected: String,
        /// The preprocessor at hand.
        found: String,
    },
    /// A number that JSON cannot hold, found before anything is written.
    #[error("{file} would hold a number that is not finite; the model did not converge")]
    NotFinite {
        /// Which file.
        file: ArtifactFile,
    },
    /// Larger than any real model.
    #[error("{file} has {bytes} bytes, more than the {MAX_BYTES} that are supported")]
    TooLarge {
        /// Which file.
        file: ArtifactFile,
        /// Its length.
        bytes: usize,
    },
}

/// The SHA-256 of `bytes`, in lower-case hexadecimal.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digest = Sha256::digest(bytes);
    digest.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

/// The content of `preprocessor.json`.
///
/// # Errors
/// [`ArtifactError::NotFinite`] or [`ArtifactError::Invalid`]: what is written can be read.
pub fn write_preprocessor(preprocessor: &Preprocessor) -> Result<String, ArtifactError> {
    let Preprocessor { schema, encoding } = preprocessor;
    let kind = ArtifactFile::Preprocessor.kind().to_owned();
    let text = seal(
        ArtifactFile::Preprocessor,
        &PreprocessorJson { format: FORMAT, kind, schema: schema.clone(), encoding: encoding.clone() },
    )?;
    read_preprocessor(&text).map_err(|error| not_finite(ArtifactFile::Preprocessor, error))?;
    Ok(text)
}

/// The content of `model.json`.
///
/// # Errors
/// [`ArtifactError::NotFinite`] or [`ArtifactError::Invalid`]: what is written can be read.
pub fn write_model(file: &ModelFile) -> Result<String, ArtifactError> {
    let ModelFile { family, params, preprocessor_sha256, model, trust } = file.clone();
    let Trust { intervals, background } = trust;
    let kind = ArtifactFile::Model.kind().to_owned();
    let content = ModelJson { format: FORMAT, kind, family, params, preprocessor_sha256, model, intervals, background };
    let text = seal(ArtifactFile::Model, &content)?;
    read_model(&text).map_err(|error| not_finite(ArtifactFile::Model, error))?;
    Ok(text)
}

/// Reads and validates `preprocessor.json`.
///
/// # Errors
/// See [`ArtifactError`].
pub fn read_preprocessor(text: &str) -> Result<Preprocessor, ArtifactError> {
    let file = ArtifactFile::Preprocessor;
    let PreprocessorJson { schema, encoding, .. } = open(file, text)?;
    schema.validate().map_err(|error: SchemaError| ArtifactError::Invalid { file, problem: error.to_string() })?;
    let preprocessor = Preprocessor { schema, encoding };
    match preprocessor.problem() {
        Some(problem) => Err(ArtifactError::Invalid { file, problem }),
        None => Ok(preprocessor),
    }
}

/// Reads `model.json`; whether it fits a preprocessor is for [`crate::Predictor::from_json`] to find.
///
/// # Errors
/// See [`ArtifactError`].
pub fn read_model(text: &str) -> Result<ModelFile, ArtifactError> {
    let ModelJson { family, params, preprocessor_sha256, model, intervals, background, .. } =
        open(ArtifactFile::Model, text)?;
    Ok(ModelFile { family, params, preprocessor_sha256, model, trust: Trust { intervals, background } })
}

/// Reads of `model.json` what predicts.
pub(crate) fn read_fitted(text: &str) -> Result<Fitted, ArtifactError> {
    open(ArtifactFile::Model, text)
}

/// Reads `report.json`; whether it belongs to a pair is for the reader to find by its SHA-256.
///
/// # Errors
/// See [`ArtifactError`].
pub fn read_report(text: &str) -> Result<Report, ArtifactError> {
    let file = ArtifactFile::Report;
    let tree = parse(file, text)?;
    refuse_newer(file, &tree)?;
    read(file, &tree)
}

#[derive(Serialize)]
struct PreprocessorJson {
    format: u32,
    kind: String,
    schema: Schema,
    encoding: Encoding,
}

from_tree!(PreprocessorJson { format, kind, schema, encoding });

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

from_tree!(ModelJson {
    format,
    kind,
    family,
    params,
    preprocessor_sha256,
    model,
    intervals = None,
    background = None,
});

/// What of `model.json` predicts: without the hyper-parameters, which are any JSON and would have to be copied.
pub(crate) struct Fitted {
    pub(crate) family: String,
    pub(crate) preprocessor_sha256: String,
    pub(crate) model: Model,
    pub(crate) intervals: Option<Intervals>,
    pub(crate) background: Option<Background>,
}

from_tree!(Fitted { family, preprocessor_sha256, model, intervals = None, background = None });

impl ArtifactError {
    /// A name for programs, part of the JavaScript interface.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Truncated { .. } => "truncated",
            Self::Malformed { .. } => "malformed",
            Self::WrongKind { .. } => "wrong-kind",
            Self::NewerFormat { .. } => "newer-format",
            Self::Tampered { .. } => "tampered",
            Self::Invalid { .. } | Self::NotFinite { .. } => "invalid",
            Self::NotAPair { .. } => "not-a-pair",
            Self::TooLarge { .. } => "too-large",
        }
    }

    /// The file that it is about.
    #[must_use]
    pub fn file(&self) -> ArtifactFile {
        match self {
            Self::Truncated { file, .. }
            | Self::Malformed { file, .. }
            | Self::WrongKind { file, .. }
            | Self::NewerFormat { file, .. }
            | Self::Tampered { file }
            | Self::Invalid { file, .. }
            | Self::NotFinite { file }
            | Self::TooLarge { file, .. } => *file,
            Self::NotAPair { .. } => ArtifactFile::Model,
        }
    }
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

fn seal(file: ArtifactFile, content: &impl Serialize) -> Result<String, ArtifactError> {
    let mut text =
        serde_json::to_string(content).map_err(|error| ArtifactError::Invalid { file, problem: error.to_string() })?;
    text.pop();
    let sha256 = sha256_hex(text.as_bytes());
    text.push_str(SEAL);
    text.push_str(&sha256);
    text.push_str("\"}\n");
    Ok(text)
}

/// JSON has no NaN and no infinity: they are written as `null`, which then isn't read as a number.
fn not_finite(file: ArtifactFile, error: ArtifactError) -> ArtifactError {
    match error {
        ArtifactError::Invalid { problem, .. } if problem.ends_with(NULL_AS_NUMBER) => {
            ArtifactError::NotFinite { file }
        }
        other => other,
    }
}

/// Reads a sealed file. A wrong kind and a newer format are named as such and not by what is missing in them.
fn open<T: FromTree>(file: ArtifactFile, text: &str) -> Result<T, ArtifactError> {
    let tree = parse(file, text)?;
    let kind = tree.get("kind").and_then(Json::as_str);
    if kind != Some(file.kind()) {
        return Err(ArtifactError::WrongKind { file, found: kind.map(str::to_owned) });
    }
    refuse_newer(file, &tree)?;
    if !is_sealed(text) {
        return Err(ArtifactError::Tampered { file });
    }
    read(file, &tree)
}

fn is_sealed(text: &str) -> bool {
    let text = text.trim_ascii_end().strip_suffix("\"}").unwrap_or_default();
    let parts = text.len().checked_sub(SHA256_DIGITS).and_then(|place| text.split_at_checked(place));
    parts.is_some_and(|(content, sha256)| {
        content.strip_suffix(SEAL).is_some_and(|content| sha256_hex(content.as_bytes()) == sha256)
    })
}

fn parse(file: ArtifactFile, text: &str) -> Result<Json, ArtifactError> {
    if text.len() > MAX_BYTES {
        return Err(ArtifactError::TooLarge { file, bytes: text.len() });
    }
    parse_json(text).map_err(|JsonError { problem, is_truncated, line, column }| {
        if is_truncated {
            ArtifactError::Truncated { file, line, column }
        } else {
            ArtifactError::Malformed { file, line, column, problem: problem.into() }
        }
    })
}

fn refuse_newer(file: ArtifactFile, tree: &Json) -> Result<(), ArtifactError> {
    match tree.get("format").and_then(Json::as_u64) {
        Some(found) if found > u64::from(FORMAT) => {
            Err(ArtifactError::NewerFormat { file, found: found.try_into().unwrap_or(u32::MAX) })
        }
        _ => Ok(()),
    }
}

fn read<T: FromTree>(file: ArtifactFile, tree: &Json) -> Result<T, ArtifactError> {
    T::from_tree(tree).map_err(|error| ArtifactError::Invalid { file, problem: error.to_string() })
}

fn short(sha256: &str) -> &str {
    sha256.get(..12).unwrap_or(sha256)
}

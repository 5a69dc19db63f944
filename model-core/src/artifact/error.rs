//! Everything that can be wrong with an artifact.

use thiserror::Error;

use super::{ArtifactFile, FORMAT, MAX_BYTES};
use crate::json::JsonError;

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
        /// The parser's message.
        problem: String,
    },
    /// Valid JSON, but not the expected kind of file.
    #[error("this is not a Scorecast {file}{}; choose the file of that name that `scorecast train` wrote", found.as_ref().map(|kind| format!(" but a {kind}")).unwrap_or_default())]
    WrongKind {
        /// Which file was expected.
        file: ArtifactFile,
        /// The kind of file that it declares.
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
        found: u64,
    },
    /// The checksum doesn't match the content.
    #[error(
        "{file} was changed after it was written: its content does not fit its seal. Either it was edited, or a program wrote its numbers anew, as JSON.stringify does; use the text as `scorecast train` wrote it"
    )]
    Tampered {
        /// Which file.
        file: ArtifactFile,
    },
    /// Well-formed, but not a valid model.
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

impl ArtifactError {
    pub(super) fn from_json(file: ArtifactFile, error: &JsonError) -> Self {
        let JsonError { problem, is_truncated, line, column } = *error;
        if is_truncated {
            Self::Truncated { file, line, column }
        } else {
            Self::Malformed { file, line, column, problem: problem.into() }
        }
    }

    /// An identifier for programs, part of the JavaScript interface.
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

fn short(sha256: &str) -> &str {
    sha256.get(..12).unwrap_or(sha256)
}

//! How a failed command ends: the message, the log entry, and the exit code.

use std::error::Error;
use std::fmt;
use std::io;
use std::panic::Location;
use std::path::Path;
use std::process::ExitCode;

use model_core::ArtifactError;
use trainer::{
    BatchError, CandidatesError, CompareError, ConfigError, IngestError, PublishError, ReadError, ReferenceError,
    SqlError, TrainError,
};

/// An error to be shown to the user, with the source location where it was raised.
#[derive(Debug)]
pub(crate) struct Failure {
    error: Box<dyn Error>,
    code: Code,
    location: &'static Location<'static>,
}

#[derive(Debug, Clone, Copy)]
#[repr(u8)]
enum Code {
    File = 1,
    Usage = 2,
    Data = 3,
    Floor = 4,
    Interrupted = 130,
}

impl Failure {
    #[track_caller]
    fn new(error: impl Into<Box<dyn Error>>, code: Code) -> Self {
        Self { error: error.into(), code, location: Location::caller() }
    }

    /// A file that can't be read.
    #[track_caller]
    pub(crate) fn reading(path: &Path, problem: &io::Error) -> Self {
        Self::new(
            format!("{}: it can't be read: {problem}; check the path and its permissions", path.display()),
            Code::File,
        )
    }

    /// A file that can't be written.
    #[track_caller]
    pub(crate) fn writing(path: &Path, problem: &io::Error) -> Self {
        Self::new(
            format!("{}: it can't be written: {problem}; check that the folder exists and has room", path.display()),
            Code::File,
        )
    }

    /// An invalid command line.
    #[track_caller]
    pub(crate) fn usage(message: String) -> Self {
        Self::new(message, Code::Usage)
    }

    /// The model may not be published; its report is at `report`.
    #[track_caller]
    pub(crate) fn gates(failed: &[String], report: &Path) -> Self {
        let message = format!(
            "the champion fails {}; no artifact was touched, and its report is {}. Add rows or columns that tell more about \
             the target, or widen the gate (--min-r2, or [gates] in scorecast.toml) if such a model is of use",
            failed.join("; and "),
            report.display()
        );
        Self::new(message, Code::Floor)
    }

    /// Some rows could not be predicted; the output gives the reasons.
    #[track_caller]
    pub(crate) fn missing_predictions(n_failed: u64, n_rows: u64) -> Self {
        let message = format!(
            "{n_failed} of {n_rows} rows have no prediction; the column \"note\" says why (--allow-missing takes that for success)"
        );
        Self::new(message, Code::Data)
    }

    /// A thread cannot be started.
    #[track_caller]
    pub(crate) fn threads(problem: &dyn Error) -> Self {
        Self::new(format!("threads can't be started: {problem}; RAYON_NUM_THREADS sets how many there are"), Code::File)
    }

    /// A result cannot be serialised as JSON.
    #[track_caller]
    #[expect(clippy::needless_pass_by_value, reason = "it is a function for map_err")]
    pub(crate) fn internal(problem: serde_json::Error) -> Self {
        Self::new(format!("the result can't be written as JSON: {problem}"), Code::Data)
    }

    /// An engine cannot be queried, or returns unusable data.
    #[cfg(feature = "engines")]
    #[track_caller]
    pub(crate) fn engine(message: String) -> Self {
        Self::new(message, Code::Data)
    }

    /// Ctrl-C.
    #[track_caller]
    pub(crate) fn interrupted() -> Self {
        Self::new("interrupted; nothing was written, and earlier artifacts are as they were", Code::Interrupted)
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.code as u8)
    }

    pub(crate) fn log(&self) {
        log::error!("{} (at {}:{})", self.error, self.location.file(), self.location.line());
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(formatter)
    }
}

impl From<SqlError> for Failure {
    #[track_caller]
    fn from(error: SqlError) -> Self {
        Self::new(error, Code::Data)
    }
}

impl From<IngestError> for Failure {
    #[track_caller]
    fn from(error: IngestError) -> Self {
        let code = if matches!(error, IngestError::File(ReadError::Read { .. })) { Code::File } else { Code::Data };
        Self::new(error, code)
    }
}

impl From<ConfigError> for Failure {
    #[track_caller]
    fn from(error: ConfigError) -> Self {
        Self::new(error, Code::Usage)
    }
}

impl From<CandidatesError> for Failure {
    #[track_caller]
    fn from(error: CandidatesError) -> Self {
        let code = if matches!(error, CandidatesError::Read { .. }) { Code::File } else { Code::Usage };
        Self::new(error, code)
    }
}

impl From<TrainError> for Failure {
    #[track_caller]
    fn from(error: TrainError) -> Self {
        let code = if matches!(error, TrainError::BelowFloor { .. }) { Code::Floor } else { Code::Data };
        Self::new(error, code)
    }
}

impl From<PublishError> for Failure {
    #[track_caller]
    fn from(error: PublishError) -> Self {
        Self::new(error, Code::File)
    }
}

impl From<ArtifactError> for Failure {
    #[track_caller]
    fn from(error: ArtifactError) -> Self {
        Self::new(error, Code::Data)
    }
}

impl From<ReferenceError> for Failure {
    #[track_caller]
    fn from(error: ReferenceError) -> Self {
        Self::new(error, Code::Data)
    }
}

impl From<CompareError> for Failure {
    #[track_caller]
    fn from(error: CompareError) -> Self {
        Self::new(error, Code::Data)
    }
}

impl From<BatchError> for Failure {
    #[track_caller]
    fn from(error: BatchError) -> Self {
        let code = match error {
            BatchError::File(ReadError::Read { .. }) | BatchError::Write(_) | BatchError::Threads(_) => Code::File,
            BatchError::File(_) | BatchError::MissingColumns { .. } | BatchError::SeveralColumns { .. } => Code::Data,
        };
        Self::new(error, code)
    }
}

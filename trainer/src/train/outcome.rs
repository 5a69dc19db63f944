//! The result of a training run.

use model_core::{ArtifactError, RecordError, Report};
use thiserror::Error;

use super::clock::Stage;
use crate::folds::split::SplitError;
use crate::learn::FitError;
use crate::search::grid_file::CandidatesError;
use crate::search::leaderboard::Scored;

/// The result of a training run.
#[derive(Debug)]
pub struct Outcome {
    /// The content of `preprocessor.json`.
    pub preprocessor_json: String,
    /// The content of `model.json`.
    pub model_json: String,
    /// The content of `report.json`.
    pub report_json: String,
    /// The content of `report.html`.
    pub report_html: String,
    /// The content of `reference.json`: the distributions of the columns.
    pub reference_json: String,
    /// The content of `report.json`, typed.
    pub report: Report,
    /// Every scored candidate, best first.
    pub leaderboard: Vec<Scored>,
    /// The stages of the run with their times.
    pub stages: Vec<Stage>,
    /// Notices besides the report.
    pub notices: Vec<String>,
    /// The failed gates, each with its figure; if there are any, the model must not be published.
    pub failed_gates: Vec<String>,
}

/// Why a training run ended without a model.
#[derive(Debug, Error)]
pub enum TrainError {
    /// There are no candidates to try.
    #[error(transparent)]
    Candidates(#[from] CandidatesError),
    /// The rows cannot be split as requested.
    #[error(transparent)]
    Split(#[from] SplitError),
    /// A candidate can't be fitted.
    #[error(transparent)]
    Fit(#[from] FitError),
    /// The model can't be written.
    #[error("{0} (where the target's numbers are very large, give them in a larger unit)")]
    Artifact(#[from] ArtifactError),
    /// A golden record doesn't fit the schema it was drawn from.
    #[error("golden records: {0}")]
    Golden(#[from] RecordError),
    /// The report can't be written.
    #[error("report.json: {0}")]
    Report(#[from] serde_json::Error),
    /// The search was stopped before any candidate was scored.
    #[error(
        "the search was stopped before any candidate was scored; nothing was written. Give it more time (--time-limit), or fewer --families"
    )]
    Stopped,
    /// No candidate may be published.
    #[error(
        "none of the {n_candidates} candidates can be published: {reason}; nothing was written. \
         Allow it with --allow-records or a larger --size-budget, or search other --families"
    )]
    NotPublishable {
        /// The number of candidates.
        n_candidates: usize,
        /// Why the best of them cannot.
        reason: String,
    },
    /// Intervals by groups of a column without groups.
    #[error(
        "[intervals] by names \"{column}\", which is no column of categories that the model learns from: name one, or give it \
         kind = \"categorical\""
    )]
    IntervalsBy {
        /// The column.
        column: String,
    },
    /// The champion's score is too low to be published.
    #[error(
        "the best candidate, {family}, explains too little: its mean cross-validated R² is {found:.4}, below the floor of {floor}; \
         nothing was written. Add rows or columns that tell more about the target, or lower --min-r2 if so weak a model is of use"
    )]
    BelowFloor {
        /// The champion's family.
        family: String,
        /// Its mean cross-validated R².
        found: f64,
        /// The floor.
        floor: f64,
    },
}

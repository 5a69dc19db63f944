//! Stage: every candidate is scored on every fold of the training rows.

use super::outcome::TrainError;
use super::run::Run;
use crate::folds::prepare::PreparedFold;
use crate::folds::split::Split;
use crate::search::cross_validation::Search;
use crate::search::leaderboard::Scored;

/// The candidates with their scores.
pub(super) struct Searched {
    pub(super) split: Split,
    /// What the candidates were scored on.
    pub(super) folds: Vec<PreparedFold>,
    /// At least one candidate, best first.
    pub(super) leaderboard: Vec<Scored>,
}

pub(super) fn search(run: &Run<'_>, split: Split) -> Result<Searched, TrainError> {
    let options = &run.config.search;
    let candidates = options.candidates()?;
    let folds = run.cross_validation(&split.train).folds(run.stop());
    let search = Search { folds: &folds, seed: run.seed(), keep_predictions: options.blends(), control: run.control };
    let leaderboard = search.score(&candidates)?;
    if leaderboard.is_empty() {
        return Err(TrainError::Stopped);
    }
    Ok(Searched { split, folds, leaderboard })
}

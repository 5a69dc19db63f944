//! The result of a search: every candidate with its cross-validated scores, best first.

use std::time::Duration;

use model_core::{CvScore, LeaderboardEntry, Model};

use crate::learn::Candidate;
use crate::metrics::mean_and_sd;

/// A candidate that was scored on every fold. A leaderboard is a list of these, best first; ties are in the order of
/// the candidates.
#[derive(Debug, Clone)]
pub struct Scored {
    /// The candidate.
    pub candidate: Candidate,
    /// Its family, parameters and scores, as in `report.json`.
    pub entry: LeaderboardEntry,
    /// The total time of its fits; candidates of a group share it evenly.
    pub duration: Duration,
    /// The predictions for each fold's validation rows, if the search keeps them.
    pub(crate) predicted: Option<Vec<Vec<f64>>>,
    /// The model fitted on all training rows, if there is one already.
    pub(crate) model: Option<Model>,
}

impl Scored {
    pub(crate) fn new(candidate: Candidate, r2_folds: Vec<f64>, duration: Duration) -> Self {
        let (r2_mean, r2_sd) = mean_and_sd(&r2_folds);
        let entry = LeaderboardEntry {
            family: candidate.learner.family().into(),
            params: candidate.params.clone(),
            cv: CvScore { r2_mean, r2_sd, r2_folds },
        };
        Self { candidate, entry, duration, predicted: None, model: None }
    }

    /// Mean R² over the folds.
    pub(crate) fn r2_mean(&self) -> f64 {
        self.entry.cv.r2_mean
    }

    /// R² of each fold.
    pub(crate) fn r2_folds(&self) -> &[f64] {
        &self.entry.cv.r2_folds
    }
}

/// Adds a candidate that was scored elsewhere, behind those with the same score.
pub(crate) fn insert(leaderboard: &mut Vec<Scored>, scored: Scored) {
    let rank = leaderboard.partition_point(|known| known.r2_mean() >= scored.r2_mean());
    leaderboard.insert(rank, scored);
}

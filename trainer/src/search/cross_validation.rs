//! Scores every candidate on every fold.
//!
//! Work is handed out as (candidate group × fold): what candidates of a group share is done once, and the results are
//! collected in the order of the list, so that any number of threads gives the same leaderboard.

use std::time::Duration;

use model_core::Params;
use rayon::prelude::*;
use web_time::Instant;

use super::fit_seed::{FitPurpose, fit_seed};
use super::leaderboard::Scored;
use super::work::work;
use crate::folds::prepare::{PreparedFold, prepare_k_folds};
use crate::folds::stop_signal::StopSignal;
use crate::learn::{Candidate, FitError};
use crate::table::Table;

/// Most memory for the predictions that a search keeps.
const KEPT_BYTES: usize = 64 << 20;

/// Which rows are cross-validated, and how: whatever a fold depends on.
#[derive(Clone, Copy)]
pub struct CrossValidation<'a> {
    /// The table of the rows.
    pub table: &'a Table,
    /// The training rows, in random order.
    pub rows: &'a [u32],
    /// The number of folds, of consecutive rows each.
    pub n_folds: usize,
    /// The seed of every fit.
    pub seed: u64,
}

impl CrossValidation<'_> {
    /// The folds, with fits that end as soon as `stop` is due.
    pub(crate) fn folds(&self, stop: &StopSignal) -> Vec<PreparedFold> {
        let folds = prepare_k_folds(self.table, self.rows, self.n_folds);
        folds.into_iter().map(|fold| fold.stopped_by(stop)).collect()
    }
}

/// How a search is stopped, and where it reports its progress.
pub struct SearchControl<'a> {
    /// Once it is due nothing new is begun, and fits that are under way end and are left out.
    pub stop: StopSignal,
    /// Called with what happens.
    pub on_event: &'a (dyn Fn(Event<'_>) + Sync),
}

/// What happens in a search.
#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
    /// A stage of the run begins.
    Began {
        /// Its name, as in [`Stage`](crate::Stage).
        stage: &'static str,
    },
    /// So much work is ahead, as far as can be told.
    Planned {
        /// In cells of the table that fits look at.
        work: f64,
    },
    /// So much work is done.
    Done {
        /// In the same unit.
        work: f64,
        /// What was fitted.
        family: &'static str,
        /// The best R² on one fold among what was scored, where anything was.
        r2: f64,
    },
    /// A candidate is out of the race.
    Dropped {
        /// With its scores.
        scored: &'a Scored,
        /// The rows that it was scored on.
        n_rows: usize,
    },
}

impl Default for SearchControl<'_> {
    /// Never stops early and reports to nothing.
    fn default() -> Self {
        Self { stop: StopSignal::default(), on_event: &|_| {} }
    }
}

/// A search over candidates.
pub struct Search<'a> {
    /// What candidates are scored on.
    pub folds: &'a [PreparedFold],
    /// The seed of every fit.
    pub seed: u64,
    /// Whether each candidate's predictions are kept for a blend, as long as all of them take less than 64 MB.
    pub keep_predictions: bool,
    /// How it is stopped.
    pub control: &'a SearchControl<'a>,
}

/// One group's fit on one fold.
struct GroupFold {
    /// R² of each candidate of the group.
    scores: Vec<f64>,
    /// The predictions of each for the fold's validation rows; empty unless they are kept.
    predicted: Vec<Vec<f64>>,
    duration: Duration,
}

impl Search<'_> {
    /// Cross-validates every candidate and ranks them. Candidates that were not scored on every fold before the search had
    /// to stop are left out.
    ///
    /// # Errors
    /// The first fit that failed.
    pub fn score(&self, candidates: &[Candidate]) -> Result<Vec<Scored>, FitError> {
        let n_rows = self.folds.iter().map(|fold| fold.validation.n_rows()).sum::<usize>();
        let keeps = self.keep_predictions && candidates.len() * n_rows * size_of::<f64>() <= KEPT_BYTES;
        let groups = groups(candidates);
        let tasks: Vec<(&Vec<usize>, usize)> =
            groups.iter().flat_map(|group| (0..self.folds.len()).map(move |fold| (group, fold))).collect();
        let group_folds: Vec<Option<GroupFold>> = tasks
            .par_iter()
            .with_max_len(1)
            .map(|(group, fold)| self.score_group(candidates, group, *fold, keeps))
            .collect::<Result<_, FitError>>()?;

        let mut ranked: Vec<(usize, Scored)> = Vec::new();
        let mut group_folds = group_folds.into_iter();
        for group in &groups {
            let of_group: Vec<Option<GroupFold>> = group_folds.by_ref().take(self.folds.len()).collect();
            let Some(mut of_group) = of_group.into_iter().collect::<Option<Vec<GroupFold>>>() else { continue };
            let duration: Duration = of_group.iter().map(|fold| fold.duration).sum();
            let duration = duration / u32::try_from(group.len()).unwrap_or(u32::MAX);
            for (position, candidate_idx) in group.iter().enumerate() {
                let r2_folds = of_group.iter().map(|fold| fold.scores[position]).collect();
                let mut scored = Scored::new(candidates[*candidate_idx].clone(), r2_folds, duration);
                if keeps {
                    let predicted = of_group.iter_mut().map(|fold| std::mem::take(&mut fold.predicted[position]));
                    scored.predicted = Some(predicted.collect());
                }
                ranked.push((*candidate_idx, scored));
            }
        }
        // Of equals the earlier candidate, of the simpler family, stays ahead.
        ranked.sort_by(|(left_idx, left), (right_idx, right)| {
            right.r2_mean().total_cmp(&left.r2_mean()).then(left_idx.cmp(right_idx))
        });
        Ok(ranked.into_iter().map(|(_, scored)| scored).collect())
    }

    /// `None` once the search has to stop.
    fn score_group(
        &self,
        candidates: &[Candidate],
        group: &[usize],
        fold: usize,
        keeps: bool,
    ) -> Result<Option<GroupFold>, FitError> {
        if self.control.stop.is_due() {
            return Ok(None);
        }
        let started = Instant::now();
        let first = &candidates[group[0]];
        let params: Vec<&Params> = group.iter().map(|candidate| &candidates[*candidate].params).collect();
        let PreparedFold { train, validation } = &self.folds[fold];
        let seed = fit_seed(self.seed, first, FitPurpose::Fold(fold));
        let predicted = first.learner.evaluate(&params, train, validation, seed)?;
        if self.control.stop.is_due() {
            return Ok(None);
        }
        let scores: Vec<f64> = predicted.iter().map(|predicted| validation.r2(predicted)).collect();
        let best = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let passes = params.iter().map(|params| first.learner.passes(params)).fold(0.0, f64::max);
        let work = work(passes, train.n_rows(), train.schema().columns.len());
        (self.control.on_event)(Event::Done { work, family: first.learner.family(), r2: best });
        let predicted = if keeps { predicted } else { Vec::new() };
        Ok(Some(GroupFold { scores, predicted, duration: started.elapsed() }))
    }
}

/// The indices of each group's candidates; groups stand in the order of their first candidates.
fn groups(candidates: &[Candidate]) -> Vec<Vec<usize>> {
    let mut groups: indexmap::IndexMap<(&str, String), Vec<usize>> = indexmap::IndexMap::new();
    for (candidate_idx, candidate) in candidates.iter().enumerate() {
        let key = (candidate.learner.family(), candidate.learner.group_key(&candidate.params));
        groups.entry(key).or_default().push(candidate_idx);
    }
    groups.into_values().collect()
}

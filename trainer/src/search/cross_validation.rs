//! Scores every candidate on every fold.
//!
//! The tasks are (candidate group × fold): work that a group's candidates share is done once. Results are collected in
//! the order of the list, so that the leaderboard does not depend on the number of threads.

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

/// The maximal memory for kept predictions, in bytes.
const KEPT_BYTES: usize = 64 << 20;

/// The rows and settings that folds depend on.
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
    /// The prepared folds, whose fits end as soon as `stop` is due.
    pub(crate) fn folds(&self, stop: &StopSignal) -> Vec<PreparedFold> {
        let folds = prepare_k_folds(self.table, self.rows, self.n_folds);
        folds.into_iter().map(|fold| fold.stopped_by(stop)).collect()
    }
}

/// How a search is stopped and reports progress.
pub struct SearchControl<'a> {
    /// Once it is due, no new fits start, and running ones end and are discarded.
    pub stop: StopSignal,
    /// Receives each event.
    pub on_event: &'a (dyn Fn(Event<'_>) + Sync),
}

/// An event of a search.
#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
    /// A stage of the run begins.
    Began {
        /// Its name, as in [`Stage`](crate::Stage).
        stage: &'static str,
    },
    /// An estimate of the work ahead.
    Planned {
        /// In cells visited.
        work: f64,
    },
    /// Work that was done.
    Done {
        /// In the same unit.
        work: f64,
        /// The family that was fitted.
        family: &'static str,
        /// The best R² on one fold among the scored candidates; −∞ if none was scored.
        r2: f64,
    },
    /// A candidate was eliminated.
    Dropped {
        /// The candidate with its scores.
        scored: &'a Scored,
        /// The number of rows that it was scored on.
        n_rows: usize,
    },
}

impl Default for SearchControl<'_> {
    /// Never stops, and ignores events.
    fn default() -> Self {
        Self { stop: StopSignal::default(), on_event: &|_| {} }
    }
}

/// A search over candidates.
pub struct Search<'a> {
    /// The folds that candidates are scored on.
    pub folds: &'a [PreparedFold],
    /// The seed of every fit.
    pub seed: u64,
    /// Whether each candidate's predictions are kept for a blend, provided that all of them take at most 64 MiB.
    pub keep_predictions: bool,
    /// How it is stopped and reports progress.
    pub control: &'a SearchControl<'a>,
}

/// The fit of a group on a fold.
struct GroupFold {
    /// R² of each candidate of the group.
    scores: Vec<f64>,
    /// The predictions of each candidate for the fold's validation rows; empty unless they are kept.
    predicted: Vec<Vec<f64>>,
    duration: Duration,
}

impl Search<'_> {
    /// Cross-validates all candidates and ranks them. Candidates that were not scored on every fold before a stop are
    /// left out.
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
        // On ties, the earlier candidate, of the simpler family, is ahead.
        ranked.sort_by(|(left_idx, left), (right_idx, right)| {
            right.r2_mean().total_cmp(&left.r2_mean()).then(left_idx.cmp(right_idx))
        });
        Ok(ranked.into_iter().map(|(_, scored)| scored).collect())
    }

    /// `None` once the search is to stop.
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

/// The indices of each group's candidates; groups are in the order of their first candidates.
fn groups(candidates: &[Candidate]) -> Vec<Vec<usize>> {
    let mut groups: indexmap::IndexMap<(&str, String), Vec<usize>> = indexmap::IndexMap::new();
    for (candidate_idx, candidate) in candidates.iter().enumerate() {
        let key = (candidate.learner.family(), candidate.learner.group_key(&candidate.params));
        groups.entry(key).or_default().push(candidate_idx);
    }
    groups.into_values().collect()
}

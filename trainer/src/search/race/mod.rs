//! A race of the candidates: all start on few rows, and those that can no longer win are dropped before they cost much.
//!
//! This is successive halving (Jamieson & Talwalkar 2016) on rows: each rung has three times the rows of the previous
//! one and about a third of its candidates. Numbers of trees need no rungs, because one fit scores all smaller numbers
//! as well. Elimination depends on scores only, and the amount of work on rows, columns and candidates, never on the
//! clock.

mod elimination;
mod schedule;

pub(crate) use self::elimination::Reason;
use self::elimination::eliminate;
use self::schedule::{n_kept, rungs};
use super::cross_validation::{CrossValidation, Event, Search, SearchControl};
use super::effort::Effort;
use super::leaderboard::Scored;
use super::work::work;
use crate::folds::prepare::PreparedFold;
use crate::learn::{Candidate, FitError};

/// The settings of a race.
pub(crate) struct Race<'a> {
    /// All training rows; each rung uses the first of them.
    pub(crate) cross_validation: CrossValidation<'a>,
    pub(crate) effort: Effort,
    /// Whether predictions of the last rung are kept.
    pub(crate) keep_predictions: bool,
    pub(crate) control: &'a SearchControl<'a>,
}

/// The result of a race.
pub(crate) struct Raced {
    /// The candidates that are left after the last rung that was run, best first; empty if it was stopped before any
    /// was scored.
    pub(crate) leaderboard: Vec<Scored>,
    /// The folds of the last rung that was run.
    pub(crate) folds: Vec<PreparedFold>,
    /// The rungs that were run.
    pub(crate) rungs: Vec<Rung>,
}

/// A rung that was run.
pub(crate) struct Rung {
    pub(crate) n_rows: usize,
    pub(crate) n_candidates: usize,
    /// The candidates that were eliminated.
    pub(crate) dropped: Vec<(Scored, Reason)>,
    /// The work of its fits, in the unit of [`work`].
    pub(crate) work: f64,
}

impl Race<'_> {
    /// Runs all rungs. After a stop, the scores so far are used.
    pub(crate) fn run(&self, candidates: &[Candidate]) -> Result<Raced, FitError> {
        let CrossValidation { rows, n_folds, seed, .. } = self.cross_validation;
        let schedule = self.schedule();
        (self.control.on_event)(Event::Planned { work: self.planned(candidates) });
        let mut raced = Raced { leaderboard: Vec::new(), folds: Vec::new(), rungs: Vec::new() };
        let mut left = candidates.to_vec();
        for (idx, n_rows) in schedule.iter().copied().enumerate() {
            let is_last = idx + 1 == schedule.len();
            let rung = CrossValidation { rows: &rows[..n_rows], ..self.cross_validation };
            let folds = rung.folds(&self.control.stop);
            let keep_predictions = self.keep_predictions && is_last;
            let scored = Search { folds: &folds, seed, keep_predictions, control: self.control }.score(&left)?;
            // After a stop, few scores on many rows are worth less than all scores on fewer rows.
            if self.control.stop.is_due() && scored.len() < left.len() && !raced.leaderboard.is_empty() {
                break;
            }
            let reasons = if is_last { vec![None; scored.len()] } else { eliminate(&scored, n_folds) };
            let work = left.iter().map(|candidate| self.work(candidate, &left, n_rows)).sum();
            let mut dropped = Vec::new();
            let mut kept = Vec::new();
            for (scored, reason) in scored.into_iter().zip(reasons) {
                match reason {
                    Some(reason) => {
                        (self.control.on_event)(Event::Dropped { scored: &scored, n_rows });
                        dropped.push((scored, reason));
                    }
                    None => kept.push(scored),
                }
            }
            raced.rungs.push(Rung { n_rows, n_candidates: left.len(), dropped, work });
            // In the original order, so that ties keep the simpler family ahead.
            let is_kept = |candidate: &Candidate| {
                kept.iter().any(|scored| {
                    scored.candidate.learner.family() == candidate.learner.family()
                        && scored.candidate.params == candidate.params
                })
            };
            left.retain(is_kept);
            raced.leaderboard = kept;
            raced.folds = folds;
            if self.control.stop.is_due() {
                break;
            }
        }
        Ok(raced)
    }

    /// A candidate's share of its group's fits on a rung of `n_rows` rows.
    fn work(&self, candidate: &Candidate, among: &[Candidate], n_rows: usize) -> f64 {
        let CrossValidation { table, n_folds, .. } = self.cross_validation;
        let key = candidate.learner.group_key(&candidate.params);
        let group: Vec<&Candidate> = among
            .iter()
            .filter(|other| other.learner.family() == candidate.learner.family())
            .filter(|other| other.learner.group_key(&other.params) == key)
            .collect();
        let most = group.iter().map(|other| other.learner.passes(&other.params)).fold(0.0, f64::max);
        // Each fold is trained on the rows of all others.
        let n_learned = n_rows * (n_folds - 1);
        work(most, n_learned, table.columns.len()) / group.len().max(1) as f64
    }

    /// The number of rows of each rung.
    fn schedule(&self) -> Vec<usize> {
        let CrossValidation { rows, table, .. } = self.cross_validation;
        rungs(rows.len(), self.effort.most_rows(table.columns.len()))
    }

    /// The expected work of the race and all later stages, if a third of the candidates is kept on each rung.
    pub(crate) fn planned(&self, candidates: &[Candidate]) -> f64 {
        let all =
            |n_rows: &usize| candidates.iter().map(|candidate| self.work(candidate, candidates, *n_rows)).sum::<f64>();
        let mut share = 1.0;
        let mut planned = 0.0;
        for n_rows in &self.schedule() {
            planned += share * all(n_rows);
            share *= n_kept(candidates.len()) as f64 / candidates.len().max(1) as f64;
        }
        // Repetitions cost at most half of the race. The stages after the search take as long as the race if the
        // champion is linear, and more than twice as long if it is a blend: this is in between.
        3.5 * planned
    }
}

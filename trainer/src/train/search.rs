//! Stage: scores candidates on folds of the training rows, in a race or, for a grid, all of them on all rows.

use model_core::{Dropped, Race as RaceReport, Rung as RungReport};

use super::outcome::TrainError;
use super::run::Run;
use crate::folds::prepare::PreparedFold;
use crate::folds::split::Split;
use crate::learn::Candidate;
use crate::search::cross_validation::Search;
use crate::search::effort::Effort;
use crate::search::leaderboard::Scored;
use crate::search::paired::Paired;
use crate::search::race::{Race, Raced, Reason};

/// The candidates with their scores.
pub(super) struct Searched {
    pub(super) split: Split,
    /// The number of training rows, from the first on, on which candidates were scored.
    pub(super) n_rows: usize,
    /// The folds on which candidates were scored.
    pub(super) folds: Vec<PreparedFold>,
    /// At least one candidate, best first.
    pub(super) leaderboard: Vec<Scored>,
    /// The report of the race.
    pub(super) race: Option<RaceReport>,
}

pub(super) fn search(run: &Run<'_>, split: Split) -> Result<Searched, TrainError> {
    let options = &run.config.search;
    let mut candidates = options.candidates(run.table.n_records())?;
    let mut left_out = options.unpublishable();
    if options.race().is_some() {
        left_out.extend(leave_out_too_large(&mut candidates, options.size_budget(), split.train.len()));
    }
    let cross_validation = run.cross_validation(&split.train);
    let (control, keep_predictions) = (run.control, options.blends());
    let (leaderboard, folds, n_rows, race) = match options.race() {
        Some(effort) => {
            let raced = Race { cross_validation, effort, keep_predictions, control }.run(&candidates)?;
            let records = |n_rows: usize| run.table.n_records_of(&split.train[..n_rows]);
            let race = report(cross_validation.n_folds, effort, &raced, &left_out, records);
            let n_rows = raced.rungs.last().map_or(0, |rung| rung.n_rows);
            (raced.leaderboard, raced.folds, n_rows, Some(race))
        }
        None => {
            let folds = cross_validation.folds(run.stop());
            let search = Search { folds: &folds, seed: run.seed(), keep_predictions, control };
            (search.score(&candidates)?, folds, split.train.len(), None)
        }
    };
    if leaderboard.is_empty() {
        return Err(TrainError::Stopped);
    }
    Ok(Searched { split, n_rows, folds, leaderboard, race })
}

/// The expected work of a race over the rows of `split` and of later stages; `None` without a race.
pub(super) fn planned(run: &Run<'_>, split: &Split) -> Result<Option<f64>, TrainError> {
    let options = &run.config.search;
    let mut candidates = options.candidates(run.table.n_records())?;
    let Some(effort) = options.race() else { return Ok(None) };
    leave_out_too_large(&mut candidates, options.size_budget(), split.train.len());
    let cross_validation = run.cross_validation(&split.train);
    let race = Race { cross_validation, effort, keep_predictions: false, control: run.control };
    Ok(Some(race.planned(&candidates)))
}

/// Removes candidates far above the size budget, unless there are no others, and returns the families that are left
/// without candidates.
fn leave_out_too_large(candidates: &mut Vec<Candidate>, budget: usize, n_rows: usize) -> Vec<&'static str> {
    let fits = |candidate: &Candidate| candidate.learner.bytes(&candidate.params, n_rows) <= budget;
    if !candidates.iter().any(fits) {
        return Vec::new();
    }
    let mut families: Vec<&'static str> = candidates.iter().map(|candidate| candidate.learner.family()).collect();
    families.dedup();
    candidates.retain(fits);
    families.retain(|family| candidates.iter().all(|candidate| candidate.learner.family() != *family));
    families
}

fn report(
    n_folds: usize,
    effort: Effort,
    raced: &Raced,
    left_out: &[&str],
    records: impl Fn(usize) -> usize,
) -> RaceReport {
    let dropped = |n_rows: usize, (scored, reason): &(Scored, Reason)| Dropped {
        family: scored.entry.family.clone(),
        params: scored.entry.params.clone(),
        rows: records(n_rows),
        r2_mean: scored.r2_mean(),
        reason: match reason {
            Reason::Behind(Paired { difference, error }) => {
                format!("{difference:.4} \u{b1} {error:.4} in R\u{b2} behind the leader over {n_folds} folds")
            }
            Reason::Rank => "not among the best third".into(),
        },
    };
    RaceReport {
        effort: effort.name().into(),
        rungs: raced
            .rungs
            .iter()
            .map(|rung| RungReport { rows: records(rung.n_rows), n_candidates: rung.n_candidates, cells: rung.work })
            .collect(),
        dropped: raced
            .rungs
            .iter()
            .flat_map(|rung| rung.dropped.iter().map(move |one| dropped(rung.n_rows, one)))
            .collect(),
        left_out: left_out.iter().map(ToString::to_string).collect(),
        time_limit_reached: false,
    }
}

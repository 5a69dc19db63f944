//! Every candidate on every fold.
//!
//! Work is handed out as (candidate group × fold): what candidates of a group share is done once, and the results are
//! collected in the order of the list, so that any number of threads gives the same leaderboard.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use model_core::{CvScore, LeaderboardEntry, Params};
use rayon::prelude::*;

use crate::folds::fit_data::FitData;
use crate::folds::preprocess::fit_preprocessor;
use crate::folds::split::{Fold, fold_bounds};
use crate::folds::stop_signal::StopSignal;
use crate::learn::{Candidate, FitError, Grid, Learner};
use crate::metrics::{mean_and_sd, r2_of};
use crate::random::SplitMix64;
use crate::table::row_idx::{RowIdx, in_order};
use crate::table::{MANY_ROWS, Table};

/// Most memory for the predictions that [`search_keeping`] keeps.
const KEPT_BYTES: usize = 64 << 20;

/// All candidates that were scored, best first; equals in the order they were given in.
#[derive(Debug, Clone)]
pub struct Leaderboard {
    /// One a candidate.
    pub entries: Vec<LeaderboardEntry>,
    /// The place of each entry's candidate in the list that was searched.
    pub candidate_idx: Vec<usize>,
    /// The time that each entry's fits took in all; a group's time is shared evenly among its members.
    pub durations: Vec<Duration>,
}

impl Leaderboard {
    /// Adds what was scored elsewhere, behind its equals.
    pub(crate) fn insert(&mut self, candidate_idx: usize, entry: LeaderboardEntry, duration: Duration) {
        let place = self.entries.partition_point(|known| known.cv.r2_mean >= entry.cv.r2_mean);
        self.entries.insert(place, entry);
        self.candidate_idx.insert(place, candidate_idx);
        self.durations.insert(place, duration);
    }
}

/// How a search is told to stop, and whom it tells how far it is.
pub struct SearchControl<'a> {
    /// Once it is due, nothing new is begun, and what is under way ends and is left out.
    pub must_stop: StopSignal,
    /// Hears of candidates × folds that are done, and of a fold's R².
    pub on_done: &'a (dyn Fn(usize, f64) + Sync),
}

impl Default for SearchControl<'_> {
    /// Never stops early and tells nobody.
    fn default() -> Self {
        Self { must_stop: StopSignal::default(), on_done: &|_, _| {} }
    }
}

/// The candidates of the given families, simplest family first.
#[must_use]
pub fn candidates(learners: &[&'static dyn Learner], grid: Grid) -> Vec<Candidate> {
    let of = |learner: &&'static dyn Learner| {
        let learner = *learner;
        learner.grid(grid).into_iter().map(move |params| Candidate { learner, params })
    };
    learners.iter().flat_map(of).collect()
}

/// The training and the validation part of each fold, in every form that learners read.
#[must_use]
pub fn prepare(table: &Table, folds: &[Fold]) -> Vec<(FitData, FitData)> {
    let prepare = |fold: &Fold| {
        let preprocessor = fit_preprocessor(table, &fold.train, None);
        (FitData::new(&preprocessor, table, &fold.train), FitData::new(&preprocessor, table, &fold.validation))
    };
    folds.par_iter().map(prepare).collect()
}

/// The same for the folds of [`k_folds`](crate::k_folds), without a list of all of them.
#[must_use]
pub fn prepare_k_folds<R: RowIdx>(table: &Table, rows: &[R], n_folds: usize) -> Vec<(FitData, FitData)> {
    let prepare = |(start, end): (usize, usize)| prepare_fold(table, rows, (start, end), &rows[start..end]);
    if rows.len() < MANY_ROWS {
        let bounds: Vec<(usize, usize)> = fold_bounds(rows.len(), n_folds).collect();
        return bounds.into_par_iter().map(prepare).collect();
    }
    // One after the other: each takes memory of its own on its way, and uses all cores.
    fold_bounds(rows.len(), n_folds).map(prepare).collect()
}

/// One fold of `rows`, whose validation part starts and ends at the given places; of that part only `validation` is
/// predicted.
pub(crate) fn prepare_fold<R: RowIdx>(
    table: &Table,
    rows: &[R],
    (start, end): (usize, usize),
    validation: &[R],
) -> (FitData, FitData) {
    let others = rows[..start].iter().chain(&rows[end..]);
    let mut train: Vec<u32> = Vec::with_capacity(rows.len() - (end - start));
    train.extend(others.map(|row| row.to_u32()));
    if rows.len() >= MANY_ROWS {
        train = in_order(train, table.n_rows());
    }
    let preprocessor = fit_preprocessor(table, &train, None);
    let validation = FitData::new(&preprocessor, table, validation);
    (FitData::of_rows(&preprocessor, table, train), validation)
}

/// The same, with fits that end as soon as `stop` is due.
pub(crate) fn prepare_stoppable<R: RowIdx>(
    table: &Table,
    rows: &[R],
    n_folds: usize,
    stop: &StopSignal,
) -> Vec<(FitData, FitData)> {
    let stoppable = |(train, validation): (FitData, FitData)| (train.stopped_by(stop.clone()), validation);
    prepare_k_folds(table, rows, n_folds).into_iter().map(stoppable).collect()
}

/// Cross-validates every candidate. Candidates that were not scored on every fold before the search had to stop are
/// left out.
///
/// # Errors
/// The first fit that failed.
pub fn search(
    folds: &[(FitData, FitData)],
    candidates: &[Candidate],
    seed: u64,
    control: &SearchControl<'_>,
) -> Result<Leaderboard, FitError> {
    search_keeping(folds, candidates, seed, control, false).map(|(leaderboard, _)| leaderboard)
}

/// For a candidate's place in the list: for each fold, the predictions for its validation rows.
pub(crate) type KeptPredictions = BTreeMap<usize, Vec<Vec<f64>>>;

/// The same, and if `keeps`, what every candidate predicted, as long as that takes less than [`KEPT_BYTES`].
pub(crate) fn search_keeping(
    folds: &[(FitData, FitData)],
    candidates: &[Candidate],
    seed: u64,
    control: &SearchControl<'_>,
    keeps: bool,
) -> Result<(Leaderboard, KeptPredictions), FitError> {
    let n_predictions = candidates.len() * folds.iter().map(|(_, validation)| validation.n_rows()).sum::<usize>();
    let keeps = keeps && n_predictions * size_of::<f64>() <= KEPT_BYTES;
    let groups = groups(candidates);
    let tasks: Vec<(&Vec<usize>, usize)> =
        groups.iter().flat_map(|group| (0..folds.len()).map(move |fold| (group, fold))).collect();
    let scored: Vec<Option<Scored>> = tasks
        .par_iter()
        .with_max_len(1)
        .map(|(group, fold)| {
            if control.must_stop.is_due() {
                return Ok(None);
            }
            let started = Instant::now();
            let predicted =
                predict_group(candidates, group, &folds[*fold], fold_seed(seed, &candidates[group[0]], *fold))?;
            if control.must_stop.is_due() {
                return Ok(None);
            }
            let validation = &folds[*fold].1;
            let scores: Vec<f64> =
                predicted.iter().map(|predicted| r2_of(|| validation.targets(), predicted)).collect();
            let best = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            (control.on_done)(group.len(), best);
            let predicted = if keeps { predicted } else { Vec::new() };
            Ok(Some(Scored { scores, predicted, duration: started.elapsed() }))
        })
        .collect::<Result<_, FitError>>()?;

    let mut ranked: Vec<(usize, LeaderboardEntry, Duration)> = Vec::new();
    let mut kept = KeptPredictions::new();
    let mut scored = scored.into_iter();
    for group in &groups {
        let of_group: Vec<Option<Scored>> = scored.by_ref().take(folds.len()).collect();
        let Some(mut of_group) = of_group.into_iter().collect::<Option<Vec<Scored>>>() else { continue };
        let duration: Duration = of_group.iter().map(|scored| scored.duration).sum();
        for (place, candidate_idx) in group.iter().enumerate() {
            let r2_folds: Vec<f64> = of_group.iter().map(|scored| scored.scores[place]).collect();
            if keeps {
                let predicted = of_group.iter_mut().map(|scored| std::mem::take(&mut scored.predicted[place]));
                kept.insert(*candidate_idx, predicted.collect());
            }
            let (r2_mean, r2_sd) = mean_and_sd(&r2_folds);
            let entry = LeaderboardEntry {
                family: candidates[*candidate_idx].learner.family().into(),
                params: candidates[*candidate_idx].params.clone(),
                cv: CvScore { r2_mean, r2_sd, r2_folds },
            };
            ranked.push((*candidate_idx, entry, duration / u32::try_from(group.len()).unwrap_or(u32::MAX)));
        }
    }
    // Of equals the earlier candidate, of the simpler family, stays ahead.
    ranked.sort_by(|(left_idx, left, _), (right_idx, right, _)| {
        right.cv.r2_mean.total_cmp(&left.cv.r2_mean).then(left_idx.cmp(right_idx))
    });
    let leaderboard = Leaderboard {
        candidate_idx: ranked.iter().map(|(candidate_idx, ..)| *candidate_idx).collect(),
        durations: ranked.iter().map(|(.., duration)| *duration).collect(),
        entries: ranked.into_iter().map(|(_, entry, _)| entry).collect(),
    };
    Ok((leaderboard, kept))
}

/// What one group's fit on one fold gave, one a candidate.
struct Scored {
    scores: Vec<f64>,
    /// Empty unless they are kept.
    predicted: Vec<Vec<f64>>,
    duration: Duration,
}

/// The seed for everything random in a candidate's fit on one fold: the same for all of its group.
#[must_use]
pub fn fold_seed(seed: u64, candidate: &Candidate, fold: usize) -> u64 {
    // FNV-1a: any well-spread hash that never changes will do.
    let text = format!("{}\n{}\n{fold}", candidate.learner.family(), candidate.learner.group_key(&candidate.params));
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    SplitMix64::new(seed ^ hash).next_u64()
}

/// What each candidate of one group predicts on one fold.
fn predict_group(
    candidates: &[Candidate],
    group: &[usize],
    (train, validation): &(FitData, FitData),
    seed: u64,
) -> Result<Vec<Vec<f64>>, FitError> {
    let params: Vec<&Params> = group.iter().map(|candidate| &candidates[*candidate].params).collect();
    candidates[group[0]].learner.evaluate(&params, train, validation, seed)
}

/// The places of the candidates of each group, in the order of each group's first.
fn groups(candidates: &[Candidate]) -> Vec<Vec<usize>> {
    let mut groups: indexmap::IndexMap<(&str, String), Vec<usize>> = indexmap::IndexMap::new();
    for (place, candidate) in candidates.iter().enumerate() {
        let key = (candidate.learner.family(), candidate.learner.group_key(&candidate.params));
        groups.entry(key).or_default().push(place);
    }
    groups.into_values().collect()
}

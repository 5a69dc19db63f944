//! Every candidate on every fold.

use std::time::{Duration, Instant};

use model_core::{CvScore, LeaderboardEntry, Params};
use rayon::prelude::*;

use crate::learner::{FitError, Learner};
use crate::metrics::{mean_and_sd, r2};
use crate::preprocess::{encode_rows, fit_preprocessor};
use crate::samples::Samples;
use crate::split::Fold;
use crate::table::Table;

/// A family with one choice of its hyper-parameters.
#[derive(Clone)]
pub struct Candidate {
    /// The family.
    pub learner: &'static dyn Learner,
    /// Its hyper-parameters.
    pub params: Params,
}

/// All candidates with their scores, best first; equals in the order they were given in.
#[derive(Debug, Clone)]
pub struct Leaderboard {
    /// One a candidate.
    pub entries: Vec<LeaderboardEntry>,
    /// The place of each entry's candidate in the list that was searched.
    pub candidate_idx: Vec<usize>,
    /// The time that each entry's fits took in all.
    pub durations: Vec<Duration>,
}

/// The candidates of the given families, simplest family first.
#[must_use]
pub fn candidates(learners: &[&'static dyn Learner]) -> Vec<Candidate> {
    let of = |learner: &&'static dyn Learner| {
        let learner = *learner;
        learner.grid().into_iter().map(move |params| Candidate { learner, params })
    };
    learners.iter().flat_map(of).collect()
}

/// Cross-validates every candidate; `on_done` hears of each fit.
///
/// # Errors
/// The first fit that failed.
pub fn search(
    table: &Table,
    folds: &[Fold],
    candidates: &[Candidate],
    on_done: &(dyn Fn() + Sync),
) -> Result<Leaderboard, FitError> {
    let prepared: Vec<(Samples, Samples)> = folds
        .par_iter()
        .map(|fold| {
            let preprocessor = fit_preprocessor(table, &fold.train, None);
            (encode_rows(&preprocessor, table, &fold.train), encode_rows(&preprocessor, table, &fold.validation))
        })
        .collect();
    let tasks: Vec<(&Candidate, &(Samples, Samples))> =
        candidates.iter().flat_map(|candidate| prepared.iter().map(move |fold| (candidate, fold))).collect();
    let scored: Vec<(f64, Duration)> = tasks
        .par_iter()
        .map(|(candidate, (train, validation))| {
            let started = Instant::now();
            let model = candidate.learner.fit(&candidate.params, train)?;
            let score = r2(&validation.target, &predict_rows(&model, validation));
            on_done();
            Ok((score, started.elapsed()))
        })
        .collect::<Result<_, FitError>>()?;
    let mut ranked: Vec<(usize, LeaderboardEntry, Duration)> = candidates
        .iter()
        .zip(scored.chunks(folds.len()))
        .enumerate()
        .map(|(candidate_idx, (candidate, scores))| {
            let r2_folds: Vec<f64> = scores.iter().map(|(score, _)| *score).collect();
            let (r2_mean, r2_sd) = mean_and_sd(&r2_folds);
            let entry = LeaderboardEntry {
                family: candidate.learner.family().into(),
                params: candidate.params.clone(),
                cv: CvScore { r2_mean, r2_sd, r2_folds },
            };
            (candidate_idx, entry, scores.iter().map(|(_, duration)| *duration).sum())
        })
        .collect();
    // Stable, so that of equals the simpler family stays ahead.
    ranked.sort_by(|(_, left, _), (_, right, _)| right.cv.r2_mean.total_cmp(&left.cv.r2_mean));
    Ok(Leaderboard {
        candidate_idx: ranked.iter().map(|(candidate_idx, ..)| *candidate_idx).collect(),
        durations: ranked.iter().map(|(.., duration)| *duration).collect(),
        entries: ranked.into_iter().map(|(_, entry, _)| entry).collect(),
    })
}

/// The model's prediction for every row.
#[must_use]
pub fn predict_rows(model: &model_core::Model, samples: &Samples) -> Vec<f64> {
    let mut buffer = vec![0.0; samples.features.ncols()];
    samples
        .features
        .outer_iter()
        .map(|row| {
            for (cell, feature) in buffer.iter_mut().zip(row) {
                *cell = *feature;
            }
            model.predict(&buffer)
        })
        .collect()
}

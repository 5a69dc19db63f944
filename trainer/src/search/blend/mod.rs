//! Makes a blend of the best candidate of each family (stacked regressions, Breiman 1996).
//!
//! Weights are found by non-negative least squares on out-of-fold predictions. The score of a fold is that of weights
//! found on the other folds alone; which candidate stands for a family was chosen on all folds, so that the score
//! flatters a blend about as much as it flatters its best member.

mod non_negative;
mod weights;

use model_core::Model;
use rayon::prelude::*;
use web_time::Instant;

pub(crate) use self::weights::nested_scores;
use self::weights::weights_on;
use super::fit_seed::{FitPurpose, fit_seed};
use super::leaderboard::{Scored, insert};
use crate::folds::fit_data::FitData;
use crate::folds::prepare::PreparedFold;
use crate::folds::stop_signal::StopSignal;
use crate::learn::Candidate;
use crate::learn::{BLEND, FitError, Learner, assemble_blend, blend_params};

/// The share of the size budget that the members may take; the rest is for what the artifacts hold besides.
const MEMBERS_SHARE: f64 = 0.95;

/// What a blend may be made of.
pub(crate) struct BlendOptions {
    /// Whether members may hold rows of the training data.
    pub(crate) allow_records: bool,
    /// Most bytes of all its members and of the preprocessor.
    pub(crate) size_budget: usize,
    pub(crate) seed: u64,
}

/// One that may become a member.
struct Contender {
    /// Its rank in the leaderboard, from 0.
    rank: usize,
    candidate: Candidate,
    /// Fitted to all rows, and the length of its JSON.
    model: Model,
    size: usize,
    /// For each fold the predictions for its validation rows.
    predicted: Vec<Vec<f64>>,
}

/// What came of an attempt to blend.
struct Blended {
    /// `None` where fewer than two models are of use together.
    blend: Option<Scored>,
    /// Models of all rows that were fitted on the way, by their ranks; those over the size budget are left out.
    models: Vec<(usize, Model)>,
}

/// Adds to `leaderboard` the blend of the best candidates of its families, if two or more of them are of use together. The
/// candidates were scored on `folds`, and `data` are all rows of these. Models that are fitted on the way are kept in the
/// leaderboard. Nothing is added once `stop` is due.
///
/// # Errors
/// The first fit that failed.
pub(crate) fn add_blend(
    leaderboard: &mut Vec<Scored>,
    folds: &[PreparedFold],
    data: &FitData,
    options: &BlendOptions,
    stop: &StopSignal,
) -> Result<(), FitError> {
    let Blended { blend, models } = blend(leaderboard, folds, data, options)?;
    // What was stopped on its way is no blend, and its models are cut short.
    if stop.is_due() {
        return Ok(());
    }
    for (rank, model) in models {
        leaderboard[rank].model = Some(model);
    }
    if let Some(blend) = blend {
        insert(leaderboard, blend);
    }
    Ok(())
}

fn blend(
    leaderboard: &mut [Scored],
    folds: &[PreparedFold],
    data: &FitData,
    options: &BlendOptions,
) -> Result<Blended, FitError> {
    let started = Instant::now();
    let best = best_of_each_family(leaderboard, options.allow_records);
    // One family alone needs no fits to tell.
    if best.len() < 2 {
        return Ok(Blended { blend: None, models: Vec::new() });
    }
    let budget = (options.size_budget as f64 * MEMBERS_SHARE) as usize;
    let mut members = contenders(leaderboard, &best, data, options.seed, budget)?;
    leaderboard.iter_mut().for_each(|scored| scored.predicted = None);
    predict_missing(&mut members, folds, options.seed)?;
    let models: Vec<(usize, Model)> = members.iter().map(|member| (member.rank, member.model.clone())).collect();

    let weights = retain_useful(&mut members, folds, budget);
    if members.len() < 2 {
        return Ok(Blended { blend: None, models });
    }
    let r2_folds = nested_scores(&predictions(&members), folds);
    let weighted: Vec<(Candidate, f64)> =
        members.iter().zip(&weights).map(|(member, weight)| (member.candidate.clone(), *weight)).collect();
    let candidate = Candidate { learner: &BLEND, params: blend_params(&weighted) };
    let fitted = members.into_iter().zip(weights).map(|(member, weight)| (member.candidate, weight, member.model));
    let model = assemble_blend(fitted.collect(), data);
    let blend = Scored { model: Some(model), ..Scored::new(candidate, r2_folds, started.elapsed()) };
    Ok(Blended { blend: Some(blend), models })
}

/// The ranks of the best candidates of those families that may be members and tell anything.
fn best_of_each_family(leaderboard: &[Scored], allow_records: bool) -> Vec<usize> {
    let mut best: Vec<usize> = Vec::new();
    for (rank, scored) in leaderboard.iter().enumerate() {
        let Candidate { learner, params } = &scored.candidate;
        let is_known = best.iter().any(|known| leaderboard[*known].entry.family == scored.entry.family);
        let is_allowed = allow_records || !learner.stores_rows(params);
        if !is_known && is_allowed && learner.family() != BLEND.family() && scored.r2_mean() > 0.0 {
            best.push(rank);
        }
    }
    best
}

/// The candidates at the given ranks, fitted to all rows; those over the budget are left out.
fn contenders(
    leaderboard: &mut [Scored],
    ranks: &[usize],
    data: &FitData,
    seed: u64,
    budget: usize,
) -> Result<Vec<Contender>, FitError> {
    let fit = |rank: &usize| {
        let candidate = &leaderboard[*rank].candidate;
        let seed = fit_seed(seed, candidate, FitPurpose::AllRows);
        let model = candidate.learner.fit(&candidate.params, data, seed)?;
        let size = serde_json::to_string(&model).map_or(usize::MAX, |json| json.len());
        Ok((model, size))
    };
    let fits = ranks.par_iter().map(fit).collect::<Result<Vec<(Model, usize)>, FitError>>()?;
    let mut contenders = Vec::new();
    for (rank, (model, size)) in ranks.iter().zip(fits) {
        if size <= budget {
            let scored = &mut leaderboard[*rank];
            let predicted = scored.predicted.take().unwrap_or_default();
            contenders.push(Contender { rank: *rank, candidate: scored.candidate.clone(), model, size, predicted });
        }
    }
    Ok(contenders)
}

/// Fits again those whose predictions the search did not keep.
fn predict_missing(members: &mut [Contender], folds: &[PreparedFold], seed: u64) -> Result<(), FitError> {
    let missing: Vec<Candidate> =
        members.iter().filter(|member| member.predicted.is_empty()).map(|member| member.candidate.clone()).collect();
    let mut predicted = predict_folds(&missing, folds, seed)?.into_iter();
    for member in members.iter_mut().filter(|member| member.predicted.is_empty()) {
        member.predicted = predicted.next().unwrap_or_default();
    }
    Ok(())
}

/// Keeps those members that have a weight and together keep to the budget, and gives their weights.
fn retain_useful(members: &mut Vec<Contender>, folds: &[PreparedFold], budget: usize) -> Vec<f64> {
    let all: Vec<usize> = (0..folds.len()).collect();
    loop {
        let weights = weights_on(&predictions(members), folds, &all);
        let mut is_used = weights.iter().map(|weight| *weight > 0.0);
        members.retain(|_| is_used.next().unwrap_or_default());
        if members.iter().map(|member| member.size).sum::<usize>() <= budget {
            return weights.into_iter().filter(|weight| *weight > 0.0).collect();
        }
        let largest = (0..members.len()).max_by_key(|idx| members[*idx].size).unwrap_or_default();
        members.remove(largest);
    }
}

fn predictions(members: &[Contender]) -> Vec<&[Vec<f64>]> {
    members.iter().map(|member| &member.predicted[..]).collect()
}

/// For each candidate and fold, its predictions for the fold's validation rows.
pub(crate) fn predict_folds(
    candidates: &[Candidate],
    folds: &[PreparedFold],
    seed: u64,
) -> Result<Vec<Vec<Vec<f64>>>, FitError> {
    let tasks: Vec<(&Candidate, usize)> =
        candidates.iter().flat_map(|candidate| (0..folds.len()).map(move |fold| (candidate, fold))).collect();
    let predict = |(candidate, fold): &(&Candidate, usize)| {
        let PreparedFold { train, validation } = &folds[*fold];
        let seed = fit_seed(seed, candidate, FitPurpose::Fold(*fold));
        let predicted = candidate.learner.evaluate(&[&candidate.params], train, validation, seed)?;
        let mut predicted = predicted.into_iter().next().unwrap_or_default();
        // Shorter only where the fit was stopped; then the blend is not used.
        predicted.resize(validation.n_rows(), 0.0);
        Ok(predicted)
    };
    let predicted = tasks.par_iter().with_max_len(1).map(predict).collect::<Result<Vec<Vec<f64>>, FitError>>()?;
    Ok(predicted.chunks(folds.len()).map(<[_]>::to_vec).collect())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::folds::prepare::prepare_k_folds;
    use crate::folds::preprocess::fit_preprocessor;
    use crate::learn::learner;
    use crate::search::cross_validation::{Search, SearchControl};
    use crate::table::fictional::write_sample;
    use crate::table::ingest::{IngestOptions, ingest};

    /// Predictions and models that are kept equal those of fits made anew.
    #[test]
    fn nothing_kept_differs_from_what_is_made_anew() {
        let mut bytes = Vec::new();
        write_sample(&mut bytes, 120, 7).unwrap();
        let options = IngestOptions { target: "math_score".into(), ..Default::default() };
        let table = ingest(Path::new("sample.csv"), &bytes, &options).unwrap();
        let rows: Vec<u32> = (0..120).collect();
        let folds = prepare_k_folds(&table, &rows, 3);
        let of = |family: &str, params: serde_json::Value| Candidate {
            learner: learner(family).unwrap(),
            params: serde_json::from_value(params).unwrap(),
        };
        let candidates = [
            of("linear", serde_json::json!({})),
            of("forest", serde_json::json!({"n_estimators": 4, "max_features": "sqrt"})),
            of("gradient-boosting", serde_json::json!({"n_estimators": 8, "subsample": 0.7})),
            of("gradient-boosting", serde_json::json!({"n_estimators": 16, "subsample": 0.7})),
        ];
        let control = SearchControl::default();
        let search = Search { folds: &folds, seed: 42, keep_predictions: true, control: &control };
        let kept = search.score(&candidates).unwrap();
        for scored in &kept {
            let anew = predict_folds(std::slice::from_ref(&scored.candidate), &folds, 42).unwrap();
            assert_eq!(scored.predicted.as_ref(), anew.first());
        }
        let forgotten = Search { keep_predictions: false, ..search }.score(&candidates).unwrap();
        assert!(forgotten.iter().all(|scored| scored.predicted.is_none()));

        let data = FitData::new(&fit_preprocessor(&table, &rows, None), &table, &rows);
        let options = BlendOptions { allow_records: false, size_budget: 300_000, seed: 42 };
        let blended = |mut leaderboard: Vec<Scored>| {
            add_blend(&mut leaderboard, &folds, &data, &options, &StopSignal::default()).unwrap();
            leaderboard
        };
        let [with, without] = [kept, forgotten].map(blended);
        assert_eq!(with.len(), candidates.len() + 1, "there is no blend");
        for (with, without) in with.iter().zip(&without) {
            assert_eq!((&with.entry, &with.model), (&without.entry, &without.model));
        }
        for scored in with.iter().filter(|scored| scored.entry.family != BLEND.family()) {
            let Candidate { learner, params } = &scored.candidate;
            let seed = fit_seed(42, &scored.candidate, FitPurpose::AllRows);
            if let Some(model) = &scored.model {
                assert_eq!(*model, learner.fit(params, &data, seed).unwrap());
            }
        }
    }
}

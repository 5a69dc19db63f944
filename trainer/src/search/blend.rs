//! Makes a blend of the best candidate of each family (stacked regressions, Breiman 1996).
//!
//! Weights are found by non-negative least squares on out-of-fold predictions. The score of a fold is that of weights
//! found on the other folds alone; which candidate stands for a family was chosen on all folds, so that the score
//! flatters a blend about as much as it flatters its best member.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use model_core::{CvScore, LeaderboardEntry, Model};
use rayon::prelude::*;

use super::leaderboard::{KeptPredictions, Leaderboard, fold_seed};
use crate::folds::fit_data::FitData;
use crate::learn::Candidate;
use crate::learn::{BLEND, FitError, Learner, assemble_blend, blend_params};
use crate::metrics::{mean_and_sd, r2};

/// Members with a smaller weight are left out: they cost bytes and say nothing.
const LEAST_WEIGHT: f64 = 0.02;
/// Of the size budget, the share that the members may take; the rest is for what stands around them.
const MEMBERS_SHARE: f64 = 0.95;

/// What a blend may be made of.
pub(crate) struct BlendOptions {
    pub(crate) allow_records: bool,
    /// Most bytes of all its members, and of the preprocessor.
    pub(crate) size_budget: usize,
    pub(crate) seed: u64,
}

/// What came of an attempt to blend.
pub(crate) struct Blended {
    /// `None` where fewer than two models are of use together.
    pub(crate) blend: Option<(Candidate, LeaderboardEntry, Duration)>,
    /// Models of all rows that were fitted on the way, by their candidates' places in the list, the blend's behind all
    /// others: who is chosen need not be fitted again. Those over the size budget are left out.
    pub(crate) models: BTreeMap<usize, Model>,
}

/// One who may take part.
struct Contender {
    candidate_idx: usize,
    candidate: Candidate,
    /// Fitted to all rows, and the length of its JSON.
    model: Model,
    size: usize,
    /// For each fold the predictions for its validation rows.
    predicted: Vec<Vec<f64>>,
}

/// The blend of the best candidates of `leaderboard`, cross-validated on `folds`; `data` are all rows of the folds, and
/// `kept` is what the search knows of the candidates' predictions.
///
/// # Errors
/// The first fit that failed.
pub(crate) fn blend(
    leaderboard: &Leaderboard,
    candidates: &[Candidate],
    folds: &[(FitData, FitData)],
    data: &FitData,
    (options, mut kept): (&BlendOptions, KeptPredictions),
) -> Result<Blended, FitError> {
    let started = Instant::now();
    let mut members: Vec<usize> = Vec::new();
    for (entry, candidate_idx) in leaderboard.entries.iter().zip(&leaderboard.candidate_idx) {
        let Candidate { learner, params } = &candidates[*candidate_idx];
        let is_known = members.iter().any(|known| candidates[*known].learner.family() == learner.family());
        let is_allowed = options.allow_records || !learner.stores_rows(params);
        if !is_known && is_allowed && learner.family() != BLEND.family() && entry.cv.r2_mean > 0.0 {
            members.push(*candidate_idx);
        }
    }
    // One family alone needs no fits to tell.
    if members.len() < 2 {
        return Ok(Blended { blend: None, models: BTreeMap::new() });
    }
    let fits = members
        .par_iter()
        .map(|place| {
            let member = &candidates[*place];
            let model = member.learner.fit(&member.params, data, fold_seed(options.seed, member, usize::MAX))?;
            let size = serde_json::to_string(&model).map_or(usize::MAX, |json| json.len());
            Ok((*place, model, size))
        })
        .collect::<Result<Vec<(usize, Model, usize)>, FitError>>()?;
    let budget = (options.size_budget as f64 * MEMBERS_SHARE) as usize;
    let mut members: Vec<Contender> = Vec::new();
    for (candidate_idx, model, size) in fits {
        if size <= budget {
            let predicted = kept.remove(&candidate_idx).unwrap_or_default();
            members.push(Contender {
                candidate_idx,
                candidate: candidates[candidate_idx].clone(),
                model,
                size,
                predicted,
            });
        }
    }
    drop(kept);
    let unknown: Vec<Candidate> =
        members.iter().filter(|member| member.predicted.is_empty()).map(|member| member.candidate.clone()).collect();
    let mut found = out_of_fold(&unknown, folds, options.seed)?.into_iter();
    for member in members.iter_mut().filter(|member| member.predicted.is_empty()) {
        member.predicted = found.next().unwrap_or_default();
    }
    let mut models: BTreeMap<usize, Model> =
        members.iter().map(|member| (member.candidate_idx, member.model.clone())).collect();

    let all: Vec<usize> = (0..folds.len()).collect();
    let weights = loop {
        let weights = weights_on(&predictions(&members), folds, &all);
        let mut used = weights.iter().map(|weight| *weight > 0.0);
        members.retain(|_| used.next().unwrap_or_default());
        if members.iter().map(|member| member.size).sum::<usize>() <= budget {
            break weights.into_iter().filter(|weight| *weight > 0.0).collect::<Vec<_>>();
        }
        let largest = (0..members.len()).max_by_key(|place| members[*place].size).unwrap_or_default();
        members.remove(largest);
    };
    if members.len() < 2 {
        return Ok(Blended { blend: None, models });
    }
    let r2_folds = nested_scores(&predictions(&members), folds);
    let (r2_mean, r2_sd) = mean_and_sd(&r2_folds);
    let weighted: Vec<(Candidate, f64)> =
        members.iter().zip(&weights).map(|(member, weight)| (member.candidate.clone(), *weight)).collect();
    let candidate = Candidate { learner: &BLEND, params: blend_params(&weighted) };
    let fitted = members.into_iter().zip(weights).map(|(member, weight)| (member.candidate, weight, member.model));
    models.insert(candidates.len(), assemble_blend(fitted.collect(), data));
    let entry = LeaderboardEntry {
        family: BLEND.family().into(),
        params: candidate.params.clone(),
        cv: CvScore { r2_mean, r2_sd, r2_folds },
    };
    Ok(Blended { blend: Some((candidate, entry, started.elapsed())), models })
}

fn predictions(members: &[Contender]) -> Vec<&[Vec<f64>]> {
    members.iter().map(|member| &member.predicted[..]).collect()
}

/// For each member and fold, its predictions for the fold's validation rows.
pub(crate) fn out_of_fold(
    members: &[Candidate],
    folds: &[(FitData, FitData)],
    seed: u64,
) -> Result<Vec<Vec<Vec<f64>>>, FitError> {
    let tasks: Vec<(&Candidate, usize)> =
        members.iter().flat_map(|member| (0..folds.len()).map(move |fold| (member, fold))).collect();
    let predict = |(member, fold): &(&Candidate, usize)| {
        let (train, validation) = &folds[*fold];
        let predicted =
            member.learner.evaluate(&[&member.params], train, validation, fold_seed(seed, member, *fold))?;
        let mut predicted = predicted.into_iter().next().unwrap_or_default();
        // Shorter only where the fit was stopped; then the blend is not used.
        predicted.resize(validation.n_rows(), 0.0);
        Ok(predicted)
    };
    let predicted = tasks.par_iter().with_max_len(1).map(predict).collect::<Result<Vec<Vec<f64>>, FitError>>()?;
    Ok(predicted.chunks(folds.len()).map(<[_]>::to_vec).collect())
}

/// A blend's R² on each fold with the weights of the others, from its members' predictions.
pub(crate) fn nested_scores(predicted: &[&[Vec<f64>]], folds: &[(FitData, FitData)]) -> Vec<f64> {
    let score = |fold: usize| {
        let others: Vec<usize> = (0..folds.len()).filter(|other| *other != fold).collect();
        let weights = weights_on(predicted, folds, &others);
        let validation = &folds[fold].1;
        let blended: Vec<f64> = (0..validation.n_rows())
            .map(|row| predicted.iter().zip(&weights).map(|(member, weight)| weight * member[fold][row]).sum())
            .collect();
        r2(validation.target(), &blended)
    };
    (0..folds.len()).map(score).collect()
}

/// The members' weights that suit the given folds best.
fn weights_on(predicted: &[&[Vec<f64>]], folds: &[(FitData, FitData)], used: &[usize]) -> Vec<f64> {
    let n = predicted.len();
    let mut products = vec![vec![0.0; n]; n];
    let mut with_target = vec![0.0; n];
    for fold in used {
        let rows = &folds[*fold].1;
        for (row, target) in rows.target().iter().enumerate() {
            let weight = rows.weights().map_or(1.0, |weights| weights[row]);
            for (left, own) in predicted.iter().enumerate() {
                let own = weight * own[*fold][row];
                with_target[left] += own * target;
                for (product, other) in products[left].iter_mut().zip(predicted) {
                    *product += own * other[*fold][row];
                }
            }
        }
    }
    let mut allowed: Vec<usize> = (0..n).collect();
    loop {
        let weights = non_negative(&products, &with_target, &allowed);
        let n_before = allowed.len();
        allowed.retain(|place| weights[*place] >= LEAST_WEIGHT);
        if allowed.len() == n_before || allowed.is_empty() {
            // Six decimals: more say nothing.
            return weights.into_iter().map(|weight| (weight * 1e6).round() / 1e6).collect();
        }
    }
}

/// The `w ≥ 0` that makes `wᵀ G w − 2 bᵀ w` least, with `w` zero outside of `allowed` (Lawson & Hanson 1974).
fn non_negative(products: &[Vec<f64>], with_target: &[f64], allowed: &[usize]) -> Vec<f64> {
    let n = with_target.len();
    let mut weights = vec![0.0; n];
    let mut passive: Vec<usize> = Vec::new();
    let scale = with_target.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
    for _ in 0..3 * n {
        let gain = |place: usize| with_target[place] - dot(&products[place], &weights);
        let best = allowed.iter().copied().filter(|place| !passive.contains(place));
        let Some(best) = best.max_by(|left, right| gain(*left).total_cmp(&gain(*right))) else { break };
        if gain(best) <= 1e-10 * scale {
            break;
        }
        passive.push(best);
        passive.sort_unstable();
        loop {
            let Some(solved) = solve(products, with_target, &passive) else {
                // What depends on the others linearly adds nothing.
                passive.retain(|place| *place != best);
                return weights;
            };
            let step = passive
                .iter()
                .zip(&solved)
                .filter(|(_, solved)| **solved <= 0.0)
                .map(|(place, solved)| weights[*place] / (weights[*place] - solved))
                .fold(1.0, f64::min);
            for (place, solved) in passive.iter().zip(&solved) {
                weights[*place] += step * (solved - weights[*place]);
            }
            if step >= 1.0 {
                break;
            }
            let n_before = passive.len();
            passive.retain(|place| weights[*place] > 1e-12);
            (0..n).filter(|place| !passive.contains(place)).for_each(|place| weights[place] = 0.0);
            if passive.is_empty() || passive.len() == n_before {
                break;
            }
        }
    }
    weights
}

fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}

/// Solves the equations of the given places by Gaussian elimination; `None` where they depend on each other.
fn solve(products: &[Vec<f64>], with_target: &[f64], places: &[usize]) -> Option<Vec<f64>> {
    let n = places.len();
    let mut rows: Vec<Vec<f64>> = places
        .iter()
        .map(|row| places.iter().map(|column| products[*row][*column]).chain([with_target[*row]]).collect())
        .collect();
    for pivot in 0..n {
        let best = (pivot..n).max_by(|left, right| rows[*left][pivot].abs().total_cmp(&rows[*right][pivot].abs()))?;
        rows.swap(pivot, best);
        if rows[pivot][pivot].abs() <= 1e-13 * products[places[pivot]][places[pivot]] {
            return None;
        }
        let (done, rest) = rows.split_at_mut(pivot + 1);
        let own = &done[pivot];
        for row in rest {
            let factor = row[pivot] / own[pivot];
            row.iter_mut().zip(own).skip(pivot).for_each(|(cell, own)| *cell -= factor * own);
        }
    }
    let mut solved = vec![0.0; n];
    for row in (0..n).rev() {
        let known: f64 = (row + 1..n).map(|column| rows[row][column] * solved[column]).sum();
        solved[row] = (rows[row][n] - known) / rows[row][row];
    }
    Some(solved)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::folds::preprocess::fit_preprocessor;
    use crate::learn::learner;
    use crate::search::leaderboard::{SearchControl, prepare_k_folds, search_keeping};
    use crate::table::fictional::write_sample;
    use crate::table::ingest::{IngestOptions, ingest};

    /// What the search leaves to the blend, and the blend to whoever publishes, is what fits made anew would give.
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
        let (leaderboard, kept) = search_keeping(&folds, &candidates, 42, &SearchControl::default(), true).unwrap();
        let anew = out_of_fold(&candidates, &folds, 42).unwrap();
        assert_eq!(kept.into_values().collect::<Vec<_>>(), anew);

        let data = FitData::new(&fit_preprocessor(&table, &rows, None), &table, &rows);
        let options = BlendOptions { allow_records: false, size_budget: 300_000, seed: 42 };
        let of_kept = |kept| blend(&leaderboard, &candidates, &folds, &data, (&options, kept)).unwrap();
        let (_, kept) = search_keeping(&folds, &candidates, 42, &SearchControl::default(), true).unwrap();
        let [with, without] = [of_kept(kept), of_kept(KeptPredictions::new())];
        assert_eq!(with.models, without.models);
        assert_eq!(with.blend.map(|(_, entry, _)| entry), without.blend.map(|(_, entry, _)| entry));
        for (place, model) in with.models.iter().filter(|(place, _)| **place < candidates.len()) {
            let Candidate { learner, params } = &candidates[*place];
            let seed = fold_seed(42, &candidates[*place], usize::MAX);
            assert_eq!(*model, learner.fit(params, &data, seed).unwrap());
        }
    }

    /// Least squares of `target` on `columns`.
    fn fit(columns: &[&[f64]], target: &[f64]) -> Vec<f64> {
        let products: Vec<Vec<f64>> =
            columns.iter().map(|left| columns.iter().map(|right| dot(left, right)).collect()).collect();
        let with_target: Vec<f64> = columns.iter().map(|column| dot(column, target)).collect();
        non_negative(&products, &with_target, &(0..columns.len()).collect::<Vec<_>>())
    }

    #[test]
    fn weights_worked_by_hand() {
        let close = |found: &[f64], expected: &[f64]| {
            assert!(found.iter().zip(expected).all(|(left, right)| (left - right).abs() < 1e-12), "{found:?}");
        };
        close(&fit(&[&[1.0, 0.0, 1.0], &[0.0, 1.0, 1.0]], &[1.0, 3.0, 4.0]), &[1.0, 3.0]);
        // Unbounded least squares has (−1, 3) here; with the first at 0 the second is (3 + 2) / 2.
        close(&fit(&[&[1.0, 0.0, 1.0], &[0.0, 1.0, 1.0]], &[-1.0, 3.0, 2.0]), &[0.0, 2.5]);
        // The same model twice counts once.
        close(&[fit(&[&[1.0, 2.0], &[1.0, 2.0]], &[2.0, 4.0]).iter().sum()], &[2.0]);
        close(&fit(&[&[-1.0, -2.0]], &[2.0, 4.0]), &[0.0]);
    }
}

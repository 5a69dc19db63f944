//! Blends the best candidates (ensemble selection, Caruana et al. 2004).
//!
//! Members and weights are selected on out-of-fold predictions, among all candidates if the search kept their
//! predictions, else among the best of each family. Each fold is scored with weights from the other folds only. The
//! members were selected on all folds, so the score is about as optimistic as the score of the best member.

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

/// The members' share of the size budget; the rest is for the other content of the artifacts.
const MEMBERS_SHARE: f64 = 0.95;
/// The maximal number of members: more cost time and bytes and hardly improve accuracy.
const MOST_MEMBERS: usize = 3;

/// What a blend may consist of.
pub(crate) struct BlendOptions {
    /// Whether members may store training rows.
    pub(crate) allow_records: bool,
    /// The maximal size in bytes of all members and the preprocessor together.
    pub(crate) size_budget: usize,
    pub(crate) seed: u64,
}

/// A candidate that may become a member.
struct Contender {
    /// Its rank in the leaderboard, from 0.
    rank: usize,
    candidate: Candidate,
    /// The predictions for each fold's validation rows.
    predicted: Vec<Vec<f64>>,
    /// The model fitted on all rows and the length of its JSON, once it is selected.
    fitted: Option<(Model, usize)>,
}

/// A blend and its members.
struct Blended {
    blend: Scored,
    /// The members' models fitted on all rows, by rank.
    models: Vec<(usize, Model)>,
}

/// Adds the blend of the candidates to `leaderboard`, if it has at least two members. The candidates were scored on
/// `folds`, and `data` has all rows of these. The members' models are kept in the leaderboard. Nothing is added once
/// `stop` is due.
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
    let blended = blend(leaderboard, folds, data, options)?;
    // The models of a stopped blend may be incomplete.
    if stop.is_due() {
        return Ok(());
    }
    if let Some(Blended { blend, models }) = blended {
        for (rank, model) in models {
            leaderboard[rank].model = Some(model);
        }
        insert(leaderboard, blend);
    }
    Ok(())
}

/// `None` if fewer than two models are selected.
fn blend(
    leaderboard: &mut [Scored],
    folds: &[PreparedFold],
    data: &FitData,
    options: &BlendOptions,
) -> Result<Option<Blended>, FitError> {
    let started = Instant::now();
    let budget = (options.size_budget as f64 * MEMBERS_SHARE) as usize;
    let mut contenders = contenders(leaderboard, folds, options)?;
    let weights = choose_members(&mut contenders, folds, data, budget, options.seed)?;
    if contenders.is_empty() {
        return Ok(None);
    }
    let r2_folds = nested_scores(&predictions(&contenders), folds);
    let weighted: Vec<(Candidate, f64)> =
        contenders.iter().zip(&weights).map(|(member, weight)| (member.candidate.clone(), *weight)).collect();
    let candidate = Candidate { learner: &BLEND, params: blend_params(&weighted) };
    let model_of = |member: &Contender| Some((member.rank, member.fitted.as_ref()?.0.clone()));
    let models = contenders.iter().filter_map(model_of).collect();
    let members = contenders.into_iter().zip(weights);
    let members = members.filter_map(|(member, weight)| Some((member.candidate, weight, member.fitted?.0)));
    let model = assemble_blend(members.collect(), data);
    let blend = Scored { model: Some(model), ..Scored::new(candidate, r2_folds, started.elapsed()) };
    Ok(Some(Blended { blend, models }))
}

/// The candidates that may be members and have a positive mean R², with the predictions that the search kept, which are
/// taken out of the leaderboard. If it kept none, the best of each family are fitted again.
fn contenders(
    leaderboard: &mut [Scored],
    folds: &[PreparedFold],
    options: &BlendOptions,
) -> Result<Vec<Contender>, FitError> {
    let mut contenders: Vec<Contender> = Vec::new();
    for (rank, scored) in leaderboard.iter_mut().enumerate() {
        let predicted = scored.predicted.take();
        let Candidate { learner, params } = &scored.candidate;
        let family = learner.family();
        let is_allowed = options.allow_records || !learner.stores_rows(params);
        let is_first = contenders.iter().all(|known| known.candidate.learner.family() != family);
        if is_allowed && family != BLEND.family() && scored.r2_mean() > 0.0 && (is_first || predicted.is_some()) {
            let (candidate, predicted) = (scored.candidate.clone(), predicted.unwrap_or_default());
            contenders.push(Contender { rank, candidate, predicted, fitted: None });
        }
    }
    // No fits are needed for a single candidate, which is no blend.
    if contenders.len() < 2 {
        return Ok(Vec::new());
    }
    let missing: Vec<Candidate> =
        contenders.iter().filter(|one| one.predicted.is_empty()).map(|one| one.candidate.clone()).collect();
    let mut predicted = predict_folds(&missing, folds, options.seed)?.into_iter();
    for one in contenders.iter_mut().filter(|one| one.predicted.is_empty()) {
        one.predicted = predicted.next().unwrap_or_default();
    }
    Ok(contenders)
}

/// Selects and fits members that together are within the budget, and returns their weights; none if there are fewer
/// than two.
fn choose_members(
    contenders: &mut Vec<Contender>,
    folds: &[PreparedFold],
    data: &FitData,
    budget: usize,
    seed: u64,
) -> Result<Vec<f64>, FitError> {
    let all: Vec<usize> = (0..folds.len()).collect();
    loop {
        let weights = weights_on(&predictions(contenders), folds, &all, MOST_MEMBERS);
        let members: Vec<usize> = (0..weights.len()).filter(|idx| weights[*idx] > 0.0).collect();
        if members.len() < 2 {
            contenders.clear();
            return Ok(Vec::new());
        }
        let fit = |(one, weight): (&mut Contender, &f64)| {
            if *weight > 0.0 && one.fitted.is_none() {
                let seed = fit_seed(seed, &one.candidate, FitPurpose::AllRows);
                let model = one.candidate.learner.fit(&one.candidate.params, data, seed)?;
                let size = serde_json::to_string(&model).map_or(usize::MAX, |json| json.len());
                one.fitted = Some((model, size));
            }
            Ok(())
        };
        contenders.par_iter_mut().zip(&weights).with_max_len(1).try_for_each(fit)?;
        let size = |idx: &usize| contenders[*idx].fitted.as_ref().map_or(0, |(_, size)| *size);
        if members.iter().map(size).fold(0, usize::saturating_add) <= budget {
            let mut of_each = weights.iter();
            contenders.retain(|_| of_each.next().is_some_and(|weight| *weight > 0.0));
            return Ok(weights.into_iter().filter(|weight| *weight > 0.0).collect());
        }
        let largest = members.into_iter().max_by_key(size).unwrap_or_default();
        contenders.remove(largest);
    }
}

fn predictions(contenders: &[Contender]) -> Vec<&[Vec<f64>]> {
    contenders.iter().map(|one| &one.predicted[..]).collect()
}

/// For each candidate and fold, the predictions for the fold's validation rows.
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
        // Shorter only if the fit was stopped; then the blend is not used.
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

    /// Kept predictions and models equal those of new fits.
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

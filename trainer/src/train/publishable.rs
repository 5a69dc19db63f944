//! The first candidate in the order of choice that may be published, fitted to all rows that were not held back.

use model_core::{
    IntervalSummary, LeaderboardEntry, Model, ModelFile, Rival, Trust, sha256_hex, write_model, write_preprocessor,
};

use super::options::TrainOptions;
use super::outcome::TrainError;
use crate::folds::fit_data::FitData;
use crate::learn::Candidate;
use crate::learn::FitError;
use crate::search::select::Choice;
use crate::trust::conformal::OutOfFold;

/// A candidate fitted to all rows that were not held back.
pub(super) struct Fitted {
    /// Its place in the leaderboard.
    pub(super) place: usize,
    pub(super) preprocessor_json: String,
    pub(super) model_json: String,
    /// Without what is measured on the rows held back.
    pub(super) intervals: IntervalSummary,
    /// What they are made of.
    pub(super) out_of_fold: OutOfFold,
    /// Whoever was chosen before but can't be published, and why.
    pub(super) passed_over: Vec<String>,
}

/// Intervals and background, and what they came from.
pub(super) struct Trusted {
    pub(super) trust: Trust,
    pub(super) intervals: IntervalSummary,
    pub(super) out_of_fold: OutOfFold,
}

impl Fitted {
    /// Fits the candidate by `fit`, or says why it can't be published.
    pub(super) fn new(
        candidate: &Candidate,
        data: &FitData,
        fit: impl FnOnce() -> Result<Model, FitError>,
        trust: impl FnOnce() -> Result<Trusted, FitError>,
        options: &TrainOptions,
    ) -> Result<Result<Self, String>, TrainError> {
        let abilities = candidate.learner.abilities();
        if candidate.learner.stores_rows(&candidate.params) && !options.allow_records {
            return Ok(Err("its model would hold rows of the training data (--allow-records permits that)".into()));
        }
        let model = fit()?;
        let preprocessor_json = write_preprocessor(&data.preprocessor(abilities.features))?;
        let mut file = ModelFile {
            family: candidate.learner.family().into(),
            params: candidate.params.clone(),
            preprocessor_sha256: sha256_hex(preprocessor_json.as_bytes()),
            model,
            trust: Trust::default(),
        };
        let over_budget = |model_json: &str| {
            let size = preprocessor_json.len() + model_json.len();
            let budget = options.size_budget;
            (size > budget).then(|| format!("its artifacts have {size} bytes, more than the budget of {budget}"))
        };
        // A model that is too large by itself needs no intervals, which take many fits.
        if let Some(reason) = over_budget(&write_model(&file)?) {
            return Ok(Err(reason));
        }
        let Trusted { trust, intervals, out_of_fold } = trust()?;
        file.trust = trust;
        let model_json = write_model(&file)?;
        if let Some(reason) = over_budget(&model_json) {
            return Ok(Err(reason));
        }
        Ok(Ok(Self { place: 0, preprocessor_json, model_json, intervals, out_of_fold, passed_over: Vec::new() }))
    }
}

/// The first candidate in the order of choice that can be published. Whoever takes the place of another must be above the
/// floor; whether the first is, its gate tells.
pub(super) fn fit_publishable(
    choice: &Choice,
    entries: &[LeaderboardEntry],
    fit: impl Fn(usize) -> Result<Result<Fitted, String>, TrainError>,
    options: &TrainOptions,
) -> Result<Fitted, TrainError> {
    let mut passed_over = Vec::new();
    // Of a family that can't be published at all, one candidate tells for all.
    let mut out_of_question: Vec<&str> = Vec::new();
    for place in &choice.order {
        let LeaderboardEntry { family, cv, .. } = &entries[*place];
        if out_of_question.contains(&family.as_str()) {
            continue;
        }
        // A score that is not a number is below every floor.
        let is_below = cv.r2_mean.is_nan() || cv.r2_mean < options.min_r2;
        if is_below && !passed_over.is_empty() {
            continue;
        }
        let below = || TrainError::BelowFloor { family: family.clone(), found: cv.r2_mean, floor: options.min_r2 };
        // Nothing can be said about a model without a score.
        if cv.r2_mean.is_nan() {
            return Err(below());
        }
        match fit(*place)? {
            Ok(fitted) => return Ok(Fitted { place: *place, passed_over, ..fitted }),
            Err(_) if is_below => return Err(below()),
            Err(reason) => {
                if reason.contains("--allow-records") {
                    out_of_question.push(family);
                }
                passed_over.push(format!("{family} is not published: {reason}"));
            }
        }
    }
    let reason = passed_over.first().cloned().unwrap_or_default();
    Err(TrainError::NotPublishable { n_candidates: entries.len(), reason })
}

/// Why the champion was chosen, in a sentence.
pub(super) fn reason(choice: &Choice, entries: &[LeaderboardEntry], fitted: &Fitted) -> String {
    let family = &entries[fitted.place].family;
    if let Some(passed_over) = fitted.passed_over.first() {
        return format!("{family} has the highest score of all that can be published; {passed_over}.");
    }
    let closest = choice.rivals.iter().max_by(|left, right| left.r2_difference.total_cmp(&right.r2_difference));
    match closest {
        None if entries.len() == 1 => format!("{family} was the only candidate."),
        None => format!("{family} has the highest mean R² of {} candidates.", entries.len()),
        Some(Rival { family: rival, r2_difference, r2_error, n_folds }) => {
            let figures = format!("{r2_difference:+.4} ± {r2_error:.4} in R² over {n_folds} folds");
            if *r2_difference > 0.0 {
                format!("{family} is the simplest family that the best, {rival}, does not clearly beat ({figures}).")
            } else {
                format!("{rival}, the best of the other families, does not beat {family} here ({figures}).")
            }
        }
    }
}

//! Stage: fits the first candidate in order of preference that may be published to all training rows.

use model_core::{Background, IntervalSummary, Model, ModelFile, Trust, sha256_hex, write_model, write_preprocessor};
use thiserror::Error;

use super::choose::Chosen;
use super::outcome::TrainError;
use super::run::Run;
use crate::folds::fit_data::{Features, FitData};
use crate::learn::FitError;
use crate::search::fit_seed::{FitPurpose, fit_seed};
use crate::search::leaderboard::Scored;
use crate::trust::background::summarise;
use crate::trust::conformal::{OutOfFold, intervals, out_of_fold_of_single_rows};

/// The champion, written.
pub(super) struct Fitted {
    pub(super) chosen: Chosen,
    /// The champion's rank in the leaderboard, from 0.
    pub(super) rank: usize,
    pub(super) artifacts: Artifacts,
    /// Candidates preferred to it that cannot be published, and why.
    pub(super) passed_over: Vec<String>,
}

/// A model that may be published.
pub(super) struct Artifacts {
    pub(super) preprocessor_json: String,
    pub(super) model_json: String,
    /// Without figures from the holdout.
    pub(super) intervals: IntervalSummary,
    /// The out-of-fold predictions behind the intervals, and their rows.
    pub(super) out_of_fold: OutOfFold,
    pub(super) out_of_fold_rows: FitData,
}

/// Why a candidate cannot be published.
#[derive(Debug, Error)]
enum Obstacle {
    #[error("its model would hold rows of the training data (--allow-records permits that)")]
    HoldsRows,
    #[error("its artifacts have {size} bytes, more than the budget of {budget}")]
    OverBudget { size: usize, budget: usize },
}

impl Fitted {
    pub(super) fn champion(&self) -> &Scored {
        &self.chosen.leaderboard[self.rank]
    }
}

/// A candidate that replaces another must be above the floor; the first choice is checked by its gate.
pub(super) fn fit(run: &Run<'_>, chosen: Chosen) -> Result<Fitted, TrainError> {
    let background = summarise(&chosen.rows.first, &chosen.rows.all);
    let floor = run.config.gates.floor();
    let mut passed_over = Vec::new();
    // Whether a family stores rows hardly depends on its parameters: one refusal applies to the whole family.
    let mut row_keepers: Vec<&str> = Vec::new();
    for rank in &chosen.choice.order {
        let scored = &chosen.leaderboard[*rank];
        let (family, r2_mean) = (scored.entry.family.as_str(), scored.r2_mean());
        if row_keepers.contains(&family) {
            continue;
        }
        // NaN is below every floor.
        let is_below = r2_mean.is_nan() || r2_mean < floor;
        if is_below && !passed_over.is_empty() {
            continue;
        }
        let below = || TrainError::BelowFloor { family: family.to_owned(), found: r2_mean, floor };
        // A model without a score cannot be reported on.
        if r2_mean.is_nan() {
            return Err(below());
        }
        match artifacts(run, &chosen, scored, background.as_ref())? {
            Ok(artifacts) => return Ok(Fitted { rank: *rank, artifacts, passed_over, chosen }),
            Err(_) if is_below => return Err(below()),
            Err(obstacle) => {
                if matches!(obstacle, Obstacle::HoldsRows) {
                    row_keepers.push(family);
                }
                passed_over.push(format!("{family} is not published: {obstacle}"));
            }
        }
    }
    let reason = passed_over.first().cloned().unwrap_or_default();
    Err(TrainError::NotPublishable { n_candidates: chosen.leaderboard.len(), reason })
}

/// Fits a candidate to all training rows, or returns why it cannot be published.
fn artifacts(
    run: &Run<'_>,
    chosen: &Chosen,
    scored: &Scored,
    background: Option<&Background>,
) -> Result<Result<Artifacts, Obstacle>, TrainError> {
    let (options, data, candidate) = (&run.config.search, &chosen.rows.all, &scored.candidate);
    if candidate.learner.stores_rows(&candidate.params) && !options.allow_records {
        return Ok(Err(Obstacle::HoldsRows));
    }
    let preprocessor_json = write_preprocessor(&data.preprocessor(candidate.learner.abilities().features))?;
    let mut file = ModelFile {
        family: candidate.learner.family().into(),
        params: candidate.params.clone(),
        preprocessor_sha256: sha256_hex(preprocessor_json.as_bytes()),
        model: model(run, chosen, scored)?,
        trust: Trust::default(),
    };
    let over_budget = |model_json: &str| {
        let (size, budget) = (preprocessor_json.len() + model_json.len(), options.size_budget());
        (size > budget).then_some(Obstacle::OverBudget { size, budget })
    };
    // Do not compute intervals, which take many fits, if the model alone is too large.
    if let Some(obstacle) = over_budget(&write_model(&file)?) {
        return Ok(Err(obstacle));
    }
    let (single, single_split) = run.single_rows(&chosen.split);
    let rows = (&chosen.split.train[..], &single_split.train[..]);
    let out_of_fold = out_of_fold_of_single_rows(run.table, rows, candidate, run.seed(), run.stop())?;
    let out_of_fold_rows = FitData::new(&data.preprocessor(Features::OneHot), single, &out_of_fold.rows);
    let (table, intervals) = intervals(&out_of_fold_rows, &out_of_fold, &run.intervals_by);
    file.trust = Trust { intervals: Some(table), background: background.cloned() };
    let model_json = write_model(&file)?;
    if let Some(obstacle) = over_budget(&model_json) {
        return Ok(Err(obstacle));
    }
    Ok(Ok(Artifacts { preprocessor_json, model_json, intervals, out_of_fold, out_of_fold_rows }))
}

/// The candidate's model of all training rows; fitted now unless the blend has already fitted it.
fn model(run: &Run<'_>, chosen: &Chosen, scored: &Scored) -> Result<Model, FitError> {
    let candidate = &scored.candidate;
    let seed = fit_seed(run.seed(), candidate, FitPurpose::AllRows);
    scored.model.clone().map_or_else(|| candidate.learner.fit(&candidate.params, &chosen.rows.all, seed), Ok)
}

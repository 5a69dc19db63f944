//! The results of a training run, as `report.json`: written by the trainer, read by the page.
//!
//! It contains nothing that differs between two runs on the same data with the same seed: times, paths and the machine
//! are in `run.json`, which is not published.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value as Json;

use crate::ablation::Ablation;
use crate::counted::{Counted, EngineSource};
use crate::decode::impl_from_json;
use crate::histogram::Histogram;
use crate::params::Params;
use crate::race::Race;

/// The report of one training run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The artifact format, as in the other two files.
    pub format: u32,
    /// The input.
    pub data: DataSummary,
    /// The model selected by cross-validation.
    pub champion: Champion,
    /// The makers' statements about it.
    #[serde(skip_serializing_if = "Card::is_empty")]
    pub card: Card,
    /// The refitted champion's scores on the holdout rows, which no selection has used.
    pub holdout: HoldoutScore,
    /// The champion without each column; absent if time ran out, or if there is only one column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ablation: Option<Ablation>,
    /// The number of candidates, including dropped ones.
    pub n_candidates: usize,
    /// The intervals, and their coverage of the holdout rows.
    pub intervals: IntervalSummary,
    /// The holdout rows grouped by their estimates, with errors; absent in older files, or if there are few.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_back: Option<HeldBack>,
    /// Every candidate that was not dropped, best first; in the copy that a page fetches only the best and the best of
    /// each family.
    pub leaderboard: Vec<LeaderboardEntry>,
    /// The race; absent if a whole grid was scored on all rows, and in the copy that a page fetches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub race: Option<Race>,
    /// The seed of the split and of everything random.
    pub seed: u64,
    /// What wrote this.
    pub versions: Versions,
    /// The SHA-256 of the `preprocessor.json` and `model.json` written beside this.
    pub sha256: BTreeMap<String, String>,
    /// Records drawn from the schema's ranges, with the value that training predicted: any build can check itself.
    pub golden: Vec<Golden>,
}

impl_from_json!(Report {
    format,
    data,
    champion,
    card = Card::default(),
    holdout,
    ablation = None,
    held_back = None,
    race = None,
    intervals, n_candidates, leaderboard, seed, versions, sha256, golden });

/// The makers' statements about a model, in their own words; from `[card]` of `scorecast.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Card {
    /// What it is meant for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intended_use: Option<String>,
    /// What it must not be used for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_for: Option<String>,
    /// Where the records come from, whom they are about, and when they were taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    /// Its known weaknesses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limits: Option<String>,
    /// Whom to ask about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// The day it was trained on, as `YYYY-MM-DD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
}

impl_from_json!(Card { intended_use = None, not_for = None, data = None, limits = None, contact = None, date = None });

impl Card {
    /// Whether there are no statements.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The data a model was trained on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DataSummary {
    /// The SHA-256 of the CSV's bytes.
    pub sha256: String,
    /// Whether the records describe no real person.
    pub fictional: bool,
    /// Rows with a target.
    pub rows: usize,
    /// Rows that the search and the champion learned from.
    pub rows_train: usize,
    /// Rows held back.
    pub rows_holdout: usize,
    /// The target over the rows learned from.
    pub target: TargetSummary,
    /// Columns that were not used, and why.
    pub left_out: Vec<LeftOut>,
    /// The column that training and holdout rows are split by, if not at random.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parted_by: Option<PartedBy>,
    /// Columns that name groups of rows, if rows were split at random nevertheless.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub repeated: Vec<RepeatedKey>,
    /// The counts, if records were aggregated before they were read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counted: Option<Counted>,
    /// The engine that the records come from, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engine: Option<EngineSource>,
}

impl_from_json!(DataSummary {
    sha256, fictional, rows, rows_train, rows_holdout, target, left_out,
    parted_by = None,
    repeated = Vec::new(),
    counted = None,
    engine = None,
});

/// The column that rows are split by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartedBy {
    /// The column.
    pub column: String,
    /// Whether it is a time: then the later rows are held out. Otherwise the rows of a group stay together.
    pub is_time: bool,
    /// How many groups or times there are.
    pub groups: usize,
    /// How many of them are held back.
    pub groups_holdout: usize,
}

impl_from_json!(PartedBy { column, is_time, groups, groups_holdout });

/// A column that names groups of rows, such as a pupil's rows over several terms.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RepeatedKey {
    /// The column.
    pub column: String,
    /// How many groups it names.
    pub groups: usize,
    /// In how many rows.
    pub rows: usize,
    /// The champion's mean cross-validated R² with rows split at random; absent if time ran out.
    pub r2: Option<f64>,
    /// The same with whole groups in each fold, and without the column: for unseen groups.
    pub r2_groups: Option<f64>,
}

impl_from_json!(RepeatedKey { column, groups, rows, r2 = None, r2_groups = None });

/// The target over the rows learned from, in its own unit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TargetSummary {
    /// The mean.
    pub mean: f64,
    /// The standard deviation (population).
    pub sd: f64,
    /// The distribution of its values.
    pub histogram: Histogram,
}

impl_from_json!(TargetSummary { mean, sd, histogram });

/// A column that was not used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Its name.
    pub column: String,
    /// Why.
    pub reason: String,
}

impl_from_json!(LeftOut { column, reason });

/// The chosen candidate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Champion {
    /// Its family.
    pub family: String,
    /// Its hyper-parameters.
    pub params: Params,
    /// Its cross-validated score.
    pub cv: CvScore,
    /// Why it was chosen, in a sentence.
    pub reason: String,
    /// How the best candidate of every other family compares with it.
    pub rivals: Vec<Rival>,
    /// Out-of-bag R² of a forest: each training row is predicted by the trees grown without it (Breiman 2001).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub out_of_bag_r2: Option<f64>,
}

impl_from_json!(Champion { family, params, cv, reason, rivals, out_of_bag_r2 = None });

/// The best candidate of another family than the champion's, compared fold by fold.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rival {
    /// Its family.
    pub family: String,
    /// Its R² minus the champion's, averaged over the folds.
    pub r2_difference: f64,
    /// The standard error of this difference.
    pub r2_error: f64,
    /// The number of folds, counting repetitions.
    pub n_folds: usize,
}

impl_from_json!(Rival { family, r2_difference, r2_error, n_folds });

/// R² over the folds of a cross-validation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CvScore {
    /// The mean.
    pub r2_mean: f64,
    /// The standard deviation (population, as scikit-learn's `std_test_score`).
    pub r2_sd: f64,
    /// Of each fold.
    pub r2_folds: Vec<f64>,
}

impl_from_json!(CvScore { r2_mean, r2_sd, r2_folds });

/// Scores on the holdout rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HoldoutScore {
    /// The share of the target's variance that is explained.
    pub r2: f64,
    /// Mean absolute error, in the target's unit.
    pub mae: f64,
    /// Root of the mean squared error, in the target's unit.
    pub rmse: f64,
}

impl_from_json!(HoldoutScore { r2, mae, rmse });
/// Prediction intervals, and how often the true value was within them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IntervalSummary {
    /// The number of models that were fitted for the residuals, each without the rows that it was evaluated on.
    pub n_folds: usize,
    /// How many residuals there are.
    pub n_rows: usize,
    /// The highest level that is offered, if the errors are too few for 99 %.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_level: Option<f64>,
    /// The columns whose groups have separate intervals.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<String>,
    /// How many groups the residuals are from, if the rows of a group stay together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n_groups: Option<usize>,
    /// Whether intervals are wider where the model's errors are larger; otherwise all have the same width.
    pub varying: bool,
    /// The relative improvement of the cross-validated score by such intervals; below 0 if it is worse.
    pub gain: f64,
    /// The standard error of the gain.
    pub gain_error: f64,
    /// On the holdout rows, one per level.
    pub coverage: Vec<Coverage>,
    /// On the holdout rows, one per category with at least 10 of them.
    pub groups: Vec<GroupCoverage>,
}

impl_from_json!(IntervalSummary { n_folds, n_rows, n_groups = None, by = Vec::new(), max_level = None, varying, gain, gain_error, coverage, groups });

/// The intervals of one level.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Coverage {
    /// In percent.
    pub level: f64,
    /// The share of rows whose target lay within.
    pub share: f64,
    /// The mean width, in the target's unit.
    pub width: f64,
}

impl_from_json!(Coverage { level, share, width });

/// The coverage of the rows with one category.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupCoverage {
    /// The column's name.
    pub column: String,
    /// The category.
    pub value: String,
    /// How many of the holdout rows have it.
    pub n: usize,
    /// The share of them whose target lay within, in the order of [`IntervalSummary::coverage`].
    pub shares: Vec<f64>,
}

impl_from_json!(GroupCoverage { column, value, n, shares });

/// Estimates and errors of the holdout rows, in groups: without any single row.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HeldBack {
    /// Groups of at least 10 rows with similar estimates, lowest first.
    pub groups: Vec<EstimateGroup>,
    /// The distribution of the errors (actual minus estimated), in bins of at least 5 rows.
    pub errors: Histogram,
}

impl_from_json!(HeldBack { groups, errors });

/// Rows with similar estimates; figures are in the target's unit, to four digits.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EstimateGroup {
    /// How many rows there are.
    pub n: usize,
    /// The mean of their estimates.
    pub estimated: f64,
    /// The mean of their targets.
    pub actual: f64,
    /// The standard deviation of their errors (population).
    pub error_sd: f64,
}

impl_from_json!(EstimateGroup { n, estimated, actual, error_sd });

/// One candidate's result.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LeaderboardEntry {
    /// Its family.
    pub family: String,
    /// Its hyper-parameters.
    pub params: Params,
    /// Its cross-validated score.
    pub cv: CvScore,
}

impl_from_json!(LeaderboardEntry { family, params, cv });

/// What wrote a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Versions {
    /// The trainer's version.
    pub scorecast: String,
}

impl_from_json!(Versions { scorecast });

/// A record and the exact value predicted for it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Golden {
    /// As [`crate::Record::from_json`] reads it.
    pub record: serde_json::Map<String, Json>,
    /// The unbounded prediction; the decimal digits give back every bit.
    pub value: f64,
}

impl_from_json!(Golden { record, value });

impl Report {
    /// The number of golden records for which `predictor` gives bit-identical values.
    #[must_use]
    pub fn self_test(&self, predictor: &crate::Predictor) -> usize {
        let is_same = |golden: &&Golden| {
            crate::Record::from_json(predictor.schema(), &golden.record)
                .is_ok_and(|record| predictor.predict(&record).value.to_bits() == golden.value.to_bits())
        };
        self.golden.iter().filter(is_same).count()
    }
}

//! Second-order gradient boosting with regularised leaves, as in XGBoost (Chen & Guestrin 2016), for squared error.
//!
//! | parameter | default | purpose | range |
//! |---|---|---|---|
//! | `learning_rate` | 0.3 | share of each tree that is added | > 0 |
//! | `n_estimators` | 100 | trees | 1 to 100,000 |
//! | `max_depth` | 6 | longest path | ≥ 1 |
//! | `min_child_weight` | 1 | least sum of weights in a leaf | ≥ 0 |
//! | `reg_lambda` | 1 | L2 penalty on leaves | ≥ 0 |
//! | `reg_alpha` | 0 | L1 penalty on leaves | ≥ 0 |
//! | `gamma` | 0 | a split must gain more | ≥ 0 |
//! | `subsample` | 1 | share of rows that each tree is grown on | above 0, up to 1 |
//! | `colsample_bytree` | 1 | share of columns that each tree is grown on | above 0, up to 1 |
//! | `monotone` | {} | direction of the prediction by column | numeric columns, each with 1 (never falls), 0 or −1 (never rises) |
//!
//! Blanks are sent to the better side. A split that gains less than `gamma` ends its branch at once, where XGBoost
//! first searches further down.

use std::borrow::Cow;

use model_core::{Model, Params as ParamMap};
use serde::Deserialize;

use super::boosting::{BoostConfig, Loss, boost, predict_stages};
use super::tree_params::TREES;
use crate::folds::fit_data::{Features, FitData};
use crate::learn::axis::{axis, product};
use crate::learn::engine::{GrowConfig, Score};
use crate::learn::error::FitError;
use crate::learn::family::{Evaluation, Family, Predictions, Staged};
use crate::learn::learner::{Abilities, Grid};
use crate::learn::monotone::Monotone;
use crate::learn::params::{MAX_STEPS, at_least, not_negative, positive, share, within};
use crate::learn::sampling::draw;
use crate::random::SplitMix64;

/// XGBoost-style regression.
#[derive(Debug)]
pub(crate) struct XgBoost;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Params {
    #[serde(deserialize_with = "positive")]
    learning_rate: f64,
    #[serde(deserialize_with = "within::<1, MAX_STEPS, _>")]
    n_estimators: usize,
    #[serde(deserialize_with = "at_least::<1, _>")]
    max_depth: usize,
    #[serde(deserialize_with = "not_negative")]
    min_child_weight: f64,
    #[serde(deserialize_with = "not_negative")]
    reg_lambda: f64,
    #[serde(deserialize_with = "not_negative")]
    reg_alpha: f64,
    #[serde(deserialize_with = "not_negative")]
    gamma: f64,
    #[serde(deserialize_with = "share")]
    subsample: f64,
    #[serde(deserialize_with = "share")]
    colsample_bytree: f64,
    monotone: Monotone,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            learning_rate: 0.3,
            n_estimators: 100,
            max_depth: 6,
            min_child_weight: 1.0,
            reg_lambda: 1.0,
            reg_alpha: 0.0,
            gamma: 0.0,
            subsample: 1.0,
            colsample_bytree: 1.0,
            monotone: Monotone::default(),
        }
    }
}

/// XGBoost's own minimal gain.
const LEAST_GAIN: f64 = 1e-6;

impl Params {
    fn boost_config(&self) -> BoostConfig {
        BoostConfig {
            loss: Loss::Squared,
            learning_rate: self.learning_rate,
            n_estimators: self.n_estimators,
            subsample: self.subsample,
            n_iter_no_change: None,
            imputed: false,
        }
    }

    /// The configuration of trees that may use all columns.
    fn grow_config(&self, data: &FitData) -> Result<GrowConfig, FitError> {
        Ok(GrowConfig {
            score: Score::Newton { lambda: self.reg_lambda, alpha: self.reg_alpha },
            blanks: true,
            max_depth: Some(self.max_depth),
            min_child_weight: self.min_child_weight,
            min_gain: self.gamma.max(LEAST_GAIN),
            monotone: self.monotone.of_columns(XgBoost::NAME, data)?,
            are_cells: data.counts().is_some(),
            ..GrowConfig::default()
        })
    }
}

/// The configuration of the next tree: a share of the columns if `share` is below 1.
fn next_tree<'a>(all: &'a GrowConfig, share: f64, n_columns: usize, random: &mut SplitMix64) -> Cow<'a, GrowConfig> {
    let n_drawn = ((share * n_columns as f64) as usize).max(1);
    if n_drawn >= n_columns {
        return Cow::Borrowed(all);
    }
    let columns: Vec<u32> = (0..u32::try_from(n_columns).unwrap_or(u32::MAX)).collect();
    let drawn = draw(&columns, n_drawn, random);
    Cow::Owned(GrowConfig { columns: columns.iter().map(|column| drawn.contains(column)).collect(), ..all.clone() })
}

/// Shallow trees with a high learning rate.
fn shallow() -> Vec<ParamMap> {
    product(&[
        axis("learning_rate", [0.08]),
        axis("max_depth", [3]),
        axis("min_child_weight", [6.0]),
        axis("subsample", [0.7]),
        axis("colsample_bytree", [0.7]),
        axis("n_estimators", [60, 100]),
    ])
}

/// Deeper trees with a lower learning rate.
fn deeper(colsample_bytree: &[f64], n_estimators: &[usize]) -> Vec<ParamMap> {
    product(&[
        axis("learning_rate", [0.05]),
        axis("max_depth", [4]),
        axis("min_child_weight", [6.0]),
        axis("subsample", [0.7]),
        axis("colsample_bytree", colsample_bytree.iter().copied()),
        axis("n_estimators", n_estimators.iter().copied()),
    ])
}

impl Family for XgBoost {
    const NAME: &'static str = "xgboost";
    const ABILITIES: Abilities =
        Abilities { features: Features::NativeWithBlanks, missing_values: true, monotone: true, ..TREES };
    const DIFFER_IN: &'static [&'static str] = &["n_estimators"];
    type Params = Params;

    fn grid(grid: Grid) -> Vec<ParamMap> {
        match grid {
            Grid::Classic => product(&[
                axis("learning_rate", [0.1, 0.01, 0.05, 0.001]),
                axis("n_estimators", [8, 16, 32, 64, 128, 256]),
            ]),
            Grid::Default => [shallow(), deeper(&[0.4, 0.7], &[200, 300])].concat(),
            // On many rows the other candidates cost more than they gain.
            Grid::Deeper => [shallow(), deeper(&[0.4], &[200])].concat(),
            Grid::Thorough => product(&[
                axis("learning_rate", [0.1, 0.05, 0.02]),
                axis("max_depth", [2, 3, 4, 6]),
                axis("min_child_weight", [2.0, 8.0]),
                axis("subsample", [0.6, 1.0]),
                axis("colsample_bytree", [0.5, 1.0]),
                axis("reg_lambda", [1.0, 10.0]),
                axis("n_estimators", [50, 100, 200, 400]),
            ]),
        }
    }

    fn passes(params: &Params) -> f64 {
        (params.n_estimators * params.max_depth) as f64 * params.subsample * params.colsample_bytree
    }

    fn fit(params: &Params, data: &FitData, seed: u64) -> Result<Model, FitError> {
        let (all, n_columns) = (params.grow_config(data)?, data.schema().columns.len());
        let next_tree = |random: &mut SplitMix64| next_tree(&all, params.colsample_bytree, n_columns, random);
        Ok(boost(&params.boost_config(), data, seed, next_tree).model(data))
    }

    fn evaluate(group: &[Params], evaluation: Evaluation<'_>) -> Result<Predictions, FitError> {
        Self::evaluate_staged(group, evaluation)
    }
}

impl Staged for XgBoost {
    fn n_steps(params: &Params) -> usize {
        params.n_estimators
    }

    fn predict_stages(params: &Params, stages: &[usize], evaluation: Evaluation<'_>) -> Result<Predictions, FitError> {
        let (all, n_columns) = (params.grow_config(evaluation.train)?, evaluation.train.schema().columns.len());
        let next_tree = |random: &mut SplitMix64| next_tree(&all, params.colsample_bytree, n_columns, random);
        Ok(predict_stages(&params.boost_config(), stages, evaluation, next_tree))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::learn::test_data::fitted;

    #[test]
    fn monotone_columns_worked_by_hand() {
        let with = |direction: i8| {
            let params = json!({
                "n_estimators": 1, "learning_rate": 1.0, "reg_lambda": 0.0, "min_child_weight": 0.0,
                "monotone": {"x": direction},
            });
            fitted("xgboost", params, &[0.0, 4.0, 2.0])
        };
        assert_eq!(with(0), [0.0, 4.0, 2.0]);
        // The step from 4 down to 2 is forbidden: both get their mean.
        assert_eq!(with(1), [0.0, 3.0, 3.0]);
        // The step from 0 up is forbidden, and {0, 4} against {2} gains nothing: all get their mean.
        assert_eq!(with(-1), [2.0, 2.0, 2.0]);
    }
}

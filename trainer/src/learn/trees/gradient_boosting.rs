//! Gradient boosting (Friedman 2001, 2002) as in scikit-learn.
//!
//! | parameter | default | purpose | range |
//! |---|---|---|---|
//! | `loss` | squared_error | the loss to minimise | squared_error, absolute_error, huber, quantile |
//! | `learning_rate` | 0.1 | share of each tree that is added | > 0 |
//! | `n_estimators` | 100 | trees | 1 to 100,000 |
//! | `subsample` | 1 | share of rows that each tree is grown on | above 0, up to 1 |
//! | `alpha` | 0.9 | the quantile, or the share of residuals that huber takes squared | above 0, below 1 |
//! | `criterion` | friedman_mse | none: both order splits alike | friedman_mse, squared_error |
//! | `max_features` | all | features looked at for each split | all (or null), sqrt, log2, a share above 0 and up to 1 |
//! | `max_depth` | 3 | longest path | ≥ 1, or null for any |
//! | `min_samples_split` | 2 | fewest rows to split | ≥ 2 |
//! | `min_samples_leaf` | 1 | fewest rows in a leaf | ≥ 1 |
//! | `max_leaf_nodes` | null | leaves of a tree; the split that gains most is made first | ≥ 2, or null for any |
//! | `n_iter_no_change` | null | stop after this number of trees without improvement on a held-back tenth of the rows | ≥ 1, or null for never |

use std::borrow::Cow;

use model_core::{Model, Params as ParamMap};
use serde::{Deserialize, Deserializer};
use serde_json::Value as Json;

use super::boosting::{BoostConfig, Loss, boost, predict_stages};
use super::tree_params::{DEEP, TREES, TreeSize};
use crate::folds::fit_data::FitData;
use crate::learn::axis::{axis, product};
use crate::learn::engine::{GrowConfig, MaxFeatures};
use crate::learn::error::FitError;
use crate::learn::family::{Evaluation, Family, Predictions, Staged};
use crate::learn::learner::{Abilities, Grid};
use crate::learn::params::{Choice, MAX_STEPS, at_least, at_least_or_null, choice, number, positive, share, within};

/// Gradient boosting regression.
#[derive(Debug)]
pub(crate) struct GradientBoosting;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Params {
    #[serde(deserialize_with = "choice")]
    loss: LossName,
    #[serde(deserialize_with = "positive")]
    learning_rate: f64,
    #[serde(deserialize_with = "within::<1, MAX_STEPS, _>")]
    n_estimators: usize,
    #[serde(deserialize_with = "share")]
    subsample: f64,
    #[serde(deserialize_with = "inner_share")]
    alpha: f64,
    /// Has no effect.
    #[serde(deserialize_with = "choice")]
    criterion: Criterion,
    max_features: MaxFeatures,
    #[serde(deserialize_with = "at_least_or_null::<1, _>")]
    max_depth: Option<usize>,
    #[serde(deserialize_with = "at_least::<2, _>")]
    min_samples_split: usize,
    #[serde(deserialize_with = "at_least::<1, _>")]
    min_samples_leaf: usize,
    #[serde(deserialize_with = "at_least_or_null::<2, _>")]
    max_leaf_nodes: Option<usize>,
    #[serde(deserialize_with = "at_least_or_null::<1, _>")]
    n_iter_no_change: Option<usize>,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            loss: LossName::Squared,
            learning_rate: 0.1,
            n_estimators: 100,
            subsample: 1.0,
            alpha: 0.9,
            criterion: Criterion::Either,
            max_features: MaxFeatures::All,
            max_depth: Some(3),
            min_samples_split: 2,
            min_samples_leaf: 1,
            max_leaf_nodes: None,
            n_iter_no_change: None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum LossName {
    Squared,
    Absolute,
    Huber,
    Quantile,
}

impl Choice for LossName {
    const CHOICES: &'static [(&'static str, Self)] = &[
        ("squared_error", Self::Squared),
        ("absolute_error", Self::Absolute),
        ("huber", Self::Huber),
        ("quantile", Self::Quantile),
    ];
}

/// Both names give the same order of splits.
#[derive(Debug, Clone, Copy)]
enum Criterion {
    Either,
}

impl Choice for Criterion {
    const CHOICES: &'static [(&'static str, Self)] = &[("friedman_mse", Self::Either), ("squared_error", Self::Either)];
}

fn inner_share<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    number(deserializer, |share| share > 0.0 && share < 1.0, "above 0 and below 1")
}

impl Params {
    fn boost_config(&self) -> BoostConfig {
        let alpha = self.alpha;
        BoostConfig {
            loss: match self.loss {
                LossName::Squared => Loss::Squared,
                LossName::Absolute => Loss::Absolute,
                LossName::Huber => Loss::Huber { alpha },
                LossName::Quantile => Loss::Quantile { alpha },
            },
            learning_rate: self.learning_rate,
            n_estimators: self.n_estimators,
            subsample: self.subsample,
            n_iter_no_change: self.n_iter_no_change,
            imputed: true,
        }
    }

    fn grow_config(&self, data: &FitData) -> GrowConfig {
        let Self { max_depth, min_samples_split, min_samples_leaf, max_leaf_nodes, .. } = *self;
        let size = TreeSize { max_depth, min_samples_split, min_samples_leaf };
        GrowConfig { max_leaf_nodes, ..size.grow_config(self.max_features, data) }
    }
}

impl Family for GradientBoosting {
    const NAME: &'static str = "gradient-boosting";
    const ABILITIES: Abilities = TREES;
    const DIFFER_IN: &'static [&'static str] = &["n_estimators", "criterion"];
    type Params = Params;

    fn grid(grid: Grid) -> Vec<ParamMap> {
        match grid {
            Grid::Classic => product(&[
                axis("loss", ["squared_error", "huber", "absolute_error", "quantile"]),
                axis("learning_rate", [0.1, 0.01, 0.05, 0.001]),
                axis("subsample", [0.6, 0.7, 0.75, 0.8, 0.85, 0.9]),
                axis("criterion", ["squared_error", "friedman_mse"]),
                axis("max_features", [Json::Null, "sqrt".into(), "log2".into()]),
                axis("n_estimators", [8, 16, 32, 64, 128, 256]),
            ]),
            Grid::Default | Grid::Deeper => product(&[
                axis("learning_rate", [0.08]),
                axis("subsample", [0.7]),
                axis("max_features", [0.5]),
                axis("max_depth", [2, 3]),
                axis("min_samples_leaf", [8]),
                axis("n_estimators", [40, 80, 120]),
            ]),
            Grid::Thorough => product(&[
                axis("learning_rate", [0.1, 0.05, 0.02]),
                axis("subsample", [0.5, 0.75, 1.0]),
                axis("max_features", [0.3, 0.6, 1.0]),
                axis("max_depth", [1, 2, 3, 4]),
                axis("min_samples_leaf", [5, 15]),
                axis("n_estimators", [50, 100, 200, 400]),
            ]),
        }
    }

    /// Medians, quantiles and the score of early stopping need individual targets.
    fn learns_from_cells(params: &Params) -> bool {
        params.loss == LossName::Squared && params.n_iter_no_change.is_none()
    }

    fn passes(params: &Params) -> f64 {
        (params.n_estimators * params.max_depth.unwrap_or(DEEP)) as f64 * params.subsample
    }

    fn fit(params: &Params, data: &FitData, seed: u64) -> Result<Model, FitError> {
        let grow = params.grow_config(data);
        Ok(boost(&params.boost_config(), data, seed, |_| Cow::Borrowed(&grow)).model(data))
    }

    /// With other losses the leaves are not means, to which the bounds apply.
    fn keeps_directions(params: &Params) -> bool {
        params.loss == LossName::Squared
    }

    fn evaluate(group: &[Params], evaluation: Evaluation<'_>) -> Result<Predictions, FitError> {
        Self::evaluate_staged(group, evaluation)
    }
}

impl Staged for GradientBoosting {
    fn n_steps(params: &Params) -> usize {
        params.n_estimators
    }

    fn predict_stages(params: &Params, stages: &[usize], evaluation: Evaluation<'_>) -> Result<Predictions, FitError> {
        let grow = params.grow_config(evaluation.train);
        Ok(predict_stages(&params.boost_config(), stages, evaluation, |_| Cow::Borrowed(&grow)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::learn::test_data::fitted;

    #[test]
    fn the_split_that_gains_most_is_made_first() {
        // The root separates 0, 1 from 10, 20; then the right side gains 50 and the left 0.5.
        let predicted = |leaves: usize| {
            let params = json!({"max_leaf_nodes": leaves, "n_estimators": 1, "learning_rate": 1});
            fitted("gradient-boosting", params, &[0.0, 1.0, 10.0, 20.0])
        };
        assert_eq!(predicted(2), [0.5, 0.5, 15.0, 15.0]);
        assert_eq!(predicted(3), [0.5, 0.5, 10.0, 20.0]);
        assert_eq!(predicted(4), [0.0, 1.0, 10.0, 20.0]);
    }
}

//! Random forests (Breiman 2001) and extremely randomised trees (Geurts, Ernst & Wehenkel 2006).
//!
//! | parameter | default | purpose | range |
//! |---|---|---|---|
//! | `n_estimators` | 100 | trees | 1 to 100,000 |
//! | `criterion` | squared_error | how splits are judged | squared_error, friedman_mse, absolute_error, poisson |
//! | `bootstrap` | true (extra trees: false) | grow each tree on rows drawn with replacement | true, false |
//! | `max_features` | all | features looked at for each split | all (or null), sqrt, log2, a share above 0 and up to 1 |
//! | `max_depth` | null | longest path of a tree | ≥ 1, or null for any |
//! | `min_samples_split` | 2 | fewest rows to split | ≥ 2 |
//! | `min_samples_leaf` | 1 | fewest rows in a leaf | ≥ 1 |

mod grow;

use model_core::{Combine, Model, Params as ParamMap};
use serde::{Deserialize, Deserializer};
use serde_json::Value as Json;

use self::grow::{ForestConfig, grow_forest, out_of_bag_r2};
use super::criterion::Criterion;
use super::tree_params::{DEEP, TREES, TreeSize, model};
use crate::folds::fit_data::FitData;
use crate::learn::axis::{axis, product};
use crate::learn::engine::{GrowConfig, MaxFeatures, Splitter};
use crate::learn::error::FitError;
use crate::learn::family::{Evaluation, Family, Predictions, Staged};
use crate::learn::learner::{Abilities, Grid};
use crate::learn::params::{MAX_STEPS, at_least, at_least_or_null, choice, flag, within};

/// Random forest regression.
#[derive(Debug)]
pub(crate) struct RandomForest;

/// Extra-trees regression.
#[derive(Debug)]
pub(crate) struct ExtraTrees;

/// The bytes of a leaf and one node in JSON.
const BYTES_A_LEAF: usize = 24;

/// The differences between the two families.
trait Forest: Sync {
    const FAMILY: &'static str;
    const SPLITTER: Splitter;
    const BOOTSTRAP: bool;

    fn classic_grid() -> Vec<ParamMap>;
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Params {
    #[serde(deserialize_with = "within::<1, MAX_STEPS, _>")]
    n_estimators: usize,
    #[serde(deserialize_with = "choice")]
    criterion: Criterion,
    /// `None` for the family's default.
    #[serde(deserialize_with = "given_flag")]
    bootstrap: Option<bool>,
    max_features: MaxFeatures,
    #[serde(deserialize_with = "at_least_or_null::<1, _>")]
    max_depth: Option<usize>,
    #[serde(deserialize_with = "at_least::<2, _>")]
    min_samples_split: usize,
    #[serde(deserialize_with = "at_least::<1, _>")]
    min_samples_leaf: usize,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            n_estimators: 100,
            criterion: Criterion::Squared,
            bootstrap: None,
            max_features: MaxFeatures::All,
            max_depth: None,
            min_samples_split: 2,
            min_samples_leaf: 1,
        }
    }
}

fn given_flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    flag(deserializer).map(Some)
}

impl Forest for RandomForest {
    const FAMILY: &'static str = "forest";
    const SPLITTER: Splitter = Splitter::Best;
    const BOOTSTRAP: bool = true;

    fn classic_grid() -> Vec<ParamMap> {
        product(&[
            axis("criterion", ["squared_error", "friedman_mse", "absolute_error", "poisson"]),
            axis("max_features", [Json::from("sqrt"), "log2".into(), Json::Null]),
            axis("n_estimators", [8, 16, 32, 64, 128, 256]),
        ])
    }
}

impl Forest for ExtraTrees {
    const FAMILY: &'static str = "extra-trees";
    const SPLITTER: Splitter = Splitter::Random;
    const BOOTSTRAP: bool = false;

    fn classic_grid() -> Vec<ParamMap> {
        Vec::new()
    }
}

impl<F: Forest> Family for F {
    const NAME: &'static str = F::FAMILY;
    const ABILITIES: Abilities = TREES;
    const DIFFER_IN: &'static [&'static str] = &["n_estimators"];
    type Params = Params;

    fn grid(grid: Grid) -> Vec<ParamMap> {
        match grid {
            Grid::Classic => F::classic_grid(),
            Grid::Default | Grid::Deeper => {
                product(&[axis("n_estimators", [50]), axis("max_features", [0.5]), axis("min_samples_leaf", [3, 8])])
            }
            Grid::Thorough => product(&[
                axis("max_features", [Json::from("all"), 0.7.into(), 0.4.into(), "sqrt".into()]),
                axis("min_samples_leaf", [1, 3, 5, 10]),
                axis("n_estimators", [50, 100, 200, 400]),
            ]),
        }
    }

    /// A median needs individual targets.
    fn learns_from_cells(params: &Params) -> bool {
        params.criterion != Criterion::Absolute
    }

    /// Leaves have about twice the minimal number of rows.
    fn bytes(params: &Params, n_rows: usize) -> usize {
        let by_depth =
            params.max_depth.map_or(usize::MAX, |depth| 1_usize.checked_shl(depth as u32).unwrap_or(usize::MAX));
        let by_rows = n_rows / (2 * params.min_samples_leaf.max(1));
        params.n_estimators * by_rows.min(by_depth) * BYTES_A_LEAF
    }

    fn passes(params: &Params) -> f64 {
        (params.n_estimators * params.max_depth.unwrap_or(DEEP)) as f64
    }

    fn fit(params: &Params, data: &FitData, seed: u64) -> Result<Model, FitError> {
        Ok(model(data, &grow_forest(&config::<F>(params, data)?, data, seed), Combine::Mean))
    }

    fn keeps_directions(params: &Params) -> bool {
        params.criterion != Criterion::Absolute
    }

    fn evaluate(group: &[Params], evaluation: Evaluation<'_>) -> Result<Predictions, FitError> {
        Self::evaluate_staged(group, evaluation)
    }

    fn out_of_bag_r2(params: &Params, data: &FitData, seed: u64) -> Result<Option<f64>, FitError> {
        let config = config::<F>(params, data)?;
        Ok(if config.bootstrap { out_of_bag_r2(&config, data, seed) } else { None })
    }
}

impl<F: Forest> Staged for F {
    fn n_steps(params: &Params) -> usize {
        params.n_estimators
    }

    fn predict_stages(
        params: &Params,
        stages: &[usize],
        Evaluation { train, validation, seed }: Evaluation<'_>,
    ) -> Result<Predictions, FitError> {
        let trees = grow_forest(&config::<F>(params, train)?, train, seed);
        let features = validation.native(true);
        let categorical = train.is_categorical();
        let mut sums = vec![0.0; validation.n_rows()];
        let mut predicted = vec![Vec::new(); stages.len()];
        for (n_trees, tree) in (1..).zip(&trees) {
            for (sum, row) in sums.iter_mut().zip(features.outer_iter()) {
                *sum += tree.value_for(row.as_slice().unwrap_or_default(), &categorical);
            }
            for (predicted, _) in predicted.iter_mut().zip(stages).filter(|(_, stage)| **stage == n_trees) {
                *predicted = sums.iter().map(|sum| sum / n_trees as f64).collect();
            }
        }
        Ok(predicted)
    }
}

fn config<F: Forest>(params: &Params, data: &FitData) -> Result<ForestConfig, FitError> {
    params.criterion.check(F::FAMILY, data)?;
    let Params { n_estimators, criterion, max_depth, min_samples_split, min_samples_leaf, .. } = *params;
    let size = TreeSize { max_depth, min_samples_split, min_samples_leaf };
    let grow = criterion.configure(size.grow_config(params.max_features, data));
    Ok(ForestConfig {
        grow: GrowConfig { splitter: F::SPLITTER, shuffles: true, ..grow },
        criterion,
        n_estimators,
        bootstrap: params.bootstrap.unwrap_or(F::BOOTSTRAP),
    })
}

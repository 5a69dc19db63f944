//! A single decision tree (Breiman, Friedman, Olshen & Stone 1984).
//!
//! | parameter | default | purpose | range |
//! |---|---|---|---|
//! | `criterion` | squared_error | how splits are judged | squared_error, friedman_mse, absolute_error, poisson |
//! | `splitter` | best | best threshold of each feature, or one at random | best, random |
//! | `max_features` | all | features looked at for each split | all (or null), sqrt, log2, a share above 0 and up to 1 |
//! | `max_depth` | null | longest path | ≥ 1, or null for any |
//! | `min_samples_split` | 2 | fewest rows to split | ≥ 2 |
//! | `min_samples_leaf` | 1 | fewest rows in a leaf | ≥ 1 |
//! | `ccp_alpha` | 0 | cost-complexity pruning; no effect with absolute_error | ≥ 0 |

use model_core::{Combine, Model, Params as ParamMap};
use serde::Deserialize;

use super::criterion::Criterion;
use super::tree_params::{DEEP, TREES, TreeSize, all_rows, model, target_stats};
use crate::folds::fit_data::FitData;
use crate::learn::axis::{axis, product};
use crate::learn::engine::{GrowConfig, Grower, MaxFeatures, Splitter, prune};
use crate::learn::error::FitError;
use crate::learn::family::{Evaluation, Family, Predictions};
use crate::learn::learner::{Abilities, Grid};
use crate::learn::params::{at_least, at_least_or_null, choice, not_negative};
use crate::random::SplitMix64;

/// Decision tree regression.
#[derive(Debug)]
pub(crate) struct DecisionTree;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Params {
    #[serde(deserialize_with = "choice")]
    criterion: Criterion,
    #[serde(deserialize_with = "choice")]
    splitter: Splitter,
    max_features: MaxFeatures,
    #[serde(deserialize_with = "at_least_or_null::<1, _>")]
    max_depth: Option<usize>,
    #[serde(deserialize_with = "at_least::<2, _>")]
    min_samples_split: usize,
    #[serde(deserialize_with = "at_least::<1, _>")]
    min_samples_leaf: usize,
    #[serde(deserialize_with = "not_negative")]
    ccp_alpha: f64,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            criterion: Criterion::Squared,
            splitter: Splitter::Best,
            max_features: MaxFeatures::All,
            max_depth: None,
            min_samples_split: 2,
            min_samples_leaf: 1,
            ccp_alpha: 0.0,
        }
    }
}

impl Family for DecisionTree {
    const NAME: &'static str = "tree";
    const ABILITIES: Abilities = TREES;
    type Params = Params;

    fn grid(grid: Grid) -> Vec<ParamMap> {
        match grid {
            Grid::Classic => product(&[
                axis("criterion", ["squared_error", "friedman_mse", "absolute_error", "poisson"]),
                axis("splitter", ["best", "random"]),
                axis("max_features", ["sqrt", "log2"]),
            ]),
            Grid::Default | Grid::Deeper => product(&[axis("max_depth", [4, 6]), axis("min_samples_leaf", [5, 15])]),
            Grid::Thorough => product(&[
                axis("max_depth", [3, 4, 5, 6, 8, 12]),
                axis("min_samples_leaf", [2, 5, 10, 20, 40]),
                axis("criterion", ["squared_error", "absolute_error"]),
            ]),
        }
    }

    /// The median of a union need not lie between the medians of its parts.
    fn keeps_directions(params: &Params) -> bool {
        params.criterion != Criterion::Absolute
    }

    /// A median needs individual targets.
    fn learns_from_cells(params: &Params) -> bool {
        params.criterion != Criterion::Absolute
    }

    /// The candidates of a group differ only in parameters without effect.
    fn evaluate(
        group: &[Params],
        Evaluation { train, validation, seed }: Evaluation<'_>,
    ) -> Result<Predictions, FitError> {
        let Some(first) = group.first() else { return Ok(Vec::new()) };
        let predicted = validation.predict(&Self::fit(first, train, seed)?, TREES.features);
        Ok(vec![predicted; group.len()])
    }

    fn passes(params: &Params) -> f64 {
        params.max_depth.unwrap_or(DEEP) as f64
    }

    fn fit(params: &Params, data: &FitData, seed: u64) -> Result<Model, FitError> {
        params.criterion.check(Self::NAME, data)?;
        let Params { criterion, splitter, max_depth, min_samples_split, min_samples_leaf, .. } = *params;
        let size = TreeSize { max_depth, min_samples_split, min_samples_leaf };
        let shuffles = splitter == Splitter::Random;
        let config =
            GrowConfig { splitter, shuffles, ..criterion.configure(size.grow_config(params.max_features, data)) };
        let stats = target_stats(data);
        let mut tree = Grower::new(data.binned(true), &config).grow(all_rows(data), &stats, &mut SplitMix64::new(seed));
        criterion.finish(&mut tree, &stats);
        if criterion != Criterion::Absolute {
            prune(&mut tree, params.ccp_alpha);
        }
        Ok(model(data, [&tree], Combine::Sum { base: 0.0 }))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::learn::test_data::fitted;

    #[test]
    fn pruning_worked_by_hand() {
        // The best split is in the middle; mean squared errors times shares: root 32.75, left 0.5, right 2. Pruning the
        // left side costs 0.5 for one leaf, the right side 2, then the root (32.75 - 2.5) = 30.25.
        let pruned = |alpha: f64| fitted("tree", json!({"ccp_alpha": alpha}), &[0.0, 2.0, 10.0, 14.0]);
        assert_eq!(pruned(0.0), [0.0, 2.0, 10.0, 14.0]);
        assert_eq!(pruned(0.45), [0.0, 2.0, 10.0, 14.0]);
        assert_eq!(pruned(0.55), [1.0, 1.0, 10.0, 14.0]);
        assert_eq!(pruned(2.1), [1.0, 1.0, 12.0, 12.0]);
        assert_eq!(pruned(30.0), [1.0, 1.0, 12.0, 12.0]);
        assert_eq!(pruned(30.5), [6.5; 4]);
    }
}

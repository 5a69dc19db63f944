//! AdaBoost.R2 (Drucker 1997) with small trees, as in scikit-learn.
//!
//! | parameter | default | purpose | range |
//! |---|---|---|---|
//! | `n_estimators` | 50 | most trees | 1 to 100,000 |
//! | `learning_rate` | 1 | how strongly weights change | > 0 |
//! | `loss` | linear | how errors count | linear, square, exponential |
//! | `max_depth` | 3 | longest path of each tree | ≥ 1 |

use model_core::{Combine, Model, Params as ParamMap};
use serde::Deserialize;

use super::tree_params::{TREES, drawn_rows, model};
use crate::folds::fit_data::FitData;
use crate::learn::axis::{axis, product};
use crate::learn::engine::{GrowConfig, Grower, GrownTree, Stat};
use crate::learn::error::FitError;
use crate::learn::family::{Evaluation, Family, Predictions, Staged};
use crate::learn::learner::{Abilities, Grid};
use crate::learn::monotone::directions;
use crate::learn::params::{Choice, MAX_STEPS, at_least, choice, positive, within};
use crate::learn::sampling::weighted_bootstrap;
use crate::random::SplitMix64;

/// AdaBoost.R2 regression.
#[derive(Debug)]
pub(crate) struct AdaBoost;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Params {
    #[serde(deserialize_with = "within::<1, MAX_STEPS, _>")]
    n_estimators: usize,
    #[serde(deserialize_with = "positive")]
    learning_rate: f64,
    #[serde(deserialize_with = "choice")]
    loss: Loss,
    #[serde(deserialize_with = "at_least::<1, _>")]
    max_depth: usize,
}

impl Default for Params {
    fn default() -> Self {
        Self { n_estimators: 50, learning_rate: 1.0, loss: Loss::Linear, max_depth: 3 }
    }
}

#[derive(Debug, Clone, Copy)]
enum Loss {
    Linear,
    Square,
    Exponential,
}

impl Choice for Loss {
    const CHOICES: &'static [(&'static str, Self)] =
        &[("linear", Self::Linear), ("square", Self::Square), ("exponential", Self::Exponential)];
}

/// The trees and their weights in the weighted median.
#[derive(Default)]
struct Boosted {
    trees: Vec<GrownTree>,
    weights: Vec<f64>,
}

impl Family for AdaBoost {
    const NAME: &'static str = "adaboost";
    const ABILITIES: Abilities = Abilities { cells: false, ..TREES };
    const DIFFER_IN: &'static [&'static str] = &["n_estimators"];
    type Params = Params;

    fn grid(grid: Grid) -> Vec<ParamMap> {
        match grid {
            Grid::Classic => product(&[
                axis("learning_rate", [0.1, 0.01, 0.5, 0.001]),
                axis("loss", ["linear", "square", "exponential"]),
                axis("n_estimators", [8, 16, 32, 64, 128, 256]),
            ]),
            Grid::Default => product(&[axis("max_depth", [5]), axis("n_estimators", [30, 60])]),
            // It has never been near the best there, nor part of a blend.
            Grid::Deeper => Vec::new(),
            Grid::Thorough => product(&[
                axis("learning_rate", [1.0, 0.3, 0.1]),
                axis("loss", ["linear", "square", "exponential"]),
                axis("max_depth", [3, 5, 7]),
                axis("n_estimators", [25, 50, 100, 200]),
            ]),
        }
    }

    fn passes(params: &Params) -> f64 {
        (params.n_estimators * params.max_depth) as f64
    }

    fn fit(params: &Params, data: &FitData, seed: u64) -> Result<Model, FitError> {
        Ok(boost(params, data, seed).first(params.n_estimators, data))
    }

    fn evaluate(group: &[Params], evaluation: Evaluation<'_>) -> Result<Predictions, FitError> {
        Self::evaluate_staged(group, evaluation)
    }
}

impl Staged for AdaBoost {
    fn n_steps(params: &Params) -> usize {
        params.n_estimators
    }

    fn predict_stages(
        params: &Params,
        stages: &[usize],
        Evaluation { train, validation, seed }: Evaluation<'_>,
    ) -> Result<Predictions, FitError> {
        let boosted = boost(params, train, seed);
        let predict = |n_trees: &usize| validation.predict(&boosted.first(*n_trees, train), TREES.features);
        Ok(stages.iter().map(predict).collect())
    }
}

impl Boosted {
    fn push(&mut self, tree: GrownTree, weight: f64) {
        self.trees.push(tree);
        self.weights.push(weight);
    }

    /// The model of the first `n_trees` trees.
    fn first(&self, n_trees: usize, data: &FitData) -> Model {
        let n_trees = n_trees.min(self.trees.len());
        model(data, &self.trees[..n_trees], Combine::WeightedMedian { weights: self.weights[..n_trees].to_vec() })
    }
}

/// Boosting ends early if a tree is perfect or no better than chance.
fn boost(params: &Params, data: &FitData, seed: u64) -> Boosted {
    let binned = data.binned(true);
    let grow = GrowConfig { max_depth: Some(params.max_depth), monotone: directions(data), ..GrowConfig::default() };
    let grower = Grower::new(binned, &grow);
    let mut random = SplitMix64::new(seed);
    let target = data.target();
    let mut row_weights: Vec<f64> = data.weights().map_or_else(|| vec![1.0; data.n_rows()], <[f64]>::to_vec);
    let mut boosted = Boosted::default();
    for _ in 0..params.n_estimators {
        if data.is_stopped() {
            break;
        }
        let total: f64 = row_weights.iter().sum();
        for weight in &mut row_weights {
            *weight /= total;
        }
        // Weights determine how often a row is drawn, not the weight of a drawn row.
        let counts = weighted_bootstrap(&row_weights, &mut random);
        let stats = target_stats(target, &counts);
        let tree = grower.grow(drawn_rows(&counts), &stats, &mut random);
        let error = |(row, target): (usize, &f64)| (target - tree.values[tree.leaf_of(binned, row)]).abs();
        let errors: Vec<f64> = target.iter().enumerate().map(error).collect();
        let largest = errors.iter().copied().fold(0.0, f64::max);
        let loss = |error: &f64| params.loss.of(if largest > 0.0 { error / largest } else { 0.0 });
        let losses: Vec<f64> = errors.iter().map(loss).collect();
        let error: f64 = losses.iter().zip(&row_weights).map(|(loss, weight)| loss * weight).sum();
        if error <= 0.0 {
            boosted.push(tree, 1.0);
            break;
        }
        if error >= 0.5 {
            if boosted.trees.is_empty() {
                boosted.push(tree, 1.0);
            }
            break;
        }
        let beta = error / (1.0 - error);
        boosted.push(tree, params.learning_rate * libm::log(1.0 / beta));
        for (weight, loss) in row_weights.iter_mut().zip(&losses) {
            *weight *= libm::pow(beta, (1.0 - loss) * params.learning_rate);
        }
    }
    boosted
}

fn target_stats(target: &[f64], counts: &[u32]) -> Vec<Stat> {
    let stat = |(target, count): (&f64, &u32)| Stat { g: target * f64::from(*count), h: f64::from(*count) };
    target.iter().zip(counts).map(stat).collect()
}

impl Loss {
    fn of(self, error: f64) -> f64 {
        match self {
            Self::Linear => error,
            Self::Square => error * error,
            Self::Exponential => 1.0 - libm::exp(-error),
        }
    }
}

//! AdaBoost.R2 (Drucker 1997) over trees of depth 3, as scikit-learn has it.
//!
//! | parameter | default | purpose | range |
//! |---|---|---|---|
//! | `n_estimators` | 50 | most trees | ≥ 1 |
//! | `learning_rate` | 1 | how strongly weights change | > 0 |
//! | `loss` | linear | how errors count | linear, square, exponential |
//! | `max_depth` | 3 | longest path of each tree | ≥ 1 |

use model_core::{Combine, Model, Params};
use serde_json::Value as Json;

use super::tree_params::{TREES, all_rows, key_without, model, target_stats};
use crate::folds::fit_data::FitData;
use crate::learn::engine::{GrowConfig, Grower, GrownTree};
use crate::learn::params::ParamReader;
use crate::learn::{Abilities, FitError, Grid, Learner, product};
use crate::random::SplitMix64;

/// AdaBoost.R2 regression.
#[derive(Debug)]
pub(crate) struct AdaBoost;

#[derive(Debug, Clone, Copy)]
enum Loss {
    Linear,
    Square,
    Exponential,
}

struct Config {
    n_estimators: usize,
    learning_rate: f64,
    loss: Loss,
    max_depth: usize,
}

impl Learner for AdaBoost {
    fn family(&self) -> &'static str {
        "adaboost"
    }

    fn abilities(&self) -> Abilities {
        TREES
    }

    fn grid(&self, grid: Grid) -> Vec<Params> {
        let losses = |losses: &[&str]| losses.iter().map(|loss| Json::from(*loss)).collect::<Vec<_>>();
        let numbers = |numbers: &[f64]| numbers.iter().map(|number| Json::from(*number)).collect::<Vec<_>>();
        let counts = |counts: &[u64]| counts.iter().map(|count| Json::from(*count)).collect::<Vec<_>>();
        match grid {
            Grid::Classic => product(&[
                ("learning_rate", numbers(&[0.1, 0.01, 0.5, 0.001])),
                ("loss", losses(&["linear", "square", "exponential"])),
                ("n_estimators", counts(&[8, 16, 32, 64, 128, 256])),
            ]),
            Grid::Default => product(&[("max_depth", counts(&[5])), ("n_estimators", counts(&[30, 60]))]),
            Grid::Thorough => product(&[
                ("learning_rate", numbers(&[1.0, 0.3, 0.1])),
                ("loss", losses(&["linear", "square", "exponential"])),
                ("max_depth", counts(&[3, 5, 7])),
                ("n_estimators", counts(&[25, 50, 100, 200])),
            ]),
        }
    }

    fn group_key(&self, params: &Params) -> String {
        key_without(params, &["n_estimators"])
    }

    fn fit(&self, params: &Params, data: &FitData, seed: u64) -> Result<Model, FitError> {
        let (trees, weights) = boost(&self.config(params)?, data, seed);
        Ok(model(data, &trees, Combine::WeightedMedian { weights }))
    }

    /// The first trees are those of the smaller ensemble.
    fn evaluate(
        &self,
        group: &[&Params],
        train: &FitData,
        validation: &FitData,
        seed: u64,
    ) -> Result<Vec<Vec<f64>>, FitError> {
        let configs = group.iter().map(|params| self.config(params)).collect::<Result<Vec<Config>, _>>()?;
        let Some(largest) = configs.iter().max_by_key(|config| config.n_estimators) else { return Ok(Vec::new()) };
        let (trees, weights) = boost(largest, train, seed);
        let predict = |config: &Config| {
            let n_trees = config.n_estimators.min(trees.len());
            let combine = Combine::WeightedMedian { weights: weights[..n_trees].to_vec() };
            validation.predict(&model(train, &trees[..n_trees], combine), TREES.features)
        };
        Ok(configs.iter().map(predict).collect())
    }
}

impl AdaBoost {
    fn config(&self, params: &Params) -> Result<Config, FitError> {
        let reader = ParamReader::new(self.family(), params);
        let losses = [("linear", Loss::Linear), ("square", Loss::Square), ("exponential", Loss::Exponential)];
        let config = Config {
            n_estimators: reader.count("n_estimators", 50, 1)?,
            learning_rate: reader.number("learning_rate", 1.0, |rate| rate > 0.0, "above 0")?,
            loss: reader.choice("loss", &losses, "linear, square or exponential")?,
            max_depth: reader.count("max_depth", 3, 1)?,
        };
        reader.finish()?;
        Ok(config)
    }
}

/// The trees and their weights. It ends early when a tree is perfect or no better than chance.
fn boost(config: &Config, data: &FitData, seed: u64) -> (Vec<GrownTree>, Vec<f64>) {
    let binned = data.binned(true);
    let grow = GrowConfig { max_depth: Some(config.max_depth), ..GrowConfig::default() };
    let grower = Grower::new(binned, &grow);
    let mut random = SplitMix64::new(seed);
    let n_rows = data.n_rows();
    let mut weights: Vec<f64> = data.weights().map_or_else(|| vec![1.0; n_rows], <[f64]>::to_vec);
    let (mut trees, mut tree_weights) = (Vec::new(), Vec::new());
    for _ in 0..config.n_estimators {
        if data.is_stopped() {
            break;
        }
        let total: f64 = weights.iter().sum();
        for weight in &mut weights {
            *weight /= total;
        }
        let counts = draw_counts(&weights, &mut random);
        let rows = all_rows(data).into_iter().filter(|row| counts[*row as usize] > 0).collect();
        // Weights decide how often a row is drawn, not how much a drawn row counts.
        let stats: Vec<_> = target_stats(data, None)
            .into_iter()
            .zip(&counts)
            .map(|(stat, count)| crate::learn::engine::Stat {
                g: stat.g / stat.h * f64::from(*count),
                h: f64::from(*count),
            })
            .collect();
        let tree = grower.grow(rows, &stats, &mut random);
        let errors: Vec<f64> = data
            .target()
            .iter()
            .enumerate()
            .map(|(row, target)| (target - tree.values[tree.leaf_of(binned, row)]).abs())
            .collect();
        let largest = errors.iter().copied().fold(0.0, f64::max);
        let losses: Vec<f64> =
            errors.iter().map(|error| config.loss.of(if largest > 0.0 { error / largest } else { 0.0 })).collect();
        let error: f64 = losses.iter().zip(&weights).map(|(loss, weight)| loss * weight).sum();
        if error <= 0.0 {
            trees.push(tree);
            tree_weights.push(1.0);
            break;
        }
        if error >= 0.5 {
            if trees.is_empty() {
                trees.push(tree);
                tree_weights.push(1.0);
            }
            break;
        }
        let beta = error / (1.0 - error);
        trees.push(tree);
        tree_weights.push(config.learning_rate * libm::log(1.0 / beta));
        for (weight, loss) in weights.iter_mut().zip(&losses) {
            *weight *= libm::pow(beta, (1.0 - loss) * config.learning_rate);
        }
    }
    (trees, tree_weights)
}

/// How often each row is drawn in as many draws as there are rows, with replacement.
fn draw_counts(weights: &[f64], random: &mut SplitMix64) -> Vec<u32> {
    let mut reached = 0.0;
    let ends: Vec<f64> = weights
        .iter()
        .map(|weight| {
            reached += weight;
            reached
        })
        .collect();
    let mut counts = vec![0; weights.len()];
    for _ in 0..weights.len() {
        let drawn = random.uniform() * reached;
        counts[ends.partition_point(|end| *end <= drawn).min(weights.len() - 1)] += 1;
    }
    counts
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

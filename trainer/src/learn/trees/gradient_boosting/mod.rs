//! Gradient boosting (Friedman 2001, 2002) as scikit-learn has it.
//!
//! | parameter | default | purpose | range |
//! |---|---|---|---|
//! | `loss` | squared_error | what is made small | squared_error, absolute_error, huber, quantile |
//! | `learning_rate` | 0.1 | share of each tree that is added | > 0 |
//! | `n_estimators` | 100 | trees | ≥ 1 |
//! | `subsample` | 1 | share of rows that each tree is grown on | above 0, up to 1 |
//! | `alpha` | 0.9 | the quantile, or where huber turns linear | above 0, below 1 |
//! | `criterion` | friedman_mse | has no effect: both order splits alike | friedman_mse, squared_error |
//! | `max_features` | all | features looked at for each split | all, sqrt, log2, a share |
//! | `max_depth` | 3 | longest path | ≥ 1, or null |
//! | `min_samples_split`, `min_samples_leaf` | 2, 1 | as for a tree | |
//! | `max_leaf_nodes` | null | leaves of a tree; the split that gains most is made first | ≥ 2, or null |
//! | `n_iter_no_change` | null | stop after so many trees without gain on a tenth of the rows held back | ≥ 1, or null |
//!
//! From 50,000 rows on, without weights, with squared error and without early stopping, trees are grown by an engine that
//! is made for it (`tree/many`): the same trees but for rounding, and `subsample` gives each row the same chance.

mod loss;
mod patience;
mod staged;

use model_core::{Combine, Model, Params};
use serde_json::Value as Json;

use self::loss::Loss;
use self::patience::Patience;
pub(super) use self::staged::{staged, staged_on_many_rows};
use super::tree_params::{TREES, all_rows, grow_config, key_without, model};
use crate::folds::binned::Binned;
use crate::folds::fit_data::FitData;
use crate::learn::engine::{GrowConfig, Grower, GrownTree, ManyRows, MaxFeatures, Stat, Step};
use crate::learn::params::ParamReader;
use crate::learn::{Abilities, FitError, Grid, Learner, product};
use crate::random::SplitMix64;

/// Gradient boosting regression.
#[derive(Debug)]
pub(crate) struct GradientBoosting;

struct Config {
    grow: GrowConfig,
    loss: Loss,
    learning_rate: f64,
    n_estimators: usize,
    subsample: f64,
    n_iter_no_change: Option<usize>,
}

/// The share of rows that early stopping judges by.
const VALIDATION_SHARE: f64 = 0.1;

impl Learner for GradientBoosting {
    fn family(&self) -> &'static str {
        "gradient-boosting"
    }

    fn abilities(&self) -> Abilities {
        TREES
    }

    fn grid(&self, grid: Grid) -> Vec<Params> {
        let numbers = |numbers: &[f64]| numbers.iter().map(|number| Json::from(*number)).collect::<Vec<_>>();
        let counts = |counts: &[u64]| counts.iter().map(|count| Json::from(*count)).collect::<Vec<_>>();
        match grid {
            Grid::Classic => product(&[
                ("loss", ["squared_error", "huber", "absolute_error", "quantile"].map(Json::from).into()),
                ("learning_rate", numbers(&[0.1, 0.01, 0.05, 0.001])),
                ("subsample", numbers(&[0.6, 0.7, 0.75, 0.8, 0.85, 0.9])),
                ("criterion", vec!["squared_error".into(), "friedman_mse".into()]),
                ("max_features", vec![Json::Null, "sqrt".into(), "log2".into()]),
                ("n_estimators", counts(&[8, 16, 32, 64, 128, 256])),
            ]),
            Grid::Default => product(&[
                ("learning_rate", numbers(&[0.08])),
                ("subsample", numbers(&[0.7])),
                ("max_features", numbers(&[0.5])),
                ("max_depth", counts(&[2, 3])),
                ("min_samples_leaf", counts(&[8])),
                ("n_estimators", counts(&[40, 80, 120])),
            ]),
            Grid::Thorough => product(&[
                ("learning_rate", numbers(&[0.1, 0.05, 0.02])),
                ("subsample", numbers(&[0.5, 0.75, 1.0])),
                ("max_features", numbers(&[0.3, 0.6, 1.0])),
                ("max_depth", counts(&[1, 2, 3, 4])),
                ("min_samples_leaf", counts(&[5, 15])),
                ("n_estimators", counts(&[50, 100, 200, 400])),
            ]),
        }
    }

    fn group_key(&self, params: &Params) -> String {
        key_without(params, &["n_estimators", "criterion"])
    }

    fn fit(&self, params: &Params, data: &FitData, seed: u64) -> Result<Model, FitError> {
        let config = self.config(params)?;
        let mut trees = Vec::new();
        let base = boost(&config, data, seed, |tree| trees.push(tree));
        Ok(model(data, &trees, Combine::Sum { base }))
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
        let categorical = train.is_categorical();
        let mut trees = Vec::new();
        let base = boost(largest, train, seed, |tree| trees.push(tree));
        let sizes: Vec<usize> = configs.iter().map(|config| config.n_estimators).collect();
        if let Some(predicted) = staged_on_many_rows(&trees, base, validation, true, &sizes) {
            return Ok(predicted);
        }
        let features = validation.native(true);
        let steps = trees.iter().map(|tree| {
            features.outer_iter().map(|row| tree.value_for(row.as_slice().unwrap_or_default(), &categorical)).collect()
        });
        Ok(staged(vec![base; validation.n_rows()], steps, &sizes))
    }
}

/// Grows trees for the squared error of many rows without weights, and gives the base value; `None` where there are too
/// many columns for that.
pub(super) fn boost_many_rows(
    (data, binned): (&FitData, &Binned),
    n_trees: usize,
    random: &mut SplitMix64,
    mut grow: impl FnMut(&mut ManyRows, &mut SplitMix64) -> GrownTree,
    mut on_tree: impl FnMut(GrownTree),
) -> Option<f64> {
    let base = data.targets().sum::<f64>() / data.n_rows() as f64;
    let residuals: Vec<f64> = data.targets().map(|target| target - base).collect();
    let mut rows = ManyRows::new(binned, &residuals)?;
    for _ in 0..n_trees {
        if data.is_stopped() {
            break;
        }
        on_tree(grow(&mut rows, random));
    }
    Some(base)
}

impl GradientBoosting {
    fn config(&self, params: &Params) -> Result<Config, FitError> {
        let reader = ParamReader::new(self.family(), params);
        let alpha = reader.number("alpha", 0.9, |alpha| alpha > 0.0 && alpha < 1.0, "above 0 and below 1")?;
        let losses = [
            ("squared_error", Loss::Squared),
            ("absolute_error", Loss::Absolute),
            ("huber", Loss::Huber { alpha }),
            ("quantile", Loss::Quantile { alpha }),
        ];
        let loss = reader.choice("loss", &losses, "squared_error, absolute_error, huber or quantile")?;
        reader.choice("criterion", &[("friedman_mse", ()), ("squared_error", ())], "friedman_mse or squared_error")?;
        let config = Config {
            grow: GrowConfig {
                max_leaf_nodes: reader.bound("max_leaf_nodes", None, 2)?,
                ..grow_config(&reader, Some(3), MaxFeatures::All)?
            },
            loss,
            learning_rate: reader.number("learning_rate", 0.1, |rate| rate > 0.0, "above 0")?,
            n_estimators: reader.count("n_estimators", 100, 1)?,
            subsample: reader.number("subsample", 1.0, |share| share > 0.0 && share <= 1.0, "above 0 and up to 1")?,
            n_iter_no_change: reader.bound("n_iter_no_change", None, 1)?,
        };
        reader.finish()?;
        Ok(config)
    }
}

/// Grows the trees, their learning rate already in their leaves, and gives the base value.
fn boost(config: &Config, data: &FitData, seed: u64, mut on_tree: impl FnMut(GrownTree)) -> f64 {
    let binned = data.binned(true);
    let grower = Grower::new(binned, &config.grow);
    let mut random = SplitMix64::new(seed);
    let is_plain = config.loss == Loss::Squared && data.weights().is_none() && config.n_iter_no_change.is_none();
    if data.has_many_rows() && is_plain {
        let step = Step { learning_rate: config.learning_rate, subsample: config.subsample };
        let grow = |rows: &mut ManyRows, random: &mut SplitMix64| rows.grow(&grower, &step, random);
        if let Some(base) = boost_many_rows((data, binned), config.n_estimators, &mut random, grow, &mut on_tree) {
            return base;
        }
    }
    let target = data.target();
    let weight = |row: usize| data.weights().map_or(1.0, |weights| weights[row]);
    let mut rows = all_rows(data);
    let held_back = if config.n_iter_no_change.is_some() { hold_back(&mut rows, &mut random) } else { Vec::new() };
    let mut patience = Patience::new(config.n_iter_no_change);

    let base = config.loss.base(rows.iter().map(|row| (target[*row as usize], weight(*row as usize))).collect());
    let mut raw = vec![base; data.n_rows()];
    let mut stats = vec![Stat::default(); data.n_rows()];
    let n_in_bag = ((config.subsample * rows.len() as f64) as usize).max(1);
    for _ in 0..config.n_estimators {
        if data.is_stopped() {
            break;
        }
        let delta = config.loss.delta(&rows, target, &raw, &weight);
        for row in &rows {
            let row = *row as usize;
            stats[row] =
                Stat { g: weight(row) * config.loss.negative_gradient(target[row] - raw[row], delta), h: weight(row) };
        }
        let in_bag = if n_in_bag < rows.len() { draw(&rows, n_in_bag, &mut random) } else { rows.clone() };
        let mut tree = grower.grow(in_bag, &stats, &mut random);
        for leaf in tree.leaves.clone() {
            let value = match config.loss {
                Loss::Squared => tree.values[leaf.node],
                loss => {
                    let residual = |row: &u32| (target[*row as usize] - raw[*row as usize], weight(*row as usize));
                    loss.leaf(tree.rows[leaf.start..leaf.end].iter().map(residual).collect(), delta)
                }
            };
            tree.values[leaf.node] = config.learning_rate * value;
        }
        // Rows that the tree was grown on are known by leaf; only the others need to walk.
        let mut is_in_bag = vec![false; raw.len()];
        for leaf in &tree.leaves {
            for row in &tree.rows[leaf.start..leaf.end] {
                raw[*row as usize] += tree.values[leaf.node];
                is_in_bag[*row as usize] = true;
            }
        }
        if tree.rows.len() < raw.len() {
            for (row, raw) in raw.iter_mut().enumerate().filter(|(row, _)| !is_in_bag[*row]) {
                *raw += tree.values[tree.leaf_of(binned, row)];
            }
        }
        on_tree(tree);
        let error =
            held_back.iter().map(|row| *row as usize).map(|row| (target[row] - raw[row]) * (target[row] - raw[row]));
        if patience.is_over(error.sum::<f64>() / held_back.len().max(1) as f64) {
            break;
        }
    }
    base
}

/// Takes a share of the rows out of `rows`.
fn hold_back(rows: &mut Vec<u32>, random: &mut SplitMix64) -> Vec<u32> {
    let n_kept = rows.len() - ((VALIDATION_SHARE * rows.len() as f64) as usize).min(rows.len() - 1);
    let kept = draw(rows, n_kept, random);
    let held_back = rows.iter().copied().filter(|row| kept.binary_search(row).is_err()).collect();
    *rows = kept;
    held_back
}

/// So many of the rows, without replacement, in their order (Knuth's selection sampling).
pub(crate) fn draw(rows: &[u32], n_wanted: usize, random: &mut SplitMix64) -> Vec<u32> {
    let mut drawn = Vec::with_capacity(n_wanted);
    for (place, row) in rows.iter().enumerate() {
        let n_left = (rows.len() - place) as f64;
        if random.uniform() * n_left < (n_wanted - drawn.len()) as f64 {
            drawn.push(*row);
        }
    }
    drawn
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::folds::fit_data::Features;
    use crate::folds::preprocess::fit_preprocessor;
    use crate::table::{ColumnData, Table, TableColumn};

    #[test]
    fn the_split_that_gains_most_is_made_first() {
        // The root parts 0, 1 from 10, 20; then the second side gains 50 and the first 0.5.
        let table = Table {
            columns: vec![TableColumn { name: "x".into(), data: ColumnData::Numeric(vec![1.0, 2.0, 3.0, 4.0].into()) }],
            target_name: "y".into(),
            target: vec![0.0, 1.0, 10.0, 20.0].into(),
            weights: None,
            left_out: Vec::new(),
            notices: Vec::new(),
        };
        let rows = [0_usize, 1, 2, 3];
        let data = FitData::new(&fit_preprocessor(&table, &rows, None), &table, &rows);
        let params = |leaves: usize| {
            let json = json!({"max_leaf_nodes": leaves, "n_estimators": 1, "learning_rate": 1});
            serde_json::from_value::<Params>(json).unwrap()
        };
        let predicted =
            |leaves| data.predict(&GradientBoosting.fit(&params(leaves), &data, 1).unwrap(), Features::Native);
        assert_eq!(predicted(2), [0.5, 0.5, 15.0, 15.0]);
        assert_eq!(predicted(3), [0.5, 0.5, 10.0, 20.0]);
        assert_eq!(predicted(4), [0.0, 1.0, 10.0, 20.0]);
    }

    #[test]
    fn a_sample_has_the_wished_size_and_keeps_the_order() {
        let rows: Vec<u32> = (0..100).collect();
        let drawn = draw(&rows, 60, &mut SplitMix64::new(1));
        assert!(drawn.len() == 60 && drawn.is_sorted_by(|left, right| left < right));
    }
}

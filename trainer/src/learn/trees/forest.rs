//! Random forests (Breiman 2001) and extremely randomised trees (Geurts, Ernst & Wehenkel 2006).
//!
//! | parameter | default | purpose | range |
//! |---|---|---|---|
//! | `n_estimators` | 100 | trees | ≥ 1 |
//! | `criterion` | squared_error | how splits are judged | squared_error, friedman_mse, absolute_error, poisson |
//! | `max_features` | all | features looked at for each split | all, sqrt, log2, a share |
//! | `bootstrap` | true (extra trees: false) | grow each tree on rows drawn with replacement | |
//! | `max_depth`, `min_samples_split`, `min_samples_leaf` | as for a tree | | |

use model_core::{Combine, Model, Params};
use rayon::prelude::*;
use serde_json::Value as Json;

use super::decision_tree::refuse_negative;
use super::tree_params::{
    Criterion, TREES, all_rows, criterion, grow_config, key_without, model, target_stats, use_medians, with_criterion,
};
use crate::folds::fit_data::FitData;
use crate::learn::engine::{GrowConfig, Grower, GrownTree, MaxFeatures, Splitter};
use crate::learn::params::ParamReader;
use crate::learn::{Abilities, FitError, Grid, Learner, product};
use crate::metrics::r2;
use crate::random::SplitMix64;

/// Random forest regression.
#[derive(Debug)]
pub(crate) struct RandomForest;

/// Extra-trees regression.
#[derive(Debug)]
pub(crate) struct ExtraTrees;

/// What a forest is asked to be.
struct ForestConfig {
    grow: GrowConfig,
    criterion: Criterion,
    n_estimators: usize,
    bootstrap: bool,
}

impl Learner for RandomForest {
    fn family(&self) -> &'static str {
        "forest"
    }

    fn abilities(&self) -> Abilities {
        TREES
    }

    fn grid(&self, grid: Grid) -> Vec<Params> {
        let numbers = |numbers: &[u64]| numbers.iter().map(|number| Json::from(*number)).collect::<Vec<_>>();
        match grid {
            Grid::Classic => product(&[
                ("criterion", ["squared_error", "friedman_mse", "absolute_error", "poisson"].map(Json::from).into()),
                ("max_features", vec!["sqrt".into(), "log2".into(), Json::Null]),
                ("n_estimators", numbers(&[8, 16, 32, 64, 128, 256])),
            ]),
            Grid::Default => default_grid(),
            Grid::Thorough => thorough_grid(),
        }
    }

    fn group_key(&self, params: &Params) -> String {
        key_without(params, &["n_estimators"])
    }

    fn fit(&self, params: &Params, data: &FitData, seed: u64) -> Result<Model, FitError> {
        fit(self.family(), params, Splitter::Best, data, seed)
    }

    fn out_of_bag_r2(&self, params: &Params, data: &FitData, seed: u64) -> Result<Option<f64>, FitError> {
        out_of_bag_r2(self.family(), params, Splitter::Best, data, seed)
    }

    fn evaluate(
        &self,
        group: &[&Params],
        train: &FitData,
        validation: &FitData,
        seed: u64,
    ) -> Result<Vec<Vec<f64>>, FitError> {
        evaluate(self.family(), group, Splitter::Best, train, validation, seed)
    }
}

impl Learner for ExtraTrees {
    fn family(&self) -> &'static str {
        "extra-trees"
    }

    fn abilities(&self) -> Abilities {
        TREES
    }

    fn grid(&self, grid: Grid) -> Vec<Params> {
        match grid {
            Grid::Classic => Vec::new(),
            Grid::Default => default_grid(),
            Grid::Thorough => thorough_grid(),
        }
    }

    fn group_key(&self, params: &Params) -> String {
        key_without(params, &["n_estimators"])
    }

    fn fit(&self, params: &Params, data: &FitData, seed: u64) -> Result<Model, FitError> {
        fit(self.family(), params, Splitter::Random, data, seed)
    }

    fn out_of_bag_r2(&self, params: &Params, data: &FitData, seed: u64) -> Result<Option<f64>, FitError> {
        out_of_bag_r2(self.family(), params, Splitter::Random, data, seed)
    }

    fn evaluate(
        &self,
        group: &[&Params],
        train: &FitData,
        validation: &FitData,
        seed: u64,
    ) -> Result<Vec<Vec<f64>>, FitError> {
        evaluate(self.family(), group, Splitter::Random, train, validation, seed)
    }
}

fn default_grid() -> Vec<Params> {
    product(&[
        ("n_estimators", vec![50.into()]),
        ("max_features", vec![0.5.into()]),
        ("min_samples_leaf", vec![3.into(), 8.into()]),
    ])
}

fn thorough_grid() -> Vec<Params> {
    product(&[
        ("max_features", vec!["all".into(), 0.7.into(), 0.4.into(), "sqrt".into()]),
        ("min_samples_leaf", vec![1.into(), 3.into(), 5.into(), 10.into()]),
        ("n_estimators", vec![50.into(), 100.into(), 200.into(), 400.into()]),
    ])
}

fn config(family: &'static str, params: &Params, splitter: Splitter, data: &FitData) -> Result<ForestConfig, FitError> {
    let reader = ParamReader::new(family, params);
    let n_estimators = reader.count("n_estimators", 100, 1)?;
    let criterion = criterion(&reader)?;
    let bootstrap = reader.flag("bootstrap", splitter == Splitter::Best)?;
    let grow = grow_config(&reader, None, MaxFeatures::All)?;
    reader.finish()?;
    if criterion == Criterion::Poisson {
        refuse_negative(family, data)?;
    }
    let grow = GrowConfig { splitter, shuffles: true, ..with_criterion(grow, criterion) };
    Ok(ForestConfig { grow, criterion, n_estimators, bootstrap })
}

fn fit(
    family: &'static str,
    params: &Params,
    splitter: Splitter,
    data: &FitData,
    seed: u64,
) -> Result<Model, FitError> {
    let config = config(family, params, splitter, data)?;
    Ok(model(data, &grow_forest(&config, data, seed), Combine::Mean))
}

/// A forest's first trees are those of the smaller forest.
fn evaluate(
    family: &'static str,
    group: &[&Params],
    splitter: Splitter,
    train: &FitData,
    validation: &FitData,
    seed: u64,
) -> Result<Vec<Vec<f64>>, FitError> {
    let configs =
        group.iter().map(|params| config(family, params, splitter, train)).collect::<Result<Vec<ForestConfig>, _>>()?;
    let Some(largest) = configs.iter().max_by_key(|config| config.n_estimators) else { return Ok(Vec::new()) };
    let trees = grow_forest(largest, train, seed);
    let features = validation.native(true);
    let categorical = train.is_categorical();
    let mut sums = vec![0.0; validation.n_rows()];
    let mut predicted = vec![Vec::new(); group.len()];
    for (place, tree) in trees.iter().enumerate() {
        for (sum, row) in sums.iter_mut().zip(features.outer_iter()) {
            *sum += tree.value_for(row.as_slice().unwrap_or_default(), &categorical);
        }
        let n_trees = place + 1;
        for (predicted, _) in predicted.iter_mut().zip(&configs).filter(|(_, config)| config.n_estimators == n_trees) {
            *predicted = sums.iter().map(|sum| sum / n_trees as f64).collect();
        }
    }
    Ok(predicted)
}

/// Rows that every tree has drawn are left out; `None` without bootstrap, or where no
/// row is left.
fn out_of_bag_r2(
    family: &'static str,
    params: &Params,
    splitter: Splitter,
    data: &FitData,
    seed: u64,
) -> Result<Option<f64>, FitError> {
    let config = config(family, params, splitter, data)?;
    if !config.bootstrap {
        return Ok(None);
    }
    let trees = grow_forest(&config, data, seed);
    let (features, categorical) = (data.native(true), data.is_categorical());
    let mut sums = vec![(0.0, 0_u32); data.n_rows()];
    for (tree, seed) in trees.iter().zip(tree_seeds(seed, config.n_estimators)) {
        let counts = draw_rows(&mut SplitMix64::new(seed), data.n_rows());
        for ((sum, row), _) in sums.iter_mut().zip(features.outer_iter()).zip(&counts).filter(|(_, count)| **count == 0)
        {
            sum.0 += tree.value_for(row.as_slice().unwrap_or_default(), &categorical);
            sum.1 += 1;
        }
    }
    let (actual, predicted): (Vec<f64>, Vec<f64>) = data
        .target()
        .iter()
        .zip(&sums)
        .filter(|(_, (_, n_trees))| *n_trees > 0)
        .map(|(actual, (sum, n_trees))| (*actual, sum / f64::from(*n_trees)))
        .unzip();
    Ok((!actual.is_empty()).then(|| r2(&actual, &predicted)))
}

/// Each tree has its own seed, so they can be grown side by side.
fn tree_seeds(seed: u64, n_estimators: usize) -> Vec<u64> {
    let mut seeds = SplitMix64::new(seed);
    (0..n_estimators).map(|_| seeds.next_u64()).collect()
}

/// How often each row is drawn, of as many draws with replacement as there are rows.
fn draw_rows(random: &mut SplitMix64, n_rows: usize) -> Vec<u32> {
    let mut counts = vec![0_u32; n_rows];
    for _ in 0..n_rows {
        counts[(random.uniform() * n_rows as f64) as usize] += 1;
    }
    counts
}

fn grow_forest(config: &ForestConfig, data: &FitData, seed: u64) -> Vec<GrownTree> {
    let binned = data.binned(true);
    let grower = Grower::new(binned, &config.grow);
    tree_seeds(seed, config.n_estimators)
        .par_iter()
        .filter(|_| !data.is_stopped())
        .map(|seed| {
            let mut random = SplitMix64::new(*seed);
            let (rows, stats) = if config.bootstrap {
                let counts = draw_rows(&mut random, data.n_rows());
                let rows = all_rows(data).into_iter().filter(|row| counts[*row as usize] > 0).collect();
                (rows, target_stats(data, Some(&counts)))
            } else {
                (all_rows(data), target_stats(data, None))
            };
            let mut tree = grower.grow(rows, &stats, &mut random);
            if config.criterion == Criterion::Absolute {
                use_medians(&mut tree, &stats);
            }
            tree
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::{learner, test_data};

    fn data(target: impl Fn(usize) -> f64) -> FitData {
        test_data::data(&(0..40).map(target).collect::<Vec<f64>>())
    }

    fn out_of_bag(params: serde_json::Value, data: &FitData) -> Option<f64> {
        let params: Params = serde_json::from_value(params).unwrap();
        learner("forest").unwrap().out_of_bag_r2(&params, data, 7).unwrap()
    }

    #[test]
    fn out_of_bag_scores_judge_rows_by_trees_that_have_not_seen_them() {
        let steps = data(|row| if row < 20 { 10.0 } else { 30.0 });
        // A step is learned also without the row itself, but for those beside the step.
        let score = out_of_bag(serde_json::json!({"n_estimators": 50}), &steps).unwrap();
        assert!(score > 0.8 && score < 1.0, "{score}");
        // Stumps without a split predict the mean of what they drew: no better than the mean of all.
        let score = out_of_bag(serde_json::json!({"n_estimators": 50, "min_samples_leaf": 40}), &steps).unwrap();
        assert!(score < 0.0 && score > -0.1, "{score}");
        // Noise that a tree learns by heart is worth nothing for a row that it has not seen.
        let noise = data(|row| (row * 7919 % 31) as f64);
        assert!(out_of_bag(serde_json::json!({"n_estimators": 50}), &noise).unwrap() < 0.3);
        assert_eq!(out_of_bag(serde_json::json!({"bootstrap": false}), &steps), None);
    }

    #[test]
    fn one_tree_judges_the_rows_that_it_did_not_draw() {
        let steps = data(|row| if row < 20 { 10.0 } else { 30.0 });
        let params: Params = serde_json::from_value(serde_json::json!({"n_estimators": 1})).unwrap();
        let model = learner("forest").unwrap().fit(&params, &steps, 7).unwrap();
        let predicted = steps.predict(&model, crate::folds::fit_data::Features::Native);
        let counts = draw_rows(&mut SplitMix64::new(tree_seeds(7, 1)[0]), 40);
        let left_out = |row: &usize| counts[*row] == 0;
        let of = |list: &[f64]| (0..40).filter(left_out).map(|row| list[row]).collect::<Vec<f64>>();
        let expected = r2(&of(steps.target()), &of(&predicted));
        assert_eq!(out_of_bag(serde_json::json!({"n_estimators": 1}), &steps), Some(expected));
    }
}

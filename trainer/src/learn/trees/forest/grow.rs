//! Grows a forest, and evaluates it out of bag.

use rayon::prelude::*;

use crate::folds::fit_data::FitData;
use crate::learn::engine::{GrowConfig, Grower, GrownTree};
use crate::learn::sampling::{bootstrap, bootstrap_of_cells};
use crate::learn::trees::criterion::Criterion;
use crate::learn::trees::tree_params::{all_rows, drawn_rows, target_stats, target_stats_of_sample};
use crate::metrics::r2;
use crate::random::SplitMix64;

/// The hyper-parameters of a forest.
pub(super) struct ForestConfig {
    pub(super) grow: GrowConfig,
    pub(super) criterion: Criterion,
    pub(super) n_estimators: usize,
    pub(super) bootstrap: bool,
}

/// The trees; fewer than requested if the fit was stopped.
pub(super) fn grow_forest(config: &ForestConfig, data: &FitData, seed: u64) -> Vec<GrownTree> {
    let grower = Grower::new(data.binned(true), &config.grow);
    let grow = |seed: &u64| {
        let mut random = SplitMix64::new(*seed);
        let (rows, stats) = if config.bootstrap {
            let counts = match data.counts() {
                Some(cells) => bootstrap_of_cells(cells, &mut random),
                None => bootstrap(data.n_rows(), &mut random),
            };
            (drawn_rows(&counts), target_stats_of_sample(data, &counts))
        } else {
            (all_rows(data), target_stats(data))
        };
        let mut tree = grower.grow(rows, &stats, &mut random);
        config.criterion.finish(&mut tree, &stats);
        tree
    };
    tree_seeds(seed, config.n_estimators).par_iter().filter(|_| !data.is_stopped()).map(grow).collect()
}

/// R² over the rows missing from some tree's bootstrap sample; `None` if there are none.
pub(super) fn out_of_bag_r2(config: &ForestConfig, data: &FitData, seed: u64) -> Option<f64> {
    let trees = grow_forest(config, data, seed);
    let (features, categorical) = (data.native(true), data.is_categorical());
    let mut sums = vec![0.0; data.n_rows()];
    let mut n_trees = vec![0_u32; data.n_rows()];
    for (tree, seed) in trees.iter().zip(tree_seeds(seed, config.n_estimators)) {
        let counts = bootstrap(data.n_rows(), &mut SplitMix64::new(seed));
        for (row_idx, row) in features.outer_iter().enumerate().filter(|(row_idx, _)| counts[*row_idx] == 0) {
            sums[row_idx] += tree.value_for(row.as_slice().unwrap_or_default(), &categorical);
            n_trees[row_idx] += 1;
        }
    }
    let is_out_of_bag = |row: &usize| n_trees[*row] > 0;
    let rows = (0..data.n_rows()).filter(is_out_of_bag);
    let (actual, predicted): (Vec<f64>, Vec<f64>) =
        rows.clone().map(|row| (data.target()[row], sums[row] / f64::from(n_trees[row]))).unzip();
    let weights: Option<Vec<f64>> = data.weights().map(|weights| rows.map(|row| weights[row]).collect());
    (!actual.is_empty()).then(|| r2(&actual, &predicted, weights.as_deref()))
}

/// Each tree has its own seed, so that trees can be grown in parallel.
fn tree_seeds(seed: u64, n_estimators: usize) -> Vec<u64> {
    let mut seeds = SplitMix64::new(seed);
    (0..n_estimators).map(|_| seeds.next_u64()).collect()
}

#[cfg(test)]
mod tests {
    use model_core::Params;
    use serde_json::json;

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
        // A step function is predicted well out of bag, except next to the steps.
        let score = out_of_bag(json!({"n_estimators": 50}), &steps).unwrap();
        assert!(score > 0.8 && score < 1.0, "{score}");
        // Stumps without a split predict the mean of their sample: no better than the overall mean.
        let score = out_of_bag(json!({"n_estimators": 50, "min_samples_leaf": 40}), &steps).unwrap();
        assert!(score < 0.0 && score > -0.1, "{score}");
        // Noise that a tree memorises does not help out of bag.
        let noise = data(|row| (row * 7919 % 31) as f64);
        assert!(out_of_bag(json!({"n_estimators": 50}), &noise).unwrap() < 0.3);
        assert_eq!(out_of_bag(json!({"bootstrap": false}), &steps), None);
    }

    #[test]
    fn one_tree_judges_the_rows_that_it_did_not_draw() {
        let steps = data(|row| if row < 20 { 10.0 } else { 30.0 });
        let predicted = {
            let params: Params = serde_json::from_value(json!({"n_estimators": 1})).unwrap();
            let model = learner("forest").unwrap().fit(&params, &steps, 7).unwrap();
            steps.predict(&model, crate::folds::fit_data::Features::Native)
        };
        let counts = bootstrap(40, &mut SplitMix64::new(tree_seeds(7, 1)[0]));
        let is_left_out = |row: &usize| counts[*row] == 0;
        let of = |list: &[f64]| (0..40).filter(is_left_out).map(|row| list[row]).collect::<Vec<f64>>();
        let expected = r2(&of(steps.target()), &of(&predicted), None);
        assert_eq!(out_of_bag(json!({"n_estimators": 1}), &steps), Some(expected));
    }
}

//! Boosting with symmetric trees, as in CatBoost (Prokhorenkova et al. 2018), for squared error.
//!
//! | parameter | default | purpose | range |
//! |---|---|---|---|
//! | `iterations` | 100 | trees | 1 to 100,000 |
//! | `learning_rate` | 0.1 | share of each tree that is added | > 0 |
//! | `depth` | 6 | tests a tree | 1 to 12 |
//! | `l2_leaf_reg` | 3 | L2 penalty on leaves | ≥ 0 |
//! | `boosting_type` | plain | ordered: the residuals that choose tests come from models that never saw the row | plain, ordered |
//! | `one_hot_max_size` | 2 | categories up to which a column is tested value by value | 0 to 255 |
//! | `prior_weight` | 1 | rows that the overall mean counts for in a category's statistic | > 0 |
//! | `random_strength` | 1 | noise on the scores of tests | ≥ 0 |
//! | `model_size_reg` | 0.5 | penalty on columns of statistics that no tree reads yet, largest for many categories | ≥ 0 |
//! | `subsample` | 0.8 | share of rows that each tree's tests are chosen on, mostly those with large residuals | above 0, up to 1 |
//!
//! Defaults are CatBoost's except for `iterations` and `learning_rate`. Unlike in CatBoost, a category's statistic is
//! the smoothed mean of the target, one per column, instead of the share of rows in the target's upper half with three
//! priors and the count of rows; categories are not combined, the penalty does not grow with the rows' weights (so that
//! a weight of 2 is equivalent to repeating the row), and above 50,000 rows ordered boosting is plain. With 50,000 rows
//! or more and without weights, tests are chosen on all rows (`subsample` saves no time there) and on one permutation,
//! by the engine for many rows.

mod boost;
mod columns;
mod directed;
mod ensemble;
mod many_rows;
mod params;
mod permuted;
mod structure;
mod subsample;

use model_core::{Model, Params as ParamMap, Symmetric};

use self::boost::boost;
use self::columns::columns;
use self::params::{BoostingType, Params};
use super::tree_params::TREES;
use crate::folds::fit_data::{Features, FitData};
use crate::learn::axis::{axis, product};
use crate::learn::decimals::Decimals;
use crate::learn::error::FitError;
use crate::learn::family::{Evaluation, Family, Predictions, Staged};
use crate::learn::learner::{Abilities, Grid};
use crate::metrics::mean_and_sd;

/// CatBoost-style regression.
#[derive(Debug)]
pub(crate) struct CatBoost;

impl Family for CatBoost {
    const NAME: &'static str = "catboost";
    const ABILITIES: Abilities =
        Abilities { features: Features::NativeWithBlanks, missing_values: true, native_categories: true, ..TREES };
    const DIFFER_IN: &'static [&'static str] = &["iterations"];
    type Params = Params;

    fn grid(grid: Grid) -> Vec<ParamMap> {
        match grid {
            Grid::Classic => product(&[
                axis("depth", [6, 8, 10]),
                axis("learning_rate", [0.01, 0.05, 0.1]),
                axis("iterations", [30, 50, 100]),
            ]),
            Grid::Default => [
                product(&[
                    axis("depth", [3]),
                    axis("learning_rate", [0.15]),
                    axis("one_hot_max_size", [8]),
                    axis("random_strength", [0.25]),
                    axis("model_size_reg", [0.0]),
                    axis("iterations", [60, 100]),
                ]),
                product(&[
                    axis("depth", [5]),
                    axis("learning_rate", [0.1]),
                    axis("l2_leaf_reg", [10.0]),
                    axis("one_hot_max_size", [8]),
                    axis("random_strength", [0.25]),
                    axis("model_size_reg", [0.0]),
                    axis("iterations", [100, 200]),
                ]),
            ]
            .concat(),
            Grid::Deeper => {
                let deeper = product(&[
                    axis("depth", [6]),
                    axis("learning_rate", [0.1]),
                    axis("one_hot_max_size", [8]),
                    axis("random_strength", [0.25]),
                    axis("model_size_reg", [0.0]),
                    axis("iterations", [150]),
                ]);
                [Self::grid(Grid::Default), deeper].concat()
            }
            Grid::Thorough => product(&[
                axis("depth", [2, 3, 4, 6]),
                axis("learning_rate", [0.15, 0.08, 0.04]),
                axis("l2_leaf_reg", [1.0, 3.0, 10.0]),
                axis("boosting_type", ["plain", "ordered"]),
                axis("one_hot_max_size", [2, 8]),
                axis("random_strength", [0.25]),
                axis("model_size_reg", [0.0]),
                axis("iterations", [50, 100, 200, 400]),
            ]),
        }
    }

    /// The ordering is of single rows.
    fn learns_from_cells(params: &Params) -> bool {
        params.boosting_type == BoostingType::Plain
    }

    fn passes(params: &Params) -> f64 {
        (params.iterations * params.depth) as f64
    }

    fn fit(params: &Params, data: &FitData, seed: u64) -> Result<Model, FitError> {
        Ok(Model::Symmetric(fit(params, data, seed)))
    }

    fn evaluate(group: &[Params], evaluation: Evaluation<'_>) -> Result<Predictions, FitError> {
        Self::evaluate_staged(group, evaluation)
    }
}

impl Staged for CatBoost {
    fn n_steps(params: &Params) -> usize {
        params.iterations
    }

    fn predict_stages(
        params: &Params,
        stages: &[usize],
        Evaluation { train, validation, seed }: Evaluation<'_>,
    ) -> Result<Predictions, FitError> {
        let model = fit(params, train, seed);
        let at_stages = |row: &[f64]| {
            let mut sums = Vec::with_capacity(model.n_trees() + 1);
            sums.push(model.base);
            sums.extend(model.values(row).scan(model.base, |sum, value| {
                *sum += value;
                Some(*sum)
            }));
            stages.iter().map(|n_trees| sums[(*n_trees).min(sums.len() - 1)]).collect::<Vec<f64>>()
        };
        let rows: Vec<Vec<f64>> = if validation.has_many_rows() {
            validation.map_rows(Features::NativeWithBlanks, at_stages)
        } else {
            validation.native(false).outer_iter().map(|row| at_stages(&row.to_vec())).collect()
        };
        Ok((0..stages.len()).map(|stage| rows.iter().map(|at_stages| at_stages[stage]).collect()).collect())
    }
}

fn fit(params: &Params, data: &FitData, seed: u64) -> Symmetric {
    let decimals = Decimals::for_spread(mean_and_sd(data.target()).1);
    let columns = columns(data, params, decimals);
    let boosted = boost(params, data, &columns, decimals, seed);
    let tests = boosted.trees.iter().flat_map(|tree| &tree.tests);
    Symmetric {
        base: boosted.base,
        depths: boosted.trees.iter().map(|tree| tree.tests.len() as u8).collect(),
        features: tests.clone().map(|test| test.column as u16).collect(),
        thresholds: tests.map(|test| columns[test.column].thresholds[test.test]).collect(),
        leaves: boosted.trees.iter().flat_map(|tree| &tree.leaves).copied().collect(),
        inputs: columns.into_iter().map(|column| column.input).collect(),
    }
}

#[cfg(test)]
mod tests {
    use model_core::SymmetricInput;
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::learn::learner;
    use crate::learn::test_data::weighted_data;

    fn fit(more: Json, data: &FitData) -> Symmetric {
        let mut params: ParamMap = serde_json::from_value(json!({"random_strength": 0, "subsample": 1})).unwrap();
        params.extend(serde_json::from_value::<ParamMap>(more).unwrap());
        let Model::Symmetric(model) = learner("catboost").unwrap().fit(&params, data, 5).unwrap() else {
            unreachable!()
        };
        model
    }

    #[test]
    fn trees_worked_by_hand() {
        // Mean 20, left −10 and −10, 10 and 10; each leaf 0.5 · ±20 / (2 + 2). Then ±7.5 remains: 0.5 · ±15 / 4.
        let data = weighted_data(&[1.0, 2.0, 3.0, 4.0], &[10.0, 10.0, 30.0, 30.0], None);
        let params = json!({"depth": 1, "iterations": 2, "learning_rate": 0.5, "l2_leaf_reg": 2});
        let expected = Symmetric {
            inputs: vec![SymmetricInput::Number],
            base: 20.0,
            depths: vec![1, 1],
            features: vec![0, 0],
            thresholds: vec![2.5, 2.5],
            leaves: vec![-2.5, 2.5, -1.875, 1.875],
        };
        assert_eq!(fit(params, &data), expected);
    }

    #[test]
    fn many_rows_give_the_tree_worked_by_hand_too() {
        // As in `trees_worked_by_hand`, with each row repeated 20,000 times and the penalty scaled alike.
        let repeat =
            |cells: &[f64]| cells.iter().flat_map(|cell| std::iter::repeat_n(*cell, 20_000)).collect::<Vec<_>>();
        let data = weighted_data(&repeat(&[1.0, 2.0, 3.0, 4.0]), &repeat(&[10.0, 10.0, 30.0, 30.0]), None);
        assert!(data.has_many_rows());
        let model = fit(json!({"depth": 1, "iterations": 2, "learning_rate": 0.5, "l2_leaf_reg": 40_000}), &data);
        assert_eq!((model.thresholds, model.leaves), (vec![2.5, 2.5], vec![-2.5, 2.5, -1.875, 1.875]));
    }

    #[test]
    fn blanks_come_before_all_numbers() {
        let data = weighted_data(&[f64::NAN, f64::NAN, 1.0, 2.0], &[50.0, 50.0, 10.0, 10.0], None);
        let model = fit(json!({"depth": 1, "iterations": 1}), &data);
        assert_eq!(model.thresholds, [f64::MIN]);
        let text = serde_json::to_string(&model).unwrap();
        assert_eq!(model_core::from_json::<Symmetric>(&text).unwrap(), model);
    }

    #[test]
    fn a_weight_of_two_is_a_row_given_twice() {
        let hours = [1.0, 5.0, 2.0, 8.0, f64::NAN, 3.0, 7.0];
        let target = [11.0, 52.0, 25.0, 70.0, 33.0, 20.0, 75.0];
        let twice = |cells: &[f64]| [cells, &cells[2..5]].concat();
        let weighted = weighted_data(&hours, &target, Some(&[1.0, 1.0, 2.0, 2.0, 2.0, 1.0, 1.0]));
        let repeated = weighted_data(&twice(&hours), &twice(&target), None);
        let predict = |data| {
            let model = fit(json!({"depth": 3, "iterations": 30}), data);
            weighted.predict(&Model::Symmetric(model), Features::NativeWithBlanks)
        };
        for (weighted, repeated) in predict(&weighted).iter().zip(predict(&repeated)) {
            assert!((weighted - repeated).abs() < 1e-4, "{weighted} {repeated}");
        }
    }
}

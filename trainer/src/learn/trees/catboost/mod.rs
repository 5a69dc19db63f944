//! Boosting with symmetric trees, as CatBoost (Prokhorenkova et al. 2018), for squared error.
//!
//! | parameter | default | purpose | range |
//! |---|---|---|---|
//! | `iterations` | 100 | trees | ≥ 1 |
//! | `learning_rate` | 0.1 | share of each tree that is added | > 0 |
//! | `depth` | 6 | tests a tree | 1 to 12 |
//! | `l2_leaf_reg` | 3 | L2 penalty on leaves | ≥ 0 |
//! | `boosting_type` | plain | ordered: the residuals that choose tests come from models that never saw the row | plain, ordered |
//! | `one_hot_max_size` | 2 | categories up to which a column is tested value by value | 0 to 255 |
//! | `prior_weight` | 1 | rows that the overall mean counts for in a category's statistic | > 0 |
//! | `random_strength` | 1 | noise on the scores of tests | ≥ 0 |
//! | `model_size_reg` | 0.5 | holds back columns of statistics that no tree reads yet, most where they have many categories | ≥ 0 |
//! | `subsample` | 0.8 | share of rows that each tree's tests are chosen on, mostly those with large residuals | above 0, up to 1 |
//!
//! Defaults are CatBoost's but for `iterations` and `learning_rate`. Other than in CatBoost, a category's statistic is the
//! smoothed mean of the target, one a column, instead of the share of rows in the target's upper half with three priors
//! and the count of rows; categories are not combined, the penalty does not grow with rows' weights (so that a weight of 2
//! is a row given twice), and above 50,000 rows ordered boosting is plain. From 50,000 rows without weights on, tests are
//! chosen on all rows (`subsample` saves no time there) and by one permutation, with the engine in `tree/many`.

mod boost;
mod columns;
mod structure;

use model_core::{Model, Params, Symmetric};
use serde_json::Value as Json;

use self::boost::{BoostConfig, boost};
use self::columns::columns;
use super::tree_params::{TREES, key_without};
use crate::folds::fit_data::{Features, FitData};
use crate::learn::decimals::Decimals;
use crate::learn::params::ParamReader;
use crate::learn::{Abilities, FitError, Grid, Learner, product};
use crate::metrics::mean_and_sd;

/// CatBoost-style regression.
#[derive(Debug)]
pub(crate) struct CatBoost;

struct Config {
    boost: BoostConfig,
    one_hot_max_size: usize,
    prior_weight: f64,
}

/// With more rows a row's own target hardly flatters it.
const MAX_ORDERED_ROWS: usize = 50_000;

impl Learner for CatBoost {
    fn family(&self) -> &'static str {
        "catboost"
    }

    fn abilities(&self) -> Abilities {
        Abilities { features: Features::NativeWithBlanks, missing_values: true, native_categories: true, ..TREES }
    }

    fn grid(&self, grid: Grid) -> Vec<Params> {
        let numbers = |numbers: &[f64]| numbers.iter().map(|number| Json::from(*number)).collect::<Vec<_>>();
        let counts = |counts: &[u64]| counts.iter().map(|count| Json::from(*count)).collect::<Vec<_>>();
        match grid {
            Grid::Classic => product(&[
                ("depth", counts(&[6, 8, 10])),
                ("learning_rate", numbers(&[0.01, 0.05, 0.1])),
                ("iterations", counts(&[30, 50, 100])),
            ]),
            Grid::Default => product(&[
                ("depth", counts(&[3])),
                ("learning_rate", numbers(&[0.15])),
                ("one_hot_max_size", counts(&[8])),
                ("random_strength", numbers(&[0.25])),
                ("model_size_reg", numbers(&[0.0])),
                ("iterations", counts(&[60, 100])),
            ]),
            Grid::Thorough => product(&[
                ("depth", counts(&[2, 3, 4, 6])),
                ("learning_rate", numbers(&[0.15, 0.08, 0.04])),
                ("l2_leaf_reg", numbers(&[1.0, 3.0, 10.0])),
                ("boosting_type", vec!["plain".into(), "ordered".into()]),
                ("one_hot_max_size", counts(&[2, 8])),
                ("random_strength", numbers(&[0.25])),
                ("model_size_reg", numbers(&[0.0])),
                ("iterations", counts(&[50, 100, 200, 400])),
            ]),
        }
    }

    fn group_key(&self, params: &Params) -> String {
        key_without(params, &["iterations"])
    }

    fn fit(&self, params: &Params, data: &FitData, seed: u64) -> Result<Model, FitError> {
        Ok(Model::Symmetric(fit(&self.config(params, data)?, data, seed)))
    }

    /// The first trees are those of the smaller ensemble.
    fn evaluate(
        &self,
        group: &[&Params],
        train: &FitData,
        validation: &FitData,
        seed: u64,
    ) -> Result<Vec<Vec<f64>>, FitError> {
        let configs = group.iter().map(|params| self.config(params, train)).collect::<Result<Vec<Config>, _>>()?;
        let Some(largest) = configs.iter().max_by_key(|config| config.boost.iterations) else {
            return Ok(Vec::new());
        };
        let model = fit(largest, train, seed);
        let stages = |row: &[f64]| {
            let mut sums = Vec::with_capacity(model.n_trees() + 1);
            sums.push(model.base);
            sums.extend(model.values(row).scan(model.base, |sum, value| {
                *sum += value;
                Some(*sum)
            }));
            // Fewer trees than wished only where the fit was stopped.
            let at = |iterations: usize| sums[iterations.min(sums.len() - 1)];
            configs.iter().map(|config| at(config.boost.iterations)).collect::<Vec<f64>>()
        };
        let rows: Vec<Vec<f64>> = if validation.has_many_rows() {
            validation.map_rows(Features::NativeWithBlanks, stages)
        } else {
            validation.native(false).outer_iter().map(|row| stages(&row.to_vec())).collect()
        };
        Ok((0..configs.len()).map(|config| rows.iter().map(|stages| stages[config]).collect()).collect())
    }
}

impl CatBoost {
    fn config(&self, params: &Params, data: &FitData) -> Result<Config, FitError> {
        let reader = ParamReader::new(self.family(), params);
        let not_negative = |number: f64| number >= 0.0;
        let ordered = reader.choice("boosting_type", &[("plain", false), ("ordered", true)], "plain or ordered")?;
        let up_to = |name, default, least: usize, most: usize, expected| match reader.count(name, default, least)? {
            count if count <= most => Ok(count),
            _ => Err(reader.error(name, &params[name], expected)),
        };
        let config = Config {
            boost: BoostConfig {
                iterations: reader.count("iterations", 100, 1)?,
                learning_rate: reader.number("learning_rate", 0.1, |rate| rate > 0.0, "above 0")?,
                depth: up_to("depth", 6, 1, 12, "a whole number from 1 to 12")?,
                l2_leaf_reg: reader.number("l2_leaf_reg", 3.0, not_negative, "at least 0")?,
                random_strength: reader.number("random_strength", 1.0, not_negative, "at least 0")?,
                model_size_reg: reader.number("model_size_reg", 0.5, not_negative, "at least 0")?,
                subsample: reader.number(
                    "subsample",
                    0.8,
                    |share| share > 0.0 && share <= 1.0,
                    "above 0 and up to 1",
                )?,
                ordered: ordered && data.n_rows() <= MAX_ORDERED_ROWS,
            },
            one_hot_max_size: up_to("one_hot_max_size", 2, 0, 255, "a whole number from 0 to 255")?,
            prior_weight: reader.number("prior_weight", 1.0, |weight| weight > 0.0, "above 0")?,
        };
        reader.finish()?;
        Ok(config)
    }
}

fn fit(config: &Config, data: &FitData, seed: u64) -> Symmetric {
    let decimals = Decimals::for_spread(mean_and_sd(data.target()).1);
    let (columns, inputs) = columns(data, config.one_hot_max_size, config.prior_weight, decimals);
    let (trees, base) = boost(&config.boost, data, &columns, decimals, seed);
    let tests = trees.iter().flat_map(|tree| &tree.tests);
    Symmetric {
        inputs,
        base,
        depths: trees.iter().map(|tree| tree.tests.len() as u8).collect(),
        features: tests.clone().map(|test| test.column as u16).collect(),
        thresholds: tests.map(|test| columns[test.column].thresholds[test.test]).collect(),
        leaves: trees.iter().flat_map(|tree| &tree.leaves).copied().collect(),
    }
}

#[cfg(test)]
mod tests {
    use model_core::SymmetricInput;
    use serde_json::json;

    use super::*;
    use crate::folds::preprocess::fit_preprocessor;
    use crate::table::{ColumnData, Table, TableColumn};

    fn data(hours: &[f64], target: &[f64], weights: Option<&[f64]>) -> FitData {
        let table = Table {
            columns: vec![TableColumn { name: "hours".into(), data: ColumnData::Numeric(hours.into()) }],
            target_name: "score".into(),
            target: target.into(),
            weights: weights.map(Into::into),
            left_out: Vec::new(),
            notices: Vec::new(),
        };
        let rows: Vec<usize> = (0..target.len()).collect();
        FitData::new(&fit_preprocessor(&table, &rows, None), &table, &rows)
    }

    fn deterministic(more: Json) -> Params {
        let mut params: Params = serde_json::from_value(json!({"random_strength": 0, "subsample": 1})).unwrap();
        params.extend(serde_json::from_value::<Params>(more).unwrap());
        params
    }

    fn fit(params: &Params, data: &FitData) -> Symmetric {
        let Model::Symmetric(model) = CatBoost.fit(params, data, 5).unwrap() else { unreachable!() };
        model
    }

    #[test]
    fn trees_worked_by_hand() {
        // Mean 20, left −10 and −10, 10 and 10; each leaf 0.5 · ±20 / (2 + 2). Then ±7.5 is left: 0.5 · ±15 / 4.
        let data = data(&[1.0, 2.0, 3.0, 4.0], &[10.0, 10.0, 30.0, 30.0], None);
        let params = deterministic(json!({"depth": 1, "iterations": 2, "learning_rate": 0.5, "l2_leaf_reg": 2}));
        let expected = Symmetric {
            inputs: vec![SymmetricInput::Number],
            base: 20.0,
            depths: vec![1, 1],
            features: vec![0, 0],
            thresholds: vec![2.5, 2.5],
            leaves: vec![-2.5, 2.5, -1.875, 1.875],
        };
        assert_eq!(fit(&params, &data), expected);
    }

    #[test]
    fn many_rows_give_the_tree_worked_by_hand_too() {
        // As in `trees_worked_by_hand`, each row 20,000 times and the penalty as much larger.
        let repeat =
            |cells: &[f64]| cells.iter().flat_map(|cell| std::iter::repeat_n(*cell, 20_000)).collect::<Vec<_>>();
        let data = data(&repeat(&[1.0, 2.0, 3.0, 4.0]), &repeat(&[10.0, 10.0, 30.0, 30.0]), None);
        assert!(data.has_many_rows());
        let more = json!({"depth": 1, "iterations": 2, "learning_rate": 0.5, "l2_leaf_reg": 40_000});
        let model = fit(&deterministic(more), &data);
        assert_eq!((model.thresholds, model.leaves), (vec![2.5, 2.5], vec![-2.5, 2.5, -1.875, 1.875]));
    }

    #[test]
    fn blanks_come_before_all_numbers() {
        let data = data(&[f64::NAN, f64::NAN, 1.0, 2.0], &[50.0, 50.0, 10.0, 10.0], None);
        let model = fit(&deterministic(json!({"depth": 1, "iterations": 1})), &data);
        assert_eq!(model.thresholds, [f64::MIN]);
        let text = serde_json::to_string(&model).unwrap();
        assert_eq!(model_core::from_json::<Symmetric>(&text).unwrap(), model);
    }

    #[test]
    fn a_weight_of_two_is_a_row_given_twice() {
        let hours = [1.0, 5.0, 2.0, 8.0, f64::NAN, 3.0, 7.0];
        let target = [11.0, 52.0, 25.0, 70.0, 33.0, 20.0, 75.0];
        let twice = |cells: &[f64]| [cells, &cells[2..5]].concat();
        let weighted = data(&hours, &target, Some(&[1.0, 1.0, 2.0, 2.0, 2.0, 1.0, 1.0]));
        let repeated = data(&twice(&hours), &twice(&target), None);
        let params = deterministic(json!({"depth": 3, "iterations": 30}));
        let predict = |model| weighted.predict(&Model::Symmetric(model), Features::NativeWithBlanks);
        let (weighted, repeated) = (predict(fit(&params, &weighted)), predict(fit(&params, &repeated)));
        for (weighted, repeated) in weighted.iter().zip(&repeated) {
            assert!((weighted - repeated).abs() < 1e-4, "{weighted} {repeated}");
        }
    }
}

//! Second-order gradient boosting with regularised leaves, as XGBoost (Chen & Guestrin 2016), for squared error.
//!
//! | parameter | default | purpose | range |
//! |---|---|---|---|
//! | `learning_rate` | 0.3 | share of each tree that is added | > 0 |
//! | `n_estimators` | 100 | trees | ≥ 1 |
//! | `max_depth` | 6 | longest path | ≥ 1 |
//! | `min_child_weight` | 1 | least sum of weights in a leaf | ≥ 0 |
//! | `reg_lambda`, `reg_alpha` | 1, 0 | L2 and L1 penalty on leaves | ≥ 0 |
//! | `gamma` | 0 | a split must gain more | ≥ 0 |
//! | `subsample`, `colsample_bytree` | 1, 1 | share of rows, of columns, for each tree | above 0, up to 1 |
//! | `monotone` | {} | for each column 1 (never falls) or −1 (never rises) | |
//!
//! Blanks are sent to the side where they do better. A split below `gamma` ends its branch at once, where XGBoost looks
//! further down first.

use model_core::{Combine, Model, Params};
use serde_json::Value as Json;

use super::gradient_boosting::{boost_many_rows, draw, staged, staged_on_many_rows};
use super::tree_params::{TREES, all_rows, key_without, model};
use crate::folds::fit_data::{Features, FitData};
use crate::learn::engine::{GrowConfig, Grower, GrownTree, ManyRows, Score, Stat, Step};
use crate::learn::params::ParamReader;
use crate::learn::{Abilities, FitError, Grid, Learner, product};
use crate::random::SplitMix64;

/// XGBoost-style regression.
#[derive(Debug)]
pub(crate) struct XgBoost;

struct Config {
    grow: GrowConfig,
    learning_rate: f64,
    n_estimators: usize,
    subsample: f64,
    colsample_bytree: f64,
}

/// XGBoost's own bound on what counts as a gain.
const LEAST_GAIN: f64 = 1e-6;

impl Learner for XgBoost {
    fn family(&self) -> &'static str {
        "xgboost"
    }

    fn abilities(&self) -> Abilities {
        Abilities { features: Features::NativeWithBlanks, missing_values: true, monotone: true, ..TREES }
    }

    fn grid(&self, grid: Grid) -> Vec<Params> {
        let numbers = |numbers: &[f64]| numbers.iter().map(|number| Json::from(*number)).collect::<Vec<_>>();
        let counts = |counts: &[u64]| counts.iter().map(|count| Json::from(*count)).collect::<Vec<_>>();
        match grid {
            Grid::Classic => product(&[
                ("learning_rate", numbers(&[0.1, 0.01, 0.05, 0.001])),
                ("n_estimators", counts(&[8, 16, 32, 64, 128, 256])),
            ]),
            Grid::Default => product(&[
                ("learning_rate", numbers(&[0.08])),
                ("max_depth", counts(&[3])),
                ("min_child_weight", numbers(&[6.0])),
                ("subsample", numbers(&[0.7])),
                ("colsample_bytree", numbers(&[0.7])),
                ("n_estimators", counts(&[60, 100])),
            ]),
            Grid::Thorough => product(&[
                ("learning_rate", numbers(&[0.1, 0.05, 0.02])),
                ("max_depth", counts(&[2, 3, 4, 6])),
                ("min_child_weight", numbers(&[2.0, 8.0])),
                ("subsample", numbers(&[0.6, 1.0])),
                ("colsample_bytree", numbers(&[0.5, 1.0])),
                ("reg_lambda", numbers(&[1.0, 10.0])),
                ("n_estimators", counts(&[50, 100, 200, 400])),
            ]),
        }
    }

    fn group_key(&self, params: &Params) -> String {
        key_without(params, &["n_estimators"])
    }

    fn fit(&self, params: &Params, data: &FitData, seed: u64) -> Result<Model, FitError> {
        let (trees, base) = boost(&self.config(params, data)?, data, seed);
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
        let configs = group.iter().map(|params| self.config(params, train)).collect::<Result<Vec<Config>, _>>()?;
        let Some(largest) = configs.iter().max_by_key(|config| config.n_estimators) else { return Ok(Vec::new()) };
        let (trees, base) = boost(largest, train, seed);
        let sizes: Vec<usize> = configs.iter().map(|config| config.n_estimators).collect();
        if let Some(predicted) = staged_on_many_rows(&trees, base, validation, false, &sizes) {
            return Ok(predicted);
        }
        let features = validation.native(false);
        let categorical = train.is_categorical();
        let steps = trees.iter().map(|tree| {
            features.outer_iter().map(|row| tree.value_for(row.as_slice().unwrap_or_default(), &categorical)).collect()
        });
        Ok(staged(vec![base; validation.n_rows()], steps, &sizes))
    }
}

impl XgBoost {
    fn config(&self, params: &Params, data: &FitData) -> Result<Config, FitError> {
        let reader = ParamReader::new(self.family(), params);
        let share = |share: f64| share > 0.0 && share <= 1.0;
        let not_negative = |number: f64| number >= 0.0;
        let lambda = reader.number("reg_lambda", 1.0, not_negative, "at least 0")?;
        let alpha = reader.number("reg_alpha", 0.0, not_negative, "at least 0")?;
        let config = Config {
            grow: GrowConfig {
                score: Score::Newton { lambda, alpha },
                blanks: true,
                max_depth: Some(reader.count("max_depth", 6, 1)?),
                min_child_weight: reader.number("min_child_weight", 1.0, not_negative, "at least 0")?,
                min_gain: reader.number("gamma", 0.0, not_negative, "at least 0")?.max(LEAST_GAIN),
                monotone: monotone(self.family(), reader.get("monotone"), data)?,
                ..GrowConfig::default()
            },
            learning_rate: reader.number("learning_rate", 0.3, |rate| rate > 0.0, "above 0")?,
            n_estimators: reader.count("n_estimators", 100, 1)?,
            subsample: reader.number("subsample", 1.0, share, "above 0 and up to 1")?,
            colsample_bytree: reader.number("colsample_bytree", 1.0, share, "above 0 and up to 1")?,
        };
        reader.finish()?;
        Ok(config)
    }
}

/// The direction of each column, from an object of names and directions.
pub(crate) fn monotone(family: &'static str, json: Option<&Json>, data: &FitData) -> Result<Vec<i8>, FitError> {
    let Some(json) = json else { return Ok(Vec::new()) };
    let wrong = || FitError::Parameter {
        family,
        name: "monotone",
        found: json.to_string(),
        expected: "an object of numeric columns, each with 1, 0 or -1",
    };
    let mut directions = vec![0; data.schema().columns.len()];
    for (name, direction) in json.as_object().ok_or_else(wrong)? {
        let place = data.schema().position(name).filter(|place| !data.is_categorical()[*place]).ok_or_else(wrong)?;
        let direction = direction.as_i64().filter(|direction| direction.abs() <= 1).ok_or_else(wrong)?;
        directions[place] = i8::try_from(direction).unwrap_or_default();
    }
    Ok(directions)
}

fn boost(config: &Config, data: &FitData, seed: u64) -> (Vec<GrownTree>, f64) {
    let binned = data.binned(false);
    let mut random = SplitMix64::new(seed);
    let columns: Vec<u32> = (0..u32::try_from(binned.columns.len()).unwrap_or(u32::MAX)).collect();
    let n_columns = ((config.colsample_bytree * columns.len() as f64) as usize).max(1);
    // The configuration of a tree that may not use all columns.
    let with_columns = |random: &mut SplitMix64| {
        let used = draw(&columns, n_columns, random);
        GrowConfig { columns: columns.iter().map(|column| used.contains(column)).collect(), ..config.grow.clone() }
    };
    let mut trees = Vec::with_capacity(config.n_estimators);
    if data.has_many_rows() && data.weights().is_none() {
        let step = Step { learning_rate: config.learning_rate, subsample: config.subsample };
        let grow = |rows: &mut ManyRows, random: &mut SplitMix64| {
            let grow = if n_columns < columns.len() { &with_columns(random) } else { &config.grow };
            rows.grow(&Grower::new(binned, grow), &step, random)
        };
        let on_tree = |tree| trees.push(tree);
        if let Some(base) = boost_many_rows((data, binned), config.n_estimators, &mut random, grow, on_tree) {
            return (trees, base);
        }
    }
    let target = data.target();
    let weight = |row: usize| data.weights().map_or(1.0, |weights| weights[row]);
    let total: f64 = (0..data.n_rows()).map(weight).sum();
    let base = target.iter().enumerate().map(|(row, target)| weight(row) * target).sum::<f64>() / total;
    let mut raw = vec![base; data.n_rows()];
    let rows = all_rows(data);
    let n_in_bag = ((config.subsample * rows.len() as f64) as usize).max(1);
    for _ in 0..config.n_estimators {
        if data.is_stopped() {
            break;
        }
        let stats: Vec<Stat> = target
            .iter()
            .zip(&raw)
            .enumerate()
            .map(|(row, (target, raw))| Stat { g: weight(row) * (target - raw), h: weight(row) })
            .collect();
        let in_bag = if n_in_bag < rows.len() { draw(&rows, n_in_bag, &mut random) } else { rows.clone() };
        let mut tree = if n_columns < columns.len() {
            let grow = with_columns(&mut random);
            Grower::new(binned, &grow).grow(in_bag, &stats, &mut random)
        } else {
            Grower::new(binned, &config.grow).grow(in_bag, &stats, &mut random)
        };
        for leaf in tree.leaves.clone() {
            tree.values[leaf.node] *= config.learning_rate;
        }
        for (row, raw) in raw.iter_mut().enumerate() {
            *raw += tree.values[tree.leaf_of(binned, row)];
        }
        trees.push(tree);
    }
    (trees, base)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::learn::test_data::fitted;

    #[test]
    fn monotone_columns_worked_by_hand() {
        let with = |direction: i8| {
            let params = json!({
                "n_estimators": 1, "learning_rate": 1.0, "reg_lambda": 0.0, "min_child_weight": 0.0,
                "monotone": {"x": direction},
            });
            fitted("xgboost", params, &[0.0, 4.0, 2.0])
        };
        assert_eq!(with(0), [0.0, 4.0, 2.0]);
        // The step from 4 down to 2 may not be: the two share their mean.
        assert_eq!(with(1), [0.0, 3.0, 3.0]);
        // The step from 0 up may not be, and {0, 4} against {2} gains nothing: all share their mean.
        assert_eq!(with(-1), [2.0, 2.0, 2.0]);
    }
}

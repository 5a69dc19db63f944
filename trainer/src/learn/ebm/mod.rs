//! The explainable boosting machine (Lou, Caruana & Gehrke 2012; Lou et al. 2013; InterpretML): boosting that looks at
//! one column at a time, round after round, so that the sum of its small trees is one shape function a column.
//!
//! | parameter | default | purpose | range |
//! |---|---|---|---|
//! | `rounds` | 100 | times that every column is looked at | ≥ 1 |
//! | `learning_rate` | 0.1 | share of each small tree that is added | > 0 |
//! | `max_leaves` | 3 | leaves of a small tree on numbers; of categories each is one | ≥ 2 |
//! | `min_samples_leaf` | 4 | least sum of weights in a leaf on numbers | ≥ 0 |
//! | `smoothing` | 20 | weight of imagined rows without effect in each leaf | ≥ 0 |
//! | `outer_bags` | 1 | models that are averaged, each fitted to its own share of the rows | ≥ 1 |
//! | `interactions` | 0 | pairs of columns that get a table of their own | ≥ 0 |
//!
//! With one bag nothing is random. Pairs are those whose cells explain most of what the shapes leave over, above what
//! cells explain by chance; what a pair adds for one of its columns on average is moved to that column's shape. Blanks
//! have a value of their own.

mod boost;
mod fitted;
mod pairs;

use model_core::{Additive, ColumnKind, Model, Params, Shape};
use serde_json::Value as Json;

use self::boost::boost;
use self::fitted::{BoostConfig, Fitted};
use super::decimals::Decimals;
use super::params::ParamReader;
use super::trees::tree_params::{TREES, key_without};
use crate::folds::binned::BinnedColumn;
use crate::folds::fit_data::{Features, FitData};
use crate::learn::{Abilities, FitError, Grid, Learner, product};
use crate::metrics::mean_and_sd;

/// Explainable boosting.
#[derive(Debug)]
pub(super) struct ExplainableBoosting;

impl Learner for ExplainableBoosting {
    fn family(&self) -> &'static str {
        "ebm"
    }

    fn abilities(&self) -> Abilities {
        Abilities { features: Features::NativeWithBlanks, missing_values: true, native_categories: true, ..TREES }
    }

    fn grid(&self, grid: Grid) -> Vec<Params> {
        let numbers = |numbers: &[f64]| numbers.iter().map(|number| Json::from(*number)).collect::<Vec<_>>();
        let counts = |counts: &[u64]| counts.iter().map(|count| Json::from(*count)).collect::<Vec<_>>();
        match grid {
            // The classic project has no such family.
            Grid::Classic => Vec::new(),
            Grid::Default => product(&[("max_leaves", counts(&[2, 3])), ("rounds", counts(&[60, 100]))]),
            Grid::Thorough => product(&[
                ("learning_rate", numbers(&[0.1, 0.03])),
                ("max_leaves", counts(&[2, 3])),
                ("smoothing", numbers(&[5.0, 20.0, 60.0])),
                ("outer_bags", counts(&[1, 8])),
                ("interactions", counts(&[0, 3])),
                ("rounds", counts(&[50, 100, 200, 400])),
            ]),
        }
    }

    fn group_key(&self, params: &Params) -> String {
        key_without(params, &["rounds"])
    }

    fn fit(&self, params: &Params, data: &FitData, seed: u64) -> Result<Model, FitError> {
        let config = self.config(params)?;
        let fitted = boost(&config, data, seed, &[config.rounds]).swap_remove(0);
        Ok(Model::Additive(assemble(data, fitted)))
    }

    /// The model of fewer rounds is met on the way.
    fn evaluate(
        &self,
        group: &[&Params],
        train: &FitData,
        validation: &FitData,
        seed: u64,
    ) -> Result<Vec<Vec<f64>>, FitError> {
        let configs = group.iter().map(|params| self.config(params)).collect::<Result<Vec<BoostConfig>, _>>()?;
        let Some(longest) = configs.iter().max_by_key(|config| config.rounds) else { return Ok(Vec::new()) };
        let stages: Vec<usize> = configs.iter().map(|config| config.rounds).collect();
        let predict = |fitted| validation.predict(&Model::Additive(assemble(train, fitted)), self.abilities().features);
        Ok(boost(longest, train, seed, &stages).into_iter().map(predict).collect())
    }
}

impl ExplainableBoosting {
    fn config(&self, params: &Params) -> Result<BoostConfig, FitError> {
        let reader = ParamReader::new(self.family(), params);
        let not_negative = |number: f64| number >= 0.0;
        let config = BoostConfig {
            rounds: reader.count("rounds", 100, 1)?,
            learning_rate: reader.number("learning_rate", 0.1, |rate| rate > 0.0, "above 0")?,
            max_leaves: reader.count("max_leaves", 3, 2)?,
            min_samples_leaf: reader.number("min_samples_leaf", 4.0, not_negative, "at least 0")?,
            smoothing: reader.number("smoothing", 20.0, not_negative, "at least 0")?,
            outer_bags: reader.count("outer_bags", 1, 1)?,
            interactions: reader.count("interactions", 0, 0)?,
        };
        reader.finish()?;
        Ok(config)
    }
}

/// The model: shapes centred over the training rows, numbers rounded, steps of equal height joined.
fn assemble(data: &FitData, mut fitted: Fitted) -> Additive {
    let binned = data.binned(false);
    let decimals = Decimals::for_spread(mean_and_sd(data.target()).1);
    let weight = |row: usize| data.weights().map_or(1.0, |weights| weights[row]);
    let total: f64 = (0..data.n_rows()).map(weight).sum();
    for (shape, column) in fitted.shapes.iter_mut().zip(&binned.columns) {
        let sum: f64 = column.bins.iter().enumerate().map(|(row, bin)| weight(row) * shape[usize::from(*bin)]).sum();
        fitted.intercept += sum / total;
        for value in shape.iter_mut() {
            *value = decimals.round(*value - sum / total);
        }
    }
    for pair in &mut fitted.pairs {
        for value in &mut pair.values {
            *value = decimals.round(*value);
        }
    }
    let kinds = data.schema().columns.iter().map(|column| &column.kind);
    let shapes = fitted.shapes.iter().zip(&binned.columns).zip(kinds);
    Additive {
        intercept: decimals.round(fitted.intercept),
        shapes: shapes.map(|((values, column), kind)| shape(values, column, kind)).collect(),
        pairs: fitted.pairs,
    }
}

fn shape(values: &[f64], column: &BinnedColumn, kind: &ColumnKind) -> Shape {
    // A blank that training never met adds nothing, which is the average.
    let blank = column.blank.map_or(0.0, |bin| values[usize::from(bin)]);
    match kind {
        ColumnKind::Numeric { .. } => {
            let (mut thresholds, mut steps) = (Vec::new(), vec![values.first().copied().unwrap_or(0.0)]);
            for (threshold, value) in column.thresholds().into_iter().zip(&values[1..]) {
                if steps.last() != Some(value) {
                    thresholds.push(threshold);
                    steps.push(*value);
                }
            }
            Shape::Steps { thresholds, values: steps, blank }
        }
        ColumnKind::Categorical { values: categories, .. } => {
            let value = |code: usize| bin_of_category(column, code).map_or(0.0, |bin| values[bin]);
            Shape::Categories { values: (0..categories.len()).map(value).collect(), blank }
        }
    }
}

/// The bin of a category's code: its own one, or that of the rare ones.
fn bin_of_category(column: &BinnedColumn, code: usize) -> Option<usize> {
    let own = column.lower.iter().position(|lower| *lower == code as f64);
    own.or_else(|| column.lower.iter().position(|lower| lower.is_nan()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::folds::preprocess::fit_preprocessor;
    use crate::table::{BLANK, ColumnData, Table, TableColumn};

    /// Hours of 1 to 4 and a class of two, every combination met as often as `times` says.
    fn data(target: impl Fn(f64, u32) -> f64, times: impl Fn(usize) -> usize, weights: Option<Vec<f64>>) -> FitData {
        let cells = [(1.0, 0), (2.0, 0), (3.0, 1), (4.0, 1), (1.0, 1), (f64::NAN, 0), (3.0, BLANK), (4.0, 0)];
        let cells: Vec<(f64, u32)> = (0..8).flat_map(|place| std::iter::repeat_n(cells[place], times(place))).collect();
        let class = ColumnData::Categorical {
            values: vec!["a".into(), "b".into()],
            codes: cells.iter().map(|(_, class)| *class).collect(),
        };
        let hours = ColumnData::Numeric(cells.iter().map(|(hours, _)| *hours).collect());
        let columns = [("hours", hours), ("class", class)];
        let table = Table {
            columns: columns.map(|(name, data)| TableColumn { name: name.into(), data }).into(),
            target_name: "score".into(),
            target: cells.iter().map(|(hours, class)| target(*hours, *class)).collect(),
            weights,
            left_out: Vec::new(),
            notices: Vec::new(),
        };
        let rows: Vec<usize> = (0..cells.len()).collect();
        FitData::new(&fit_preprocessor(&table, &rows, None), &table, &rows)
    }

    fn fit(params: Json, data: &FitData) -> Additive {
        let params: Params = serde_json::from_value(params).unwrap();
        let Model::Additive(model) = ExplainableBoosting.fit(&params, data, 1).unwrap() else { unreachable!() };
        model
    }

    #[test]
    fn one_round_worked_by_hand() {
        // Mean 20; hours leave −10, −10, 10, 10, and a class tells nothing more after a full step.
        let score = |hours: f64, _| if hours < 2.5 { 10.0 } else { 30.0 };
        let data = data(score, |place| usize::from(place < 4), None);
        let params = json!({"rounds": 1, "learning_rate": 0.5, "max_leaves": 2, "min_samples_leaf": 1, "smoothing": 0});
        let model = fit(params, &data);
        assert_eq!(model.intercept, 20.0);
        let hours = Shape::Steps { thresholds: vec![2.5], values: vec![-5.0, 5.0], blank: 0.0 };
        // Half of the −5 and 5 that are left: the classes are known to go with the hours.
        assert_eq!(model.shapes, [hours, Shape::Categories { values: vec![-2.5, 2.5], blank: 0.0 }]);
    }

    #[test]
    fn a_weight_of_two_is_a_row_given_twice() {
        let score = |hours: f64, class: u32| if hours.is_nan() { 3.0 } else { hours * 7.0 + f64::from(class % 3) };
        let weighted = data(score, |_| 1, Some(vec![1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0]));
        let repeated = data(score, |place| 1 + place % 2, None);
        let params = json!({"min_samples_leaf": 1, "interactions": 1, "rounds": 20});
        let [weighted, repeated] = [(&weighted, &weighted), (&repeated, &weighted)].map(|(train, rows)| {
            rows.predict(&Model::Additive(fit(params.clone(), train)), Features::NativeWithBlanks)
        });
        for (weighted, repeated) in weighted.iter().zip(&repeated) {
            assert!((weighted - repeated).abs() < 1e-5, "{weighted} {repeated}");
        }
    }

    #[test]
    fn a_pair_learns_what_shapes_cannot_and_leaves_them_centred() {
        let score = |hours: f64, class: u32| if (hours < 2.5) == (class == 0) { 10.0 } else { -10.0 };
        let data = data(score, |_| 5, None);
        let params = |interactions| json!({"interactions": interactions, "smoothing": 0.0, "rounds": 200});
        let error = |model: &Additive| {
            let predicted = data.predict(&Model::Additive(model.clone()), Features::NativeWithBlanks);
            predicted.iter().zip(data.target()).map(|(left, right)| (left - right).abs()).fold(0.0, f64::max)
        };
        let (without, with) = (fit(params(0), &data), fit(params(1), &data));
        assert!(error(&without) > 3.0, "{}", error(&without));
        assert!(error(&with) < 0.05, "{}", error(&with));
        let sums = data.native(false).outer_iter().map(|row| with.pair_parts(&row.to_vec()).sum::<f64>());
        assert!(sums.sum::<f64>().abs() < 1e-3);
    }

    #[test]
    fn stages_are_fits() {
        let data = data(|hours, class| hours.max(0.0) * 3.0 + f64::from(class % 5), |place| 2 + place, None);
        for params in [json!({"smoothing": 1.0}), json!({"outer_bags": 3, "interactions": 1, "min_samples_leaf": 1})] {
            let of = |rounds: u64| {
                let mut params: Params = serde_json::from_value(params.clone()).unwrap();
                params.insert("rounds".into(), rounds.into());
                params
            };
            let group = [of(1), of(12), of(5)];
            let together = ExplainableBoosting.evaluate(&group.iter().collect::<Vec<_>>(), &data, &data, 9).unwrap();
            for (params, together) in group.iter().zip(together) {
                let model = ExplainableBoosting.fit(params, &data, 9).unwrap();
                assert_eq!(data.predict(&model, Features::NativeWithBlanks), together);
                let json = serde_json::to_string(&model).unwrap();
                assert_eq!(model_core::from_json::<Model>(&json).unwrap(), model);
            }
        }
    }
}

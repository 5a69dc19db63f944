//! The explainable boosting machine (Lou, Caruana & Gehrke 2012; Lou et al. 2013; InterpretML): boosting on one column
//! at a time, round after round, so that the sum of its small trees is one shape function per column.
//!
//! | parameter | default | purpose | range |
//! |---|---|---|---|
//! | `rounds` | 100 | times that every column is looked at | 1 to 100,000 |
//! | `learning_rate` | 0.1 | share of each small tree that is added | > 0 |
//! | `max_leaves` | 3 | leaves of a small tree on numbers; of categories each is one | ≥ 2 |
//! | `min_samples_leaf` | 4 | least sum of weights in a leaf on numbers | ≥ 0 |
//! | `smoothing` | 20 | weight of imaginary rows without effect in each leaf | ≥ 0 |
//! | `outer_bags` | 1 | models that are averaged, each fitted to its own share of the rows | 1 to 1,000 |
//! | `interactions` | 0 | pairs of columns with an interaction table | ≥ 0 |
//!
//! With one bag nothing is random. Pairs are those whose cells explain most of the shapes' residual variance, in excess
//! of chance; a pair's marginal effects are moved to the columns' shapes. Blanks have their own value. A column with a
//! direction has no pairs, and each of its small trees is the nearest monotone one.

mod boost;
mod pairs;
mod params;
mod residuals;
mod shapes;
mod small_tree;

use model_core::{Model, Params as ParamMap};

use self::boost::boost;
use self::params::Params;
use self::shapes::assemble;
use super::axis::{axis, product};
use super::error::FitError;
use super::family::{Evaluation, Family, Predictions, Staged};
use super::learner::{Abilities, Grid};
use super::trees::TREES;
use crate::folds::fit_data::{Features, FitData};

/// Explainable boosting.
#[derive(Debug)]
pub(super) struct ExplainableBoosting;

impl Family for ExplainableBoosting {
    const NAME: &'static str = "ebm";
    const ABILITIES: Abilities =
        Abilities { features: Features::NativeWithBlanks, missing_values: true, native_categories: true, ..TREES };
    const DIFFER_IN: &'static [&'static str] = &["rounds"];
    type Params = Params;

    fn grid(grid: Grid) -> Vec<ParamMap> {
        match grid {
            // The classic project does not include this family.
            Grid::Classic => Vec::new(),
            Grid::Default => product(&[axis("max_leaves", [2, 3]), axis("rounds", [60, 100])]),
            Grid::Deeper => [
                product(&[axis("max_leaves", [2, 3]), axis("rounds", [60, 100])]),
                product(&[axis("max_leaves", [3]), axis("interactions", [3]), axis("rounds", [100, 200])]),
            ]
            .concat(),
            Grid::Thorough => product(&[
                axis("learning_rate", [0.1, 0.03]),
                axis("max_leaves", [2, 3]),
                axis("smoothing", [5.0, 20.0, 60.0]),
                axis("outer_bags", [1, 8]),
                axis("interactions", [0, 3]),
                axis("rounds", [50, 100, 200, 400]),
            ]),
        }
    }

    fn passes(params: &Params) -> f64 {
        (params.rounds * params.outer_bags) as f64
    }

    fn fit(params: &Params, data: &FitData, seed: u64) -> Result<Model, FitError> {
        let fitted = boost(params, data, seed, &[params.rounds]).swap_remove(0);
        Ok(Model::Additive(assemble(data, fitted)))
    }

    fn evaluate(group: &[Params], evaluation: Evaluation<'_>) -> Result<Predictions, FitError> {
        Self::evaluate_staged(group, evaluation)
    }
}

impl Staged for ExplainableBoosting {
    fn n_steps(params: &Params) -> usize {
        params.rounds
    }

    fn predict_stages(
        params: &Params,
        stages: &[usize],
        Evaluation { train, validation, seed }: Evaluation<'_>,
    ) -> Result<Predictions, FitError> {
        let predict =
            |fitted| validation.predict(&Model::Additive(assemble(train, fitted)), Features::NativeWithBlanks);
        Ok(boost(params, train, seed, stages).into_iter().map(predict).collect())
    }
}

#[cfg(test)]
mod tests {
    use model_core::{Additive, Shape};
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::learn::learner;
    use crate::learn::test_data::data_of_columns;
    use crate::table::{BLANK, ColumnData};

    /// Hours from 1 to 4 and a class of two; each combination occurs as often as `times` says.
    fn data(target: impl Fn(f64, u32) -> f64, times: impl Fn(usize) -> usize, weights: Option<&[f64]>) -> FitData {
        let cells = [(1.0, 0), (2.0, 0), (3.0, 1), (4.0, 1), (1.0, 1), (f64::NAN, 0), (3.0, BLANK), (4.0, 0)];
        let cells: Vec<(f64, u32)> = (0..8).flat_map(|cell| std::iter::repeat_n(cells[cell], times(cell))).collect();
        let class = ColumnData::Categorical {
            values: vec!["a".into(), "b".into()],
            codes: cells.iter().map(|(_, class)| *class).collect(),
        };
        let hours = ColumnData::Numeric(cells.iter().map(|(hours, _)| *hours).collect());
        let target: Vec<f64> = cells.iter().map(|(hours, class)| target(*hours, *class)).collect();
        data_of_columns(vec![("hours", hours), ("class", class)], &target, weights)
    }

    fn fit(params: Json, data: &FitData) -> Additive {
        let params: ParamMap = serde_json::from_value(params).unwrap();
        let Model::Additive(model) = learner("ebm").unwrap().fit(&params, data, 1).unwrap() else { unreachable!() };
        model
    }

    #[test]
    fn one_round_worked_by_hand() {
        // Mean 20; hours contribute −10, −10, 10, 10, and after a full step the class explains nothing more.
        let score = |hours: f64, _| if hours < 2.5 { 10.0 } else { 30.0 };
        let data = data(score, |cell| usize::from(cell < 4), None);
        let params = json!({"rounds": 1, "learning_rate": 0.5, "max_leaves": 2, "min_samples_leaf": 1, "smoothing": 0});
        let model = fit(params, &data);
        assert_eq!(model.intercept, 20.0);
        let hours = Shape::Steps { thresholds: vec![2.5], values: vec![-5.0, 5.0], blank: 0.0 };
        // Half of the remaining −5 and 5: the classes are correlated with the hours.
        assert_eq!(model.shapes, [hours, Shape::Categories { values: vec![-2.5, 2.5], blank: 0.0 }]);
    }

    #[test]
    fn a_weight_of_two_is_a_row_given_twice() {
        let score = |hours: f64, class: u32| if hours.is_nan() { 3.0 } else { hours * 7.0 + f64::from(class % 3) };
        let weighted = data(score, |_| 1, Some(&[1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0]));
        let repeated = data(score, |cell| 1 + cell % 2, None);
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
        let data = data(|hours, class| hours.max(0.0) * 3.0 + f64::from(class % 5), |cell| 2 + cell, None);
        for params in [json!({"smoothing": 1.0}), json!({"outer_bags": 3, "interactions": 1, "min_samples_leaf": 1})] {
            let of = |rounds: u64| {
                let mut params: ParamMap = serde_json::from_value(params.clone()).unwrap();
                params.insert("rounds".into(), rounds.into());
                params
            };
            let group = [of(1), of(12), of(5)];
            let ebm = learner("ebm").unwrap();
            let together = ebm.evaluate(&group.iter().collect::<Vec<_>>(), &data, &data, 9).unwrap();
            for (params, together) in group.iter().zip(together) {
                let model = ebm.fit(params, &data, 9).unwrap();
                assert_eq!(data.predict(&model, Features::NativeWithBlanks), together);
                let json = serde_json::to_string(&model).unwrap();
                assert_eq!(model_core::from_json::<Model>(&json).unwrap(), model);
            }
        }
    }
}

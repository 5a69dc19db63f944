//! Explanations of every family: contributions add up to the prediction, and equal Shapley values computed by
//! enumeration of their definition.

use crate::common;
use std::path::Path;

use model_core::{ColumnKind, Predictor, Record, Trust, Value};
use trainer::{FitData, Grid, IngestOptions, LEARNERS, Learner, SplitMix64, fit_preprocessor, ingest, summarise};

/// The sample's first rows, with their schema.
fn data() -> FitData {
    let path = common::repository().join("static/sample.csv");
    let options = IngestOptions { target: "math_score".into(), ..Default::default() };
    let table = ingest(Path::new("sample.csv"), &std::fs::read(path).unwrap(), &options).unwrap();
    let rows: Vec<usize> = (0..300).collect();
    FitData::new(&fit_preprocessor(&table, &rows, None), &table, &rows)
}

fn predictor(learner: &dyn Learner, params: &model_core::Params, data: &FitData) -> Predictor {
    let model = learner.fit(params, data, 7).unwrap();
    let preprocessor = data.preprocessor(learner.abilities().features);
    let trust = Trust { intervals: None, background: summarise(data, data) };
    Predictor::new(preprocessor, model, learner.family()).unwrap().with_trust(trust).unwrap()
}

/// Records within and outside of the ranges, with blanks.
fn values(predictor: &Predictor, random: &mut SplitMix64) -> Vec<Value> {
    let mut value = |kind: &ColumnKind| match (kind, random.uniform(), random.uniform()) {
        (_, _, blank) if blank < 0.05 => Value::Missing,
        (_, _, unseen) if unseen > 0.97 => Value::Unseen,
        (ColumnKind::Numeric { observed, .. }, share, _) => {
            Value::Number(observed.min + (1.4 * share - 0.2) * (observed.max - observed.min))
        }
        (ColumnKind::Categorical { values, .. }, share, _) => Value::Category((share * values.len() as f64) as u32),
    };
    predictor.schema().columns.iter().map(|column| value(&column.kind)).collect()
}

fn value_of(predictor: &Predictor, values: &[Value]) -> f64 {
    predictor.predict_values(values, &mut vec![0.0; predictor.preprocessor().n_features()]).value
}

/// The mean prediction over the background with the columns of `chosen` taken from `values`.
fn coalition(predictor: &Predictor, values: &[Value], chosen: usize) -> f64 {
    let background = predictor.background().unwrap();
    let weights = background.weights();
    (0..background.n_prototypes())
        .map(|prototype| {
            let mut mixture = background.values(predictor.schema(), prototype);
            for (column, value) in values.iter().enumerate().filter(|(column, _)| chosen >> column & 1 == 1) {
                mixture[column] = *value;
            }
            weights[prototype] * value_of(predictor, &mixture)
        })
        .sum()
}

fn shapley(predictor: &Predictor, values: &[Value]) -> Vec<f64> {
    let n = values.len();
    let worth: Vec<f64> = (0..1 << n).map(|chosen| coalition(predictor, values, chosen)).collect();
    let factorial = |n: usize| (1..=n).map(|factor| factor as f64).product::<f64>();
    let mut contributions = vec![0.0; n];
    for chosen in 0..1_usize << n {
        let size = chosen.count_ones() as usize;
        for (column, contribution) in
            contributions.iter_mut().enumerate().filter(|(column, _)| chosen >> column & 1 == 0)
        {
            let weight = factorial(size) * factorial(n - size - 1) / factorial(n);
            *contribution += weight * (worth[chosen | 1 << column] - worth[chosen]);
        }
    }
    contributions
}

#[test]
fn contributions_of_every_family_add_up_and_are_shapley_values() {
    let data = data();
    let mut random = SplitMix64::new(5);
    let blend = serde_json::json!({"members": [
        {"family": "ridge", "weight": 0.5}, {"family": "forest", "params": {"n_estimators": 5, "max_depth": 4}, "weight": 0.3},
        {"family": "ebm", "weight": 0.2}, {"family": "adaboost", "params": {"n_estimators": 5}, "weight": 0.1}]});
    for learner in LEARNERS.into_iter().chain(trainer::learner("blend")) {
        let grid = match learner.family() {
            "blend" => vec![serde_json::from_value(blend.clone()).unwrap()],
            _ => learner.grid(Grid::Default),
        };
        for params in [&grid[0], &grid[grid.len() - 1]] {
            let predictor = predictor(learner, params, &data);
            for round in 0..20 {
                let values = values(&predictor, &mut random);
                let explanation = predictor.explain_values(&values);
                let value = value_of(&predictor, &values);
                let sum = explanation.baseline + explanation.contributions.iter().sum::<f64>();
                assert!((sum - value).abs() < 1e-9, "{} {params:?}: {sum} is not {value}", learner.family());
                assert_eq!(explanation.exact, explanation.standard_error.is_none());
                if round > 0 {
                    continue;
                }
                let expected = shapley(&predictor, &values);
                for (column, (found, expected)) in explanation.contributions.iter().zip(&expected).enumerate() {
                    let error = explanation.standard_error.as_ref().map_or(1e-10, |errors| 6.0 * errors[column] + 1e-9);
                    assert!(
                        (found - expected).abs() < error,
                        "{} {params:?}, column {column}: {found} is not {expected}",
                        learner.family()
                    );
                }
            }
        }
    }
}

#[test]
fn a_predictor_without_a_background_explains_against_the_typical_record() {
    let data = data();
    let learner = LEARNERS[0];
    let model = learner.fit(&learner.grid(Grid::Default)[0], &data, 7).unwrap();
    let predictor = Predictor::new(data.preprocessor(learner.abilities().features), model, "linear").unwrap();
    let typical = predictor.explain(&Record::typical(predictor.schema()));
    assert!(typical.contributions.iter().all(|contribution| contribution.abs() < 1e-12), "{typical:?}");
}

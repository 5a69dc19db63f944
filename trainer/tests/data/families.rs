//! Lasso, elastic net, k-nearest neighbours and support vector regression compared with scikit-learn, on data that is
//! not in the repository: its folder is given by the environment variable `SCORECAST_DATA`. Without it, each test is
//! skipped by name.

use super::with_data;
use std::path::Path;

use crate::common::{assert_close, golden};
use libtest_mimic::Trial;
use model_core::{Model, Params};
use serde_json::Value as Json;
use trainer::{
    Features, FitData, Grid, IngestOptions, fit_preprocessor, holdout_split, ingest, learner, prepare_k_folds, r2,
};

const FILES: [(&str, &str); 3] = [("stud.csv", "math_score"), ("student-mat.csv", "G3"), ("star_g3.csv", "math_score")];
const FAMILIES: [&str; 4] = ["lasso", "elastic-net", "knn", "svr"];

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    let mut add = |name: String, test: fn(&Path, &str, &str, &str), file, target, family| {
        trials.push(with_data(name, move |data| test(data, file, target, family)));
    };
    for (file, target) in FILES {
        for family in FAMILIES {
            if (file, family) != ("star_g3.csv", "svr") {
                add(format!("{file}_{family}_is_scikit_learns"), is_scikit_learns, file, target, family);
            }
        }
    }
    for family in FAMILIES {
        let name = format!("student-mat.csv_{family}_candidates_score_alike_together_and_alone");
        add(name, score_alike_together_and_alone, "student-mat.csv", "G3", family);
    }
    add("stud.csv_knn_has_the_classic_score".into(), has_the_classic_score, "stud.csv", "math_score", "knn");
    for family in ["lasso", "elastic-net"] {
        let name = format!("student-mat.csv_{family}_keeps_monotone_constraints");
        add(name, keeps_monotone_constraints, "student-mat.csv", "G3", family);
    }
    trials
}

/// The training rows and the holdout of split 42, and the first fold of the training rows.
fn parts(data: &Path, file: &str, target: &str) -> [(FitData, FitData); 2] {
    let bytes = std::fs::read(data.join(file)).unwrap();
    let options = IngestOptions { target: target.into(), ..Default::default() };
    let table = ingest(Path::new(file), &bytes, &options).unwrap();
    let split = holdout_split(table.n_rows(), 0.2, 42, 3).unwrap();
    let preprocessor = fit_preprocessor(&table, &split.train, None);
    let [train, holdout] = [&split.train, &split.holdout].map(|rows| FitData::new(&preprocessor, &table, rows));
    let first = prepare_k_folds(&table, &split.train, 3).swap_remove(0);
    [(train, holdout), (first.train, first.validation)]
}

fn is_scikit_learns(data: &Path, file: &str, target: &str, family: &str) {
    let [(train, holdout), _] = parts(data, file, target);
    let golden = golden("families.json");
    let candidates = golden["files"][file]["candidates"].as_array().unwrap();
    let of_family: Vec<&Json> = candidates.iter().filter(|candidate| candidate["family"] == family).collect();
    assert!(of_family.len() > 2);
    for candidate in of_family {
        let what = format!("{family} {}", candidate["params"]);
        let params: Params = serde_json::from_value(candidate["params"].clone()).unwrap();
        let model = learner(family).unwrap().fit(&params, &train, 0).unwrap();
        let mut predicted = holdout.predict(&model, Features::OneHot);
        let expected = |name: &str| candidate[name].as_f64().unwrap();
        if let Model::Neighbours(_) = &model {
            // If the last neighbour is tied, scikit-learn's choice depends on its search algorithm.
            let untied = untied(&model, &holdout);
            assert_eq!(untied.iter().filter(|untied| **untied).count() as f64, expected("n_untied"), "{what}");
            predicted.iter_mut().zip(untied).filter(|(_, untied)| !untied).for_each(|(value, _)| *value = 0.0);
            assert_close(weigh(&predicted), expected("untied_weighted_sum"), 1e-12, &what);
            assert_close(square_sum(&predicted), expected("untied_square_sum"), 1e-12, &what);
        } else {
            // LIBSVM stores its kernel in single precision: its optimality conditions are violated by up to 1e-4.
            let tolerance = if family == "svr" { 1e-5 } else { 1e-9 };
            assert_close(weigh(&predicted), expected("weighted_sum"), tolerance, &what);
            assert_close(square_sum(&predicted), expected("square_sum"), tolerance, &what);
            assert_close(r2(holdout.target(), &predicted, None), expected("r2"), tolerance, &what);
        }
    }
}

/// Whether each row's last neighbour is clearly nearer than the next one.
fn untied(model: &Model, rows: &FitData) -> Vec<bool> {
    let Model::Neighbours(stored) = model else { panic!("{model:?}") };
    let k = stored.n_neighbors as usize;
    let is_untied = |row: ndarray::ArrayView1<'_, f64>| {
        let nearest = stored.nearest(&row.to_vec(), k + 1);
        nearest[k].distance - nearest[k - 1].distance > 1e-9 * (1.0 + nearest[k].distance)
    };
    rows.features(Features::OneHot).outer_iter().map(is_untied).collect()
}

fn score_alike_together_and_alone(data: &Path, file: &str, target: &str, family: &str) {
    let [_, (train, validation)] = parts(data, file, target);
    let learner = learner(family).unwrap();
    let grid = if family == "knn" { Grid::Classic } else { Grid::Default };
    let candidates = learner.grid(grid);
    for first in &candidates {
        let key = learner.group_key(first);
        let group: Vec<&Params> = candidates.iter().filter(|params| learner.group_key(params) == key).collect();
        if group[0] != first {
            continue;
        }
        let together = learner.evaluate(&group, &train, &validation, 0).unwrap();
        for (params, together) in group.iter().zip(together) {
            let alone = validation.predict(&learner.fit(params, &train, 0).unwrap(), Features::OneHot);
            assert_eq!(together, alone, "{params:?}");
        }
    }
}

fn has_the_classic_score(data: &Path, file: &str, target: &str, family: &str) {
    let [(train, holdout), _] = parts(data, file, target);
    let params =
        serde_json::from_str(r#"{"n_neighbors": 11, "weights": "distance", "p": 1, "metric": "minkowski"}"#).unwrap();
    let model = learner(family).unwrap().fit(&params, &train, 0).unwrap();
    let found = r2(holdout.target(), &holdout.predict(&model, Features::OneHot), None);
    assert!((found - 0.5771).abs() < 0.02, "{found}");
}

fn keeps_monotone_constraints(data: &Path, file: &str, target: &str, family: &str) {
    let [(train, _), _] = parts(data, file, target);
    let coefficient = |params: &str, name: &str| {
        let params = serde_json::from_str(params).unwrap();
        let Model::Linear(model) = learner(family).unwrap().fit(&params, &train, 0).unwrap() else { panic!() };
        let columns = train.preprocessor(Features::OneHot).feature_columns();
        let column = train.schema().position(name).unwrap();
        model.coefficients[columns.iter().position(|known| *known == column).unwrap()]
    };
    assert!(coefficient(r#"{"alpha": 0.01}"#, "age") < 0.0);
    assert_eq!(coefficient(r#"{"alpha": 0.01, "monotone": {"age": 1}}"#, "age"), 0.0);
    assert!(coefficient(r#"{"alpha": 0.01, "monotone": {"age": 1}}"#, "G2") > 0.0);
    assert!(coefficient(r#"{"alpha": 0.01, "monotone": {"age": -1}}"#, "age") < 0.0);
    let wrong = serde_json::from_str(r#"{"monotone": {"sex": 1}}"#).unwrap();
    assert!(learner(family).unwrap().fit(&wrong, &train, 0).is_err());
}

fn weigh(values: &[f64]) -> f64 {
    values.iter().zip(1_u32..).map(|(value, place)| value * f64::from(place)).sum()
}

fn square_sum(values: &[f64]) -> f64 {
    values.iter().map(|value| value * value).sum()
}

//! Tests on data that is not in the repository: its folder is given by the environment variable `SCORECAST_DATA`.
//! Without it, each test is skipped by name.

use super::with_data;
use std::path::Path;

use crate::common::{assert_close, golden, numbers};
use libtest_mimic::Trial;
use model_core::{ColumnEncoding, ColumnKind, Encoding, Predictor, Preprocessor};
use serde_json::Value as Json;
use trainer::{
    Config, Features, FitData, Gates, IngestOptions, PreparedFold, SearchControl, SearchOptions, Table,
    fit_preprocessor, holdout_split, ingest, learner, prepare_k_folds, r2, score, train,
};

const FILES: [(&str, &str); 3] = [("stud.csv", "math_score"), ("student-mat.csv", "G3"), ("star_g3.csv", "math_score")];

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    let mut add = |name: String, test: fn(&Path, &str, &str), file: &'static str, target: &'static str| {
        trials.push(with_data(name, move |data| test(data, file, target)));
    };
    for (file, target) in FILES {
        add(format!("{file}_is_read"), is_read, file, target);
        add(format!("{file}_is_preprocessed_as_by_scikit_learn"), is_preprocessed_as_by_scikit_learn, file, target);
        add(format!("{file}_linear_and_ridge_are_scikit_learns"), linear_and_ridge_are_scikit_learns, file, target);
        add(format!("{file}_trains_to_artifacts_that_test_themselves"), trains_to_artifacts, file, target);
    }
    add("stud.csv_linear_regression_has_the_classic_score".into(), has_the_classic_score, "stud.csv", "math_score");
    trials
}

fn table(data: &Path, file: &str, target: &str) -> Table {
    let bytes = std::fs::read(data.join(file)).unwrap();
    ingest(Path::new(file), &bytes, &IngestOptions { target: target.into(), ..Default::default() }).unwrap()
}

fn is_read(data: &Path, file: &str, target: &str) {
    let table = table(data, file, target);
    let golden = &golden("preprocessing.json")["files"][file];
    assert_eq!(Some(table.n_rows() as u64), golden["rows"].as_u64());
    let n_columns = golden["medians"].as_object().unwrap().len() + golden["modes"].as_object().unwrap().len();
    assert_eq!((table.columns.len(), table.left_out.len(), table.notices.len()), (n_columns, 0, 0));
}

fn is_preprocessed_as_by_scikit_learn(data: &Path, file: &str, target: &str) {
    let table = table(data, file, target);
    let split = holdout_split(table.n_rows(), 0.2, 42, 3).unwrap();
    let preprocessor = fit_preprocessor(&table, &split.train, None);
    let golden = &golden("preprocessing.json")["files"][file];
    for column in &preprocessor.schema.columns {
        match &column.kind {
            ColumnKind::Numeric { median, .. } => assert_eq!(Some(*median), golden["medians"][&column.name].as_f64()),
            ColumnKind::Categorical { values, mode } => {
                assert_eq!(golden["modes"][&column.name], values[*mode as usize].as_str());
            }
        }
    }
    let parts = [("train", &split.train), ("test", &split.holdout)]
        .map(|(part, rows)| (part, FitData::new(&preprocessor, &table, rows)));
    let places = feature_places(&preprocessor);
    let features = golden["features"].as_array().unwrap();
    assert_eq!(features.len(), preprocessor.n_features());
    for (feature_idx, feature) in features.iter().enumerate() {
        let name = feature.to_string();
        let (place, scale) =
            places.iter().find(|(known, ..)| *known == name).map(|(_, place, scale)| (*place, *scale)).unwrap();
        assert_close(scale, numbers(&golden["scales"])[feature_idx], 1e-12, &name);
        for (part, samples) in &parts {
            let cells: Vec<f64> = samples.one_hot().features.column(place).to_vec();
            let n_rows = cells.len() as f64;
            let sum: f64 = cells.iter().map(|cell| cell.abs()).sum();
            let expected = numbers(&golden[format!("{part}_abs_sum")])[feature_idx];
            assert_close(sum / n_rows, expected / n_rows, 1e-12, &format!("{name} {part}"));
            let weighted: f64 = cells.iter().enumerate().map(|(row, cell)| cell * (row + 1) as f64).sum();
            let expected = numbers(&golden[format!("{part}_weighted_sum")])[feature_idx];
            // The weights add up to about n²/2.
            assert_close(
                weighted / (n_rows * n_rows),
                expected / (n_rows * n_rows),
                1e-12,
                &format!("{name} {part} order"),
            );
        }
    }
}

/// Name (as in the golden values), index and scale of each feature.
fn feature_places(preprocessor: &Preprocessor) -> Vec<(String, usize, f64)> {
    let Encoding::OneHot(encodings) = &preprocessor.encoding else { unreachable!("it is one-hot") };
    let mut places = Vec::new();
    for (column, encoding) in preprocessor.schema.columns.iter().zip(encodings) {
        match (encoding, &column.kind) {
            (ColumnEncoding::OneHot { scales }, ColumnKind::Categorical { values, .. }) => {
                for (value, scale) in values.iter().zip(scales) {
                    places.push((
                        Json::from(vec![column.name.clone(), value.clone()]).to_string(),
                        places.len(),
                        *scale,
                    ));
                }
            }
            (ColumnEncoding::Scaled { scale, .. }, _) => {
                let name = Json::from(vec![Json::from(column.name.clone()), Json::Null]).to_string();
                places.push((name, places.len(), *scale));
            }
            _ => unreachable!("the encoding fits the schema"),
        }
    }
    places
}

fn linear_and_ridge_are_scikit_learns(data: &Path, file: &str, target: &str) {
    let table = table(data, file, target);
    let split = holdout_split(table.n_rows(), 0.2, 42, 3).unwrap();
    let preprocessor = fit_preprocessor(&table, &split.train, None);
    let [train, holdout] = [&split.train, &split.holdout].map(|rows| FitData::new(&preprocessor, &table, rows));
    let folds = prepare_k_folds(&table, &split.train, 3);
    for (name, expected) in golden("linear.json")["files"][file]["models"].as_object().unwrap() {
        let (family, params) = match name.split_once(' ') {
            Some((family, alpha)) => (family, [("alpha".into(), alpha.parse::<f64>().unwrap().into())].into()),
            None => (name.as_str(), model_core::Params::new()),
        };
        let fit = |train: &FitData| learner(family).unwrap().fit(&params, train, 0).unwrap();
        let predicted = holdout.predict(&fit(&train), Features::OneHot);
        let found = score(holdout.target(), &predicted, None);
        for (metric, found) in [("r2", found.r2), ("mae", found.mae), ("rmse", found.rmse)] {
            assert_close(found, expected[metric].as_f64().unwrap(), 1e-6, &format!("{name} {metric}"));
        }
        let weighted: f64 = predicted.iter().enumerate().map(|(row, value)| value * (row + 1) as f64).sum();
        assert_close(weighted, expected["weighted_sum"].as_f64().unwrap(), 1e-9, &format!("{name} predictions"));
        for (PreparedFold { train, validation }, expected) in folds.iter().zip(numbers(&expected["cv_r2"])) {
            let found = r2(validation.target(), &validation.predict(&fit(train), Features::OneHot), None);
            assert_close(found, expected, 1e-6, &format!("{name} fold"));
        }
    }
}

fn trains_to_artifacts(data: &Path, file: &str, target: &str) {
    let table = table(data, file, target);
    let options = Config { gates: Gates { min_r2: Some(0.0), ..Default::default() }, ..Default::default() };
    let outcome = train(&table, "", &options, &SearchControl::default()).unwrap();
    let predictor = Predictor::from_json(&outcome.preprocessor_json, &outcome.model_json).unwrap();
    assert_eq!(outcome.report.self_test(&predictor), 16);
    assert!(outcome.report.holdout.r2 > 0.5, "{:?}", outcome.report.holdout);
    assert!(outcome.preprocessor_json.len() + outcome.model_json.len() < 300_000);
}

fn has_the_classic_score(data: &Path, file: &str, target: &str) {
    let options = Config {
        search: SearchOptions { families: vec!["linear".parse().unwrap()], ..Default::default() },
        ..Default::default()
    };
    let report = train(&table(data, file, target), "", &options, &SearchControl::default()).unwrap().report;
    assert_close(report.holdout.r2, 0.880433298, 1e-6, "R2");
    assert_close(report.holdout.mae, 4.214763142, 1e-6, "MAE");
    assert_close(report.champion.cv.r2_mean, 0.8664, 1e-4, "mean cross-validated R2");
}

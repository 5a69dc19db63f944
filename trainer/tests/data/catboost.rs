//! The CatBoost-style family compared with CatBoost, on data that is not in the repository: its folder is given by the
//! environment variable `SCORECAST_DATA`. Without it, each test is skipped by name.

use super::with_data;
use std::path::Path;

use crate::common::{golden, is_long};
use libtest_mimic::Trial;
use model_core::Params;
use rayon::prelude::*;
use serde_json::{Value as Json, json};
use trainer::{
    Features, IngestOptions, PreparedFold, holdout_split, ingest, k_folds, learner, mean_and_sd, prepare, r2,
};

const FILES: [(&str, &str); 3] = [("stud.csv", "math_score"), ("student-mat.csv", "G3"), ("star_g3.csv", "math_score")];
/// The allowed deficit of the mean score over seeds.
const TOLERANCE: f64 = 0.005;
/// The number of seeds unless the test is a long one; then a deficit of three standard errors is also allowed.
const FEW_SEEDS: u64 = 3;

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    let mut add = |name: String, test: fn(&Path, &str, &str), file: &'static str, target: &'static str| {
        trials.push(with_data(name, move |data| test(data, file, target)));
    };
    for (file, target) in FILES {
        add(format!("{file}_scores_as_with_catboost"), scores_as_with_catboost, file, target);
    }
    for (file, target) in FILES {
        add(format!("{file}_stages_are_fits"), stages_are_fits, file, target);
    }
    trials
}

fn folds(data: &Path, file: &str, target: &str) -> Vec<PreparedFold> {
    let bytes = std::fs::read(data.join(file)).unwrap();
    let options = IngestOptions { target: target.into(), ..Default::default() };
    let table = ingest(Path::new(file), &bytes, &options).unwrap();
    let split = holdout_split(table.n_rows(), 0.2, 42, 3).unwrap();
    prepare(&table, &k_folds(&split.train, 3))
}

/// A setting's parameters. If the reference used one-hot columns, every category is tested value by value here, too.
fn params(case: &Json) -> Params {
    let names = ["depth", "learning_rate", "iterations", "boosting_type"];
    let mut params: Params = names.iter().map(|name| ((*name).to_owned(), case[*name].clone())).collect();
    if case["features"] == "one_hot" {
        params.insert("one_hot_max_size".into(), 255.into());
    }
    params
}

/// Every setting of the reference. Unnamed parameters have the same defaults on both sides.
fn scores_as_with_catboost(data: &Path, file: &str, target: &str) {
    let folds = folds(data, file, target);
    let golden = golden("catboost.json");
    let n_expected = golden["seeds"].as_u64().unwrap();
    let n_seeds = if is_long() { n_expected } else { n_expected.min(FEW_SEEDS) };
    let cases = golden["files"][file]["cases"].as_array().unwrap();
    let catboost = learner("catboost").unwrap();
    let key = |case: &Json| catboost.group_key(&params(case));
    let mut keys: Vec<String> = cases.iter().map(key).collect();
    keys.sort_unstable();
    keys.dedup();
    let mut too_low = Vec::new();
    for group_key in keys {
        let mut group: Vec<Params> = Vec::new();
        for params in cases.iter().filter(|case| key(case) == group_key).map(params) {
            if !group.contains(&params) {
                group.push(params);
            }
        }
        let members: Vec<&Params> = group.iter().collect();
        let tasks: Vec<(u64, usize)> =
            (0..n_seeds).flat_map(|seed| (0..folds.len()).map(move |fold| (seed, fold))).collect();
        let scores: Vec<Vec<f64>> = tasks
            .par_iter()
            .map(|(seed, fold)| {
                let PreparedFold { train, validation } = &folds[*fold];
                let predicted = catboost.evaluate(&members, train, validation, *seed).unwrap();
                predicted.iter().map(|predicted| r2(validation.target(), predicted, None)).collect()
            })
            .collect();
        for (place, member) in group.iter().enumerate() {
            let of_seeds: Vec<f64> = scores
                .chunks(folds.len())
                .map(|folds| folds.iter().map(|scores| scores[place]).sum::<f64>() / folds.len() as f64)
                .collect();
            let (mean, sd) = mean_and_sd(&of_seeds);
            let tolerance = if is_long() { TOLERANCE } else { TOLERANCE.max(3.0 * sd / (n_seeds as f64).sqrt()) };
            for case in cases.iter().filter(|case| params(case) == *member) {
                let expected = case["r2"].as_f64().unwrap();
                let line = format!("{case}: {mean:.4}, {:+.4}", mean - expected);
                println!("{file} {line}");
                if mean < expected - tolerance {
                    too_low.push(line);
                }
            }
        }
    }
    assert!(too_low.is_empty(), "{}", too_low.join("\n"));
}

fn stages_are_fits(data: &Path, file: &str, target: &str) {
    let folds = folds(data, file, target);
    let PreparedFold { train, validation } = &folds[0];
    let catboost = learner("catboost").unwrap();
    for boosting_type in ["plain", "ordered"] {
        let of = |iterations: u64| -> Params {
            serde_json::from_value(json!({"iterations": iterations, "depth": 4, "boosting_type": boosting_type}))
                .unwrap()
        };
        let group = [of(20), of(1), of(20)];
        let together = catboost.evaluate(&group.iter().collect::<Vec<_>>(), train, validation, 7).unwrap();
        for (params, together) in group.iter().zip(together) {
            let model = catboost.fit(params, train, 7).unwrap();
            assert_eq!(validation.predict(&model, Features::NativeWithBlanks), together);
            let json = serde_json::to_string(&model).unwrap();
            assert_eq!(model_core::from_json::<model_core::Model>(&json).unwrap(), model);
        }
    }
}

//! Tree-based families compared with scikit-learn and XGBoost. The data is not in the repository: its folder is given
//! by the environment variable `SCORECAST_DATA`; without it, the tests that need it are skipped by name.

use super::with_data;
use std::path::Path;

use crate::common::{assert_close, golden, is_long, numbers};
use libtest_mimic::Trial;
use model_core::{Model, Params};
use rayon::prelude::*;
use serde_json::Value as Json;
use trainer::{
    FitData, IngestOptions, Learner, PreparedFold, Table, fit_preprocessor, holdout_split, ingest, k_folds, learner,
    mean_and_sd, prepare, r2,
};

const FILES: [(&str, &str); 3] = [("stud.csv", "math_score"), ("student-mat.csv", "G3"), ("star_g3.csv", "math_score")];
const FAMILIES: [&str; 6] = ["tree", "forest", "extra-trees", "gradient-boosting", "xgboost", "adaboost"];
/// The allowed deficit of the mean score over seeds. Scores of single trees vary by up to 0.24 between seeds: there the
/// means are over enough seeds to be accurate to about 0.0015 on both sides.
const TOLERANCE: f64 = 0.005;
/// The number of seeds unless the test is a long one; then a deficit of three standard errors is also allowed.
const FEW_SEEDS: u64 = 4;

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = vec![
        Trial::test("a_tree_on_continuous_data_is_scikit_learns", || {
            is_the_same_tree();
            Ok(())
        }),
        Trial::test("boosting_on_continuous_data_is_scikit_learns", || {
            is_the_same_sum();
            Ok(())
        }),
    ];
    let mut add = |name: String, test: Box<dyn Fn(&Path) + Send>| trials.push(with_data(name, test));
    for (file, target) in FILES {
        let test = move |data: &Path| boosts_as_scikit_learn(data, file, target);
        add(format!("{file}_boosting_without_sampling_is_scikit_learns"), Box::new(test));
        for family in FAMILIES {
            let test = move |data: &Path| scores_as_the_reference(data, file, target, family);
            add(format!("{file}_{family}_scores_as_the_reference"), Box::new(test));
        }
    }
    trials
}

fn table(data: &Path, file: &str, target: &str) -> Table {
    let bytes = std::fs::read(data.join(file)).unwrap();
    let options = IngestOptions { target: target.into(), ..Default::default() };
    ingest(Path::new(file), &bytes, &options).unwrap()
}

fn params(case: &Json) -> Params {
    serde_json::from_value(case["params"].clone()).unwrap()
}

fn predict(learner: &dyn Learner, model: &Model, rows: &FitData) -> Vec<f64> {
    rows.predict(model, learner.abilities().features)
}

/// The synthetic data of the golden file.
fn continuous(golden: &Json) -> FitData {
    let rows = golden["continuous"]["x"].as_array().unwrap();
    let lines = rows.iter().zip(numbers(&golden["continuous"]["y"])).map(|(row, target)| {
        let cells: Vec<String> = numbers(row).iter().map(ToString::to_string).collect();
        format!("{},{target}\n", cells.join(","))
    });
    let csv = format!("a,b,c,y\n{}", lines.collect::<String>());
    let options = IngestOptions { target: "y".into(), ..Default::default() };
    let table = ingest(Path::new("made.csv"), csv.as_bytes(), &options).unwrap();
    let rows: Vec<usize> = (0..table.n_rows()).collect();
    FitData::new(&fit_preprocessor(&table, &rows, None), &table, &rows)
}

fn is_the_same_tree() {
    let golden = golden("trees.json");
    let data = continuous(&golden);
    for case in golden["continuous"]["trees"].as_array().unwrap() {
        let Model::Trees(tree) = learner("tree").unwrap().fit(&params(case), &data, 0).unwrap() else { panic!() };
        let what = case["params"].to_string();
        let whole = |name: &str| numbers(&case[name]).iter().map(|number| *number as usize).collect::<Vec<_>>();
        assert_eq!(
            tree.features.iter().map(|feature| usize::from(*feature)).collect::<Vec<_>>(),
            whole("features"),
            "{what}"
        );
        assert_eq!(tree.rights.iter().map(|right| *right as usize).collect::<Vec<_>>(), whole("rights"), "{what}");
        assert!(tree.values.len() > 10, "{what}");
        for (value, expected) in tree.values.iter().zip(numbers(&case["values"])) {
            assert_close(*value, expected, 1e-12, &what);
        }
    }
}

fn is_the_same_sum() {
    let golden = golden("trees.json");
    let data = continuous(&golden);
    let boosting = learner("gradient-boosting").unwrap();
    for case in golden["continuous"]["boosted"].as_array().unwrap() {
        let predicted = predict(boosting, &boosting.fit(&params(case), &data, 0).unwrap(), &data);
        for (value, expected) in predicted.iter().zip(numbers(&case["predicted"])) {
            assert_close(*value, expected, 1e-6, &case["params"].to_string());
        }
    }
}

fn boosts_as_scikit_learn(data: &Path, file: &str, target: &str) {
    let table = table(data, file, target);
    let split = holdout_split(table.n_rows(), 0.2, 42, 3).unwrap();
    let preprocessor = fit_preprocessor(&table, &split.train, None);
    let [train, holdout] = [&split.train, &split.holdout].map(|rows| FitData::new(&preprocessor, &table, rows));
    let boosting = learner("gradient-boosting").unwrap();
    for case in golden("trees.json")["files"][file]["exact"].as_array().unwrap() {
        let what = case["params"].to_string();
        let expected = |name: &str| case[name].as_f64().unwrap();
        assert!(expected("spread_over_seeds") < 1e-9, "scikit-learn itself disagrees with itself: {what}");
        let predicted = predict(boosting, &boosting.fit(&params(case), &train, 0).unwrap(), &holdout);
        let weighted_sum: f64 = predicted.iter().zip(1_u32..).map(|(value, place)| value * f64::from(place)).sum();
        assert_close(weighted_sum, expected("weighted_sum"), 1e-9, &what);
        assert_close(predicted.iter().map(|value| value * value).sum(), expected("square_sum"), 1e-9, &what);
        assert_close(r2(holdout.target(), &predicted, None), expected("r2"), 1e-9, &what);
    }
}

/// Random or tied results cannot be equal; their mean score over seeds must not be worse.
fn scores_as_the_reference(data: &Path, file: &str, target: &str, family: &str) {
    let table = table(data, file, target);
    let split = holdout_split(table.n_rows(), 0.2, 42, 3).unwrap();
    let folds = prepare(&table, &k_folds(&split.train, 3));
    let golden = golden("trees.json");
    let learner = learner(family).unwrap();
    let cases = golden["files"][file]["scores"].as_array().unwrap();
    let of_family: Vec<&Json> = cases.iter().filter(|case| case["family"] == family).collect();
    assert!(of_family.len() > 1);
    let mut too_low = Vec::new();
    for case in of_family {
        let params = params(case);
        let number = |name: &str| case[name].as_f64().unwrap();
        let n_expected = case["seeds"].as_u64().unwrap();
        let n_seeds = if is_long() { n_expected } else { n_expected.min(FEW_SEEDS) };
        let tasks: Vec<(u64, usize)> =
            (0..n_seeds).flat_map(|seed| (0..folds.len()).map(move |fold| (seed, fold))).collect();
        let score = |(seed, fold): &(u64, usize)| {
            let PreparedFold { train, validation } = &folds[*fold];
            // Consecutive seeds, as in the reference, but with another stream in each fold.
            let predicted = learner.evaluate(&[&params], train, validation, 1000 * *fold as u64 + seed).unwrap();
            r2(validation.target(), &predicted[0], None)
        };
        let scores: Vec<f64> = tasks.par_iter().map(score).collect();
        let of_seeds: Vec<f64> =
            scores.chunks(folds.len()).map(|folds| folds.iter().sum::<f64>() / folds.len() as f64).collect();
        let (mean, sd) = mean_and_sd(&of_seeds);
        let expected_sd = number("sd_over_seeds");
        let error = (sd * sd / n_seeds as f64 + expected_sd * expected_sd / n_expected as f64).sqrt();
        // The standard deviation over few seeds is too uncertain.
        let spread = number("sd_over_seeds") * (1.0 / n_seeds as f64 + 1.0 / n_expected as f64).sqrt();
        let tolerance = if is_long() { TOLERANCE } else { TOLERANCE.max(3.0 * spread) };
        let expected = number("r2");
        let line = format!("{file} {family} {}: {mean:.4}, {:+.4} ± {error:.4}", case["params"], mean - expected);
        println!("{line}");
        if mean < expected - tolerance {
            too_low.push(line);
        }
    }
    assert!(too_low.is_empty(), "too far below the reference:\n{}", too_low.join("\n"));
}

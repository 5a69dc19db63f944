//! Intervals that are valid for each group, and never promise a level that the number of residuals cannot guarantee.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::common::{scorecast, stderr, stdout};
use model_core::{Predictor, Record, Trust, Value};
use trainer::{
    Candidate, FitData, IngestOptions, SplitMix64, StopSignal, coverage, fit_preprocessor, holdout_split, ingest,
    intervals, learner, out_of_fold,
};

const N_SPLITS: u32 = 200;

/// Records of three schools whose errors differ by more than a numeric column explains; few are of the third.
fn records(n_rows: usize, seed: u64) -> String {
    let mut random = SplitMix64::new(seed);
    let mut csv = String::from("hours,school,gender,score\n");
    for _ in 0..n_rows {
        let (hours, place) = ((20.0 * random.uniform()).round(), random.uniform());
        let (school, sd) = if place < 0.5 {
            ("north", 2.0)
        } else if place < 0.9 {
            ("south", 5.0)
        } else {
            ("west", 8.0)
        };
        let gender = if random.uniform() < 0.5 { "female" } else { "male" };
        let score = 40.0 + 2.0 * hours + sd * random.normal();
        let _ = writeln!(csv, "{hours},{school},{gender},{score:.2}");
    }
    csv
}

/// The coverage at 90 % of holdout records of north, south and west, over all splits.
fn shares(by: &[usize]) -> Vec<f64> {
    let options = IngestOptions { target: "score".into(), ..Default::default() };
    let table = ingest(Path::new("a.csv"), records(1_500, 1).as_bytes(), &options).unwrap();
    let candidate = Candidate { learner: learner("ridge").unwrap(), params: Default::default() };
    let mut counts = [(0.0, 0.0); 3];
    for seed in 0..N_SPLITS {
        let split = holdout_split(table.n_rows(), 0.2, seed, 3).unwrap();
        let data = FitData::new(&fit_preprocessor(&table, &split.train, None), &table, &split.train);
        let predicted = out_of_fold(&table, &split.train, &candidate, 0, &StopSignal::default()).unwrap();
        let (intervals, summary) = intervals(&data, &predicted, by);
        assert_eq!(summary.by.len(), by.len());
        let model = candidate.learner.fit(&candidate.params, &data, 0).unwrap();
        let predictor = Predictor::new(data.preprocessor(trainer::Features::OneHot), model, "ridge").unwrap();
        let predictor = predictor.with_trust(Trust { intervals: Some(intervals), background: None }).unwrap();
        for group in coverage(&predictor, &table, &split.holdout).1 {
            if let Some(school) = ["north", "south", "west"].iter().position(|school| *school == group.value) {
                counts[school].0 += group.n as f64;
                counts[school].1 += group.shares[2] * group.n as f64;
            }
        }
    }
    counts.iter().map(|(n, covered)| covered / n).collect()
}

#[test]
fn intervals_by_group_hold_for_each_group() {
    // West has 120 of the 1,200 residuals.
    let found = shares(&[1]);
    println!("by school: {found:.3?}");
    assert!(found.iter().all(|share| (share - 0.9).abs() < 0.03), "{found:?}");
}

fn written(n_rows: usize, config: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.csv"), records(n_rows, 2)).unwrap();
    fs::write(folder.path().join("scorecast.toml"), config).unwrap();
    folder
}

fn train(folder: &Path) -> (bool, String) {
    let more = ["train", "a.csv", "-t", "score", "--families", "linear", "--min-r2", "-1"];
    let output = scorecast(folder, &more);
    (output.status.success(), stderr(&output))
}

#[test]
fn the_configuration_names_the_groups_and_small_ones_are_put_together() {
    let folder = written(1_000, "[intervals]\nby = [\"school\"]\n");
    let (is_done, said) = train(folder.path());
    assert!(is_done, "{said}");
    let [preprocessor, model] = ["preprocessor.json", "model.json"]
        .map(|name| fs::read_to_string(folder.path().join("artifacts").join(name)).unwrap());
    // West has 80 residuals, fewer than 100.
    let json: serde_json::Value = serde_json::from_str(&model).unwrap();
    let by = &json["intervals"]["by"];
    assert_eq!((&by["columns"], by["groups"].as_array().unwrap().len()), (&serde_json::json!([1]), 2));
    let predictor = Predictor::from_json(&preprocessor, &model).unwrap();
    let width = |school: &str| {
        let cell = |column: &str| match column {
            "school" => Some(school),
            "hours" => Some("10"),
            _ => Some("male"),
        };
        let record = Record::from_texts(predictor.schema(), cell).unwrap();
        let interval = predictor.interval(&record, 90.0).unwrap();
        interval.high - interval.low
    };
    assert!(2.0 * width("north") < width("south"), "{} {}", width("north"), width("south"));
    // West and unknown schools use the residuals of all, as west has too few.
    assert!(width("north") < width("west"));
    let values = [Value::Number(10.0), Value::Unseen, Value::Category(0)];
    let mut features = vec![0.0; predictor.preprocessor().n_features()];
    let prediction = predictor.predict_values(&values, &mut features);
    assert!(predictor.interval_of(&values, prediction, 90.0).is_some());
    let page = fs::read_to_string(folder.path().join("artifacts/report.html")).unwrap();
    assert!(page.contains("made for each group of School by itself"));
}

#[test]
fn what_is_no_group_is_refused_with_its_place() {
    let refused = |config: &str, words: &[&str]| {
        let folder = written(200, config);
        let (is_done, said) = train(folder.path());
        assert!(!is_done && words.iter().all(|word| said.contains(word)), "{said}");
    };
    refused("[intervals]\nby = [\"schol\"]\n", &["scorecast.toml:2:7", "did you mean \"school\"?"]);
    refused("[intervals]\nby = [\"hours\"]\n", &["\"hours\"", "categorical"]);
    refused("[intervals]\nfor = [\"school\"]\n", &["scorecast.toml:2:1", "Known here: by"]);
}

#[test]
fn no_interval_promises_more_than_its_errors_can() {
    let folder = written(60, "");
    let (is_done, said) = train(folder.path());
    assert!(is_done && said.contains("intervals go no further than 97 %"), "{said}");
    let model = fs::read_to_string(folder.path().join("artifacts/model.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&model).unwrap();
    assert_eq!(json["intervals"]["max_level"].as_f64(), Some(97.0));
    let predict = |level: &str| scorecast(folder.path(), &["predict", "a.csv", "--level", level]);
    let refused = predict("98");
    assert!(!refused.status.success() && stderr(&refused).contains("more than 97 %"), "{}", stderr(&refused));
    assert!(stdout(&predict("97")).starts_with("hours,school,gender,score,"));
}

//! Directions of columns, from `scorecast.toml` to the artifacts.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::common::{scorecast, stderr};
use model_core::{Direction, Predictor, Value};
use trainer::SplitMix64;

/// Records whose score falls with hours for a small group of absentees.
fn records() -> String {
    let mut random = SplitMix64::new(4);
    let mut csv = String::from("hours,absences,lunch,score\n");
    for row in 0..400 {
        let (hours, absences) = ((20.0 * random.uniform()).round(), (9.0 * random.uniform()).round());
        let lunch = if random.uniform() < 0.5 { "free" } else { "standard" };
        let bend = if hours > 15.0 { -3.0 } else { 2.0 };
        let score = 40.0 + bend * (hours - 15.0) - absences + 2.0 * random.normal() + f64::from(row % 2);
        let _ = writeln!(csv, "{hours},{absences},{lunch},{score:.2}");
    }
    csv
}

fn train(config: &str, more: &[&str]) -> (tempfile::TempDir, bool, String) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.csv"), records()).unwrap();
    fs::write(folder.path().join("scorecast.toml"), config).unwrap();
    let output = scorecast(folder.path(), &[&["train", "a.csv", "-t", "score", "--min-r2", "-1"], more].concat());
    let said = stderr(&output);
    (folder, output.status.success(), said)
}

fn predictor(folder: &Path) -> Predictor {
    let [preprocessor, model] = ["preprocessor.json", "model.json"]
        .map(|name| fs::read_to_string(folder.join("artifacts").join(name)).unwrap());
    Predictor::from_json(&preprocessor, &model).unwrap()
}

#[test]
fn what_is_said_of_a_column_is_kept_and_named() {
    let config = "[columns.hours]\ndirection = \"up\"\n[columns.absences]\ndirection = \"down\"\n";
    let (folder, is_done, said) = train(config, &["--allow-records"]);
    assert!(is_done, "{said}");
    assert!(said.contains("knn is left out") && said.contains("svr is left out"), "{said}");
    let predictor = predictor(folder.path());
    let directions: Vec<_> = predictor.schema().columns.iter().map(|column| column.direction).collect();
    assert_eq!(directions, [Some(Direction::Up), Some(Direction::Down), None]);
    let mut features = vec![0.0; predictor.preprocessor().n_features()];
    let mut predict = |hours: f64, absences: f64, lunch: u32| {
        let values = [Value::Number(hours), Value::Number(absences), Value::Category(lunch)];
        predictor.predict_values(&values, &mut features).value
    };
    for lunch in [0, 1] {
        for absences in [0.0, 3.0, 9.0] {
            for hours in 0..24 {
                let hours = f64::from(hours);
                assert!(predict(hours + 1.0, absences, lunch) >= predict(hours, absences, lunch));
                assert!(predict(hours, absences + 1.0, lunch) <= predict(hours, absences, lunch));
            }
        }
    }
    let page = fs::read_to_string(folder.path().join("artifacts/report.html")).unwrap();
    assert!(page.contains("Direction of Hours") && page.contains("never falls when it rises"));
    // Without directions the best of these families fits the bend.
    let (folder, is_done, said) = train("", &["--families", "gradient-boosting"]);
    assert!(is_done, "{said}");
    let free = self::predictor(folder.path());
    let values = |hours: f64| [Value::Number(hours), Value::Number(3.0), Value::Category(0)];
    let mut features = vec![0.0; free.preprocessor().n_features()];
    assert!(
        free.predict_values(&values(20.0), &mut features).value
            < free.predict_values(&values(15.0), &mut features).value
    );
}

#[test]
fn a_direction_that_can_not_be_is_refused() {
    let refused = |config: &str, words: &[&str]| {
        let (_folder, is_done, said) = train(config, &["--families", "linear"]);
        assert!(!is_done && words.iter().all(|word| said.contains(word)), "{said}");
    };
    refused("[columns.hours]\ndirection = \"upwards\"\n", &["scorecast.toml:2:13", "up"]);
    refused("[columns.lunch]\ndirection = \"up\"\n", &["\"lunch\"", "no numbers"]);
    refused("[columns.hours]\nkind = \"categorical\"\ndirection = \"up\"\n", &["scorecast.toml:3:13", "numbers"]);
    refused("target = \"score\"\n[columns.score]\ndirection = \"up\"\n", &["scorecast.toml:3:13", "target"]);
}

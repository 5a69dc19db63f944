//! Champion versus challenger, on the command line.

use std::fs;
use std::path::Path;

use crate::common::{scorecast, stderr, stdout};
use serde_json::Value as Json;

fn sample(folder: &Path, name: &str, n_rows: &str, seed: &str) {
    let output = scorecast(folder, &["sample", "--rows", n_rows, "--seed", seed]);
    fs::write(folder.join(name), output.stdout).unwrap();
}

/// A good model in `good`, one without the best columns in `poor`, and new records for both in `new.csv`.
fn trained() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    sample(folder.path(), "students.csv", "600", "5");
    sample(folder.path(), "new.csv", "400", "6");
    for (output, more) in [("good", &[][..]), ("poor", &["--drop", "reading_score,writing_score", "--min-r2=-1"])] {
        let args =
            ["train", "students.csv", "--target", "math_score", "--families", "linear", "--output", output, "--quiet"];
        let output = scorecast(folder.path(), &[&args, more].concat());
        assert!(output.status.success(), "{}", stderr(&output));
    }
    folder
}

fn compare(folder: &Path, args: [&str; 3]) -> Json {
    let output = scorecast(folder, &["compare", args[0], args[1], args[2], "--format", "json"]);
    assert!(output.status.success(), "{}", stderr(&output));
    serde_json::from_str(&stdout(&output)).unwrap()
}

#[test]
fn a_better_model_replaces_a_worse_one_and_not_the_other_way_round() {
    let folder = trained();
    let better = compare(folder.path(), ["poor", "good", "new.csv"]);
    assert_eq!((&better["verdict"], &better["rows"]), (&Json::from("replace"), &Json::from(400)));
    let worse = compare(folder.path(), ["good", "poor", "new.csv"]);
    assert_eq!(worse["verdict"], "keep_better");
    let same = compare(folder.path(), ["good", "good", "new.csv"]);
    assert_eq!(
        (&same["verdict"], &same["differences"]["mae"]["high"]),
        (&Json::from("keep_undecided"), &Json::from(0.0))
    );
    // Nine records are never enough to replace a model.
    let few: String = fs::read_to_string(folder.path().join("new.csv"))
        .unwrap()
        .lines()
        .take(10)
        .map(|line| format!("{line}\n"))
        .collect();
    fs::write(folder.path().join("few.csv"), few).unwrap();
    assert_eq!(compare(folder.path(), ["poor", "good", "few.csv"])["verdict"], "keep_undecided");
    let output = scorecast(folder.path(), &["compare", "poor", "good", "few.csv"]);
    assert!(stderr(&output).contains("9 records with a known score: figures over so few"), "{}", stderr(&output));
    // The same resamples in both directions, and the same figures as `evaluate`.
    let figure = |json: &Json, path: &str| json.pointer(path).unwrap().as_f64().unwrap();
    for (end, other) in [("low", "high"), ("high", "low")] {
        let left = figure(&better, &format!("/differences/rmse/{end}"));
        let right = figure(&worse, &format!("/differences/rmse/{other}"));
        assert!((left + right).abs() < 0.02 * left.abs(), "{left} {right}");
    }
    let output = scorecast(folder.path(), &["evaluate", "new.csv", "--artifacts", "good", "--format", "json"]);
    let evaluated: Json = serde_json::from_str(&stdout(&output)).unwrap();
    for name in ["r2", "mae", "rmse", "bias"] {
        assert_eq!(evaluated[name], better["new"][name], "{name}");
    }
    assert_eq!(evaluated["coverage"][2], better["new"]["coverage"]);

    let output = scorecast(folder.path(), &["compare", "poor", "good", "new.csv"]);
    let text = stdout(&output);
    assert!(text.contains("paired bootstrap, 2000 draws") && text.contains("replace: the new model's"), "{text}");
    let output = scorecast(folder.path(), &["compare", "good", "poor", "new.csv"]);
    assert!(stdout(&output).contains("caution: for lunch ="), "{}", stdout(&output));
}

#[test]
fn what_is_wrong_is_named() {
    let folder = trained();
    let run = |args: &[&str]| {
        let output = scorecast(folder.path(), &[&["compare"], args].concat());
        (output.status.code(), stderr(&output))
    };
    let (code, message) = run(&["nowhere", "good", "new.csv"]);
    assert!(code == Some(1) && message.contains("nowhere/preprocessor.json: it can't be read"), "{message}");
    let (code, message) = run(&["good", "poor", "nowhere.csv"]);
    assert!(code == Some(1) && message.contains("nowhere.csv"), "{message}");
    assert_eq!(run(&["good", "poor"]).0, Some(2));
    let (code, message) = run(&["good", "poor", "students.csv"]);
    assert!(code == Some(0) && message.contains("the very file that the model in good was trained on"), "{message}");
    // A file without a column of one of the models.
    let text = fs::read_to_string(folder.path().join("new.csv")).unwrap();
    let shorter: Vec<&str> = text.lines().map(|line| line.rsplit_once(',').unwrap().0).collect();
    fs::write(folder.path().join("shorter.csv"), shorter.join("\n")).unwrap();
    let (code, message) = run(&["poor", "good", "shorter.csv"]);
    assert!(code == Some(3) && message.contains("writing_score"), "{message}");
    let args =
        ["train", "students.csv", "--target", "reading_score", "--families", "linear", "--output", "other", "--quiet"];
    assert!(scorecast(folder.path(), &args).status.success());
    let (code, message) = run(&["good", "other", "new.csv"]);
    assert!(
        code == Some(3) && message.contains("predicts \"math_score\" and the new one \"reading_score\""),
        "{message}"
    );
    fs::write(folder.path().join("poor/model.json"), "{}").unwrap();
    assert_eq!(run(&["good", "poor", "new.csv"]).0, Some(3));
}

//! `scorecast.toml`: it takes effect, the command line takes precedence, and errors name line and column.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::common::{scorecast, stderr, stdout};

/// A folder with 300 students.
fn students() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let sample = scorecast(folder.path(), &["sample", "--rows", "300", "--seed", "5"]);
    fs::write(folder.path().join("students.csv"), stdout(&sample)).unwrap();
    folder
}

fn configure(folder: &Path, text: &str) {
    fs::write(folder.join("scorecast.toml"), text).unwrap();
}

fn train(folder: &Path, more: &[&str]) -> Output {
    scorecast(folder, &[&["train", "students.csv", "--families", "linear"], more].concat())
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join("artifacts").join(name)).unwrap()
}

fn json(folder: &Path, name: &str) -> serde_json::Value {
    serde_json::from_str(&read(folder, name)).unwrap()
}

#[test]
fn what_init_writes_trains_to_the_same_bytes() {
    let folder = students();
    assert!(train(folder.path(), &["--target", "math_score"]).status.success());
    let names = ["preprocessor.json", "model.json", "report.json", "reference.json"];
    let before = names.map(|name| read(folder.path(), name));
    let output = scorecast(folder.path(), &["init", "students.csv"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stderr(&output).contains("\"math_score\", because it is the first numeric column"), "{}", stderr(&output));
    let output = train(folder.path(), &[]);
    assert!(output.status.success() && stderr(&output).contains("configured by scorecast.toml"), "{}", stderr(&output));
    assert!(names.map(|name| read(folder.path(), name)) == before);
    // It is never overwritten by accident.
    configure(folder.path(), "# mine\n");
    let output = scorecast(folder.path(), &["init", "students.csv"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(fs::read_to_string(folder.path().join("scorecast.toml")).unwrap(), "# mine\n");
    assert!(scorecast(folder.path(), &["init", "students.csv", "--force"]).status.success());
    assert!(fs::read_to_string(folder.path().join("scorecast.toml")).unwrap().contains("target = \"math_score\""));
}

#[test]
fn what_is_said_stands_in_the_artifacts_and_flags_win() {
    let folder = students();
    configure(
        folder.path(),
        "target = \"reading_score\"\nlimits = \"0:100\"\nfictional = true\norder = [\"writing_score\", \"gender\"]\n\
         [columns.math_score]\nlabel = \"Mathematics\"\nhelp = \"Out of 100.\"\nunit = \"points\"\nmin = 0\nmax = 100\nstep = 5\nactionable = true\n\
         [columns.gender]\nsensitive = true\n[columns.lunch]\ndrop = true\n[columns.reading_score]\nlabel = \"Reading\"\n\
         [card]\ncontact = \"the school\"\nnot_for = \"marks\"\ndate = \"2026-09-01\"\n[search]\nseed = 7\ncv = 4\n",
    );
    let output = train(folder.path(), &["--cv", "5"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let schema = &json(folder.path(), "preprocessor.json")["schema"];
    assert_eq!(schema["target"]["label"], "Reading");
    assert_eq!(schema["target"]["limits"]["max"], 100.0);
    assert_eq!(schema["order"], serde_json::json!(["writing_score", "gender"]));
    let columns = schema["columns"].as_array().unwrap();
    let column = |name: &str| columns.iter().find(|column| column["name"] == name);
    let math = column("math_score").unwrap();
    assert_eq!((&math["help"], &math["unit"], &math["step"]), (&"Out of 100.".into(), &"points".into(), &5.0.into()));
    assert_eq!((&math["range"]["min"], &math["actionable"]), (&0.0.into(), &true.into()));
    assert_eq!(column("gender").unwrap()["sensitive"], true);
    assert!(column("lunch").is_none() && column("gender").unwrap().get("help").is_none());
    let report = json(folder.path(), "report.json");
    assert_eq!((&report["card"]["contact"], &report["card"]["not_for"]), (&"the school".into(), &"marks".into()));
    assert_eq!(report["card"]["date"], "2026-09-01");
    assert_eq!((&report["seed"], &report["data"]["fictional"]), (&7.into(), &true.into()));
    assert_eq!(report["champion"]["cv"]["r2_folds"].as_array().unwrap().len(), 5);
    // The command line takes precedence for the target, too.
    configure(folder.path(), "target = \"reading_score\"\n");
    assert!(train(folder.path(), &["--target", "math_score", "--date", "2026-09-02"]).status.success());
    assert_eq!(json(folder.path(), "preprocessor.json")["schema"]["target"]["name"], "math_score");
    assert_eq!(json(folder.path(), "report.json")["card"]["date"], "2026-09-02");
    let output = train(folder.path(), &["--date", "1.9.2026"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("write it as YYYY-MM-DD"), "{}", stderr(&output));
}

#[test]
fn a_bad_configuration_is_named_by_line_and_column() {
    let folder = students();
    for (text, message) in [
        (
            "target = \"math_score\"\n[columns.lunsh]\ndrop = true\n",
            "scorecast.toml:2:10: the CSV has no column \"lunsh\"; did you mean \"lunch\"?",
        ),
        ("[gates]\nmin_r3 = 0.5\n", "scorecast.toml:2:1: there is no key \"min_r3\" here; did you mean \"min_r2\"?"),
        ("target = \"math_score\n", "scorecast.toml:1:"),
        ("\u{0}", "scorecast.toml:1:"),
        (
            "target = \"math_score\"\n[card]\ndate = \"2026-02-30\"\n",
            "scorecast.toml:3:8: \"2026-02-30\" is no day; write it as YYYY-MM-DD",
        ),
        ("[search]\ntime_limit = \"soon\"\n", "scorecast.toml:2:14: \"soon\" is no time: "),
        ("", "no target is given"),
    ] {
        configure(folder.path(), text);
        let output = train(folder.path(), &[]);
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        assert!(stderr(&output).contains(message), "{text}: {}", stderr(&output));
    }
    let output = train(folder.path(), &["--target", "math_score", "--config", "nowhere.toml"]);
    assert_eq!(output.status.code(), Some(1));
    fs::write(folder.path().join("latin1.toml"), b"# \xe9\n").unwrap();
    assert_eq!(train(folder.path(), &["--config", "latin1.toml"]).status.code(), Some(1));
}

#[test]
fn a_gate_that_fails_names_the_figure_and_touches_nothing_but_its_report() {
    let folder = students();
    assert!(train(folder.path(), &["--target", "math_score"]).status.success());
    let before = read(folder.path(), "model.json");
    configure(folder.path(), "target = \"math_score\"\n[gates]\nmax_group_bias = 0.001\nbeat_mean = true\n");
    let output = train(folder.path(), &["--seed", "9"]);
    assert_eq!(output.status.code(), Some(4));
    let message = stderr(&output);
    assert!(
        message.contains("the champion fails max_group_bias: ") && message.contains("more than 0.001"),
        "{message}"
    );
    assert!(message.contains("report.refused.html") && !message.contains("beat_mean"), "{message}");
    assert_eq!(read(folder.path(), "model.json"), before);
    assert_eq!(json(folder.path(), "report.refused.json")["seed"], 9);
    // A wider gate accepts the model, and the refused report is removed.
    configure(folder.path(), "target = \"math_score\"\n[gates]\nmax_group_bias = 3\n");
    assert!(train(folder.path(), &[]).status.success());
    assert!(!folder.path().join("artifacts/report.refused.json").exists());
    // No model beats a copy of the target.
    let copy: String = fs::read_to_string(folder.path().join("students.csv"))
        .unwrap()
        .lines()
        .enumerate()
        .map(|(line, row)| {
            let copied = row.split(',').nth(5).unwrap();
            if line == 0 { format!("{row},copy\n") } else { format!("{row},{copied}\n") }
        })
        .collect();
    fs::write(folder.path().join("students.csv"), copy).unwrap();
    configure(folder.path(), "target = \"math_score\"\n[gates]\nbeat_one_column = true\n");
    let output = scorecast(folder.path(), &["train", "students.csv", "--families", "tree"]);
    assert_eq!(output.status.code(), Some(4), "{}", stderr(&output));
    assert!(stderr(&output).contains("beat_one_column: ") && stderr(&output).contains("\"copy\" alone has 1.0000"));
}

//! Failures are reported, with an exit code, and nothing is lost.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::common::{scorecast, stderr, stdout};
use crate::students::{artifacts, students, train};

#[test]
fn below_the_floor_nothing_is_touched_but_a_report_and_the_exit_code_is_4() {
    let folder = students();
    assert!(train(folder.path(), &[]).status.success());
    let before = artifacts(folder.path());
    let output = train(folder.path(), &["--min-r2", "0.99"]);
    assert_eq!(output.status.code(), Some(4));
    let message = stderr(&output);
    assert!(message.contains("below the floor of 0.99") && message.contains("--min-r2"), "{message}");
    assert_eq!(artifacts(folder.path()), before);
    // The complete report is written for diagnosis, and begins with the refusal.
    let refused = folder.path().join("artifacts/report.refused.html");
    assert!(message.contains("report.refused.html"), "{message}");
    assert!(fs::read_to_string(refused).unwrap().contains("min_r2: its mean cross-validated R² is 0."));
    // The log gives the source location.
    let log = message.lines().find_map(|line| line.trim().strip_prefix("log: ")).unwrap().to_owned();
    let log = fs::read_to_string(folder.path().join(log)).unwrap();
    assert!(
        log.contains("- ERROR - the champion fails min_r2") && log.contains("(at trainer/src/cli/train/mod.rs:"),
        "{log}"
    );
}

#[test]
fn bad_input_names_the_place_and_leaves_earlier_artifacts_whole() {
    let folder = students();
    assert!(train(folder.path(), &[]).status.success());
    let before = artifacts(folder.path());
    let good = fs::read_to_string(folder.path().join("students.csv")).unwrap();
    let mut lines: Vec<String> = good.lines().map(String::from).collect();
    lines[4] = lines[4].rsplitn(3, ',').last().unwrap().to_owned();
    fs::write(folder.path().join("students.csv"), lines.join("\n")).unwrap();
    let output = train(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(3));
    assert!(
        stderr(&output).contains("error: students.csv:5:7: the row has 6 fields but the header has 8"),
        "{}",
        stderr(&output)
    );
    let output = scorecast(folder.path(), &["train", "nowhere.csv", "--target", "y"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("nowhere.csv: it can't be read"));
    assert_eq!(scorecast(folder.path(), &["train", "students.csv"]).status.code(), Some(2));
    assert_eq!(scorecast(folder.path(), &["train", "a.csv", "-t", "y", "--limits", "9"]).status.code(), Some(2));
    assert_eq!(artifacts(folder.path()), before);
}

#[test]
fn a_target_that_is_always_the_same_is_refused() {
    let folder = students();
    let text = fs::read_to_string(folder.path().join("students.csv")).unwrap();
    let constant: String = text
        .lines()
        .enumerate()
        .map(|(row, line)| {
            let cells: Vec<&str> = line.split(',').collect();
            [&cells[..5], &[if row == 0 { cells[5] } else { "50" }], &cells[6..]].concat().join(",") + "\n"
        })
        .collect();
    fs::write(folder.path().join("students.csv"), constant).unwrap();
    let output = train(folder.path(), &["--families", "linear"]);
    assert_eq!(output.status.code(), Some(3));
    let message = stderr(&output);
    assert!(
        message.contains("the target \"math_score\" is 50 in every row") && message.contains("--target"),
        "{message}"
    );
    let output = scorecast(folder.path(), &["explore", "students.csv", "--target", "math_score", "-o", "-"]);
    let page = stdout(&output);
    assert!(page.contains("There is nothing to predict") && !page.contains("Alone it explains"), "{}", stderr(&output));
}

#[test]
fn a_log_folder_that_cannot_be_written_is_a_warning() {
    let folder = students();
    fs::write(folder.path().join("taken"), "").unwrap();
    let output = train(folder.path(), &["--log-dir", "taken"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(stderr(&output).contains("warning: no log is kept"), "{}", stderr(&output));
}

#[test]
fn an_output_folder_that_cannot_be_written_is_an_error() {
    let folder = students();
    fs::write(folder.path().join("taken"), "").unwrap();
    let output = train(folder.path(), &["--output", "taken"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("--output chooses another"), "{}", stderr(&output));
}

#[test]
fn an_interrupt_leaves_earlier_artifacts_whole() {
    let folder = students();
    assert!(train(folder.path(), &["--families", "linear"]).status.success());
    let names = || -> std::collections::BTreeSet<_> {
        let entries = fs::read_dir(folder.path().join("artifacts")).unwrap();
        entries.map(|entry| entry.unwrap().file_name()).collect()
    };
    let (before, names_before) = (artifacts(folder.path()), names());
    let grid = "[gradient-boosting]\nn_estimators = 100000\nmax_depth = 12\n";
    fs::write(folder.path().join("grid.toml"), grid).unwrap();
    let child = Command::new(env!("CARGO_BIN_EXE_scorecast"))
        .args(["train", "students.csv", "--target", "math_score", "--grid", "grid.toml"])
        .current_dir(folder.path())
        .stderr(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(std::time::Duration::from_secs(1));
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", stderr(&output));
    assert_eq!(artifacts(folder.path()), before);
    assert_eq!(names(), names_before, "something was left behind");
}

#[test]
fn nothing_is_lost_because_it_cannot_be_printed() {
    let folder = students();
    let program = env!("CARGO_BIN_EXE_scorecast");
    let shell = |command: &str| {
        let command = format!("{program} {command}");
        Command::new("sh").args(["-c", &command]).current_dir(folder.path()).output().unwrap()
    };
    let train = "train students.csv --target math_score --families linear --drop race_ethnicity";
    let is_published = || {
        let is_there = folder.path().join("artifacts/model.json").exists();
        let _ = fs::remove_dir_all(folder.path().join("artifacts"));
        is_there
    };
    // A full disk behind standard output is an error, but the artifacts have been written by then.
    if Path::new("/dev/full").exists() {
        let output = shell(&format!("{train} > /dev/full"));
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        assert!(stderr(&output).contains("error: standard output: it can't be written"), "{}", stderr(&output));
        assert!(is_published());
        assert_eq!(shell(&format!("{train} 2> /dev/full")).status.code(), Some(0));
        assert!(is_published());
    }
    // Standard output is closed.
    assert_eq!(shell(&format!("{train} 2>&-")).status.code(), Some(0));
    assert!(is_published());
    let piped = format!("{{ {program} {train}; echo $? > code; }} | true");
    let output = Command::new("sh").args(["-c", &piped]).current_dir(folder.path()).output().unwrap();
    assert!(output.status.success() && !stderr(&output).contains("panicked"), "{}", stderr(&output));
    assert_eq!(fs::read_to_string(folder.path().join("code")).unwrap(), "0\n");
    assert!(is_published());
}

#[test]
fn absurd_options_are_refused() {
    let folder = students();
    let output = train(folder.path(), &["--cv", "9223372036854775808"]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert!(stderr(&output).contains("too few for"), "{}", stderr(&output));
    let output = train(folder.path(), &["--time-limit", "soon"]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(stderr(&output).contains("--time-limit: \"soon\" is no time"), "{}", stderr(&output));
    let output = train(folder.path(), &["--min-r2", "nan"]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
}

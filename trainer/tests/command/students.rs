//! Fictional students in a folder, and the artifacts of training on them.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::common::{scorecast, stdout};

pub(crate) fn sample(folder: &Path, n_rows: &str, seed: &str) -> String {
    let output = scorecast(folder, &["sample", "--rows", n_rows, "--seed", seed]);
    assert!(output.status.success());
    stdout(&output)
}

pub(crate) fn train(folder: &Path, more: &[&str]) -> Output {
    scorecast(folder, &[&["train", "students.csv", "--target", "math_score"], more].concat())
}

/// A folder with 300 students.
pub(crate) fn students() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("students.csv"), sample(folder.path(), "300", "5")).unwrap();
    folder
}

pub(crate) fn artifacts(folder: &Path) -> Vec<String> {
    ["preprocessor.json", "model.json", "report.json"]
        .map(|name| fs::read_to_string(folder.join("artifacts").join(name)).unwrap())
        .into()
}

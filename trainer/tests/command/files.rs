//! Trains on the files that all surfaces read (`journeys/tests/files`): each gives the same bytes as the same records
//! in a plain CSV file.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use self::cases::{Expected, HEADER, cases};
use crate::common::{scorecast, stderr};

#[path = "../../../journeys/tests/files/cases.rs"]
mod cases;

/// Files whose columns, or names of columns, differ from the plain one.
const OTHERS: [&str; 6] = [
    "UTF-16, low byte first",
    "Windows-1252",
    "UTF-8 with accents",
    "other cases and signs",
    "another order, and more columns",
    "rows that can't be estimated",
];

/// The artifacts, or the error about the file.
fn train(folder: &Path, file: &str) -> Result<Vec<Vec<u8>>, String> {
    let output = folder.join("out");
    let args = ["train", file, "-t", "writing_score", "-o", "out", "--families", "linear", "--repeats", "0"];
    let answer = scorecast(folder, &[&args[..], &["--min-r2", "-1e12", "--quiet"]].concat());
    if !answer.status.success() {
        return Err(stderr(&answer));
    }
    Ok(["preprocessor.json", "model.json"].map(|name| fs::read(output.join(name)).unwrap()).to_vec())
}

#[test]
fn a_file_is_learned_from_as_its_records_written_plainly() {
    let folder = tempfile::tempdir().unwrap();
    let mut plain: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
    let mut wrong = Vec::new();
    let mut n_trained = 0;
    for case in cases().unwrap() {
        let Expected::Records(records) = &case.expected else { continue };
        if OTHERS.contains(&case.name) {
            continue;
        }
        let line = |cells: &Vec<String>| cells.join(",") + "\n";
        let text = format!("{}\n{}", HEADER.join(","), records.iter().map(line).collect::<String>());
        if !plain.contains_key(&text) {
            fs::write(folder.path().join("plain.csv"), &text).unwrap();
            plain.insert(text.clone(), train(folder.path(), "plain.csv").unwrap());
        }
        let file = format!("case.{}", case.ending);
        fs::write(folder.path().join(&file), &case.bytes).unwrap();
        match train(folder.path(), &file) {
            Ok(found) if found == plain[&text] => n_trained += 1,
            Ok(_) => wrong.push(format!("{}: other artifacts", case.name)),
            Err(problem) => wrong.push(format!("{}: {problem}", case.name)),
        }
    }
    assert!(wrong.is_empty() && n_trained > 50, "{n_trained} files are learned from; {}", wrong.join("\n"));
}

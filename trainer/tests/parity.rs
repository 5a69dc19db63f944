//! The native build and the wasm build predict the same, bit for bit.
//!
//! `cargo xtask test` builds the crate `module` and names its folder in `SCORECAST_MODULE`; where that is unset
//! the tests are skipped, by name.

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::{Arguments, Failed, Trial};
use model_core::{Column, ColumnKind, Predictor, Record};
use serde_json::{Map, Value as Json};
use trainer::{LEARNERS, SplitMix64};

const N_RECORDS: usize = 5_000;

fn main() {
    let module = std::env::var_os("SCORECAST_MODULE").map(PathBuf::from);
    let data = std::env::var_os("SCORECAST_DATA").map(PathBuf::from);
    let mut trials = Vec::new();
    let mut add = |name: &str, csv: Option<PathBuf>, target: &'static str, families: &'static str| {
        let is_missing = module.is_none() || csv.is_none();
        let (module, csv) = (module.clone().unwrap_or_default(), csv.unwrap_or_default());
        let run = move || -> Result<(), Failed> {
            compare(&module, &csv, target, families);
            Ok(())
        };
        trials.push(
            Trial::test(format!("native_and_wasm_give_equal_bits_for_{name}"), run).with_ignored_flag(is_missing),
        );
    };
    let sample = Some(common::repository().join("static/sample.csv"));
    for learner in LEARNERS {
        add(learner.family(), sample.clone(), "math_score", learner.family());
    }
    add("blend", sample.clone(), "math_score", "blend");
    for (file, target) in [("stud.csv", "math_score"), ("student-mat.csv", "G3"), ("star_g3.csv", "math_score")] {
        add(&format!("the_champion_of_{file}"), data.as_ref().map(|data| data.join(file)), target, "");
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// Trains on `csv`, with all families or the one named, and compares.
fn compare(module: &Path, csv: &Path, target: &str, family: &str) {
    let folder = tempfile::tempdir().unwrap();
    let mut args = vec!["train", csv.to_str().unwrap(), "--target", target, "--min-r2", "0", "--output", "."];
    if !family.is_empty() {
        args.extend(["--families", family, "--allow-records", "--size-budget", "50000000"]);
    }
    if family == "blend" {
        // One member of each encoding.
        let member = |family: &str| format!("[[members]]\nfamily = \"{family}\"\nweight = 0.3\n");
        let members: String = ["linear", "forest", "catboost", "ebm"].map(member).concat();
        std::fs::write(folder.path().join("blend.toml"), members).unwrap();
        args.extend(["--no-search", "--params", "blend.toml"]);
    }
    let output = common::scorecast(folder.path(), &args);
    assert!(output.status.success(), "{}", common::stderr(&output));
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let predictor = Predictor::from_json(&read("preprocessor.json"), &read("model.json")).unwrap();

    let records = records(&predictor);
    let lines: String = records.iter().map(|record| format!("{}\n", Json::Object(record.clone()))).collect();
    std::fs::write(folder.path().join("records.jsonl"), lines).unwrap();
    let output = Command::new("node")
        .arg(common::repository().join("module/tests/predict_bits.mjs"))
        .args([module, folder.path(), &folder.path().join("records.jsonl")])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", common::stderr(&output));
    let from_wasm = common::stdout(&output);
    let native: Vec<String> = records
        .iter()
        .map(|record| Record::from_json(predictor.schema(), record).unwrap())
        .map(|record| format!("{:016x}", predictor.predict(&record).value.to_bits()))
        .collect();
    let differing = from_wasm.lines().zip(&native).filter(|(wasm, native)| wasm != native).count();
    assert_eq!((from_wasm.lines().count(), differing), (N_RECORDS, 0));
    let distinct: std::collections::BTreeSet<&String> = native.iter().collect();
    // A single tree has no more values than leaves.
    assert!(distinct.len() >= 10, "the records are too alike to tell anything: {} values", distinct.len());
}

/// Records from within the schema's ranges and from far outside of them, with blanks.
fn records(predictor: &Predictor) -> Vec<Map<String, Json>> {
    let mut random = SplitMix64::new(11);
    let mut cell = |column: &Column| match (&column.kind, random.uniform(), random.uniform()) {
        (_, _, blank) if blank < 0.05 => Json::Null,
        (ColumnKind::Numeric { observed, .. }, share, _) => {
            Json::from(observed.min + (3.0 * share - 1.0) * (observed.max - observed.min))
        }
        (ColumnKind::Categorical { values, .. }, share, _) => {
            Json::from(values[(share * values.len() as f64) as usize].as_str())
        }
    };
    (0..N_RECORDS)
        .map(|_| predictor.schema().columns.iter().map(|column| (column.name.clone(), cell(column))).collect())
        .collect()
}

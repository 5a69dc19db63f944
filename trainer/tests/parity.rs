//! The native and the WebAssembly build make the same predictions, bit for bit.
//!
//! `cargo xtask test` builds the crate `module` and sets `SCORECAST_MODULE` to its folder; without it the tests are
//! skipped, by name.

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
    let trusting = std::env::var_os("SCORECAST_MODULE_TRUST").map(PathBuf::from);
    for family in ["linear", "ebm", "gradient-boosting", "forest", "catboost", "adaboost", "knn", "blend"] {
        let (module, csv) = (trusting.clone().unwrap_or_default(), sample.clone().unwrap_or_default());
        let run = move || -> Result<(), Failed> {
            compare_trust(&module, &csv, family);
            Ok(())
        };
        let name = format!("intervals_explanations_and_curves_have_equal_bits_for_{family}");
        trials.push(Trial::test(name, run).with_ignored_flag(trusting.is_none()));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// Trains on `csv`, with all families or the given one, and compares predictions.
fn compare(module: &Path, csv: &Path, target: &str, family: &str) {
    let (folder, predictor) = trained(csv, target, family);
    let records = records(&predictor, N_RECORDS);
    write_records(folder.path(), &records);
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
    // A single tree has at most one value per leaf.
    assert!(distinct.len() >= 10, "the records are too alike to tell anything: {} values", distinct.len());
}

/// The same for everything that is reported about a record besides its prediction.
fn compare_trust(module: &Path, csv: &Path, family: &str) {
    const LEVEL: f64 = 87.5;
    let (folder, predictor) = trained(csv, "math_score", family);
    // Explanations by enumeration are slow.
    let records = records(&predictor, if ["adaboost", "knn"].contains(&family) { 10 } else { 200 });
    write_records(folder.path(), &records);
    let output = Command::new("node")
        .arg(common::repository().join("module/tests/trust_bits.mjs"))
        .args([module, folder.path(), &folder.path().join("records.jsonl"), Path::new(&LEVEL.to_string())])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", common::stderr(&output));
    let from_wasm = common::stdout(&output);
    assert_eq!(from_wasm.lines().count(), records.len());
    for (record, from_wasm) in records.iter().zip(from_wasm.lines()) {
        let record = Record::from_json(predictor.schema(), record).unwrap();
        let prediction = predictor.predict(&record);
        let ends = |interval: Option<model_core::Interval>| interval.map(|ends| [ends.low, ends.high]).unwrap();
        let explanation = predictor.explain(&record);
        let mut numbers = vec![prediction.value, prediction.shown];
        numbers.extend(ends(predictor.interval(&record, LEVEL)));
        numbers.push(explanation.baseline);
        numbers.extend(explanation.contributions);
        numbers.extend(explanation.standard_error.unwrap_or_default());
        for point in predictor.curves(&record, 7, LEVEL).into_iter().flat_map(|curve| curve.points) {
            numbers.push(point.prediction.value);
            numbers.extend(ends(point.interval));
        }
        let native: Vec<String> = numbers.iter().map(|number| format!("{:016x}", number.to_bits())).collect();
        assert_eq!(from_wasm, native.join(" "), "{numbers:?}");
    }
}

/// The artifacts of `csv`, and their predictor.
fn trained(csv: &Path, target: &str, family: &str) -> (tempfile::TempDir, Predictor) {
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
    (folder, predictor)
}

fn write_records(folder: &Path, records: &[Map<String, Json>]) {
    let lines: String = records.iter().map(|record| format!("{}\n", Json::Object(record.clone()))).collect();
    std::fs::write(folder.join("records.jsonl"), lines).unwrap();
}

/// Records within the schema's ranges and far outside of them, with blanks.
fn records(predictor: &Predictor, n_records: usize) -> Vec<Map<String, Json>> {
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
    (0..n_records)
        .map(|_| predictor.schema().columns.iter().map(|column| (column.name.clone(), cell(column))).collect())
        .collect()
}

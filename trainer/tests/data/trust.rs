//! The coverage of intervals, and whether artifacts reveal training rows, on data that is not in the repository: its
//! folder is given by the environment variable `SCORECAST_DATA`. Without it, each test is skipped by name.

use super::with_data;
use crate::common;
use std::collections::BTreeSet;
use std::path::Path;

use libtest_mimic::Trial;
use model_core::{Params, Predictor, Record, Trust, Value};
use serde_json::Value as Json;
use trainer::{
    Candidate, Config, Features, FitData, Gates, IngestOptions, RowReader, SearchControl, SearchOptions, StopSignal,
    Table, coverage, fit_preprocessor, holdout_split, ingest, intervals, learner, out_of_fold, summarise, train,
};

const FILES: [(&str, &str); 3] = [("stud.csv", "math_score"), ("student-mat.csv", "G3"), ("star_g3.csv", "math_score")];
/// In the long test; otherwise half of them.
const N_SPLITS: u32 = 200;

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    let mut add = |name: String, test: fn(&Table), file: &'static str, target: &'static str| {
        trials.push(with_data(name, move |data| {
            let bytes = std::fs::read(data.join(file)).unwrap();
            let options = IngestOptions { target: target.into(), ..Default::default() };
            test(&ingest(Path::new(file), &bytes, &options).unwrap());
        }));
    };
    for (file, target) in FILES {
        add(format!("{file}_intervals_cover_what_they_say"), cover_what_they_say, file, target);
        add(format!("{file}_no_training_row_stands_in_the_artifacts"), keep_no_row, file, target);
    }
    add("stud.csv_a_stored_row_would_be_found".into(), a_stored_row_would_be_found, "stud.csv", "math_score");
    trials
}

/// Mean coverage over many random splits, for a cheap candidate.
fn cover_what_they_say(table: &Table) {
    // A tree if there are many rows: ten fits for each of the splits are quick, and it is another family.
    let family = if table.n_rows() > 2_000 { "tree" } else { "ridge" };
    let params = if family == "tree" { r#"{"max_depth": 4, "min_samples_leaf": 15}"# } else { "{}" };
    let params: Params = serde_json::from_str(params).unwrap();
    let candidate = Candidate { learner: learner(family).unwrap(), params };
    let mut sums = [0.0; 4];
    let mut n_varying = 0;
    let n_splits = if common::is_long() { N_SPLITS } else { N_SPLITS / 2 };
    for seed in 0..n_splits {
        let split = holdout_split(table.n_rows(), 0.2, seed, 3).unwrap();
        let data = FitData::new(&fit_preprocessor(table, &split.train, None), table, &split.train);
        let out_of_fold =
            out_of_fold(table, &split.train, &candidate, u64::from(seed), &StopSignal::default()).unwrap();
        let (intervals, summary) = intervals(&data, &out_of_fold, &[]);
        n_varying += u32::from(summary.varying);
        let model = candidate.learner.fit(&candidate.params, &data, 0).unwrap();
        let predictor = Predictor::new(data.preprocessor(candidate.learner.abilities().features), model, family)
            .unwrap()
            .with_trust(Trust { intervals: Some(intervals), background: None })
            .unwrap();
        let (levels, _) = coverage(&predictor, table, &split.holdout);
        sums.iter_mut().zip(&levels).for_each(|(sum, level)| *sum += level.share);
    }
    let means = sums.map(|sum| 100.0 * sum / f64::from(n_splits));
    println!("mean coverage over {n_splits} splits at 50, 80, 90, 95 %: {means:.2?}; varying width in {n_varying}");
    for (mean, level) in means.iter().zip([50.0, 80.0, 90.0, 95.0]) {
        assert!((mean - level).abs() <= 1.5, "{mean:.2} % of the rows are within intervals of {level} %");
    }
}

fn options(family: &str) -> Config {
    let search = SearchOptions {
        families: vec![family.parse().unwrap()],
        allow_records: true,
        size_budget: Some(50_000_000),
        ..Default::default()
    };
    Config { search, gates: Gates { min_r2: Some(0.0), ..Default::default() }, ..Default::default() }
}

fn keep_no_row(table: &Table) {
    for family in ["linear", "ebm", "catboost", "tree"] {
        let found = rows_found(table, family);
        assert!(found.is_empty(), "{family}: {found:?}");
    }
}

fn a_stored_row_would_be_found(table: &Table) {
    assert!(!rows_found(table, "knn").is_empty());
}

/// Where a training row occurs in the artifacts of `family`: as a prototype, as a golden record, or as consecutive
/// numbers in any list, in either encoding.
fn rows_found(table: &Table, family: &'static str) -> Vec<String> {
    let outcome = train(table, "", &options(family), &SearchControl::default()).unwrap();
    let predictor = Predictor::from_json(&outcome.preprocessor_json, &outcome.model_json).unwrap();
    let split = holdout_split(table.n_rows(), 0.2, 42, 3).unwrap();
    let data = FitData::new(&fit_preprocessor(table, &split.train, None), table, &split.train);
    assert_eq!(summarise(&data, &data).as_ref(), predictor.background());

    let reader = RowReader::new(predictor.schema(), table);
    let mut row_values = vec![Value::Missing; table.columns.len()];
    let mut records = BTreeSet::new();
    for row in &split.train {
        reader.read(*row as usize, &mut row_values);
        records.insert(format!("{row_values:?}"));
    }
    let mut found = Vec::new();
    let background = predictor.background().unwrap();
    assert!(background.n_prototypes() <= 64 && background.rows.iter().all(|rows| *rows >= 5), "{:?}", background.rows);
    for prototype in 0..background.n_prototypes() {
        let values = background.values(predictor.schema(), prototype);
        if records.contains(&format!("{values:?}")) {
            found.push(format!("prototype {prototype}"));
        }
    }
    for golden in &outcome.report.golden {
        let record = Record::from_json(predictor.schema(), &golden.record).unwrap();
        if records.contains(&format!("{:?}", record.values())) {
            found.push(format!("{:?}", golden.record));
        }
    }
    let mut lists = Vec::new();
    for text in [&outcome.preprocessor_json, &outcome.model_json, &outcome.report_json] {
        collect_lists(&serde_json::from_str(text).unwrap(), &mut lists);
    }
    for features in [Features::Native, Features::NativeWithBlanks, Features::OneHot] {
        let rows = data.features(features);
        let key = |numbers: &mut dyn Iterator<Item = f64>| numbers.map(f64::to_bits).collect::<Vec<u64>>();
        let rows: BTreeSet<Vec<u64>> = rows.outer_iter().map(|row| key(&mut row.iter().copied())).collect();
        let n = rows.first().map_or(1, Vec::len);
        for list in &lists {
            if list.windows(n).any(|window| rows.contains(&key(&mut window.iter().copied()))) {
                found.push(format!("a list of {} numbers", list.len()));
            }
        }
    }
    found
}

/// All lists of numbers.
fn collect_lists(json: &Json, lists: &mut Vec<Vec<f64>>) {
    match json {
        Json::Array(items) => {
            if let Some(numbers) = items.iter().map(Json::as_f64).collect::<Option<Vec<f64>>>() {
                lists.push(numbers);
            }
            items.iter().for_each(|item| collect_lists(item, lists));
        }
        Json::Object(members) => members.values().for_each(|item| collect_lists(item, lists)),
        _ => {}
    }
}

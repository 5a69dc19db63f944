//! Rows that belong together or are ordered in time: the folds are scikit-learn's, and scores are not optimistic.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use crate::common::{golden, scorecast, stderr, stdout};
use model_core::{Predictor, read_report};
use serde_json::Value as Json;
use trainer::{
    Candidate, ColumnData, Config, Gates, IngestOptions, Key, Outcome, Parting, RowKeys, SearchControl, SearchOptions,
    SplitError, SplitMix64, Table, TableColumn, coverage, folds_of, ingest, ingest_known, learner, table_split, train,
};

fn list<T: serde::de::DeserializeOwned>(json: &Json) -> Vec<T> {
    serde_json::from_value(json.clone()).unwrap()
}

/// A table of as many rows as `codes`, whose only column numbers them.
fn table(codes: Vec<u32>, parting: fn(Key) -> Parting) -> Table {
    let n_rows = codes.len();
    let n_distinct = codes.iter().collect::<BTreeSet<_>>().len();
    let numbers: Vec<f64> = (0..n_rows).map(|row| row as f64).collect();
    let key = Key { column: "key".into(), codes: Arc::new(codes), n_distinct };
    Table {
        columns: vec![TableColumn { name: "x".into(), data: ColumnData::Numeric(numbers.clone().into()) }],
        target_name: "y".into(),
        target: numbers.into(),
        weights: None,
        keys: RowKeys { parting: parting(key), repeated: Vec::new() },
        directions: Default::default(),
        most_columns: None,
        cells: None,
        dates: Default::default(),
        left_out: Vec::new(),
        notices: Vec::new(),
        reading: Default::default(),
    }
}

#[test]
fn groups_are_held_back_as_by_scikit_learn() {
    for case in golden("parted.json")["holdouts"].as_array().unwrap() {
        let table = table(list(&case["groups"]), Parting::Groups);
        let seed = u32::try_from(case["seed"].as_u64().unwrap()).unwrap();
        let split = table_split(&table, 0.2, seed, 3).unwrap();
        let mut holdout = split.holdout.clone();
        assert!(!holdout.is_sorted(), "rows held back are in random order");
        holdout.sort_unstable();
        assert_eq!(holdout, list::<u32>(&case["test"]));
        assert_eq!(split.train.len() as u64, case["n_train"].as_u64().unwrap());
    }
}

#[test]
fn folds_of_groups_are_those_of_scikit_learn() {
    for case in golden("parted.json")["group_folds"].as_array().unwrap() {
        let table = table(list(&case["groups"]), Parting::Groups);
        let rows: Vec<u32> = (0..table.n_rows() as u32).collect();
        let n_folds = usize::try_from(case["n_folds"].as_u64().unwrap()).unwrap();
        let found: Vec<Vec<usize>> = folds_of(&table, &rows, n_folds).into_iter().map(|fold| fold.validation).collect();
        assert_eq!(found, list::<Vec<usize>>(&case["validation"]));
    }
}

#[test]
fn folds_by_time_are_those_of_scikit_learn() {
    for case in golden("parted.json")["time_folds"].as_array().unwrap() {
        let [n_rows, n_folds] = ["n_rows", "n_folds"].map(|name| case[name].as_u64().unwrap() as usize);
        let table = table((0..n_rows as u32).collect(), Parting::Time);
        // Whatever the order of the rows.
        let rows: Vec<u32> = SplitMix64::new(1).permutation(n_rows).into_iter().map(|row| row as u32).collect();
        let folds = folds_of(&table, &rows, n_folds);
        let sizes: Vec<[usize; 2]> = folds.iter().map(|fold| [fold.train.len(), fold.validation.len()]).collect();
        assert_eq!(sizes, list::<[usize; 2]>(&case["sizes"]));
        for fold in folds {
            assert!(fold.train.iter().max() < fold.validation.iter().min());
        }
    }
}

#[test]
fn no_group_is_on_both_sides_and_other_orders_give_other_folds() {
    let table = table((0..500).map(|row| row % 100).collect(), Parting::Groups);
    let rows =
        |seed: u64| -> Vec<u32> { SplitMix64::new(seed).permutation(500).into_iter().map(|row| row as u32).collect() };
    let groups = |rows: &[usize]| rows.iter().map(|row| row % 100).collect::<BTreeSet<usize>>();
    let parts = |seed: u64| {
        let folds = folds_of(&table, &rows(seed), 3);
        for fold in &folds {
            assert!(groups(&fold.train).is_disjoint(&groups(&fold.validation)));
            assert_eq!(fold.train.len() + fold.validation.len(), 500);
        }
        folds.iter().map(|fold| groups(&fold.validation)).collect::<Vec<_>>()
    };
    assert_ne!(parts(1), parts(2));
}

#[test]
fn rows_of_one_time_stay_together_and_the_last_are_held_back() {
    let table = table((0..400).map(|row| row % 5).collect(), Parting::Time);
    let split = table_split(&table, 0.2, 42, 3).unwrap();
    assert!(split.holdout.len() == 80 && split.holdout.iter().all(|row| row % 5 == 4));
    let folds = folds_of(&table, &split.train, 3);
    let times = |rows: &[usize]| rows.iter().map(|row| row % 5).collect::<BTreeSet<usize>>();
    let found: Vec<_> = folds.iter().map(|fold| (times(&fold.train), times(&fold.validation))).collect();
    assert_eq!(found, [1, 2, 3].map(|last| ((0..last).collect(), BTreeSet::from([last]))));
}

#[test]
fn too_few_groups_or_times_are_refused() {
    let four = || (0..400).map(|row| row % 4).collect();
    assert!(matches!(
        table_split(&table(four(), Parting::Groups), 0.2, 1, 3),
        Err(SplitError::TooFewGroups { n_groups: 4, .. })
    ));
    assert!(table_split(&table(four(), Parting::Time), 0.2, 1, 3).is_ok());
    let three = (0..400).map(|row| row % 3).collect();
    assert!(matches!(
        table_split(&table(three, Parting::Time), 0.2, 1, 3),
        Err(SplitError::TooFewTimes { n_times: 3, .. })
    ));
}

/// Pupils over five terms. A pupil's effect (`u`) is in no column, but three columns are constant for a pupil: trees
/// identify a pupil by them. R² for new pupils is at best about .5, and .9 for known pupils.
fn pupils(n_pupils: usize, seed: u64) -> String {
    let mut random = SplitMix64::new(seed);
    let mut csv = String::from("pupil,term,hours,distance,birth_day,gender,score\n");
    for pupil in 0..n_pupils {
        let u = 8.0 * random.normal();
        let (distance, birth_day) = ((9_000.0 * random.uniform()).round(), (1.0 + 364.0 * random.uniform()).round());
        let gender = if random.uniform() < 0.5 { "female" } else { "male" };
        for term in 1..=5 {
            let hours = (20.0 * random.uniform()).round();
            let score = 40.0 + 1.5 * hours + u + 3.0 * random.normal();
            let _ = writeln!(csv, "P{pupil:04},{term},{hours},{distance},{birth_day},{gender},{score:.2}");
        }
    }
    csv
}

/// The reported cross-validated R² of a forest on 100 pupils.
fn forest_of(seed: u64, group: Option<&str>) -> Outcome {
    let options = IngestOptions {
        target: "score".into(),
        drop: vec!["term".into()],
        group: group.map(String::from),
        min_category_rows: 10,
        ..Default::default()
    };
    let table = ingest(Path::new("pupils.csv"), pupils(100, seed).as_bytes(), &options).unwrap();
    assert_eq!(table.columns.len(), 4);
    let params = serde_json::from_str(r#"{"n_estimators": 50, "min_samples_leaf": 2}"#).unwrap();
    let config = Config {
        gates: Gates { min_r2: Some(-1.0), ..Default::default() },
        search: SearchOptions {
            candidates: Some(vec![Candidate { learner: learner("forest").unwrap(), params }]),
            size_budget: Some(100_000_000),
            ..Default::default()
        },
        ..Default::default()
    };
    train(&table, "", &config, &SearchControl::default()).unwrap()
}

#[test]
fn with_groups_figures_are_those_for_pupils_not_seen_yet() {
    const N_FILES: u64 = 12;
    let (mut gap, mut covered, mut gap_apart) = (0.0, 0.0, 0.0);
    for seed in 0..N_FILES {
        let grouped = forest_of(seed, Some("pupil"));
        let predictor = Predictor::from_json(&grouped.preprocessor_json, &grouped.model_json).unwrap();
        let others = pupils(1_000, seed + 1_000);
        let options = trainer::ReadOptions::default();
        let others =
            ingest_known(Path::new("others.csv"), others.as_bytes(), predictor.schema(), &options, Default::default())
                .unwrap();
        let rows: Vec<u32> = (0..others.n_rows() as u32).collect();
        let truth = trainer::evaluate(&predictor, &others, None).r2;
        gap += grouped.report.champion.cv.r2_mean - truth;
        covered += coverage(&predictor, &others, &rows).0[2].share;
        assert_eq!(grouped.report.intervals.n_groups, Some(80));
        assert_eq!(grouped.report.champion.out_of_bag_r2, None);
        assert!(grouped.report.data.repeated.is_empty());
        gap_apart += forest_of(seed, None).report.champion.cv.r2_mean - truth;
    }
    let [gap, covered, gap_apart] = [gap, covered, gap_apart].map(|sum| sum / N_FILES as f64);
    println!("R2 less truth {gap:+.3}, without groups {gap_apart:+.3}; coverage {covered:.3}");
    assert!(gap.abs() < 0.05, "R² in cross-validation is off by {gap}");
    assert!((covered - 0.9).abs() < 0.02, "intervals at 90 % hold {covered}");
    assert!(gap_apart > 0.15, "without groups R² is too good by {gap_apart} only: the file tests nothing");
}

fn written(csv: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("pupils.csv"), csv).unwrap();
    folder
}

fn run(folder: &Path, more: &[&str]) -> (i32, String) {
    let families = ["--families", "linear,tree", "--min-r2", "-1"];
    let output = scorecast(folder, &[&["train", "pupils.csv", "-t", "score"], &families[..], more].concat());
    (output.status.code().unwrap(), stderr(&output))
}

fn report(folder: &Path) -> model_core::Report {
    read_report(&fs::read_to_string(folder.join("artifacts/report.json")).unwrap()).unwrap()
}

#[test]
fn without_being_asked_both_figures_are_shown() {
    let folder = written(&pupils(100, 3));
    let (code, said) = run(folder.path(), &[]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("\"pupil\" names 100 groups in 500 rows") && said.contains("--group pupil"), "{said}");
    let apart = report(folder.path());
    let [repeated] = &apart.data.repeated[..] else { panic!("{:?}", apart.data.repeated) };
    let (known, others) = (repeated.r2.unwrap(), repeated.r2_groups.unwrap());
    assert!(known > others, "{repeated:?}");
    assert!(said.contains(&format!("{others:.3}")), "{said}");
    let page = fs::read_to_string(folder.path().join("artifacts/report.html")).unwrap();
    assert!(page.contains("pupil names 100 groups in 500 records"));

    let (code, said) = run(folder.path(), &["--group", "pupil"]);
    assert_eq!(code, 0, "{said}");
    assert!(!said.contains("names 100 groups"), "{said}");
    let grouped = report(folder.path());
    let parted_by = grouped.data.parted_by.unwrap();
    assert_eq!((parted_by.groups, parted_by.groups_holdout, parted_by.is_time), (100, 20, false));
    assert_eq!((grouped.data.rows_train, grouped.data.rows_holdout), (400, 100));
    assert!(grouped.data.left_out.iter().any(|left_out| left_out.column == "pupil"));
}

#[test]
fn a_key_is_an_input_only_where_its_kind_is_said() {
    let folder = written(&pupils(100, 4));
    let columns = || {
        let json = fs::read_to_string(folder.path().join("artifacts/preprocessor.json")).unwrap();
        let preprocessor = model_core::read_preprocessor(&json).unwrap();
        preprocessor.schema.columns.into_iter().map(|column| column.name).collect::<Vec<_>>()
    };
    assert_eq!(run(folder.path(), &["--time", "term"]).0, 0);
    assert!(!columns().contains(&"term".to_owned()));
    let parted_by = report(folder.path()).data.parted_by.unwrap();
    assert!(parted_by.is_time && (parted_by.groups, parted_by.groups_holdout) == (5, 1));
    assert_eq!(run(folder.path(), &["--time", "term", "--numeric", "term"]).0, 0);
    assert!(columns().contains(&"term".to_owned()));
    // The same from the file, and the command line takes precedence.
    fs::write(folder.path().join("scorecast.toml"), "group = \"pupil\"\n").unwrap();
    assert_eq!(run(folder.path(), &[]).0, 0);
    assert_eq!(report(folder.path()).data.parted_by.unwrap().column, "pupil");
    assert_eq!(run(folder.path(), &["--time", "term"]).0, 0);
    assert_eq!(report(folder.path()).data.parted_by.unwrap().column, "term");
}

#[test]
fn what_can_not_be_parted_is_refused_in_words() {
    let folder = written(&pupils(100, 5).replacen("P0000,1", ",1", 1));
    let refused = |more: &[&str], words: &[&str]| {
        let (code, said) = run(folder.path(), more);
        assert!(code != 0 && words.iter().all(|word| said.contains(word)), "{more:?}: {said}");
    };
    refused(&["--group", "pupil"], &["pupils.csv:2:1", "--group needs one in every row"]);
    refused(&["--group", "gender"], &["\"gender\" names 2 groups", "at least 5"]);
    refused(&["--time", "gender"], &["begin with a year"]);
    refused(&["--group", "score"], &["\"score\"", "can't be --group"]);
    refused(&["--group", "pupil", "--time", "term"], &["--time"]);
    refused(&["--group", "pupils"], &["no column \"pupils\""]);
}

#[test]
fn models_are_compared_by_whole_groups() {
    let folder = written(&pupils(100, 6));
    for (families, output) in [("linear", "old"), ("tree", "new")] {
        let more = ["--families", families, "--group", "pupil", "-o", output, "--min-r2", "-1"];
        let output = scorecast(folder.path(), &[&["train", "pupils.csv", "-t", "score"], &more[..]].concat());
        assert!(output.status.success(), "{}", stderr(&output));
    }
    fs::write(folder.path().join("others.csv"), pupils(60, 7)).unwrap();
    let compare = |more: &[&str]| -> Json {
        let args = [&["compare", "old", "new", "others.csv", "--format", "json"], more].concat();
        let output = scorecast(folder.path(), &args);
        assert!(output.status.success(), "{}", stderr(&output));
        serde_json::from_str(&stdout(&output)).unwrap()
    };
    let (apart, grouped) = (compare(&[]), compare(&["--group", "pupil"]));
    let width = |found: &Json| {
        let mae = &found["differences"]["mae"];
        mae["high"].as_f64().unwrap() - mae["low"].as_f64().unwrap()
    };
    assert_eq!((&grouped["drawn_groups"], apart.get("drawn_groups")), (&Json::from(60), None));
    assert_eq!(apart["differences"]["mae"]["value"], grouped["differences"]["mae"]["value"]);
    assert!(width(&grouped) > width(&apart), "{} {}", width(&grouped), width(&apart));
    let few = scorecast(folder.path(), &["compare", "old", "new", "others.csv", "--group", "gender"]);
    assert!(!few.status.success() && stderr(&few).contains("names 2 groups"), "{}", stderr(&few));
}

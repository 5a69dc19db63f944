//! Models exported by `scorecast export` predict the same in real engines as `scorecast predict`, and the queries of
//! `scorecast sql` count correctly there.
//!
//! `cargo xtask test` installs the engines from npm and sets `SCORECAST_ENGINES` to their folder. If it is unset, the
//! tests are skipped, by name; so are those that need the Python in `SCORECAST_SAIL` or, with `--long`, in
//! `SCORECAST_SPARK`.

#[cfg(feature = "engines")]
mod adbc;
#[path = "../common/mod.rs"]
mod common;
mod counting;
#[path = "../common/oracle.rs"]
mod oracle;
#[cfg(feature = "engines")]
mod sail;
#[cfg(feature = "engines")]
mod spark;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::{Value as Json, json};
use trainer::SplitMix64;

/// A SELECT handles each row independently: this many are needed only to reach every branch of a large model.
const N_ROWS: usize = 2_000;
const N_ROWS_LONG: usize = 100_000;
/// Relative to the prediction: engines group sums differently.
const TOLERANCE: f64 = 1e-9;
const LEVEL: &str = "87.5";

fn main() {
    let engines = std::env::var_os("SCORECAST_ENGINES").map(PathBuf::from);
    let mut trials = Vec::new();
    for family in ["linear", "lasso", "tree", "forest", "gradient-boosting", "xgboost", "catboost", "ebm", "blend"] {
        let (is_missing, engines) = (engines.is_none(), engines.clone().unwrap_or_default());
        let run = move || -> Result<(), Failed> {
            compare(&engines, family);
            Ok(())
        };
        let name = format!("engines_predict_as_the_command_line_does_with_{family}");
        trials.push(Trial::test(name, run).with_ignored_flag(is_missing));
    }
    for engine in ["duckdb", "postgres"] {
        let (is_missing, engines) = (engines.is_none(), engines.clone().unwrap_or_default());
        let run = move || -> Result<(), Failed> {
            counting::compare(&engines, engine);
            Ok(())
        };
        let name = format!("a_model_of_what_{engine}_counts_is_that_of_the_rows_in_memory");
        trials.push(Trial::test(name, run).with_ignored_flag(is_missing));
    }
    #[cfg(feature = "engines")]
    for (name, variable, test) in [
        (
            "the_same_model_from_sail_and_from_duckdb",
            "SCORECAST_SAIL",
            sail::the_same_model_from_sail_and_from_duckdb as fn(&Path, &Path),
        ),
        (
            "a_cluster_that_loses_a_worker_gives_the_same_model",
            "SCORECAST_SPARK",
            spark::a_cluster_that_loses_a_worker_gives_the_same_model,
        ),
    ] {
        let python = std::env::var_os(variable).map(PathBuf::from);
        let is_missing = python.is_none() || engines.is_none();
        let (python, engines) = (python.unwrap_or_default(), engines.clone().unwrap_or_default());
        let run = move || -> Result<(), Failed> {
            test(&python, &engines);
            Ok(())
        };
        trials.push(Trial::test(name, run).with_ignored_flag(is_missing));
    }
    #[cfg(feature = "engines")]
    for (name, test) in [
        ("one_command_learns_what_the_queries_give", adbc::one_command_learns_what_the_queries_give as fn(&Path)),
        ("what_is_taken_depends_on_how_many_rows_there_are", adbc::what_is_taken_depends_on_how_many_rows_there_are),
        ("what_goes_wrong_is_told_with_a_way_on", adbc::what_goes_wrong_is_told_with_a_way_on),
        ("a_query_ends_when_it_is_asked_to", adbc::a_query_ends_when_it_is_asked_to),
    ] {
        let (is_missing, engines) = (engines.is_none(), engines.clone().unwrap_or_default());
        let run = move || -> Result<(), Failed> {
            test(&engines);
            Ok(())
        };
        trials.push(Trial::test(name, run).with_ignored_flag(is_missing));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn compare(engines: &Path, family: &str) {
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| {
        let output = common::scorecast(folder.path(), args);
        assert!(output.status.success(), "scorecast {}: {}", args.join(" "), common::stderr(&output));
    };
    let path = |name: &str| folder.path().join(name);
    fs::write(path("training.csv"), records(1_000, 7, Use::Training)).unwrap();
    let n_rows = if common::is_long() { N_ROWS_LONG } else { N_ROWS };
    fs::write(path("records.csv"), records(n_rows, 8, Use::Prediction)).unwrap();
    fs::write(path("scorecast.toml"), "[intervals]\nby = [\"gender\"]\n[columns.pupil]\ndrop = true\n").unwrap();
    fs::write(path("types.json"), types().to_string()).unwrap();
    let mut train = vec!["train", "training.csv", "--target", "score", "--min-r2", "0", "--limits", "0:100", "--quiet"];
    train.extend(["--families", family]);
    if family == "blend" {
        // One member of each encoding.
        let member = |family: &str| format!("[[members]]\nfamily = \"{family}\"\nweight = 0.3\n");
        fs::write(path("blend.toml"), ["linear", "forest", "catboost", "ebm"].map(member).concat()).unwrap();
        train.extend(["--no-search", "--params", "blend.toml", "--size-budget", "50000000"]);
    }
    run(&train);
    run(&["predict", "records.csv", "--level", LEVEL, "--allow-missing", "--quiet", "-o", "predicted.csv"]);
    let expected = fs::read_to_string(path("predicted.csv")).unwrap();
    for engine in ["duckdb", "postgres", "sqlite"] {
        run(&["export", "--sql", engine, "--table", "records", "--id", "pupil", "--level", LEVEL, "-o", "score.sql"]);
        check(&ask(engines, engine, folder.path(), "score.sql"), &expected, n_rows);
    }
}

/// The result of a statement on the records in `folder`, with one JSON list per row.
fn ask(engines: &Path, engine: &str, folder: &Path, statement: &str) -> String {
    let path = |name: &str| folder.join(name);
    let output = Command::new("node")
        .arg(common::repository().join("trainer/tests/engines/score.mjs"))
        .args([engine.into(), path("records.csv"), path("types.json"), path(statement)])
        .env("SCORECAST_ENGINES", engines)
        .output()
        .unwrap();
    assert!(output.status.success(), "{engine}: {}", common::stderr(&output));
    common::stdout(&output)
}

/// Checks that the engine's rows equal those of the command line.
fn check(scored: &str, expected: &str, n_rows: usize) {
    let (mut n_compared, mut n_blank) = (0, 0);
    for (row, line) in scored.lines().zip(expected.lines().skip(1)) {
        let row: Vec<Json> = serde_json::from_str(row).unwrap();
        let cells: Vec<&str> = line.split(',').collect();
        assert_eq!(row[0].as_str(), Some(cells[0]), "another order of rows");
        for (actual, cell) in row[1..].iter().zip(&cells[N_COLUMNS..]) {
            match (actual.as_f64(), cell.parse::<f64>().ok()) {
                (Some(actual), Some(expected)) => {
                    common::assert_close(actual, expected, TOLERANCE, line);
                    n_compared += 1;
                }
                (None, None) => n_blank += 1,
                _ => panic!("{actual} is not {cell} for {line}"),
            }
        }
    }
    assert_eq!(n_compared + n_blank, 3 * n_rows);
    assert!(n_blank > 0 && n_compared > 2 * n_rows, "{n_blank} of {n_rows} rows without a prediction");
}

#[derive(Clone, Copy, PartialEq)]
enum Use {
    Training,
    /// With categories unseen in training, other spellings, and invalid numbers.
    Prediction,
}

/// The number of columns to predict from.
const N_COLUMNS: usize = 6;

fn types() -> Json {
    json!([
        ["pupil", "TEXT"],
        ["gender", "TEXT"],
        ["school", "TEXT"],
        ["course", "TEXT"],
        ["reading", "DOUBLE"],
        ["absences", "DOUBLE"]
    ])
}

/// Synthetic records with blanks.
fn records(n_rows: usize, seed: u64, what: Use) -> String {
    let mut random = SplitMix64::new(seed);
    let mut number = |n: u64| random.next_u64() % n;
    let mut text = String::from("pupil,gender,school,course,reading,absences");
    text += if what == Use::Training { ",score\n" } else { "\n" };
    for pupil in 0..n_rows {
        let gender = ["female", "male", "x"][number(3) as usize];
        let school_idx = number(14);
        let mut school = format!("O'Brien {school_idx}");
        let mut course = ["none", "done", "\\half"][number(3) as usize].to_owned();
        let reading = 10.0 + number(360) as f64 / 4.0;
        let absences = number(30);
        let mut reading_cell = if number(12) == 0 { String::new() } else { reading.to_string() };
        let mut absences_cell = if number(15) == 0 { String::new() } else { absences.to_string() };
        if number(20) == 0 {
            course.clear();
        }
        if what == Use::Prediction {
            match number(40) {
                0 => school = "another".into(),
                1 => school = school.to_uppercase(),
                2 => reading_cell = "1e300".into(),
                3 => absences_cell = "-12.5".into(),
                4 => course = "NONE".into(),
                5 => course = "n/a".into(),
                6 => reading_cell = "0.1".into(),
                _ => {}
            }
        }
        text += &format!("p{pupil},{gender},{school},{course},{reading_cell},{absences_cell}");
        if what == Use::Training {
            let bonus = if course == "done" { 8.0 } else { 0.0 };
            let score = 0.7 * reading + bonus - 0.4 * absences as f64 + school_idx as f64 + number(9) as f64;
            text += &format!(",{:.1}", score.clamp(0.0, 100.0));
        }
        text.push('\n');
    }
    text
}

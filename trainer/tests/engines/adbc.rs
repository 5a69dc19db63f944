//! `scorecast train` queries an engine itself, through its driver: DuckDB's library from npm.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use tempfile::TempDir;

use crate::common::{self, stderr};
use crate::oracle::{PARTING, Records, pupils};

/// A folder with a DuckDB file and the tables that the given statements create. Its name has no dot.
pub(crate) struct School {
    folder: TempDir,
    engines: PathBuf,
}

impl School {
    pub(crate) fn new(engines: &Path, records: &Records, statements: &[&str]) -> Self {
        let school =
            Self { folder: tempfile::Builder::new().prefix("school").tempdir().unwrap(), engines: engines.to_owned() };
        fs::write(school.path("records.csv"), records.csv()).unwrap();
        let read = format!(
            "CREATE TABLE records AS SELECT * FROM read_csv('{}', header = true, nullstr = '')",
            school.path("records.csv").display()
        );
        school.run(&[&[&read[..]], statements].concat());
        school
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn run(&self, statements: &[&str]) {
        let output = Command::new("node")
            .arg(common::repository().join("trainer/tests/engines/duckdb_file.mjs"))
            .arg(self.path("school.duckdb"))
            .args(statements)
            .env("SCORECAST_ENGINES", &self.engines)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
    }

    fn command(&self, id: &str, target: &str, more: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_scorecast"));
        command.args(["train", "--engine", "duckdb:school.duckdb", "--id", id, "--target", target, "--driver"]);
        command.arg(self.engines.join("@duckdb/node-bindings-linux-x64/libduckdb.so"));
        command.args(more).current_dir(self.folder.path());
        command
    }

    pub(crate) fn train(&self, more: &[&str]) -> Output {
        self.command("pupil_id", "score", more).output().unwrap()
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    /// Artifacts of both engines have the same bytes; only the report names the engine.
    pub(crate) fn are_the_same(&self, left: &str, right: &str) {
        for name in ["model.json", "preprocessor.json"] {
            assert!(self.read(&format!("{left}/{name}")) == self.read(&format!("{right}/{name}")), "{name} differs");
        }
        let [left, right] = [left, right].map(|folder| {
            let mut report = self.report(folder);
            let engine = report["data"].as_object_mut().unwrap().remove("engine").unwrap();
            (report, engine)
        });
        assert_eq!(left.0, right.0);
        assert_eq!((left.1["engine"].as_str(), right.1["engine"].as_str()), (Some("Spark"), Some("DuckDB")));
    }

    fn report(&self, folder: &str) -> Json {
        serde_json::from_slice(&self.read(&format!("{folder}/report.json"))).unwrap()
    }
}

const FAMILIES: [&str; 2] = ["--families", "linear,tree,gradient-boosting"];

pub(crate) fn one_command_learns_what_the_queries_give(engines: &Path) {
    let records = pupils(60_000, 11);
    // One column is constant, and one is a secret.
    let school = School::new(
        engines,
        &records,
        &["CREATE VIEW pupils AS SELECT *, 'x' AS same, pupil_id AS email FROM records"],
    );
    let output = school.train(
        &[&["--table", "pupils", "--drop", "email", "--sample-rows", "15000", "--output", "asked"], &FAMILIES[..]]
            .concat(),
    );
    assert!(output.status.success(), "{}", stderr(&output));
    let told = stderr(&output);
    assert!(told.contains("learning from all 60000 rows of pupils as "), "{told}");
    fs::write(school.path("cells.csv"), records.cells(PARTING)).unwrap();
    fs::write(school.path("sample.csv"), records.sample(PARTING, 0.25)).unwrap();
    let by_hand =
        [&["train", "--cells", "cells.csv", "--sample", "sample.csv", "--target", "score"], &FAMILIES[..]].concat();
    let output = common::scorecast(school.folder.path(), &[&by_hand[..], &["--output", "by_hand"]].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    for name in ["model.json", "preprocessor.json"] {
        assert!(school.read(&format!("asked/{name}")) == school.read(&format!("by_hand/{name}")), "{name} differs");
    }
    let (asked, by_hand) = (school.report("asked"), school.report("by_hand"));
    assert_eq!(asked["data"]["sha256"], by_hand["data"]["sha256"]);
    assert_eq!((&asked["data"]["rows"], &asked["holdout"]), (&Json::from(60_000), &by_hand["holdout"]));

    // No records from the engine are left on disk.
    let names: Vec<String> = fs::read_dir(school.path("asked"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names.iter().filter(|name| name.ends_with(".csv")).count(), 0, "{names:?}");
}

pub(crate) fn what_is_taken_depends_on_how_many_rows_there_are(engines: &Path) {
    let wide = "CREATE TABLE wide AS SELECT *, hash(pupil_id) % 1000 / 7.0 AS minutes FROM records";
    let timed = "CREATE TABLE timed AS SELECT pupil_id, course, hash(pupil_id) % 1000 / 7.0 AS minutes, round(score / 9 + hash(pupil_id) % 1000 / 20.0, 1) AS score FROM records";
    let school = School::new(engines, &pupils(30_000, 13), &[wide, timed]);
    let train = |more: &[&str]| {
        let output = school.train(&[&FAMILIES[..], more].concat());
        assert!(output.status.success(), "{}", stderr(&output));
        (stderr(&output), school.report("artifacts")["data"].clone())
    };
    let (told, data) = train(&["--table", "records"]);
    assert!(told.contains("learning from all 30000 rows of records\n") && data["counted"].is_null(), "{told}");
    let source = |reducer: &str| json!({"engine": "DuckDB", "rows": 30_000, "reducer": reducer});
    assert_eq!(data["engine"], source("all_rows"));
    let (told, data) = train(&["--table", "wide", "--sample-rows", "5000", "--max-cells", "20000"]);
    assert!(told.contains("learning from all 30000 rows of wide, one by one: there are too many"), "{told}");
    assert_eq!((&data["engine"], &data["rows"]), (&source("all_rows"), &Json::from(30_000)));
    let few = ["--sample-rows", "5000", "--max-cells", "3000", "--max-rows", "12000"];
    let (told, data) = train(&[&["--table", "timed"], &few[..]].concat());
    let expected = ", with minutes rounded to at most 66 of their values: there would be more than 3000 otherwise";
    assert!(told.contains("learning from all 30000 rows of timed as ") && told.contains(expected), "{told}");
    assert_eq!((&data["engine"], &data["rows"]), (&source("rounded_cells"), &Json::from(30_000)));
    assert_eq!(data["counted"]["rounded"], json!({"minutes": 66}));
    let (told, data) =
        train(&["--table", "wide", "--sample-rows", "5000", "--max-cells", "20000", "--max-rows", "12000"]);
    let rows = data["rows"].as_u64().unwrap();
    assert!((11_500..12_500).contains(&rows), "{rows}");
    let expected =
        format!("learning from {rows} of 30000 rows of wide, drawn by their id: there are too many combinations");
    assert!(told.contains(&expected) && data["counted"].is_null(), "{told}");
    assert_eq!(data["engine"], source("drawn_rows"));
    // The same rows in every run, and other rows with another seed.
    let again = train(&["--table", "wide", "--sample-rows", "4000", "--max-cells", "20000", "--max-rows", "12000"]).1;
    assert_eq!(again["sha256"], data["sha256"]);
    let other =
        ["--table", "wide", "--sample-rows", "4000", "--max-cells", "20000", "--max-rows", "12000", "--seed", "7"];
    assert_ne!(train(&other).1["sha256"], data["sha256"]);
}

pub(crate) fn what_goes_wrong_is_told_with_a_way_on(engines: &Path) {
    let school = School::new(
        engines,
        &pupils(300, 14),
        &[
            "CREATE VIEW late AS SELECT * REPLACE (CASE WHEN score > 50 THEN pupil_id END AS pupil_id), score / 3 AS third FROM records",
        ],
    );
    for (id, target, table, expected) in [
        ("pupil_id", "score", "nowhere", "nowhere"),
        ("pupil_id", "score", "late", "have no \"pupil_id\""),
        ("pupil_id", "marks", "late", "late has no column \"marks\" (--target); it has: pupil_id, course"),
        ("third", "score", "late", "--id needs whole numbers or texts"),
    ] {
        let output = school.command(id, target, &["--table", table]).output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
        assert!(stderr(&output).contains(expected), "{}", stderr(&output));
    }
    let missing =
        |args: &[&str]| common::scorecast(school.folder.path(), &[&["train", "--target", "score"], args].concat());
    let output =
        missing(&["--engine", "duckdb:school.duckdb", "--id", "pupil_id", "--table", "records", "--driver", "/no.so"]);
    assert!(stderr(&output).contains("can't be loaded") && stderr(&output).contains("--driver"), "{}", stderr(&output));
    // A missing file is not created.
    let library = school.engines.join("@duckdb/node-bindings-linux-x64/libduckdb.so");
    let nowhere = ["--engine", "duckdb:typo.duckdb", "--id", "pupil_id", "--table", "records", "--driver"];
    let output = missing(&[&nowhere[..], &[library.to_str().unwrap()]].concat());
    assert!(
        stderr(&output).contains("can't be reached") && !school.path("typo.duckdb").exists(),
        "{}",
        stderr(&output)
    );
    let output = missing(&["--engine", "duckdb:school.duckdb"]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));

    // A secret in an address is in no file and no message.
    let secret = "sc://127.0.0.1:1/;token=hunter2";
    let args = ["--engine", secret, "--id", "pupil_id", "--table", "records", "--log-dir", "own_logs"];
    let output = missing(&args);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    let logs = fs::read_dir(school.path("own_logs")).unwrap();
    let logs: String = logs.map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap()).collect();
    assert!(!stderr(&output).contains("hunter2") && !logs.contains("hunter2") && !logs.is_empty(), "{logs}");
    let output = school.train(&[&["--table", "records", "--log-dir", "token=hunter2"], &FAMILIES[..]].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    let run = String::from_utf8(school.read("artifacts/run.json")).unwrap();
    assert!(run.contains("\"token=…\"") && !run.contains("hunter2"), "{run}");
}

pub(crate) fn a_query_ends_when_it_is_asked_to(engines: &Path) {
    // Minutes of work for the engine.
    let slow = "CREATE VIEW slow AS SELECT records.* FROM records, range(40000) AS a, range(4000) AS b WHERE hash(a.range * b.range) <> 7";
    let school = School::new(engines, &pupils(2_000, 15), &[slow]);
    let args = ["--table", "slow"];
    let mut child: Child = school.command("pupil_id", "score", &args).stderr(Stdio::piped()).spawn().unwrap();
    thread::sleep(Duration::from_millis(1_500));
    assert!(child.try_wait().unwrap().is_none(), "it was not slow");
    let asked = Instant::now();
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let status = child.wait().unwrap();
    assert_eq!(status.code(), Some(130));
    assert!(asked.elapsed() < Duration::from_secs(3), "{:?}", asked.elapsed());

    let started = Instant::now();
    let output = school.train(&[&args[..], &["--time-limit", "2s"]].concat());
    assert!(stderr(&output).contains("the time limit was reached while the engine was asked"), "{}", stderr(&output));
    assert!(started.elapsed() < Duration::from_secs(6), "{:?}", started.elapsed());
    assert!(!school.path("artifacts").exists());
}

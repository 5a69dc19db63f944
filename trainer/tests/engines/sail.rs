//! Spark Connect, served by Sail, gives the same bytes as DuckDB.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::adbc::School;
use crate::common::{self, stderr};
use crate::oracle::pupils;

/// A server that ends with the test, even if it panics.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub(crate) fn the_same_model_from_sail_and_from_duckdb(python: &Path, engines: &Path) {
    let school = School::new(engines, &pupils(50_000, 17), &[]);
    let mut server = Server(
        Command::new(python)
            .arg(common::repository().join("trainer/tests/engines/sail.py"))
            .args([school.path("records.csv"), school.path("pupils")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap(),
    );
    let mut lines = BufReader::new(server.0.stdout.take().unwrap()).lines();
    let (port, driver) = (lines.next().unwrap().unwrap(), lines.next().unwrap().unwrap());
    let options = ["--sample-rows", "12000", "--families", "linear,tree,gradient-boosting", "--id", "pupil_id"];
    let table = format!("parquet.{}", school.path("pupils").display());
    let address = format!("sc://127.0.0.1:{port}");
    let spark = |address: &str, more: &[&str]| {
        let args = ["train", "--target", "score", "--engine", address, "--driver", &driver];
        common::scorecast(school.path(".").as_path(), &[&args[..], &options, more].concat())
    };
    let output = spark(&address, &["--table", &table, "--output", "sail"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stderr(&output).contains("learning from all 50000 rows of parquet."), "{}", stderr(&output));
    let output = school.train(&[&["--table", "records", "--output", "duckdb"], &options[..4]].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    school.are_the_same("sail", "duckdb");

    // Numbers are rounded in the same way, too.
    let bounds = ["--max-cells", "8500", "--max-rows", "20000"];
    let output = spark(&address, &[&["--table", &table, "--output", "sail_rounded"], &bounds[..]].concat());
    assert!(stderr(&output).contains(", with reading rounded to at most 16 of their values"), "{}", stderr(&output));
    let own = [&["--table", "records", "--output", "duckdb_rounded"], &bounds[..], &options[..4]].concat();
    assert!(school.train(&own).status.success());
    school.are_the_same("sail_rounded", "duckdb_rounded");

    for (address, table, expected) in
        [("sc://127.0.0.1:1", "pupils", "can't be reached"), (address.as_str(), "nowhere", "the engine refused: ")]
    {
        let output = spark(address, &["--table", table]);
        assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
        assert!(stderr(&output).contains(expected), "{}", stderr(&output));
    }
}

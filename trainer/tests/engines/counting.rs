//! Cells and samples from an engine equal those computed in memory, and so do the models fitted on them.

use std::fs;
use std::path::Path;

use serde_json::{Value as Json, json};

use crate::oracle::{PARTING, pupils};
use crate::{ask, common};

/// About this many of [`N_ROWS`] rows are drawn.
const N_DRAWN: usize = 15_000;
const N_ROWS: usize = 60_000;
/// The maximal deviation of coverage from the level on 20,000 new rows, in percentage points.
const COVERAGE_GAP: f64 = 1.5;

pub(crate) fn compare(engines: &Path, engine: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let run = |args: &[&str]| {
        let output = common::scorecast(folder.path(), args);
        assert!(output.status.success(), "scorecast {}: {}", args.join(" "), common::stderr(&output));
        output
    };
    let records = pupils(N_ROWS, 11);
    let types = json!([
        ["pupil_id", "TEXT"],
        ["course", "TEXT"],
        ["school", "TEXT"],
        ["grade", "DOUBLE"],
        ["reading", "DOUBLE"],
        ["score", "DOUBLE"]
    ]);
    fs::write(path("records.csv"), records.csv()).unwrap();
    fs::write(path("types.json"), types.to_string()).unwrap();
    let mut ask_for = vec!["sql", "--dialect", engine, "--table", "records", "--id", "pupil_id", "--target", "score"];
    let (n_rows, n_drawn) = (N_ROWS.to_string(), N_DRAWN.to_string());
    ask_for.extend(["--columns", "course,school,grade,reading", "--decimals", "1", "--output", "."]);
    run(&[&ask_for[..], &["--rows", &n_rows, "--sample", &n_drawn]].concat());
    fs::write(path("cells.csv"), records.cells(PARTING)).unwrap();
    fs::write(path("sample.csv"), records.sample(PARTING, N_DRAWN as f64 / N_ROWS as f64)).unwrap();
    // In no particular order, and in the engine's own spelling of numbers.
    for name in ["cells", "sample"] {
        let header = fs::read_to_string(path(&format!("{name}.csv"))).unwrap().lines().next().unwrap().to_owned();
        let rows = ask(engines, engine, folder.path(), &format!("{name}.sql"));
        let of_row = |line: &str| {
            let row: Vec<Option<String>> = serde_json::from_str(line).unwrap();
            row.into_iter().map(Option::unwrap_or_default).collect::<Vec<String>>().join(",") + "\n"
        };
        let rows: String = rows.lines().map(of_row).collect();
        fs::write(path(&format!("{engine}_{name}.csv")), format!("{header}\n{rows}")).unwrap();
    }
    let train = |cells: &str, sample: &str, output: &str| {
        let (cells, sample) = (format!("{cells}.csv"), format!("{sample}.csv"));
        let args =
            ["train", "--cells", &cells, "--sample", &sample, "--target", "score", "--output", output, "--quiet"];
        run(&[&args[..], &["--families", "linear,tree,gradient-boosting,ebm"]].concat());
        let read = |name: &str| fs::read(folder.path().join(output).join(name)).unwrap();
        (read("model.json"), read("preprocessor.json"), read("report.json"))
    };
    let in_memory = train("cells", "sample", "memory");
    let in_engine = train(&format!("{engine}_cells"), &format!("{engine}_sample"), engine);
    assert!(in_memory == in_engine, "{engine} gives another model");

    // With cells, R² is computed on all held-back rows. The engine is not queried for these, so they are predicted
    // here.
    let mut held_back = String::from("pupil_id,course,school,grade,reading,score\n");
    for line in records.csv().lines().skip(1) {
        if PARTING.part(line.split(',').next().unwrap()) == -1 {
            held_back += &format!("{line}\n");
        }
    }
    fs::write(path("held_back.csv"), held_back).unwrap();
    fs::write(path("new.csv"), pupils(20_000, 12).csv()).unwrap();
    let evaluate = |file: &str| -> Json {
        let output = run(&["evaluate", file, "--artifacts", engine, "--format", "json", "--quiet"]);
        serde_json::from_str(&common::stdout(&output)).unwrap()
    };
    let report: Json = serde_json::from_slice(&in_engine.2).unwrap();
    let of_rows = evaluate("held_back.csv");
    for name in ["r2", "rmse"] {
        let found = report["holdout"][name].as_f64().unwrap();
        common::assert_close(found, of_rows[name].as_f64().unwrap(), 1e-12, name);
    }
    assert_eq!(report["data"]["rows"], N_ROWS);
    let new = evaluate("new.csv");
    let coverage = new["coverage"].as_array().unwrap().iter().find(|covered| covered["level"] == 90.0).unwrap();
    let share = coverage["share"].as_f64().unwrap();
    assert!((100.0 * share - 90.0).abs() < COVERAGE_GAP, "90 % intervals hold {share}");
}

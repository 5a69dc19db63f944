//! The trainer in WebAssembly writes the same bytes as the command line.
//!
//! `cargo xtask test` builds the crate `training` and sets `SCORECAST_TRAINING` to its npm package; without it the
//! tests are skipped, by name.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::{Arguments, Failed, Trial};
use trainer::LEARNERS;

/// The files that the command line and the browser both write.
const FILES: [&str; 5] = ["preprocessor.json", "model.json", "report.json", "report.html", "reference.json"];
const MATH: &str = "target = \"math_score\"\n";

fn main() {
    let module = std::env::var_os("SCORECAST_TRAINING").map(PathBuf::from);
    let data = std::env::var_os("SCORECAST_DATA").map(PathBuf::from);
    let sample = common::repository().join("static/sample.csv");
    let mut trials = Vec::new();
    let mut add = |name: &str, csv: Option<PathBuf>, settings: String| {
        let is_missing = module.is_none() || csv.is_none();
        let (module, csv) = (module.clone().unwrap_or_default(), csv.unwrap_or_default());
        let run = move || -> Result<(), Failed> {
            compare(&module, &csv, &settings);
            Ok(())
        };
        trials.push(
            Trial::test(format!("a_browser_writes_the_same_bytes_for_{name}"), run).with_ignored_flag(is_missing),
        );
    };
    let folder = tempfile::tempdir().unwrap();
    let fictional = |n_rows: &str| {
        let name = format!("{n_rows}.csv");
        if module.is_some() {
            let rows = ["sample", "--rows", n_rows, "--seed", "3", "--output", &name];
            assert!(common::scorecast(folder.path(), &rows).status.success());
        }
        folder.path().join(name)
    };
    let few = fictional("300");
    for learner in LEARNERS {
        let family = learner.family();
        add(family, Some(few.clone()), of_families(&format!("\"{family}\""), ""));
    }
    for (file, target) in [("stud.csv", "math_score"), ("student-mat.csv", "G3"), ("star_g3.csv", "math_score")] {
        let csv = data.as_ref().map(|data| data.join(file));
        add(&format!("the_race_on_{file}"), csv.clone(), format!("target = \"{target}\"\n[gates]\nmin_r2 = 0\n"));
        // Exhaustive search, which takes minutes on thousands of rows.
        let grids: &[&str] = match file {
            _ if common::is_long() => &["default", "classic", "thorough"],
            "stud.csv" => &["default"],
            _ => &[],
        };
        for grid in grids {
            let settings = format!("target = \"{target}\"\n[gates]\nmin_r2 = 0\n[search]\ngrid = \"{grid}\"\n");
            add(&format!("the_grid_{grid}_on_{file}"), csv.clone(), settings);
        }
    }
    add("the_race_on_the_sample", Some(sample.clone()), MATH.into());
    let sensitive = "limits = \"0:100\"\n[columns.lunch]\nsensitive = true\n[columns.gender]\ndrop = true\n\
                     [columns.reading_score]\ndirection = \"up\"\n[search]\neffort = \"quick\"\nseed = 7\n";
    add("what_is_said_about_columns", Some(sample), format!("{MATH}{sensitive}"));
    // Many rows use other algorithms: see `table::MANY_ROWS`.
    let many = fictional("64000");
    let quick = "effort = \"quick\"\n";
    let families: &[&str] = if common::is_long() { &["linear", "gradient-boosting", "catboost"] } else { &["linear"] };
    for family in families {
        add(&format!("{family}_on_many_rows"), Some(many.clone()), of_families(&format!("\"{family}\""), quick));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// Settings that restrict the search to these families, even if their models store rows or are large.
fn of_families(families: &str, search: &str) -> String {
    format!(
        "{MATH}[gates]\nmin_r2 = 0\n[search]\nfamilies = [{families}]\nallow_records = true\nsize_budget = 50000000\n{search}"
    )
}

/// Trains natively and in WebAssembly with the same settings.
fn compare(module: &Path, csv: &Path, settings: &str) {
    let folder = tempfile::tempdir().unwrap();
    let (native, browser) = (folder.path().join("native"), folder.path().join("browser"));
    let toml = folder.path().join("scorecast.toml");
    fs::create_dir(&browser).unwrap();
    fs::write(&toml, settings).unwrap();
    let args = ["train", csv.to_str().unwrap(), "--config", "scorecast.toml", "--output", "native", "--quiet"];
    let output = common::scorecast(folder.path(), &args);
    assert!(output.status.success(), "{}", common::stderr(&output));
    let output = Command::new("node")
        .arg(common::repository().join("training/tests/train_bytes.mjs"))
        .args([module, csv, &toml, &browser])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", common::stderr(&output));
    for name in FILES {
        let (own, other) = (fs::read(native.join(name)).unwrap(), fs::read(browser.join(name)).unwrap());
        let first = own.iter().zip(&other).position(|(own, other)| own != other);
        let around = |bytes: &[u8]| {
            let at = first.unwrap_or_default();
            String::from_utf8_lossy(&bytes[at.saturating_sub(60)..(at + 60).min(bytes.len())]).into_owned()
        };
        assert!(own == other, "{name} differs at {first:?}:\n native  {}\n browser {}", around(&own), around(&other));
    }
}

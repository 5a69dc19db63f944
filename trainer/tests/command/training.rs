//! `scorecast train` and its artifacts.

use std::fs;
use std::path::Path;
use std::process::Command;

use model_core::Predictor;

use crate::common;
use crate::common::{scorecast, stderr, stdout};
use crate::students::{artifacts, sample, students, train};

#[test]
fn a_csv_becomes_artifacts_a_log_and_a_summary() {
    let folder = students();
    let output = train(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stdout(&output).contains("champion: "), "{}", stdout(&output));
    let written = artifacts(folder.path());
    let predictor = Predictor::from_json(&written[0], &written[1]).unwrap();
    let report = model_core::read_report(&written[2]).unwrap();
    assert_eq!(report.self_test(&predictor), 16);
    assert_eq!((report.data.rows, report.data.rows_train, report.data.rows_holdout), (300, 240, 60));
    assert!(report.leaderboard.is_sorted_by(|left, right| left.cv.r2_mean >= right.cv.r2_mean));
    assert!(report.leaderboard.iter().any(|entry| entry.cv == report.champion.cv));
    let run: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(folder.path().join("artifacts/run.json")).unwrap()).unwrap();
    assert!(run["stage_seconds"]["search"].as_f64().unwrap() > 0.0);
    assert_eq!(run["candidates"].as_array().unwrap().len(), report.leaderboard.len());
    for text in &written {
        assert!(!text.contains("students.csv") && !text.contains("null,null,null"));
    }

    let logs: Vec<_> = fs::read_dir(folder.path().join("logs")).unwrap().map(Result::unwrap).collect();
    assert_eq!(logs.len(), 1);
    assert!(logs[0].file_name().to_string_lossy().ends_with("Z.log"));
    let log = fs::read_to_string(logs[0].path()).unwrap();
    let line = log.lines().next().unwrap();
    // [ 2026-01-31 23:59:59 ] 57 scorecast::cli::train - INFO - training on …
    assert!(line.starts_with("[ 20") && line.contains(" ] "), "{line}");
    assert!(line.contains(" scorecast::cli::train - INFO - training on students.csv"), "{line}");
}

#[test]
fn the_same_seed_gives_the_same_bytes_on_any_number_of_threads() {
    let (one, two, eight) = (students(), students(), students());
    let run = |folder: &Path, threads: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_scorecast"))
            .args(["train", "students.csv", "--target", "math_score", "--quiet"])
            .env("RAYON_NUM_THREADS", threads)
            .current_dir(folder)
            .output()
            .unwrap();
        assert!(output.status.success() && output.stdout.is_empty() && output.stderr.is_empty(), "{}", stderr(&output));
        let pages = ["report.html", "reference.json"]
            .map(|name| fs::read_to_string(folder.join("artifacts").join(name)).unwrap());
        [artifacts(folder), pages.into()].concat()
    };
    let single = run(one.path(), "1");
    assert!(run(two.path(), "2") == single && run(eight.path(), "8") == single);
    let before = artifacts(one.path());
    assert!(train(one.path(), &["--seed", "43"]).status.success());
    assert_ne!(artifacts(one.path())[0], before[0]);
}

#[test]
fn many_rows_give_the_same_bytes_on_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("students.csv"), sample(folder.path(), "80000", "5")).unwrap();
    let grid = "[linear]\n[ridge]\n[gradient-boosting]\nn_estimators = 5\nsubsample = [0.7, 1.0]\n[xgboost]\nn_estimators = 5\n\
                [catboost]\niterations = 5\n";
    fs::write(folder.path().join("grid.toml"), grid).unwrap();
    let of = |n_threads: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_scorecast"))
            .args(["train", "students.csv", "--target", "math_score", "--grid", "grid.toml", "--select", "best"])
            .current_dir(folder.path())
            .env("RAYON_NUM_THREADS", n_threads)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
        artifacts(folder.path())
    };
    let one = of("1");
    assert!(one == of("2") && one == of("8"));
}

#[test]
fn the_report_goes_to_standard_output_as_json() {
    let folder = students();
    let output = train(folder.path(), &["--format", "json", "--families", "linear", "--limits", "none"]);
    let report: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(report["champion"]["family"], "linear");
    assert!(report["champion"]["cv"]["r2_mean"].as_f64().unwrap() > 0.8);
    assert_eq!(report["leaderboard"].as_array().unwrap().len(), 1);
    assert_eq!(stdout(&output), artifacts(folder.path())[2]);
    assert!(!artifacts(folder.path())[0].contains("limits"));
}

#[test]
fn a_blend_competes_and_is_published_within_its_rules() {
    let folder = students();
    let families = ["--families", "linear,ebm,xgboost,knn,blend", "--select", "best", "--format", "json"];
    let report: serde_json::Value = serde_json::from_str(&stdout(&train(folder.path(), &families))).unwrap();
    let blend = report["leaderboard"].as_array().unwrap().iter().find(|entry| entry["family"] == "blend").unwrap();
    let members = blend["params"]["members"].as_array().unwrap();
    assert!(members.len() > 1 && members.iter().all(|member| member["weight"].as_f64().unwrap() > 0.0));
    assert!(members.iter().all(|member| member["family"] != "knn"), "a member holds rows");
    assert_eq!(blend["cv"]["r2_folds"].as_array().unwrap().len(), 3);
    // A custom blend, with members of both encodings.
    let params = "[[members]]\nfamily = \"linear\"\nweight = 0.6\n[[members]]\nfamily = \"xgboost\"\nweight = 0.4\nparams = { n_estimators = 20 }\n";
    fs::write(folder.path().join("blend.toml"), params).unwrap();
    let one = ["--no-search", "--params", "blend.toml", "--families"];
    assert!(train(folder.path(), &[&one[..], &["linear"]].concat()).status.code() == Some(3));
    let output = train(folder.path(), &[&one[..], &["blend"]].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    let written = artifacts(folder.path());
    let predictor = Predictor::from_json(&written[0], &written[1]).unwrap();
    let report = model_core::read_report(&written[2]).unwrap();
    assert_eq!((report.champion.family.as_str(), report.self_test(&predictor)), ("blend", 16));
    fs::write(folder.path().join("blend.toml"), params.replace("linear", "knn")).unwrap();
    let output = train(folder.path(), &[&one[..], &["blend"]].concat());
    assert!(stderr(&output).contains("--allow-records"), "{}", stderr(&output));
    assert_eq!(artifacts(folder.path()), written);
}

#[test]
fn a_grid_of_ones_own_and_weights() {
    let folder = students();
    let grid = "[ridge]\nalpha = [0.1, 1.0]\n[tree]\nmax_depth = 3\n[svr]\n";
    fs::write(folder.path().join("grid.toml"), grid).unwrap();
    let report = |more: &[&str]| -> model_core::Report {
        let output = train(folder.path(), &[&["--format", "json", "--min-r2", "0"], more].concat());
        assert!(output.status.success(), "{}", stderr(&output));
        model_core::read_report(&stdout(&output)).unwrap()
    };
    let families = |report: &model_core::Report| {
        let mut families: Vec<String> = report.leaderboard.iter().map(|entry| entry.family.clone()).collect();
        families.sort();
        families
    };
    let unweighted = report(&["--grid", "grid.toml", "--families", "ridge"]);
    assert_eq!(families(&unweighted), ["ridge", "ridge", "svr", "tree"]);
    // The reading score as a weight: support vector regression does not support weights.
    let weighted = report(&["--grid", "grid.toml", "--families", "ridge", "--weights", "reading_score"]);
    assert_eq!(families(&weighted), ["ridge", "ridge", "tree"]);
    assert!(!artifacts(folder.path())[0].contains("reading_score"), "a weight is no column of the model");
    let output = train(folder.path(), &["--weights", "gender"]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    let output = train(folder.path(), &["--grid", "nowhere.toml"]);
    assert!(stderr(&output).contains("nowhere.toml"), "{}", stderr(&output));
}

#[test]
fn a_time_limit_ends_a_search_in_time_with_the_best_found() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("students.csv"), sample(folder.path(), "6000", "5")).unwrap();
    // Hours of work: linear regression is done first, one fit of the SVR takes far longer than the limit.
    let grid = "[linear]\n[svr]\nC = 1e5\ngamma = 0.3\nepsilon = [0.01, 0.02, 0.03]\n[gradient-boosting]\nn_estimators = 200000\n[forest]\nn_estimators = 100000\n";
    fs::write(folder.path().join("grid.toml"), grid).unwrap();
    let started = std::time::Instant::now();
    let output = train(folder.path(), &["--grid", "grid.toml", "--time-limit", "2s"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stderr(&output).contains("time limit was reached"), "{}", stderr(&output));
    assert!(stdout(&output).contains("champion: linear"), "{}", stdout(&output));
    // The remaining time is for reading, the final fit, and other processes on the machine.
    assert!(started.elapsed().as_secs_f64() < 20.0, "{:?}", started.elapsed());
}

#[test]
fn a_time_limit_also_ends_the_fits_for_intervals() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("students.csv"), sample(folder.path(), "1000", "5")).unwrap();
    fs::write(folder.path().join("params.toml"), "n_estimators = 3000\nmax_depth = 4\n").unwrap();
    let one = ["--no-search", "--params", "params.toml", "--families", "gradient-boosting"];
    let json = |name: &str| -> serde_json::Value {
        serde_json::from_str(&fs::read_to_string(folder.path().join("artifacts").join(name)).unwrap()).unwrap()
    };
    let output = train(folder.path(), &[&one[..], &["--size-budget", "10000000"]].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(json("report.json")["intervals"]["n_folds"], 10);
    // Three fits choose the champion, one is the model, ten are for the intervals: after twice the time of the first
    // three some of the ten are done. Other work on the machine may make that too short or too long.
    let mut limit = 2.0 * json("run.json")["stage_seconds"]["search"].as_f64().unwrap();
    for _ in 0..8 {
        let time = format!("{}ms", (1_000.0 * limit) as u64);
        let more = ["--size-budget", "10000000", "--time-limit", &time];
        let output = train(folder.path(), &[&one[..], &more].concat());
        if output.status.code() == Some(3) {
            assert!(stderr(&output).contains("stopped before any candidate"), "{}", stderr(&output));
            limit *= 1.5;
            continue;
        }
        assert!(output.status.success(), "{}", stderr(&output));
        let report = json("report.json");
        let intervals = &report["intervals"];
        let n_folds = intervals["n_folds"].as_u64().unwrap();
        if n_folds == 10 {
            limit *= 0.8;
            continue;
        }
        assert!(stderr(&output).contains("time limit was reached"), "{}", stderr(&output));
        // A tenth of 800 rows for each completed fold, and intervals all the same.
        assert_eq!(intervals["n_rows"].as_u64(), Some(80 * n_folds));
        assert!(n_folds > 0 && intervals["coverage"][2]["share"].as_f64().unwrap() > 0.5, "{intervals}");
        let output = scorecast(folder.path(), &["predict", "students.csv", "--level", "90", "-o", "out.csv"]);
        assert!(output.status.success(), "{}", stderr(&output));
        return;
    }
    panic!("no time limit fell between the search and the last of the fits for intervals");
}

#[test]
fn intervals_heed_the_weights_of_rows() {
    // Every other score has uniform noise of ± 20 around the line, the others of ± 2.
    let folder = tempfile::tempdir().unwrap();
    let csv = |weight: &dyn Fn(bool) -> f64| {
        let mut csv = "x,score,weight\n".to_owned();
        for row in 0..600_u32 {
            let (is_noisy, noise) = (row % 2 == 0, f64::from(row * 7_919 % 601) / 300.0 - 1.0);
            let x = row * 31 % 100;
            let score = 3.0 * f64::from(x) + noise * if is_noisy { 20.0 } else { 2.0 };
            csv += &format!("{x},{score},{}\n", weight(is_noisy));
        }
        csv
    };
    let half_width = |weight: &dyn Fn(bool) -> f64, more: &[&str]| {
        fs::write(folder.path().join("rows.csv"), csv(weight)).unwrap();
        fs::write(folder.path().join("new.csv"), "x\n50\n").unwrap();
        let args = ["train", "rows.csv", "--target", "score", "--families", "linear", "--limits", "none"];
        let output = scorecast(folder.path(), &[&args, more].concat());
        assert!(output.status.success(), "{}", stderr(&output));
        let output = stdout(&scorecast(folder.path(), &["predict", "new.csv", "--level", "90"]));
        let cells: Vec<f64> = output.lines().nth(1).unwrap().split(',').filter_map(|cell| cell.parse().ok()).collect();
        (cells[3] - cells[2]) / 2.0
    };
    let weighted = ["--weights", "weight"];
    let unweighted = half_width(&|_| 1.0, &["--drop", "weight"]);
    // With noise of ± 20 in one half, 80 % of that half make 90 % of all: 16.
    assert!((unweighted - 16.0).abs() < 2.0, "{unweighted}");
    assert!((half_width(&|_| 3.7, &weighted) - unweighted).abs() < 1e-6, "equal weights are no weights");
    // If the noisy rows have hardly any weight, 90 % of the others determine it: 1.8.
    let quiet = half_width(&|is_noisy| if is_noisy { 0.001 } else { 1.0 }, &weighted);
    assert!((quiet - 1.8).abs() < 0.3, "{quiet}");
    // If the others have hardly any weight, 90 % of the noisy rows determine it: 18.
    let noisy = half_width(&|is_noisy| if is_noisy { 1.0 } else { 0.001 }, &weighted);
    assert!((noisy - 18.0).abs() < 2.0, "{noisy}");
}

#[cfg(unix)]
#[test]
fn a_boosted_model_of_256_trees_is_small() {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(common::repository().join("static/sample.csv"), folder.path().join("students.csv")).unwrap();
    fs::write(folder.path().join("params.toml"), "n_estimators = 256\nmax_depth = 3\n").unwrap();
    for family in ["gradient-boosting", "xgboost"] {
        let output = train(folder.path(), &["--no-search", "--params", "params.toml", "--families", family]);
        assert!(output.status.success(), "{}", stderr(&output));
        let model = artifacts(folder.path()).swap_remove(1);
        let mut packed = Vec::new();
        let params = brotli::enc::BrotliEncoderParams { quality: 11, ..Default::default() };
        brotli::BrotliCompress(&mut model.as_bytes(), &mut packed, &params).unwrap();
        println!("{family}: {} bytes, {} with brotli", model.len(), packed.len());
        assert!(model.len() <= 120_000, "{family}: {} bytes", model.len());
        assert!(packed.len() <= 30_000, "{family}: {} bytes with brotli", packed.len());
    }
}

#[test]
fn what_explore_knows_train_says() {
    let folder = students();
    let text = fs::read_to_string(folder.path().join("students.csv")).unwrap();
    let copy = |(line, row): (usize, &str)| {
        let copied = row.split(',').nth(5).unwrap();
        if line == 0 { format!("{row},copy\n") } else { format!("{row},{copied}\n") }
    };
    let rows: String = text.lines().enumerate().map(copy).collect();
    let twice: String = rows.lines().skip(1).take(10).map(|row| format!("{row}\n")).collect();
    fs::write(folder.path().join("students.csv"), rows + &twice).unwrap();
    let output = train(folder.path(), &["--families", "linear"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let message = stderr(&output);
    assert!(message.contains("notice: 10 of 310 rows equal an earlier row"), "{message}");
    assert!(
        message.contains("notice: alone nearly all of \"math_score\" is explained by \"copy\" (R² 1.0000)"),
        "{message}"
    );
}

//! The command line as a user runs it.

use crate::common;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::common::{scorecast, stderr, stdout};
use model_core::{Predictor, Record};

fn sample(folder: &Path, n_rows: &str, seed: &str) -> String {
    let output = scorecast(folder, &["sample", "--rows", n_rows, "--seed", seed]);
    assert!(output.status.success());
    stdout(&output)
}

fn train(folder: &Path, more: &[&str]) -> std::process::Output {
    scorecast(folder, &[&["train", "students.csv", "--target", "math_score"], more].concat())
}

/// A folder with 300 students.
fn students() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("students.csv"), sample(folder.path(), "300", "5")).unwrap();
    folder
}

fn artifacts(folder: &Path) -> Vec<String> {
    ["preprocessor.json", "model.json", "report.json"]
        .map(|name| fs::read_to_string(folder.join("artifacts").join(name)).unwrap())
        .into()
}

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
    assert_eq!(report.leaderboard[0].cv, report.champion.cv);
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
fn below_the_floor_nothing_is_touched_but_a_report_and_the_exit_code_is_4() {
    let folder = students();
    assert!(train(folder.path(), &[]).status.success());
    let before = artifacts(folder.path());
    let output = train(folder.path(), &["--min-r2", "0.99"]);
    assert_eq!(output.status.code(), Some(4));
    let message = stderr(&output);
    assert!(message.contains("below the floor of 0.99") && message.contains("--min-r2"), "{message}");
    assert_eq!(artifacts(folder.path()), before);
    // Whoever has to find out why gets the whole report, which says so first.
    let refused = folder.path().join("artifacts/report.refused.html");
    assert!(message.contains("report.refused.html"), "{message}");
    assert!(fs::read_to_string(refused).unwrap().contains("min_r2: its mean cross-validated R² is 0."));
    // The log says where in the source.
    let log = message.lines().find_map(|line| line.trim().strip_prefix("log: ")).unwrap().to_owned();
    let log = fs::read_to_string(folder.path().join(log)).unwrap();
    assert!(
        log.contains("- ERROR - the champion fails min_r2") && log.contains("(at trainer/src/cli/train/mod.rs:"),
        "{log}"
    );
}

#[test]
fn bad_input_names_the_place_and_leaves_earlier_artifacts_whole() {
    let folder = students();
    assert!(train(folder.path(), &[]).status.success());
    let before = artifacts(folder.path());
    let good = fs::read_to_string(folder.path().join("students.csv")).unwrap();
    let mut lines: Vec<String> = good.lines().map(String::from).collect();
    lines[4] = lines[4].rsplitn(3, ',').last().unwrap().to_owned();
    fs::write(folder.path().join("students.csv"), lines.join("\n")).unwrap();
    let output = train(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(3));
    assert!(
        stderr(&output).contains("error: students.csv:5:7: the row has 6 fields but the header has 8"),
        "{}",
        stderr(&output)
    );
    let output = scorecast(folder.path(), &["train", "nowhere.csv", "--target", "y"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("nowhere.csv: it can't be read"));
    assert_eq!(scorecast(folder.path(), &["train", "students.csv"]).status.code(), Some(2));
    assert_eq!(scorecast(folder.path(), &["train", "a.csv", "-t", "y", "--limits", "9"]).status.code(), Some(2));
    assert_eq!(artifacts(folder.path()), before);
}

#[test]
fn a_target_that_is_always_the_same_is_refused() {
    let folder = students();
    let text = fs::read_to_string(folder.path().join("students.csv")).unwrap();
    let constant: String = text
        .lines()
        .enumerate()
        .map(|(row, line)| {
            let cells: Vec<&str> = line.split(',').collect();
            [&cells[..5], &[if row == 0 { cells[5] } else { "50" }], &cells[6..]].concat().join(",") + "\n"
        })
        .collect();
    fs::write(folder.path().join("students.csv"), constant).unwrap();
    let output = train(folder.path(), &["--families", "linear"]);
    assert_eq!(output.status.code(), Some(3));
    let message = stderr(&output);
    assert!(
        message.contains("the target \"math_score\" is 50 in every row") && message.contains("--target"),
        "{message}"
    );
    let output = scorecast(folder.path(), &["explore", "students.csv", "--target", "math_score", "-o", "-"]);
    let page = stdout(&output);
    assert!(page.contains("There is nothing to predict") && !page.contains("Alone it explains"), "{}", stderr(&output));
}

#[test]
fn a_log_folder_that_cannot_be_written_is_a_warning() {
    let folder = students();
    fs::write(folder.path().join("taken"), "").unwrap();
    let output = train(folder.path(), &["--log-dir", "taken"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(stderr(&output).contains("warning: no log is kept"), "{}", stderr(&output));
}

#[test]
fn an_output_folder_that_cannot_be_written_is_an_error() {
    let folder = students();
    fs::write(folder.path().join("taken"), "").unwrap();
    let output = train(folder.path(), &["--output", "taken"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("--output chooses another"), "{}", stderr(&output));
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
fn predictions_are_those_of_the_predictor_and_every_row_is_there() {
    let folder = students();
    assert!(train(folder.path(), &[]).status.success());
    let header = sample(folder.path(), "1", "1").lines().next().unwrap().to_owned();
    let rows = [
        "female,group B,some college,standard,none,50,60,61",
        "\"male\",group C,high school,standard,completed,50,\"72\",70.5",
        "male,,some college,NA,none,,,55",
        "robot,group B,some college,standard,none,50,60,61",
        "female,group B,some college,standard,none,50,sixty,61",
        "female,group B",
        "female,group B,some college,standard,none,50,100,100000",
    ];
    fs::write(folder.path().join("new.csv"), format!("{header}\r\n{}", rows.join("\r\n"))).unwrap();
    let output = scorecast(folder.path(), &["predict", "new.csv", "-o", "out.csv"]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert!(stderr(&output).contains("error: 2 of 7 rows have no prediction"), "{}", stderr(&output));
    let output = scorecast(folder.path(), &["predict", "new.csv", "-o", "out.csv", "--allow-missing"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let message = stderr(&output);
    assert!(message.contains("5 of 7 rows predicted") && message.contains("2 without a prediction"), "{message}");
    assert!(message.contains("new.csv:5: gender: \"robot\" was not seen in training"), "{message}");
    assert!(message.contains("new.csv:6: reading_score: \"sixty\" is not a number"), "{message}");
    assert!(message.contains("new.csv:7: the row has 2 fields but the header has 8"), "{message}");

    let text = fs::read_to_string(folder.path().join("out.csv")).unwrap();
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    assert_eq!(reader.headers().unwrap().iter().skip(8).collect::<Vec<_>>(), ["predicted_math_score", "note"]);
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(records.len(), rows.len());
    let written = artifacts(folder.path());
    let predictor = Predictor::from_json(&written[0], &written[1]).unwrap();
    let expected = |cells: [&str; 7]| {
        let names = [
            "gender",
            "race_ethnicity",
            "parental_level_of_education",
            "lunch",
            "test_preparation_course",
            "reading_score",
            "writing_score",
        ];
        let text_of = |name: &str| names.iter().position(|known| *known == name).map(|place| cells[place]);
        predictor.predict(&Record::from_texts(predictor.schema(), text_of).unwrap()).shown
    };
    let predicted = |row: usize| records[row][8].parse::<f64>().unwrap();
    assert_eq!(predicted(0), expected(["female", "group B", "some college", "standard", "none", "60", "61"]));
    assert_eq!(predicted(1), expected(["male", "group C", "high school", "standard", "completed", "72", "70.5"]));
    assert_eq!(predicted(2), expected(["male", "", "some college", "", "none", "", "55"]));
    assert_eq!(&records[2][9], "race_ethnicity: blank, imputed; lunch: blank, imputed; reading_score: blank, imputed");
    assert!(predicted(3).is_finite());
    assert_eq!((&records[4][8], &records[4][9]), ("", "reading_score: \"sixty\" is not a number"));
    assert_eq!(predicted(6), 100.0);
    assert!(
        records[6][9].starts_with("Writing score: 100000 lies outside of what the model has seen ("),
        "{:?}",
        records[6]
    );
    assert!(message.contains("1 with a number beyond those that training saw"), "{message}");
    // Rows stand as they were, quotes and all.
    assert!(text.contains("\n\"male\",group C,high school,standard,completed,50,\"72\",70.5,"));
}

#[test]
fn quoted_and_plain_files_predict_the_same_and_stream_through_pipes() {
    let folder = students();
    assert!(train(folder.path(), &[]).status.success());
    let plain = sample(folder.path(), "60000", "9");
    let quoted: String = plain.lines().map(|line| format!("\"{}\"\n", line.replace(',', "\",\""))).collect();
    fs::write(folder.path().join("plain.csv"), &plain).unwrap();
    fs::write(folder.path().join("quoted.csv"), &quoted).unwrap();
    let run = |file: &str| stdout(&scorecast(folder.path(), &["predict", file, "--quiet"]));
    let (plain, quoted) = (run("plain.csv"), run("quoted.csv"));
    assert_eq!(plain.lines().count(), 60_001);
    // Notes are quoted either way.
    assert!(plain.replace('"', "") == quoted.replace('"', ""));
    let shell = format!("{} predict - < plain.csv | head -n 3", env!("CARGO_BIN_EXE_scorecast"));
    let piped = Command::new("sh").args(["-c", &shell]).current_dir(folder.path()).output().unwrap();
    assert_eq!(stdout(&piped), plain.lines().take(3).map(|line| format!("{line}\n")).collect::<String>());
}

#[test]
fn predicting_needs_the_models_columns_and_good_artifacts() {
    let folder = students();
    assert!(train(folder.path(), &[]).status.success());
    // Another order and other spellings of the names are taken.
    let rows = "Writing Score,reading-score,GENDER,race_ethnicity,parental_level_of_education,lunch,test_preparation_course\n61,60,female,group B,some college,standard,none\n";
    fs::write(folder.path().join("other.csv"), rows).unwrap();
    let output = scorecast(folder.path(), &["predict", "other.csv"]);
    assert!(output.status.success(), "{}", stderr(&output));
    fs::write(folder.path().join("short.csv"), "gender,lunch\nmale,standard\n").unwrap();
    let output = scorecast(folder.path(), &["predict", "short.csv", "-o", "never.csv"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("short.csv:1:1: the model reads \"race_ethnicity\""), "{}", stderr(&output));
    assert!(!folder.path().join("never.csv").exists());
    let output = scorecast(folder.path(), &["predict", "other.csv", "--artifacts", "nowhere"]);
    assert_eq!(output.status.code(), Some(1));
    let model = folder.path().join("artifacts/model.json");
    let text = fs::read_to_string(&model).unwrap();
    fs::write(&model, &text[..text.len() - 100]).unwrap();
    let output = scorecast(folder.path(), &["predict", "other.csv"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("model.json is incomplete"), "{}", stderr(&output));
}

#[test]
fn predictions_are_written_as_their_file_is_and_its_odd_cells_are_told() {
    let folder = students();
    assert!(train(folder.path(), &[]).status.success());
    let header =
        "name;gender;Race/Ethnicity;parental level of education;lunch;test preparation course;reading;writing score";
    let header = header.replace("reading;", "Reading Score;");
    let rows = "=1+1;MALE;group B;Some College;standard;none;60,5;61\r\nÉva;Female;group C;high school;standard;none;?;70,5\r\n\
                ;;;;;;;\r\n@x;female;group C;high school;standard\r\nTotal;;;;;;60,5;131,5\r\n";
    let text = format!("Class 7b;;;;;;;\r\n{header}\r\n{rows}");
    let bytes: Vec<u8> = [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    fs::write(folder.path().join("class.csv"), bytes).unwrap();
    let output =
        scorecast(folder.path(), &["predict", "class.csv", "--level", "90", "--allow-missing", "-o", "out.csv"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let message = stderr(&output);
    for told in [
        "2 of 3 rows predicted",
        "read as UTF-16",
        "one line above it is left out",
        "sums up",
        "row of blank cells",
        "another spelling",
        "\"Reading Score\" is read as \"reading_score\"",
    ] {
        assert!(message.contains(told), "{told}: {message}");
    }
    let written = fs::read(folder.path().join("out.csv")).unwrap();
    let units: Vec<u16> = written.chunks(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    let text = String::from_utf16(&units).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 4, "{text}");
    assert!(
        lines[0].starts_with("\u{feff}name;gender") && lines[0].ends_with(";predicted_math_score;low_90;high_90;note")
    );
    // What a spreadsheet would calculate is text, and numbers have the file's decimal sign.
    assert!(lines[1].starts_with("'=1+1;MALE;group B") && lines[3].starts_with("'@x;female"), "{text}");
    let cells: Vec<&str> = lines[1].split(';').collect();
    assert!(cells[8].replace(',', ".").parse::<f64>().is_ok() && !cells[8].contains('.'), "{text}");
    assert!(lines.iter().all(|line| line.split(';').count() == 12 || line.contains('"')), "{text}");

    fs::write(folder.path().join("odd.csv"), "gender,lunch\nx,y\n").unwrap();
    let all = "race_ethnicity,parental_level_of_education,test_preparation_course,reading_score,writing_score";
    let output = scorecast(folder.path(), &["predict", "odd.csv", "--blank", all]);
    assert!(output.status.success() && stdout(&output).contains("predicted_math_score"), "{}", stderr(&output));
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
    // A blend of one's own: members of both encodings.
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
    // The reading score as a weight: support vectors can't heed it.
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
    // Hours of work: linear regression is done first, one fit of the support vectors takes far longer than the limit.
    let grid = "[linear]\n[svr]\nC = 1e5\ngamma = 0.3\nepsilon = [0.01, 0.02, 0.03]\n[gradient-boosting]\nn_estimators = 200000\n[forest]\nn_estimators = 100000\n";
    fs::write(folder.path().join("grid.toml"), grid).unwrap();
    let started = std::time::Instant::now();
    let output = train(folder.path(), &["--grid", "grid.toml", "--time-limit", "2s"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stderr(&output).contains("time limit was reached"), "{}", stderr(&output));
    assert!(stdout(&output).contains("champion: linear"), "{}", stdout(&output));
    // The rest is reading, the final fit, and whatever else the machine is doing.
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
    // Three fits choose, one is the model, ten are for the intervals: after twice the time of the first three some of the
    // ten are done. Other work on the machine may make that too short or too long.
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
        // A tenth of 800 rows for each fold that was done, and intervals all the same.
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
    // Every other score is at random within 20 to either side of the line, the others within 2.
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
    // Of noise within ± 20 for a half, 80 % of that half make 90 % of all: 16.
    assert!((unweighted - 16.0).abs() < 2.0, "{unweighted}");
    assert!((half_width(&|_| 3.7, &weighted) - unweighted).abs() < 1e-6, "equal weights are no weights");
    // Where the noisy ones hardly count, 90 % of the others are what counts: 1.8.
    let quiet = half_width(&|is_noisy| if is_noisy { 0.001 } else { 1.0 }, &weighted);
    assert!((quiet - 1.8).abs() < 0.3, "{quiet}");
    // Where the others hardly count, 90 % of the noisy ones are: 18.
    let noisy = half_width(&|is_noisy| if is_noisy { 1.0 } else { 0.001 }, &weighted);
    assert!((noisy - 18.0).abs() < 2.0, "{noisy}");
}

#[cfg(unix)]
#[test]
fn an_interrupt_leaves_earlier_artifacts_whole() {
    let folder = students();
    assert!(train(folder.path(), &["--families", "linear"]).status.success());
    let names = || -> std::collections::BTreeSet<_> {
        let entries = fs::read_dir(folder.path().join("artifacts")).unwrap();
        entries.map(|entry| entry.unwrap().file_name()).collect()
    };
    let (before, names_before) = (artifacts(folder.path()), names());
    let grid = "[gradient-boosting]\nn_estimators = 100000\nmax_depth = 12\n";
    fs::write(folder.path().join("grid.toml"), grid).unwrap();
    let child = Command::new(env!("CARGO_BIN_EXE_scorecast"))
        .args(["train", "students.csv", "--target", "math_score", "--grid", "grid.toml"])
        .current_dir(folder.path())
        .stderr(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(std::time::Duration::from_secs(1));
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", stderr(&output));
    assert_eq!(artifacts(folder.path()), before);
    assert_eq!(names(), names_before, "something was left behind");
}

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
fn intervals_and_contributions_stand_beside_each_prediction() {
    let folder = students();
    assert!(train(folder.path(), &[]).status.success());
    fs::write(folder.path().join("new.csv"), sample(folder.path(), "40", "8") + "robot,,,,,,,\n").unwrap();
    let run = |more: &[&str]| {
        let output = scorecast(folder.path(), &[&["predict", "new.csv", "--quiet"], more].concat());
        assert!(output.status.success(), "{}", stderr(&output));
        let text = stdout(&output);
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let header = reader.headers().unwrap().clone();
        let column = |name: &str| {
            header.iter().position(|known| known == name).unwrap_or_else(|| panic!("no column {name} in {header:?}"))
        };
        let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let number = |row: usize, name: &str| records[row][column(name)].parse::<f64>().unwrap_or(f64::NAN);
        (0..40)
            .map(|row| {
                let names = header.iter().skip(8).filter(|name| *name != "note");
                names.map(|name| (name.to_owned(), number(row, name))).collect::<std::collections::BTreeMap<_, _>>()
            })
            .collect::<Vec<_>>()
    };
    let written = artifacts(folder.path());
    let predictor = Predictor::from_json(&written[0], &written[1]).unwrap();
    let both = run(&["--level", "90", "--explain"]);
    let narrow = run(&["--level", "50%"]);
    let names: Vec<String> = predictor.schema().columns.iter().map(|column| column.name.clone()).collect();
    let text = fs::read_to_string(folder.path().join("new.csv")).unwrap();
    let header: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    for (row, line) in text.lines().skip(1).take(40).enumerate() {
        let cells: Vec<&str> = line.split(',').collect();
        let text_of = |name: &str| header.iter().position(|known| *known == name).map(|place| cells[place]);
        let record = Record::from_texts(predictor.schema(), text_of).unwrap();
        let (prediction, interval) = (predictor.predict(&record), predictor.interval(&record, 90.0).unwrap());
        let explanation = predictor.explain(&record);
        let found = &both[row];
        assert_eq!(found["predicted_math_score"], prediction.shown);
        assert_eq!((found["low_90"], found["high_90"]), (interval.low, interval.high));
        assert!(narrow[row]["low_50"] >= interval.low && narrow[row]["high_50"] <= interval.high);
        assert_eq!(found["baseline"], explanation.baseline);
        let mut sum = found["baseline"];
        for (name, contribution) in names.iter().zip(&explanation.contributions) {
            assert_eq!(found[&format!("contribution_{name}")], *contribution);
            sum += contribution;
        }
        assert!((sum - prediction.value).abs() < 1e-9);
    }
    // What makes an estimate less to be trusted is said beside it: a group that few have, and what hardly goes together.
    let odd = "female,group B,some college,standard,none,50,40,100\n";
    fs::write(folder.path().join("odd.csv"), format!("{}\n{odd}", header.join(","))).unwrap();
    let notes = |more: &[&str]| {
        stdout(&scorecast(folder.path(), &[&["predict", "odd.csv", "--quiet"], more].concat()))
            .lines()
            .nth(1)
            .unwrap()
            .to_owned()
    };
    assert!(notes(&["--explain"]).contains("seldom seen together"), "{}", notes(&["--explain"]));
    assert!(!notes(&[]).contains("seldom"), "{}", notes(&[]));
    let output = scorecast(folder.path(), &["predict", "new.csv", "--level", "40"]);
    assert!(output.status.code() == Some(2) && stderr(&output).contains("from 50 to 99"), "{}", stderr(&output));
}

#[cfg(unix)]
#[test]
fn nothing_is_lost_because_it_cannot_be_printed() {
    let folder = students();
    let program = env!("CARGO_BIN_EXE_scorecast");
    let shell = |command: &str| {
        let command = format!("{program} {command}");
        Command::new("sh").args(["-c", &command]).current_dir(folder.path()).output().unwrap()
    };
    let train = "train students.csv --target math_score --families linear --drop race_ethnicity";
    let is_published = || {
        let is_there = folder.path().join("artifacts/model.json").exists();
        let _ = fs::remove_dir_all(folder.path().join("artifacts"));
        is_there
    };
    // A full disk behind standard output is an error, but the artifacts are there by then.
    if Path::new("/dev/full").exists() {
        let output = shell(&format!("{train} > /dev/full"));
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        assert!(stderr(&output).contains("error: standard output: it can't be written"), "{}", stderr(&output));
        assert!(is_published());
        assert_eq!(shell(&format!("{train} 2> /dev/full")).status.code(), Some(0));
        assert!(is_published());
    }
    // Nobody reads it.
    assert_eq!(shell(&format!("{train} 2>&-")).status.code(), Some(0));
    assert!(is_published());
    let piped = format!("{{ {program} {train}; echo $? > code; }} | true");
    let output = Command::new("sh").args(["-c", &piped]).current_dir(folder.path()).output().unwrap();
    assert!(output.status.success() && !stderr(&output).contains("panicked"), "{}", stderr(&output));
    assert_eq!(fs::read_to_string(folder.path().join("code")).unwrap(), "0\n");
    assert!(is_published());
}

#[test]
fn an_output_never_replaces_its_input_and_keeps_its_mode() {
    let folder = students();
    assert!(train(folder.path(), &["--families", "linear"]).status.success());
    let before = fs::read(folder.path().join("students.csv")).unwrap();
    for args in
        [&["predict", "students.csv", "-o", "./students.csv"][..], &["explore", "students.csv", "-o", "students.csv"]]
    {
        let output = scorecast(folder.path(), args);
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        assert!(stderr(&output).contains("is the input; name another file with --output"), "{}", stderr(&output));
    }
    assert!(fs::read(folder.path().join("students.csv")).unwrap() == before);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |name: &str| fs::metadata(folder.path().join(name)).unwrap().permissions().mode() & 0o777;
        let private = fs::Permissions::from_mode(0o600);
        fs::set_permissions(folder.path().join("students.csv"), private.clone()).unwrap();
        let predict = |output: &str| {
            assert!(scorecast(folder.path(), &["predict", "students.csv", "-q", "-o", output]).status.success());
        };
        predict("new.csv");
        assert_eq!(mode("new.csv"), 0o600, "what is made of private records is private");
        fs::set_permissions(folder.path().join("new.csv"), fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink("new.csv", folder.path().join("link.csv")).unwrap();
        predict("link.csv");
        assert!(mode("new.csv") == 0o640 && folder.path().join("link.csv").is_symlink());
    }
}

#[test]
fn absurd_options_are_refused() {
    let folder = students();
    let output = train(folder.path(), &["--cv", "9223372036854775808"]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert!(stderr(&output).contains("too few for"), "{}", stderr(&output));
    let output = train(folder.path(), &["--time-limit", "soon"]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(stderr(&output).contains("--time-limit: \"soon\" is no time"), "{}", stderr(&output));
    let output = train(folder.path(), &["--min-r2", "nan"]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
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

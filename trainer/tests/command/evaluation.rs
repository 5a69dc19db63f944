//! Evaluating a saved model on new records, and exploring records, on the command line.

use crate::common;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::common::{scorecast, stderr, stdout};
use serde_json::Value as Json;

fn sample(folder: &Path, name: &str, n_rows: &str, seed: &str) {
    let output = scorecast(folder, &["sample", "--rows", n_rows, "--seed", seed]);
    fs::write(folder.join(name), stdout(&output)).unwrap();
}

/// A folder with a model trained on 600 students.
fn trained() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    sample(folder.path(), "students.csv", "600", "5");
    let output = scorecast(folder.path(), &["train", "students.csv", "--target", "math_score", "--families", "linear"]);
    assert!(output.status.success(), "{}", stderr(&output));
    folder
}

fn evaluate(folder: &Path, file: &str) -> Json {
    let output = scorecast(folder, &["evaluate", file, "--format", "json"]);
    assert!(output.status.success(), "{}", stderr(&output));
    serde_json::from_str(&stdout(&output)).unwrap()
}

#[test]
fn the_same_population_has_no_drift_and_another_has() {
    let folder = trained();
    sample(folder.path(), "new.csv", "1000", "6");
    let found = evaluate(folder.path(), "new.csv");
    assert!(found["rows"] == 1000 && found["r2"].as_f64().unwrap() > 0.8, "{found}");
    assert!(found["bias"].as_f64().unwrap().abs() < 3.0 * found["bias_margin"].as_f64().unwrap());
    let drift = found["drift"].as_array().unwrap();
    assert_eq!(drift.len(), 7);
    for column in drift {
        assert!(column["psi"].as_f64().unwrap() < 0.1 && column["p_value"].as_f64().unwrap() > 1e-4, "{column}");
    }
    // Another year: reading is 20 points lower, and everyone has a new category of lunch.
    let moved: String = fs::read_to_string(folder.path().join("new.csv"))
        .unwrap()
        .lines()
        .enumerate()
        .map(|(line, row)| {
            let mut cells: Vec<String> = row.split(',').map(String::from).collect();
            if line > 0 {
                cells[3] = "school meal".into();
                cells[6] = (cells[6].parse::<f64>().unwrap() - 20.0).to_string();
            }
            cells.join(",") + "\n"
        })
        .collect();
    fs::write(folder.path().join("moved.csv"), moved).unwrap();
    let moved = evaluate(folder.path(), "moved.csv");
    let column =
        |name: &str| moved["drift"].as_array().unwrap().iter().find(|column| column["column"] == name).unwrap().clone();
    for name in ["reading_score", "lunch"] {
        assert!(
            column(name)["psi"].as_f64().unwrap() > 0.25 && column(name)["p_value"].as_f64().unwrap() < 1e-6,
            "{}",
            column(name)
        );
    }
    assert_eq!(column("lunch")["outside"], 1.0);
    assert!(column("gender")["psi"].as_f64().unwrap() < 0.1);
    assert!(moved["r2"].as_f64() < found["r2"].as_f64());
    // Evaluating a model on its training data is too optimistic.
    let output = scorecast(folder.path(), &["evaluate", "students.csv"]);
    assert!(stderr(&output).contains("students.csv is the very file"), "{}", stderr(&output));
    let output = scorecast(folder.path(), &["evaluate", "moved.csv"]);
    let text = stdout(&output);
    assert!(
        text.contains("1000 records with a known \"math_score\"")
            && text.contains("kolmogorov-smirnov")
            && text.contains("p < 0.0001")
            && text.contains("Of 20 columns one has p < 0.05 where nothing has changed"),
        "{text}"
    );
}

#[test]
fn nothing_of_few_rows_stands_in_the_reference() {
    let folder = trained();
    let text = fs::read_to_string(folder.path().join("artifacts/reference.json")).unwrap();
    let reference: Json = serde_json::from_str(&text).unwrap();
    assert_eq!(reference["rows"], 480);
    for column in reference["columns"].as_array().unwrap() {
        let shares = &column["shares"];
        let kind = shares.as_object().unwrap().values().next().unwrap();
        for share in common::numbers(&kind["shares"]) {
            assert!(share * 480.0 > 9.9, "{column}");
        }
    }
}

#[test]
fn what_is_wrong_with_new_records_is_named() {
    let folder = trained();
    let at = |name: &str, text: &str| {
        fs::write(folder.path().join(name), text).unwrap();
        let output = scorecast(folder.path(), &["evaluate", name]);
        (output.status.code(), stderr(&output))
    };
    let header = "gender,race_ethnicity,parental_level_of_education,lunch,test_preparation_course,math_score,reading_score,writing_score\n";
    let (code, message) = at("short.csv", "gender,math_score\nmale,3\n");
    assert!(
        code == Some(3)
            && message.contains("short.csv:1:1: the header lacks \"race_ethnicity\", \"parental_level_of_education\"")
            && message.contains("which the model of \"math_score\" needs"),
        "{message}"
    );
    let (code, message) = at("empty.csv", "");
    assert!(code == Some(3) && message.contains("the file is empty"), "{message}");
    let (code, message) = at("rows.csv", header);
    assert!(code == Some(3) && message.contains("no record below"), "{message}");
    let (code, message) = at("text.csv", &format!("{header}male,group A,some college,standard,none,50,sixty,61\n"));
    assert!(
        code == Some(3) && message.contains("text.csv:2:7: column \"reading_score\": \"sixty\" is not a number"),
        "{message}"
    );
    let (code, message) = at("blank.csv", &format!("{header}male,group A,some college,standard,none,,60,61\n"));
    assert!(code == Some(3) && message.contains("no row has a value"), "{message}");
    let one = format!("{header}male,group A,some college,standard,none,50,60,61\n");
    let (code, message) = at("one.csv", &one);
    assert!(
        code == Some(0) && message.contains("1 record with a known score: figures over so few are mostly chance"),
        "{message}"
    );
    let reference = folder.path().join("artifacts/reference.json");
    let whole = fs::read_to_string(&reference).unwrap();
    fs::write(&reference, &whole[..whole.len() / 2]).unwrap();
    let (code, message) = at("one.csv", &one);
    assert!(code == Some(3) && message.contains("reference.json can't be read"), "{message}");
    fs::remove_file(&reference).unwrap();
    let (code, message) = at("one.csv", &one);
    assert!(code == Some(0) && message.contains("drift can't be told"), "{message}");
}

/// Column names that try to break out of every context in which they are written.
const HOSTILE: [&str; 6] = [
    "<script>alert(1)</script>",
    "\"\" onmouseover=\"\"alert(1)",
    "'><img src=x onerror=alert(1)>",
    "</style><h1>&amp;",
    "]]>--><!--",
    "a; } body { display: none",
];

#[test]
fn the_page_has_no_script_no_request_and_no_markup_from_the_data() {
    let folder = tempfile::tempdir().unwrap();
    let quoted = |text: &str| format!("\"{text}\"");
    let mut csv = HOSTILE.map(quoted).join(",") + ",score,copy,constant\n";
    for row in 0..60 {
        let cells: Vec<String> = (0..HOSTILE.len())
            .map(|column| {
                if column < 3 {
                    quoted(HOSTILE[(row + column) % HOSTILE.len()])
                } else {
                    (row * (column + 7) % 23).to_string()
                }
            })
            .collect();
        // Repeated scores: a column of distinct numbers would be taken for an identifier.
        let score = row * 7 % 40;
        csv += &format!("{},{score},{},x\n", cells.join(","), 2 * score + 1);
    }
    fs::write(folder.path().join("<b>&.csv"), csv).unwrap();
    let output = scorecast(folder.path(), &["explore", "<b>&.csv", "-o", "out.html"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let page = fs::read_to_string(folder.path().join("out.html")).unwrap();
    let body = page.split("<body>").nth(1).unwrap();
    for tag in ["<script", "<img", "<style", "<!--", "<h1>&amp;<", "<b>"] {
        assert!(!body.contains(tag), "{tag}");
    }
    // Outside of tags there is only escaped text; inside only the attributes of the page's own markup.
    for tag in body.split('<').skip(1).filter_map(|rest| rest.split('>').next()) {
        let outside: String = tag.split('"').step_by(2).collect();
        for attribute in ["onmouseover", "onerror", "src=", "display"] {
            assert!(!outside.contains(attribute), "{tag}");
        }
    }
    assert!(!page.contains("http://") && !page.contains("https://") && !page.contains("<script"));
    assert!(body.contains("Alone it explains") && body.contains("every cell is &quot;x&quot;"), "leak and constant");
    assert!(body.matches("role=\"img\"").count() == body.matches("<svg viewBox").count());
    // The same file gives the same bytes.
    let again = scorecast(folder.path(), &["explore", "<b>&.csv", "-o", "-"]);
    assert!(stdout(&again) == page);
}

#[test]
fn exploring_gives_the_same_bytes_on_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    sample(folder.path(), "students.csv", "3000", "5");
    let explore = |threads: &str, more: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_scorecast"))
            .args([&["explore", "students.csv", "--target", "math_score", "-o", "-"], more].concat())
            .env("RAYON_NUM_THREADS", threads)
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
        stdout(&output)
    };
    for more in [&[][..], &["--max-rows", "1000"]] {
        let one = explore("1", more);
        assert!(one.len() > 20_000 && explore("2", more) == one && explore("8", more) == one, "{more:?}");
    }
    // Another seed gives another sample.
    let of_seed = |seed: &str| explore("2", &["--max-rows", "1000", "--seed", seed]);
    assert!(of_seed("42") != of_seed("43"));
}

#[test]
fn exploring_hides_small_groups_samples_and_names_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    sample(folder.path(), "students.csv", "40", "5");
    let explore = |more: &[&str]| {
        let output = scorecast(folder.path(), &[&["explore", "students.csv", "-o", "-"], more].concat());
        assert!(output.status.success(), "{}", stderr(&output));
        stdout(&output)
    };
    assert!(explore(&[]).contains("not shown (") && !explore(&["--show-small"]).contains("not shown ("));
    assert!(explore(&["--max-rows", "30"]).contains("random sample of 30 of the 40 rows"));
    for (arguments, code, words) in [
        (["students.csv", "--target", "nothing"], 2, "there is no column \"nothing\""),
        (["students.csv", "--target", "lunch"], 2, "not numeric"),
        (["nowhere.csv", "--target", "x"], 1, "can't be read"),
    ] {
        let output = scorecast(folder.path(), &[&["explore", "-o", "never.html"], &arguments[..]].concat());
        assert!(output.status.code() == Some(code) && stderr(&output).contains(words), "{}", stderr(&output));
    }
    fs::write(folder.path().join("empty.csv"), "").unwrap();
    assert_eq!(scorecast(folder.path(), &["explore", "empty.csv", "-o", "never.html"]).status.code(), Some(3));
    assert!(!folder.path().join("never.html").exists());
}

#[test]
fn a_record_of_weight_two_counts_as_two() {
    let folder = trained();
    sample(folder.path(), "new.csv", "200", "6");
    let text = fs::read_to_string(folder.path().join("new.csv")).unwrap();
    let (mut weighted, mut repeated) = (String::new(), String::new());
    for (line, row) in text.lines().enumerate() {
        let weight = match line {
            0 => "weight".to_owned(),
            _ => (line % 2 + 1).to_string(),
        };
        weighted.push_str(&format!("{row},{weight}\n"));
        repeated.push_str(&format!("{row}\n").repeat(if line > 0 { line % 2 + 1 } else { 1 }));
    }
    fs::write(folder.path().join("weighted.csv"), weighted).unwrap();
    fs::write(folder.path().join("repeated.csv"), repeated).unwrap();
    let run = |args: &[&str]| {
        let output = scorecast(folder.path(), &[args, &["--format", "json"]].concat());
        assert!(output.status.success(), "{}", stderr(&output));
        serde_json::from_str::<Json>(&stdout(&output)).unwrap()
    };
    let weighted = run(&["evaluate", "weighted.csv", "--weights", "weight"]);
    let repeated = run(&["evaluate", "repeated.csv"]);
    let compared = run(&["compare", "artifacts", "artifacts", "weighted.csv", "--weights", "weight"]);
    assert_eq!((&weighted["rows"], &repeated["rows"]), (&Json::from(200), &Json::from(300)));
    for name in ["r2", "mae", "rmse", "bias"] {
        let [own, other] = [&weighted, &repeated].map(|found| found[name].as_f64().unwrap());
        assert!((own - other).abs() < 1e-9, "{name}: {own} {other}");
        assert_eq!(compared["new"][name], weighted[name], "{name}");
    }
    for wrong in ["nowhere", "gender", "reading_score"] {
        let output = scorecast(folder.path(), &["evaluate", "weighted.csv", "--weights", wrong]);
        assert_eq!(output.status.code(), Some(3), "{wrong}");
        assert!(stderr(&output).contains(wrong), "{}", stderr(&output));
    }
}

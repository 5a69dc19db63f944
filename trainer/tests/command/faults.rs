//! Hostile and faulty conditions: attacks on the trainer, and the guarantees that resulted (listed in
//! `docs/reliability.md`).

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::common::{scorecast, stderr, stdout};
use crate::students::{artifacts, sample, students, train};

/// A quick search, sufficient to see how a file is handled.
const FAST: [&str; 7] = ["--families", "linear,ridge", "--repeats", "0", "--cv", "3", "--min-r2=-1000"];

fn train_fast(folder: &Path, file: &str, more: &[&str]) -> Output {
    scorecast(folder, &[&["train", file, "--target", "y"], &FAST[..], more].concat())
}

/// Deterministic pseudo-random numbers.
fn noise(seed: u64) -> impl FnMut() -> f64 {
    let mut random = trainer::SplitMix64::new(seed);
    move || random.uniform()
}

#[test]
fn numbers_that_are_too_large_are_refused_by_line_and_column() {
    let folder = tempfile::tempdir().unwrap();
    let mut uniform = noise(1);
    let row = |x: &str, y: &str| format!("{x},{y}\n");
    let rows: Vec<(String, String)> = (0..60)
        .map(|_| {
            let x = 100.0 * uniform();
            (format!("{x:.2}"), format!("{:.2}", 3.0 * x + uniform()))
        })
        .collect();
    for (cell, column) in [("1.5e155", 0), ("-1E308", 0), ("1.5e101", 1), ("-1.5E101", 0)] {
        let mut text = String::from("x,y\n");
        for (idx, (x, y)) in rows.iter().enumerate() {
            let own = |own: usize, value: &str| if idx == 40 && own == column { cell.into() } else { value.to_owned() };
            text += &row(&own(0, x), &own(1, y));
        }
        fs::write(folder.path().join("data.csv"), text).unwrap();
        let output = train_fast(folder.path(), "data.csv", &[]);
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(3), "{message}");
        let place = format!("data.csv:42:{}", column + 1);
        assert!(message.contains(&place) && message.contains("correct the cell"), "{cell}: {message}");
    }
    // Allowed numbers are used for training, and no reported figure has a hundred digits.
    let text: String = rows.iter().map(|(x, y)| row(x, &format!("{y}e40"))).collect();
    fs::write(folder.path().join("data.csv"), format!("x,y\n{text}")).unwrap();
    let output = train_fast(folder.path(), "data.csv", &[]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stdout(&output).lines().all(|line| line.len() < 200), "{}", stdout(&output));
}

#[test]
fn a_target_that_hardly_varies_is_no_success() {
    let folder = tempfile::tempdir().unwrap();
    let mut uniform = noise(2);
    let text: String =
        (0..400).map(|row| format!("{:.3},{}\n", uniform(), if row == 0 { 71 } else { 70 })).collect::<String>();
    fs::write(folder.path().join("data.csv"), format!("x,y\n{text}")).unwrap();
    let output = train_fast(folder.path(), "data.csv", &[]);
    let message = stderr(&output);
    assert_eq!(output.status.code(), Some(3), "{message}");
    assert!(message.contains("\"y\" is 70 in 399 of 400 rows") && message.contains("R² says nothing"), "{message}");
    assert!(!folder.path().join("artifacts").exists());
}

#[test]
fn many_columns_and_categories_are_bounded_and_said() {
    let folder = tempfile::tempdir().unwrap();
    let mut uniform = noise(3);
    // 300 columns, of which three are informative, and a teacher with 270 categories.
    let (n_rows, n_columns) = (2_970, 300);
    let mut text: String = (0..n_columns).map(|column| format!("x{column},")).collect();
    text.push_str("teacher,y\n");
    for row in 0..n_rows {
        let mut y = 0.0;
        for column in 0..n_columns {
            let x = (100.0 * uniform()).floor();
            if [17, 150, 299].contains(&column) {
                y += x;
            }
            let _ = write!(text, "{x},");
        }
        let teacher = row % 270;
        let _ = writeln!(text, "t{teacher},{}", y + f64::from(teacher % 20) + 5.0 * uniform());
    }
    fs::write(folder.path().join("data.csv"), text).unwrap();
    let started = Instant::now();
    let output = train_fast(folder.path(), "data.csv", &[]);
    let message = stderr(&output);
    assert!(output.status.success(), "{message}");
    // Seconds on an idle machine; without the limit it did not finish.
    assert!(started.elapsed() < Duration::from_secs(300), "{:?}", started.elapsed());
    assert!(message.contains("301 columns are many: in each fold the 256 that tell the most"), "{message}");
    assert!(message.contains("column \"teacher\" has 270 categories: the 255 most frequent"), "{message}");
    let json = |name: &str| -> serde_json::Value {
        serde_json::from_str(&fs::read_to_string(folder.path().join("artifacts").join(name)).unwrap()).unwrap()
    };
    let report = json("report.json");
    assert!(report["champion"]["cv"]["r2_mean"].as_f64().unwrap() > 0.95, "{report}");
    let left_out = report["data"]["left_out"].as_array().unwrap();
    assert_eq!(left_out.len(), 301 - 256);
    for name in ["x17", "x150", "x299"] {
        assert!(left_out.iter().all(|column| column["column"] != name), "{name} is left out");
    }
    // The file has more columns than the model, which selects its own.
    let output = scorecast(folder.path(), &["predict", "data.csv", "-o", "out.csv"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stderr(&output).contains("2970 of 2970 rows predicted"), "{}", stderr(&output));
    // With a lower limit.
    let output = train_fast(folder.path(), "data.csv", &["--max-columns", "3"]);
    assert!(output.status.success() && stderr(&output).contains("the 3 that tell the most"), "{}", stderr(&output));
    let columns = json("preprocessor.json")["schema"]["columns"].as_array().unwrap().len();
    assert_eq!(columns, 3);
    assert_eq!(train_fast(folder.path(), "data.csv", &["--max-columns", "0"]).status.code(), Some(2));
}

#[test]
fn columns_that_are_noise_do_not_look_useful() {
    let folder = tempfile::tempdir().unwrap();
    let mut uniform = noise(4);
    let n_columns = 1_500;
    let header: String = (0..n_columns).map(|column| format!("x{column},")).collect();
    let row = |uniform: &mut dyn FnMut() -> f64| {
        let cells: String = (0..n_columns).map(|_| format!("{},", (100.0 * uniform()).floor())).collect();
        format!("{cells}{:.2}\n", 100.0 * uniform())
    };
    let rows: String = (0..300).map(|_| row(&mut uniform)).collect();
    fs::write(folder.path().join("data.csv"), format!("{header}y\n{rows}")).unwrap();
    let options =
        ["train", "data.csv", "--target", "y", "--families", "ridge", "--max-columns", "20", "--repeats", "0"];
    let output = scorecast(folder.path(), &options);
    let message = stderr(&output);
    // Selected on all training rows, twenty noise columns would explain nearly half.
    assert_eq!(output.status.code(), Some(4), "{message}");
    assert!(message.contains("below the floor") && message.contains("R² is -0."), "{message}");
}

#[test]
fn an_interrupt_ends_any_stage_within_two_seconds() {
    let folder = tempfile::tempdir().unwrap();
    let mut uniform = noise(5);
    let n_columns = 250;
    let mut text: String = (0..n_columns).map(|column| format!("x{column},")).collect();
    text.push_str("y\n");
    for _ in 0..6_000 {
        for _ in 0..n_columns {
            let _ = write!(text, "{:.3},", uniform());
        }
        let _ = writeln!(text, "{:.3}", uniform());
    }
    fs::write(folder.path().join("data.csv"), text).unwrap();
    for wait in [700, 2_000, 4_000] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_scorecast"))
            .args(["train", "data.csv", "--target", "y", "--families", "linear,svr,lasso", "--allow-records"])
            .args(["--min-r2=-1000", "--output", "out"])
            .current_dir(folder.path())
            .stderr(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(wait));
        if child.try_wait().unwrap().is_some() {
            continue;
        }
        let interrupted = Instant::now();
        assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
        let output = child.wait_with_output().unwrap();
        // Two seconds, and some more for a machine that is busy with other tests.
        assert!(interrupted.elapsed() < Duration::from_secs(4), "{:?} after {wait} ms", interrupted.elapsed());
        // During reading, the default signal handler ends it.
        assert!(matches!(output.status.code(), Some(130) | None), "{:?} {}", output.status, stderr(&output));
        assert!(!folder.path().join("out").exists());
    }
}

#[test]
fn a_parameter_that_is_no_number_is_named() {
    let folder = students();
    for (text, words) in [
        ("[ridge]\nalpha = nan\n", "alpha has a value that is not a number"),
        ("[forest]\nn_estimators = 1000000000\n", "n_estimators is 1000000000"),
        ("[gradient-boosting]\nn_estimators = 9223372036854775807\n", "n_estimators is 9223372036854775807"),
    ] {
        fs::write(folder.path().join("grid.toml"), text).unwrap();
        let output = train(folder.path(), &["--grid", "grid.toml"]);
        assert!(!output.status.success() && stderr(&output).contains(words), "{text}: {}", stderr(&output));
        assert!(!stderr(&output).contains("panicked"), "{}", stderr(&output));
    }
}

#[test]
fn no_command_panics_where_its_output_is_closed_or_full() {
    let folder = students();
    assert!(train(folder.path(), &["--families", "linear"]).status.success());
    let program = env!("CARGO_BIN_EXE_scorecast");
    let commands = [
        "evaluate students.csv",
        "evaluate students.csv --format json",
        "compare artifacts artifacts students.csv",
        "predict students.csv",
        "explore students.csv --target math_score -o -",
        "init students.csv -o -",
        "sample --rows 20000",
        "train students.csv --target math_score --families linear --format json --output other",
        "train --help",
    ];
    let shell = |line: String| Command::new("sh").args(["-c", &line]).current_dir(folder.path()).output().unwrap();
    for command in commands {
        for streams in [">&-", "2>&-", ">&- 2>&-", "> /dev/full", "2> /dev/full", "> /dev/full 2> /dev/full"] {
            if streams.contains("full") && !Path::new("/dev/full").exists() {
                continue;
            }
            let output = shell(format!("{program} {command} {streams}"));
            let code = output.status.code();
            assert!(code.is_some_and(|code| code < 4), "{command} {streams}: {:?} {}", output.status, stderr(&output));
            assert!(!stderr(&output).contains("panicked"), "{command} {streams}: {}", stderr(&output));
        }
        let output = shell(format!("{{ {program} {command}; echo $? > code; }} | true"));
        assert!(!stderr(&output).contains("panicked"), "{command}: {}", stderr(&output));
        assert_eq!(fs::read_to_string(folder.path().join("code")).unwrap(), "0\n", "{command} | true");
    }
}

#[test]
fn two_trainers_into_one_folder_leave_one_whole_set() {
    let folder = students();
    fs::write(folder.path().join("others.csv"), sample(folder.path(), "300", "6")).unwrap();
    let train = |file: &str| {
        Command::new(env!("CARGO_BIN_EXE_scorecast"))
            .args(["train", file, "--target", "math_score", "--families", "linear", "--repeats", "0", "--quiet"])
            .current_dir(folder.path())
            .spawn()
            .unwrap()
    };
    let alone = |file: &str| {
        assert!(train(file).wait().unwrap().success());
        artifacts(folder.path())
    };
    let sets = [alone("students.csv"), alone("others.csv")];
    for _ in 0..6 {
        let (mut one, mut other) = (train("students.csv"), train("others.csv"));
        assert!(one.wait().unwrap().success() && other.wait().unwrap().success());
        assert!(sets.contains(&artifacts(folder.path())), "a mixed set");
        assert_eq!(scorecast(folder.path(), &["predict", "students.csv"]).status.code(), Some(0));
    }
    let names = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(names.into_iter().all(|name| !name.contains(".scorecast-")), "something was left behind");
}

#[test]
fn what_a_killed_prediction_leaves_is_removed_by_the_next() {
    let folder = students();
    assert!(train(folder.path(), &["--families", "linear"]).status.success());
    let left = folder.path().join(".scorecast-out-abc123");
    fs::write(&left, "half of a file").unwrap();
    // A file that is still being written is kept.
    let busy = folder.path().join(".scorecast-out-busy");
    let file = fs::File::create(&busy).unwrap();
    file.try_lock().unwrap();
    assert!(scorecast(folder.path(), &["predict", "students.csv", "-o", "out.csv"]).status.success());
    assert!(!left.exists() && busy.exists());
}

#[test]
fn the_output_is_rectangular_and_its_exit_code_tells_of_rows_without_a_prediction() {
    let folder = students();
    assert!(train(folder.path(), &["--families", "linear"]).status.success());
    let good = fs::read_to_string(folder.path().join("students.csv")).unwrap();
    let mut lines: Vec<String> = good.lines().take(12).map(ToOwned::to_owned).collect();
    lines[3] = lines[3].rsplit_once(',').unwrap().0.to_owned();
    lines[5].push_str(",7,8");
    let long = "x".repeat(1 << 20);
    lines[7] = format!("{long}{}", &lines[7][lines[7].find(',').unwrap()..]);
    lines[8] = format!("\u{1b}[31mred{}", &lines[8][lines[8].find(',').unwrap()..]);
    fs::write(folder.path().join("ragged.csv"), lines.join("\n")).unwrap();
    let predict =
        |more: &[&str]| scorecast(folder.path(), &[&["predict", "ragged.csv", "-o", "out.csv"], more].concat());
    let output = predict(&[]);
    let message = stderr(&output);
    assert_eq!(output.status.code(), Some(3), "{message}");
    assert!(
        message.contains("9 of 11 rows predicted") && message.contains("2 of 11 rows have no prediction"),
        "{message}"
    );
    assert!(message.len() < 5_000 && !message.contains('\u{1b}'), "{} letters: {message:?}", message.len());
    assert_eq!(predict(&["--allow-missing"]).status.code(), Some(0));
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(folder.path().join("out.csv")).unwrap();
    let n_fields = reader.headers().unwrap().len();
    for record in reader.records() {
        let record = record.unwrap();
        assert_eq!(record.len(), n_fields, "{:?}", record.position());
        let note = &record[n_fields - 1];
        assert!(note.chars().count() < 400 && !note.contains('\u{1b}'), "a note of {} letters", note.len());
    }
}

//! `scorecast predict`: estimates for files of records.

use std::fs;
use std::process::Command;

use model_core::{Predictor, Record};

use crate::common::{scorecast, stderr, stdout};
use crate::students::{artifacts, sample, students, train};

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
    // Rows are copied unchanged, including quotes.
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
    // Notes are quoted in both.
    assert!(plain.replace('"', "") == quoted.replace('"', ""));
    let shell = format!("{} predict - < plain.csv | head -n 3", env!("CARGO_BIN_EXE_scorecast"));
    let piped = Command::new("sh").args(["-c", &shell]).current_dir(folder.path()).output().unwrap();
    assert_eq!(stdout(&piped), plain.lines().take(3).map(|line| format!("{line}\n")).collect::<String>());
}

#[test]
fn predicting_needs_the_models_columns_and_good_artifacts() {
    let folder = students();
    assert!(train(folder.path(), &[]).status.success());
    // The columns may be reordered and spelled differently.
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
    // A potential formula becomes text, and numbers use the file's decimal sign.
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
    // Reasons to trust an estimate less are noted: a rare group, and an unusual combination.
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

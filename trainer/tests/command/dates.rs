//! A date column, from the file to artifacts and predictions.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::common::{scorecast, stderr};
use model_core::{BatchPredictor, Cells, Date, Predictor, Record, Report, Value, read_report};
use trainer::SplitMix64;

/// Two years of pupils whose score depends on the month, the weekday and the age of their enrolment.
fn records(day: impl Fn(Date) -> String) -> String {
    let mut random = SplitMix64::new(7);
    let last = Date::parse("2026-03-01").unwrap();
    let mut csv = String::from("enrolled;lunch;score\n");
    for row in 0..900 {
        let days = (random.uniform() * 700.0).floor();
        let date = last.plus(if row == 0 { 0.0 } else { -days });
        let (_, month, _) = date.parts();
        let lunch = if random.uniform() < 0.5 { "free" } else { "standard" };
        let score = 50.0 + 8.0 * f64::from(u8::from(month == 9)) - 5.0 * f64::from(u8::from(date.weekday() == 1))
            + 0.01 * date.days_since(last)
            + random.normal();
        let _ = writeln!(csv, "{};{lunch};{score:.2}", day(date));
    }
    csv
}

fn train(folder: &Path, file: &str, csv: &str, output: &str, more: &[&str]) -> String {
    fs::write(folder.join(file), csv).unwrap();
    let args = ["train", file, "-t", "score", "-o", output, "--min-r2", "-1"];
    let output = scorecast(folder, &[&args, more].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    stderr(&output)
}

fn predictor(artifacts: &Path) -> Predictor {
    let [preprocessor, model] =
        ["preprocessor.json", "model.json"].map(|name| fs::read_to_string(artifacts.join(name)).unwrap());
    Predictor::from_json(&preprocessor, &model).unwrap()
}

fn record(predictor: &Predictor, day: &str) -> Record {
    let json = serde_json::json!({ "enrolled": day, "lunch": "free" });
    Record::from_json(predictor.schema(), json.as_object().unwrap()).unwrap()
}

#[test]
fn dates_are_learned_from_and_mean_the_same_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    for families in ["linear", "gradient-boosting", "catboost", "ebm"] {
        let more = ["--families", families, "--effort", "quick"];
        let said = train(folder.path(), "a.csv", &records(|date| date.to_string()), families, &more);
        assert!(said.contains("dates are read as days since 2026-03-01"), "{said}");
        let artifacts = folder.path().join(families);
        let predictor = predictor(&artifacts);
        let report: Report = read_report(&fs::read_to_string(artifacts.join("report.json")).unwrap()).unwrap();
        assert!(report.champion.cv.r2_mean > 0.8, "{families}: {}", report.champion.cv.r2_mean);
        assert_eq!(report.self_test(&predictor), report.golden.len());
        let names: Vec<&str> = predictor.schema().columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["enrolled", "lunch", "enrolled (month)", "enrolled (weekday)"]);
        assert_eq!(predictor.schema().inputs().len(), 2);
        // A Tuesday and a Monday in September, and a day in October.
        let estimate = |day: &str| predictor.predict(&record(&predictor, day)).value;
        let (tuesday, monday, october) = (estimate("2025-09-02"), estimate("2025-09-01"), estimate("2025-10-07"));
        assert!(tuesday - monday > 3.0 && tuesday - october > 5.0, "{families}: {tuesday} {monday} {october}");
        // The date's contribution includes that of its month, and all contributions add up.
        let explanation = predictor.explain(&record(&predictor, "2025-09-02"));
        assert_eq!(explanation.contributions[2..], [0.0, 0.0]);
        let sum = explanation.baseline + explanation.contributions.iter().sum::<f64>();
        assert!((sum - tuesday).abs() < 1e-9 && explanation.contributions[0] > 4.0, "{families}: {explanation:?}");
        // A response curve varies the month along with the day.
        let curves = predictor.curves(&record(&predictor, "2025-10-07"), 2_000, 90.0);
        assert_eq!(curves.len(), 2);
        let last = predictor.schema().columns[0].last_day().unwrap();
        let wanted = Value::Number(Date::parse("2025-09-02").unwrap().days_since(last));
        let point = curves[0].points.iter().find(|point| point.at == wanted).unwrap();
        assert_eq!(point.prediction.value.to_bits(), tuesday.to_bits());
        // Many rows column by column, bit by bit, whatever the derived columns contain.
        let days: Vec<f64> = (-400..60).map(f64::from).chain([f64::NAN]).collect();
        let mut values = vec![0.0; days.len()];
        let (lunch, junk) = (vec![0; days.len()], vec![9; days.len()]);
        let cells = [Cells::Numbers(&days), Cells::Codes8(&lunch), Cells::Codes8(&junk), Cells::Codes8(&[])];
        let mut batch = BatchPredictor::new(predictor.clone());
        batch.predict(&cells, &mut values).unwrap();
        let (mut lows, mut highs) = (vec![0.0; days.len()], vec![0.0; days.len()]);
        assert!(batch.intervals(&cells, &values, 90.0, (&mut lows, &mut highs)));
        let day = record(&predictor, &last.plus(days[7]).to_string());
        assert_eq!(predictor.interval(&day, 90.0).unwrap().low.to_bits(), lows[7].to_bits());
        for (day, value) in days.iter().zip(&values) {
            let text = if day.is_nan() { String::new() } else { last.plus(*day).to_string() };
            assert_eq!(
                predictor.predict(&record(&predictor, &text)).value.to_bits(),
                value.to_bits(),
                "{families} {text}"
            );
        }
        // A file in another notation.
        let file = "Lunch,Enrolled,name\nfree,2/9/2025,a\nfree,13/10/2025,b\nfree,,c\nfree,soon,d\n";
        fs::write(folder.path().join("b.csv"), file).unwrap();
        let output =
            scorecast(folder.path(), &["predict", "b.csv", "--artifacts", families, "--allow-missing", "-o", "o.csv"]);
        assert!(output.status.success(), "{}", stderr(&output));
        let written = fs::read_to_string(folder.path().join("o.csv")).unwrap();
        let lines: Vec<&str> = written.lines().collect();
        assert!(lines[1].starts_with(&format!("free,2/9/2025,a,{tuesday}")), "{written}");
        assert!(
            lines[3].contains("enrolled: blank, imputed") && lines[4].contains("\"\"soon\"\" is not a date"),
            "{written}"
        );
    }
}

#[test]
fn every_notation_gives_the_same_model() {
    let folder = tempfile::tempdir().unwrap();
    let more = ["--families", "linear"];
    let artifact = |output: &str, name: &str| fs::read(folder.path().join(output).join(name)).unwrap();
    train(folder.path(), "a.csv", &records(|date| date.to_string()), "iso", &more);
    let local = |date: Date| {
        let (year, month, day) = date.parts();
        format!("{day}.{month}.{year}")
    };
    train(folder.path(), "b.csv", &records(local), "local", &more);
    let excel = |date: Date| (date.number() + 25_569).to_string();
    train(folder.path(), "c.csv", &records(excel).replacen("enrolled", "enrolled_day", 1), "excel", &more);
    let text = |output: &str| String::from_utf8(artifact(output, "preprocessor.json")).unwrap();
    // The local notation is stored for ambiguous files.
    assert!(text("local").contains("\"order\":\"day_first\"") && !text("iso").contains("order"));
    for output in ["local", "excel"] {
        let (iso, other) = (predictor(&folder.path().join("iso")), predictor(&folder.path().join(output)));
        assert_eq!(iso.model(), other.model());
    }
    // An evaluation supports them, too, and dropping a column drops its month.
    let evaluated = scorecast(folder.path(), &["evaluate", "b.csv", "--artifacts", "iso"]);
    assert!(evaluated.status.success(), "{}", stderr(&evaluated));
    let page = fs::read_to_string(folder.path().join("iso/report.html")).unwrap();
    assert!(page.contains("dates are read as days since 2026-03-01") && page.contains("from 2 columns"), "{page}");
}

//! What small models of every family say of a few records, to the last bit: predictions, intervals, chances, explanations,
//! curves, cautions, ways to a goal, and predictions in batches.
//!
//! That the values are right is tested elsewhere, against other libraries and by hand; these files hold them fast. After a
//! change that is meant, `SCORECAST_RENEW=1 cargo test -p model-core --test golden` writes them anew, for review. The models
//! are made by `golden/make.sh`.

#![expect(clippy::disallowed_methods, reason = "the library does no input or output; this test reads its files")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use model_core::{BatchPredictor, Cells, Predictor, Record, Schema, Value};

/// gender, race_ethnicity, parental_level_of_education, lunch, test_preparation_course, reading_score, writing_score, hours,
/// enrolled.
const RECORDS: [[&str; 9]; 5] = [
    ["female", "group C", "some college", "standard", "none", "72", "74", "5.5", "2025-06-01"],
    ["male", "group A", "high school", "free/reduced", "completed", "41", "39", "0.3", "2025-01-20"],
    ["", "", "", "", "", "", "", "", ""],
    ["male", "group D", "bachelor's degree", "standard", "none", "100", "3", "40", "2031-12-31"],
    ["female", "group E", "associate's degree", "standard", "none", "", "88", "11.9", ""],
];
const FAMILIES: [&str; 12] = [
    "linear",
    "svr",
    "knn",
    "tree",
    "forest",
    "extra-trees",
    "gradient-boosting",
    "xgboost",
    "catboost",
    "adaboost",
    "ebm",
    "blend",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn predictor(family: &str) -> Predictor {
    let read = |file: &str| fs::read_to_string(folder().join(format!("{family}.{file}.json"))).unwrap();
    Predictor::from_json(&read("preprocessor"), &read("model")).unwrap()
}

fn record(schema: &Schema, cells: &[&str; 9]) -> Record {
    let names = [
        "gender",
        "race_ethnicity",
        "parental_level_of_education",
        "lunch",
        "test_preparation_course",
        "reading_score",
        "writing_score",
        "hours",
        "enrolled",
    ];
    let cell = |name: &str| names.iter().position(|known| *known == name).map(|idx| cells[idx]);
    Record::from_texts(schema, cell).unwrap()
}

/// All that is said of a record. Debug formatting writes the shortest number that reads back as the same bits.
fn say(predictor: &Predictor, record: &Record, text: &mut String) {
    let prediction = predictor.predict(record);
    writeln!(text, "  {prediction:?}").unwrap();
    for level in [50.0, 80.0, 90.0] {
        writeln!(text, "  at {level}: {:?}", predictor.interval(record, level)).unwrap();
    }
    let chances = [20.0, 50.0, 65.0, 95.0].map(|mark| predictor.chance_of(record.values(), prediction, mark));
    writeln!(text, "  chances: {chances:?}").unwrap();
    let explanation = predictor.explain(record);
    writeln!(text, "  {explanation:?}").unwrap();
    let sum = explanation.baseline + explanation.contributions.iter().sum::<f64>();
    let tolerance = if explanation.exact { 1e-9 } else { 5.0 };
    assert!((sum - prediction.value).abs() < tolerance, "the parts are {sum}, the prediction {}", prediction.value);
    writeln!(text, "  {:?}", predictor.cautions(record)).unwrap();
    for goal in [prediction.shown + 1.5, prediction.shown + 6.0, 1000.0] {
        writeln!(text, "  to {goal}: {:?}", predictor.reach(record, goal)).unwrap();
    }
}

/// The records' cells, column by column.
fn cells(schema: &Schema, records: &[Record]) -> (Vec<Vec<f64>>, Vec<Vec<u8>>) {
    let of = |column: usize| records.iter().map(move |record| record.values()[column]);
    let number = |value| if let Value::Number(number) = value { number } else { f64::NAN };
    let code = |value| match value {
        Value::Category(code) => code as u8,
        Value::Missing => Cells::BLANK_U8,
        _ => Cells::BLANK_U8 - 1,
    };
    let columns = 0..schema.columns.len();
    (
        columns.clone().map(|column| of(column).map(number).collect()).collect(),
        columns.map(|column| of(column).map(code).collect()).collect(),
    )
}

fn all_of(family: &str) -> String {
    let predictor = predictor(family);
    let schema = predictor.schema();
    let records = RECORDS.map(|cells| record(schema, &cells));
    let mut text = String::new();
    writeln!(text, "importance: {:?}", predictor.importance()).unwrap();
    let blanks: Vec<_> = (0..schema.columns.len()).map(|column| predictor.blank_treatment(column)).collect();
    writeln!(text, "blanks: {blanks:?}").unwrap();
    for (idx, record) in records.iter().enumerate() {
        writeln!(text, "record {idx}").unwrap();
        say(&predictor, record, &mut text);
    }
    for curve in predictor.curves(&records[0], 4, 90.0) {
        writeln!(text, "{curve:?}").unwrap();
    }
    let (numbers, codes) = cells(schema, &records);
    let is_number = |column: usize| matches!(schema.columns[column].kind, model_core::ColumnKind::Numeric { .. });
    let columns: Vec<Cells<'_>> = (0..schema.columns.len())
        .map(|column| if is_number(column) { Cells::Numbers(&numbers[column]) } else { Cells::Codes8(&codes[column]) })
        .collect();
    let mut values = [0.0; RECORDS.len()];
    let mut batch = BatchPredictor::new(self::predictor(family));
    batch.predict(&columns, &mut values).unwrap();
    let single = records.each_ref().map(|record| predictor.predict(record).value);
    assert_eq!(values.map(f64::to_bits), single.map(f64::to_bits), "{family} predicts otherwise in batches");
    text
}

#[test]
fn what_models_say_stays_the_same_to_the_last_bit() {
    for family in FAMILIES {
        let (path, found) = (folder().join(format!("{family}.txt")), all_of(family));
        if std::env::var_os("SCORECAST_RENEW").is_some() {
            fs::write(&path, &found).unwrap();
        }
        let expected = fs::read_to_string(&path).unwrap();
        for (number, (found, expected)) in found.lines().zip(expected.lines()).enumerate() {
            assert_eq!(found, expected, "{family}.txt, line {}", number + 1);
        }
        assert_eq!(found.lines().count(), expected.lines().count(), "{family}.txt");
    }
}

//! What a record accepts, and its errors for everything else.

use model_core::{Column, ColumnKind, Range, Record, Schema, Target, Value, is_missing};
use serde_json::json;

fn schema() -> Schema {
    let range = Range { min: 0.0, max: 10.0 };
    let column = |name: &str, kind| Column::new(name, name, kind);
    Schema {
        target: Target {
            name: "grade".into(),
            label: "Grade".into(),
            observed: range,
            limits: None,
            whole: true,
            help: None,
            unit: None,
        },
        columns: vec![
            column("course", ColumnKind::Categorical { values: vec!["completed".into(), "none".into()], mode: 1 }),
            column("hours", ColumnKind::Numeric { observed: range, median: 4.5, whole: false }),
        ],
        order: Vec::new(),
    }
}

#[test]
fn none_is_a_value_and_the_spellings_of_missing_are_not() {
    for text in ["", "NA", "NaN", "null", "N/A", "nan", "NULL"] {
        assert!(is_missing(text), "{text}");
    }
    for text in ["none", "None", "-", "0", "nil", "missing"] {
        assert!(!is_missing(text), "{text}");
    }
    let record = Record::from_texts(&schema(), |name| Some(if name == "course" { "none" } else { "NaN" })).unwrap();
    assert_eq!(record.values(), [Value::Category(1), Value::Missing]);
    assert_eq!(record.imputed(&schema()).collect::<Vec<_>>(), ["hours"]);
}

#[test]
fn a_category_that_spells_missing_is_a_value_where_training_saw_it() {
    let mut schema = schema();
    schema.columns[0].kind = ColumnKind::Categorical { values: vec!["NA".into(), "SA".into()], mode: 0 };
    let record = Record::from_texts(&schema, |name| (name == "course").then_some("NA")).unwrap();
    assert_eq!(record.values()[0], Value::Category(0));
}

#[test]
fn errors_name_the_column_the_cell_and_what_would_do() {
    let error = |course, hours| {
        Record::from_texts(&schema(), |name| Some(if name == "course" { course } else { hours }))
            .unwrap_err()
            .to_string()
    };
    assert_eq!(error("Done", "1"), "column \"course\": \"Done\" is not among the known values: completed, none");
    for text in ["abc", "1,5", "inf", "-Infinity", "0x10", "1e999"] {
        let message = error("none", text);
        assert!(message.starts_with(&format!("column \"hours\": \"{text}\" is not a number")), "{message}");
    }
}

#[test]
fn json_records_round_trip_and_refuse_what_is_no_cell() {
    let object = |value: serde_json::Value| value.as_object().cloned().unwrap();
    let record = Record::from_json(&schema(), &object(json!({"hours": 0.1, "course": "completed"}))).unwrap();
    assert_eq!(Record::from_json(&schema(), &record.to_json(&schema())).unwrap(), record);
    let blank = Record::from_json(&schema(), &object(json!({"hours": null}))).unwrap();
    assert_eq!(blank.values(), [Value::Missing, Value::Missing]);
    let error = |value| Record::from_json(&schema(), &object(value)).unwrap_err().to_string();
    assert!(error(json!({"hour": 1})).contains("no such column; it reads course, hours"));
    assert!(error(json!({"hours": [1]})).contains("expected a number, a text or null"));
    assert!(error(json!({"course": 3})).contains("\"3\" is not among"));
}

#[test]
fn the_typical_record_is_median_and_mode() {
    assert_eq!(Record::typical(&schema()).values(), [Value::Category(1), Value::Number(4.5)]);
}

#[test]
fn a_refused_text_leaves_the_record_as_it_was() {
    let schema = schema();
    let mut record = Record::typical(&schema);
    assert!(record.set_text(&schema, 1, "many").is_err());
    assert_eq!(record, Record::typical(&schema));
    record.set_text(&schema, 1, " 7.25 ").unwrap();
    assert_eq!(record.values()[1], Value::Number(7.25));
}

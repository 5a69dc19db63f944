//! Explanations equal shap's, intervals MAPIE's (golden values by `trainer/tests/golden/make_trust.py`).

use crate::common::{assert_close, golden, numbers};
use model_core::{
    Background, Column, ColumnKind, Encoding, Predictor, Preprocessor, Range, Schema, Target, Trust, Value, read_model,
    sha256_hex,
};
use serde_json::{Value as Json, json};
use trainer::{Candidate, ColumnData, StopSignal, Table, TableColumn, conformal_quantile, learner, out_of_fold};

fn schema(n_columns: usize) -> Schema {
    let observed = Range { min: -10.0, max: 10.0 };
    let column = |place: usize| {
        Column::new(
            format!("x{place}"),
            format!("x{place}"),
            ColumnKind::Numeric { observed, median: 0.0, whole: false },
        )
    };
    let target =
        Target { name: "y".into(), label: "y".into(), observed, limits: None, whole: false, help: None, unit: None };
    Schema { target, columns: (0..n_columns).map(column).collect(), order: Vec::new() }
}

/// A model from its JSON, parsed like an artifact.
fn model(json: &Json) -> model_core::Model {
    let file = json!({"format": 1, "kind": "scorecast model", "family": "golden", "params": {},
        "preprocessor_sha256": "", "model": json});
    let text = file.to_string();
    let content = &text[..text.len() - 1];
    read_model(&format!("{content},\"sha256\":\"{}\"}}\n", sha256_hex(content.as_bytes()))).unwrap().model
}

#[test]
fn explanations_are_shaps() {
    let golden = golden("trust.json");
    let rows = |name: &str| golden[name].as_array().unwrap().iter().map(numbers).collect::<Vec<_>>();
    let (prototypes, records) = (rows("background"), rows("rows"));
    let schema = schema(5);
    let background = Background {
        rows: vec![1; prototypes.len()],
        columns: (0..5).map(|column| prototypes.iter().map(|row| row[column]).collect()).collect(),
        spreads: vec![1.0; 5],
        usual_distance: 1.0,
        category_rows: vec![Vec::new(); 5],
    };
    let cases = golden["explanations"].as_array().unwrap();
    assert_eq!(cases.len(), 6);
    for case in cases {
        let name = case["name"].as_str().unwrap();
        let preprocessor = Preprocessor { schema: schema.clone(), encoding: Encoding::Native { imputed: true } };
        let predictor = Predictor::new(preprocessor, model(&case["model"]), "golden")
            .unwrap()
            .with_trust(Trust { intervals: None, background: Some(background.clone()) })
            .unwrap();
        // shap sums some trees in single precision.
        let tolerance = if name.starts_with("TreeExplainer") { 1e-6 } else { 1e-9 };
        for (place, record) in records.iter().enumerate() {
            let values: Vec<Value> = record.iter().copied().map(Value::Number).collect();
            let explanation = predictor.explain_values(&values);
            assert!(explanation.exact);
            let predicted = predictor.predict_values(&values, &mut [0.0; 5]).value;
            assert_close(predicted, numbers(&case["predicted"])[place], 1e-9, name);
            assert_close(explanation.baseline, case["baseline"].as_f64().unwrap(), tolerance, name);
            for (found, expected) in explanation.contributions.iter().zip(numbers(&case["values"][place])) {
                assert_close(*found, expected, tolerance, name);
            }
        }
    }
}

#[test]
fn intervals_are_mapies() {
    let golden = golden("trust.json");
    let levels: Vec<u32> = numbers(&golden["levels"]).into_iter().map(|level| level as u32).collect();
    for case in golden["intervals"].as_array().unwrap() {
        let x: Vec<Vec<f64>> = case["x"].as_array().unwrap().iter().map(numbers).collect();
        let column = |place: usize| TableColumn {
            name: format!("x{place}"),
            data: ColumnData::Numeric(x.iter().map(|row| row[place]).collect()),
        };
        let table = Table {
            columns: (0..2).map(column).collect(),
            target_name: "y".into(),
            target: numbers(&case["y"]).into(),
            weights: None,
            keys: trainer::RowKeys::default(),
            directions: Default::default(),
            most_columns: None,
            cells: None,
            dates: Default::default(),
            left_out: Vec::new(),
            notices: Vec::new(),
            reading: Default::default(),
        };
        let rows: Vec<usize> = (0..x.len()).collect();
        let candidate = Candidate { learner: learner("linear").unwrap(), params: model_core::Params::new() };
        let predicted = out_of_fold(&table, &rows, &candidate, 42, &StopSignal::default()).unwrap().predicted;
        let mut residuals: Vec<f64> =
            table.target.iter().zip(predicted).map(|(actual, predicted)| (actual - predicted).abs()).collect();
        residuals.sort_unstable_by(f64::total_cmp);
        for (level, expected) in levels.iter().zip(numbers(&case["half_widths"])) {
            assert_close(conformal_quantile(&residuals, *level), expected, 1e-9, &format!("{level} % of {}", x.len()));
        }
    }
}

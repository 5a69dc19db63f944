//! Data of one column that tests can work out by hand.

use model_core::Params;
use serde_json::Value as Json;

use super::learner;
use crate::folds::fit_data::FitData;
use crate::folds::preprocess::fit_preprocessor;
use crate::table::{ColumnData, Table, TableColumn};

/// Rows with `x` 0, 1, 2 … and the given targets.
pub(super) fn data(target: &[f64]) -> FitData {
    let numbers: Vec<f64> = (0_u32..).take(target.len()).map(f64::from).collect();
    let table = Table {
        columns: vec![TableColumn { name: "x".into(), data: ColumnData::Numeric(numbers.into()) }],
        target_name: "y".into(),
        target: target.to_vec().into(),
        weights: None,
        left_out: Vec::new(),
        notices: Vec::new(),
    };
    let rows: Vec<usize> = (0..target.len()).collect();
    FitData::new(&fit_preprocessor(&table, &rows, None), &table, &rows)
}

/// What the family's model predicts for the rows that it was fitted to.
pub(super) fn fitted(family: &str, params: Json, target: &[f64]) -> Vec<f64> {
    let params: Params = serde_json::from_value(params).unwrap();
    let (data, learner) = (data(target), learner(family).unwrap());
    let model = learner.fit(&params, &data, 0).unwrap();
    data.predict(&model, learner.abilities().features)
}

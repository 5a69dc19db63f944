//! Data with one column, for tests with results computed by hand.

use model_core::Params;
use serde_json::Value as Json;

use super::learner;
use crate::folds::fit_data::FitData;
use crate::folds::preprocess::fit_preprocessor;
use crate::table::{ColumnData, Table, TableColumn};

/// Rows with `x` 0, 1, 2 … and the given targets.
pub(super) fn data(target: &[f64]) -> FitData {
    let numbers: Vec<f64> = (0_u32..).take(target.len()).map(f64::from).collect();
    weighted_data(&numbers, target, None)
}

/// Rows with the given `x` (NaN where it is blank), targets and weights.
pub(super) fn weighted_data(x: &[f64], target: &[f64], weights: Option<&[f64]>) -> FitData {
    data_of_columns(vec![("x", ColumnData::Numeric(x.into()))], target, weights)
}

/// Rows with the given columns, targets and weights.
pub(super) fn data_of_columns(columns: Vec<(&str, ColumnData)>, target: &[f64], weights: Option<&[f64]>) -> FitData {
    let table = Table {
        columns: columns.into_iter().map(|(name, data)| TableColumn { name: name.into(), data }).collect(),
        target_name: "y".into(),
        target: target.into(),
        weights: weights.map(Into::into),
        keys: crate::table::keys::RowKeys::default(),
        directions: Default::default(),
        most_columns: None,
        cells: None,
        dates: Default::default(),
        left_out: Vec::new(),
        notices: Vec::new(),
        reading: Default::default(),
    };
    let rows: Vec<usize> = (0..target.len()).collect();
    FitData::new(&fit_preprocessor(&table, &rows, None), &table, &rows)
}

/// The predictions of the family's model for its training rows.
pub(super) fn fitted(family: &str, params: Json, target: &[f64]) -> Vec<f64> {
    fitted_to(family, params, &data(target))
}

/// The same for any data.
pub(super) fn fitted_to(family: &str, params: Json, data: &FitData) -> Vec<f64> {
    let params: Params = serde_json::from_value(params).unwrap();
    let learner = learner(family).unwrap();
    data.predict(&learner.fit(&params, data, 0).unwrap(), learner.abilities().features)
}

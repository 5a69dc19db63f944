//! Records from an engine, as described in `report.json`.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::decode::impl_from_json;

/// Records that were aggregated in the engine: models are fitted on combinations of features with their counts, and a
/// sample is used for what needs single rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// The number of combinations of features and parts.
    pub cells: usize,
    /// The number of rows in the sample.
    pub sampled: usize,
    /// How many of these are held back.
    pub sampled_holdout: usize,
    /// The number of distinct values of each column that was rounded before it was counted. If there is any, R² and the
    /// root mean squared error on the holdout are computed on the sample, whose numbers are not rounded.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub rounded: BTreeMap<String, usize>,
}

impl_from_json!(Counted { cells, sampled, sampled_holdout, rounded = BTreeMap::new() });

/// The engine that records came from, without its location.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EngineSource {
    /// The kind of engine, such as `Spark`.
    pub engine: String,
    /// The number of rows with a target in its table.
    pub rows: usize,
    /// How they were reduced for training.
    pub reducer: Reducer,
}

impl_from_json!(EngineSource { engine, rows, reducer });

/// What a model is fitted on of a table in an engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reducer {
    /// All rows.
    AllRows,
    /// All rows, aggregated by combinations of features.
    Cells,
    /// Likewise, after numbers with many values were rounded.
    RoundedCells,
    /// A sample of the rows, drawn by the hash of their id.
    DrawnRows,
}

impl_from_json!(enum Reducer {
    "all_rows" => AllRows {},
    "cells" => Cells {},
    "rounded_cells" => RoundedCells {},
    "drawn_rows" => DrawnRows {},
});

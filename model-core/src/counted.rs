//! Records that were asked from an engine, as `report.json` tells of them.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::decode::impl_from_json;

/// Records that were counted where they are: combinations of their features with their numbers are learned from, and some rows
/// are looked at one by one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// How many combinations of features and parts there are.
    pub cells: usize,
    /// How many rows were drawn.
    pub sampled: usize,
    /// How many of these are held back.
    pub sampled_holdout: usize,
    /// How many values were left of numbers that were rounded before they were counted, by their columns: then R² and the root
    /// mean squared error on what is held back are of the sample, whose numbers are not rounded.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub rounded: BTreeMap<String, usize>,
}

impl_from_json!(Counted { cells, sampled, sampled_holdout, rounded = BTreeMap::new() });

/// An engine that records were asked from; where it is, is not told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EngineSource {
    /// What kind of engine it is, such as `Spark`.
    pub engine: String,
    /// How many rows with a target its table has.
    pub rows: usize,
    /// What was taken of them.
    pub reducer: Reducer,
}

impl_from_json!(EngineSource { engine, rows, reducer });

/// What is learned from of a table in an engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reducer {
    /// Each row.
    AllRows,
    /// All rows, as combinations of features with their numbers.
    Cells,
    /// The same, after numbers of many values were rounded.
    RoundedCells,
    /// Rows that were drawn by the hash of their id.
    DrawnRows,
}

impl_from_json!(enum Reducer {
    "all_rows" => AllRows {},
    "cells" => Cells {},
    "rounded_cells" => RoundedCells {},
    "drawn_rows" => DrawnRows {},
});

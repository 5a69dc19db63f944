//! Monotonicity constraints on numeric columns: from the table's directions, and from the parameter `monotone` of some
//! families.

use std::collections::BTreeMap;

use model_core::Direction;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::Value as Json;

use super::error::FitError;
use crate::folds::fit_data::{Features, FitData};

const EXPECTED: &str = "an object of numeric columns, each with 1, 0 or -1";

/// By column name 1 (never falls), −1 (never rises) or 0 (unconstrained).
#[derive(Debug, Clone, Default)]
pub(super) struct Monotone(BTreeMap<String, i8>);

/// The table's direction of each column; empty if it has none.
pub(super) fn directions(data: &FitData) -> Vec<i8> {
    let directions = data.schema().columns.iter().map(|column| column.direction.map_or(0, Direction::sign));
    let directions: Vec<i8> = directions.collect();
    if directions.iter().any(|direction| *direction != 0) { directions } else { Vec::new() }
}

/// The direction of each one-hot feature; empty if none is constrained.
pub(super) fn of_features(of_columns: &[i8], data: &FitData) -> Vec<i8> {
    if of_columns.is_empty() {
        return Vec::new();
    }
    // Standardisation divides by a positive scale, which keeps the direction.
    let columns = data.preprocessor(Features::OneHot).feature_columns();
    columns.into_iter().map(|column| of_columns[column]).collect()
}

impl Monotone {
    /// The direction of each column of the schema, from the parameter or else from the table; empty if none is
    /// constrained.
    pub(super) fn of_columns(&self, family: &'static str, data: &FitData) -> Result<Vec<i8>, FitError> {
        let mut directions = directions(data);
        if self.0.is_empty() {
            return Ok(directions);
        }
        let is_categorical = data.is_categorical();
        directions.resize(is_categorical.len(), 0);
        for (name, direction) in &self.0 {
            let column_idx = data.schema().position(name).filter(|column_idx| !is_categorical[*column_idx]);
            let column_idx = column_idx.ok_or_else(|| FitError::Parameter {
                family,
                name: "monotone".into(),
                found: serde_json::json!(self.0).to_string(),
                expected: EXPECTED.into(),
            })?;
            directions[column_idx] = *direction;
        }
        Ok(directions)
    }

    /// The direction of each one-hot feature; empty if none is constrained.
    pub(super) fn of_features(&self, family: &'static str, data: &FitData) -> Result<Vec<i8>, FitError> {
        Ok(of_features(&self.of_columns(family, data)?, data))
    }
}

impl<'de> Deserialize<'de> for Monotone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Json::deserialize(deserializer)?;
        let directions = json.as_object().and_then(|directions| {
            let direction = |(name, direction): (&String, &Json)| {
                let direction = direction.as_i64().filter(|direction| direction.abs() <= 1)?;
                Some((name.clone(), i8::try_from(direction).ok()?))
            };
            directions.iter().map(direction).collect()
        });
        directions.map(Self).ok_or_else(|| D::Error::custom(EXPECTED))
    }
}

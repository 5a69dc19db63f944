//! The parameter `monotone`: predictions that may only rise, or only fall, with a numeric column.

use std::collections::BTreeMap;

use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::Value as Json;

use super::error::FitError;
use crate::folds::fit_data::{Features, FitData};

const EXPECTED: &str = "an object of numeric columns, each with 1, 0 or -1";

/// For some columns by name 1 (never falls), −1 (never rises) or 0 (free).
#[derive(Debug, Clone, Default)]
pub(super) struct Monotone(BTreeMap<String, i8>);

impl Monotone {
    /// The direction of each column of the schema; empty where none is constrained.
    pub(super) fn of_columns(&self, family: &'static str, data: &FitData) -> Result<Vec<i8>, FitError> {
        if self.0.is_empty() {
            return Ok(Vec::new());
        }
        let is_categorical = data.is_categorical();
        let mut directions = vec![0; is_categorical.len()];
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

    /// The direction of each one-hot feature; empty where none is constrained.
    pub(super) fn of_features(&self, family: &'static str, data: &FitData) -> Result<Vec<i8>, FitError> {
        let of_columns = self.of_columns(family, data)?;
        if of_columns.is_empty() {
            return Ok(of_columns);
        }
        // Columns are standardised: a scale above 0 leaves the direction as it is.
        let columns = data.preprocessor(Features::OneHot).feature_columns();
        Ok(columns.into_iter().map(|column| of_columns[column]).collect())
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

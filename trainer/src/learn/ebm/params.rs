//! The hyper-parameters of explainable boosting; [`super`] has the table.

use serde::Deserialize;

use crate::learn::engine::Stat;
use crate::learn::params::{MAX_STEPS, at_least, not_negative, positive, within};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Params {
    #[serde(deserialize_with = "within::<1, MAX_STEPS, _>")]
    pub(super) rounds: usize,
    #[serde(deserialize_with = "positive")]
    pub(super) learning_rate: f64,
    #[serde(deserialize_with = "at_least::<2, _>")]
    pub(super) max_leaves: usize,
    #[serde(deserialize_with = "not_negative")]
    pub(super) min_samples_leaf: f64,
    #[serde(deserialize_with = "not_negative")]
    pub(super) smoothing: f64,
    #[serde(deserialize_with = "within::<1, 1_000, _>")]
    pub(super) outer_bags: usize,
    #[serde(deserialize_with = "at_least::<0, _>")]
    pub(super) interactions: usize,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            rounds: 100,
            learning_rate: 0.1,
            max_leaves: 3,
            min_samples_leaf: 4.0,
            smoothing: 20.0,
            outer_bags: 1,
            interactions: 0,
        }
    }
}

impl Params {
    /// The step of a leaf with this sum.
    pub(super) fn step(&self, sum: Stat) -> f64 {
        let divisor = sum.h + self.smoothing;
        if divisor > 0.0 { self.learning_rate * sum.g / divisor } else { 0.0 }
    }
}

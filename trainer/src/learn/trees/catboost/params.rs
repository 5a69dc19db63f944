//! The hyper-parameters of CatBoost-style boosting; [`super`] has the table.

use serde::Deserialize;

use crate::folds::fit_data::FitData;
use crate::learn::params::{Choice, MAX_STEPS, choice, not_negative, positive, share, within};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Params {
    #[serde(deserialize_with = "within::<1, MAX_STEPS, _>")]
    pub(super) iterations: usize,
    #[serde(deserialize_with = "positive")]
    pub(super) learning_rate: f64,
    #[serde(deserialize_with = "within::<1, 12, _>")]
    pub(super) depth: usize,
    #[serde(deserialize_with = "not_negative")]
    pub(super) l2_leaf_reg: f64,
    #[serde(deserialize_with = "choice")]
    pub(super) boosting_type: BoostingType,
    #[serde(deserialize_with = "within::<0, 255, _>")]
    pub(super) one_hot_max_size: usize,
    #[serde(deserialize_with = "positive")]
    pub(super) prior_weight: f64,
    #[serde(deserialize_with = "not_negative")]
    pub(super) random_strength: f64,
    #[serde(deserialize_with = "not_negative")]
    pub(super) model_size_reg: f64,
    #[serde(deserialize_with = "share")]
    pub(super) subsample: f64,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            iterations: 100,
            learning_rate: 0.1,
            depth: 6,
            l2_leaf_reg: 3.0,
            boosting_type: BoostingType::Plain,
            one_hot_max_size: 2,
            prior_weight: 1.0,
            random_strength: 1.0,
            model_size_reg: 0.5,
            subsample: 0.8,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum BoostingType {
    Plain,
    Ordered,
}

impl Choice for BoostingType {
    const CHOICES: &'static [(&'static str, Self)] = &[("plain", Self::Plain), ("ordered", Self::Ordered)];
}

/// With more rows a row's own target hardly affects its residual.
const MAX_ORDERED_ROWS: usize = 50_000;

impl Params {
    /// Whether boosting is ordered for this number of rows.
    pub(super) fn is_ordered(&self, data: &FitData) -> bool {
        self.boosting_type == BoostingType::Ordered && data.n_rows() <= MAX_ORDERED_ROWS
    }
}

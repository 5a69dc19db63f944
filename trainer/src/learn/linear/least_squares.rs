//! Ordinary least squares. It has no parameters.

use model_core::{Model, Params as ParamMap};
use serde::Deserialize;

use super::decomposed::Decomposed;
use crate::folds::fit_data::{Features, FitData};
use crate::learn::error::FitError;
use crate::learn::family::Family;
use crate::learn::learner::{Abilities, Grid};

/// Linear regression.
#[derive(Debug)]
pub(crate) struct LinearRegression;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Params {}

/// What a decomposition or some rounds of coordinate descent cost, in [`passes`](crate::learn::Learner::passes).
pub(super) const PASSES: f64 = 40.0;

/// What every family with one coefficient a feature supports.
pub(super) const LINEAR: Abilities = Abilities {
    features: Features::OneHot,
    weights: true,
    missing_values: false,
    native_categories: false,
    monotone: false,
    stores_rows: false,
};

impl Family for LinearRegression {
    const NAME: &'static str = "linear";
    const ABILITIES: Abilities = LINEAR;
    type Params = Params;

    fn grid(_grid: Grid) -> Vec<ParamMap> {
        vec![ParamMap::new()]
    }

    fn passes(_params: &Params) -> f64 {
        PASSES
    }

    fn fit(_params: &Params, data: &FitData, _seed: u64) -> Result<Model, FitError> {
        Ok(Model::Linear(Decomposed::of(Self::NAME, data)?.solve(0.0)))
    }
}

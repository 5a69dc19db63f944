//! Ordinary least squares. It has no parameters.

use model_core::{Model, Params as ParamMap};
use serde::Deserialize;

use super::directed::Directed;
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

/// The cost of one-hot encoding and a decomposition or coordinate descent, in
/// [`passes`](crate::learn::Learner::passes).
pub(super) const PASSES: f64 = 400.0;

/// The capabilities of families with one coefficient per feature.
pub(super) const LINEAR: Abilities = Abilities {
    features: Features::OneHot,
    weights: true,
    cells: true,
    missing_values: false,
    native_categories: false,
    monotone: true,
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
        Directed::of(Self::NAME, data).map(|directed| Model::Linear(directed.solve(0.0, data)))
    }
}

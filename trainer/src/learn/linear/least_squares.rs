//! Ordinary least squares. It has no parameters.

use model_core::{Model, Params};

use super::decomposed::Decomposed;
use crate::folds::fit_data::{Features, FitData};
use crate::learn::params::ParamReader;
use crate::learn::{Abilities, FitError, Grid, Learner};

/// Linear regression.
#[derive(Debug)]
pub(crate) struct LinearRegression;

/// What every family with one coefficient a feature can do.
pub(super) const LINEAR: Abilities = Abilities {
    features: Features::OneHot,
    weights: true,
    missing_values: false,
    native_categories: false,
    monotone: false,
    stores_rows: false,
};

impl Learner for LinearRegression {
    fn family(&self) -> &'static str {
        "linear"
    }

    fn abilities(&self) -> Abilities {
        LINEAR
    }

    fn grid(&self, _grid: Grid) -> Vec<Params> {
        vec![Params::new()]
    }

    fn fit(&self, params: &Params, data: &FitData, _seed: u64) -> Result<Model, FitError> {
        ParamReader::new(self.family(), params).finish()?;
        Ok(Model::Linear(Decomposed::of(self.family(), data)?.solve(0.0)))
    }
}

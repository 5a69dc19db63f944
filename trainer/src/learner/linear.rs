//! Ordinary least squares. It has no parameters.

use model_core::{Model, Params};

use super::decomposed::Decomposed;
use super::{FitError, Learner};
use crate::samples::Samples;

/// Linear regression.
#[derive(Debug)]
pub(super) struct LinearRegression;

impl Learner for LinearRegression {
    fn family(&self) -> &'static str {
        "linear"
    }

    fn grid(&self) -> Vec<Params> {
        vec![Params::new()]
    }

    fn fit(&self, _params: &Params, samples: &Samples) -> Result<Model, FitError> {
        Ok(Model::Linear(Decomposed::new(self.family(), samples)?.solve(0.0)))
    }
}

//! Ordinary least squares.
//!
//! By singular value decomposition: one-hot columns sum to one, so the design has not full rank, and of the many
//! solutions the one with the smallest norm is wanted. (smartcore's QR is silently wrong there.)
//!
//! It has no parameters.

use model_core::{LinearModel, Model, Params};
use smartcore::linear::linear_regression::{
    LinearRegression as Fitted, LinearRegressionParameters, LinearRegressionSolverName,
};

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
        let parameters = LinearRegressionParameters::default().with_solver(LinearRegressionSolverName::SVD);
        let fitted = Fitted::fit(&samples.features, &samples.target, parameters)
            .map_err(|error| FitError::Numerical { family: self.family(), problem: error.to_string() })?;
        let coefficients = fitted.coefficients().iter().copied().collect();
        Ok(Model::Linear(LinearModel { intercept: *fitted.intercept(), coefficients }))
    }
}

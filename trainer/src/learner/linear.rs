//! Ordinary least squares.
//!
//! By singular value decomposition: one-hot columns sum to one, so the design has not full rank, and of the many
//! solutions the one with the smallest norm is wanted. Two choices are scikit-learn's, because they matter for a record
//! with a category that training never saw: the intercept is no part of that norm, and a singular value counts as zero
//! below `max(rows, features) × ε` of the largest (with smartcore's own, smaller bound the null space leaks in).
//!
//! It has no parameters.

use model_core::{Model, Params};
use ndarray::Array1;
use smartcore::linalg::traits::svd::SVDDecomposable;

use super::centred::Centred;
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
        let centred = Centred::new(samples);
        let decomposition = centred
            .features
            .svd()
            .map_err(|error| FitError::Numerical { family: self.family(), problem: error.to_string() })?;
        let (n_rows, n_features) = centred.features.dim();
        let largest = decomposition.s.iter().copied().fold(0.0, f64::max);
        let smallest = n_rows.max(n_features) as f64 * f64::EPSILON * largest;
        let target = Array1::from_vec(centred.target.clone());
        let mut coefficients = Array1::zeros(n_features);
        for (place, singular) in decomposition.s.iter().enumerate().filter(|(_, singular)| **singular > smallest) {
            let along = decomposition.U.column(place).dot(&target) / singular;
            coefficients.scaled_add(along, &decomposition.V.column(place));
        }
        Ok(Model::Linear(centred.model(coefficients.to_vec())))
    }
}

//! Least squares through a singular value decomposition, shared by linear and ridge regression.
//!
//! One-hot columns sum to one, so the design has not full rank, and of the many solutions the one with the smallest
//! norm is wanted; that needs the singular values. Two choices are scikit-learn's, because they matter for a record with
//! a category that training never saw: the intercept is no part of the norm, so features and target are centred first;
//! and a singular value counts as zero below `max(rows, features) × ε` of the largest (with smartcore's own, smaller
//! bound the null space leaks in; its QR is silently wrong here, its ridge refuses more columns than rows).

use model_core::LinearModel;
use ndarray::{Array1, Array2, Axis};
use smartcore::linalg::traits::svd::SVDDecomposable;

use super::FitError;
use crate::samples::Samples;

/// Centred features as `U S Vᵀ`, with the centred target along `U`.
pub(super) struct Decomposed {
    singular_values: Vec<f64>,
    /// Smaller singular values are rounding errors.
    smallest: f64,
    target_along: Array1<f64>,
    directions: Array2<f64>,
    feature_means: Array1<f64>,
    target_mean: f64,
}

impl Decomposed {
    pub(super) fn new(family: &'static str, samples: &Samples) -> Result<Self, FitError> {
        let (n_rows, n_features) = samples.features.dim();
        let weights = Array1::from_vec(samples.weights.clone().unwrap_or_else(|| vec![1.0; n_rows]));
        let target = Array1::from_vec(samples.target.clone());
        let feature_means = weights.dot(&samples.features) / weights.sum();
        let target_mean = weights.dot(&target) / weights.sum();
        // A row of weight w counts as much as w rows when it is scaled by √w.
        let roots = weights.sqrt();
        let svd = ((&samples.features - &feature_means) * roots.view().insert_axis(Axis(1)))
            .svd()
            .map_err(|error| FitError::Numerical { family, problem: error.to_string() })?;
        let largest = svd.s.iter().copied().fold(0.0, f64::max);
        Ok(Self {
            smallest: n_rows.max(n_features) as f64 * f64::EPSILON * largest,
            target_along: svd.U.t().dot(&((target - target_mean) * roots)),
            singular_values: svd.s,
            directions: svd.V,
            feature_means,
            target_mean,
        })
    }

    /// The model with the least `squared error + alpha × squared norm of the coefficients`; of several the one with
    /// the smallest norm.
    pub(super) fn solve(&self, alpha: f64) -> LinearModel {
        let mut coefficients = Array1::zeros(self.feature_means.len());
        for (place, singular) in self.singular_values.iter().enumerate().filter(|(_, value)| **value > self.smallest) {
            let share = singular / (singular * singular + alpha);
            coefficients.scaled_add(share * self.target_along[place], &self.directions.column(place));
        }
        let intercept = self.target_mean - coefficients.dot(&self.feature_means);
        LinearModel { intercept, coefficients: coefficients.to_vec() }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn a_line_through_two_points_and_its_shrunken_sister() {
        // x = 1, 3 and y = 2, 6: slope 2, intercept 0. Centred x = ∓1: with α = 2 the slope is 4 / (2 + 2) = 1.
        let samples = Samples { features: array![[1.0], [3.0]], target: vec![2.0, 6.0], weights: None };
        let decomposed = Decomposed::new("linear", &samples).unwrap();
        let line = decomposed.solve(0.0);
        assert!((line.coefficients[0] - 2.0).abs() < 1e-12 && line.intercept.abs() < 1e-12, "{line:?}");
        let ridge = decomposed.solve(2.0);
        assert!((ridge.coefficients[0] - 1.0).abs() < 1e-12 && (ridge.intercept - 2.0).abs() < 1e-12, "{ridge:?}");
    }

    #[test]
    fn more_features_than_rows_are_fitted_exactly_with_the_smallest_norm() {
        // Two equal columns share the slope, a constant one gets none.
        let samples =
            Samples { features: array![[0.0, 0.0, 5.0], [1.0, 1.0, 5.0]], target: vec![1.0, 5.0], weights: None };
        let model = Decomposed::new("linear", &samples).unwrap().solve(0.0);
        for (found, expected) in model.coefficients.iter().zip([2.0, 2.0, 0.0]) {
            assert!((found - expected).abs() < 1e-12, "{model:?}");
        }
        assert!((model.intercept - 1.0).abs() < 1e-12);
    }
}

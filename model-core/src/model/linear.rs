//! A linear model: what linear regression, its penalised forms and linear support vectors fit.

use serde::Serialize;

use crate::decode::impl_from_json;

/// `intercept + Σ coefficient × feature`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LinearModel {
    /// In the target's unit.
    pub intercept: f64,
    /// One per feature, in the target's unit per unit of the feature.
    pub coefficients: Vec<f64>,
}

impl_from_json!(LinearModel { intercept, coefficients });

impl LinearModel {
    pub(super) fn predict(&self, features: &[f64]) -> f64 {
        // In order, from the intercept on: a sum that skips the zeros of a one-hot row gives the same bits.
        self.coefficients
            .iter()
            .zip(features)
            .fold(self.intercept, |sum, (coefficient, feature)| sum + coefficient * feature)
    }

    pub(super) fn max_magnitude(&self, bounds: &[f64]) -> f64 {
        let terms = self.coefficients.iter().zip(bounds).map(|(coefficient, bound)| coefficient.abs() * bound);
        self.intercept.abs() + terms.sum::<f64>()
    }

    pub(super) fn structural_problem(&self, n_features: usize) -> Option<String> {
        if self.coefficients.len() != n_features {
            return Some(format!(
                "the model has {} coefficients but the preprocessor makes {n_features} features",
                self.coefficients.len()
            ));
        }
        let all_finite =
            self.intercept.is_finite() && self.coefficients.iter().all(|coefficient| coefficient.is_finite());
        (!all_finite).then(|| "a coefficient is not a finite number".into())
    }
}

//! A kernel expansion: what support vector regression fits when its function is not linear.

use serde::Serialize;

use crate::decode::impl_from_json;

/// `intercept + Σ dual coefficient × kernel(features, support vector)`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KernelModel {
    /// The similarity of two rows.
    pub kernel: Kernel,
    /// In the target's unit.
    pub intercept: f64,
    /// One a support vector, in the target's unit.
    pub dual_coefficients: Vec<f64>,
    /// The encoded rows that the sum runs over, one after the other.
    pub support_vectors: Vec<f64>,
}

impl_from_json!(KernelModel { kernel, intercept, dual_coefficients, support_vectors });

/// The similarity of two rows of features.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kernel {
    /// Their dot product.
    Linear,
    /// `exp(−gamma × squared distance)`, the radial basis function.
    Rbf {
        /// How fast the similarity decays, above 0.
        gamma: f64,
    },
}

impl_from_json!(enum Kernel { "linear" => Linear {}, "rbf" => Rbf { gamma } });

impl Kernel {
    /// The similarity of two rows of equal length.
    #[must_use]
    pub fn between(self, left: &[f64], right: &[f64]) -> f64 {
        let pairs = left.iter().zip(right);
        match self {
            Self::Linear => pairs.fold(0.0, |sum, (left, right)| sum + left * right),
            Self::Rbf { gamma } => {
                let squared = pairs.fold(0.0, |sum, (left, right)| sum + (left - right) * (left - right));
                libm::exp(-gamma * squared)
            }
        }
    }
}

impl KernelModel {
    pub(super) fn predict(&self, features: &[f64]) -> f64 {
        self.support_vectors
            .chunks_exact(features.len().max(1))
            .zip(&self.dual_coefficients)
            .fold(self.intercept, |sum, (vector, dual)| sum + dual * self.kernel.between(features, vector))
    }

    pub(super) fn max_magnitude(&self, bounds: &[f64]) -> f64 {
        let vectors = self.support_vectors.chunks_exact(bounds.len().max(1)).zip(&self.dual_coefficients);
        let kernel = |vector: &[f64]| match self.kernel {
            Kernel::Linear => vector.iter().zip(bounds).map(|(feature, bound)| feature.abs() * bound).sum::<f64>(),
            // At most 1: 0 if the squared distance overflows.
            Kernel::Rbf { .. } => 1.0,
        };
        self.intercept.abs() + vectors.map(|(vector, dual)| dual.abs() * kernel(vector)).sum::<f64>()
    }

    /// What is wrong with the expansion for rows of `n_features`, if anything.
    pub(super) fn structural_problem(&self, n_features: usize) -> Option<String> {
        let n_vectors = self.dual_coefficients.len();
        if n_features == 0 || n_vectors.checked_mul(n_features) != Some(self.support_vectors.len()) {
            return Some(format!(
                "{n_vectors} support vectors of {n_features} features are needed, but {} features are stored",
                self.support_vectors.len()
            ));
        }
        let numbers = self.dual_coefficients.iter().chain(&self.support_vectors).chain([&self.intercept]);
        if !numbers.into_iter().all(|number| number.is_finite()) {
            return Some("a number of the kernel expansion is not finite".into());
        }
        match self.kernel {
            Kernel::Rbf { gamma } if !(gamma.is_finite() && gamma > 0.0) => Some("gamma is not above 0".into()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expansion(kernel: Kernel) -> KernelModel {
        KernelModel {
            kernel,
            intercept: 5.0,
            dual_coefficients: vec![2.0, -1.0],
            support_vectors: vec![0.0, 0.0, 1.0, 2.0],
        }
    }

    #[test]
    fn expansions_worked_by_hand() {
        // Squared distances from (0, 2): 4 and 1; scalar products 0 and 4.
        let found = expansion(Kernel::Rbf { gamma: 0.5 }).predict(&[0.0, 2.0]);
        let expected = 5.0 + 2.0 * 0.135_335_283_236_612_7 - 0.606_530_659_712_633_4;
        assert!((found - expected).abs() < 1e-15, "{found}");
        assert_eq!(expansion(Kernel::Linear).predict(&[0.0, 2.0]), 1.0);
        // Far from all support vectors, only the intercept is left.
        assert_eq!(expansion(Kernel::Rbf { gamma: 0.5 }).predict(&[1e200, 0.0]), 5.0);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let refused = |spoil: &dyn Fn(&mut KernelModel)| {
            let mut model = expansion(Kernel::Rbf { gamma: 0.5 });
            spoil(&mut model);
            model.structural_problem(2).is_some()
        };
        assert!(!refused(&|_| {}));
        assert!(!refused(&|model| model.kernel = Kernel::Linear));
        assert!(refused(&|model| model.kernel = Kernel::Rbf { gamma: 0.0 }));
        assert!(refused(&|model| model.kernel = Kernel::Rbf { gamma: f64::NAN }));
        assert!(refused(&|model| model.intercept = f64::INFINITY));
        assert!(refused(&|model| model.dual_coefficients[1] = f64::NAN));
        assert!(refused(&|model| model.dual_coefficients.truncate(1)));
        assert!(refused(&|model| model.support_vectors[0] = f64::NAN));
        assert!(expansion(Kernel::Linear).structural_problem(3).is_some());
    }

    #[test]
    fn json_holds_it_exactly() {
        let model = expansion(Kernel::Rbf { gamma: 0.1 + 0.2 });
        let json = serde_json::to_string(&crate::Model::Kernel(model.clone())).unwrap();
        assert!(json.starts_with(r#"{"kernel":{"kernel":{"rbf":{"gamma":0.30000000000000004}}"#), "{json}");
        assert_eq!(crate::from_json::<crate::Model>(&json).unwrap(), crate::Model::Kernel(model));
    }
}

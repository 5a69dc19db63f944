//! Least squares, with or without a ridge penalty, with coefficients constrained to the signs of the columns'
//! directions.
//!
//! If the unconstrained solution has these signs, it is returned bit by bit; otherwise coordinate descent enforces
//! them.

use std::sync::OnceLock;

use model_core::LinearModel;

use super::conjugate_gradients::Gradients;
use super::coordinate_descent::{Penalty, Products};
use super::decomposed::Decomposed;
use crate::folds::fit_data::{Features, FitData};
use crate::learn::error::FitError;
use crate::learn::monotone::{directions, of_features};

/// The minimal penalty with sign constraints, as a share of the variance of a standardised feature: one-hot columns,
/// which always sum to one, have no unique solution without a penalty.
const LEAST_PENALTY: f64 = 1e-9;

/// With more features a decomposition takes seconds.
const MANY_FEATURES: usize = 128;

/// Quantities shared by all penalties.
pub(super) struct Directed {
    free: Free,
    /// One per feature; empty if none is constrained.
    directions: Vec<i8>,
    products: OnceLock<Products>,
}

/// The unconstrained solution.
enum Free {
    Decomposed(Decomposed),
    Gradients(Gradients),
}

impl Directed {
    pub(super) fn of(family: &'static str, data: &FitData) -> Result<Self, FitError> {
        let directions = of_features(&directions(data), data);
        let n_features = data.preprocessor(Features::OneHot).n_features();
        let free = if n_features > MANY_FEATURES {
            Free::Gradients(Gradients::of(family, data)?)
        } else {
            Free::Decomposed(Decomposed::of(family, data)?)
        };
        Ok(Self { free, directions, products: OnceLock::new() })
    }

    /// The minimiser of `squared error + alpha × squared norm of the coefficients`.
    pub(super) fn solve(&self, alpha: f64, data: &FitData) -> LinearModel {
        let free = match &self.free {
            Free::Decomposed(decomposed) => decomposed.solve(alpha),
            Free::Gradients(gradients) => gradients.solve(alpha, || data.is_stopped()),
        };
        let mut signs = free.coefficients.iter().zip(&self.directions);
        if signs.all(|(coefficient, direction)| f64::from(*direction) * coefficient >= 0.0) {
            return free;
        }
        let total = data.weights().map_or(data.n_rows() as f64, |weights| weights.iter().sum());
        let penalty = Penalty { alpha: (alpha / total).max(LEAST_PENALTY), l1_ratio: 0.0 };
        let products = self.products.get_or_init(|| Products::of(data));
        products.solve(penalty, &self.directions, || data.is_stopped())
    }
}

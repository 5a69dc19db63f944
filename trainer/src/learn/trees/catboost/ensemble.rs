//! The ensemble, and what both variants of boosting share.

use super::columns::Column;
use super::params::Params;
use crate::learn::engine::{CandidateColumn, Candidates, SymmetricTest as Test};

/// A tree of the model.
pub(super) struct SymmetricTree {
    pub(super) tests: Vec<Test>,
    pub(super) leaves: Vec<f64>,
}

/// The trees and the initial value.
pub(super) struct Boosted {
    pub(super) trees: Vec<SymmetricTree>,
    pub(super) base: f64,
}

pub(super) fn candidates(columns: &[Column], model_size_reg: f64) -> Candidates {
    let candidate =
        |column: &Column| CandidateColumn { n_tests: column.thresholds.len(), n_statistics: column.n_statistics() };
    Candidates::new(&columns.iter().map(candidate).collect::<Vec<_>>(), model_size_reg)
}

/// The standard deviation of the noise on scores: proportional to that of the residuals, and decreasing as the number
/// of iterations times the learning rate approaches the logarithm of the number of rows (as in CatBoost).
pub(super) fn noise_on_scores(params: &Params, residual_size: f64, n_rows: usize, iteration: usize) -> f64 {
    let left = libm::exp(libm::log(n_rows as f64) - iteration as f64 * params.learning_rate);
    params.random_strength * residual_size * left / (1.0 + left)
}

//! Linear models: least squares, with and without penalties.

mod cholesky;
mod conjugate_gradients;
mod coordinate_descent;
mod decomposed;
mod directed;
pub(super) mod elastic_net;
mod gram;
pub(super) mod lasso;
pub(super) mod least_squares;
mod penalised;
mod portable;
mod products;
pub(super) mod ridge;

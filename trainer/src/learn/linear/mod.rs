//! Linear models: least squares, with and without penalties.

mod coordinate_descent;
mod decomposed;
pub(super) mod elastic_net;
mod gram;
pub(super) mod lasso;
pub(super) mod least_squares;
pub(super) mod ridge;

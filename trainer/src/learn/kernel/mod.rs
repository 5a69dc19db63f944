//! Models that keep rows of the training data: nearest neighbours and support vectors.

pub(super) mod knn;
mod smo;
pub(super) mod svr;

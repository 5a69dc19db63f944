//! Models that store training rows: nearest neighbours and support vectors.

pub(super) mod knn;
mod smo;
pub(super) mod svr;

use super::learner::Abilities;
use crate::folds::fit_data::Features;

/// Fits and predictions compare pairs of rows, which a number of passes cannot describe: a large constant.
const MANY: f64 = 5_000.0;

/// The abilities of families based on distances between rows.
const KERNEL: Abilities = Abilities {
    features: Features::OneHot,
    weights: true,
    cells: false,
    missing_values: false,
    native_categories: false,
    monotone: false,
    stores_rows: true,
};

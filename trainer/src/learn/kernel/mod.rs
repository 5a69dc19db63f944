//! Models that keep rows of the training data: nearest neighbours and support vectors.

pub(super) mod knn;
mod smo;
pub(super) mod svr;

use super::learner::Abilities;
use crate::folds::fit_data::Features;

/// Their fits and predictions compare rows with rows, which no number of passes describes: as good as many.
const MANY: f64 = 5_000.0;

/// What families support that measure distances between rows.
const KERNEL: Abilities = Abilities {
    features: Features::OneHot,
    weights: true,
    cells: false,
    missing_values: false,
    native_categories: false,
    monotone: false,
    stores_rows: true,
};

//! Columns that may identify groups: how much of R² is due to rows of the same group in training and validation.
//!
//! A file often has one row per pupil *and term*. In a random split nearly every pupil is on both sides, and R²
//! measures how well known pupils are recognised; folds of whole groups measure it for new ones.

use model_core::RepeatedKey;

use super::refit::{Refitted, Refitter};
use crate::learn::FitError;
use crate::metrics::mean_and_sd;

/// The maximal number of columns: each costs a cross-validation.
const MAX_KEYS: usize = 3;

/// The result for each such column; without figures if the time is up or a fold with few groups has none.
pub(super) fn repeats(refitter: &Refitter<'_>, base: Option<&Refitted>) -> Result<Vec<RepeatedKey>, FitError> {
    let keys = refitter.cross_validation.table.keys.repeated.iter().take(MAX_KEYS);
    let repeat = |key| {
        let r2_groups = match base {
            Some(_) => refitter.by_groups(key)?.map(|folds| rounded(mean_and_sd(&folds).0)),
            None => None,
        };
        Ok(RepeatedKey {
            column: key.column.clone(),
            groups: key.n_distinct,
            rows: key.codes.len(),
            r2: base.map(|base| rounded(mean_and_sd(&base.r2_folds).0)),
            r2_groups: r2_groups.filter(|r2| r2.is_finite()),
        })
    };
    keys.map(repeat).collect()
}

/// Further digits would be noise.
fn rounded(r2: f64) -> f64 {
    (r2 * 1e4).round() / 1e4
}

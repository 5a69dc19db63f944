//! Columns that name what several rows have in common: how much of R² is owed to rows of one group on both sides.
//!
//! A file often has a row a pupil *and term*. Parted at random, nearly every pupil is learned from and judged by, and R² says
//! how well known pupils are recognised; what it is for others, folds of whole groups tell.

use model_core::RepeatedKey;

use super::refit::{Refitted, Refitter};
use crate::learn::FitError;
use crate::metrics::mean_and_sd;

/// Columns that are looked at: each costs a cross-validation.
const MAX_KEYS: usize = 3;

/// What is known about each such column; without figures where the time is up or a fold of few groups has none.
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

/// More digits than these are noise.
fn rounded(r2: f64) -> f64 {
    (r2 * 1e4).round() / 1e4
}

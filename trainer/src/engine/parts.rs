//! The part of a row (holdout or fold), from the MD5 of the seed and its id: hash sampling.
//!
//! The hash's hexadecimal digits are compared as texts, since engines differ in how they convert them to a number. Rows
//! with equal ids have the same part, so that no id is in both training and validation.

use crate::sql::Dialect;
use crate::table::ingest::CellColumn;

/// The hash's column name in the queries.
pub(super) const HASH: &str = "scorecast_hash";

/// The number of digits that are compared: 2³² steps.
const N_DIGITS: usize = 8;

/// How rows are split.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Parts {
    pub(super) seed: u32,
    pub(super) test_size: f64,
    pub(super) n_folds: usize,
}

impl Parts {
    /// The hash of `id`; a missing id is hashed as an empty text.
    pub(super) fn hash(self, dialect: Dialect, id: &str) -> String {
        let text = format!("concat('{}:', coalesce({}, ''))", self.seed, dialect.as_text(id));
        dialect.md5(&text)
    }

    /// The part of a row, from the first digits of its hash.
    pub(super) fn part(self) -> String {
        let last = self.n_folds.saturating_sub(1);
        let end =
            |fold: usize| self.test_size + (1.0 - self.test_size) * (fold as f64 + 1.0) / self.n_folds.max(1) as f64;
        let folds = (0..last).map(|fold| format!(" WHEN {HASH} < '{}' THEN {fold}", digits(end(fold))));
        let folds: String = folds.collect();
        format!(
            "CASE WHEN {HASH} < '{}' THEN -1{folds} ELSE {last} END AS {}",
            digits(self.test_size),
            CellColumn::Part.name()
        )
    }
}

/// Whether a row is drawn, from other digits of its hash, which are independent of its part; `None` if all rows are
/// drawn.
pub(super) fn is_drawn(share: f64) -> Option<String> {
    let from = N_DIGITS + 1;
    (share < 1.0).then(|| format!("substr({HASH}, {from}, {N_DIGITS}) < '{}'", digits(share)))
}

/// The first digits of the hash at which a share of all hashes ends.
fn digits(share: f64) -> String {
    let steps = 4_294_967_296.0;
    format!("{:0width$x}", (share * steps).ceil().clamp(0.0, steps - 1.0) as u64, width = N_DIGITS)
}

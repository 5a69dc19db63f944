//! The race between the candidates, as reported.

use serde::Serialize;

use crate::decode::impl_from_json;
use crate::params::Params;

/// The race between the candidates.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Race {
    /// quick, normal or thorough.
    pub effort: String,
    /// The rungs, ascending in rows.
    pub rungs: Vec<Rung>,
    /// The candidates that did not reach the last rung.
    pub dropped: Vec<Dropped>,
    /// Families that were not tried: their models would hold rows of the training data, or be far above the size budget.
    pub left_out: Vec<String>,
    /// Whether a time limit ended the run early; then another run on the same data may find another champion.
    pub time_limit_reached: bool,
}

impl_from_json!(Race { effort, rungs, dropped, left_out, time_limit_reached });

/// One rung of a race.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rung {
    /// The training rows that candidates were cross-validated on.
    pub rows: usize,
    /// How many candidates there were.
    pub n_candidates: usize,
    /// About how many cells of the table the fits read: a measure of work that, unlike time, is reproducible.
    pub cells: f64,
}

impl_from_json!(Rung { rows, n_candidates, cells });

/// A candidate that was dropped before the last rung.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Dropped {
    /// Its family.
    pub family: String,
    /// Its hyper-parameters.
    pub params: Params,
    /// The rows that it was last scored on.
    pub rows: usize,
    /// Its mean cross-validated R² on them.
    pub r2_mean: f64,
    /// Why it was dropped.
    pub reason: String,
}

impl_from_json!(Dropped { family, params, rows, r2_mean, reason });

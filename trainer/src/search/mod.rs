//! Scores candidates and selects the champion.
//!
//! In: the folds of the training rows and a list of candidates. Out: a leaderboard, which may include a blend of the
//! best candidates, and the order in which candidates are to be published. It never uses the holdout and writes
//! nothing.

pub(crate) mod blend;
pub(crate) mod candidates;
pub(crate) mod cross_validation;
pub(crate) mod effort;
pub(crate) mod fit_seed;
pub(crate) mod grid_file;
pub(crate) mod leaderboard;
pub(crate) mod paired;
pub(crate) mod race;
pub(crate) mod select;
pub(crate) mod work;

//! Candidates are scored, and one of them is chosen.
//!
//! In: the folds of the training rows and a list of candidates. Out: a leaderboard, maybe with a blend of its best, and the
//! order in which candidates are to be published. It never looks at the holdout and writes nothing.

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

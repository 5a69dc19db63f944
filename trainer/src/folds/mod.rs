//! Splits rows and prepares each part for training.
//!
//! Input: a table, and how its rows are to be split. Output: the rows of the holdout and of each fold, a preprocessor
//! fitted on training rows only, and [`FitData`](fit_data::FitData), the same rows in every encoding that learners use.
//! This module does not depend on any learner.

pub(crate) mod binned;
mod by_group;
mod by_time;
pub(crate) mod column_features;
pub(crate) mod fit_data;
pub(crate) mod limits;
mod merged;
pub(crate) mod parted;
pub(crate) mod predict_table;
pub(crate) mod prepare;
pub(crate) mod preprocess;
pub(crate) mod rare_categories;
pub(crate) mod samples;
pub(crate) mod screen;
pub(crate) mod split;
pub(crate) mod stop_signal;

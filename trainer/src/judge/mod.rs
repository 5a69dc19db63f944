//! Evaluates models: by group, against gates, by column, on new records.
//!
//! Input: a predictor or a candidate, and rows with known targets. Output: figures and verdicts. This module neither
//! changes models nor writes pages.

mod bootstrap;
pub(crate) mod compare;
pub(crate) mod diagnosis;
pub(crate) mod drift;
pub(crate) mod evaluate;
pub(crate) mod gates;
pub(crate) mod groups;
pub(crate) mod out_of_fold;
pub(crate) mod single_column;
pub(crate) mod suspicions;

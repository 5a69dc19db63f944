//! A model is judged: by groups, against gates, column by column, on new records.
//!
//! In: a predictor or a candidate, and rows whose target is known. Out: figures and verdicts. It changes no model and writes
//! no page.

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

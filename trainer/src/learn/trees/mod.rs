//! Models made of trees, all grown by [`engine`](super::engine).

pub(super) mod adaboost;
mod boosting;
pub(super) mod catboost;
mod criterion;
pub(super) mod decision_tree;
pub(super) mod forest;
pub(super) mod gradient_boosting;
mod quantile;
mod tree_params;
pub(super) mod xgboost;

pub(super) use self::tree_params::TREES;

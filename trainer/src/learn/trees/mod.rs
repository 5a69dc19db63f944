//! Models made of trees, all grown by [`engine`](super::engine).

pub(super) mod adaboost;
pub(super) mod catboost;
pub(super) mod decision_tree;
pub(super) mod forest;
pub(super) mod gradient_boosting;
pub(super) mod tree_params;
pub(super) mod xgboost;

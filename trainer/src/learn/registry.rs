//! The families of the search.

use super::learner::Learner;
use super::{ebm, kernel, linear, trees};

/// Every family of the search, the simplest first: ties go to the earlier one.
pub const LEARNERS: [&dyn Learner; 14] = [
    &linear::least_squares::LinearRegression,
    &linear::ridge::Ridge,
    &linear::lasso::Lasso,
    &linear::elastic_net::ElasticNet,
    &ebm::ExplainableBoosting,
    &trees::decision_tree::DecisionTree,
    &kernel::knn::KNearestNeighbours,
    &trees::forest::RandomForest,
    &trees::forest::ExtraTrees,
    &trees::gradient_boosting::GradientBoosting,
    &trees::xgboost::XgBoost,
    &trees::catboost::CatBoost,
    &trees::adaboost::AdaBoost,
    &kernel::svr::SupportVectors,
];

/// The learner among [`LEARNERS`] whose family is named `family`.
pub(super) fn searched(family: &str) -> Option<&'static dyn Learner> {
    LEARNERS.into_iter().find(|learner| learner.family() == family)
}

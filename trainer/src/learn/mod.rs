//! The families of regressors that can be searched. Each has its grid and its fit; its predictions are in
//! `model-core/src/model`.
//!
//! In: hyper-parameters, rows of a fold, a seed. Out: a fitted model. It knows nothing of scores and of other candidates.

mod blend;
mod candidate;
pub(crate) mod decimals;
mod ebm;
pub(crate) mod engine;
mod kernel;
mod linear;
mod params;
#[cfg(test)]
mod test_data;
mod trees;

use model_core::{Model, Params};
use thiserror::Error;

pub(crate) use self::blend::{assemble as assemble_blend, members as blend_members, params as blend_params};
pub use self::candidate::Candidate;
use crate::folds::fit_data::{Features, FitData};

/// A family of regressors.
pub trait Learner: Sync {
    /// The name on the command line and in reports.
    fn family(&self) -> &'static str;

    /// What it can do.
    fn abilities(&self) -> Abilities;

    /// Whether a model fitted with `params` holds rows of the training data.
    fn stores_rows(&self, _params: &Params) -> bool {
        self.abilities().stores_rows
    }

    /// The hyper-parameters to try.
    fn grid(&self, grid: Grid) -> Vec<Params>;

    /// Fits one candidate. Whatever is random in it comes from `seed`.
    ///
    /// # Errors
    /// When the data can't be fitted or a parameter is unknown or out of its range.
    fn fit(&self, params: &Params, data: &FitData, seed: u64) -> Result<Model, FitError>;

    /// R² of each row's prediction by those trees that were grown without it; `None` for whatever draws no rows.
    ///
    /// # Errors
    /// As [`Learner::fit`].
    fn out_of_bag_r2(&self, _params: &Params, _data: &FitData, _seed: u64) -> Result<Option<f64>, FitError> {
        Ok(None)
    }

    /// What candidates have in common that can be judged in one go; those with equal keys are given to
    /// [`Learner::evaluate`] together, with one seed. By default each stands alone.
    fn group_key(&self, params: &Params) -> String {
        format!("{params:?}")
    }

    /// Fits the candidates of one group to `train` and predicts the rows of `validation`: one list of predictions a
    /// candidate. Families whose candidates share work (a path of stages, a matrix of distances) override this; the
    /// predictions are those that [`Learner::fit`] would give.
    ///
    /// # Errors
    /// As [`Learner::fit`].
    fn evaluate(
        &self,
        group: &[&Params],
        train: &FitData,
        validation: &FitData,
        seed: u64,
    ) -> Result<Vec<Vec<f64>>, FitError> {
        let predict = |params: &&Params| {
            self.fit(params, train, seed).map(|model| validation.predict(&model, self.abilities().features))
        };
        group.iter().map(predict).collect()
    }
}

/// What a family can do; the search asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Abilities {
    /// The form of the features it reads.
    pub features: Features,
    /// Whether rows may be weighted.
    pub weights: bool,
    /// Whether blanks are learned from instead of imputed.
    pub missing_values: bool,
    /// Whether categories are learned from as such instead of one-hot.
    pub native_categories: bool,
    /// Whether a prediction can be made to only rise or only fall with a column.
    pub monotone: bool,
    /// Whether a fitted model holds rows of the training data (then it is published on request only).
    pub stores_rows: bool,
}

/// Which candidates are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grid {
    /// The candidate lists of the classic scikit-learn project.
    Classic,
    /// Few and good.
    Default,
    /// Many.
    Thorough,
}

/// Every family that is searched, the simplest first: of equals the earlier wins.
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

/// The family that is made of the others' best, the least simple of all.
pub const BLEND: blend::Blend = blend::Blend;

/// Every family's name, the simplest first.
#[must_use]
pub fn families() -> Vec<&'static str> {
    LEARNERS.into_iter().map(Learner::family).chain([BLEND.family()]).collect()
}

/// Why a candidate could not be fitted.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum FitError {
    /// A parameter that makes no sense.
    #[error("{family}: parameter {name} is {found}; it must be {expected}")]
    Parameter {
        /// The family.
        family: &'static str,
        /// The parameter.
        name: &'static str,
        /// Its value.
        found: String,
        /// What would do.
        expected: &'static str,
    },
    /// A parameter that the family does not have.
    #[error("{family}: there is no parameter {name}; it has {}", if known.is_empty() { "none".to_owned() } else { known.join(", ") })]
    UnknownParameter {
        /// The family.
        family: &'static str,
        /// The name.
        name: String,
        /// The family's parameters.
        known: Vec<String>,
    },
    /// The numerical library gave up.
    #[error("{family}: the fit failed: {problem}")]
    Numerical {
        /// The family.
        family: &'static str,
        /// The library's words.
        problem: String,
    },
    /// Data that the family can't learn from.
    #[error("{family}: {problem}")]
    Data {
        /// The family.
        family: &'static str,
        /// What is wrong with it, and what to do.
        problem: String,
    },
}

/// The learner of the family named `family`.
#[must_use]
pub fn learner(family: &str) -> Option<&'static dyn Learner> {
    LEARNERS.into_iter().chain([&BLEND as &dyn Learner]).find(|learner| learner.family() == family)
}

/// The candidates that a list of values for each parameter makes, the last parameter varying fastest.
pub(crate) fn product(lists: &[(&str, Vec<serde_json::Value>)]) -> Vec<Params> {
    lists.iter().fold(vec![Params::new()], |candidates, (name, values)| {
        let extend = |params: Params| {
            let with = move |value: &serde_json::Value| {
                let mut params = params.clone();
                params.insert((*name).to_owned(), value.clone());
                params
            };
            values.iter().map(with).collect::<Vec<_>>()
        };
        candidates.into_iter().flat_map(extend).collect()
    })
}

//! A family of regressors as the search sees it: hyper-parameters are maps of JSON, as in reports and grid files.

use model_core::{Model, Params as ParamMap};

use super::error::FitError;
use crate::folds::fit_data::{Features, FitData};

/// A family of regressors.
pub trait Learner: Sync {
    /// The name on the command line and in reports.
    fn family(&self) -> &'static str;

    /// What it supports.
    fn abilities(&self) -> Abilities;

    /// Whether a model fitted with `params` holds rows of the training data.
    fn stores_rows(&self, params: &ParamMap) -> bool;

    /// Whether a model fitted with `params` keeps the directions of columns; if not, such a fit is refused.
    fn keeps_directions(&self, params: &ParamMap) -> bool;

    /// Whether a fit with `params` to cells comes to what a fit to the rows that they stand for comes to.
    fn learns_from_cells(&self, params: &ParamMap) -> bool;

    /// The hyper-parameters to try.
    fn grid(&self, grid: Grid) -> Vec<ParamMap>;

    /// Fits one candidate. All its randomness comes from `seed`.
    ///
    /// # Errors
    /// When the data can't be fitted or a parameter is unknown or out of its range.
    fn fit(&self, params: &ParamMap, data: &FitData, seed: u64) -> Result<Model, FitError>;

    /// R² of the out-of-bag predictions: each row is predicted by those trees whose bootstrap sample lacks it. `None`
    /// for a fit without bootstrap samples.
    ///
    /// # Errors
    /// As [`Learner::fit`].
    fn out_of_bag_r2(&self, params: &ParamMap, data: &FitData, seed: u64) -> Result<Option<f64>, FitError>;

    /// About how often a fit looks at every cell of its rows. Work is counted with it, never timed, so that what depends on
    /// work is the same on every machine.
    fn passes(&self, params: &ParamMap) -> f64;

    /// About how many bytes of JSON a model of so many rows takes, where that grows with the rows; else 0.
    fn bytes(&self, params: &ParamMap, n_rows: usize) -> usize;

    /// Candidates with equal keys can share work: they are given to [`Learner::evaluate`] together, with one seed.
    fn group_key(&self, params: &ParamMap) -> String;

    /// Fits the candidates of one group to `train` and predicts the rows of `validation`: one list of predictions a
    /// candidate, the same as those of the model that [`Learner::fit`] returns.
    ///
    /// # Errors
    /// As [`Learner::fit`].
    fn evaluate(
        &self,
        group: &[&ParamMap],
        train: &FitData,
        validation: &FitData,
        seed: u64,
    ) -> Result<Vec<Vec<f64>>, FitError>;
}

/// What a family supports; the search asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Abilities {
    /// The form of the features it reads.
    pub features: Features,
    /// Whether rows may be weighted.
    pub weights: bool,
    /// Whether it learns from means of rows with the same features and their counts as from these rows; with some parameters, see
    /// [`Learner::learns_from_cells`].
    pub cells: bool,
    /// Whether blanks are learned from instead of imputed.
    pub missing_values: bool,
    /// Whether categories are learned from as such instead of one-hot.
    pub native_categories: bool,
    /// Whether predictions can be constrained to be monotone in a column; with some parameters, see
    /// [`Learner::keeps_directions`].
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
    /// What is of use where there are many rows to learn from: like the default, but deeper.
    Deeper,
}

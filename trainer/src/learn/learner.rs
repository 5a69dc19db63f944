//! The search's interface to a family of regressors: hyper-parameters are JSON maps, as in reports and grid files.

use model_core::{Model, Params as ParamMap};

use super::error::FitError;
use crate::folds::fit_data::{Features, FitData};

/// A family of regressors.
pub trait Learner: Sync {
    /// The name on the command line and in reports.
    fn family(&self) -> &'static str;

    /// What it supports.
    fn abilities(&self) -> Abilities;

    /// Whether a model fitted with `params` contains training rows.
    fn stores_rows(&self, params: &ParamMap) -> bool;

    /// Whether a model fitted with `params` respects the directions of columns; if not, such a fit is refused.
    fn keeps_directions(&self, params: &ParamMap) -> bool;

    /// Whether fitting cells with `params` is equivalent to fitting the rows that they stand for.
    fn learns_from_cells(&self, params: &ParamMap) -> bool;

    /// The hyper-parameters to try.
    fn grid(&self, grid: Grid) -> Vec<ParamMap>;

    /// Fits one candidate. All randomness is derived from `seed`.
    ///
    /// # Errors
    /// When the data cannot be fitted, or a parameter is unknown or out of range.
    fn fit(&self, params: &ParamMap, data: &FitData, seed: u64) -> Result<Model, FitError>;

    /// R² of the out-of-bag predictions: each row is predicted by the trees whose bootstrap sample does not contain it.
    /// `None` without bootstrap samples.
    ///
    /// # Errors
    /// As [`Learner::fit`].
    fn out_of_bag_r2(&self, params: &ParamMap, data: &FitData, seed: u64) -> Result<Option<f64>, FitError>;

    /// The approximate number of times a fit visits each cell of its rows. Work is counted by it and never timed, so
    /// that decisions that depend on work are the same on every machine.
    fn passes(&self, params: &ParamMap) -> f64;

    /// The approximate size in bytes of a model's JSON if it grows with the number of rows; else 0.
    fn bytes(&self, params: &ParamMap, n_rows: usize) -> usize;

    /// Candidates with equal keys can share work: [`Learner::evaluate`] gets them together, with one seed.
    fn group_key(&self, params: &ParamMap) -> String;

    /// Fits the candidates of one group on `train` and predicts the rows of `validation`: for each candidate the same
    /// predictions as those of the model that [`Learner::fit`] returns.
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

/// The capabilities of a family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Abilities {
    /// The encoding of its features.
    pub features: Features,
    /// Whether rows can be weighted.
    pub weights: bool,
    /// Whether fitting the mean targets and counts of rows with the same features is equivalent to fitting these rows;
    /// with some parameters, see [`Learner::learns_from_cells`].
    pub cells: bool,
    /// Whether blanks are modelled instead of imputed.
    pub missing_values: bool,
    /// Whether categories are split natively instead of one-hot encoded.
    pub native_categories: bool,
    /// Whether predictions can be constrained to be monotone in a column; with some parameters, see
    /// [`Learner::keeps_directions`].
    pub monotone: bool,
    /// Whether a fitted model contains training rows (then it is published on request only).
    pub stores_rows: bool,
}

/// The set of candidates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grid {
    /// The candidate lists of the classic scikit-learn project.
    Classic,
    /// A short list.
    Default,
    /// A long list.
    Thorough,
    /// For many training rows: like the default, but deeper.
    Deeper,
}

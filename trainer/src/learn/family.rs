//! A family of regressors as its author writes it, with typed hyper-parameters; every [`Family`] is a [`Learner`].

use model_core::{Column, ColumnKind, Model, Params as ParamMap};
use serde::de::DeserializeOwned;

use super::error::FitError;
use super::learner::{Abilities, Grid, Learner};
use super::params::read;
use crate::folds::fit_data::{Features, FitData};
use crate::folds::limits::{MAX_MAGNITUDE, MAX_ONE_HOT_FEATURES, TooLarge};

/// For each candidate of a group the predictions, in the target's unit.
pub(super) type Predictions = Vec<Vec<f64>>;

/// The training and validation rows, and the seed for all randomness of the fit.
#[derive(Clone, Copy)]
pub(super) struct Evaluation<'a> {
    pub(super) train: &'a FitData,
    pub(super) validation: &'a FitData,
    pub(super) seed: u64,
}

/// A family of regressors. See [`Learner`] for what each function means.
pub(super) trait Family: Sync {
    /// The name on the command line and in reports.
    const NAME: &'static str;
    const ABILITIES: Abilities;
    /// The parameters that may differ between candidates of one group.
    const DIFFER_IN: &'static [&'static str] = &[];
    /// The hyper-parameters, with `#[serde(deny_unknown_fields, default)]`.
    type Params: DeserializeOwned;

    fn grid(grid: Grid) -> Vec<ParamMap>;

    fn fit(params: &Self::Params, data: &FitData, seed: u64) -> Result<Model, FitError>;

    /// By default each candidate is fitted separately.
    fn evaluate(group: &[Self::Params], evaluation: Evaluation<'_>) -> Result<Predictions, FitError> {
        let Evaluation { train, validation, seed } = evaluation;
        let predict =
            |params| Self::fit(params, train, seed).map(|model| validation.predict(&model, Self::ABILITIES.features));
        group.iter().map(predict).collect()
    }

    /// The key of a candidate's group. `map` has the given parameters, `_params` all.
    fn group_key(map: &ParamMap, _params: &Self::Params) -> String {
        key_without(map, Self::DIFFER_IN)
    }

    fn keeps_directions(_params: &Self::Params) -> bool {
        Self::ABILITIES.monotone
    }

    fn learns_from_cells(_params: &Self::Params) -> bool {
        Self::ABILITIES.cells
    }

    /// See [`Learner::passes`]; the approximate unit is the time in which a tree adds one cell to a histogram.
    fn passes(params: &Self::Params) -> f64;

    fn bytes(_params: &Self::Params, _n_rows: usize) -> usize {
        0
    }

    fn stores_rows(_params: &Self::Params) -> bool {
        Self::ABILITIES.stores_rows
    }

    fn out_of_bag_r2(_params: &Self::Params, _data: &FitData, _seed: u64) -> Result<Option<f64>, FitError> {
        Ok(None)
    }
}

/// A family fitted in steps (trees, rounds), where a prefix of a long fit is the shorter fit: candidates that differ
/// only in the number of steps share one fit.
pub(super) trait Staged: Family {
    fn n_steps(params: &Self::Params) -> usize;

    /// Fits `params` and predicts with the first steps, for each number of steps in `stages`. Only a stopped fit has
    /// fewer steps than that; then all of them are used.
    fn predict_stages(
        params: &Self::Params,
        stages: &[usize],
        evaluation: Evaluation<'_>,
    ) -> Result<Predictions, FitError>;

    /// [`Family::evaluate`] with a single fit, of the candidate with the most steps.
    fn evaluate_staged(group: &[Self::Params], evaluation: Evaluation<'_>) -> Result<Predictions, FitError> {
        let stages: Vec<usize> = group.iter().map(Self::n_steps).collect();
        match group.iter().max_by_key(|params| Self::n_steps(params)) {
            Some(longest) => Self::predict_stages(longest, &stages, evaluation),
            None => Ok(Vec::new()),
        }
    }
}

impl<F: Family> Learner for F {
    fn family(&self) -> &'static str {
        F::NAME
    }

    fn abilities(&self) -> Abilities {
        F::ABILITIES
    }

    fn stores_rows(&self, params: &ParamMap) -> bool {
        read(F::NAME, params).map_or(F::ABILITIES.stores_rows, |params| F::stores_rows(&params))
    }

    fn keeps_directions(&self, params: &ParamMap) -> bool {
        // Keep invalid parameters: fitting them gives the error.
        read(F::NAME, params).map_or(F::ABILITIES.monotone, |params| F::keeps_directions(&params))
    }

    fn learns_from_cells(&self, params: &ParamMap) -> bool {
        read(F::NAME, params).map_or(F::ABILITIES.cells, |params| F::learns_from_cells(&params))
    }

    fn grid(&self, grid: Grid) -> Vec<ParamMap> {
        F::grid(grid)
    }

    fn bytes(&self, params: &ParamMap, n_rows: usize) -> usize {
        read(F::NAME, params).map_or(0, |params| F::bytes(&params, n_rows))
    }

    fn passes(&self, params: &ParamMap) -> f64 {
        // Invalid parameters cost nothing: fitting them gives the error.
        read(F::NAME, params).map_or(0.0, |params| F::passes(&params))
    }

    fn fit(&self, params: &ParamMap, data: &FitData, seed: u64) -> Result<Model, FitError> {
        check(F::NAME, F::ABILITIES.features, data)?;
        let params = read(F::NAME, params)?;
        check_directions::<F>(&params, data)?;
        F::fit(&params, data, seed)
    }

    fn out_of_bag_r2(&self, params: &ParamMap, data: &FitData, seed: u64) -> Result<Option<f64>, FitError> {
        check(F::NAME, F::ABILITIES.features, data)?;
        F::out_of_bag_r2(&read(F::NAME, params)?, data, seed)
    }

    fn group_key(&self, params: &ParamMap) -> String {
        // Invalid parameters form their own group; fitting them gives the error.
        read(F::NAME, params).map_or_else(|_| format!("{params:?}"), |typed| F::group_key(params, &typed))
    }

    fn evaluate(
        &self,
        group: &[&ParamMap],
        train: &FitData,
        validation: &FitData,
        seed: u64,
    ) -> Result<Predictions, FitError> {
        check(F::NAME, F::ABILITIES.features, train)?;
        check(F::NAME, F::ABILITIES.features, validation)?;
        let group = group.iter().map(|params| read(F::NAME, params)).collect::<Result<Vec<F::Params>, _>>()?;
        group.iter().try_for_each(|params| check_directions::<F>(params, train))?;
        F::evaluate(&group, Evaluation { train, validation, seed })
    }
}

/// Refuses data that would lead to infinite scales and scores, or to fits that take hours.
fn check(family: &'static str, features: Features, data: &FitData) -> Result<(), FitError> {
    let refuse = |problem: String| Err(FitError::Data { family, problem });
    if let Some(TooLarge { name, number }) = data.too_large() {
        return refuse(format!(
            "{name} holds {number:e}; numbers above {MAX_MAGNITUDE:e} in size can't be learned from: correct it, or leave the column out"
        ));
    }
    let n_features = if features == Features::OneHot { data.preprocessor(features).n_features() } else { 0 };
    if n_features > MAX_ONE_HOT_FEATURES {
        let n_values = |column: &&Column| match &column.kind {
            ColumnKind::Categorical { values, .. } => values.len(),
            ColumnKind::Numeric { .. } => 1,
        };
        let longest = data.schema().columns.iter().max_by_key(n_values).map_or("", |column| &column.name);
        return refuse(format!(
            "the columns make {n_features} features, more than {MAX_ONE_HOT_FEATURES}: leave out columns of many categories ({longest} has the most), or train other --families"
        ));
    }
    Ok(())
}

/// Refuses a fit that would not respect the directions of columns.
fn check_directions<F: Family>(params: &F::Params, data: &FitData) -> Result<(), FitError> {
    let directed = data.schema().columns.iter().find(|column| column.direction.is_some());
    match directed {
        Some(Column { name, .. }) if !F::keeps_directions(params) => Err(FitError::Data {
            family: F::NAME,
            problem: format!(
                "it can't keep the direction of \"{name}\" with these parameters; choose another loss, criterion or family, \
                 or leave the direction out"
            ),
        }),
        _ => Ok(()),
    }
}

/// The parameters except those in `without`, as text. Seeds are derived from it, so its format must never change.
fn key_without(params: &ParamMap, without: &[&str]) -> String {
    let rest: ParamMap = params
        .iter()
        .filter(|(name, _)| !without.contains(&name.as_str()))
        .map(|(name, value)| {
            // Friedman's criterion orders splits like the squared error: the trees are the same.
            let is_friedman = name == "criterion" && value == "friedman_mse";
            (name.clone(), if is_friedman { "squared_error".into() } else { value.clone() })
        })
        .collect();
    format!("{rest:?}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::test_data::{data_of_columns, weighted_data};
    use crate::learn::{LEARNERS, learner};
    use crate::table::ColumnData;

    #[test]
    fn numbers_whose_squares_overflow_are_refused_by_every_family() {
        let good = weighted_data(&[1.0, 2.0, 3.0, 4.0], &[1.0, 2.0, 3.0, 5.0], None);
        let bad = weighted_data(&[1.0, 2.0, 3.0, 1e308], &[1.0, 2.0, 3.0, 5.0], None);
        for learner in LEARNERS {
            let params = ParamMap::new();
            let problem = "x holds 1e308; numbers above 1e100 in size can't be learned from";
            let fit = learner.fit(&params, &bad, 1).unwrap_err().to_string();
            let evaluate = learner.evaluate(&[&params], &good, &bad, 1).unwrap_err().to_string();
            assert!(fit.contains(problem) && evaluate.contains(problem), "{fit} {evaluate}");
        }
    }

    #[test]
    fn too_many_features_are_refused_with_the_column_that_makes_them() {
        let target: Vec<f64> = (0..4_100).map(f64::from).collect();
        let values = (0..4_100).map(|value| format!("c{value:04}")).collect();
        let codes = (0..4_100).collect();
        let columns = vec![
            ("x", ColumnData::Numeric(target.as_slice().into())),
            ("teacher", ColumnData::Categorical { values, codes }),
        ];
        let data = data_of_columns(columns, &target, None);
        let fit = |family: &str| learner(family).unwrap().fit(&ParamMap::new(), &data, 1);
        let problem = fit("linear").unwrap_err().to_string();
        assert!(problem.contains("make 4101 features") && problem.contains("teacher has the most"), "{problem}");
        assert!(fit("tree").is_ok());
    }
}

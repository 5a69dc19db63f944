//! Linear regression with a penalty on the absolute values of the coefficients (Tibshirani 1996): weak ones become 0.
//!
//! | parameter | default | purpose | range |
//! |---|---|---|---|
//! | `alpha` | 1 | weight of the penalty, as scikit-learn's | ≥ 0 |
//! | `monotone` | {} | for each numeric column 1 (never falls) or −1 (never rises) | |

use model_core::{Model, Params};

use super::coordinate_descent::{Penalty, Products, directions, evaluate};
use super::least_squares::LINEAR;
use crate::folds::fit_data::FitData;
use crate::learn::params::ParamReader;
use crate::learn::{Abilities, FitError, Grid, Learner, product};

/// Lasso.
#[derive(Debug)]
pub(crate) struct Lasso;

impl Learner for Lasso {
    fn family(&self) -> &'static str {
        "lasso"
    }

    fn abilities(&self) -> Abilities {
        Abilities { monotone: true, ..LINEAR }
    }

    fn grid(&self, grid: Grid) -> Vec<Params> {
        let alphas: &[f64] = match grid {
            Grid::Classic => return Vec::new(),
            Grid::Default => &[0.01, 0.03, 0.1, 0.3, 1.0],
            Grid::Thorough => &[0.001, 0.003, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 3.0, 5.0],
        };
        product(&[("alpha", alphas.iter().map(|alpha| (*alpha).into()).collect())])
    }

    fn fit(&self, params: &Params, data: &FitData, _seed: u64) -> Result<Model, FitError> {
        let (penalty, directions) = self.config(params, data)?;
        Ok(Model::Linear(Products::new(data.one_hot()).solve(penalty, &directions)))
    }

    fn group_key(&self, _params: &Params) -> String {
        String::new()
    }

    fn evaluate(
        &self,
        group: &[&Params],
        train: &FitData,
        validation: &FitData,
        _seed: u64,
    ) -> Result<Vec<Vec<f64>>, FitError> {
        evaluate(group, train, validation, |params, data| self.config(params, data))
    }
}

impl Lasso {
    fn config(&self, params: &Params, data: &FitData) -> Result<(Penalty, Vec<i8>), FitError> {
        let reader = ParamReader::new(self.family(), params);
        let alpha = reader.number("alpha", 1.0, |alpha| alpha >= 0.0, "at least 0")?;
        let directions = directions(self.family(), &reader, data)?;
        reader.finish()?;
        Ok((Penalty { alpha, l1_ratio: 1.0 }, directions))
    }
}

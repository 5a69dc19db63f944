//! Linear regression with a penalty on both the absolute values and the squares of the coefficients (Zou & Hastie
//! 2005).
//!
//! | parameter | default | purpose | range |
//! |---|---|---|---|
//! | `alpha` | 1 | weight of the penalty, as scikit-learn's | ≥ 0 |
//! | `l1_ratio` | 0.5 | share of the penalty on the absolute values: 1 is lasso, 0 ridge | 0 to 1 |
//! | `monotone` | {} | for each numeric column 1 (never falls) or −1 (never rises) | |

use model_core::{Model, Params};
use serde_json::Value as Json;

use super::coordinate_descent::{Penalty, Products, directions, evaluate};
use super::least_squares::LINEAR;
use crate::folds::fit_data::FitData;
use crate::learn::params::ParamReader;
use crate::learn::{Abilities, FitError, Grid, Learner, product};

/// Elastic net.
#[derive(Debug)]
pub(crate) struct ElasticNet;

impl Learner for ElasticNet {
    fn family(&self) -> &'static str {
        "elastic-net"
    }

    fn abilities(&self) -> Abilities {
        Abilities { monotone: true, ..LINEAR }
    }

    fn grid(&self, grid: Grid) -> Vec<Params> {
        let (alphas, l1_ratios): (&[f64], &[f64]) = match grid {
            Grid::Classic => return Vec::new(),
            Grid::Default => (&[0.003, 0.01, 0.03, 0.1, 0.3], &[0.5]),
            Grid::Thorough => {
                (&[0.001, 0.003, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0], &[0.1, 0.3, 0.5, 0.7, 0.9, 0.95])
            }
        };
        let numbers = |numbers: &[f64]| numbers.iter().map(|number| Json::from(*number)).collect::<Vec<_>>();
        product(&[("alpha", numbers(alphas)), ("l1_ratio", numbers(l1_ratios))])
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

impl ElasticNet {
    fn config(&self, params: &Params, data: &FitData) -> Result<(Penalty, Vec<i8>), FitError> {
        let reader = ParamReader::new(self.family(), params);
        let alpha = reader.number("alpha", 1.0, |alpha| alpha >= 0.0, "at least 0")?;
        let l1_ratio = reader.number("l1_ratio", 0.5, |share| (0.0..=1.0).contains(&share), "0 to 1")?;
        let directions = directions(self.family(), &reader, data)?;
        reader.finish()?;
        Ok((Penalty { alpha, l1_ratio }, directions))
    }
}

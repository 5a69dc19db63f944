//! Linear regression with a penalty on both the absolute values and the squares of the coefficients (Zou & Hastie
//! 2005).
//!
//! | parameter | default | purpose | range |
//! |---|---|---|---|
//! | `alpha` | 1 | weight of the penalty, as scikit-learn's | ≥ 0 |
//! | `l1_ratio` | 0.5 | share of the penalty on the absolute values: 1 is lasso, 0 ridge | 0 to 1 |
//! | `monotone` | {} | direction of the prediction by column | numeric columns, each with 1 (never falls), 0 or −1 (never rises) |

use model_core::{Model, Params as ParamMap};
use serde::{Deserialize, Deserializer};

use super::coordinate_descent::Penalty;
use super::least_squares::{LINEAR, PASSES};
use super::penalised::{self, Penalised};
use crate::folds::fit_data::FitData;
use crate::learn::axis::{axis, product};
use crate::learn::error::FitError;
use crate::learn::family::{Evaluation, Family, Predictions};
use crate::learn::learner::{Abilities, Grid};
use crate::learn::monotone::Monotone;
use crate::learn::params::{not_negative, number};

/// Elastic net.
#[derive(Debug)]
pub(crate) struct ElasticNet;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Params {
    #[serde(deserialize_with = "not_negative")]
    alpha: f64,
    #[serde(deserialize_with = "ratio")]
    l1_ratio: f64,
    monotone: Monotone,
}

impl Default for Params {
    fn default() -> Self {
        Self { alpha: 1.0, l1_ratio: 0.5, monotone: Monotone::default() }
    }
}

fn ratio<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    number(deserializer, |ratio| (0.0..=1.0).contains(&ratio), "0 to 1")
}

impl Family for ElasticNet {
    const NAME: &'static str = "elastic-net";
    const ABILITIES: Abilities = Abilities { monotone: true, ..LINEAR };
    const DIFFER_IN: &'static [&'static str] = &["alpha", "l1_ratio", "monotone"];
    type Params = Params;

    fn grid(grid: Grid) -> Vec<ParamMap> {
        let (alphas, l1_ratios): (&[f64], &[f64]) = match grid {
            Grid::Classic => (&[], &[]),
            Grid::Default | Grid::Deeper => (&[0.003, 0.01, 0.03, 0.1, 0.3], &[0.5]),
            Grid::Thorough => {
                (&[0.001, 0.003, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0], &[0.1, 0.3, 0.5, 0.7, 0.9, 0.95])
            }
        };
        product(&[axis("alpha", alphas.iter().copied()), axis("l1_ratio", l1_ratios.iter().copied())])
    }

    fn passes(_params: &Params) -> f64 {
        PASSES / 4.0
    }

    fn fit(params: &Params, data: &FitData, _seed: u64) -> Result<Model, FitError> {
        penalised::fit::<Self>(params, data)
    }

    fn evaluate(group: &[Params], evaluation: Evaluation<'_>) -> Result<Predictions, FitError> {
        penalised::evaluate::<Self>(group, evaluation)
    }
}

impl Penalised for ElasticNet {
    fn penalty(params: &Params) -> (Penalty, &Monotone) {
        (Penalty { alpha: params.alpha, l1_ratio: params.l1_ratio }, &params.monotone)
    }
}

//! Linear regression with a penalty on the absolute values of the coefficients (Tibshirani 1996): weak ones become 0.
//!
//! | parameter | default | purpose | range |
//! |---|---|---|---|
//! | `alpha` | 1 | weight of the penalty, as scikit-learn's | ≥ 0 |
//! | `monotone` | {} | direction of the prediction by column | numeric columns, each with 1 (never falls), 0 or −1 (never rises) |

use model_core::{Model, Params as ParamMap};
use serde::Deserialize;

use super::coordinate_descent::Penalty;
use super::least_squares::{LINEAR, PASSES};
use super::penalised::{self, Penalised};
use crate::folds::fit_data::FitData;
use crate::learn::axis::{axis, product};
use crate::learn::error::FitError;
use crate::learn::family::{Evaluation, Family, Predictions};
use crate::learn::learner::{Abilities, Grid};
use crate::learn::monotone::Monotone;
use crate::learn::params::not_negative;

/// Lasso.
#[derive(Debug)]
pub(crate) struct Lasso;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Params {
    #[serde(deserialize_with = "not_negative")]
    alpha: f64,
    monotone: Monotone,
}

impl Default for Params {
    fn default() -> Self {
        Self { alpha: 1.0, monotone: Monotone::default() }
    }
}

impl Family for Lasso {
    const NAME: &'static str = "lasso";
    const ABILITIES: Abilities = Abilities { monotone: true, ..LINEAR };
    const DIFFER_IN: &'static [&'static str] = &["alpha", "monotone"];
    type Params = Params;

    fn grid(grid: Grid) -> Vec<ParamMap> {
        let alphas: &[f64] = match grid {
            Grid::Classic => &[],
            Grid::Default | Grid::Deeper => &[0.01, 0.03, 0.1, 0.3, 1.0],
            Grid::Thorough => &[0.001, 0.003, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 3.0, 5.0],
        };
        product(&[axis("alpha", alphas.iter().copied())])
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

impl Penalised for Lasso {
    fn penalty(params: &Params) -> (Penalty, &Monotone) {
        (Penalty { alpha: params.alpha, l1_ratio: 1.0 }, &params.monotone)
    }
}

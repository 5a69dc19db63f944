//! Linear regression with a penalty on the squares of the coefficients (Hoerl & Kennard 1970).
//!
//! | parameter | default | purpose | range |
//! |---|---|---|---|
//! | `alpha` | 1 | weight of the penalty, as scikit-learn's | ≥ 0 |

use model_core::{Model, Params as ParamMap};
use serde::Deserialize;

use super::directed::Directed;
use super::least_squares::{LINEAR, PASSES};
use crate::folds::fit_data::{Features, FitData};
use crate::learn::axis::{axis, product};
use crate::learn::error::FitError;
use crate::learn::family::{Evaluation, Family, Predictions};
use crate::learn::learner::{Abilities, Grid};
use crate::learn::params::not_negative;

/// Ridge regression.
#[derive(Debug)]
pub(crate) struct Ridge;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Params {
    #[serde(deserialize_with = "not_negative")]
    alpha: f64,
}

impl Default for Params {
    fn default() -> Self {
        Self { alpha: 1.0 }
    }
}

impl Family for Ridge {
    const NAME: &'static str = "ridge";
    const ABILITIES: Abilities = LINEAR;
    const DIFFER_IN: &'static [&'static str] = &["alpha"];
    type Params = Params;

    fn grid(grid: Grid) -> Vec<ParamMap> {
        let alphas: &[f64] = match grid {
            Grid::Classic => &[],
            Grid::Default | Grid::Deeper => &[0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0],
            Grid::Thorough => &[0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1_000.0, 3_000.0],
        };
        product(&[axis("alpha", alphas.iter().copied())])
    }

    fn passes(_params: &Params) -> f64 {
        PASSES
    }

    fn fit(params: &Params, data: &FitData, _seed: u64) -> Result<Model, FitError> {
        Directed::of(Self::NAME, data).map(|directed| Model::Linear(directed.solve(params.alpha, data)))
    }

    /// One decomposition is shared by all penalties.
    fn evaluate(
        group: &[Params],
        Evaluation { train, validation, .. }: Evaluation<'_>,
    ) -> Result<Predictions, FitError> {
        let directed = Directed::of(Self::NAME, train)?;
        let predict =
            |params: &Params| validation.predict(&Model::Linear(directed.solve(params.alpha, train)), Features::OneHot);
        Ok(group.iter().map(predict).collect())
    }
}

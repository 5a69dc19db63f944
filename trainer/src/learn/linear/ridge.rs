//! Linear regression with a penalty on the squares of the coefficients (Hoerl & Kennard 1970).
//!
//! | parameter | default | purpose | range |
//! |---|---|---|---|
//! | `alpha` | 1 | weight of the penalty, as scikit-learn's | ≥ 0 |

use model_core::{Model, Params};

use super::decomposed::Decomposed;
use super::least_squares::LINEAR;
use crate::folds::fit_data::{Features, FitData};
use crate::learn::params::ParamReader;
use crate::learn::{Abilities, FitError, Grid, Learner, product};

/// Ridge regression.
#[derive(Debug)]
pub(crate) struct Ridge;

impl Learner for Ridge {
    fn family(&self) -> &'static str {
        "ridge"
    }

    fn abilities(&self) -> Abilities {
        LINEAR
    }

    fn grid(&self, grid: Grid) -> Vec<Params> {
        let alphas: &[f64] = match grid {
            Grid::Classic => &[],
            Grid::Default => &[0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0],
            Grid::Thorough => &[0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1_000.0, 3_000.0],
        };
        product(&[("alpha", alphas.iter().map(|alpha| (*alpha).into()).collect())])
    }

    fn fit(&self, params: &Params, data: &FitData, _seed: u64) -> Result<Model, FitError> {
        let alpha = self.alpha(params)?;
        Ok(Model::Linear(Decomposed::of(self.family(), data)?.solve(alpha)))
    }

    fn group_key(&self, _params: &Params) -> String {
        String::new()
    }

    /// One decomposition serves every penalty.
    fn evaluate(
        &self,
        group: &[&Params],
        train: &FitData,
        validation: &FitData,
        _seed: u64,
    ) -> Result<Vec<Vec<f64>>, FitError> {
        let decomposed = Decomposed::of(self.family(), train)?;
        let predict = |params: &&Params| {
            let model = Model::Linear(decomposed.solve(self.alpha(params)?));
            Ok(validation.predict(&model, Features::OneHot))
        };
        group.iter().map(predict).collect()
    }
}

impl Ridge {
    fn alpha(&self, params: &Params) -> Result<f64, FitError> {
        let reader = ParamReader::new(self.family(), params);
        let alpha = reader.number("alpha", 1.0, |alpha| alpha >= 0.0, "at least 0")?;
        reader.finish()?;
        Ok(alpha)
    }
}

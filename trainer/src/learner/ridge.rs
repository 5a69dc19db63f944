//! Linear regression with a penalty on the squares of the coefficients (Hoerl & Kennard 1970).
//!
//! | parameter | default | purpose | range |
//! |---|---|---|---|
//! | `alpha` | 1 | weight of the penalty, as scikit-learn's | > 0 |

use model_core::{LinearModel, Model, Params};
use smartcore::linear::ridge_regression::{RidgeRegression, RidgeRegressionParameters};

use super::{FitError, Learner};
use crate::samples::Samples;

/// Ridge regression.
#[derive(Debug)]
pub(super) struct Ridge;

impl Learner for Ridge {
    fn family(&self) -> &'static str {
        "ridge"
    }

    fn grid(&self) -> Vec<Params> {
        [0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0].map(|alpha| Params::from([("alpha".into(), alpha.into())])).into()
    }

    fn fit(&self, params: &Params, samples: &Samples) -> Result<Model, FitError> {
        let alpha = params.get("alpha").map_or(Some(1.0), serde_json::Value::as_f64).filter(|alpha| *alpha > 0.0);
        let Some(alpha) = alpha else {
            let found = params.get("alpha").map(ToString::to_string).unwrap_or_default();
            return Err(FitError::Parameter { family: self.family(), name: "alpha", found, expected: "above 0" });
        };
        // `normalize` centres the columns, so the intercept goes unpenalised; the columns have unit variance already.
        let parameters = RidgeRegressionParameters::default().with_alpha(alpha).with_normalize(true);
        let fitted = RidgeRegression::fit(&samples.features, &samples.target, parameters)
            .map_err(|error| FitError::Numerical { family: self.family(), problem: error.to_string() })?;
        let coefficients = fitted.coefficients().iter().copied().collect();
        Ok(Model::Linear(LinearModel { intercept: *fitted.intercept(), coefficients }))
    }
}

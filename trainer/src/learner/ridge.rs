//! Linear regression with a penalty on the squares of the coefficients (Hoerl & Kennard 1970).
//!
//! | parameter | default | purpose | range |
//! |---|---|---|---|
//! | `alpha` | 1 | weight of the penalty, as scikit-learn's | > 0 |

use model_core::{Model, Params};

use super::decomposed::Decomposed;
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
        Ok(Model::Linear(Decomposed::new(self.family(), samples)?.solve(alpha)))
    }
}

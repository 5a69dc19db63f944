//! Support vector regression (Drucker et al. 1997): the flattest function with most rows within a tube.
//!
//! | parameter | default | purpose | range |
//! |---|---|---|---|
//! | `kernel` | rbf | similarity of two rows | rbf, linear |
//! | `C` | 1 | cost of a row outside of the tube | > 0 |
//! | `epsilon` | 0.1 | half the tube's width, in the target's unit | ≥ 0 |
//! | `gamma` | scale | how fast similarity falls with distance (rbf); scale is 1 / (features × variance of all their values) | scale or > 0 |
//!
//! Rows cannot be weighted. With the linear kernel the support vectors are reduced to one coefficient per feature, and
//! no row is stored.

use model_core::{Kernel, KernelModel, LinearModel, Model, Params as ParamMap};
use ndarray::Array2;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Value as Json;

use super::smo::{KernelRows, Problem, Solution, solve};
use super::{KERNEL, MANY};
use crate::folds::fit_data::{Features, FitData};
use crate::learn::axis::{axis, product};
use crate::learn::error::FitError;
use crate::learn::family::{Evaluation, Family, Predictions};
use crate::learn::learner::{Abilities, Grid};
use crate::learn::params::{Choice, choice, not_negative, positive};

/// Support vector regression.
#[derive(Debug)]
pub(crate) struct SupportVectors;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Params {
    #[serde(deserialize_with = "choice")]
    kernel: KernelName,
    #[serde(rename = "C", deserialize_with = "positive")]
    cost: f64,
    #[serde(deserialize_with = "not_negative")]
    epsilon: f64,
    /// `None` for "scale".
    #[serde(deserialize_with = "scale_or_positive")]
    gamma: Option<f64>,
}

#[derive(Debug, Clone, Copy)]
enum KernelName {
    Rbf,
    Linear,
}

/// A kernel before its `gamma` is known.
#[derive(Debug, Clone, Copy)]
enum KernelChoice {
    Linear,
    /// `None` for "scale".
    Rbf(Option<f64>),
}

impl Default for Params {
    fn default() -> Self {
        Self { kernel: KernelName::Rbf, cost: 1.0, epsilon: 0.1, gamma: None }
    }
}

impl Choice for KernelName {
    const CHOICES: &'static [(&'static str, Self)] = &[("rbf", Self::Rbf), ("linear", Self::Linear)];
}

fn scale_or_positive<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    let json = Json::deserialize(deserializer)?;
    if json == "scale" {
        return Ok(None);
    }
    positive(json).map(Some).map_err(|_| D::Error::custom("scale or a number above 0"))
}

impl Params {
    fn kernel(&self) -> KernelChoice {
        match self.kernel {
            KernelName::Linear => KernelChoice::Linear,
            KernelName::Rbf => KernelChoice::Rbf(self.gamma),
        }
    }
}

impl Family for SupportVectors {
    const NAME: &'static str = "svr";
    const ABILITIES: Abilities = Abilities { weights: false, ..KERNEL };
    type Params = Params;

    fn grid(grid: Grid) -> Vec<ParamMap> {
        match grid {
            Grid::Classic => Vec::new(),
            Grid::Default | Grid::Deeper => product(&[
                axis("kernel", ["rbf"]),
                axis("gamma", [0.003]),
                axis("C", [30.0, 100.0]),
                axis("epsilon", [1.0]),
            ]),
            Grid::Thorough => [
                product(&[
                    axis("kernel", ["rbf"]),
                    axis("gamma", [Json::from("scale"), 0.003.into(), 0.01.into(), 0.03.into()]),
                    axis("C", [1.0, 3.0, 10.0, 30.0, 100.0]),
                    axis("epsilon", [0.1, 1.0, 3.0]),
                ]),
                product(&[axis("kernel", ["linear"]), axis("C", [0.01, 0.1, 1.0]), axis("epsilon", [0.1, 1.0, 3.0])]),
            ]
            .concat(),
        }
    }

    fn passes(_params: &Params) -> f64 {
        10.0 * MANY
    }

    fn fit(params: &Params, data: &FitData, _seed: u64) -> Result<Model, FitError> {
        let features = &data.one_hot().features;
        let kernel = params.kernel().of(features);
        Ok(fit(params, kernel, &mut KernelRows::new(kernel, features), data))
    }

    /// Candidates with the same kernel.
    fn group_key(_map: &ParamMap, params: &Params) -> String {
        format!("{:?}", params.kernel())
    }

    /// The cached kernel of one candidate is reused for the next.
    fn evaluate(
        group: &[Params],
        Evaluation { train, validation, .. }: Evaluation<'_>,
    ) -> Result<Predictions, FitError> {
        let Some(first) = group.first() else { return Ok(Vec::new()) };
        let features = &train.one_hot().features;
        let kernel = first.kernel().of(features);
        let mut rows = KernelRows::new(kernel, features);
        let predict = |params: &Params| validation.predict(&fit(params, kernel, &mut rows, train), Features::OneHot);
        Ok(group.iter().map(predict).collect())
    }
}

impl KernelChoice {
    fn of(self, features: &Array2<f64>) -> Kernel {
        match self {
            Self::Linear => Kernel::Linear,
            Self::Rbf(Some(gamma)) => Kernel::Rbf { gamma },
            Self::Rbf(None) => {
                let variance = features.var(0.0);
                Kernel::Rbf { gamma: if variance > 0.0 { 1.0 / (features.ncols() as f64 * variance) } else { 1.0 } }
            }
        }
    }
}

fn fit(params: &Params, kernel: Kernel, rows: &mut KernelRows<'_>, data: &FitData) -> Model {
    let problem = Problem { target: data.target(), bound: params.cost, epsilon: params.epsilon };
    let Solution { dual, intercept } = solve(problem, rows, || data.is_stopped());
    let support = || dual.iter().enumerate().filter(|(_, dual)| **dual != 0.0);
    match kernel {
        Kernel::Linear => {
            let mut coefficients = vec![0.0; data.one_hot().features.ncols()];
            for (row, dual) in support() {
                for (coefficient, feature) in coefficients.iter_mut().zip(rows.features_of(row)) {
                    *coefficient += dual * feature;
                }
            }
            Model::Linear(LinearModel { intercept, coefficients })
        }
        Kernel::Rbf { .. } => Model::Kernel(KernelModel {
            kernel,
            intercept,
            dual_coefficients: support().map(|(_, dual)| *dual).collect(),
            support_vectors: support().flat_map(|(row, _)| rows.features_of(row).to_vec()).collect(),
        }),
    }
}

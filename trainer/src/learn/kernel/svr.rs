//! Support vector regression (Drucker et al. 1997): the flattest function that leaves most rows within a tube.
//!
//! | parameter | default | purpose | range |
//! |---|---|---|---|
//! | `kernel` | rbf | how alike two rows are | rbf, linear |
//! | `C` | 1 | cost of a row outside of the tube | > 0 |
//! | `epsilon` | 0.1 | half the tube's width, in the target's unit | ≥ 0 |
//! | `gamma` | scale | how fast likeness fades (rbf); scale is 1 / (features × variance of all their values) | scale or > 0 |
//!
//! Rows cannot be weighted. With the linear kernel the support vectors are summed up to one coefficient a feature, and
//! no row is stored.

use model_core::{Kernel, KernelModel, LinearModel, Model, Params};
use ndarray::Array2;
use serde_json::Value as Json;

use super::smo::{KernelRows, Problem, Solution, solve};
use crate::folds::fit_data::{Features, FitData};
use crate::learn::params::ParamReader;
use crate::learn::{Abilities, FitError, Grid, Learner, product};

/// Support vector regression.
#[derive(Debug)]
pub(crate) struct SupportVectors;

struct Config {
    kernel: KernelChoice,
    bound: f64,
    epsilon: f64,
}

#[derive(Debug, Clone, Copy)]
enum KernelChoice {
    Linear,
    /// None for "scale".
    Rbf(Option<f64>),
}

impl Learner for SupportVectors {
    fn family(&self) -> &'static str {
        "svr"
    }

    fn abilities(&self) -> Abilities {
        Abilities {
            features: Features::OneHot,
            weights: false,
            missing_values: false,
            native_categories: false,
            monotone: false,
            stores_rows: true,
        }
    }

    fn grid(&self, grid: Grid) -> Vec<Params> {
        let texts = |texts: &[&str]| texts.iter().map(|text| Json::from(*text)).collect::<Vec<_>>();
        let numbers = |numbers: &[f64]| numbers.iter().map(|number| Json::from(*number)).collect::<Vec<_>>();
        match grid {
            Grid::Classic => Vec::new(),
            Grid::Default => product(&[
                ("kernel", texts(&["rbf"])),
                ("gamma", numbers(&[0.003])),
                ("C", numbers(&[30.0, 100.0])),
                ("epsilon", numbers(&[1.0])),
            ]),
            Grid::Thorough => [
                product(&[
                    ("kernel", texts(&["rbf"])),
                    ("gamma", [texts(&["scale"]), numbers(&[0.003, 0.01, 0.03])].concat()),
                    ("C", numbers(&[1.0, 3.0, 10.0, 30.0, 100.0])),
                    ("epsilon", numbers(&[0.1, 1.0, 3.0])),
                ]),
                product(&[
                    ("kernel", texts(&["linear"])),
                    ("C", numbers(&[0.01, 0.1, 1.0])),
                    ("epsilon", numbers(&[0.1, 1.0, 3.0])),
                ]),
            ]
            .concat(),
        }
    }

    fn fit(&self, params: &Params, data: &FitData, _seed: u64) -> Result<Model, FitError> {
        let config = self.config(params)?;
        let features = &data.one_hot().features;
        let kernel = config.kernel.of(features);
        Ok(fit(&config, kernel, &mut KernelRows::new(kernel, features), data))
    }

    /// Candidates with the same kernel.
    fn group_key(&self, params: &Params) -> String {
        self.config(params).map_or_else(|_| format!("{params:?}"), |config| format!("{:?}", config.kernel))
    }

    fn evaluate(
        &self,
        group: &[&Params],
        train: &FitData,
        validation: &FitData,
        _seed: u64,
    ) -> Result<Vec<Vec<f64>>, FitError> {
        let configs = group.iter().map(|params| self.config(params)).collect::<Result<Vec<Config>, _>>()?;
        let Some(first) = configs.first() else { return Ok(Vec::new()) };
        let features = &train.one_hot().features;
        let kernel = first.kernel.of(features);
        let mut rows = KernelRows::new(kernel, features);
        let predict = |config: &Config| validation.predict(&fit(config, kernel, &mut rows, train), Features::OneHot);
        Ok(configs.iter().map(predict).collect())
    }
}

impl SupportVectors {
    fn config(&self, params: &Params) -> Result<Config, FitError> {
        let reader = ParamReader::new(self.family(), params);
        let is_linear = reader.choice("kernel", &[("rbf", false), ("linear", true)], "rbf or linear")?;
        let gamma = match reader.get("gamma") {
            Some(json) if json.as_str() == Some("scale") => None,
            None => None,
            Some(_) => Some(reader.number("gamma", 1.0, |gamma| gamma > 0.0, "scale or a number above 0")?),
        };
        let config = Config {
            kernel: if is_linear { KernelChoice::Linear } else { KernelChoice::Rbf(gamma) },
            bound: reader.number("C", 1.0, |cost| cost > 0.0, "above 0")?,
            epsilon: reader.number("epsilon", 0.1, |epsilon| epsilon >= 0.0, "at least 0")?,
        };
        reader.finish()?;
        Ok(config)
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

fn fit(config: &Config, kernel: Kernel, rows: &mut KernelRows<'_>, data: &FitData) -> Model {
    let problem = Problem { target: data.target(), bound: config.bound, epsilon: config.epsilon };
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

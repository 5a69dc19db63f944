//! Least squares with many features, with or without a ridge penalty, by conjugate gradients (Hestenes & Stiefel 1952).
//!
//! A decomposition takes time cubic in the number of features and cannot be interrupted; a step here visits every
//! product of two features, or every cell, once. Started from zero, it converges to the solution with the smallest norm
//! if there is more than one, as the decomposition does (Björck 1996, 7.4). Features are standardised, so that few
//! hundred steps suffice.

use model_core::LinearModel;
use ndarray::{Array1, Array2, Axis};

use super::gram::Gram;
use crate::folds::fit_data::{Features, FitData};
use crate::learn::error::FitError;

/// The final gradient's norm relative to the first: predictions are then accurate to about nine digits.
const TOLERANCE: f64 = 1e-11;
/// In exact arithmetic as many steps as features suffice; more only reduce rounding errors.
const STEPS_A_FEATURE: usize = 4;

/// Quantities shared by all penalties.
pub(super) struct Gradients {
    matrix: Matrix,
    /// The scalar products of the features with the target.
    with_target: Array1<f64>,
    feature_means: Array1<f64>,
    target_mean: f64,
}

enum Matrix {
    /// The centred features, each row multiplied by the square root of its weight.
    Rows(Array2<f64>),
    /// Their scalar products with each other.
    Products(Array2<f64>),
}

impl Gradients {
    /// From sums of the rows' products, or from the rows themselves if there are fewer rows than features.
    pub(super) fn of(family: &'static str, data: &FitData) -> Result<Self, FitError> {
        let gradients = if data.n_rows() >= data.preprocessor(Features::OneHot).n_features() {
            let Gram { products, with_target, feature_means, target_mean } = Gram::new(data);
            Self { matrix: Matrix::Products(products), with_target, feature_means, target_mean }
        } else {
            Self::from_rows(data)
        };
        if gradients.with_target.iter().all(|product| product.is_finite()) {
            return Ok(gradients);
        }
        let problem = "the features, times the square roots of the weights, are too large".into();
        Err(FitError::Numerical { family, problem })
    }

    fn from_rows(data: &FitData) -> Self {
        let samples = data.one_hot();
        let n_rows = samples.target.len();
        let weights = Array1::from_vec(samples.weights.clone().unwrap_or_else(|| vec![1.0; n_rows]));
        let target = Array1::from_vec(samples.target.clone());
        let feature_means = weights.dot(&samples.features) / weights.sum();
        let target_mean = weights.dot(&target) / weights.sum();
        let roots = weights.sqrt();
        let mut rows = &samples.features - &feature_means;
        rows *= &roots.view().insert_axis(Axis(1));
        let with_target = rows.t().dot(&((target - target_mean) * roots));
        Self { matrix: Matrix::Rows(rows), with_target, feature_means, target_mean }
    }

    /// The minimiser of `squared error + alpha × squared norm of the coefficients`. Once `is_stopped` it returns the
    /// current iterate.
    pub(super) fn solve(&self, alpha: f64, is_stopped: impl Fn() -> bool) -> LinearModel {
        let n_features = self.with_target.len();
        let mut coefficients = Array1::zeros(n_features);
        let mut gradient = self.with_target.clone();
        let mut direction = gradient.clone();
        let mut size = gradient.dot(&gradient);
        let enough = TOLERANCE * TOLERANCE * size;
        for _ in 0..STEPS_A_FEATURE * n_features {
            if size <= enough || is_stopped() {
                break;
            }
            let mut product = self.times(&direction);
            product.scaled_add(alpha, &direction);
            let curvature = direction.dot(&product);
            // No curvature remains but rounding errors.
            if curvature.is_nan() || curvature <= 0.0 {
                break;
            }
            let step = size / curvature;
            coefficients.scaled_add(step, &direction);
            gradient.scaled_add(-step, &product);
            let before = std::mem::replace(&mut size, gradient.dot(&gradient));
            direction *= size / before;
            direction += &gradient;
        }
        let intercept = self.target_mean - coefficients.dot(&self.feature_means);
        LinearModel { intercept, coefficients: coefficients.to_vec() }
    }

    fn times(&self, direction: &Array1<f64>) -> Array1<f64> {
        match &self.matrix {
            Matrix::Rows(rows) => {
                let mut product = Array1::zeros(direction.len());
                for row in rows.outer_iter() {
                    product.scaled_add(row.dot(direction), &row);
                }
                product
            }
            Matrix::Products(products) => products.dot(direction),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::decomposed::Decomposed;
    use super::*;
    use crate::learn::test_data::data_of_columns;
    use crate::random::SplitMix64;
    use crate::table::{ColumnData, MANY_ROWS};

    /// Numbers, one of them twice another, and two categorical columns with many values.
    fn data(n_rows: usize, n_numbers: usize, weighted: bool) -> FitData {
        let mut random = SplitMix64::new(9);
        let mut columns: Vec<(String, ColumnData)> = Vec::new();
        let mut target = vec![0.0; n_rows];
        for idx in 0..n_numbers {
            let numbers: Vec<f64> = (0..n_rows).map(|_| 50.0 + 10.0 * random.normal()).collect();
            target.iter_mut().zip(&numbers).for_each(|(target, number)| *target += number * (idx % 3) as f64);
            columns.push((format!("x{idx}"), ColumnData::Numeric(numbers.into())));
        }
        let twice: Vec<f64> = (0..n_rows).map(|row| 2.0 * number(&columns[0].1, row)).collect();
        columns.push(("twice".into(), ColumnData::Numeric(twice.into())));
        for n_values in [30_u32, 60] {
            let codes: Vec<u32> = (0..n_rows).map(|_| (random.uniform() * f64::from(n_values)) as u32).collect();
            target.iter_mut().zip(&codes).for_each(|(target, code)| *target += f64::from(code % 7));
            let values = (0..n_values).map(|value| value.to_string()).collect();
            columns.push((format!("c{n_values}"), ColumnData::Categorical { values, codes: codes.into() }));
        }
        target.iter_mut().for_each(|target| *target += 5.0 * random.normal());
        let weights: Vec<f64> = (0..n_rows).map(|row| 0.5 + (row % 4) as f64).collect();
        let columns = columns.iter().map(|(name, data)| (name.as_str(), data.clone())).collect();
        data_of_columns(columns, &target, weighted.then_some(&weights[..]))
    }

    fn number(data: &ColumnData, row: usize) -> f64 {
        match data {
            ColumnData::Numeric(numbers) => numbers[row],
            ColumnData::Categorical { .. } => f64::NAN,
        }
    }

    #[test]
    fn the_solution_is_that_of_the_decomposition() {
        for (n_rows, n_numbers, weighted) in
            [(900, 40, false), (900, 40, true), (120, 150, false), (MANY_ROWS, 5, true)]
        {
            let data = data(n_rows, n_numbers, weighted);
            let decomposed = Decomposed::of("linear", &data).unwrap();
            let gradients = Gradients::of("linear", &data).unwrap();
            for alpha in [0.0, 3.0] {
                let (expected, found) = (decomposed.solve(alpha), gradients.solve(alpha, || false));
                let largest = expected.coefficients.iter().fold(0.0, |most: f64, one| most.max(one.abs()));
                for (found, expected) in found.coefficients.iter().zip(&expected.coefficients) {
                    assert!((found - expected).abs() < 1e-7 * largest, "{n_rows} {alpha}: {found} is not {expected}");
                }
                assert!((found.intercept / expected.intercept - 1.0).abs() < 1e-7, "{n_rows} {alpha}");
            }
        }
    }

    #[test]
    fn a_fit_that_is_stopped_ends_as_it_is() {
        let gradients = Gradients::of("linear", &data(300, 20, false)).unwrap();
        assert!(gradients.solve(0.0, || true).coefficients.iter().all(|coefficient| *coefficient == 0.0));
    }
}

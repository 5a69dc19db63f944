//! Least squares by a singular value decomposition, shared by linear and ridge regression.
//!
//! The one-hot columns of a category sum to one, so the matrix is rank-deficient, and of the many solutions the one
//! with the smallest norm is taken, which requires the singular values. Two choices follow scikit-learn, because they
//! matter for a record with an unknown category: the intercept is excluded from the norm, so features and target are
//! centred first; and singular values below `max(rows, features) × ε` of the largest count as zero (smartcore's smaller
//! bound lets the null space leak in; its QR is silently wrong here, and its ridge refuses more columns than rows).
//!
//! With 50,000 rows or more, the products of all pairs of features are summed in one pass over the rows (see
//! [`gram`](super::gram)), and their eigenvectors are used: the same solution to about nine digits, without a matrix of
//! all rows. Here singular values below 10⁻⁶ of the largest count as zero, because squaring loses half of the digits.

use model_core::LinearModel;
use ndarray::{Array1, Array2, Axis};
use smartcore::linalg::traits::svd::SVDDecomposable;

use super::gram::Gram;
use super::portable::Portable;
use crate::folds::fit_data::FitData;
use crate::folds::samples::Samples;
use crate::learn::error::FitError;

/// The smallest significant singular value of sums of products, as a share of the largest.
const LEAST_SHARE: f64 = 1e-6;

/// The SVD `U S Vᵀ` of the centred features, with the centred target projected on `U`.
pub(super) struct Decomposed {
    singular_values: Vec<f64>,
    /// Smaller singular values are rounding errors.
    smallest: f64,
    target_along: Array1<f64>,
    directions: Array2<f64>,
    feature_means: Array1<f64>,
    target_mean: f64,
}

impl Decomposed {
    /// Computes it from the rows, or from the sums of their products if there are many.
    pub(super) fn of(family: &'static str, data: &FitData) -> Result<Self, FitError> {
        if data.has_many_rows() {
            Self::from_products(family, &Gram::new(data))
        } else {
            Self::new(family, data.one_hot())
        }
    }

    fn from_products(family: &'static str, gram: &Gram) -> Result<Self, FitError> {
        let Svd { singular_values, directions, .. } = decompose(family, &gram.products)?;
        // The eigenvectors of a symmetric positive semidefinite matrix are its singular vectors.
        let singular_values: Vec<f64> = singular_values.iter().map(|square| square.max(0.0).sqrt()).collect();
        let largest = singular_values.iter().copied().fold(0.0, f64::max);
        let along = directions.t().dot(&gram.with_target);
        let scaled = along.iter().zip(&singular_values).map(|(along, singular)| along / singular);
        Ok(Self {
            smallest: LEAST_SHARE * largest,
            target_along: scaled.collect(),
            singular_values,
            directions,
            feature_means: gram.feature_means.clone(),
            target_mean: gram.target_mean,
        })
    }

    pub(super) fn new(family: &'static str, samples: &Samples) -> Result<Self, FitError> {
        let (n_rows, n_features) = samples.features.dim();
        let weights = Array1::from_vec(samples.weights.clone().unwrap_or_else(|| vec![1.0; n_rows]));
        let target = Array1::from_vec(samples.target.clone());
        let feature_means = weights.dot(&samples.features) / weights.sum();
        let target_mean = weights.dot(&target) / weights.sum();
        // Scaling a row by √w gives it the weight w.
        let roots = weights.sqrt();
        let scaled = (&samples.features - &feature_means) * roots.view().insert_axis(Axis(1));
        let Svd { along, singular_values, directions } = decompose(family, &scaled)?;
        let largest = singular_values.iter().copied().fold(0.0, f64::max);
        Ok(Self {
            smallest: n_rows.max(n_features) as f64 * f64::EPSILON * largest,
            target_along: along.t().dot(&((target - target_mean) * roots)),
            singular_values,
            directions,
            feature_means,
            target_mean,
        })
    }

    /// The minimiser of `squared error + alpha × squared norm of the coefficients`; of several the one with the
    /// smallest norm.
    pub(super) fn solve(&self, alpha: f64) -> LinearModel {
        let mut coefficients = Array1::zeros(self.feature_means.len());
        for (idx, singular) in self.singular_values.iter().enumerate().filter(|(_, value)| **value > self.smallest) {
            let share = singular / (singular * singular + alpha);
            coefficients.scaled_add(share * self.target_along[idx], &self.directions.column(idx));
        }
        let intercept = self.target_mean - coefficients.dot(&self.feature_means);
        LinearModel { intercept, coefficients: coefficients.to_vec() }
    }
}

/// A matrix as `U S Vᵀ`.
struct Svd {
    along: Array2<f64>,
    singular_values: Vec<f64>,
    directions: Array2<f64>,
}

/// smartcore panics if its iteration does not converge, as with numbers whose squares are not finite.
fn decompose(family: &'static str, matrix: &Array2<f64>) -> Result<Svd, FitError> {
    let numerical = |problem: String| FitError::Numerical { family, problem };
    let squares: f64 = matrix.iter().map(|cell| cell * cell).sum();
    if !squares.is_finite() {
        return Err(numerical("the features, times the square roots of the weights, are too large".into()));
    }
    let svd = matrix.mapv(Portable).svd_mut().map_err(|error| numerical(error.to_string()))?;
    Ok(Svd {
        along: svd.U.mapv(|number| number.0),
        singular_values: svd.s.iter().map(|number| number.0).collect(),
        directions: svd.V.mapv(|number| number.0),
    })
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::folds::preprocess::fit_preprocessor;
    use crate::table::{ColumnData, Table, TableColumn};

    #[test]
    fn a_line_through_two_points_and_its_shrunken_sister() {
        // x = 1, 3 and y = 2, 6: slope 2, intercept 0. Centred x = ∓1: with α = 2 the slope is 4 / (2 + 2) = 1.
        let samples = Samples { features: array![[1.0], [3.0]], target: vec![2.0, 6.0], weights: None };
        let decomposed = Decomposed::new("linear", &samples).unwrap();
        let line = decomposed.solve(0.0);
        assert!((line.coefficients[0] - 2.0).abs() < 1e-12 && line.intercept.abs() < 1e-12, "{line:?}");
        let ridge = decomposed.solve(2.0);
        assert!((ridge.coefficients[0] - 1.0).abs() < 1e-12 && (ridge.intercept - 2.0).abs() < 1e-12, "{ridge:?}");
    }

    #[test]
    fn sums_of_products_come_to_the_same_as_the_decomposition() {
        let mut random = crate::random::SplitMix64::new(5);
        let n_rows = crate::table::MANY_ROWS + 77;
        let cells: Vec<(f64, f64, u32)> = (0..n_rows)
            .map(|_| ((random.uniform() * 100.0).floor(), random.normal(), (random.uniform() * 7.0) as u32))
            .collect();
        let target = cells.iter().map(|(a, b, c)| 3.0 + 0.7 * a - 2.0 * b + f64::from(*c) + random.normal()).collect();
        let column = |name: &str, data: ColumnData| TableColumn { name: name.into(), data };
        let values = (0..7).map(|value| value.to_string()).collect();
        for weights in [None, Some((0..n_rows).map(|row| 0.5 + (row % 3) as f64).collect())] {
            let table = Table {
                columns: vec![
                    column("a", ColumnData::Numeric(cells.iter().map(|(a, ..)| *a).collect())),
                    column("b", ColumnData::Numeric(cells.iter().map(|(_, b, _)| *b).collect())),
                    column("twice b", ColumnData::Numeric(cells.iter().map(|(_, b, _)| 2.0 * b).collect())),
                    column(
                        "c",
                        ColumnData::Categorical {
                            values: Vec::clone(&values),
                            codes: cells.iter().map(|(.., c)| *c).collect(),
                        },
                    ),
                ],
                target_name: "y".into(),
                target: Clone::clone(&target),
                weights,
                keys: crate::table::keys::RowKeys::default(),
                directions: Default::default(),
                most_columns: None,
                cells: None,
                dates: Default::default(),
                left_out: Vec::new(),
                notices: Vec::new(),
                reading: Default::default(),
            };
            let rows: Vec<usize> = (0..n_rows).collect();
            let data = FitData::new(&fit_preprocessor(&table, &rows, None), &table, &rows);
            for alpha in [0.0, 10.0] {
                let plain = Decomposed::new("linear", data.one_hot()).unwrap().solve(alpha);
                let products = Decomposed::of("linear", &data).unwrap().solve(alpha);
                assert!((plain.intercept / products.intercept - 1.0).abs() < 1e-9, "{plain:?} {products:?}");
                for (plain, products) in plain.coefficients.iter().zip(&products.coefficients) {
                    assert!((plain - products).abs() < 1e-9 * plain.abs().max(1.0), "{plain} {products}");
                }
            }
        }
    }

    #[test]
    fn numbers_that_overflow_are_refused() {
        for cell in [f64::NAN, f64::INFINITY, 1e200] {
            let samples = Samples { features: array![[cell], [3.0]], target: vec![2.0, 6.0], weights: None };
            assert!(matches!(Decomposed::new("linear", &samples), Err(FitError::Numerical { .. })), "{cell}");
        }
    }

    #[test]
    fn more_features_than_rows_are_fitted_exactly_with_the_smallest_norm() {
        // Two equal columns share the slope, a constant one gets none.
        let samples =
            Samples { features: array![[0.0, 0.0, 5.0], [1.0, 1.0, 5.0]], target: vec![1.0, 5.0], weights: None };
        let model = Decomposed::new("linear", &samples).unwrap().solve(0.0);
        for (found, expected) in model.coefficients.iter().zip([2.0, 2.0, 0.0]) {
            assert!((found - expected).abs() < 1e-12, "{model:?}");
        }
        assert!((model.intercept - 1.0).abs() < 1e-12);
    }
}

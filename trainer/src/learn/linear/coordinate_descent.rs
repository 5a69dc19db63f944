//! Coordinate descent on scalar products, shared by lasso and elastic net (Friedman, Hastie & Tibshirani 2010).
//!
//! The objective is scikit-learn's `1/(2n) ‖y − Xw‖² + α ρ ‖w‖₁ + ½ α (1 − ρ) ‖w‖²` with `ρ` the `l1_ratio`; the
//! intercept is not penalised, so features and target are centred first. Row weights are normalised to sum to one, so
//! that a weight of 2 is equivalent to repeating the row.
//!
//! The products of the features with each other and with the target are computed once for all penalties, so that the
//! cost of a sweep does not depend on the number of rows. Every candidate starts from zero instead of from its
//! neighbour's solution: sweeps are cheap, with one-hot columns the lasso has more than one solution, and the solution
//! must not depend on which other candidates are searched.

use model_core::LinearModel;
use ndarray::{Array1, Array2, Axis};

use super::cholesky::solve_positive_definite;
use super::gram::Gram;
use super::products::products;
use crate::folds::fit_data::{Features, FitData};
use crate::folds::samples::Samples;

/// The penalty of one candidate.
#[derive(Debug, Clone, Copy)]
pub(super) struct Penalty {
    pub(super) alpha: f64,
    /// The share of the penalty on absolute values; the rest is on squares.
    pub(super) l1_ratio: f64,
}

/// Scalar products of the centred features and target.
pub(super) struct Products {
    /// The features with each other.
    gram: Array2<f64>,
    /// The features with the target.
    with_target: Array1<f64>,
    feature_means: Array1<f64>,
    target_mean: f64,
}

/// The tolerance of the optimality conditions, relative to the largest product with the target; far below what a
/// prediction shows.
const TOLERANCE: f64 = 1e-12;
/// A feature is constant if its variance is at most this share of its squared mean.
const CONSTANT: f64 = 1e-22;
/// With at least this number of features, most are zero in each row, as they are one-hot.
const MANY_FEATURES: usize = 128;
/// Enough even for collinear columns with a tiny penalty; the result is then close to the solution.
const MAX_SWEEPS: usize = 100_000;
/// Most candidates converge in fewer sweeps; for the others a leap is worth its decomposition.
const SWEEPS_BETWEEN_LEAPS: usize = 50;

impl Products {
    /// Computes them from the rows; with many features, from the non-zero ones only.
    pub(super) fn of(data: &FitData) -> Self {
        if data.preprocessor(Features::OneHot).n_features() <= MANY_FEATURES {
            return Self::new(data.one_hot());
        }
        let Gram { products, with_target, feature_means, target_mean } = Gram::new(data);
        let count = data.weights().map_or(data.n_rows() as f64, |weights| weights.iter().sum());
        Self { gram: products / count, with_target: with_target / count, feature_means, target_mean }
    }

    fn new(samples: &Samples) -> Self {
        let mut weights = Array1::from_vec(samples.weights.clone().unwrap_or_else(|| vec![1.0; samples.target.len()]));
        weights /= weights.sum();
        let target = Array1::from_vec(samples.target.clone());
        let feature_means = weights.dot(&samples.features);
        let target_mean = weights.dot(&target);
        let centred = &samples.features - &feature_means;
        let weighted = &centred * &weights.insert_axis(Axis(1));
        Self {
            gram: products(&centred, &weighted),
            with_target: weighted.t().dot(&(target - target_mean)),
            feature_means,
            target_mean,
        }
    }

    /// The model that minimises the penalised error. `directions`, one per feature or empty, forbid negative (1) or
    /// positive (−1) coefficients. Once `is_stopped` the sweeps end, converged or not.
    pub(super) fn solve(&self, penalty: Penalty, directions: &[i8], is_stopped: impl Fn() -> bool) -> LinearModel {
        let on_absolute = penalty.alpha * penalty.l1_ratio;
        let on_squares = penalty.alpha * (1.0 - penalty.l1_ratio);
        let n_features = self.with_target.len();
        let direction = |feature: usize| directions.get(feature).copied().unwrap_or(0);
        let bound = TOLERANCE * self.with_target.iter().fold(0.0, |most: f64, product| most.max(product.abs()));

        let mut coefficients = Array1::<f64>::zeros(n_features);
        // The products of the features with the residuals.
        let mut with_residual = self.with_target.clone();
        for sweep in 1..=MAX_SWEEPS {
            if is_stopped() {
                break;
            }
            // The largest violation of the optimality conditions by a coefficient before its update.
            let mut violation: f64 = 0.0;
            for feature in 0..n_features {
                let own = self.gram[[feature, feature]];
                // Do not divide by the variance that rounding leaves of a constant feature.
                if own <= CONSTANT * self.feature_means[feature] * self.feature_means[feature] {
                    continue;
                }
                let curvature = own + on_squares;
                let before = coefficients[feature];
                let product = with_residual[feature] + own * before;
                let after = constrained(soft_threshold(product, on_absolute) / curvature, direction(feature));
                if after != before {
                    violation = violation.max((after - before).abs() * curvature);
                    with_residual.scaled_add(before - after, &self.gram.column(feature));
                    coefficients[feature] = after;
                }
            }
            if violation <= bound {
                break;
            }
            if sweep % SWEEPS_BETWEEN_LEAPS == 0 && on_squares > 0.0 {
                self.leap(&mut coefficients, on_absolute, on_squares);
                with_residual = &self.with_target - &self.gram.dot(&coefficients);
            }
        }
        let intercept = self.target_mean - coefficients.dot(&self.feature_means);
        LinearModel { intercept, coefficients: coefficients.to_vec() }
    }

    /// Moves to the best coefficients with the current signs, or towards them until the first sign changes: with
    /// collinear features and a small penalty, sweeps alone converge very slowly. The penalised error never increases.
    fn leap(&self, coefficients: &mut Array1<f64>, on_absolute: f64, on_squares: f64) {
        let active: Vec<usize> = (0..coefficients.len()).filter(|feature| coefficients[*feature] != 0.0).collect();
        let mut matrix = self.gram.select(Axis(0), &active).select(Axis(1), &active);
        matrix.diag_mut().mapv_inplace(|own| own + on_squares);
        let right =
            active.iter().map(|feature| self.with_target[*feature] - on_absolute * coefficients[*feature].signum());
        let Some(best) = solve_positive_definite(matrix, right.collect()) else { return };
        let share_to_zero = |(feature, best): (&usize, &f64)| {
            let now = coefficients[*feature];
            if now * best < 0.0 { now / (now - best) } else { 1.0 }
        };
        let share = active.iter().zip(&best).map(share_to_zero).fold(1.0, f64::min);
        for (feature, best) in active.iter().zip(&best) {
            let now = coefficients[*feature];
            let after = if share < 1.0 { now + share * (best - now) } else { *best };
            // Rounding must not change a sign.
            coefficients[*feature] = if after * now > 0.0 { after } else { 0.0 };
        }
    }
}

fn soft_threshold(product: f64, threshold: f64) -> f64 {
    if product > threshold {
        product - threshold
    } else if product < -threshold {
        product + threshold
    } else {
        0.0
    }
}

fn constrained(coefficient: f64, direction: i8) -> f64 {
    match direction {
        1 => coefficient.max(0.0),
        -1 => coefficient.min(0.0),
        _ => coefficient,
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    fn solve(samples: &Samples, alpha: f64, l1_ratio: f64, directions: &[i8]) -> LinearModel {
        Products::new(samples).solve(Penalty { alpha, l1_ratio }, directions, || false)
    }

    fn assert_model(found: &LinearModel, intercept: f64, coefficients: &[f64]) {
        let same = found.coefficients.iter().zip(coefficients).all(|(found, wanted)| (found - wanted).abs() < 1e-12);
        assert!(same && (found.intercept - intercept).abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn one_feature_worked_by_hand() {
        // Centred x = ∓1 and y = ∓2: x·x/n = 1, x·y/n = 2.
        let samples = Samples { features: array![[1.0], [3.0]], target: vec![2.0, 6.0], weights: None };
        assert_model(&solve(&samples, 0.0, 1.0, &[]), 0.0, &[2.0]);
        assert_model(&solve(&samples, 0.5, 1.0, &[]), 1.0, &[1.5]);
        assert_model(&solve(&samples, 2.5, 1.0, &[]), 4.0, &[0.0]);
        // (2 − ½) / (1 + ½) = 1.
        assert_model(&solve(&samples, 1.0, 0.5, &[]), 2.0, &[1.0]);
        assert_model(&solve(&samples, 1.0, 0.0, &[]), 2.0, &[1.0]);
        assert_model(&solve(&samples, 0.5, 1.0, &[-1]), 4.0, &[0.0]);
    }

    #[test]
    fn two_features_worked_by_hand() {
        // y = 3 a − b with a, b = ±1 independent: each is shrunk by α alone; the forbidden b becomes 0.
        let features = array![[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]];
        let samples = Samples { features, target: vec![2.0, 4.0, -4.0, -2.0], weights: None };
        assert_model(&solve(&samples, 0.25, 1.0, &[]), 0.0, &[2.75, -0.75]);
        assert_model(&solve(&samples, 0.25, 1.0, &[0, 1]), 0.0, &[2.75, 0.0]);
        assert_model(&solve(&samples, 0.25, 1.0, &[1, -1]), 0.0, &[2.75, -0.75]);
    }

    #[test]
    fn nearly_no_penalty_on_equal_features_is_soon_solved() {
        // Two equal features share the slope: 2 w = 2 − (α ρ + α (1 − ρ) w) with x·x/n = 1, x·y/n = 2.
        let samples = Samples { features: array![[1.0, 1.0], [3.0, 3.0]], target: vec![2.0, 6.0], weights: None };
        let alpha = 1e-9;
        let each = (2.0 - 0.5 * alpha) / (2.0 + 0.5 * alpha);
        let found = solve(&samples, alpha, 0.5, &[]);
        assert!(found.coefficients.iter().all(|found| (found - each).abs() < 1e-6), "{found:?}");
    }

    #[test]
    fn a_constant_feature_gets_nothing() {
        let features = array![[0.1, 1.0, 0.0], [0.1, 2.0, 0.0], [0.1, 4.0, 0.0]];
        let samples = Samples { features, target: vec![3.0, 5.0, 9.0], weights: Some(vec![0.1, 0.7, 0.3]) };
        assert_model(&solve(&samples, 0.0, 1.0, &[]), 1.0, &[0.0, 2.0, 0.0]);
    }

    #[test]
    fn a_weight_of_two_is_a_row_given_twice() {
        let features = array![[1.0, 0.0], [2.0, 1.0], [4.0, 0.5], [4.0, 2.0]];
        let target = vec![1.0, 5.0, 2.0, 3.0];
        let twice = Samples {
            features: array![[1.0, 0.0], [2.0, 1.0], [2.0, 1.0], [4.0, 0.5], [4.0, 2.0]],
            target: vec![1.0, 5.0, 5.0, 2.0, 3.0],
            weights: None,
        };
        let weighted = Samples { features, target, weights: Some(vec![0.5, 1.0, 0.5, 0.5]) };
        let expected = solve(&twice, 0.1, 0.7, &[]);
        assert!(expected.coefficients.iter().all(|coefficient| *coefficient != 0.0), "{expected:?}");
        assert_model(&solve(&weighted, 0.1, 0.7, &[]), expected.intercept, &expected.coefficients);
    }
}

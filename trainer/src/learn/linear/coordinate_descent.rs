//! Coordinate descent on scalar products, shared by lasso and elastic net (Friedman, Hastie & Tibshirani 2010).
//!
//! What is minimised is scikit-learn's `1/(2n) ‖y − Xw‖² + α ρ ‖w‖₁ + ½ α (1 − ρ) ‖w‖²` with `ρ` the `l1_ratio`; the
//! intercept is not penalised, so features and target are centred first. Row weights are made to sum to one, so that a
//! weight of 2 is a row given twice.
//!
//! The products of the features with each other and with the target are taken once for all penalties, after which a
//! sweep costs nothing per row. Every candidate starts from zero instead of from its neighbour's answer: sweeps are
//! cheap, one-hot columns leave the lasso more than one answer, and the one found must not depend on which other
//! candidates are searched.

use model_core::{LinearModel, Params};
use ndarray::{Array1, Array2, Axis};

use crate::folds::fit_data::{Features, FitData};
use crate::folds::samples::Samples;
use crate::learn::FitError;
use crate::learn::params::ParamReader;
use crate::learn::trees::xgboost::monotone;

/// The penalty of one candidate.
#[derive(Debug, Clone, Copy)]
pub(super) struct Penalty {
    pub(super) alpha: f64,
    /// The share of the penalty on the absolute values; the rest is on the squares.
    pub(super) l1_ratio: f64,
}

/// Scalar products of the centred features and target.
pub(super) struct Products {
    /// Of the features with each other.
    gram: Array2<f64>,
    /// Of the features with the target.
    along_target: Array1<f64>,
    feature_means: Array1<f64>,
    target_mean: f64,
}

/// The optimality conditions hold to this share of the largest product with the target: far below what shows in a
/// prediction.
const TOLERANCE: f64 = 1e-12;
/// A feature is constant if its variance is not above this share of its squared mean.
const CONSTANT: f64 = 1e-22;
/// Enough for nearly no penalty on collinear columns; whatever is reached by then is close.
const MAX_SWEEPS: usize = 100_000;
/// By then most candidates are done; for the others a leap is worth its decomposition.
const SWEEPS_BEFORE_A_LEAP: usize = 50;

impl Products {
    pub(super) fn new(samples: &Samples) -> Self {
        let mut weights = Array1::from_vec(samples.weights.clone().unwrap_or_else(|| vec![1.0; samples.target.len()]));
        weights /= weights.sum();
        let target = Array1::from_vec(samples.target.clone());
        let feature_means = weights.dot(&samples.features);
        let target_mean = weights.dot(&target);
        let centred = &samples.features - &feature_means;
        let weighted = &centred * &weights.insert_axis(Axis(1));
        Self {
            gram: centred.t().dot(&weighted),
            along_target: weighted.t().dot(&(target - target_mean)),
            feature_means,
            target_mean,
        }
    }

    /// The model with the least penalised error. `directions`, one a feature or none at all, forbid coefficients below
    /// zero (1) or above (−1).
    pub(super) fn solve(&self, penalty: Penalty, directions: &[i8]) -> LinearModel {
        let on_absolute = penalty.alpha * penalty.l1_ratio;
        let on_squares = penalty.alpha * (1.0 - penalty.l1_ratio);
        let n_features = self.along_target.len();
        let direction = |feature: usize| directions.get(feature).copied().unwrap_or(0);
        let bound = TOLERANCE * self.along_target.iter().fold(0.0, |most: f64, product| most.max(product.abs()));

        let mut coefficients = Array1::<f64>::zeros(n_features);
        // The products of the features with what is left of the target.
        let mut along_rest = self.along_target.clone();
        for sweep in 1..=MAX_SWEEPS {
            // By how much the optimality conditions were missed, at worst, when each coefficient's turn came.
            let mut missed: f64 = 0.0;
            for feature in 0..n_features {
                let own = self.gram[[feature, feature]];
                // What rounding leaves of a constant feature must not be divided by.
                if own <= CONSTANT * self.feature_means[feature] * self.feature_means[feature] {
                    continue;
                }
                let curvature = own + on_squares;
                let before = coefficients[feature];
                let pull = along_rest[feature] + own * before;
                let after = constrained(soft_threshold(pull, on_absolute) / curvature, direction(feature));
                if after != before {
                    missed = missed.max((after - before).abs() * curvature);
                    along_rest.scaled_add(before - after, &self.gram.column(feature));
                    coefficients[feature] = after;
                }
            }
            if missed <= bound {
                break;
            }
            if sweep % SWEEPS_BEFORE_A_LEAP == 0 && on_squares > 0.0 {
                self.leap(&mut coefficients, on_absolute, on_squares);
                along_rest = &self.along_target - &self.gram.dot(&coefficients);
            }
        }
        let intercept = self.target_mean - coefficients.dot(&self.feature_means);
        LinearModel { intercept, coefficients: coefficients.to_vec() }
    }

    /// Goes straight to the best coefficients with the signs that they have now, or as far as the first sign lasts:
    /// collinear features and a small penalty would take sweeps without end. The penalised error never rises by it.
    fn leap(&self, coefficients: &mut Array1<f64>, on_absolute: f64, on_squares: f64) {
        let active: Vec<usize> = (0..coefficients.len()).filter(|feature| coefficients[*feature] != 0.0).collect();
        let mut matrix = self.gram.select(Axis(0), &active).select(Axis(1), &active);
        matrix.diag_mut().mapv_inplace(|own| own + on_squares);
        let wanted =
            active.iter().map(|feature| self.along_target[*feature] - on_absolute * coefficients[*feature].signum());
        let Some(best) = solve_positive_definite(matrix, wanted.collect()) else { return };
        let lasts = |(feature, best): (&usize, &f64)| {
            let now = coefficients[*feature];
            if now * best < 0.0 { now / (now - best) } else { 1.0 }
        };
        let share = active.iter().zip(&best).map(lasts).fold(1.0, f64::min);
        for (feature, best) in active.iter().zip(&best) {
            let now = coefficients[*feature];
            let after = if share < 1.0 { now + share * (best - now) } else { *best };
            // Rounding must not leave a sign that was not to be.
            coefficients[*feature] = if after * now > 0.0 { after } else { 0.0 };
        }
    }
}

/// The solution by Cholesky's decomposition; none where rounding leaves the matrix indefinite.
fn solve_positive_definite(mut matrix: Array2<f64>, mut wanted: Vec<f64>) -> Option<Vec<f64>> {
    let n = wanted.len();
    for column in 0..n {
        for row in column..n {
            let known: f64 = (0..column).map(|inner| matrix[[row, inner]] * matrix[[column, inner]]).sum();
            let rest = matrix[[row, column]] - known;
            matrix[[row, column]] = if row > column {
                rest / matrix[[column, column]]
            } else if rest > 0.0 {
                rest.sqrt()
            } else {
                return None;
            };
        }
    }
    for row in 0..n {
        let known: f64 = (0..row).map(|inner| matrix[[row, inner]] * wanted[inner]).sum();
        wanted[row] = (wanted[row] - known) / matrix[[row, row]];
    }
    for row in (0..n).rev() {
        let known: f64 = (row + 1..n).map(|inner| matrix[[inner, row]] * wanted[inner]).sum();
        wanted[row] = (wanted[row] - known) / matrix[[row, row]];
    }
    Some(wanted)
}

/// The direction of each one-hot feature, from the parameter `monotone`; empty where there is none.
pub(super) fn directions(family: &'static str, reader: &ParamReader<'_>, data: &FitData) -> Result<Vec<i8>, FitError> {
    let of_columns = monotone(family, reader.get("monotone"), data)?;
    if of_columns.is_empty() {
        return Ok(of_columns);
    }
    // Columns are standardised: a scale above 0 leaves the direction as it is.
    let columns = data.preprocessor(Features::OneHot).feature_columns();
    Ok(columns.into_iter().map(|column| of_columns[column]).collect())
}

/// Fits one candidate of a group after the other, given what `read` makes of its parameters.
pub(super) fn evaluate(
    group: &[&Params],
    train: &FitData,
    validation: &FitData,
    read: impl Fn(&Params, &FitData) -> Result<(Penalty, Vec<i8>), FitError>,
) -> Result<Vec<Vec<f64>>, FitError> {
    let products = Products::new(train.one_hot());
    let predict = |params: &&Params| {
        let (penalty, directions) = read(params, train)?;
        let model = model_core::Model::Linear(products.solve(penalty, &directions));
        Ok(validation.predict(&model, Features::OneHot))
    };
    group.iter().map(predict).collect()
}

fn soft_threshold(pull: f64, threshold: f64) -> f64 {
    if pull > threshold {
        pull - threshold
    } else if pull < -threshold {
        pull + threshold
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
        Products::new(samples).solve(Penalty { alpha, l1_ratio }, directions)
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
        // y = 3 a − b with a, b = ±1 independent: each is shrunk by α alone; forbidden b goes to 0.
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
    fn a_system_of_equations_worked_by_hand() {
        let found = solve_positive_definite(array![[4.0, 2.0], [2.0, 3.0]], vec![8.0, 8.0]).unwrap();
        assert!((found[0] - 1.0).abs() < 1e-12 && (found[1] - 2.0).abs() < 1e-12, "{found:?}");
        assert_eq!(solve_positive_definite(array![[1.0, 2.0], [2.0, 1.0]], vec![1.0, 1.0]), None);
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

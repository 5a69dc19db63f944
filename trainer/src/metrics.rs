//! How good predictions are, defined as in `sklearn.metrics`.

use model_core::HoldoutScore;

/// The share of the target's variance that is explained: 1 is perfect, 0 is no better than the mean. Where the target
/// is constant: 1 if it is met exactly, else 0.
#[must_use]
pub fn r2(actual: &[f64], predicted: &[f64]) -> f64 {
    r2_of(|| actual.iter().copied(), predicted)
}

/// The same for targets that are in no list.
pub(crate) fn r2_of<I: Iterator<Item = f64>>(actual: impl Fn() -> I, predicted: &[f64]) -> f64 {
    let mean = actual().sum::<f64>() / predicted.len() as f64;
    let total: f64 = actual().map(|value| (value - mean) * (value - mean)).sum();
    let residual: f64 =
        actual().zip(predicted).map(|(actual, predicted)| (actual - predicted) * (actual - predicted)).sum();
    if total > 0.0 { 1.0 - residual / total } else { f64::from(u8::from(residual == 0.0)) }
}

/// R², mean absolute error and root mean squared error.
#[must_use]
pub fn score(actual: &[f64], predicted: &[f64]) -> HoldoutScore {
    let n = actual.len() as f64;
    let absolute: f64 = actual.iter().zip(predicted).map(|(actual, predicted)| (actual - predicted).abs()).sum();
    HoldoutScore { r2: r2(actual, predicted), mae: absolute / n, rmse: (squared_error(actual, predicted) / n).sqrt() }
}

/// Mean and population standard deviation.
#[must_use]
pub fn mean_and_sd(values: &[f64]) -> (f64, f64) {
    mean_and_sd_of(values.iter().copied(), values.len())
}

/// The same of `n` values that are in no list.
pub(crate) fn mean_and_sd_of(values: impl Iterator<Item = f64> + Clone, n: usize) -> (f64, f64) {
    let n = n as f64;
    let mean = values.clone().sum::<f64>() / n;
    (mean, (values.map(|value| (value - mean) * (value - mean)).sum::<f64>() / n).sqrt())
}

fn squared_error(actual: &[f64], predicted: &[f64]) -> f64 {
    actual.iter().zip(predicted).map(|(actual, predicted)| (actual - predicted) * (actual - predicted)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_worked_by_hand() {
        // Mean 4, total 8 + 0 … (1−4)² + (4−4)² + (7−4)² = 18; residuals 1, 0, 2 give 5.
        let score = score(&[1.0, 4.0, 7.0], &[2.0, 4.0, 5.0]);
        assert_eq!(score.r2, 1.0 - 5.0 / 18.0);
        assert_eq!(score.mae, 1.0);
        assert_eq!(score.rmse, (5.0_f64 / 3.0).sqrt());
    }

    #[test]
    fn a_constant_target_scores_as_in_scikit_learn() {
        assert_eq!(r2(&[3.0, 3.0], &[3.0, 3.0]), 1.0);
        assert_eq!(r2(&[3.0, 3.0], &[3.0, 4.0]), 0.0);
    }
}

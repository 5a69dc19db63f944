//! Paired comparison of scores on the same folds (Nadeau & Bengio 2003).

use crate::metrics::mean_and_sd;

/// How much higher one list of scores is than another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Paired {
    /// The mean of the paired differences.
    pub(crate) difference: f64,
    /// Its corrected standard error.
    pub(crate) error: f64,
}

/// The mean of the paired differences and its corrected standard error: folds share training rows, so the variance is
/// multiplied by `1/n + 1/(k − 1)` instead of `1/n`, with k folds per repetition.
pub(crate) fn paired(left: &[f64], right: &[f64], n_folds: usize) -> Paired {
    let differences: Vec<f64> = left.iter().zip(right).map(|(left, right)| left - right).collect();
    let n = differences.len() as f64;
    let (mean, sd) = mean_and_sd(&differences);
    let variance = sd * sd * n / (n - 1.0);
    let error = (variance * (1.0 / n + 1.0 / (n_folds as f64 - 1.0))).sqrt();
    Paired { difference: mean, error }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paired_differences_worked_by_hand() {
        // Differences 0.1 and 0.3: mean 0.2, variance 0.02, times 1/2 + 1/1 for 2 folds.
        let Paired { difference, error } = paired(&[0.5, 0.8], &[0.4, 0.5], 2);
        assert!(
            (difference - 0.2).abs() < 1e-12 && (error - (0.02_f64 * 1.5).sqrt()).abs() < 1e-12,
            "{difference} {error}"
        );
    }
}

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

/// The mean, and half the width of its 95 % interval by Student's t: with few values it is wider than the normal
/// distribution's. Of fewer than two values the width is not known (NaN or infinite).
pub(crate) fn mean_and_margin(values: &[f64]) -> (f64, f64) {
    let (mean, sd) = mean_and_sd(values);
    let freedom = values.len() as f64 - 1.0;
    (mean, student_t(freedom) * sd / freedom.sqrt())
}

/// Half the width of the 95 % interval of R², as it would differ between lists of so many rows (delta method); 0 where the
/// target is constant.
pub(crate) fn r2_margin(actual: &[f64], predicted: &[f64]) -> f64 {
    let (mean, sd) = mean_and_sd(actual);
    if sd == 0.0 {
        return 0.0;
    }
    let unexplained = 1.0 - r2(actual, predicted);
    let pull = |(actual, predicted): (&f64, &f64)| {
        let square = |number: f64| number * number;
        (square(actual - predicted) - unexplained * square(actual - mean)) / (sd * sd)
    };
    mean_and_margin(&actual.iter().zip(predicted).map(pull).collect::<Vec<_>>()).1
}

/// The 97.5 % quantile of Student's t: the series of Abramowitz & Stegun (26.7.5), to 0.1 % from four degrees of freedom
/// on; below, the values themselves.
pub(crate) fn student_t(freedom: f64) -> f64 {
    if freedom < 4.0 {
        return [12.706_205, 4.302_653, 3.182_446][(freedom as usize).clamp(1, 3) - 1];
    }
    let z: f64 = 1.959_964;
    let square = z * z;
    let terms = [
        z,
        z * (square + 1.0) / 4.0,
        z * ((5.0 * square + 16.0) * square + 3.0) / 96.0,
        z * (((3.0 * square + 19.0) * square + 17.0) * square - 15.0) / 384.0,
        z * ((((79.0 * square + 776.0) * square + 1_482.0) * square - 1_920.0) * square - 945.0) / 92_160.0,
    ];
    terms.iter().rev().fold(0.0, |sum, term| sum / freedom + term)
}

fn squared_error(actual: &[f64], predicted: &[f64]) -> f64 {
    actual.iter().zip(predicted).map(|(actual, predicted)| (actual - predicted) * (actual - predicted)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SplitMix64;

    #[test]
    fn scores_worked_by_hand() {
        // Mean 4, total 8 + 0 … (1−4)² + (4−4)² + (7−4)² = 18; residuals 1, 0, 2 give 5.
        let score = score(&[1.0, 4.0, 7.0], &[2.0, 4.0, 5.0]);
        assert_eq!(score.r2, 1.0 - 5.0 / 18.0);
        assert_eq!(score.mae, 1.0);
        assert_eq!(score.rmse, (5.0_f64 / 3.0).sqrt());
    }

    #[test]
    fn margins_are_those_of_students_t() {
        // scipy.stats.t.ppf(0.975, df)
        for (freedom, expected) in [
            (1.0, 12.706_205),
            (2.0, 4.302_653),
            (3.0, 3.182_446),
            (9.0, 2.262_157),
            (30.0, 2.042_272),
            (1e4, 1.960_201),
        ] {
            assert!((student_t(freedom) / expected - 1.0).abs() < 1e-3, "{freedom}: {}", student_t(freedom));
        }
        // Mean 3, squares 4 + 0 + 4 about it: standard error sqrt(4 / 3).
        let (mean, margin) = mean_and_margin(&[1.0, 3.0, 5.0]);
        assert!(mean == 3.0 && (margin - 4.302_653 * (4.0_f64 / 3.0).sqrt()).abs() < 1e-9, "{margin}");
        assert!(!mean_and_margin(&[1.0]).1.is_finite());
    }

    #[test]
    fn the_margin_of_r2_is_what_other_samples_show() {
        let mut random = SplitMix64::new(7);
        let mut found = Vec::new();
        let mut margins = Vec::new();
        for _ in 0..400 {
            let actual: Vec<f64> = (0..200).map(|_| 10.0 * random.normal()).collect();
            let predicted: Vec<f64> = actual.iter().map(|actual| 0.8 * actual + 4.0 * random.normal()).collect();
            found.push(r2(&actual, &predicted));
            margins.push(r2_margin(&actual, &predicted));
        }
        let (_, sd) = mean_and_sd(&found);
        let (margin, _) = mean_and_sd(&margins);
        assert!((margin / (1.96 * sd) - 1.0).abs() < 0.1, "{margin} is not {}", 1.96 * sd);
        assert_eq!(r2_margin(&[3.0, 3.0], &[3.0, 4.0]), 0.0);
    }

    #[test]
    fn a_constant_target_scores_as_in_scikit_learn() {
        assert_eq!(r2(&[3.0, 3.0], &[3.0, 3.0]), 1.0);
        assert_eq!(r2(&[3.0, 3.0], &[3.0, 4.0]), 0.0);
    }
}

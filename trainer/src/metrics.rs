//! Regression metrics, defined as in `sklearn.metrics`; weights are its `sample_weight`.

use model_core::HoldoutScore;

/// The coefficient of determination R²: 1 is perfect, 0 is no better than the mean. For a constant target: 1 if it is
/// predicted exactly, else 0. `weights` are the rows' weights; without them all are equal.
#[must_use]
pub fn r2(actual: &[f64], predicted: &[f64], weights: Option<&[f64]>) -> f64 {
    r2_of(|| actual.iter().copied(), predicted, weights)
}

/// The same from iterators.
pub(crate) fn r2_of<I: Iterator<Item = f64>>(
    actual: impl Fn() -> I,
    predicted: &[f64],
    weights: Option<&[f64]>,
) -> f64 {
    let weighted = || actual().zip(each(weights));
    let count: f64 = each(weights).take(predicted.len()).sum();
    let mean = weighted().map(|(value, weight)| weight * value).sum::<f64>() / count;
    let total: f64 = weighted().map(|(value, weight)| weight * ((value - mean) * (value - mean))).sum();
    let residual: f64 = weighted()
        .zip(predicted)
        .map(|((actual, weight), predicted)| weight * ((actual - predicted) * (actual - predicted)))
        .sum();
    // A rounded mean would give a constant a variance.
    if total > 0.0 && !is_constant(actual()) { 1.0 - residual / total } else { f64::from(u8::from(residual == 0.0)) }
}

/// R² of predictions for cells, as if each of their rows had that prediction: a cell has `n` rows with mean target
/// `actual`; `within` is the total sum of squared deviations of targets from their cell's mean.
pub(crate) fn r2_of_cells<I: Iterator<Item = f64>>(
    actual: impl Fn() -> I,
    predicted: &[f64],
    n: &[f64],
    within: f64,
) -> f64 {
    let count: f64 = n.iter().sum();
    let mean = actual().zip(n).map(|(mean, n)| n * mean).sum::<f64>() / count;
    let squares_about = |of: &mut dyn Iterator<Item = f64>| {
        let between = actual().zip(of).zip(n).map(|((mean, of), n)| n * ((mean - of) * (mean - of)));
        between.sum::<f64>() + within
    };
    let residual = squares_about(&mut predicted.iter().copied());
    let total = squares_about(&mut std::iter::repeat(mean));
    let is_constant = within == 0.0 && is_constant(actual());
    if total > 0.0 && !is_constant { 1.0 - residual / total } else { f64::from(u8::from(residual == 0.0)) }
}

/// R², mean absolute error and root mean squared error.
#[must_use]
pub fn score(actual: &[f64], predicted: &[f64], weights: Option<&[f64]>) -> HoldoutScore {
    let count: f64 = each(weights).take(actual.len()).sum();
    let errors = || actual.iter().zip(predicted).map(|(actual, predicted)| actual - predicted).zip(each(weights));
    let absolute: f64 = errors().map(|(error, weight)| weight * error.abs()).sum();
    let squared: f64 = errors().map(|(error, weight)| weight * (error * error)).sum();
    HoldoutScore { r2: r2(actual, predicted, weights), mae: absolute / count, rmse: (squared / count).sqrt() }
}

/// The weights; 1 each without weights.
pub(crate) fn each(weights: Option<&[f64]>) -> impl Iterator<Item = f64> + Clone + '_ {
    let n = weights.map_or(usize::MAX, <[f64]>::len);
    (0..n).map(move |row| weights.map_or(1.0, |weights| weights[row]))
}

fn is_constant(mut values: impl Iterator<Item = f64>) -> bool {
    values.next().is_none_or(|first| values.all(|value| value == first))
}

/// The weighted mean.
pub(crate) fn weighted_mean(values: &[f64], weights: Option<&[f64]>) -> f64 {
    let count: f64 = each(weights).take(values.len()).sum();
    values.iter().zip(each(weights)).map(|(value, weight)| weight * value).sum::<f64>() / count
}

/// Mean and population standard deviation.
#[must_use]
pub fn mean_and_sd(values: &[f64]) -> (f64, f64) {
    mean_and_sd_of(values.iter().copied(), values.len())
}

/// The same of an iterator with `n` values.
pub(crate) fn mean_and_sd_of(values: impl Iterator<Item = f64> + Clone, n: usize) -> (f64, f64) {
    let n = n as f64;
    let mean = values.clone().sum::<f64>() / n;
    (mean, (values.map(|value| (value - mean) * (value - mean)).sum::<f64>() / n).sqrt())
}

/// The mean, and half the width of its 95 % interval by Student's t: with few values it is wider than that of the
/// normal distribution. With fewer than two values the width is unknown (NaN or infinite). The error of a weighted mean
/// is that of a ratio of sums (Cochran 1977, by linearisation): a few rows of large weight make it large.
pub(crate) fn mean_and_margin(values: &[f64], weights: Option<&[f64]>) -> (f64, f64) {
    let n = values.len() as f64;
    let freedom = n - 1.0;
    let Some(weights) = weights else {
        let (mean, sd) = mean_and_sd(values);
        return (mean, student_t(freedom) * sd / freedom.sqrt());
    };
    let mean = weighted_mean(values, Some(weights));
    let count: f64 = weights.iter().sum();
    let pull = |(value, weight): (&f64, &f64)| weight * (value - mean) * (weight * (value - mean));
    let squares: f64 = values.iter().zip(weights).map(pull).sum();
    (mean, student_t(freedom) * (squares * n / freedom).sqrt() / count)
}

/// Half the width of the 95 % interval of R² over samples of this size (delta method); 0 if the target is constant.
pub(crate) fn r2_margin(actual: &[f64], predicted: &[f64], weights: Option<&[f64]>) -> f64 {
    let (mean, sd) = weighted_mean_and_sd(actual, weights);
    if sd == 0.0 {
        return 0.0;
    }
    let unexplained = 1.0 - r2(actual, predicted, weights);
    let pull = |(actual, predicted): (&f64, &f64)| {
        let square = |number: f64| number * number;
        (square(actual - predicted) - unexplained * square(actual - mean)) / (sd * sd)
    };
    mean_and_margin(&actual.iter().zip(predicted).map(pull).collect::<Vec<_>>(), weights).1
}

fn weighted_mean_and_sd(values: &[f64], weights: Option<&[f64]>) -> (f64, f64) {
    let mean = weighted_mean(values, weights);
    let squares: Vec<f64> = values.iter().map(|value| (value - mean) * (value - mean)).collect();
    (mean, weighted_mean(&squares, weights).sqrt())
}

/// The 97.5 % quantile of Student's t: the series of Abramowitz & Stegun (26.7.5), to 0.1 % from four degrees of
/// freedom on; tabulated below.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SplitMix64;

    #[test]
    fn scores_worked_by_hand() {
        // Mean 4, total 8 + 0 … (1−4)² + (4−4)² + (7−4)² = 18; residuals 1, 0, 2 give 5.
        let score = score(&[1.0, 4.0, 7.0], &[2.0, 4.0, 5.0], None);
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
        // Mean 3, squared deviations 4 + 0 + 4: standard error sqrt(4 / 3).
        let (mean, margin) = mean_and_margin(&[1.0, 3.0, 5.0], None);
        assert!(mean == 3.0 && (margin - 4.302_653 * (4.0_f64 / 3.0).sqrt()).abs() < 1e-9, "{margin}");
        assert!(!mean_and_margin(&[1.0], None).1.is_finite());
    }

    #[test]
    fn the_margin_of_r2_is_what_other_samples_show() {
        let mut random = SplitMix64::new(7);
        let mut found = Vec::new();
        let mut margins = Vec::new();
        for _ in 0..400 {
            let actual: Vec<f64> = (0..200).map(|_| 10.0 * random.normal()).collect();
            let predicted: Vec<f64> = actual.iter().map(|actual| 0.8 * actual + 4.0 * random.normal()).collect();
            found.push(r2(&actual, &predicted, None));
            margins.push(r2_margin(&actual, &predicted, None));
        }
        let (_, sd) = mean_and_sd(&found);
        let (margin, _) = mean_and_sd(&margins);
        assert!((margin / (1.96 * sd) - 1.0).abs() < 0.1, "{margin} is not {}", 1.96 * sd);
        assert_eq!(r2_margin(&[3.0, 3.0], &[3.0, 4.0], None), 0.0);
    }

    #[test]
    fn a_constant_target_scores_as_in_scikit_learn() {
        assert_eq!(r2(&[3.0, 3.0], &[3.0, 3.0], None), 1.0);
        assert_eq!(r2(&[3.0, 3.0], &[3.0, 4.0], None), 0.0);
    }

    #[test]
    fn a_mean_that_is_rounded_makes_no_variance() {
        // Ten times 0.1 sums up to less than 1.
        assert_eq!(r2(&[0.1; 10], &[0.2; 10], None), 0.0);
        assert_eq!(r2(&[0.1; 10], &[0.1; 10], None), 1.0);
    }

    #[test]
    fn a_whole_weight_counts_as_so_many_rows() {
        let (actual, predicted, weights) = ([1.0, 4.0, 7.0], [2.0, 4.5, 5.0], [2.0, 1.0, 3.0]);
        let (all, of_all) = ([1.0, 1.0, 4.0, 7.0, 7.0, 7.0], [2.0, 2.0, 4.5, 5.0, 5.0, 5.0]);
        let (weighted, repeated) = (score(&actual, &predicted, Some(&weights)), score(&all, &of_all, None));
        for (found, expected) in
            [(weighted.r2, repeated.r2), (weighted.mae, repeated.mae), (weighted.rmse, repeated.rmse)]
        {
            assert!((found - expected).abs() < 1e-12, "{weighted:?} {repeated:?}");
        }
        // Equal weights have no effect, whatever their size.
        let equal = mean_and_margin(&actual, Some(&[0.7; 3]));
        let plain = mean_and_margin(&actual, None);
        assert!((equal.0 - plain.0).abs() < 1e-12 && (equal.1 - plain.1).abs() < 1e-12, "{equal:?} {plain:?}");
    }
}

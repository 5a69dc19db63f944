//! Distances between two distributions, and their p-values.
//!
//! Only shares are known of the training rows, so the Kolmogorov-Smirnov distance is evaluated at their edges: it is
//! never larger than the exact one, so its p-value is never too small (the test is conservative).

/// The minimal share, so that its logarithm is finite.
const SMALLEST_SHARE: f64 = 1e-4;

/// Population stability index: `Σ (now − then) · ln(now / then)`.
pub(crate) fn stability_index(then: &[f64], counts: &[usize]) -> f64 {
    let n = counts.iter().sum::<usize>();
    if n == 0 {
        return 0.0;
    }
    let term = |(then, count): (&f64, &usize)| {
        if *then == 0.0 && *count == 0 {
            return 0.0;
        }
        let (then, now) = (then.max(SMALLEST_SHARE), (*count as f64 / n as f64).max(SMALLEST_SHARE));
        (now - then) * libm::log(now / then)
    };
    then.iter().zip(counts).map(term).sum()
}

/// The largest distance between the two cumulative distributions, and its p-value (asymptotic, with the correction for
/// small samples of Stephens 1970).
pub(crate) fn kolmogorov_smirnov(then: &[f64], n_then: f64, counts: &[usize]) -> (f64, f64) {
    let n_now = counts.iter().sum::<usize>() as f64;
    if n_now == 0.0 || n_then == 0.0 {
        return (0.0, 1.0);
    }
    let (mut below_then, mut below_now, mut distance) = (0.0, 0.0, 0.0_f64);
    for (then, count) in then.iter().zip(counts).take(counts.len().saturating_sub(1)) {
        below_then += then;
        below_now += *count as f64 / n_now;
        distance = distance.max((below_then - below_now).abs());
    }
    let root = (n_then * n_now / (n_then + n_now)).sqrt();
    (distance, kolmogorov_tail((root + 0.12 + 0.11 / root) * distance))
}

/// Pearson's statistic for two samples over the same categories, and its p-value.
pub(crate) fn chi_squared(then: &[f64], n_then: f64, counts: &[usize]) -> (f64, f64) {
    let n_now = counts.iter().sum::<usize>() as f64;
    if n_now == 0.0 || n_then == 0.0 {
        return (0.0, 1.0);
    }
    let (mut statistic, mut n_categories) = (0.0, 0_usize);
    for (then, count) in then.iter().zip(counts) {
        let (then, now) = (then * n_then, *count as f64);
        let both = then + now;
        if both > 0.0 {
            let (expected_then, expected_now) = (both * n_then / (n_then + n_now), both * n_now / (n_then + n_now));
            let square = |number: f64| number * number;
            statistic += square(then - expected_then) / expected_then + square(now - expected_now) / expected_now;
            n_categories += 1;
        }
    }
    if n_categories < 2 {
        return (statistic, 1.0);
    }
    (statistic, upper_gamma((n_categories - 1) as f64 / 2.0, statistic / 2.0))
}

/// The survival function of Kolmogorov's distribution: `2 Σ (−1)^(k−1) exp(−2 k² x²)`.
fn kolmogorov_tail(x: f64) -> f64 {
    if x < 0.2 {
        return 1.0;
    }
    let term = |k: i32| {
        let sign = if k % 2 == 1 { 2.0 } else { -2.0 };
        sign * libm::exp(-2.0 * f64::from(k * k) * x * x)
    };
    (1..=100).map(term).sum::<f64>().clamp(0.0, 1.0)
}

/// The regularised upper incomplete gamma function Q(a, x): a series for small x, else a continued fraction (Press et
/// al., Numerical Recipes, 6.2).
fn upper_gamma(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 1.0;
    }
    let front = libm::exp(a * libm::log(x) - x - libm::lgamma(a));
    if x < a + 1.0 {
        let (mut term, mut sum) = (1.0 / a, 1.0 / a);
        for step in 1..1_000 {
            term *= x / (a + f64::from(step));
            sum += term;
            if term < sum * f64::EPSILON {
                break;
            }
        }
        return (1.0 - front * sum).clamp(0.0, 1.0);
    }
    let mut b = x + 1.0 - a;
    let (mut c, mut d) = (1e300, 1.0 / b);
    let mut h = d;
    for step in 1..1_000 {
        let step = f64::from(step);
        let a_step = -step * (step - a);
        b += 2.0;
        d = 1.0 / (a_step * d + b);
        c = b + a_step / c;
        h *= d * c;
        if (d * c - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    (front * h).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_near(actual: f64, expected: f64, tolerance: f64) {
        assert!((actual - expected).abs() <= tolerance, "{actual} is not {expected}");
    }

    #[test]
    fn the_stability_index_worked_by_hand() {
        // (0.25 − 0.5) ln 0.5 + (0.75 − 0.5) ln 1.5 = 0.25 ln 3
        assert_near(stability_index(&[0.5, 0.5], &[25, 75]), 0.25 * libm::log(3.0), 1e-15);
        assert_eq!(stability_index(&[0.5, 0.5], &[7, 7]), 0.0);
        assert_eq!(stability_index(&[0.5, 0.5, 0.0], &[7, 7, 0]), 0.0);
        // A range without training rows gives a finite index.
        assert_near(
            stability_index(&[1.0, 0.0], &[50, 50]),
            -0.5 * libm::log(0.5) + 0.4999 * libm::log(5_000.0),
            1e-12,
        );
        assert_eq!(stability_index(&[0.5, 0.5], &[0, 0]), 0.0);
    }

    #[test]
    fn kolmogorov_smirnov_worked_by_hand() {
        // Cumulative 0.25, 0.5, 0.75 against 0.5, 0.75, 0.9: the largest distance is 0.25.
        let (distance, p_value) = kolmogorov_smirnov(&[0.25; 4], 100.0, &[50, 25, 15, 10]);
        assert_near(distance, 0.25, 1e-15);
        // √50 = 7.0711: the argument is (7.0711 + 0.12 + 0.0156) · 0.25 = 1.80166; 2 (exp(−2 x²) − exp(−8 x²)) = 0.003031
        assert_near(p_value, 0.003_031, 2e-6);
        assert_eq!(kolmogorov_smirnov(&[0.5, 0.5], 10.0, &[5, 5]), (0.0, 1.0));
        assert_eq!(kolmogorov_smirnov(&[1.0], 10.0, &[0]), (0.0, 1.0));
    }

    #[test]
    fn chi_squared_worked_by_hand() {
        // 50 : 50 against 25 : 75: expected 37.5 and 62.5 in either sample.
        let (statistic, p_value) = chi_squared(&[0.5, 0.5], 100.0, &[25, 75]);
        assert_near(statistic, 2.0 * 12.5 * 12.5 * (1.0 / 37.5 + 1.0 / 62.5), 1e-12);
        // With one degree of freedom the survival function is erfc(√(x / 2)).
        assert_near(p_value, libm::erfc((statistic / 2.0).sqrt()), 1e-14);
        // With two it is exp(−x / 2), for the series and for the fraction.
        for x in [0.5, 1.9, 2.1, 30.0] {
            assert_near(upper_gamma(1.0, x / 2.0), libm::exp(-x / 2.0), 1e-14);
        }
        assert_eq!(chi_squared(&[1.0], 10.0, &[5]).1, 1.0);
    }
}

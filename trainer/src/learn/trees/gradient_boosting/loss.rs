//! The losses of gradient boosting: what is made small, by which step, and what a leaf then says.

use crate::learn::trees::tree_params::weighted_quantile;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Loss {
    Squared,
    Absolute,
    Huber { alpha: f64 },
    Quantile { alpha: f64 },
}

impl Loss {
    /// The best constant.
    pub(super) fn base(self, targets: Vec<(f64, f64)>) -> f64 {
        match self {
            Self::Squared => {
                let weight: f64 = targets.iter().map(|(_, weight)| weight).sum();
                targets.iter().map(|(target, weight)| target * weight).sum::<f64>() / weight
            }
            Self::Absolute | Self::Huber { .. } => weighted_quantile(targets, 0.5),
            Self::Quantile { alpha } => weighted_quantile(targets, alpha),
        }
    }

    /// Where huber turns from squared to absolute: a quantile of the absolute residuals, never interpolated.
    pub(super) fn delta(self, rows: &[u32], target: &[f64], raw: &[f64], weight: &impl Fn(usize) -> f64) -> f64 {
        let Self::Huber { alpha } = self else { return 0.0 };
        let mut errors: Vec<(f64, f64)> =
            rows.iter().map(|row| *row as usize).map(|row| ((target[row] - raw[row]).abs(), weight(row))).collect();
        errors.sort_unstable_by(|left, right| left.0.total_cmp(&right.0));
        let wanted = alpha * errors.iter().map(|(_, weight)| weight).sum::<f64>();
        let mut reached = 0.0;
        for (error, weight) in &errors {
            reached += weight;
            if reached >= wanted {
                return *error;
            }
        }
        errors.last().map_or(0.0, |(error, _)| *error)
    }

    pub(super) fn negative_gradient(self, residual: f64, delta: f64) -> f64 {
        match self {
            Self::Squared => residual,
            Self::Absolute => {
                if residual < 0.0 {
                    -1.0
                } else {
                    1.0
                }
            }
            Self::Huber { .. } => residual.clamp(-delta, delta),
            Self::Quantile { alpha } => {
                if residual <= 0.0 {
                    alpha - 1.0
                } else {
                    alpha
                }
            }
        }
    }

    /// The best value for a leaf whose rows have these residuals and weights.
    pub(super) fn leaf(self, residuals: Vec<(f64, f64)>, delta: f64) -> f64 {
        match self {
            Self::Squared | Self::Absolute => weighted_quantile(residuals, 0.5),
            Self::Quantile { alpha } => weighted_quantile(residuals, alpha),
            Self::Huber { .. } => {
                let median = weighted_quantile(residuals.clone(), 0.5);
                let weight: f64 = residuals.iter().map(|(_, weight)| weight).sum();
                let steps =
                    residuals.iter().map(|(residual, weight)| weight * (residual - median).clamp(-delta, delta));
                median + steps.sum::<f64>() / weight
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_worked_by_hand() {
        let even = |numbers: &[f64]| numbers.iter().map(|number| (*number, 1.0)).collect::<Vec<_>>();
        assert_eq!(Loss::Absolute.base(even(&[4.0, 1.0, 2.0, 10.0])), 3.0);
        assert_eq!(Loss::Quantile { alpha: 0.9 }.base(even(&[0.0, 10.0])), 9.0);
        // Median 2, differences −2, 0, 8 bounded by 3: 2 + (−2 + 0 + 3) / 3.
        assert_eq!(Loss::Huber { alpha: 0.9 }.leaf(even(&[0.0, 2.0, 10.0]), 3.0), 2.0 + 1.0 / 3.0);
        let delta = Loss::Huber { alpha: 0.5 }.delta(&[0, 1, 2, 3], &[1.0, 2.0, 3.0, 4.0], &[0.0; 4], &|_| 1.0);
        assert_eq!(delta, 2.0);
    }
}

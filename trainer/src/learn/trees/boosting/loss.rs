//! The losses of gradient boosting: their gradients, and the constants that minimise them.

use crate::learn::trees::quantile::{Weighted, lower_quantile, weighted_quantile};

#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::learn::trees) enum Loss {
    Squared,
    Absolute,
    Huber { alpha: f64 },
    Quantile { alpha: f64 },
}

impl Loss {
    /// The best constant.
    pub(super) fn base(self, rows: &[u32], target: &[f64], weight: &impl Fn(usize) -> f64) -> f64 {
        let of_row = |row: &u32| Weighted { number: target[*row as usize], weight: weight(*row as usize) };
        let targets = rows.iter().map(of_row);
        match self {
            Self::Squared => {
                let total: f64 = targets.clone().map(|cell| cell.weight).sum();
                targets.map(|cell| cell.number * cell.weight).sum::<f64>() / total
            }
            Self::Absolute | Self::Huber { .. } => weighted_quantile(targets.collect(), 0.5),
            Self::Quantile { alpha } => weighted_quantile(targets.collect(), alpha),
        }
    }

    /// The threshold of Huber's loss between squared and absolute: a quantile of the absolute residuals, never
    /// interpolated.
    pub(super) fn delta(self, rows: &[u32], target: &[f64], raw: &[f64], weight: &impl Fn(usize) -> f64) -> f64 {
        let Self::Huber { alpha } = self else { return 0.0 };
        let error = |row: usize| Weighted { number: (target[row] - raw[row]).abs(), weight: weight(row) };
        lower_quantile(rows.iter().map(|row| error(*row as usize)).collect(), alpha)
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

    /// The best value of a leaf with these rows.
    pub(super) fn leaf(
        self,
        rows: &[u32],
        target: &[f64],
        raw: &[f64],
        weight: &impl Fn(usize) -> f64,
        delta: f64,
    ) -> f64 {
        let residual = |row: usize| Weighted { number: target[row] - raw[row], weight: weight(row) };
        let residuals: Vec<Weighted> = rows.iter().map(|row| residual(*row as usize)).collect();
        match self {
            Self::Squared | Self::Absolute => weighted_quantile(residuals, 0.5),
            Self::Quantile { alpha } => weighted_quantile(residuals, alpha),
            Self::Huber { .. } => {
                let median = weighted_quantile(residuals.clone(), 0.5);
                let total: f64 = residuals.iter().map(|cell| cell.weight).sum();
                let steps = residuals.iter().map(|cell| cell.weight * (cell.number - median).clamp(-delta, delta));
                median + steps.sum::<f64>() / total
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_worked_by_hand() {
        let base = |loss: Loss, target: &[f64]| {
            let rows: Vec<u32> = (0..target.len() as u32).collect();
            loss.base(&rows, target, &|_| 1.0)
        };
        assert_eq!(base(Loss::Absolute, &[4.0, 1.0, 2.0, 10.0]), 3.0);
        assert_eq!(base(Loss::Quantile { alpha: 0.9 }, &[0.0, 10.0]), 9.0);
        // Median 2, deviations −2, 0, 8 clipped at 3: 2 + (−2 + 0 + 3) / 3.
        let leaf = Loss::Huber { alpha: 0.9 }.leaf(&[0, 1, 2], &[0.0, 2.0, 10.0], &[0.0; 3], &|_| 1.0, 3.0);
        assert_eq!(leaf, 2.0 + 1.0 / 3.0);
        let delta = Loss::Huber { alpha: 0.5 }.delta(&[0, 1, 2, 3], &[1.0, 2.0, 3.0, 4.0], &[0.0; 4], &|_| 1.0);
        assert_eq!(delta, 2.0);
    }
}

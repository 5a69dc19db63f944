//! The weights of a blend's members: ensemble selection (Caruana et al. 2004).
//!
//! Each step adds the model that minimizes the squared error of the mean of all added models. A model may be added
//! several times, which increases its weight. Few steps keep the weights from overfitting to the folds' noise.

use crate::folds::fit_data::FitData;
use crate::folds::prepare::PreparedFold;

/// The number of steps: weights are multiples of one twentieth.
const STEPS: usize = 20;

/// A blend's R² on each fold with weights from the other folds, given its members' predictions.
pub(crate) fn nested_scores(predicted: &[&[Vec<f64>]], folds: &[PreparedFold]) -> Vec<f64> {
    let score = |fold: usize| {
        let others: Vec<usize> = (0..folds.len()).filter(|other| *other != fold).collect();
        let weights = weights_on(predicted, folds, &others, predicted.len());
        let validation = &folds[fold].validation;
        let blended: Vec<f64> = (0..validation.n_rows())
            .map(|row| predicted.iter().zip(&weights).map(|(member, weight)| weight * member[fold][row]).sum())
            .collect();
        validation.r2(&blended)
    };
    (0..folds.len()).map(score).collect()
}

/// The weight of each model, selected on the folds `used`. At most `most` weights are above 0; they sum to 1.
pub(super) fn weights_on(predicted: &[&[Vec<f64>]], folds: &[PreparedFold], used: &[usize], most: usize) -> Vec<f64> {
    let rows: Vec<Rows<'_>> = used.iter().map(|fold| &folds[*fold].validation).map(Rows::of).collect();
    let predicted: Vec<Vec<&[f64]>> =
        predicted.iter().map(|model| used.iter().map(|fold| &model[*fold][..]).collect()).collect();
    ensemble_selection(&predicted, &rows, most)
}

/// The validation rows of a fold.
struct Rows<'a> {
    target: &'a [f64],
    weights: Option<&'a [f64]>,
}

impl<'a> Rows<'a> {
    fn of(data: &'a FitData) -> Self {
        Self { target: data.target(), weights: data.weights() }
    }

    /// The squared error of the mean of `n` predictions, whose sum is `sums` plus `last`.
    fn error(&self, sums: &[f64], last: &[f64], n: usize) -> f64 {
        let error = |(row, target): (usize, &f64)| {
            let error = (sums[row] + last[row]) / n as f64 - target;
            self.weights.map_or(1.0, |weights| weights[row]) * error * error
        };
        self.target.iter().enumerate().map(error).sum()
    }
}

/// The weights of models, given their predictions for the rows of each fold.
fn ensemble_selection(predicted: &[Vec<&[f64]>], rows: &[Rows<'_>], most: usize) -> Vec<f64> {
    let mut joined = vec![0_usize; predicted.len()];
    let mut sums: Vec<Vec<f64>> = rows.iter().map(|rows| vec![0.0; rows.target.len()]).collect();
    for step in 1..=STEPS {
        let is_full = joined.iter().filter(|times| **times > 0).count() >= most;
        let error = |model: &[&[f64]]| -> f64 {
            rows.iter().zip(&sums).zip(model).map(|((rows, sums), model)| rows.error(sums, model, step)).sum()
        };
        let may_join = (0..predicted.len()).filter(|idx| !is_full || joined[*idx] > 0);
        let errors = may_join.map(|idx| (idx, error(&predicted[idx])));
        // On ties, the first model, which ranks higher.
        let Some((best, _)) = errors.reduce(|best, next| if next.1 < best.1 { next } else { best }) else { break };
        joined[best] += 1;
        for (sums, predicted) in sums.iter_mut().zip(&predicted[best]) {
            sums.iter_mut().zip(*predicted).for_each(|(sum, predicted)| *sum += predicted);
        }
    }
    joined.into_iter().map(|times| times as f64 / STEPS as f64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_worked_by_hand() {
        let target = [0.0, 4.0];
        let weights = |models: &[[f64; 2]], row_weights: Option<&[f64]>, most: usize| {
            let models: Vec<Vec<&[f64]>> = models.iter().map(|model| vec![&model[..]]).collect();
            ensemble_selection(&models, &[Rows { target: &target, weights: row_weights }], most)
        };
        // The mean of both is the target.
        assert_eq!(weights(&[[2.0, 4.0], [-2.0, 4.0]], None, 2), [0.5, 0.5]);
        // 0.75 of the first and 0.25 of the second.
        assert_eq!(weights(&[[1.0, 4.0], [-3.0, 4.0]], None, 2), [0.75, 0.25]);
        // With at most one member, the best model; on ties, the first.
        assert_eq!(weights(&[[1.0, 4.0], [-3.0, 4.0]], None, 1), [1.0, 0.0]);
        assert_eq!(weights(&[[2.0, 4.0], [2.0, 4.0]], None, 2), [1.0, 0.0]);
        // The first is exact for the row with weight 1, the second for the row with weight 0.
        assert_eq!(weights(&[[1.0, 4.0], [0.0, 5.0]], Some(&[0.0, 1.0]), 2), [1.0, 0.0]);
        assert_eq!(weights(&[], None, 2), Vec::<f64>::new());
    }
}

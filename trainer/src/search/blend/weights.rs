//! The weights of a blend's members.

use super::non_negative::non_negative_least_squares;
use crate::folds::prepare::PreparedFold;

/// Members with a smaller weight are left out: they cost bytes and hardly change a prediction.
const LEAST_WEIGHT: f64 = 0.02;

/// A blend's R² on each fold with the weights of the others, from its members' predictions.
pub(crate) fn nested_scores(predicted: &[&[Vec<f64>]], folds: &[PreparedFold]) -> Vec<f64> {
    let score = |fold: usize| {
        let others: Vec<usize> = (0..folds.len()).filter(|other| *other != fold).collect();
        let weights = weights_on(predicted, folds, &others);
        let validation = &folds[fold].validation;
        let blended: Vec<f64> = (0..validation.n_rows())
            .map(|row| predicted.iter().zip(&weights).map(|(member, weight)| weight * member[fold][row]).sum())
            .collect();
        validation.r2(&blended)
    };
    (0..folds.len()).map(score).collect()
}

/// The members' non-negative weights with the least squared error over the given folds.
pub(super) fn weights_on(predicted: &[&[Vec<f64>]], folds: &[PreparedFold], used: &[usize]) -> Vec<f64> {
    let n = predicted.len();
    let mut products = vec![vec![0.0; n]; n];
    let mut with_target = vec![0.0; n];
    for fold in used {
        let rows = &folds[*fold].validation;
        for (row, target) in rows.target().iter().enumerate() {
            let weight = rows.weights().map_or(1.0, |weights| weights[row]);
            for (left, own) in predicted.iter().enumerate() {
                let own = weight * own[*fold][row];
                with_target[left] += own * target;
                for (product, other) in products[left].iter_mut().zip(predicted) {
                    *product += own * other[*fold][row];
                }
            }
        }
    }
    let mut allowed: Vec<usize> = (0..n).collect();
    loop {
        let weights = non_negative_least_squares(&products, &with_target, &allowed);
        let n_before = allowed.len();
        allowed.retain(|member| weights[*member] >= LEAST_WEIGHT);
        if allowed.len() == n_before || allowed.is_empty() {
            // More than six decimals make no difference to a prediction.
            return weights.into_iter().map(|weight| (weight * 1e6).round() / 1e6).collect();
        }
    }
}

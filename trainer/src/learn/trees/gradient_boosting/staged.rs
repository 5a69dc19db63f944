//! The predictions of ensembles that are each other's first trees.

use model_core::Combine;

use crate::folds::fit_data::FitData;
use crate::learn::engine::{GrownTree, assemble, predict_stages};

/// The running sum of `steps` from `base` on, after each of the wished numbers of steps. Where there are fewer steps
/// than wished, all of them.
pub(in crate::learn) fn staged(
    base: Vec<f64>,
    steps: impl Iterator<Item = Vec<f64>>,
    sizes: &[usize],
) -> Vec<Vec<f64>> {
    let mut sums = base;
    let mut predicted = vec![Vec::new(); sizes.len()];
    let mut n_steps = 0;
    for step in steps {
        for (sum, value) in sums.iter_mut().zip(&step) {
            *sum += value;
        }
        n_steps += 1;
        for (predicted, _) in predicted.iter_mut().zip(sizes).filter(|(_, size)| **size == n_steps) {
            predicted.clone_from(&sums);
        }
    }
    for (predicted, _) in predicted.iter_mut().zip(sizes).filter(|(_, size)| **size > n_steps) {
        predicted.clone_from(&sums);
    }
    predicted
}

/// The same, where there are so many rows that they are predicted side by side.
pub(in crate::learn) fn staged_on_many_rows(
    trees: &[GrownTree],
    base: f64,
    validation: &FitData,
    imputed: bool,
    sizes: &[usize],
) -> Option<Vec<Vec<f64>>> {
    if !validation.has_many_rows() {
        return None;
    }
    predict_stages(&assemble(validation.is_categorical(), trees, Combine::Sum { base }), validation, imputed, sizes)
}

//! Predictions of the first trees of an ensemble.

use model_core::Combine;

use super::Boosted;
use crate::folds::fit_data::FitData;
use crate::learn::engine::{assemble, predict_stages};
use crate::learn::family::Predictions;

/// For each number of trees in `stages` the predictions of that many first trees; of all if there are fewer.
pub(super) fn predict(boosted: &Boosted, data: &FitData, imputed: bool, stages: &[usize]) -> Predictions {
    let Boosted { trees, base } = boosted;
    if data.has_many_rows() {
        let trees = assemble(data.is_categorical(), trees, Combine::Sum { base: *base });
        if let Some(predicted) = predict_stages(&trees, data, imputed, stages) {
            return predicted;
        }
    }
    let features = data.native(imputed);
    let categorical = data.is_categorical();
    let mut sums = vec![*base; data.n_rows()];
    let mut predicted = vec![Vec::new(); stages.len()];
    for (n_trees, tree) in (1..).zip(trees) {
        for (sum, row) in sums.iter_mut().zip(features.outer_iter()) {
            *sum += tree.value_for(row.as_slice().unwrap_or_default(), &categorical);
        }
        for (predicted, _) in predicted.iter_mut().zip(stages).filter(|(_, stage)| **stage == n_trees) {
            predicted.clone_from(&sums);
        }
    }
    for (predicted, _) in predicted.iter_mut().zip(stages).filter(|(_, stage)| **stage > trees.len()) {
        predicted.clone_from(&sums);
    }
    predicted
}

//! Linear models: a feature contributes its coefficient times its difference from the mean.

use super::Prototypes;
use crate::model::LinearModel;

/// The prototypes' mean of each feature.
pub(super) fn means(prototypes: &Prototypes) -> Vec<f64> {
    (0..prototypes.column_of.len()).map(|feature| prototypes.mean(|features| features[feature])).collect()
}

pub(super) fn explain(
    model: &LinearModel,
    means: &[f64],
    prototypes: &Prototypes,
    features: &[f64],
    contributions: &mut [f64],
) {
    let terms = model.coefficients.iter().zip(features).zip(means).zip(&prototypes.column_of);
    for (((coefficient, feature), mean), column) in terms {
        contributions[*column] += coefficient * (feature - mean);
    }
}

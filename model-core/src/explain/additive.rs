//! Additive models: a shape contributes the difference from its mean; what a pair contributes beyond each of its
//! columns alone is shared evenly between the two.

use super::Prototypes;
use crate::model::Additive;

pub(super) fn explain(model: &Additive, prototypes: &Prototypes, features: &[f64], contributions: &mut [f64]) {
    for (feature, shape) in model.shapes.iter().enumerate() {
        let mean = prototypes.mean(|background| shape.value(background[feature]));
        contributions[prototypes.column_of[feature]] += shape.value(features[feature]) - mean;
    }
    for pair in &model.pairs {
        let [first, second] = pair.columns.map(usize::from);
        let both = pair.value_at(features[first], features[second]);
        let none = prototypes.mean(|background| pair.value_at(background[first], background[second]));
        let first_only = prototypes.mean(|background| pair.value_at(features[first], background[second]));
        let second_only = prototypes.mean(|background| pair.value_at(background[first], features[second]));
        contributions[prototypes.column_of[first]] += 0.5 * ((first_only - none) + (both - second_only));
        contributions[prototypes.column_of[second]] += 0.5 * ((second_only - none) + (both - first_only));
    }
}

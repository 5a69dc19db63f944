//! Explanations: how much each column contributes to the difference from the mean prediction, as Shapley values
//! (Shapley 1953; Lundberg & Lee 2017) against the background's prototypes.
//!
//! They are *interventional*: a column that is left out takes a prototype's value, regardless of the other columns, so
//! that the model is explained and not the correlations in the data. The features of a one-hot column count as one.
//! Each kind of model has its exact algorithm; if there is none and too much to enumerate, the values are estimated
//! and marked so.

mod additive;
mod budget;
mod general;
mod linear;
mod symmetric;
mod trees;

use std::ops::Range;

pub(crate) use self::budget::problem;

use crate::background::Background;
use crate::model::{Combine, Member, Model};
use crate::preprocessor::Preprocessor;

/// The contribution of each column to the difference from the baseline, in the target's unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The mean prediction over the background.
    pub baseline: f64,
    /// One per column of the schema; with the baseline they add up to the unbounded prediction.
    pub contributions: Vec<f64>,
    /// Whether the contributions are exact; otherwise they are estimated.
    pub exact: bool,
    /// The standard errors of estimated contributions.
    pub standard_error: Option<Vec<f64>>,
}

/// The encoded background.
#[derive(Debug, Clone)]
struct Prototypes {
    /// Each prototype's share of the training rows.
    weights: Vec<f64>,
    /// The features of each prototype.
    features: Vec<Vec<f64>>,
    /// The column that each feature comes from.
    column_of: Vec<usize>,
    n_columns: usize,
}

/// Explains one model; built when the first explanation is requested.
#[derive(Debug, Clone)]
pub(crate) struct Explainer {
    prototypes: Prototypes,
    baseline: f64,
    method: Method,
}

/// What is precomputed before a record is known.
#[derive(Debug, Clone)]
enum Method {
    /// The mean of each feature.
    Linear(Vec<f64>),
    Additive,
    Trees(trees::Paths),
    Symmetric(symmetric::Patterns),
    General,
    /// One per member.
    Blend(Vec<Explainer>),
}

impl Explainer {
    pub(crate) fn new(preprocessor: &Preprocessor, model: &Model, background: &Background) -> Self {
        let encode = |prototype: usize| {
            let mut features = vec![0.0; preprocessor.n_features()];
            preprocessor.encode(&background.values(&preprocessor.schema, prototype), &mut features);
            features
        };
        let prototypes = Prototypes {
            weights: background.weights(),
            features: (0..background.n_prototypes()).map(encode).collect(),
            column_of: preprocessor.feature_columns(),
            n_columns: preprocessor.schema.columns.len(),
        };
        Self::of(prototypes, model, 1)
    }

    /// For one of `n_models` that are explained together.
    fn of(prototypes: Prototypes, model: &Model, n_models: usize) -> Self {
        let n_columns = prototypes.n_columns;
        let prototypes = prototypes.most_common(budget::max_prototypes(model, n_columns, n_models));
        let method = match model {
            Model::Linear(_) => Method::Linear(linear::means(&prototypes)),
            Model::Additive(_) => Method::Additive,
            Model::Trees(trees) if !matches!(trees.combine, Combine::WeightedMedian { .. }) => {
                trees::Paths::new(trees, &prototypes).map_or(Method::General, Method::Trees)
            }
            Model::Symmetric(trees) => Method::Symmetric(symmetric::Patterns::new(trees, &prototypes)),
            Model::Blend(blend) => {
                let n_models = blend.members.len();
                let member = |member: &Member| Self::of(prototypes.part(member.range()), &member.model, n_models);
                Method::Blend(blend.members.iter().map(member).collect())
            }
            _ => Method::General,
        };
        let baseline = match (&method, model) {
            // If a member is compared with fewer prototypes than the others.
            (Method::Blend(explainers), Model::Blend(blend))
                if explainers.iter().any(|member| member.prototypes.weights.len() < prototypes.weights.len()) =>
            {
                let members = explainers.iter().zip(&blend.members);
                members.fold(0.0, |sum, (explainer, member)| sum + member.weight * explainer.baseline)
            }
            _ => prototypes.mean(|features| model.predict(features)),
        };
        Self { prototypes, baseline, method }
    }

    /// Explains what `model`, the one that this was made for, predicts for `features`.
    pub(crate) fn explain(&self, model: &Model, features: &[f64]) -> Explanation {
        let mut contributions = vec![0.0; self.prototypes.n_columns];
        let mut standard_error = None;
        match (&self.method, model) {
            (Method::Linear(means), Model::Linear(model)) => {
                linear::explain(model, means, &self.prototypes, features, &mut contributions);
            }
            (Method::Additive, Model::Additive(model)) => {
                additive::explain(model, &self.prototypes, features, &mut contributions);
            }
            (Method::Trees(paths), Model::Trees(trees)) => paths.explain(trees, features, &mut contributions),
            (Method::Symmetric(patterns), Model::Symmetric(trees)) => {
                patterns.explain(trees, &self.prototypes, features, &mut contributions);
            }
            (Method::Blend(explainers), Model::Blend(blend)) => {
                for (explainer, member) in explainers.iter().zip(&blend.members) {
                    let part = explainer.explain(&member.model, &features[member.range()]);
                    add(&mut contributions, member.weight, &part.contributions);
                    if let Some(errors) = part.standard_error {
                        // Members are sampled in the same orders, so their errors may be correlated.
                        let sum = standard_error.get_or_insert_with(|| vec![0.0; errors.len()]);
                        add(sum, member.weight, &errors);
                    }
                }
            }
            _ => standard_error = general::explain(model, &self.prototypes, features, &mut contributions),
        }
        Explanation { baseline: self.baseline, contributions, exact: standard_error.is_none(), standard_error }
    }
}

fn add(sums: &mut [f64], weight: f64, numbers: &[f64]) {
    sums.iter_mut().zip(numbers).for_each(|(sum, number)| *sum += weight * number);
}

impl Prototypes {
    /// The same with some of the features only.
    fn part(&self, range: Range<usize>) -> Self {
        Self {
            weights: self.weights.clone(),
            features: self.features.iter().map(|features| features[range.clone()].to_vec()).collect(),
            column_of: self.column_of[range].to_vec(),
            n_columns: self.n_columns,
        }
    }

    /// The weighted mean of `of` over the prototypes' features.
    fn mean(&self, of: impl Fn(&[f64]) -> f64) -> f64 {
        self.weights.iter().zip(&self.features).fold(0.0, |sum, (weight, features)| sum + weight * of(features))
    }
}

/// Shapley's weights: for a coalition of `a` players whose members each gain by it, against `b` others,
/// `(a − 1)! b! / (a + b)!`.
#[derive(Debug, Clone)]
struct Shares {
    n: usize,
    table: Vec<f64>,
}

impl Shares {
    /// For up to `n` players.
    fn new(n: usize) -> Self {
        let mut table = vec![0.0; (n + 1) * (n + 1)];
        for a in 1..=n {
            // 1 / (a · C(a + b, b)), with C(a + b, b) = C(a + b − 1, b − 1) · (a + b) / b.
            let mut choices = 1.0;
            for b in 0..=n - a {
                if b > 0 {
                    choices *= (a + b) as f64 / b as f64;
                }
                table[a * (n + 1) + b] = 1.0 / (a as f64 * choices);
            }
        }
        Self { n, table }
    }

    fn of(&self, a: u32, b: u32) -> f64 {
        self.table[a as usize * (self.n + 1) + b as usize]
    }
}

/// The indices of the bits that are set.
fn bits(mut mask: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = mask.trailing_zeros();
        mask &= mask.wrapping_sub(1);
        (bit < 64).then_some(bit as usize)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_worked_by_hand() {
        let shares = Shares::new(5);
        // (2 − 1)! 3! / 5! = 1 / 20
        assert!((shares.of(2, 3) - 0.05).abs() < 1e-16);
        assert_eq!((shares.of(1, 0), shares.of(1, 1), shares.of(4, 0)), (1.0, 0.5, 0.25));
        assert_eq!(bits(0b1010_0001).collect::<Vec<_>>(), [0, 5, 7]);
        assert_eq!(bits(1 << 63).collect::<Vec<_>>(), [63]);
    }
}

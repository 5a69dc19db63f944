//! A weighted sum of models of different families (stacked regressions, Breiman 1996).
//!
//! Members may read different encodings: with [`crate::Encoding::All`] a row holds the features of all encodings one
//! after the other, and each member reads its own range.

use serde::Serialize;

use super::Model;
use crate::decode::impl_from_json;

/// Models and their weights.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Blend {
    /// The members, added up in this order.
    pub members: Vec<Member>,
}

impl_from_json!(Blend { members });

/// A model in a blend.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Member {
    /// The factor of its prediction; at least 0.
    pub weight: f64,
    /// The first feature that it reads.
    pub from: u32,
    /// One past the last feature that it reads.
    pub to: u32,
    /// The model; not a blend itself.
    pub model: Model,
}

impl_from_json!(Member { weight, from, to, model });

impl Member {
    pub(crate) fn range(&self) -> std::ops::Range<usize> {
        self.from as usize..self.to as usize
    }
}

impl Blend {
    pub(super) fn predict(&self, features: &[f64]) -> f64 {
        let add = |sum: f64, member: &Member| sum + member.weight * member.model.predict(&features[member.range()]);
        self.members.iter().fold(0.0, add)
    }

    pub(super) fn max_magnitude(&self, bounds: &[f64]) -> f64 {
        // A range that is out of bounds is a structural problem, which is checked first.
        let of = |member: &Member| bounds.get(member.range()).map_or(f64::NAN, |own| member.model.max_magnitude(own));
        self.members.iter().map(|member| member.weight * of(member)).sum()
    }

    /// What is wrong with the blend for rows of `n_features`, if anything.
    pub(super) fn structural_problem(&self, n_features: usize) -> Option<String> {
        if self.members.is_empty() {
            return Some("a blend of no models".into());
        }
        self.members.iter().find_map(|member| {
            if !member.weight.is_finite() || member.weight < 0.0 {
                return Some("a weight in the blend is not a number from 0 on".into());
            }
            if matches!(member.model, Model::Blend(_)) {
                return Some("a blend in a blend".into());
            }
            if member.from > member.to || member.to as usize > n_features {
                return Some(format!("a model in the blend reads features that the {n_features} are not"));
            }
            member.model.structural_problem(member.range().len())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::LinearModel;

    fn member(weight: f64, from: u32, coefficients: &[f64]) -> Member {
        let to = from + coefficients.len() as u32;
        Member {
            weight,
            from,
            to,
            model: Model::Linear(LinearModel { intercept: 1.0, coefficients: coefficients.into() }),
        }
    }

    #[test]
    fn sums_worked_by_hand() {
        let blend = Blend { members: vec![member(0.5, 0, &[2.0]), member(2.0, 1, &[1.0, -1.0])] };
        assert_eq!(blend.structural_problem(3), None);
        // ½ (1 + 2 × 3) + 2 (1 + 5 − 4).
        assert_eq!(blend.predict(&[3.0, 5.0, 4.0]), 7.5);
    }

    #[test]
    fn what_is_no_blend_is_refused() {
        let good = || Blend { members: vec![member(0.5, 0, &[2.0])] };
        assert!(good().structural_problem(0).is_some());
        assert!(Blend { members: vec![] }.structural_problem(1).is_some());
        assert!(Blend { members: vec![member(-0.5, 0, &[2.0])] }.structural_problem(1).is_some());
        assert!(Blend { members: vec![member(f64::NAN, 0, &[2.0])] }.structural_problem(1).is_some());
        assert!(Blend { members: vec![Member { from: 1, ..member(1.0, 0, &[2.0]) }] }.structural_problem(1).is_some());
        assert!(Blend { members: vec![Member { from: 2, ..member(1.0, 0, &[2.0]) }] }.structural_problem(2).is_some());
        let nested = Member { weight: 1.0, from: 0, to: 1, model: Model::Blend(good()) };
        assert!(Blend { members: vec![nested] }.structural_problem(1).is_some());
    }
}

//! Symmetric (oblivious) trees: all nodes of a level have the same test, so a tree is a short list of tests and a table
//! of leaves (Prokhorenkova et al. 2018). Categories with many values are encoded as target statistics, which are
//! stored with the model.

use serde::Serialize;

use super::largest;
use crate::decode::impl_from_json;

/// Maximum depth, which keeps the table of leaves small.
const MAX_DEPTH: u8 = 16;

/// Boosted symmetric trees on natively encoded features (one per column), blanks left as they are.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Symmetric {
    /// How each column is read.
    pub inputs: Vec<SymmetricInput>,
    /// The prediction without any tree, in the target's unit.
    pub base: f64,
    /// How many tests each tree has.
    pub depths: Vec<u8>,
    /// The feature that each test reads, tree by tree.
    pub features: Vec<u16>,
    /// What a test compares with: it holds for a larger number (a blank is smaller than all), or for this category.
    pub thresholds: Vec<f64>,
    /// `2^depth` values a tree, in the target's unit: the index of a record's value has bit `i` set where the tree's
    /// test `i` holds.
    pub leaves: Vec<f64>,
}

impl_from_json!(Symmetric { inputs, base, depths, features, thresholds, leaves });

/// How symmetric trees read a column.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SymmetricInput {
    /// A number, tested for order.
    Number,
    /// A category's code, tested for equality.
    Category,
    /// A category read as the smoothed mean of its training rows' target, tested for order.
    Statistic {
        /// One per category.
        values: Vec<f64>,
        /// For a blank.
        blank: f64,
        /// For a category that training never saw.
        unseen: f64,
    },
}

impl_from_json!(enum SymmetricInput {
    "number" => Number {},
    "category" => Category {},
    "statistic" => Statistic { values, blank, unseen },
});

impl SymmetricInput {
    /// Whether a test of this column against `threshold` holds.
    fn holds(&self, feature: f64, threshold: f64) -> bool {
        match self {
            // A blank is NaN, and nothing holds for it.
            Self::Number => feature > threshold,
            Self::Category => feature == threshold,
            Self::Statistic { values, blank, unseen } => {
                let value = if feature.is_nan() {
                    *blank
                } else if feature < 0.0 {
                    *unseen
                } else {
                    values.get(feature as usize).copied().unwrap_or(*unseen)
                };
                value > threshold
            }
        }
    }
}

impl Symmetric {
    /// How many trees there are.
    #[must_use]
    pub fn n_trees(&self) -> usize {
        self.depths.len()
    }

    /// The value that each tree gives for `features`, in the trees' order.
    pub fn values<'a>(&'a self, features: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
        let (mut first_test, mut first_leaf) = (0, 0);
        self.depths.iter().map(move |depth| {
            let depth = usize::from(*depth);
            let mut leaf = first_leaf;
            for level in 0..depth {
                let test = first_test + level;
                let feature_idx = usize::from(self.features[test]);
                if self.inputs[feature_idx].holds(features[feature_idx], self.thresholds[test]) {
                    leaf += 1 << level;
                }
            }
            first_test += depth;
            first_leaf += 1 << depth;
            self.leaves[leaf]
        })
    }

    /// The index of each tree's leaf for `features` among its own leaves: bit `i` is the answer to its test `i`.
    pub(crate) fn answers(&self, features: &[f64]) -> Vec<u16> {
        let mut first_test = 0;
        let answer = |depth: &u8| {
            let tests = first_test..first_test + usize::from(*depth);
            first_test = tests.end;
            let holds = |test: usize| {
                let feature_idx = usize::from(self.features[test]);
                self.inputs[feature_idx].holds(features[feature_idx], self.thresholds[test])
            };
            tests.enumerate().fold(0, |answer, (level, test)| answer | u16::from(holds(test)) << level)
        };
        self.depths.iter().map(answer).collect()
    }

    pub(super) fn predict(&self, features: &[f64]) -> f64 {
        self.values(features).fold(self.base, |sum, value| sum + value)
    }

    pub(super) fn max_magnitude(&self) -> f64 {
        let mut leaves = self.leaves.as_slice();
        let largest_of_each = self.depths.iter().map(|depth| {
            let (own, rest) = leaves.split_at_checked(1 << depth).unwrap_or_default();
            leaves = rest;
            largest(own)
        });
        self.base.abs() + largest_of_each.sum::<f64>()
    }

    /// What is wrong with the trees for rows of `n_features`, if anything.
    pub(super) fn structural_problem(&self, n_features: usize) -> Option<String> {
        if self.inputs.len() != n_features {
            return Some(format!("the trees read {} columns, the schema has {n_features}", self.inputs.len()));
        }
        if let Some(depth) = self.depths.iter().find(|depth| **depth > MAX_DEPTH) {
            return Some(format!("a tree has {depth} tests; it may have {MAX_DEPTH}"));
        }
        let n_tests: usize = self.depths.iter().map(|depth| usize::from(*depth)).sum();
        // In 64 bits, as a forged list of depths could overflow in wasm.
        let n_leaves: u64 = self.depths.iter().map(|depth| 1_u64 << depth).sum();
        if self.features.len() != n_tests || self.thresholds.len() != n_tests || self.leaves.len() as u64 != n_leaves {
            return Some("the trees' depths don't add up to the number of tests or of leaves".into());
        }
        if self.features.iter().any(|feature| usize::from(*feature) >= n_features) {
            return Some("a test reads a column that there is not".into());
        }
        let statistics = self.inputs.iter().flat_map(|input| match input {
            SymmetricInput::Statistic { values, blank, unseen } => [values.as_slice(), &[*blank, *unseen]].concat(),
            _ => Vec::new(),
        });
        let mut numbers =
            self.thresholds.iter().chain(&self.leaves).copied().chain(statistics).chain(std::iter::once(self.base));
        (!numbers.all(f64::is_finite)).then(|| "a number of the trees is not finite".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tree that asks whether x > 5, whether the class is 2 and whether the school's statistic is above 60, then one
    /// without a test.
    fn trees() -> Symmetric {
        let school = SymmetricInput::Statistic { values: vec![50.0, 70.0], blank: 65.0, unseen: 58.0 };
        Symmetric {
            inputs: vec![SymmetricInput::Number, SymmetricInput::Category, school],
            base: 100.0,
            depths: vec![3, 0],
            features: vec![0, 1, 2],
            thresholds: vec![5.0, 2.0, 60.0],
            leaves: vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 10.0],
        }
    }

    #[test]
    fn predictions_worked_by_hand() {
        let trees = trees();
        assert_eq!(trees.structural_problem(3), None);
        assert_eq!(trees.predict(&[5.0, 0.0, 0.0]), 110.0);
        assert_eq!(trees.predict(&[5.1, 0.0, 0.0]), 111.0);
        assert_eq!(trees.predict(&[5.1, 2.0, 0.0]), 113.0);
        assert_eq!(trees.predict(&[5.0, 2.0, 1.0]), 116.0);
        // A blank number is smaller than all, a blank category is none, a blank school has its own statistic.
        assert_eq!(trees.predict(&[f64::NAN; 3]), 114.0);
        assert_eq!(trees.predict(&[6.0, crate::UNSEEN_CODE, crate::UNSEEN_CODE]), 111.0);
        assert_eq!(trees.values(&[6.0, 2.0, 1.0]).collect::<Vec<_>>(), [7.0, 10.0]);
    }

    #[test]
    fn what_is_no_tree_is_refused() {
        let refused = |spoil: &dyn Fn(&mut Symmetric)| {
            let mut trees = trees();
            spoil(&mut trees);
            trees.structural_problem(3).is_some()
        };
        assert!(!refused(&|_| {}));
        assert!(refused(&|trees| trees.inputs.truncate(2)));
        assert!(refused(&|trees| trees.depths[1] = 1));
        assert!(refused(&|trees| trees.depths[0] = 200));
        assert!(refused(&|trees| trees.features[0] = 3));
        assert!(refused(&|trees| trees.features.truncate(2)));
        assert!(refused(&|trees| trees.thresholds.push(0.0)));
        assert!(refused(&|trees| trees.leaves.truncate(8)));
        assert!(refused(&|trees| trees.leaves[3] = f64::NAN));
        assert!(refused(&|trees| trees.base = f64::INFINITY));
        let spoilt = |values, blank| SymmetricInput::Statistic { values, blank, unseen: 0.0 };
        assert!(refused(&|trees| trees.inputs[2] = spoilt(vec![f64::NAN], 0.0)));
        assert!(refused(&|trees| trees.inputs[2] = spoilt(vec![1.0], f64::NAN)));
    }
}

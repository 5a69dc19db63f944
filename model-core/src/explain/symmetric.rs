//! Symmetric trees: a prototype is represented by the pattern of its answers to a tree's few tests. Prototypes with the
//! same pattern are merged, and all mixtures of a record's pattern with theirs are enumerated, column by column.

use super::{Prototypes, Shares, bits};
use crate::model::Symmetric;

#[derive(Debug, Clone)]
pub(super) struct Patterns {
    /// Each tree's patterns with the weight of their prototypes, tree by tree.
    patterns: Vec<(u16, f64)>,
    /// Where each tree's patterns start; one more entry for the end.
    starts: Vec<u32>,
    shares: Shares,
}

impl Patterns {
    pub(super) fn new(trees: &Symmetric, prototypes: &Prototypes) -> Self {
        let answers: Vec<Vec<u16>> = prototypes.features.iter().map(|features| trees.answers(features)).collect();
        let (mut patterns, mut starts) = (Vec::new(), vec![0]);
        for tree in 0..trees.n_trees() {
            let first = patterns.len();
            for (answers, weight) in answers.iter().zip(&prototypes.weights) {
                match patterns[first..].iter_mut().find(|(pattern, _)| *pattern == answers[tree]) {
                    Some((_, sum)) => *sum += weight,
                    None => patterns.push((answers[tree], *weight)),
                }
            }
            starts.push(u32::try_from(patterns.len()).unwrap_or(u32::MAX));
        }
        Self { patterns, starts, shares: Shares::new(16) }
    }

    pub(super) fn explain(
        &self,
        trees: &Symmetric,
        prototypes: &Prototypes,
        features: &[f64],
        contributions: &mut [f64],
    ) {
        let (mut first_test, mut first_leaf) = (0, 0);
        let mut columns: Vec<(usize, u16)> = Vec::new();
        for (tree, answer) in trees.answers(features).into_iter().enumerate() {
            let depth = usize::from(trees.depths[tree]);
            let tests = &trees.features[first_test..first_test + depth];
            let leaves = &trees.leaves[first_leaf..first_leaf + (1 << depth)];
            let patterns = &self.patterns[self.starts[tree] as usize..self.starts[tree + 1] as usize];
            for (pattern, weight) in patterns {
                // The columns on whose tests the two differ, each with its tests.
                columns.clear();
                for level in bits(u64::from(answer ^ pattern)) {
                    let column = prototypes.column_of[usize::from(tests[level])];
                    match columns.iter_mut().find(|(known, _)| *known == column) {
                        Some((_, mask)) => *mask |= 1 << level,
                        None => columns.push((column, 1 << level)),
                    }
                }
                self.add(&columns, *pattern, leaves, *weight, contributions);
            }
            first_test += depth;
            first_leaf += 1 << depth;
        }
    }

    /// Adds one pattern's contribution: each subset of the differing columns leads to one leaf.
    fn add(&self, columns: &[(usize, u16)], pattern: u16, leaves: &[f64], weight: f64, contributions: &mut [f64]) {
        let n = columns.len() as u32;
        for chosen in 0..1_u64 << n {
            let flipped = bits(chosen).fold(0, |mask, bit| mask | columns[bit].1);
            let value = weight * leaves[usize::from(pattern ^ flipped)];
            let n_chosen = chosen.count_ones();
            let (given, taken) = (self.shares.of(n_chosen, n - n_chosen), self.shares.of(n - n_chosen, n_chosen));
            for (bit, (column, _)) in columns.iter().enumerate() {
                contributions[*column] += if chosen >> bit & 1 == 1 { value * given } else { -value * taken };
            }
        }
    }
}

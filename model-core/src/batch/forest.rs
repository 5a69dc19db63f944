//! Shallow trees, many rows: every test of the trees is evaluated once per block, one byte per row; a tree is then a
//! few byte-wise selections, which give the number of its leaf, and an addition.
//!
//! This is QuickScorer's idea (Lucchese et al. 2015) applied to columns: no branch depends on a row.

use std::collections::BTreeSet;

use kernels::{Answers, BLOCK, CodeSet, Codes, LeafNumbers, MAX_LEAVES, Sums, rank};

use super::Cells;
use super::columns::{BLANK, Reading, UNSEEN};
use crate::model::{Combine, Model, Symmetric, SymmetricInput, Trees};
use crate::preprocessor::{Encoding, Preprocessor, UNSEEN_CODE};
use crate::record::Value;
use crate::schema::ColumnKind;

/// Deeper trees are evaluated row by row: a tree of this depth has 63 tests and 64 leaves.
const MAX_DEPTH: u8 = 6;
/// Symmetric trees have one test per level, so that one-byte leaf numbers allow for more levels.
const MAX_SYMMETRIC_DEPTH: u8 = 8;

/// Boosted or averaged shallow trees.
#[derive(Debug, Clone)]
pub(super) struct Forest {
    readings: Vec<Reading>,
    /// Each tested column and its number of tests; `tests` has the same order.
    asked: Vec<(usize, usize)>,
    /// For each test, the codes for which it holds.
    tests: Vec<CodeSet>,
    is_symmetric: bool,
    /// How many levels of tests each tree has.
    depths: Vec<u8>,
    /// The indices of each tree's tests in `tests`: 2^depth − 1 of them level by level, or one per level.
    tree_tests: Vec<u16>,
    /// Each tree's leaves, 2^depth of them; then zeros, as a look-up may read beyond the last tree.
    leaves: Vec<f64>,
    /// The initial value of a sum.
    base: f64,
    /// The divisor of a sum, for a mean.
    divisor: Option<f64>,
    codes: Codes,
    answers: Vec<Answers>,
    leaf_numbers: LeafNumbers,
    sums: Sums,
    /// The answers for a single row, 0 or 1 each.
    row_answers: Vec<u8>,
}

/// A test of one column; in `Trees` a record goes right where it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Test {
    column: usize,
    holds_for: CodeSet,
}

impl Forest {
    pub(super) fn new(preprocessor: &Preprocessor, model: &Model) -> Option<Self> {
        let Encoding::Native { imputed } = preprocessor.encoding else { return None };
        let kinds: Vec<&ColumnKind> = preprocessor.schema.columns.iter().map(|column| &column.kind).collect();
        match model {
            Model::Trees(trees) => of_trees(trees, &kinds, imputed),
            Model::Symmetric(trees) => of_symmetric(trees, &kinds, imputed),
            _ => None,
        }
    }

    /// Predicts the rows from `from` on into `values`, at most [`BLOCK`] of them.
    pub(super) fn predict(&mut self, columns: &[Cells<'_>], from: usize, values: &mut [f64]) {
        let (mut tests, mut answers) = (self.tests.as_slice(), self.answers.as_mut_slice());
        for (column, n_tests) in &self.asked {
            self.readings[*column].read(columns[*column], from, &mut self.codes);
            let (own, others) = tests.split_at(*n_tests);
            let (own_answers, other_answers) = answers.split_at_mut(*n_tests);
            for (test, answers) in own.iter().zip(own_answers) {
                kernels::answer(*test, &self.codes, answers);
            }
            (tests, answers) = (others, other_answers);
        }
        self.sums.fill(self.base);
        let (mut tests, mut leaves) = (self.tree_tests.as_slice(), self.leaves.as_slice());
        for depth in &self.depths {
            if self.is_symmetric {
                kernels::symmetric_leaves(&tests[..usize::from(*depth)], &self.answers, &mut self.leaf_numbers);
            } else {
                kernels::leaves_below(0, *depth, tests, &self.answers, &mut self.leaf_numbers);
            }
            // Always long enough: the last tree's leaves are followed by zeros.
            if let Some(leaves) = leaves.first_chunk() {
                kernels::add_leaves(leaves, &self.leaf_numbers, &mut self.sums);
            }
            tests = &tests[kernels::n_tests(*depth, self.is_symmetric)..];
            leaves = &leaves[1 << depth..];
        }
        for (value, sum) in values.iter_mut().zip(&self.sums) {
            *value = self.divisor.map_or(*sum, |divisor| sum / divisor);
        }
    }

    /// Predicts the one row of `columns`: each test is answered once, and no branch depends on an answer.
    pub(super) fn predict_row(&mut self, values: &[Value]) -> f64 {
        let (mut tests, mut answers) = (self.tests.as_slice(), self.row_answers.as_mut_slice());
        for (column, n_tests) in &self.asked {
            let code = self.readings[*column].code(values[*column]);
            let (own, others) = tests.split_at(*n_tests);
            let (own_answers, other_answers) = answers.split_at_mut(*n_tests);
            kernels::answer_row(own, code, own_answers);
            (tests, answers) = (others, other_answers);
        }
        let (depths, answers) = (&self.depths, &self.row_answers);
        let sum = kernels::add_row(self.base, depths, &self.tree_tests, &self.leaves, answers, self.is_symmetric);
        self.divisor.map_or(sum, |divisor| sum / divisor)
    }
}

impl Test {
    /// Whether a number is above the threshold with this rank.
    fn above(column: usize, rank: u16, holds_for_blank: bool) -> Self {
        // A blank's code is above all ranks.
        let (low, high) = (rank + 1, if holds_for_blank { BLANK } else { BLANK - 1 });
        Self { column, holds_for: CodeSet { low, span: high - low, also: low } }
    }

    /// Whether a category has this code.
    fn equals(column: usize, code: u16, holds_for_blank: bool) -> Self {
        let also = if holds_for_blank { BLANK } else { code };
        Self { column, holds_for: CodeSet { low: code, span: 0, also } }
    }
}

/// Collects encodings and tests; tests are numbered once all are known.
struct Builder<'a> {
    kinds: &'a [&'a ColumnKind],
    imputed: bool,
    readings: Vec<Reading>,
    /// The thresholds of each column, ascending.
    thresholds: Vec<Vec<f64>>,
}

impl<'a> Builder<'a> {
    fn new(kinds: &'a [&'a ColumnKind], imputed: bool) -> Self {
        let n_columns = kinds.len();
        let (readings, thresholds) = (vec![Reading::Unread; n_columns], vec![Vec::new(); n_columns]);
        Self { kinds, imputed, readings, thresholds }
    }

    /// Reads a numeric column by its thresholds.
    fn read_number(&mut self, column: usize, thresholds: Vec<f64>) -> Option<()> {
        let ColumnKind::Numeric { median, .. } = self.kinds[column] else { return None };
        let thresholds = ascending(thresholds)?;
        let blank = if self.imputed { rank(&thresholds, *median) } else { BLANK };
        self.thresholds[column].clone_from(&thresholds);
        self.readings[column] = Reading::Rank { thresholds, blank };
        Some(())
    }

    fn read_category(&mut self, column: usize) -> Option<()> {
        let ColumnKind::Categorical { mode, .. } = self.kinds[column] else { return None };
        let blank = if self.imputed { u16::try_from(*mode).ok()? } else { BLANK };
        self.readings[column] = Reading::codes(self.kinds[column], blank)?;
        Some(())
    }

    /// Encodes a category as a number: the statistics of the categories, of a blank and of an unseen category.
    fn read_statistic(&mut self, column: usize, thresholds: Vec<f64>, statistic: (&[f64], f64, f64)) -> Option<()> {
        let ColumnKind::Categorical { values, mode } = self.kinds[column] else { return None };
        let thresholds = ascending(thresholds)?;
        let (statistics, blank, unseen) = statistic;
        let known: Vec<u16> = statistics.iter().take(values.len()).map(|number| rank(&thresholds, *number)).collect();
        let unseen = rank(&thresholds, unseen);
        let typical = known.get(*mode as usize).copied().unwrap_or(unseen);
        let blank = if self.imputed { typical } else { rank(&thresholds, blank) };
        self.thresholds[column] = thresholds;
        self.readings[column] = Reading::Lookup { codes: known, blank, unseen };
        Some(())
    }

    /// The category code that a feature of `code` stands for.
    fn known(&self, column: usize, code: f64) -> Option<u16> {
        let Reading::Code { n_codes, .. } = self.readings[column] else { return None };
        if code < 0.0 {
            let is_unseen = code.to_bits() == UNSEEN_CODE.to_bits();
            return is_unseen.then_some(UNSEEN);
        }
        // The cast saturates: an invalid code becomes another number.
        let known = code as u16;
        (f64::from(known) == code && known < n_codes).then_some(known)
    }

    /// The index of a threshold among the column's.
    fn rank(&self, column: usize, threshold: f64) -> u16 {
        rank(&self.thresholds[column], threshold)
    }

    /// The forest of `trees`, each with its tests and its leaves.
    fn build(self, trees: &[(Vec<Test>, Vec<f64>)], sum: (f64, Option<f64>), is_symmetric: bool) -> Option<Forest> {
        let tests: BTreeSet<Test> = trees.iter().flat_map(|(tests, _)| tests).copied().collect();
        let tests: Vec<Test> = tests.into_iter().collect();
        let number = |test: &Test| tests.binary_search(test).ok().and_then(|number| u16::try_from(number).ok());
        let tree_tests = trees.iter().flat_map(|(tests, _)| tests).map(number).collect::<Option<_>>()?;
        let n_tests = tests.len();
        let asked = tests.chunk_by(|left, right| left.column == right.column).map(|own| (own[0].column, own.len()));
        Some(Forest {
            is_symmetric,
            depths: trees.iter().map(|(_, leaves)| leaves.len().trailing_zeros() as u8).collect(),
            tree_tests,
            leaves: trees.iter().flat_map(|(_, leaves)| leaves).copied().chain([0.0; MAX_LEAVES]).collect(),
            base: sum.0,
            divisor: sum.1,
            readings: self.readings,
            asked: asked.collect(),
            tests: tests.iter().map(|test| test.holds_for).collect(),
            codes: [0; BLOCK],
            answers: vec![[0; BLOCK]; n_tests],
            leaf_numbers: [0; BLOCK],
            sums: [0.0; BLOCK],
            row_answers: vec![0; n_tests],
        })
    }
}

/// Sorted and without duplicates, if their ranks leave room for [`UNSEEN`].
fn ascending(mut thresholds: Vec<f64>) -> Option<Vec<f64>> {
    thresholds.sort_unstable_by(f64::total_cmp);
    thresholds.dedup();
    (thresholds.len() < usize::from(UNSEEN)).then_some(thresholds)
}

fn of_trees(trees: &Trees, kinds: &[&ColumnKind], imputed: bool) -> Option<Forest> {
    let (base, divisor) = match &trees.combine {
        Combine::Sum { base } => (*base, None),
        Combine::Mean => (0.0, Some(trees.n_trees() as f64)),
        Combine::WeightedMedian { .. } => return None,
    };
    let mut builder = Builder::new(kinds, imputed);
    let tests = trees.rights.iter().zip(&trees.features).zip(&trees.values).filter(|((right, _), _)| **right != 0);
    let tested = tested_values(kinds.len(), tests.map(|((_, feature), value)| (*feature, *value)));
    for ((column, is_category), values) in trees.categorical.iter().enumerate().zip(tested) {
        if values.is_empty() {
            continue;
        }
        if *is_category { builder.read_category(column)? } else { builder.read_number(column, values)? }
    }
    let mut complete = Vec::with_capacity(trees.n_trees());
    let mut root = 0;
    for length in &trees.lengths {
        let depth = depth_below(trees, root);
        if depth > MAX_DEPTH {
            return None;
        }
        let mut tests = vec![None; (1 << depth) - 1];
        let mut leaves = vec![0.0; 1 << depth];
        complete_tree(trees, root, (0, depth, 0), &builder, &mut tests, &mut leaves)?;
        // Below a leaf above the last level any test will do: all leaves there are equal.
        let any = tests.iter().copied().flatten().next();
        let tests = tests.into_iter().filter_map(|test: Option<Test>| test.or(any)).collect();
        complete.push((tests, leaves));
        root += *length as usize;
    }
    builder.build(&complete, (base, divisor), false)
}

/// The values that each column is compared with.
fn tested_values(n_columns: usize, tests: impl Iterator<Item = (u16, f64)>) -> Vec<Vec<f64>> {
    let mut values = vec![Vec::new(); n_columns];
    for (column, value) in tests {
        values[usize::from(column)].push(value);
    }
    values
}

/// The depth of the subtree at `node`, counted up to `MAX_DEPTH + 1`.
fn depth_below(trees: &Trees, node: usize) -> u8 {
    let mut deepest = 0;
    let mut open = vec![(node, 0)];
    while let Some((node, depth)) = open.pop() {
        deepest = deepest.max(depth);
        let right = trees.rights[node] as usize;
        if right != 0 && depth <= MAX_DEPTH {
            open.extend([(node + 1, depth + 1), (node + right, depth + 1)]);
        }
    }
    deepest
}

/// Writes the subtree at `node` to the position (node, levels below, first leaf) of a complete tree.
fn complete_tree(
    trees: &Trees,
    node: usize,
    (test_idx, depth, first_leaf): (usize, u8, usize),
    builder: &Builder<'_>,
    tests: &mut [Option<Test>],
    leaves: &mut [f64],
) -> Option<()> {
    let right = trees.rights[node] as usize;
    if right == 0 {
        leaves[first_leaf..first_leaf + (1 << depth)].fill(trees.values[node]);
        return Some(());
    }
    let column = usize::from(trees.features[node]);
    let is_blank_left = u32::try_from(node).is_ok_and(|node| trees.blank_left.binary_search(&node).is_ok());
    tests[test_idx] = Some(if trees.categorical[column] {
        Test::equals(column, builder.known(column, trees.values[node])?, !is_blank_left)
    } else {
        Test::above(column, builder.rank(column, trees.values[node]), !is_blank_left)
    });
    let below = depth - 1;
    complete_tree(trees, node + 1, (2 * test_idx + 1, below, first_leaf), builder, tests, leaves)?;
    let second = first_leaf + (1 << below);
    complete_tree(trees, node + right, (2 * test_idx + 2, below, second), builder, tests, leaves)
}

fn of_symmetric(trees: &Symmetric, kinds: &[&ColumnKind], imputed: bool) -> Option<Forest> {
    if trees.depths.iter().any(|depth| *depth > MAX_SYMMETRIC_DEPTH) {
        return None;
    }
    let mut builder = Builder::new(kinds, imputed);
    let tests = trees.features.iter().copied().zip(trees.thresholds.iter().copied());
    for ((column, input), thresholds) in trees.inputs.iter().enumerate().zip(tested_values(kinds.len(), tests)) {
        match input {
            _ if thresholds.is_empty() => {}
            SymmetricInput::Number => builder.read_number(column, thresholds)?,
            SymmetricInput::Category => builder.read_category(column)?,
            SymmetricInput::Statistic { values, blank, unseen } => {
                builder.read_statistic(column, thresholds, (values, *blank, *unseen))?;
            }
        }
    }
    let mut complete = Vec::with_capacity(trees.n_trees());
    let (mut first_test, mut first_leaf) = (0, 0);
    for depth in &trees.depths {
        let mut tests = Vec::new();
        for test in first_test..first_test + usize::from(*depth) {
            let column = usize::from(trees.features[test]);
            let threshold = trees.thresholds[test];
            tests.push(match trees.inputs[column] {
                SymmetricInput::Category => Test::equals(column, builder.known(column, threshold)?, false),
                _ => Test::above(column, builder.rank(column, threshold), false),
            });
        }
        first_test += usize::from(*depth);
        let leaves = trees.leaves[first_leaf..first_leaf + (1 << depth)].to_vec();
        first_leaf += leaves.len();
        complete.push((tests, leaves));
    }
    builder.build(&complete, (trees.base, None), true)
}

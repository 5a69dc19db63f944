//! Small trees, many rows: every test that the trees ask is answered once for a block, one byte a row; a tree is then a
//! few byte-wise selections that give the number of its leaf, and an addition.
//!
//! This is QuickScorer's idea (Lucchese et al. 2015) turned to columns: no branch depends on a row.

use std::collections::BTreeMap;

use super::Cells;
use super::columns::{BLANK, BLOCK, Codes, Reading, UNSEEN, rank};
use crate::model::{Combine, Model, Symmetric, SymmetricInput, Trees};
use crate::preprocessor::{Encoding, Preprocessor, UNSEEN_CODE};
use crate::record::Value;
use crate::schema::ColumnKind;

/// Deeper trees are walked row by row: a tree of this depth has 63 tests and 64 leaves.
const MAX_DEPTH: u8 = 6;
/// Symmetric trees have one test a level, so that leaves' numbers of a byte allow for more.
const MAX_SYMMETRIC_DEPTH: u8 = 8;

/// One byte a row: all bits set where a test holds.
type Answers = [u8; BLOCK];
/// One byte a row: the number of a leaf.
type LeafNumbers = [u8; BLOCK];

/// Boosted or averaged trees of little depth.
#[derive(Debug, Clone)]
pub(super) struct Forest {
    readings: Vec<Reading>,
    /// In the columns' order.
    tests: Vec<Test>,
    is_symmetric: bool,
    /// How many levels of tests each tree has.
    depths: Vec<u8>,
    /// The places of each tree's tests in `tests`: 2^depth − 1 of them level by level, or one a level.
    tree_tests: Vec<u16>,
    /// Each tree's leaves, 2^depth of them.
    leaves: Vec<f64>,
    /// What a sum starts from.
    base: f64,
    /// What a sum is divided by at last, for a mean.
    divisor: Option<f64>,
    codes: Codes,
    answers: Vec<Answers>,
    leaf_numbers: LeafNumbers,
    sums: [f64; BLOCK],
    /// The answers for a single row, 0 or 1 each.
    row_answers: Vec<u8>,
}

/// A question to one column; in `Trees` a record goes right where it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Test {
    column: usize,
    question: Question,
    /// Whether it holds for a blank.
    holds_for_blank: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Question {
    Above(u16),
    Equals(u16),
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
        let mut read = usize::MAX;
        for (test, answers) in self.tests.iter().zip(&mut self.answers) {
            if test.column != read {
                read = test.column;
                self.readings[read].read(columns[read], from, &mut self.codes);
            }
            test.answer(&self.codes, answers);
        }
        self.sums.fill(self.base);
        let (mut tests, mut leaves) = (self.tree_tests.as_slice(), self.leaves.as_slice());
        for depth in &self.depths {
            if self.is_symmetric {
                symmetric_leaves(&tests[..usize::from(*depth)], &self.answers, &mut self.leaf_numbers);
            } else {
                leaves_below(0, *depth, tests, &self.answers, &mut self.leaf_numbers);
            }
            add_leaves(*depth, leaves, &self.leaf_numbers, &mut self.sums);
            tests = &tests[n_tests(*depth, self.is_symmetric)..];
            leaves = &leaves[1 << depth..];
        }
        for (value, sum) in values.iter_mut().zip(&self.sums) {
            *value = self.divisor.map_or(*sum, |divisor| sum / divisor);
        }
    }

    /// Predicts the one row of `columns`: each test is answered once, and no branch depends on an answer.
    pub(super) fn predict_row(&mut self, values: &[Value]) -> f64 {
        let (mut read, mut code) = (usize::MAX, 0);
        for (test, answer) in self.tests.iter().zip(&mut self.row_answers) {
            if test.column != read {
                read = test.column;
                code = self.readings[read].code(values[read]);
            }
            *answer = u8::from(test.holds(code));
        }
        let mut sum = self.base;
        let (mut tests, mut leaves) = (self.tree_tests.as_slice(), self.leaves.as_slice());
        for depth in &self.depths {
            let answer = |test: usize| usize::from(self.row_answers[usize::from(tests[test])]);
            let leaf = if self.is_symmetric {
                (0..usize::from(*depth)).fold(0, |leaf, level| leaf | answer(level) << level)
            } else {
                let below = (0..*depth).fold(0, |node, _| 2 * node + 1 + answer(node));
                below + 1 - (1 << depth)
            };
            sum += leaves[leaf];
            tests = &tests[n_tests(*depth, self.is_symmetric)..];
            leaves = &leaves[1 << depth..];
        }
        self.divisor.map_or(sum, |divisor| sum / divisor)
    }
}

fn n_tests(depth: u8, is_symmetric: bool) -> usize {
    if is_symmetric { usize::from(depth) } else { (1 << depth) - 1 }
}

impl Test {
    fn answer(&self, codes: &Codes, answers: &mut Answers) {
        match (self.question, self.holds_for_blank) {
            // A blank's code is above all ranks.
            (Question::Above(rank), true) => fill(codes, answers, |code| code > rank),
            (Question::Above(rank), false) => fill(codes, answers, |code| (code > rank) & (code != BLANK)),
            (Question::Equals(known), true) => fill(codes, answers, |code| (code == known) | (code == BLANK)),
            (Question::Equals(known), false) => fill(codes, answers, |code| code == known),
        }
    }

    fn holds(&self, code: u16) -> bool {
        match self.question {
            _ if code == BLANK => self.holds_for_blank,
            Question::Above(rank) => code > rank,
            Question::Equals(known) => code == known,
        }
    }
}

fn fill(codes: &Codes, answers: &mut Answers, holds: impl Fn(u16) -> bool) {
    for (answer, code) in answers.iter_mut().zip(codes) {
        *answer = if holds(*code) { u8::MAX } else { 0 };
    }
}

/// Adds to each row's sum its leaf of a tree.
fn add_leaves(depth: u8, leaves: &[f64], leaf_numbers: &LeafNumbers, sums: &mut [f64; BLOCK]) {
    match depth {
        0 => add_some::<1>(leaves, leaf_numbers, sums),
        1 => add_some::<2>(leaves, leaf_numbers, sums),
        2 => add_some::<4>(leaves, leaf_numbers, sums),
        3 => add_some::<8>(leaves, leaf_numbers, sums),
        4 => add_some::<16>(leaves, leaf_numbers, sums),
        5 => add_some::<32>(leaves, leaf_numbers, sums),
        6 => add_some::<64>(leaves, leaf_numbers, sums),
        7 => add_some::<128>(leaves, leaf_numbers, sums),
        _ => add_some::<256>(leaves, leaf_numbers, sums),
    }
}

/// With the number of leaves known, no look-up can be out of range and none is checked.
fn add_some<const N: usize>(leaves: &[f64], leaf_numbers: &LeafNumbers, sums: &mut [f64; BLOCK]) {
    let Some(leaves) = leaves.first_chunk::<N>() else { return };
    for (sum, leaf) in sums.iter_mut().zip(leaf_numbers) {
        *sum += leaves[usize::from(*leaf) & (N - 1)];
    }
}

/// The leaves of a symmetric tree: bit `i` is set where test `i` holds.
fn symmetric_leaves(tests: &[u16], answers: &[Answers], leaf_numbers: &mut LeafNumbers) {
    leaf_numbers.fill(0);
    for (level, test) in tests.iter().enumerate() {
        let bit = 1_u8 << level;
        for (leaf, answer) in leaf_numbers.iter_mut().zip(&answers[usize::from(*test)]) {
            *leaf |= answer & bit;
        }
    }
}

/// The leaves, counted from the left, of the subtree of `depth` levels at `node`.
fn leaves_below(node: usize, depth: u8, tests: &[u16], answers: &[Answers], leaf_numbers: &mut LeafNumbers) {
    let answers_at = |node: usize| &answers[usize::from(tests[node])];
    match depth {
        0 => leaf_numbers.fill(0),
        1 => {
            for (leaf, answer) in leaf_numbers.iter_mut().zip(answers_at(node)) {
                *leaf = answer & 1;
            }
        }
        2 => {
            let [left, right] = [2 * node + 1, 2 * node + 2].map(answers_at);
            let root = answers_at(node);
            for row in 0..BLOCK {
                leaf_numbers[row] = select(root[row], 2 | (right[row] & 1), left[row] & 1);
            }
        }
        _ => {
            let mut right = [0; BLOCK];
            leaves_below(2 * node + 1, depth - 1, tests, answers, leaf_numbers);
            leaves_below(2 * node + 2, depth - 1, tests, answers, &mut right);
            let bit = 1_u8 << (depth - 1);
            let root = answers_at(node);
            for row in 0..BLOCK {
                leaf_numbers[row] = select(root[row], bit | right[row], leaf_numbers[row]);
            }
        }
    }
}

fn select(mask: u8, set: u8, unset: u8) -> u8 {
    (mask & set) | (!mask & unset)
}

/// Collects readings and tests; tests are numbered once all are known.
struct Builder<'a> {
    kinds: &'a [&'a ColumnKind],
    imputed: bool,
    readings: Vec<Reading>,
    /// Each column's, ascending.
    thresholds: Vec<Vec<f64>>,
    numbers: BTreeMap<Test, u16>,
}

impl<'a> Builder<'a> {
    fn new(kinds: &'a [&'a ColumnKind], imputed: bool) -> Self {
        let n_columns = kinds.len();
        let (readings, thresholds) = (vec![Reading::Unread; n_columns], vec![Vec::new(); n_columns]);
        Self { kinds, imputed, readings, thresholds, numbers: BTreeMap::new() }
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

    /// Reads a category as a number: of each, of a blank and of one that training never saw.
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

    /// The question whether a feature equals `code`.
    fn equals(&self, column: usize, code: f64) -> Option<Question> {
        let Reading::Code { n_codes, .. } = self.readings[column] else { return None };
        let unseen = (UNSEEN_CODE, UNSEEN);
        let mut known = (0..n_codes).map(|known| (f64::from(known), known)).chain([unseen]);
        known.find(|(feature, _)| *feature == code).map(|(_, known)| Question::Equals(known))
    }

    /// The question whether a number is above one of the column's thresholds.
    fn above(&self, column: usize, threshold: f64) -> Question {
        Question::Above(rank(&self.thresholds[column], threshold))
    }

    fn test(&mut self, column: usize, question: Question, holds_for_blank: bool) -> Test {
        let test = Test { column, question, holds_for_blank };
        self.numbers.insert(test, 0);
        test
    }

    /// The forest of `trees`, each with its tests and its leaves.
    fn build(mut self, trees: &[(Vec<Test>, Vec<f64>)], sum: (f64, Option<f64>), is_symmetric: bool) -> Option<Forest> {
        for (number, place) in self.numbers.values_mut().enumerate() {
            *place = u16::try_from(number).ok()?;
        }
        let numbers = trees.iter().flat_map(|(tests, _)| tests).filter_map(|test| self.numbers.get(test).copied());
        let n_tests = self.numbers.len();
        Some(Forest {
            is_symmetric,
            depths: trees.iter().map(|(_, leaves)| leaves.len().trailing_zeros() as u8).collect(),
            tree_tests: numbers.collect(),
            leaves: trees.iter().flat_map(|(_, leaves)| leaves).copied().collect(),
            base: sum.0,
            divisor: sum.1,
            readings: self.readings,
            tests: self.numbers.into_keys().collect(),
            codes: [0; BLOCK],
            answers: vec![[0; BLOCK]; n_tests],
            leaf_numbers: [0; BLOCK],
            sums: [0.0; BLOCK],
            row_answers: vec![0; n_tests],
        })
    }
}

/// In order and each once, where ranks among them leave room for [`UNSEEN`].
fn ascending(mut thresholds: Vec<f64>) -> Option<Vec<f64>> {
    thresholds.sort_by(f64::total_cmp);
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
    for (column, is_category) in trees.categorical.iter().enumerate() {
        let tested = (0..trees.rights.len())
            .filter(|node| trees.rights[*node] != 0 && usize::from(trees.features[*node]) == column);
        let values: Vec<f64> = tested.map(|node| trees.values[node]).collect();
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
        complete_tree(trees, root, (0, depth, 0), &mut builder, &mut tests, &mut leaves)?;
        // Below a leaf that stands higher up any test will do: all leaves there are the same.
        let any = tests.iter().copied().flatten().next();
        let tests = tests.into_iter().filter_map(|test: Option<Test>| test.or(any)).collect();
        complete.push((tests, leaves));
        root += *length as usize;
    }
    builder.build(&complete, (base, divisor), false)
}

/// How many tests follow one another from `node` on, at most; no more than one too many are counted.
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

/// Writes the subtree at `node` to the place (node, levels below, first leaf) of a complete tree.
fn complete_tree(
    trees: &Trees,
    node: usize,
    (place, depth, first_leaf): (usize, u8, usize),
    builder: &mut Builder<'_>,
    tests: &mut [Option<Test>],
    leaves: &mut [f64],
) -> Option<()> {
    let right = trees.rights[node] as usize;
    if right == 0 {
        leaves[first_leaf..first_leaf + (1 << depth)].fill(trees.values[node]);
        return Some(());
    }
    let column = usize::from(trees.features[node]);
    let question = if trees.categorical[column] {
        builder.equals(column, trees.values[node])?
    } else {
        builder.above(column, trees.values[node])
    };
    let goes_left = u32::try_from(node).is_ok_and(|node| trees.blank_left.binary_search(&node).is_ok());
    tests[place] = Some(builder.test(column, question, !goes_left));
    let below = depth - 1;
    complete_tree(trees, node + 1, (2 * place + 1, below, first_leaf), builder, tests, leaves)?;
    let second = first_leaf + (1 << below);
    complete_tree(trees, node + right, (2 * place + 2, below, second), builder, tests, leaves)
}

fn of_symmetric(trees: &Symmetric, kinds: &[&ColumnKind], imputed: bool) -> Option<Forest> {
    if trees.depths.iter().any(|depth| *depth > MAX_SYMMETRIC_DEPTH) {
        return None;
    }
    let mut builder = Builder::new(kinds, imputed);
    for (column, input) in trees.inputs.iter().enumerate() {
        let tested = trees.features.iter().zip(&trees.thresholds);
        let thresholds: Vec<f64> =
            tested.filter(|(feature, _)| usize::from(**feature) == column).map(|(_, threshold)| *threshold).collect();
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
            let question = match trees.inputs[column] {
                SymmetricInput::Category => builder.equals(column, trees.thresholds[test])?,
                _ => builder.above(column, trees.thresholds[test]),
            };
            tests.push(builder.test(column, question, false));
        }
        first_test += usize::from(*depth);
        let leaves = trees.leaves[first_leaf..first_leaf + (1 << depth)].to_vec();
        first_leaf += leaves.len();
        complete.push((tests, leaves));
    }
    builder.build(&complete, (trees.base, None), true)
}

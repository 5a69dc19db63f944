//! The loops over many rows.
//!
//! A package of its own, since optimisation settings apply to a whole package: these few lines are compiled for speed,
//! everything else for size (`[profile.wasm]` in the workspace's `Cargo.toml`). They are plain loops over arrays of
//! fixed length, which the compiler vectorises (SIMD). No function here is generic or inlined elsewhere: it would be
//! compiled with its caller, for size.

// What users can reach must not panic (docs/reliability.md).
#![cfg_attr(
    not(test),
    warn(
        clippy::expect_used,
        clippy::panic,
        clippy::print_stderr,
        clippy::print_stdout,
        clippy::string_slice,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]

/// Rows per block: the intermediate results of a block fit in the L1 cache.
pub const BLOCK: usize = 128;
/// Maximum number of leaves per tree: a leaf's number is one byte.
pub const MAX_LEAVES: usize = 256;

/// One code of 16 bits a row: a category, or a number's rank among thresholds.
pub type Codes = [u16; BLOCK];
/// One byte per row: all bits set where a test holds.
pub type Answers = [u8; BLOCK];
/// One sum per row.
pub type Sums = [f64; BLOCK];
/// One byte per row: the number of a leaf, counted from the left.
pub type LeafNumbers = [u8; BLOCK];

/// A set of codes: those from `low` to `low + span`, and `also`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CodeSet {
    /// The lowest code of the range.
    pub low: u16,
    /// How far above `low` the highest code of the range is.
    pub span: u16,
    /// One more code, which may be outside the range; `low` again for none.
    pub also: u16,
}

impl CodeSet {
    /// Whether `code` is in the set.
    #[must_use]
    pub fn has(self, code: u16) -> bool {
        (code.wrapping_sub(self.low) <= self.span) | (code == self.also)
    }
}

/// Codes of one-byte categories: `blank` for 255, `unseen` for values that are not below `n_codes`.
pub fn read_bytes(cells: &[u8], n_codes: u16, [blank, unseen]: [u16; 2], codes: &mut Codes) {
    for (code, cell) in codes.iter_mut().zip(cells) {
        let known = if u16::from(*cell) < n_codes { u16::from(*cell) } else { unseen };
        *code = if *cell == u8::MAX { blank } else { known };
    }
}

/// Codes of 16-bit categories: `blank` for 65535, `unseen` for values that are not below `n_codes`.
pub fn read_words(cells: &[u16], n_codes: u16, [blank, unseen]: [u16; 2], codes: &mut Codes) {
    for (code, cell) in codes.iter_mut().zip(cells) {
        let known = if *cell < n_codes { *cell } else { unseen };
        *code = if *cell == u16::MAX { blank } else { known };
    }
}

/// How many of `thresholds`, ascending and fewer than 65535, lie below each number; `blank` for NaN.
pub fn read_ranks(cells: &[f64], thresholds: &[f64], blank: u16, codes: &mut Codes) {
    for (code, number) in codes.iter_mut().zip(cells) {
        *code = if number.is_nan() { blank } else { rank(thresholds, *number) };
    }
}

/// How many of `thresholds`, ascending and fewer than 65535, lie below `number`.
#[must_use]
pub fn rank(thresholds: &[f64], number: f64) -> u16 {
    thresholds.partition_point(|threshold| *threshold < number) as u16
}

/// Whether a number's magnitude is above `most`; `false` for NaN.
#[must_use]
pub fn has_larger(cells: &[f64], most: f64) -> bool {
    cells.iter().fold(false, |any, cell| any | (cell.abs() > most))
}

/// Whether a code is neither below `n_codes` nor 255.
#[must_use]
pub fn has_unknown_byte(cells: &[u8], n_codes: u8) -> bool {
    cells.iter().fold(false, |any, code| any | ((*code >= n_codes) & (*code != u8::MAX)))
}

/// Whether a code is neither below `n_codes` nor 65535.
#[must_use]
pub fn has_unknown_word(cells: &[u16], n_codes: u16) -> bool {
    cells.iter().fold(false, |any, code| any | ((*code >= n_codes) & (*code != u16::MAX)))
}

/// Adds `coefficient · (number − mean) / scale` to each row's sum, with `median` for NaN.
pub fn add_numbers(cells: &[f64], [median, mean, scale, coefficient]: [f64; 4], sums: &mut Sums) {
    for (sum, number) in sums.iter_mut().zip(cells) {
        let number = if number.is_nan() { median } else { *number };
        *sum += coefficient * ((number - mean) / scale);
    }
}

/// Adds the value for each row's code to its sum; codes beyond the end of `added`, which is not empty, take its last
/// value.
pub fn add_known(added: &[f64], codes: &Codes, sums: &mut Sums) {
    let Some(last) = added.len().checked_sub(1) else { return };
    for (sum, code) in sums.iter_mut().zip(codes) {
        *sum += added[usize::from(*code).min(last)];
    }
}

/// Evaluates for each row whether its code is in the set.
pub fn answer(set: CodeSet, codes: &Codes, answers: &mut Answers) {
    for (answer, code) in answers.iter_mut().zip(codes) {
        *answer = if set.has(*code) { u8::MAX } else { 0 };
    }
}

/// Each row's leaf of a symmetric tree with one test per level, at most 8 (`tests` are indices into `answers`): bit `i`
/// is set where test `i` holds.
pub fn symmetric_leaves(tests: &[u16], answers: &[Answers], leaf_numbers: &mut LeafNumbers) {
    leaf_numbers.fill(0);
    for (level, test) in tests.iter().enumerate() {
        let bit = 1_u8 << level;
        for (leaf, answer) in leaf_numbers.iter_mut().zip(&answers[usize::from(*test)]) {
            *leaf |= answer & bit;
        }
    }
}

/// Each row's leaf of the subtree of `depth` levels, at most 8, at `node` of a complete tree. Its `tests` (indices into
/// `answers`) are stored level by level; a row goes right where its test holds.
pub fn leaves_below(node: usize, depth: u8, tests: &[u16], answers: &[Answers], leaf_numbers: &mut LeafNumbers) {
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

/// Adds each row's leaf value to its sum. A byte is always a valid index, so there is no bounds check: the leaves of
/// smaller trees are followed by other numbers.
pub fn add_leaves(leaves: &[f64; MAX_LEAVES], leaf_numbers: &LeafNumbers, sums: &mut Sums) {
    for (sum, leaf) in sums.iter_mut().zip(leaf_numbers) {
        *sum += leaves[usize::from(*leaf)];
    }
}

/// Evaluates each test for a single row's code: 0 or 1.
pub fn answer_row(sets: &[CodeSet], code: u16, answers: &mut [u8]) {
    for (answer, set) in answers.iter_mut().zip(sets) {
        *answer = u8::from(set.has(code));
    }
}

/// `sum` plus a single row's leaf of each tree. Trees have `depths` levels of tests each; `tests` (indices into
/// `answers`) and `leaves` are stored tree by tree, as for [`symmetric_leaves`] or, if not `is_symmetric`,
/// [`leaves_below`].
#[must_use]
pub fn add_row(
    mut sum: f64,
    depths: &[u8],
    mut tests: &[u16],
    mut leaves: &[f64],
    answers: &[u8],
    is_symmetric: bool,
) -> f64 {
    for depth in depths {
        let answer = |test: usize| usize::from(answers[usize::from(tests[test])]);
        let leaf = if is_symmetric {
            (0..usize::from(*depth)).fold(0, |leaf, level| leaf | answer(level) << level)
        } else {
            let below = (0..*depth).fold(0, |node, _| 2 * node + 1 + answer(node));
            below + 1 - (1 << depth)
        };
        sum += leaves[leaf];
        tests = &tests[n_tests(*depth, is_symmetric)..];
        leaves = &leaves[1 << depth..];
    }
    sum
}

/// How many tests a tree of `depth` levels has.
#[must_use]
pub fn n_tests(depth: u8, is_symmetric: bool) -> usize {
    if is_symmetric { usize::from(depth) } else { (1 << depth) - 1 }
}

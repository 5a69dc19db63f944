//! The search for a symmetric tree's tests, level by level.

use super::columns::Column;
use crate::random::SplitMix64;
use crate::tree::{Stat, SymmetricTest as Test};

/// What a tree is grown on.
pub(super) struct Rows<'a> {
    pub(super) columns: &'a [Column],
    /// The bin of each row in each column.
    pub(super) bins: &'a [&'a [u8]],
    /// One a row; rows of no weight are left out of the sample.
    pub(super) stats: &'a [Stat],
}

/// How a tree is grown.
pub(super) struct StructureConfig {
    pub(super) depth: usize,
    pub(super) l2_leaf_reg: f64,
    /// The standard deviation of what is added to scores.
    pub(super) noise: f64,
}

impl Column {
    /// Whether the column's test holds for a row in `bin`.
    pub(super) fn holds(&self, test: usize, bin: u8) -> bool {
        if self.is_category { usize::from(bin) == test } else { usize::from(bin) > test }
    }
}

/// The tests whose leaves point most nearly where the gradient points (the cosine of the two, over all leaves at once),
/// chosen greedily. A level that parts no leaf is left out.
pub(super) fn grow(rows: &Rows<'_>, config: &StructureConfig, random: &mut SplitMix64) -> Vec<Test> {
    let mut order: Vec<u32> = (0..rows.stats.len() as u32).filter(|row| rows.stats[*row as usize].h > 0.0).collect();
    let mut leaves = vec![(0, order.len())];
    let mut tests = Vec::with_capacity(config.depth);
    let mut scratch = Scratch::default();
    let mut normal = Normal { is_on: config.noise > 0.0, spare: None };
    for _ in 0..config.depth {
        let mut best: Option<(f64, Test)> = None;
        for (column_idx, column) in rows.columns.iter().enumerate() {
            scratch.score(rows, column_idx, &order, &leaves, config.l2_leaf_reg);
            for test in 0..column.thresholds.len() {
                let (along, length) = scratch.sums[test];
                if length <= 0.0 {
                    continue;
                }
                let score = along / length.sqrt() + config.noise * normal.draw(random);
                if best.is_none_or(|(best, _)| score > best) {
                    best = Some((score, Test { column: column_idx, test }));
                }
            }
        }
        let Some((_, test)) = best else { break };
        let (column, bins) = (&rows.columns[test.column], rows.bins[test.column]);
        let n_leaves = leaves.len();
        leaves = part(&mut order, &leaves, &mut scratch.rows, |row| column.holds(test.test, bins[row as usize]));
        if leaves.len() > n_leaves {
            tests.push(test);
        }
    }
    tests
}

/// The leaves that a test makes of `leaves`, without empty ones.
fn part(
    order: &mut [u32],
    leaves: &[(usize, usize)],
    buffer: &mut Vec<u32>,
    holds: impl Fn(u32) -> bool,
) -> Vec<(usize, usize)> {
    let mut parted = Vec::with_capacity(2 * leaves.len());
    for (start, end) in leaves.iter().copied() {
        buffer.clear();
        let mut middle = start;
        for place in start..end {
            let row = order[place];
            if holds(row) {
                buffer.push(row);
            } else {
                order[middle] = row;
                middle += 1;
            }
        }
        order[middle..end].copy_from_slice(buffer);
        parted.extend([(start, middle), (middle, end)].into_iter().filter(|(start, end)| start < end));
    }
    parted
}

#[derive(Default)]
struct Scratch {
    histogram: Vec<Stat>,
    /// For each test what its leaves' values have in common with the gradient, and their squared length.
    sums: Vec<(f64, f64)>,
    rows: Vec<u32>,
}

impl Scratch {
    /// Fills `sums` for the tests of one column.
    fn score(&mut self, rows: &Rows<'_>, column_idx: usize, order: &[u32], leaves: &[(usize, usize)], l2: f64) {
        let column = &rows.columns[column_idx];
        let bins = rows.bins[column_idx];
        let n_tests = column.thresholds.len();
        self.sums.clear();
        self.sums.resize(n_tests, (0.0, 0.0));
        if n_tests == 0 {
            return;
        }
        for (start, end) in leaves.iter().copied() {
            self.histogram.clear();
            self.histogram.resize(column.n_bins, Stat::default());
            let mut total = Stat::default();
            for row in &order[start..end] {
                let stat = rows.stats[*row as usize];
                let bin = &mut self.histogram[usize::from(bins[*row as usize])];
                bin.g += stat.g;
                bin.h += stat.h;
                total.g += stat.g;
                total.h += stat.h;
            }
            let mut side = Stat::default();
            let mut both = share(total, l2);
            for (bin, sum) in self.histogram.iter().zip(&mut self.sums) {
                if column.is_category {
                    side = *bin;
                    both = pair(side, total, l2);
                } else if bin.h > 0.0 {
                    side.g += bin.g;
                    side.h += bin.h;
                    both = pair(side, total, l2);
                }
                sum.0 += both.0;
                sum.1 += both.1;
            }
        }
    }
}

/// What one leaf adds to both sums.
fn share(sum: Stat, l2: f64) -> (f64, f64) {
    let divisor = sum.h + l2;
    if divisor > 0.0 {
        let value = sum.g / divisor;
        (value * sum.g, value * value * sum.h)
    } else {
        (0.0, 0.0)
    }
}

fn pair(side: Stat, total: Stat, l2: f64) -> (f64, f64) {
    // Subtraction leaves dust of what is nothing.
    let other = Stat { g: total.g - side.g, h: (total.h - side.h).max(0.0) };
    let (side, other) = (share(side, l2), if other.h > 1e-9 * total.h { share(other, l2) } else { (0.0, 0.0) });
    (side.0 + other.0, side.1 + other.1)
}

/// Standard normal numbers, two from each pair of uniform ones (Box and Muller); nothing but zeros where it is off.
struct Normal {
    is_on: bool,
    spare: Option<f64>,
}

impl Normal {
    fn draw(&mut self, random: &mut SplitMix64) -> f64 {
        if !self.is_on {
            return 0.0;
        }
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        let radius = (-2.0 * libm::log(1.0 - random.uniform())).sqrt();
        let (sin, cos) = libm::sincos(std::f64::consts::TAU * random.uniform());
        self.spare = Some(radius * sin);
        radius * cos
    }
}

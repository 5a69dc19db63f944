//! The search for a symmetric tree's tests, level by level.

use super::columns::Column;
use crate::learn::engine::{Candidates, Noise, Stat, SymmetricTest as Test};
use crate::random::SplitMix64;

/// The data for growing a tree.
pub(super) struct Rows<'a> {
    pub(super) columns: &'a [Column],
    /// The bin of each row in each column.
    pub(super) bins: &'a [&'a [u8]],
    /// One per row; rows without weight are not in the sample.
    pub(super) stats: &'a [Stat],
    /// The prefixes of the permutation in ordered boosting.
    pub(super) prefixes: &'a [Prefix<'a>],
}

/// A prefix of a permutation, to which leaf values are fitted, and the rows after it, on which they are evaluated.
pub(super) struct Prefix<'a> {
    /// The prefix's rows, then those after it.
    pub(super) order: &'a [u32],
    pub(super) n_fitting: usize,
    /// The residuals of the prefix's rows under its own trees, by row.
    pub(super) stats: &'a [Stat],
}

/// Rows grouped by leaf.
struct Partition {
    order: Vec<u32>,
    /// The range of each leaf's rows.
    leaves: Vec<(usize, usize)>,
}

/// The hyper-parameters of growing a tree.
pub(super) struct StructureConfig {
    pub(super) depth: usize,
    pub(super) l2_leaf_reg: f64,
    /// The standard deviation of the noise added to scores.
    pub(super) noise: f64,
}

impl Column {
    /// Whether the column's test holds for a row in `bin`.
    pub(super) fn holds(&self, test: usize, bin: u8) -> bool {
        if self.is_category { usize::from(bin) == test } else { usize::from(bin) > test }
    }
}

/// Chooses tests greedily by the cosine of the leaves' values and the gradient, over all leaves at once. A test that
/// splits no leaf ends the growth.
pub(super) fn grow(
    rows: &Rows<'_>,
    config: &StructureConfig,
    candidates: &mut Candidates,
    random: &mut SplitMix64,
) -> Vec<Test> {
    let sample = (0..rows.stats.len() as u32).filter(|row| rows.stats[*row as usize].h > 0.0).collect();
    let mut sample = Partition::new(sample);
    let halves = |prefix: &Prefix<'_>| {
        let (fitting, judging) = prefix.order.split_at(prefix.n_fitting);
        [Partition::new(fitting.to_vec()), Partition::new(judging.to_vec())]
    };
    let mut prefixes: Vec<[Partition; 2]> = rows.prefixes.iter().map(halves).collect();
    let mut tests = Vec::with_capacity(config.depth);
    let mut scratch = Scratch::default();
    let mut noise = Noise::new(config.noise);
    for _ in 0..config.depth {
        let test = candidates.choose(&mut noise, random, |column, sums| {
            sums.resize(rows.columns[column].thresholds.len(), (0.0, 0.0));
            if prefixes.is_empty() {
                scratch.score(rows, column, &sample, config.l2_leaf_reg, sums);
            } else {
                scratch.score_prefixes(rows, column, &prefixes, config.l2_leaf_reg, sums);
            }
        });
        let Some(test) = test else { break };
        let (column, bins) = (&rows.columns[test.column], rows.bins[test.column]);
        let holds = |row: u32| column.holds(test.test, bins[row as usize]);
        let n_leaves = sample.leaves.len();
        sample.split(&mut scratch.rows, holds);
        sample.leaves.retain(|(start, end)| start < end);
        if sample.leaves.len() == n_leaves {
            break;
        }
        // Keep empty leaves here, so that the leaves of both halves correspond.
        prefixes.iter_mut().flatten().for_each(|half| half.split(&mut scratch.rows, holds));
        tests.push(test);
    }
    tests
}

impl Partition {
    fn new(order: Vec<u32>) -> Self {
        let leaves = vec![(0, order.len())];
        Self { order, leaves }
    }

    /// Splits each leaf in two.
    fn split(&mut self, buffer: &mut Vec<u32>, holds: impl Fn(u32) -> bool) {
        let mut split = Vec::with_capacity(2 * self.leaves.len());
        for (start, end) in self.leaves.iter().copied() {
            buffer.clear();
            let mut middle = start;
            for position in start..end {
                let row = self.order[position];
                if holds(row) {
                    buffer.push(row);
                } else {
                    self.order[middle] = row;
                    middle += 1;
                }
            }
            self.order[middle..end].copy_from_slice(buffer);
            split.extend([(start, middle), (middle, end)]);
        }
        self.leaves = split;
    }

    fn rows(&self) -> impl Iterator<Item = &[u32]> {
        self.leaves.iter().map(|(start, end)| &self.order[*start..*end])
    }
}

#[derive(Default)]
struct Scratch {
    histogram: Vec<Stat>,
    /// The same for the evaluation rows.
    judging: Vec<Stat>,
    rows: Vec<u32>,
}

impl Scratch {
    /// Adds to the sums of one column's tests the scalar product of its leaves' values with the gradient, and their
    /// squared norm.
    fn score(&mut self, rows: &Rows<'_>, column_idx: usize, sample: &Partition, l2: f64, sums: &mut [(f64, f64)]) {
        let (column, bins) = (&rows.columns[column_idx], rows.bins[column_idx]);
        if sums.is_empty() {
            return;
        }
        for leaf in sample.rows() {
            let total = count(&mut self.histogram, column.n_bins, leaf, bins, rows.stats);
            let mut side = Stat::default();
            let mut both = share(total, l2);
            for (bin, sum) in self.histogram.iter().zip(&mut *sums) {
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

    /// The same in ordered boosting: values come from each prefix, and the gradient from the rows after it.
    fn score_prefixes(
        &mut self,
        rows: &Rows<'_>,
        column_idx: usize,
        prefixes: &[[Partition; 2]],
        l2: f64,
        sums: &mut [(f64, f64)],
    ) {
        let (column, bins) = (&rows.columns[column_idx], rows.bins[column_idx]);
        for (prefix, [fitting, judging]) in rows.prefixes.iter().zip(prefixes) {
            let leaves = fitting.rows().zip(judging.rows());
            for (fitting, judging) in leaves.filter(|(fitting, judging)| !fitting.is_empty() && !judging.is_empty()) {
                let fitted = count(&mut self.histogram, column.n_bins, fitting, bins, prefix.stats);
                let judged = count(&mut self.judging, column.n_bins, judging, bins, rows.stats);
                let (mut fitted_side, mut judged_side) = (Stat::default(), Stat::default());
                for ((fitted_bin, judged_bin), sum) in self.histogram.iter().zip(&self.judging).zip(&mut *sums) {
                    if column.is_category {
                        (fitted_side, judged_side) = (*fitted_bin, *judged_bin);
                    } else {
                        (fitted_side, judged_side) = (plus(fitted_side, *fitted_bin), plus(judged_side, *judged_bin));
                    }
                    let side = judged_share(fitted_side, judged_side, l2);
                    let other = judged_share(rest(fitted, fitted_side), rest(judged, judged_side), l2);
                    sum.0 += side.0 + other.0;
                    sum.1 += side.1 + other.1;
                }
            }
        }
    }
}

/// Sums rows by bin; returns the total.
fn count(histogram: &mut Vec<Stat>, n_bins: usize, rows: &[u32], bins: &[u8], stats: &[Stat]) -> Stat {
    histogram.clear();
    histogram.resize(n_bins, Stat::default());
    let mut total = Stat::default();
    for row in rows {
        let stat = stats[*row as usize];
        let bin = &mut histogram[usize::from(bins[*row as usize])];
        bin.g += stat.g;
        bin.h += stat.h;
        total.g += stat.g;
        total.h += stat.h;
    }
    total
}

/// The contribution of one leaf to both sums.
fn share(sum: Stat, l2: f64) -> (f64, f64) {
    judged_share(sum, sum, l2)
}

/// The same if the value is fitted to other rows than it is evaluated on.
fn judged_share(fitted: Stat, judged: Stat, l2: f64) -> (f64, f64) {
    if fitted.h > 0.0 {
        let value = fitted.g / (fitted.h + l2);
        (value * judged.g, value * value * judged.h)
    } else {
        (0.0, 0.0)
    }
}

fn pair(side: Stat, total: Stat, l2: f64) -> (f64, f64) {
    let (side, other) = (share(side, l2), share(rest(total, side), l2));
    (side.0 + other.0, side.1 + other.1)
}

fn plus(side: Stat, bin: Stat) -> Stat {
    Stat { g: side.g + bin.g, h: side.h + bin.h }
}

fn rest(total: Stat, side: Stat) -> Stat {
    let h = total.h - side.h;
    // Subtraction leaves rounding errors where there are no rows.
    if h > 1e-9 * total.h { Stat { g: total.g - side.g, h } } else { Stat::default() }
}

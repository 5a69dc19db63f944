//! The best split of a node.

use super::config::{GrowConfig, Splitter};
use super::histogram::Sum;
use crate::folds::binned::{Binned, BinnedColumn};
use crate::random::SplitMix64;

/// The test of a split.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Test {
    /// Its bin is up to this one.
    UpTo(u8),
    /// Its category is not this one.
    Not(u8),
}

/// A split of a node's rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Split {
    pub(crate) column: usize,
    pub(crate) test: Test,
    /// The threshold, or the code of the category.
    pub(crate) value: f64,
    pub(crate) blank_left: bool,
    pub(crate) gain: f64,
    pub(crate) left: Sum,
    pub(crate) right: Sum,
}

/// A numeric column, or one category of a categorical column: a feature of scikit-learn after one-hot encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Feature {
    pub(crate) column: usize,
    pub(crate) category: Option<u8>,
}

impl Split {
    pub(crate) fn goes_left(&self, column: &BinnedColumn, bin: u8) -> bool {
        if column.blank == Some(bin) {
            return self.blank_left;
        }
        match self.test {
            Test::UpTo(last) => bin <= last,
            Test::Not(category) => bin != category,
        }
    }
}

/// All features, in the columns' order.
pub(crate) fn features(binned: &Binned) -> Vec<Feature> {
    let of = |(column_idx, column): (usize, &BinnedColumn)| -> Vec<Feature> {
        if column.is_categorical {
            let category = |bin: usize| Feature { column: column_idx, category: u8::try_from(bin).ok() };
            (0..column.n_values()).filter(|bin| !column.lower[*bin].is_nan()).map(category).collect()
        } else {
            vec![Feature { column: column_idx, category: None }]
        }
    };
    binned.columns.iter().enumerate().flat_map(of).collect()
}

/// Finds splits of a node from its rows' sum and the configuration.
pub(crate) struct SplitFinder<'a> {
    pub(crate) config: &'a GrowConfig,
    pub(crate) binned: &'a Binned,
    pub(crate) total: Sum,
    /// Bounds on the leaves below.
    pub(crate) bounds: (f64, f64),
}

impl SplitFinder<'_> {
    /// The best split on one feature, given its column's histogram; `None` if the feature cannot split the rows. The
    /// flag tells whether the feature is constant in the node.
    pub(crate) fn find(&self, feature: Feature, sums: &[Sum], random: &mut SplitMix64) -> (Option<Split>, bool) {
        let column = &self.binned.columns[feature.column];
        let blank = column.blank.map_or(Sum::default(), |bin| sums[usize::from(bin)]);
        match (feature.category, self.config.splitter) {
            (Some(category), _) => self.find_category(feature.column, category, sums, blank),
            (None, Splitter::Best) => self.find_threshold(feature.column, sums, blank),
            (None, Splitter::Random) => self.find_random(feature.column, sums, blank, random),
        }
    }

    fn find_category(&self, column_idx: usize, category: u8, sums: &[Sum], blank: Sum) -> (Option<Split>, bool) {
        let right = sums[usize::from(category)];
        let left = self.total - right - blank;
        if right.n == 0 || left.n == 0 {
            return (None, true);
        }
        let value = self.binned.columns[column_idx].lower[usize::from(category)];
        (self.better_of(column_idx, Test::Not(category), value, left, right, blank), false)
    }

    fn find_threshold(&self, column_idx: usize, sums: &[Sum], blank: Sum) -> (Option<Split>, bool) {
        let column = &self.binned.columns[column_idx];
        let present = self.total - blank;
        let mut left = Sum::default();
        let mut last: Option<usize> = None;
        let mut best: Option<Split> = None;
        let mut is_constant = true;
        for (bin, sum) in sums[..column.n_values()].iter().enumerate() {
            if sum.n == 0 {
                continue;
            }
            if let Some(last) = last {
                is_constant = false;
                let value = midpoint(column.upper[last], column.lower[bin]);
                let test = Test::UpTo(u8::try_from(last).unwrap_or(u8::MAX));
                let split = self.better_of(column_idx, test, value, left, present - left, blank);
                best = better(best, split);
            }
            left += *sum;
            last = Some(bin);
            if left.n == present.n {
                break;
            }
        }
        (best, is_constant)
    }

    fn find_random(
        &self,
        column_idx: usize,
        sums: &[Sum],
        blank: Sum,
        random: &mut SplitMix64,
    ) -> (Option<Split>, bool) {
        let column = &self.binned.columns[column_idx];
        let present: Vec<usize> = (0..column.n_values()).filter(|bin| sums[*bin].n > 0).collect();
        let (Some(first), Some(last)) = (present.first(), present.last()) else { return (None, true) };
        if first == last {
            return (None, true);
        }
        let (min, max) = (column.lower[*first], column.upper[*last]);
        let drawn = min + random.uniform() * (max - min);
        let value = if drawn >= max { min } else { drawn };
        let n_left = column.upper.partition_point(|upper| *upper <= value).clamp(first + 1, *last);
        let mut left = Sum::default();
        for sum in &sums[*first..n_left] {
            left += *sum;
        }
        let right = self.total - blank - left;
        let test = Test::UpTo(u8::try_from(n_left - 1).unwrap_or(u8::MAX));
        (self.better_of(column_idx, test, value, left, right, blank), false)
    }

    /// The split with the blanks on the better side.
    fn better_of(&self, column: usize, test: Test, value: f64, left: Sum, right: Sum, blank: Sum) -> Option<Split> {
        let with = |left: Sum, right: Sum, blank_left: bool| {
            self.gain(column, left, right).map(|gain| Split { column, test, value, blank_left, gain, left, right })
        };
        if blank.n == 0 {
            // Without blanks in training, blanks follow the larger side; with imputation there are none.
            let follows_left = self.config.n_rows(left) >= self.config.n_rows(right);
            return with(left, right, self.config.blanks && follows_left);
        }
        let (mut left_with, mut right_with) = (left, right);
        left_with += blank;
        right_with += blank;
        better(with(left, right_with, false), with(left_with, right, true))
    }

    fn gain(&self, column: usize, left: Sum, right: Sum) -> Option<f64> {
        let GrowConfig { min_samples_leaf, min_child_weight, score, .. } = self.config;
        let is_large = |sum: Sum| self.config.n_rows(sum) >= *min_samples_leaf && sum.h >= *min_child_weight;
        if left.n == 0
            || right.n == 0
            || !is_large(left)
            || !is_large(right)
            || !score.allows(left)
            || !score.allows(right)
        {
            return None;
        }
        let direction = self.config.monotone.get(column).copied().unwrap_or_default();
        let bound = |sum: Sum| score.leaf(sum).clamp(self.bounds.0, self.bounds.1);
        if direction != 0 && f64::from(direction) * (bound(right) - bound(left)) < 0.0 {
            return None;
        }
        Some(score.of(left) + score.of(right) - score.of(self.total))
    }
}

/// The split with the larger gain; the first in a tie.
pub(crate) fn better(first: Option<Split>, second: Option<Split>) -> Option<Split> {
    match (first, second) {
        (Some(first), Some(second)) => Some(if second.gain > first.gain { second } else { first }),
        (first, second) => first.or(second),
    }
}

/// The midpoint of two neighbouring numbers, as in scikit-learn: never the upper one.
pub(crate) fn midpoint(below: f64, above: f64) -> f64 {
    let middle = below / 2.0 + above / 2.0;
    if middle >= above || !middle.is_finite() { below } else { middle }
}

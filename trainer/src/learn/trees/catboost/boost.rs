//! Boosting with symmetric trees: several courses over the same rows, one of them the model.
//!
//! A tree's tests are chosen on a learning course, drawn anew for each tree; its leaves are then fitted in every course
//! on that course's own residuals and statistics, as CatBoost does with its permutations. In ordered boosting a learning
//! course keeps one set of predictions for each prefix of its permutation (the sizes double); the residual of a row
//! comes from a prefix that ends before it, so it is not flattered by the row's own target. A test's leaf values come from
//! each prefix, too, and are judged by the rows behind it.

use super::columns::Column;
use super::structure::{Prefix, Rows, StructureConfig, grow};
use crate::folds::fit_data::FitData;
use crate::learn::decimals::Decimals;
use crate::learn::engine::{
    CandidateColumn, Candidates, ManyRows, Stat, SymmetricColumn, SymmetricConfig, SymmetricTest as Test,
};
use crate::random::SplitMix64;

/// Permutations to choose tests on; one more makes the model's leaves.
const N_LEARNING: usize = 3;

/// How is boosted.
pub(super) struct BoostConfig {
    pub(super) iterations: usize,
    pub(super) learning_rate: f64,
    pub(super) depth: usize,
    pub(super) l2_leaf_reg: f64,
    pub(super) random_strength: f64,
    pub(super) model_size_reg: f64,
    pub(super) subsample: f64,
    pub(super) ordered: bool,
}

/// A tree of the model.
pub(super) struct SymmetricTree {
    pub(super) tests: Vec<Test>,
    pub(super) leaves: Vec<f64>,
}

/// A view of the rows: an order of them, the statistics in that order, and predictions.
struct Course {
    order: Vec<u32>,
    /// For the columns of statistics, the rows' bins.
    bins: Vec<Vec<u8>>,
    /// How many rows each prefix has; in plain boosting all.
    prefixes: Vec<usize>,
    /// For each prefix the predictions of the trees fitted to it, by row.
    raws: Vec<Vec<f64>>,
}

/// The trees, and the base value they are added to.
pub(super) fn boost(
    config: &BoostConfig,
    data: &FitData,
    columns: &[Column],
    decimals: Decimals,
    seed: u64,
) -> (Vec<SymmetricTree>, f64) {
    let mut random = SplitMix64::new(seed);
    let n_rows = data.n_rows();
    if data.has_many_rows()
        && data.weights().is_none()
        && let Some(boosted) = boost_many_rows(config, data, columns, decimals, &mut random)
    {
        return boosted;
    }
    let weights: Vec<f64> = data.weights().map_or_else(|| vec![1.0; n_rows], <[f64]>::to_vec);
    let total: f64 = weights.iter().sum();
    let base = data.target().iter().zip(&weights).map(|(target, weight)| target * weight).sum::<f64>() / total;
    let base = decimals.round(base);
    let is_random = config.ordered || columns.iter().any(|column| column.bins.is_none());
    let n_courses = if is_random { 1 + N_LEARNING } else { 1 };
    let mut courses: Vec<Course> = (0..n_courses)
        .map(|course| Course::new(data, columns, base, config.ordered && course > 0, &mut random))
        .collect();
    let mut candidates = candidates(columns, config.model_size_reg);
    let mut trees: Vec<SymmetricTree> = Vec::with_capacity(config.iterations);
    for iteration in 0..config.iterations {
        if data.is_stopped() {
            break;
        }
        let learning = if is_random { 1 + (random.next_u64() % N_LEARNING as u64) as usize } else { 0 };
        let course = &courses[learning];
        let mut stats = course.residuals(data, &weights);
        let noise = noise(config, &stats, &weights, iteration);
        let last_mean = trees.last().map(|tree| mean_size(&tree.leaves));
        sample(&mut stats, config.subsample, last_mean, &mut random);
        let structure = StructureConfig { depth: config.depth, l2_leaf_reg: config.l2_leaf_reg, noise };
        let left = course.prefix_residuals(data, &weights);
        let prefixes: Vec<Prefix<'_>> =
            left.iter().enumerate().map(|(prefix, stats)| course.judged_prefix(prefix, stats)).collect();
        let rows = Rows { columns, bins: &course.all_bins(columns), stats: &stats, prefixes: &prefixes };
        let tests = grow(&rows, &structure, &mut candidates, &mut random);
        let mut leaves = Vec::new();
        // The model's own course comes first.
        for (course_idx, course) in courses.iter_mut().enumerate() {
            let fitted = course.fit_leaves(config, data, &weights, columns, &tests, decimals);
            if course_idx == 0 {
                leaves = fitted;
            }
        }
        trees.push(SymmetricTree { tests, leaves });
    }
    (trees, base)
}

/// The same for many rows without weights: on all of them, and with one permutation. `None` where there are too many
/// columns for that.
fn boost_many_rows(
    config: &BoostConfig,
    data: &FitData,
    columns: &[Column],
    decimals: Decimals,
    random: &mut SplitMix64,
) -> Option<(Vec<SymmetricTree>, f64)> {
    let has_statistics = columns.iter().any(|column| column.bins.is_none());
    let order = if has_statistics { permutation(data.n_rows(), random) } else { Vec::new() };
    let bins = |column: &Column| column.bins.clone().unwrap_or_else(|| column.ordered_bins(data, &order));
    let bins: Vec<Vec<u8>> = columns.iter().map(bins).collect();
    let n_bins: Vec<usize> = columns.iter().map(|column| column.n_bins).collect();
    let base = decimals.round(data.targets().sum::<f64>() / data.n_rows() as f64);
    let residuals: Vec<f64> = data.targets().map(|target| target - base).collect();
    let bins: Vec<&[u8]> = bins.iter().map(Vec::as_slice).collect();
    let mut rows = ManyRows::of_bins(&n_bins, &bins, &residuals)?;
    let shape = |column: &Column| SymmetricColumn {
        n_bins: column.n_bins,
        n_tests: column.thresholds.len(),
        is_category: column.is_category,
    };
    let shapes: Vec<SymmetricColumn> = columns.iter().map(shape).collect();
    let mut candidates = candidates(columns, config.model_size_reg);
    let mut grow = |iteration: usize| {
        let config = SymmetricConfig {
            columns: &shapes,
            depth: config.depth,
            learning_rate: config.learning_rate,
            l2_leaf_reg: config.l2_leaf_reg,
            noise: noise_on_scores(config, rows.residual_size(), data.n_rows(), iteration),
        };
        let (tests, leaves) = rows.grow_symmetric(&config, &mut candidates, random);
        SymmetricTree { tests, leaves }
    };
    Some(((0..config.iterations).take_while(|_| !data.is_stopped()).map(&mut grow).collect(), base))
}

fn candidates(columns: &[Column], model_size_reg: f64) -> Candidates {
    let candidate =
        |column: &Column| CandidateColumn { n_tests: column.thresholds.len(), n_statistics: column.n_statistics() };
    Candidates::new(&columns.iter().map(candidate).collect::<Vec<_>>(), model_size_reg)
}

fn permutation(n_rows: usize, random: &mut SplitMix64) -> Vec<u32> {
    let mut order: Vec<u32> = (0..n_rows as u32).collect();
    for place in (1..n_rows).rev() {
        order.swap(place, (random.next_u64() % (place as u64 + 1)) as usize);
    }
    order
}

impl Course {
    fn new(data: &FitData, columns: &[Column], base: f64, ordered: bool, random: &mut SplitMix64) -> Self {
        let n_rows = data.n_rows();
        let order = permutation(n_rows, random);
        let bins = columns.iter().filter(|column| column.bins.is_none());
        let bins = bins.map(|column| column.ordered_bins(data, &order)).collect();
        let first = if n_rows > 500 { (n_rows / 50).min(100) } else { 1 };
        let doubling = std::iter::successors(Some(first), |size| Some(2 * size));
        let prefixes: Vec<usize> = doubling.take_while(|size| ordered && *size < n_rows).collect();
        let prefixes = if prefixes.is_empty() { vec![n_rows] } else { prefixes };
        let raws = vec![vec![base; n_rows]; prefixes.len()];
        Self { order, bins, prefixes, raws }
    }

    /// Each column's bins in this course.
    fn all_bins<'a>(&'a self, columns: &'a [Column]) -> Vec<&'a [u8]> {
        let mut own = self.bins.iter();
        let bins = |column: &'a Column| match &column.bins {
            Some(bins) => bins.as_slice(),
            None => own.next().map_or(&[] as &[u8], Vec::as_slice),
        };
        columns.iter().map(bins).collect()
    }

    /// What is left of each row's target, from the longest prefix that ends before the row.
    fn residuals(&self, data: &FitData, weights: &[f64]) -> Vec<Stat> {
        let mut stats = vec![Stat::default(); data.n_rows()];
        for (place, row) in self.order.iter().map(|row| *row as usize).enumerate() {
            let prefix = self.prefixes.partition_point(|size| *size <= place).saturating_sub(1);
            stats[row] = Stat { g: weights[row] * (data.target()[row] - self.raws[prefix][row]), h: weights[row] };
        }
        stats
    }

    /// In ordered boosting, for each prefix what its own trees leave of its rows.
    fn prefix_residuals(&self, data: &FitData, weights: &[f64]) -> Vec<Vec<Stat>> {
        let left = |(raw, size): (&Vec<f64>, &usize)| {
            let mut stats = vec![Stat::default(); data.n_rows()];
            for row in self.order[..*size].iter().map(|row| *row as usize) {
                stats[row] = Stat { g: weights[row] * (data.target()[row] - raw[row]), h: weights[row] };
            }
            stats
        };
        let is_whole = |size: &usize| *size == data.n_rows();
        self.raws.iter().zip(&self.prefixes).filter(|(_, size)| !is_whole(size)).map(left).collect()
    }

    fn judged_prefix<'a>(&'a self, prefix: usize, stats: &'a [Stat]) -> Prefix<'a> {
        Prefix { order: &self.order[..self.judging_end(prefix)], n_fitting: self.prefixes[prefix], stats }
    }

    /// Where the rows end that judge a prefix: with the next one.
    fn judging_end(&self, prefix: usize) -> usize {
        self.prefixes.get(prefix + 1).copied().unwrap_or(self.order.len())
    }

    /// Fits a tree's leaves to each prefix and adds them to its predictions up to the end of the next prefix. The last
    /// prefix's leaves are returned.
    fn fit_leaves(
        &mut self,
        config: &BoostConfig,
        data: &FitData,
        weights: &[f64],
        columns: &[Column],
        tests: &[Test],
        decimals: Decimals,
    ) -> Vec<f64> {
        let mut leaf_of = vec![0_usize; data.n_rows()];
        let bins = self.all_bins(columns);
        for (level, test) in tests.iter().enumerate() {
            for (leaf, bin) in leaf_of.iter_mut().zip(bins[test.column]) {
                *leaf |= usize::from(columns[test.column].holds(test.test, *bin)) << level;
            }
        }
        let mut values = Vec::new();
        for (prefix, size) in self.prefixes.iter().copied().enumerate() {
            let raw = &self.raws[prefix];
            let mut sums = vec![Stat::default(); 1 << tests.len()];
            for row in self.order[..size].iter().map(|row| *row as usize) {
                let sum = &mut sums[leaf_of[row]];
                sum.g += weights[row] * (data.target()[row] - raw[row]);
                sum.h += weights[row];
            }
            let value = |sum: &Stat| {
                let divisor = sum.h + config.l2_leaf_reg;
                if divisor > 0.0 { decimals.round(config.learning_rate * sum.g / divisor) } else { 0.0 }
            };
            values = sums.iter().map(value).collect();
            let end = self.judging_end(prefix);
            let raw = &mut self.raws[prefix];
            for row in self.order[..end].iter().map(|row| *row as usize) {
                raw[row] += values[leaf_of[row]];
            }
        }
        values
    }
}

/// The noise on scores: as large as the residuals, and gone when about as much has been learned as there are rows to
/// learn from (as in CatBoost).
fn noise(config: &BoostConfig, stats: &[Stat], weights: &[f64], iteration: usize) -> f64 {
    let squares: f64 = stats.iter().zip(weights).map(|(stat, weight)| stat.g * stat.g / weight).sum();
    let total: f64 = weights.iter().sum();
    noise_on_scores(config, (squares / total).sqrt(), stats.len(), iteration)
}

fn noise_on_scores(config: &BoostConfig, residual_size: f64, n_rows: usize, iteration: usize) -> f64 {
    let left = libm::exp(libm::log(n_rows as f64) - iteration as f64 * config.learning_rate);
    config.random_strength * residual_size * left / (1.0 + left)
}

fn mean_size(leaves: &[f64]) -> f64 {
    leaves.iter().map(|leaf| leaf.abs()).sum::<f64>() / leaves.len() as f64
}

/// Minimal variance sampling (Ibragimov & Gusev 2019): rows with a large gradient are kept for sure, others by chance
/// and with a weight that makes up for it. Rows left out get no weight.
fn sample(stats: &mut [Stat], share: f64, last_mean: Option<f64>, random: &mut SplitMix64) {
    if share >= 1.0 {
        return;
    }
    let n_rows = stats.len() as f64;
    let mean = last_mean.unwrap_or_else(|| stats.iter().map(|stat| stat.g.abs()).sum::<f64>() / n_rows);
    let sizes: Vec<f64> = stats.iter().map(|stat| (stat.g * stat.g + mean * mean).sqrt()).collect();
    let threshold = sampling_threshold(&sizes, share * n_rows);
    for (stat, size) in stats.iter_mut().zip(&sizes) {
        let chance = if *size >= threshold { 1.0 } else { size / threshold };
        let factor = if random.uniform() < chance { 1.0 / chance } else { 0.0 };
        stat.g *= factor;
        stat.h *= factor;
    }
}

/// The threshold at which so many rows are kept on average: those above it, and of those below it a share that is
/// their size by the threshold.
fn sampling_threshold(sizes: &[f64], wanted: f64) -> f64 {
    let mut sorted = sizes.to_vec();
    sorted.sort_unstable_by(|left, right| right.total_cmp(left));
    let mut rest: f64 = sorted.iter().sum();
    for (n_sure, size) in sorted.iter().enumerate() {
        let threshold = rest / (wanted - n_sure as f64).max(f64::MIN_POSITIVE);
        if *size <= threshold || wanted <= n_sure as f64 + 1.0 {
            return threshold;
        }
        rest -= size;
    }
    0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sampling_keeps_the_wished_share_and_the_sums() {
        // Of sizes 8, 1, 1, 2 two rows: the largest for sure, of the others, which add up to 4, one.
        assert_eq!(sampling_threshold(&[8.0, 1.0, 1.0, 2.0], 2.0), 4.0);
        let mut random = SplitMix64::new(3);
        let (mut n_kept, mut sum) = (0, 0.0);
        for _ in 0..200 {
            let mut stats: Vec<Stat> = (0..100).map(|row| Stat { g: f64::from(row % 10), h: 1.0 }).collect();
            sample(&mut stats, 0.8, None, &mut random);
            n_kept += stats.iter().filter(|stat| stat.h > 0.0).count();
            sum += stats.iter().map(|stat| stat.g).sum::<f64>();
        }
        assert!((n_kept as f64 / 200.0 - 80.0).abs() < 1.0, "{n_kept}");
        assert!((sum / 200.0 - 450.0).abs() < 4.0, "{sum}");
    }
}

//! One tree with one test per level, as in CatBoost: tests are chosen greedily by the cosine of the leaves' values and
//! the gradient, over all leaves at once.

use super::records::{Histogram, Records, Span};
use crate::learn::engine::candidates::{Candidates, Noise};
use crate::learn::engine::symmetric::SymmetricTest;
use crate::random::SplitMix64;

/// How a symmetric tree is grown.
pub(crate) struct SymmetricConfig<'a> {
    pub(crate) columns: &'a [SymmetricColumn],
    pub(crate) depth: usize,
    pub(crate) learning_rate: f64,
    pub(crate) l2_leaf_reg: f64,
    /// The standard deviation of the noise added to scores.
    pub(crate) noise: f64,
}

/// The possible tests of a column.
pub(crate) struct SymmetricColumn {
    pub(crate) n_bins: usize,
    pub(crate) n_tests: usize,
    /// Test `t` holds in bin `t` only, instead of in all bins above it.
    pub(crate) is_category: bool,
}

/// A leaf of the growing tree; bit `k` of its number tells whether the test of level `k` holds.
struct Leaf {
    number: usize,
    span: Span,
    histogram: Histogram,
}

pub(super) fn grow<const N: usize>(
    records: &mut Records<N>,
    config: &SymmetricConfig<'_>,
    candidates: &mut Candidates,
    random: &mut SplitMix64,
) -> (Vec<SymmetricTest>, Vec<f64>) {
    let root = records.all();
    let mut leaves = vec![Leaf { number: 0, histogram: records.histogram(&root), span: root }];
    let mut tests: Vec<SymmetricTest> = Vec::with_capacity(config.depth);
    let mut noise = Noise::new(config.noise);
    for level in 0..config.depth {
        let scores = scores(records, config, &leaves);
        let score = |column: usize, tests: &mut Vec<(f64, f64)>| tests.extend_from_slice(&scores[column]);
        let Some(test) = candidates.choose(&mut noise, random, score) else { break };
        let is_category = config.columns[test.column].is_category;
        let holds = |bin: u8| if is_category { usize::from(bin) == test.test } else { usize::from(bin) > test.test };
        let (bundle, fails) = records.bundles.table(test.column, |bin| !holds(bin));
        let spans: Vec<Span> = leaves.iter().map(|leaf| leaf.span.clone()).collect();
        let n_first = records.partition_all(&spans, bundle, &fails);
        // A test that splits no leaf ends the growth.
        if !spans.iter().zip(&n_first).any(|(span, n_first)| (1..span.range.len()).contains(n_first)) {
            break;
        }
        leaves = children(records, leaves, &n_first, level, level + 1 < config.depth);
        tests.push(test);
    }
    let mut values = vec![0.0; 1 << tests.len()];
    let fitted: Vec<(Span, f64)> = leaves
        .into_iter()
        .map(|Leaf { number, span, .. }| {
            let (g, n) = records.sum(&span);
            let value = records.round(config.learning_rate * g / (f64::from(n) + config.l2_leaf_reg));
            values[number] = value;
            (span, value)
        })
        .collect();
    records.finish(&fitted);
    (tests, values)
}

/// The leaves after a test, without empty ones. Histograms are computed only if there is another level.
fn children<const N: usize>(
    records: &Records<N>,
    leaves: Vec<Leaf>,
    n_first: &[usize],
    level: usize,
    has_next: bool,
) -> Vec<Leaf> {
    let children_of: Vec<(Span, Span)> =
        leaves.iter().zip(n_first).map(|(leaf, n_first)| leaf.span.split_at(*n_first)).collect();
    let smaller = |(fails, holds): &(Span, Span)| {
        if fails.range.len() <= holds.range.len() { fails.clone() } else { holds.clone() }
    };
    let counted =
        if has_next { records.histograms(&children_of.iter().map(smaller).collect::<Vec<_>>()) } else { Vec::new() };
    let mut counted = counted.into_iter();
    let mut children = Vec::with_capacity(2 * leaves.len());
    for (leaf, (fails, holds)) in leaves.into_iter().zip(children_of) {
        let (mut of_failing, mut of_holding) = (leaf.histogram, counted.next().unwrap_or_default());
        for (larger, smaller) in of_failing.iter_mut().flatten().zip(of_holding.iter().flatten()) {
            *larger -= smaller;
        }
        if fails.range.len() <= holds.range.len() {
            std::mem::swap(&mut of_failing, &mut of_holding);
        }
        children.push(Leaf { number: leaf.number, span: fails, histogram: of_failing });
        children.push(Leaf { number: leaf.number | 1 << level, span: holds, histogram: of_holding });
    }
    children.retain(|leaf| !leaf.span.range.is_empty());
    children
}

/// For each column's tests the scalar product of their leaves' values with the gradient, and the values' squared norm.
fn scores<const N: usize>(records: &Records<N>, config: &SymmetricConfig<'_>, leaves: &[Leaf]) -> Vec<Vec<(f64, f64)>> {
    let mut scores: Vec<Vec<(f64, f64)>> =
        config.columns.iter().map(|column| vec![(0.0, 0.0); column.n_tests]).collect();
    let mut sums = Vec::new();
    for leaf in leaves {
        records.bundles.unbundle(&leaf.histogram, &mut sums);
        let mut rest = &sums[..];
        for (column, scores) in config.columns.iter().zip(&mut scores) {
            let (own, others) = rest.split_at(column.n_bins);
            rest = others;
            let bins: Vec<(f64, f64)> = own
                .iter()
                .map(|packed| {
                    let (g, n) = records.unpack(*packed);
                    (g, f64::from(n))
                })
                .collect();
            add_scores(column, &bins, config.l2_leaf_reg, scores);
        }
    }
    scores
}

/// Adds the contribution of one leaf to the scores of a column's tests.
fn add_scores(column: &SymmetricColumn, bins: &[(f64, f64)], l2: f64, scores: &mut [(f64, f64)]) {
    let total = bins.iter().fold((0.0, 0.0), |(g, h), bin| (g + bin.0, h + bin.1));
    let share = |(g, h): (f64, f64)| {
        if h > 0.0 {
            let value = g / (h + l2);
            (value * g, value * value * h)
        } else {
            (0.0, 0.0)
        }
    };
    let mut side = (0.0, 0.0);
    for (bin, score) in bins.iter().zip(scores) {
        side = if column.is_category { *bin } else { (side.0 + bin.0, side.1 + bin.1) };
        let (this, other) = (share(side), share((total.0 - side.0, total.1 - side.1)));
        score.0 += this.0 + other.0;
        score.1 += this.1 + other.1;
    }
}

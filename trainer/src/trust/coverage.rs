//! The coverage of intervals on rows that were not used for training.

use model_core::{Coverage, GroupCoverage, Predictor, Value};
use rayon::prelude::*;
use serde::Serialize;

use crate::folds::preprocess::RowReader;
use crate::metrics::each;
use crate::table::row_idx::{BLOCK_ROWS, RowIdx, weights_of};
use crate::table::{ColumnData, Table};

/// The reported levels, in percent.
pub(crate) const LEVELS: [f64; 4] = [50.0, 80.0, 90.0, 95.0];
/// Groups with fewer rows are not shown.
const MIN_ROWS: usize = 10;

/// The coverage: the share of rows whose target lies within their interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Covered {
    /// The intervals' level, in percent.
    pub level: f64,
    /// The share, from 0 to 1.
    pub share: f64,
    /// The lower end of the share's own 95 % interval (Wilson 1927).
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

impl Covered {
    /// The weighted share of covered rows; without any rows it is unknown. Rows with unequal weights have a smaller
    /// effective sample size (Kish 1965).
    #[must_use]
    pub fn new(level: f64, is_covered: impl Iterator<Item = (bool, f64)>) -> Self {
        let (mut count, mut covered, mut squares) = (0.0, 0.0, 0.0);
        for (is, weight) in is_covered {
            count += weight;
            covered += weight * f64::from(u8::from(is));
            squares += weight * weight;
        }
        let each = if squares > 0.0 { count / squares } else { 1.0 };
        let (share, low, high) = wilson(covered * each, count * each);
        Self { level, share, low, high }
    }

    /// A known share of `n` rows.
    #[must_use]
    pub(crate) fn of_share(level: f64, share: f64, n: usize) -> Self {
        let (share, low, high) = wilson((share * n as f64).round(), n as f64);
        Self { level, share, low, high }
    }

    /// The difference of the share from the level, in percentage points.
    #[must_use]
    pub fn gap(&self) -> f64 {
        (100.0 * self.share - self.level).abs()
    }

    /// Whether the level lies outside of the share's interval: then the difference is significant.
    #[must_use]
    pub fn is_off(&self) -> bool {
        let level = self.level / 100.0;
        level < self.low || level > self.high
    }
}

/// A share with its 95 % Wilson interval.
fn wilson(n_of: f64, n: f64) -> (f64, f64, f64) {
    if n == 0.0 {
        return (0.0, 0.0, 1.0);
    }
    let (share, z) = (n_of / n, 1.96);
    let centre = (share + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    (share, (centre - half).max(0.0), (centre + half).min(1.0))
}

/// The results for a block of rows.
struct Block {
    /// One bit per level for each row: whether the interval contains the target.
    covered: Vec<u8>,
    widths: [f64; LEVELS.len()],
}

/// The coverage over all `rows`, one per level that the predictor can guarantee, and over those of each category; empty
/// for a predictor without intervals.
#[must_use]
pub fn coverage<R: RowIdx>(predictor: &Predictor, table: &Table, rows: &[R]) -> (Vec<Coverage>, Vec<GroupCoverage>) {
    let Some((covered, widths)) = covered_rows(predictor, table, rows) else { return (Vec::new(), Vec::new()) };
    let weights = weights_of(table, rows);
    let all = counted(&covered, weights.as_deref(), |_| 0, 1)[0];
    let of_level = |(level_idx, level): (usize, f64)| Coverage {
        level,
        share: all.share(level_idx),
        width: widths[level_idx] / all.count,
    };
    let mut groups = Vec::new();
    for column in &table.columns {
        let ColumnData::Categorical { values, codes } = &column.data else { continue };
        // Blanks are the last group, which is not shown.
        let group_of = |position: usize| (codes[rows[position].to_usize()] as usize).min(values.len());
        for (group, value) in counted(&covered, weights.as_deref(), group_of, values.len() + 1).iter().zip(values) {
            if group.n >= MIN_ROWS {
                groups.push(GroupCoverage {
                    column: column.name.clone(),
                    value: value.clone(),
                    n: group.n,
                    shares: (0..promised(predictor).len()).map(|level_idx| group.share(level_idx)).collect(),
                });
            }
        }
    }
    (promised(predictor).iter().copied().enumerate().map(of_level).collect(), groups)
}

/// The levels of [`LEVELS`] that the intervals support.
pub(crate) fn promised(predictor: &Predictor) -> &'static [f64] {
    let most = predictor.levels().map_or(0.0, |levels| levels.max);
    &LEVELS[..LEVELS.partition_point(|level| *level <= most)]
}

/// For each row one bit per level, whether its interval contains the target, and the weighted sum of widths at each
/// level; `None` for a predictor without intervals.
pub(crate) fn covered_rows<R: RowIdx>(
    predictor: &Predictor,
    table: &Table,
    rows: &[R],
) -> Option<(Vec<u8>, [f64; LEVELS.len()])> {
    let blocks = rows.par_chunks(BLOCK_ROWS).map(|rows| Block::new(predictor, table, rows));
    let blocks = blocks.collect::<Option<Vec<Block>>>()?;
    let mut widths = [0.0; LEVELS.len()];
    for block in &blocks {
        for (sum, width) in widths.iter_mut().zip(block.widths) {
            *sum += width;
        }
    }
    Some((blocks.into_iter().flat_map(|block| block.covered).collect(), widths))
}

impl Block {
    fn new<R: RowIdx>(predictor: &Predictor, table: &Table, rows: &[R]) -> Option<Self> {
        let reader = RowReader::new(predictor.schema(), table);
        let mut values = vec![Value::Missing; table.columns.len()];
        let mut features = vec![0.0; predictor.preprocessor().n_features()];
        let mut block = Self { covered: Vec::with_capacity(rows.len()), widths: [0.0; LEVELS.len()] };
        for row in rows {
            let row = row.to_usize();
            reader.read(row, &mut values);
            let prediction = predictor.predict_values(&values, &mut features);
            let mut covered = 0;
            let weight = table.weights.as_ref().map_or(1.0, |weights| weights[row]);
            for (level_idx, level) in LEVELS.into_iter().enumerate() {
                let interval = predictor.interval_of(&values, prediction, level)?;
                covered |= u8::from(interval.contains(table.target[row])) << level_idx;
                block.widths[level_idx] += weight * (interval.high - interval.low);
            }
            block.covered.push(covered);
        }
        Some(block)
    }
}

/// The number of rows, their weight, and the covered weight at each level.
#[derive(Clone, Copy, Default)]
struct Counted {
    n: usize,
    count: f64,
    covered: [f64; LEVELS.len()],
}

impl Counted {
    fn share(&self, level_idx: usize) -> f64 {
        if self.n == 0 { 0.0 } else { self.covered[level_idx] / self.count }
    }
}

fn counted(
    covered: &[u8],
    weights: Option<&[f64]>,
    group_of: impl Fn(usize) -> usize,
    n_groups: usize,
) -> Vec<Counted> {
    let mut groups = vec![Counted::default(); n_groups];
    for ((position, covered), weight) in covered.iter().enumerate().zip(each(weights)) {
        let group = &mut groups[group_of(position)];
        group.n += 1;
        group.count += weight;
        for (level, sum) in group.covered.iter_mut().enumerate() {
            *sum += if covered >> level & 1 == 1 { weight } else { 0.0 };
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_their_intervals_worked_by_hand() {
        // 8 of 10: scipy.stats.binomtest(8, 10).proportion_ci(method="wilson") gives 0.490162, 0.943318.
        let covered = Covered::new(90.0, (0..10).map(|row| (row < 8, 1.0)));
        assert_eq!((covered.share, covered.gap(), covered.is_off()), (0.8, 10.0, false));
        assert!((covered.low - 0.490_162).abs() < 1e-5 && (covered.high - 0.943_318).abs() < 1e-5, "{covered:?}");
        assert!(Covered::new(90.0, (0..1_000).map(|row| (row < 800, 1.0))).is_off());
        assert_eq!(Covered::new(50.0, std::iter::empty()).high, 1.0);
        // Ten rows of equal weight count as ten; if one of them has weight 100, they count as hardly more than one.
        let weighted =
            |weight: f64| Covered::new(90.0, (0..10).map(|row| (row < 8, if row == 0 { weight } else { 0.3 })));
        let equal = weighted(0.3);
        assert!((equal.share - 0.8).abs() < 1e-12 && (equal.low - covered.low).abs() < 1e-12, "{equal:?}");
        let heavy = weighted(30.0);
        assert!((heavy.share - 32.1 / 32.7).abs() < 1e-12 && heavy.low < 0.25, "{heavy:?}");
    }
}

//! The tests of symmetric trees: numbers by threshold, columns of few categories by single category, and other
//! categories by ordered statistics of the target.
//!
//! A row's ordered statistic uses only the rows before it in a random permutation, so that it does not depend on the
//! row's own target (Prokhorenkova et al. 2018, section 3). The model keeps the statistics over all training rows.

use model_core::{ColumnKind, SymmetricInput};

use super::params::Params;
use crate::folds::binned::BinnedColumn;
use crate::folds::column_features::ColumnFeatures;
use crate::folds::fit_data::FitData;
use crate::learn::decimals::Decimals;

/// A category with fewer rows has no statistic, neither in training nor in the model: the mean of a single row would
/// disclose that row's target. It is treated as unseen instead.
const MIN_ROWS_FOR_STATISTIC: usize = 10;
/// The number of tests of a column of statistics, evenly spaced as in CatBoost, whether or not statistics lie between
/// them.
const N_STATISTIC_TESTS: usize = 15;
/// They span this number of standard deviations on both sides of the target's mean. CatBoost's statistic is the share
/// of rows in the target's upper half, and its tests span 0 to 1; for normal scores a mean that is one standard
/// deviation higher increases this share by about 0.4, so that these tests are equally fine. (The target's range would
/// disclose its extremes, each the score of one row.)
const STATISTIC_SPREAD: f64 = 1.25;

/// A column's bins and its tests.
pub(super) struct Column {
    /// The bin of each row; `None` for a column of statistics, whose bins depend on the permutation.
    pub(super) bins: Option<Vec<u8>>,
    pub(super) n_bins: usize,
    /// Test `t` holds in bin `t` only, instead of in all bins above it.
    pub(super) is_category: bool,
    /// The threshold or category of each test.
    pub(super) thresholds: Vec<f64>,
    /// How the model encodes the column.
    pub(super) input: SymmetricInput,
    statistic: Option<Statistic>,
}

/// The inputs of a column's ordered statistics.
struct Statistic {
    /// The category of each row; blanks form a category.
    categories: Vec<u32>,
    /// Whether each category has enough rows for a statistic.
    is_frequent: Vec<bool>,
    prior: f64,
    prior_weight: f64,
}

/// A category's weighted sum of targets and sum of weights.
#[derive(Clone, Copy, Default)]
struct TargetSum {
    sum: f64,
    weight: f64,
}

pub(super) fn columns(data: &FitData, params: &Params, decimals: Decimals) -> Vec<Column> {
    let binned = data.binned(false);
    let kinds = data.schema().columns.iter().map(|column| &column.kind);
    let read = |(column_idx, kind): (usize, &ColumnKind)| match kind {
        ColumnKind::Numeric { .. } => Column::numeric(&binned.columns[column_idx]),
        ColumnKind::Categorical { values, .. } if values.len() <= params.one_hot_max_size => {
            Column::one_hot(&binned.columns[column_idx])
        }
        ColumnKind::Categorical { values, .. } => {
            Column::statistic(data, column_idx, values.len(), params.prior_weight, decimals)
        }
    };
    kinds.enumerate().map(read).collect()
}

impl Column {
    fn numeric(column: &BinnedColumn) -> Self {
        let (bins, thresholds) = if let Some(blank) = column.blank {
            // Blanks come first, and the first test separates them from every number.
            let bins = column.bins.iter().map(|bin| if *bin == blank { 0 } else { bin + 1 }).collect();
            (bins, std::iter::once(f64::MIN).chain(column.thresholds()).take(column.n_values()).collect())
        } else {
            (column.bins.clone(), column.thresholds())
        };
        Self {
            bins: Some(bins),
            n_bins: column.n_bins,
            is_category: false,
            thresholds,
            input: SymmetricInput::Number,
            statistic: None,
        }
    }

    fn one_hot(column: &BinnedColumn) -> Self {
        // Two bins need one test, and one bin needs none.
        let n_tests = if column.n_bins <= 2 { column.n_bins.saturating_sub(1) } else { column.n_values() };
        Self {
            bins: Some(column.bins.clone()),
            n_bins: column.n_bins,
            is_category: true,
            thresholds: column.lower[..n_tests.min(column.n_values())].to_vec(),
            input: SymmetricInput::Category,
            statistic: None,
        }
    }

    fn statistic(data: &FitData, column_idx: usize, n_values: usize, prior_weight: f64, decimals: Decimals) -> Self {
        let code = |cell: &f64| if cell.is_nan() { n_values as u32 } else { *cell as u32 };
        let categories: Vec<u32> = match data.column_features(column_idx, false) {
            ColumnFeatures::Coded(features, codes) => {
                data.rows().iter().map(|row| code(&features[usize::from(codes[*row as usize])])).collect()
            }
            ColumnFeatures::Plain(features) => features.iter().map(code).collect(),
        };
        let weight = |row: usize| data.weights().map_or(1.0, |weights| weights[row]);
        let mut n_rows = vec![0_usize; n_values + 1];
        let mut sums = vec![TargetSum::default(); n_values + 1];
        let mut all = TargetSum::default();
        for (row, category) in categories.iter().enumerate() {
            n_rows[*category as usize] += data.counts().map_or(1, |counts| counts[row] as usize);
            sums[*category as usize].add(data.target()[row], weight(row));
            all.add(data.target()[row], weight(row));
        }
        let prior = all.sum / all.weight;
        let is_frequent: Vec<bool> = n_rows.iter().map(|n_rows| *n_rows >= MIN_ROWS_FOR_STATISTIC).collect();
        let mut values: Vec<f64> = sums
            .iter()
            .zip(&is_frequent)
            .map(|(sum, is_frequent)| {
                decimals.round(if *is_frequent { sum.smoothed(prior, prior_weight) } else { prior })
            })
            .collect();
        let squares =
            data.target().iter().enumerate().map(|(row, target)| weight(row) * ((target - prior) * (target - prior)));
        let spread = STATISTIC_SPREAD * (squares.sum::<f64>() / all.weight).sqrt();
        let threshold = |test: usize| prior + spread * (2.0 * (test + 1) as f64 / N_STATISTIC_TESTS as f64 - 1.0);
        let thresholds = (0..N_STATISTIC_TESTS).map(|test| decimals.finer().round(threshold(test))).collect();
        let blank = values.pop().unwrap_or(prior);
        let input = SymmetricInput::Statistic { values, blank, unseen: decimals.round(prior) };
        let statistic = Some(Statistic { categories, is_frequent, prior, prior_weight });
        Self { bins: None, n_bins: N_STATISTIC_TESTS + 1, is_category: false, thresholds, input, statistic }
    }

    /// The number of categories encoded by statistics.
    pub(super) fn n_statistics(&self) -> usize {
        self.statistic.as_ref().map_or(0, |statistic| statistic.is_frequent.len() - 1)
    }

    /// The rows' bins, with statistics in the order of `permutation`.
    pub(super) fn ordered_bins(&self, data: &FitData, permutation: &[u32]) -> Vec<u8> {
        let Some(statistic) = &self.statistic else { return Vec::new() };
        let mut sums = vec![TargetSum::default(); statistic.is_frequent.len()];
        let mut bins = vec![0; statistic.categories.len()];
        for row in permutation.iter().map(|row| *row as usize) {
            let category = statistic.categories[row] as usize;
            let value = if statistic.is_frequent[category] {
                sums[category].smoothed(statistic.prior, statistic.prior_weight)
            } else {
                statistic.prior
            };
            bins[row] =
                u8::try_from(self.thresholds.partition_point(|threshold| *threshold < value)).unwrap_or(u8::MAX);
            sums[category].add(data.target()[row], data.weights().map_or(1.0, |weights| weights[row]));
        }
        bins
    }
}

impl TargetSum {
    fn add(&mut self, target: f64, weight: f64) {
        self.sum += weight * target;
        self.weight += weight;
    }

    /// The mean, smoothed with `prior_weight` rows of the prior.
    fn smoothed(self, prior: f64, prior_weight: f64) -> f64 {
        (self.sum + prior_weight * prior) / (self.weight + prior_weight)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::test_data::data_of_columns;
    use crate::table::ColumnData;

    /// Ten rows of school a with scores 1 to 10, ten of b with 11 to 20, and one of c with `rare`.
    fn data(rare: f64) -> FitData {
        let codes = (0..21).map(|row| row / 10).collect();
        let schools = ColumnData::Categorical { values: vec!["a".into(), "b".into(), "c".into()], codes };
        let target: Vec<f64> = (1..=20).map(f64::from).chain([rare]).collect();
        data_of_columns(vec![("school", schools)], &target, None)
    }

    fn columns_of(data: &FitData, one_hot_max_size: usize) -> Vec<Column> {
        columns(data, &Params { one_hot_max_size, ..Params::default() }, Decimals::new(2))
    }

    #[test]
    fn statistics_worked_by_hand() {
        // The prior is the mean, 10.5: (55 + 10.5) / 11 and (155 + 10.5) / 11, and the prior for c and for blanks.
        let data = data(10.5);
        let columns = columns_of(&data, 2);
        let expected = SymmetricInput::Statistic { values: vec![5.95, 15.05, 10.5], blank: 10.5, unseen: 10.5 };
        assert_eq!(columns[0].input, expected);
        // 1.25 standard deviations are 7.034; there are fifteen tests, the last at the end of the span.
        let thresholds = &columns[0].thresholds;
        assert_eq!((thresholds.len(), thresholds[0], thresholds[6], thresholds[14]), (15, 4.404, 10.031, 17.534));
        let order: Vec<u32> = (0..21).collect();
        let bins = columns[0].ordered_bins(&data, &order);
        // School a: 10.5, (1 + 10.5) / 2 = 5.75, …; school b: 10.5, (11 + 10.5) / 2 = 10.75, …; c has no statistic.
        assert_eq!((&bins[..3], &bins[10..12], bins[20]), (&[7, 2, 1][..], &[7, 7][..], 7));
    }

    #[test]
    fn a_category_of_one_row_does_not_show_its_target() {
        let value_of_c = |rare: f64| {
            let columns = columns_of(&data(rare), 2);
            let SymmetricInput::Statistic { values, unseen, .. } = &columns[0].input else { panic!("a statistic") };
            assert_eq!(values[2], *unseen);
            values[2]
        };
        assert!((value_of_c(90.0) - 90.0).abs() > 70.0);
    }

    #[test]
    fn few_values_are_tested_one_by_one() {
        let columns = columns_of(&data(10.5), 3);
        assert_eq!(columns[0].input, SymmetricInput::Category);
        assert_eq!(columns[0].thresholds, [0.0, 1.0, 2.0]);
    }
}

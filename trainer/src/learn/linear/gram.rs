//! Sums of products of all pairs of features, in one pass over the rows.
//!
//! A one-hot row has one entry per column. Only the products of those entries are summed, so a row of 7 columns costs
//! 28 products whatever the number of categories. Rows are summed in blocks, and blocks in a fixed order, so that the
//! result is the same with any number of threads.

use model_core::{ColumnEncoding, ColumnKind, Encoding, Value};
use ndarray::{Array1, Array2};
use rayon::prelude::*;

use crate::folds::fit_data::{Features, FitData};
use crate::table::row_idx::BLOCK_ROWS;

/// Products of the centred, weighted features with each other and with the centred target.
pub(super) struct Gram {
    pub(super) products: Array2<f64>,
    pub(super) with_target: Array1<f64>,
    pub(super) feature_means: Array1<f64>,
    pub(super) target_mean: f64,
}

/// The sums over a block of rows; the last two features are the target and the constant 1.
struct Sums {
    width: usize,
    products: Vec<f64>,
}

/// Blocks whose sums are kept before they are added: limits the memory with many features.
const BLOCKS_AT_ONCE: usize = 16;

impl Gram {
    pub(super) fn new(data: &FitData) -> Self {
        let n_features = data.preprocessor(Features::OneHot).n_features();
        let width = n_features + 2;
        // Sums of numbers near zero lose the fewest digits; any constant near the mean suffices.
        let shift = (0..data.n_rows().min(BLOCK_ROWS)).map(|row| data.target_at(row)).sum::<f64>()
            / data.n_rows().clamp(1, BLOCK_ROWS) as f64;
        let mut total = Sums::new(width);
        let starts: Vec<usize> = (0..data.n_rows()).step_by(BLOCK_ROWS).collect();
        for starts in starts.chunks(BLOCKS_AT_ONCE) {
            let blocks: Vec<Sums> = starts.par_iter().map(|start| Sums::of_block(data, width, *start, shift)).collect();
            for block in &blocks {
                total.add(block);
            }
        }
        let n = total.at(width - 1, width - 1);
        let mean = |feature: usize| total.at(feature, width - 1) / n;
        let centred = |left: usize, right: usize| total.at(left, right) - n * mean(left) * mean(right);
        Self {
            products: Array2::from_shape_fn((n_features, n_features), |(left, right)| {
                centred(left.min(right), left.max(right))
            }),
            with_target: (0..n_features).map(|feature| centred(feature, n_features)).collect(),
            feature_means: (0..n_features).map(mean).collect(),
            target_mean: shift + mean(n_features),
        }
    }
}

impl Sums {
    fn new(width: usize) -> Self {
        Self { width, products: vec![0.0; width * width] }
    }

    fn of_block(data: &FitData, width: usize, start: usize, shift: f64) -> Self {
        let mut sums = Self::new(width);
        let end = (start + BLOCK_ROWS).min(data.n_rows());
        let entries = Entries::new(data);
        // Feature and value of each entry of the row, of the target and of the 1.
        let mut row_entries: Vec<(usize, f64)> = vec![(0, 0.0); entries.columns.len() + 2];
        let mut row_idx = start;
        data.each_row(&data.rows()[start..end], |values| {
            entries.of_row(values, &mut row_entries);
            let weight = data.weights().map_or(1.0, |weights| weights[row_idx]);
            let n_columns = entries.columns.len();
            row_entries[n_columns] = (width - 2, data.target_at(row_idx) - shift);
            row_entries[n_columns + 1] = (width - 1, 1.0);
            for (first, (left, value)) in row_entries.iter().enumerate() {
                let sums = &mut sums.products[left * width..(left + 1) * width];
                let weighted = weight * value;
                for (right, value) in &row_entries[first..] {
                    sums[*right] += weighted * value;
                }
            }
            row_idx += 1;
        });
        sums
    }

    fn add(&mut self, other: &Self) {
        for (sum, other) in self.products.iter_mut().zip(&other.products) {
            *sum += other;
        }
    }

    /// The sum of products of two features; `left` must not come after `right`.
    fn at(&self, left: usize, right: usize) -> f64 {
        self.products[left * self.width + right]
    }
}

/// The one entry of each column of a one-hot row.
struct Entries {
    columns: Vec<ColumnEntry>,
}

enum ColumnEntry {
    Number { feature: usize, median: f64, mean: f64, scale: f64 },
    Category { first: usize, mode: usize, values: Vec<f64> },
}

impl Entries {
    fn new(data: &FitData) -> Self {
        let preprocessor = data.preprocessor(Features::OneHot);
        let Encoding::OneHot(encodings) = &preprocessor.encoding else { return Self { columns: Vec::new() } };
        let mut feature = 0;
        let entry = |(encoding, column): (&ColumnEncoding, &model_core::Column)| {
            let first = feature;
            feature += encoding.n_features();
            match (encoding, &column.kind) {
                (ColumnEncoding::Scaled { mean, scale }, ColumnKind::Numeric { median, .. }) => {
                    ColumnEntry::Number { feature: first, median: *median, mean: *mean, scale: *scale }
                }
                (ColumnEncoding::OneHot { scales }, ColumnKind::Categorical { mode, .. }) => ColumnEntry::Category {
                    first,
                    mode: *mode as usize,
                    values: scales.iter().map(|scale| 1.0 / scale).collect(),
                },
                _ => ColumnEntry::Category { first, mode: 0, values: Vec::new() },
            }
        };
        Self { columns: encodings.iter().zip(&preprocessor.schema.columns).map(entry).collect() }
    }

    fn of_row(&self, values: &[Value], entries: &mut [(usize, f64)]) {
        for ((column, value), entry) in self.columns.iter().zip(values).zip(entries) {
            *entry = match column {
                ColumnEntry::Number { feature, median, mean, scale } => {
                    let number = if let Value::Number(number) = value { *number } else { *median };
                    (*feature, (number - mean) / scale)
                }
                ColumnEntry::Category { first, mode, values } => {
                    let code = match value {
                        Value::Category(code) => *code as usize,
                        Value::Missing => *mode,
                        // No category matches: all indicators are zero.
                        Value::Number(_) | Value::Unseen => usize::MAX,
                    };
                    values.get(code).map_or((*first, 0.0), |value| (first + code, *value))
                }
            };
        }
    }
}

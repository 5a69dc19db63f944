//! Columns in at most 256 bins each, computed once per fold and shared by every tree of every candidate.
//!
//! A column with up to 255 distinct numbers has a bin for each; with more it is cut at quantiles. The one-hot columns
//! of a categorical column are a single binned column here: a bin is a category.

use ndarray::{Array2, ArrayView1};
use rayon::prelude::*;

use super::column_features::ColumnFeatures;
use crate::table::row_idx::{BLOCK_ROWS, count_by_code};

/// The maximal number of bins of a column, excluding the one for blanks.
pub(super) const MAX_BINS: usize = 255;

/// All columns of a set of rows.
#[derive(Debug, Clone)]
pub struct Binned {
    /// One per column of the schema.
    pub columns: Vec<BinnedColumn>,
    /// How many rows there are.
    pub n_rows: usize,
    /// The offset of each column's bins in a histogram over all columns, and finally the total.
    pub offsets: Vec<usize>,
}

/// One column.
#[derive(Debug, Clone)]
pub struct BinnedColumn {
    /// The bin of each row.
    pub bins: Vec<u8>,
    /// The number of bins, including the one for blanks.
    pub n_bins: usize,
    /// Whether bins are unordered categories instead of intervals of numbers.
    pub is_categorical: bool,
    /// The smallest number in each bin, or the code of its category (NaN for a bin of several rare ones).
    pub lower: Vec<f64>,
    /// The largest number in each bin.
    pub upper: Vec<f64>,
    /// The bin of blank rows, if there are any: the last one.
    pub blank: Option<u8>,
}

impl Binned {
    /// Bins natively encoded features.
    pub(crate) fn of_features(native: &Array2<f64>, is_categorical: &[bool]) -> Self {
        let bin = |(column, is_categorical): (ArrayView1<'_, f64>, &bool)| {
            let column = column.to_vec();
            if *is_categorical {
                BinnedColumn::categorical(&column, None)
            } else {
                BinnedColumn::numeric(&column, None)
            }
        };
        let columns = native.columns().into_iter().zip(is_categorical).map(bin).collect();
        Self::of_columns(columns, native.nrows())
    }

    pub(super) fn of_columns(columns: Vec<BinnedColumn>, n_rows: usize) -> Self {
        let mut offsets = vec![0];
        for column in &columns {
            offsets.push(offsets[offsets.len() - 1] + column.n_bins);
        }
        Self { n_rows, columns, offsets }
    }

    /// The total number of bins.
    #[must_use]
    pub fn n_bins(&self) -> usize {
        self.offsets[self.columns.len()]
    }
}

impl BinnedColumn {
    /// Bins the given rows of a table's column.
    /// If the rows are cells, `counts` has the number of rows that each stands for.
    pub(super) fn of_column(
        column: ColumnFeatures<'_>,
        rows: &[u32],
        is_categorical: bool,
        counts: Option<&[f64]>,
    ) -> Self {
        let features = match column {
            ColumnFeatures::Coded(features, codes) => match Self::coded(&features, codes, rows, is_categorical) {
                Some(column) => return column,
                None => rows.iter().map(|row| features[usize::from(codes[*row as usize])]).collect(),
            },
            ColumnFeatures::Plain(features) => features,
        };
        if is_categorical { Self::categorical(&features, counts) } else { Self::numeric(&features, counts) }
    }

    /// Bins the given rows by their codes, without sorting them; `features` has the feature of each code. `None` if
    /// there are more distinct features than bins.
    fn coded(features: &[f64], codes: &[u8], rows: &[u32], is_categorical: bool) -> Option<Self> {
        let counts = count_by_code(codes, rows);
        let is_present = |code: usize| counts[code] > 0;
        let mut distinct: Vec<f64> = features
            .iter()
            .enumerate()
            .filter_map(|(code, feature)| (is_present(code) && !feature.is_nan()).then_some(*feature))
            .collect();
        distinct.sort_unstable_by(f64::total_cmp);
        distinct.dedup();
        if distinct.len() > MAX_BINS {
            return None;
        }
        let blank_bin = u8::try_from(distinct.len()).unwrap_or(u8::MAX);
        let bin = |feature: &f64| {
            if feature.is_nan() { blank_bin } else { distinct.partition_point(|other| other < feature) as u8 }
        };
        let mut bin_of = [blank_bin; 256];
        for (bin_of, feature) in bin_of.iter_mut().zip(features) {
            *bin_of = bin(feature);
        }
        let has_blank = features.iter().enumerate().any(|(code, feature)| is_present(code) && feature.is_nan());
        let mut bins = vec![0; rows.len()];
        bins.par_chunks_mut(BLOCK_ROWS).zip(rows.par_chunks(BLOCK_ROWS)).for_each(|(bins, rows)| {
            for (bin, row) in bins.iter_mut().zip(rows) {
                *bin = bin_of[usize::from(codes[*row as usize])];
            }
        });
        Some(Self {
            bins,
            n_bins: distinct.len() + usize::from(has_blank),
            is_categorical,
            lower: distinct.clone(),
            upper: distinct,
            blank: has_blank.then_some(blank_bin),
        })
    }

    fn numeric(cells: &[f64], counts: Option<&[f64]>) -> Self {
        let counted = counted(cells, counts);
        let (lower, upper) = if counted.len() <= MAX_BINS {
            let distinct: Vec<f64> = counted.iter().map(|(number, _)| *number).collect();
            (distinct.clone(), distinct)
        } else {
            quantile_bins(&counted)
        };
        let bin_of = |cell: f64| upper.partition_point(|upper| *upper < cell);
        Self::new(cells, lower, upper.clone(), false, bin_of)
    }

    fn categorical(cells: &[f64], counts: Option<&[f64]>) -> Self {
        let mut counted = counted(cells, counts);
        let has_rest = counted.len() > MAX_BINS;
        if has_rest {
            // The most frequent ones have a bin each, the others share one.
            counted.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
            counted.truncate(MAX_BINS - 1);
            counted.sort_by(|left, right| left.0.total_cmp(&right.0));
        }
        let codes: Vec<f64> = counted.iter().map(|(code, _)| *code).collect();
        let mut lower = codes.clone();
        if has_rest {
            lower.push(f64::NAN);
        }
        let bin_of = |cell: f64| codes.binary_search_by(|code| code.total_cmp(&cell)).unwrap_or(codes.len());
        Self::new(cells, lower.clone(), lower, true, bin_of)
    }

    fn new(
        cells: &[f64],
        lower: Vec<f64>,
        upper: Vec<f64>,
        is_categorical: bool,
        bin_of: impl Fn(f64) -> usize,
    ) -> Self {
        let n_values = lower.len();
        let blank_bin = u8::try_from(n_values).unwrap_or(u8::MAX);
        let bin = |cell: &f64| if cell.is_nan() { blank_bin } else { u8::try_from(bin_of(*cell)).unwrap_or(u8::MAX) };
        let bins: Vec<u8> = cells.iter().map(bin).collect();
        let blank = cells.iter().any(|cell| cell.is_nan()).then_some(blank_bin);
        Self { bins, n_bins: n_values + usize::from(blank.is_some()), is_categorical, lower, upper, blank }
    }

    /// A threshold between each two neighbouring bins of numbers.
    #[must_use]
    pub fn thresholds(&self) -> Vec<f64> {
        let between = |(upper, lower): (&f64, &f64)| {
            // The midpoint of adjacent floats is rounded to one of them.
            let middle = f64::midpoint(*upper, *lower);
            if middle < *lower { middle } else { *upper }
        };
        self.upper.iter().zip(self.lower.iter().skip(1)).map(between).collect()
    }

    /// The number of bins without the one for blanks.
    #[must_use]
    pub fn n_values(&self) -> usize {
        self.lower.len()
    }
}

/// The distinct numbers in ascending order, each with its number of rows; blanks are ignored.
fn counted(cells: &[f64], counts: Option<&[f64]>) -> Vec<(f64, usize)> {
    let n_of = |row: usize| counts.map_or(1, |counts| counts[row] as usize);
    let mut cells: Vec<(f64, usize)> =
        cells.iter().enumerate().filter(|(_, cell)| !cell.is_nan()).map(|(row, cell)| (*cell, n_of(row))).collect();
    cells.sort_unstable_by(|left, right| left.0.total_cmp(&right.0));
    cells.dedup_by(|(cell, n), (kept, n_kept)| {
        let is_equal = cell == kept;
        if is_equal {
            *n_kept += *n;
        }
        is_equal
    });
    cells
}

/// The bounds of bins with about equally many rows each.
fn quantile_bins(counted: &[(f64, usize)]) -> (Vec<f64>, Vec<f64>) {
    let n_rows: usize = counted.iter().map(|(_, n)| n).sum();
    let (mut lower, mut upper) = (Vec::new(), Vec::new());
    let (mut start, mut n_before) = (0, 0);
    for bin in 1..=MAX_BINS {
        let wanted_end = bin * n_rows / MAX_BINS;
        if wanted_end <= n_before {
            continue;
        }
        let mut last = start;
        n_before += counted[last].1;
        while n_before < wanted_end {
            last += 1;
            n_before += counted[last].1;
        }
        lower.push(counted[start].0);
        upper.push(counted[last].0);
        start = last + 1;
    }
    (lower, upper)
}

//! Prototypes of the training rows, for explanations and cautions.
//!
//! Rows are split recursively so that both parts become most homogeneous, like a decision tree without a target:
//! numbers at their median, categories into one and all others. A part is published as its number of rows, its means
//! and its most frequent categories. Nothing is random.

use model_core::{Background, ColumnKind, MIN_COUNTED_ROWS};

use crate::folds::column_features::ColumnFeatures;
use crate::folds::fit_data::FitData;
use crate::learn::decimals::Decimals;
use crate::metrics::mean_and_sd;
use crate::table::row_idx::count_by_code;

/// The maximal number of prototypes.
const MAX_PROTOTYPES: usize = 64;
/// The minimal number of rows of a prototype.
const MIN_ROWS: usize = 5;
/// If there are more rows, only the first are summarised; they are in random order.
pub(crate) const MAX_ROWS: usize = 20_000;

/// Rows of one prototype, and the split that would make them most homogeneous.
struct Part {
    rows: Vec<usize>,
    cut: Option<Cut>,
}

#[derive(Clone, Copy)]
struct Cut {
    column: usize,
    /// Numbers up to this, or this category, are on one side.
    at: f64,
    /// The decrease of inertia.
    gain: f64,
}

struct Columns<'a> {
    /// Natively encoded, NaN for a blank: one list per column.
    cells: Vec<Vec<f64>>,
    kinds: Vec<&'a ColumnKind>,
    spreads: Vec<f64>,
}

/// Summarises the first rows of `data`; categories are counted over `all` training rows. `None` with fewer than 5 rows,
/// or if every prototype would equal a training row.
#[must_use]
pub fn summarise(data: &FitData, all: &FitData) -> Option<Background> {
    if data.n_rows() < MIN_ROWS {
        return None;
    }
    let columns = Columns::new(data);
    let n_rows = data.n_rows().min(MAX_ROWS);
    let mut parts = vec![columns.part((0..n_rows).collect())];
    while parts.len() < MAX_PROTOTYPES {
        let gain = |part: &Part| part.cut.map_or(0.0, |cut| cut.gain);
        // Ties go to the first.
        let best = (0..parts.len()).rev().max_by(|left, right| gain(&parts[*left]).total_cmp(&gain(&parts[*right])))?;
        let Some(cut) = parts[best].cut else { break };
        let rows = std::mem::take(&mut parts[best].rows);
        let (one, other) = rows.into_iter().partition(|row| columns.is_on_one_side(cut, *row));
        parts[best] = columns.part(one);
        parts.push(columns.part(other));
    }
    let prototypes = parts.iter().map(|part| (part.rows.len(), columns.prototype(&part.rows))).collect();
    let (rows, prototypes) = columns.without_rows(prototypes)?;
    let mut background = Background {
        rows,
        columns: (0..columns.kinds.len())
            .map(|column| prototypes.iter().map(|prototype| prototype[column]).collect())
            .collect(),
        spreads: columns.spreads.clone(),
        usual_distance: 0.0,
        category_rows: (0..columns.kinds.len()).map(|column| category_rows(all, column)).collect(),
    };
    background.usual_distance = usual_distance(&background, data, n_rows);
    Some(background)
}

/// The distance to the nearest prototype that 99 % of the rows do not exceed.
fn usual_distance(background: &Background, data: &FitData, n_rows: usize) -> f64 {
    let mut distances = Vec::with_capacity(n_rows);
    data.each_row(&data.rows()[..n_rows], |values| distances.push(background.distance(values)));
    distances.sort_unstable_by(f64::total_cmp);
    let rank = 0.99 * (n_rows - 1) as f64;
    let (below, above) = (distances[rank.floor() as usize], distances[rank.ceil() as usize]);
    Decimals::with_digits(1.0, 3).round(below + (above - below) * (rank - rank.floor()))
}

impl<'a> Columns<'a> {
    fn new(data: &'a FitData) -> Self {
        let kinds: Vec<&ColumnKind> = data.schema().columns.iter().map(|column| &column.kind).collect();
        let cells: Vec<Vec<f64>> = data.native(false).columns().into_iter().map(|column| column.to_vec()).collect();
        let spread = |(cells, kind): (&Vec<f64>, &&ColumnKind)| {
            let present: Vec<f64> = cells.iter().copied().filter(|cell| !cell.is_nan()).collect();
            let (_, sd) = mean_and_sd(&present);
            let is_spread = matches!(kind, ColumnKind::Numeric { .. }) && sd.is_finite() && sd > 0.0;
            if is_spread { Decimals::with_digits(sd, 3).round(sd) } else { 1.0 }
        };
        let spreads = cells.iter().zip(&kinds).map(spread).collect();
        Self { cells, kinds, spreads }
    }

    fn part(&self, rows: Vec<usize>) -> Part {
        let cuts = (0..self.kinds.len()).filter_map(|column| self.best_cut(column, &rows));
        // Ties go to the first.
        let cut = cuts.reduce(|best, cut| if cut.gain > best.gain { cut } else { best });
        Part { rows, cut }
    }

    fn best_cut(&self, column: usize, rows: &[usize]) -> Option<Cut> {
        if rows.len() < 2 * MIN_ROWS {
            return None;
        }
        let cells = &self.cells[column];
        let mut present: Vec<f64> = rows.iter().map(|row| cells[*row]).filter(|cell| !cell.is_nan()).collect();
        present.sort_unstable_by(f64::total_cmp);
        let thresholds: Vec<f64> = match self.kinds[column] {
            ColumnKind::Numeric { .. } => {
                // The median and the next smaller number, as many rows may share the median.
                let median = *present.get(present.len() / 2)?;
                present.iter().copied().rfind(|cell| *cell < median).into_iter().chain([median]).collect()
            }
            ColumnKind::Categorical { .. } => {
                let mut codes = present.clone();
                codes.dedup();
                codes
            }
        };
        let whole = self.inertia(column, rows.iter().copied());
        let cut = |at: f64| {
            let cut = Cut { column, at, gain: 0.0 };
            let n_one = rows.iter().filter(|row| self.is_on_one_side(cut, **row)).count();
            if n_one < MIN_ROWS || rows.len() - n_one < MIN_ROWS {
                return None;
            }
            let side = |is_one: bool| rows.iter().copied().filter(move |row| self.is_on_one_side(cut, *row) == is_one);
            let gain = whole - self.inertia(column, side(true)) - self.inertia(column, side(false));
            (gain > 0.0).then_some(Cut { gain, ..cut })
        };
        thresholds.into_iter().filter_map(cut).reduce(|best, cut| if cut.gain > best.gain { cut } else { best })
    }

    /// Blanks belong to the larger numbers, or to the other categories.
    fn is_on_one_side(&self, cut: Cut, row: usize) -> bool {
        let cell = self.cells[cut.column][row];
        match self.kinds[cut.column] {
            ColumnKind::Numeric { .. } => cell <= cut.at,
            ColumnKind::Categorical { .. } => cell == cut.at,
        }
    }

    /// The inertia of the rows' cells, 0 if they are equal: the mean squared deviation of numbers in units of the
    /// spread, or the probability that two categories differ, times the number of rows. Blanks are ignored.
    fn inertia(&self, column: usize, rows: impl Iterator<Item = usize>) -> f64 {
        let cells = rows.map(|row| self.cells[column][row]).filter(|cell| !cell.is_nan());
        match self.kinds[column] {
            ColumnKind::Numeric { .. } => {
                let scale = self.spreads[column];
                let (n, sum, squares) = cells.fold((0.0, 0.0, 0.0), |(n, sum, squares), cell| {
                    let cell = cell / scale;
                    (n + 1.0, sum + cell, squares + cell * cell)
                });
                if n > 0.0 { (squares - sum * sum / n).max(0.0) } else { 0.0 }
            }
            ColumnKind::Categorical { values, .. } => {
                let mut counts = vec![0.0; values.len()];
                cells.for_each(|cell| counts[cell as usize] += 1.0);
                let n: f64 = counts.iter().sum();
                if n > 0.0 { n - counts.iter().map(|count| count * count).sum::<f64>() / n } else { 0.0 }
            }
        }
    }

    /// Means, rounded to about a hundredth of the spread, and most frequent categories; typical values if all are
    /// blank.
    fn prototype(&self, rows: &[usize]) -> Vec<f64> {
        let summary = |column: usize| {
            let cells = rows.iter().map(|row| self.cells[column][*row]).filter(|cell| !cell.is_nan());
            match self.kinds[column] {
                ColumnKind::Numeric { median, .. } => {
                    let (n, sum) = cells.fold((0.0, 0.0), |(n, sum), cell| (n + 1.0, sum + cell));
                    self.decimals(column).round(if n > 0.0 { sum / n } else { *median })
                }
                ColumnKind::Categorical { values, mode } => {
                    let mut counts = vec![0_u32; values.len()];
                    cells.for_each(|cell| counts[cell as usize] += 1);
                    let most = counts.iter().copied().max().unwrap_or(0);
                    let first = counts.iter().position(|count| *count == most).unwrap_or(0);
                    if most > 0 { first as f64 } else { f64::from(*mode) }
                }
            }
        };
        (0..self.kinds.len()).map(summary).collect()
    }

    fn decimals(&self, column: usize) -> Decimals {
        Decimals::with_digits(self.spreads[column], 3)
    }

    /// Changes prototypes that equal a training row: a number is moved by its last digit. Without a number to move, a
    /// combination shared by at least five rows is kept, and the rows of any other are added to the nearest prototype.
    fn without_rows(&self, prototypes: Vec<(usize, Vec<f64>)>) -> Option<(Vec<u32>, Vec<Vec<f64>>)> {
        let number = self.kinds.iter().position(|kind| matches!(kind, ColumnKind::Numeric { .. }));
        let (mut kept, mut dropped) = (Vec::new(), Vec::new());
        for (n_rows, mut prototype) in prototypes {
            let mut n_equal = self.n_equal(&prototype);
            if let Some(column) = number.filter(|_| n_equal > 0) {
                let (mean, step) = (prototype[column], self.decimals(column).step());
                let mut tries = (1_i32..).flat_map(|times| [f64::from(times), f64::from(-times)]);
                while n_equal > 0 {
                    prototype[column] = self.decimals(column).round(mean + step * tries.next().unwrap_or(0.5));
                    n_equal = self.n_equal(&prototype);
                }
            }
            let list = if n_equal == 0 || n_equal >= MIN_ROWS { &mut kept } else { &mut dropped };
            list.push((u32::try_from(n_rows).unwrap_or(u32::MAX), prototype));
        }
        for (n_rows, prototype) in dropped {
            let differing = |other: &[f64]| other.iter().zip(&prototype).filter(|(left, right)| left != right).count();
            let nearest = kept.iter_mut().min_by_key(|(_, other)| differing(other))?;
            nearest.0 += n_rows;
        }
        (!kept.is_empty()).then(|| kept.into_iter().unzip())
    }

    /// The number of training rows that a prototype equals.
    fn n_equal(&self, prototype: &[f64]) -> usize {
        let is_equal = |row: &usize| self.cells.iter().zip(prototype).all(|(cells, cell)| cells[*row] == *cell);
        (0..self.cells.first().map_or(0, Vec::len)).filter(is_equal).count()
    }
}

/// The number of rows of each category; 0 if there are too few to publish.
fn category_rows(data: &FitData, column: usize) -> Vec<u32> {
    let ColumnKind::Categorical { values, .. } = &data.schema().columns[column].kind else { return Vec::new() };
    let mut counts = vec![0_u32; values.len()];
    let mut add = |code: f64, n: usize| {
        if !code.is_nan() {
            counts[code as usize] += n as u32;
        }
    };
    let features = data.column_features(column, false);
    if let Some(n) = data.counts() {
        let feature = |idx: usize| match &features {
            ColumnFeatures::Coded(features, codes) => features[usize::from(codes[data.rows()[idx] as usize])],
            ColumnFeatures::Plain(cells) => cells[idx],
        };
        n.iter().enumerate().for_each(|(idx, n)| add(feature(idx), *n as usize));
        return told(counts);
    }
    match features {
        ColumnFeatures::Coded(features, codes) => {
            features.iter().zip(count_by_code(codes, data.rows())).for_each(|(code, n)| add(*code, n));
        }
        ColumnFeatures::Plain(cells) => cells.into_iter().for_each(|code| add(code, 1)),
    }
    told(counts)
}

fn told(counts: Vec<u32>) -> Vec<u32> {
    counts.into_iter().map(|count| if count < MIN_COUNTED_ROWS { 0 } else { count }).collect()
}

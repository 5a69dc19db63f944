//! Histograms: the sums over a node's rows for each bin of each column.

use std::ops::{AddAssign, Sub};

use crate::folds::binned::Binned;

/// The statistics of a row: for the squared error `g = weight × target` and `h = weight`; for a second-order loss `g`
/// is the negative gradient and `h` the second derivative.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Stat {
    pub(crate) g: f64,
    pub(crate) h: f64,
}

/// The sum over a group of rows.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Sum {
    pub(crate) g: f64,
    pub(crate) h: f64,
    pub(crate) n: u32,
}

impl AddAssign for Sum {
    fn add_assign(&mut self, other: Self) {
        self.g += other.g;
        self.h += other.h;
        self.n += other.n;
    }
}

impl Sub for Sum {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self { g: self.g - other.g, h: self.h - other.h, n: self.n - other.n }
    }
}

impl Sum {
    pub(crate) fn of(rows: &[u32], stats: &[Stat]) -> Self {
        let mut sum = Self::default();
        for row in rows {
            let Stat { g, h } = stats[*row as usize];
            sum += Self { g, h, n: 1 };
        }
        sum
    }
}

/// The histogram over all columns.
pub(crate) fn histogram(binned: &Binned, rows: &[u32], stats: &[Stat]) -> Vec<Sum> {
    let mut sums = vec![Sum::default(); binned.n_bins()];
    for column in 0..binned.columns.len() {
        add_column(binned, column, rows, stats, &mut sums[binned.offsets[column]..binned.offsets[column + 1]]);
    }
    sums
}

/// Adds the rows to the histogram of one column.
pub(crate) fn add_column(binned: &Binned, column: usize, rows: &[u32], stats: &[Stat], sums: &mut [Sum]) {
    let bins = &binned.columns[column].bins;
    for row in rows {
        let Stat { g, h } = stats[*row as usize];
        sums[usize::from(bins[*row as usize])] += Sum { g, h, n: 1 };
    }
}

/// The histogram of the rows of `parent` outside of `child`.
pub(crate) fn difference(parent: &[Sum], child: &[Sum]) -> Vec<Sum> {
    parent.iter().zip(child).map(|(parent, child)| *parent - *child).collect()
}

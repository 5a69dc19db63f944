//! The drift of one column from its training distribution.

use super::ColumnDrift;
use super::reference::{ReferenceColumn, Shares};
use super::statistics::{chi_squared, kolmogorov_smirnov, stability_index};
use crate::table::{BLANK, ColumnData};

/// The new cells counted by the ranges or categories of the reference.
struct Counted {
    /// The share of each in training.
    then: Vec<f64>,
    /// The number of new cells in each.
    counts: Vec<usize>,
    n_rows: usize,
    /// The number of cells outside the training range or categories.
    n_outside: usize,
    test: Test,
}

#[derive(Clone, Copy)]
enum Test {
    KolmogorovSmirnov,
    ChiSquared,
}

impl Test {
    fn name(self) -> &'static str {
        match self {
            Self::KolmogorovSmirnov => "kolmogorov-smirnov",
            Self::ChiSquared => "chi-squared",
        }
    }
}

impl ReferenceColumn {
    /// The drift of `now`, whose table has `rows` rows, from the training distribution.
    pub(super) fn drift(&self, now: &ColumnData, rows: usize) -> ColumnDrift {
        let n_then = (rows as f64 * (1.0 - self.blanks.unwrap_or(0.0))).round();
        let Counted { then, counts, n_rows, n_outside, test } = self.shares.count(now);
        let n: usize = counts.iter().sum();
        let (statistic, p_value) = match test {
            Test::ChiSquared => chi_squared(&then, n_then, &counts),
            Test::KolmogorovSmirnov => kolmogorov_smirnov(&then, n_then, &counts),
        };
        ColumnDrift {
            column: self.name.clone(),
            n,
            blanks_then: self.blanks,
            blanks_now: (n_rows - n) as f64 / n_rows.max(1) as f64,
            psi: stability_index(&then, &counts),
            test: test.name(),
            statistic,
            p_value,
            outside: n_outside as f64 / n.max(1) as f64,
        }
    }
}

impl Shares {
    fn count(&self, now: &ColumnData) -> Counted {
        match (self, now) {
            (Self::Ranges { edges, shares, min, max }, ColumnData::Numeric(numbers)) => {
                let mut counts = vec![0_usize; shares.len()];
                let mut n_outside = 0;
                for number in numbers.iter().filter(|number| !number.is_nan()) {
                    counts[edges.partition_point(|edge| edge < number)] += 1;
                    n_outside += usize::from(number < min || number > max);
                }
                let test = Test::KolmogorovSmirnov;
                Counted { then: shares.clone(), counts, n_rows: numbers.len(), n_outside, test }
            }
            (Self::Categories { values, shares, others, known }, ColumnData::Categorical { values: found, codes }) => {
                let idx_of = |value: &String| values.iter().position(|known| known == value).unwrap_or(values.len());
                let idx_of_code: Vec<usize> = found.iter().map(idx_of).collect();
                let is_known: Vec<bool> = found.iter().map(|value| known.contains(value)).collect();
                let mut counts = vec![0_usize; values.len() + 1];
                let mut n_outside = 0;
                for code in codes.iter().filter(|code| **code != BLANK) {
                    counts[idx_of_code[*code as usize]] += 1;
                    n_outside += usize::from(!is_known[*code as usize]);
                }
                let then = shares.iter().copied().chain([*others]).collect();
                Counted { then, counts, n_rows: codes.len(), n_outside, test: Test::ChiSquared }
            }
            // The reader converts each column to the type in the schema.
            (_, ColumnData::Numeric(numbers)) => Counted::nothing(numbers.len()),
            (_, ColumnData::Categorical { codes, .. }) => Counted::nothing(codes.len()),
        }
    }
}

impl Counted {
    fn nothing(n_rows: usize) -> Self {
        Self { then: Vec::new(), counts: Vec::new(), n_rows, n_outside: 0, test: Test::ChiSquared }
    }
}

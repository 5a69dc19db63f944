//! A column's numbers as shares of ranges.

use super::share;
use crate::judge::groups::MIN_GROUP;
use crate::table::compact::Numbers;
use crate::table::row_idx::{RowIdx, count_by_code};

/// The maximal number of ranges of a numeric column.
const MAX_BINS: usize = 10;
/// Significant digits of a published edge.
const EDGE_DIGITS: usize = 4;

/// Ranges of about equally many numbers.
#[derive(Debug, PartialEq)]
pub(super) struct Ranges {
    /// The inner edges; a number on an edge belongs to the range below it.
    pub(super) edges: Vec<f64>,
    /// The share of the numbers in each range; one more than edges.
    pub(super) shares: Vec<f64>,
    /// The number of numbers.
    pub(super) n: usize,
}

/// At most [`MAX_BINS`] ranges, each with at least [`MIN_GROUP`] numbers if there are as many.
pub(super) fn ranges(numbers: &Ascending) -> Ranges {
    let n = numbers.len();
    let below = |edge: f64| numbers.below(edge);
    let mut edges: Vec<f64> = Vec::new();
    let mut n_before = 0;
    for bin in 1..MAX_BINS {
        let Some(number) = numbers.get((bin * n / MAX_BINS).saturating_sub(1)) else { break };
        let edge = rounded(number);
        let n_below = below(edge);
        // Neither this range nor the remainder may have too few rows.
        if n_below >= n_before + MIN_GROUP && n - n_below >= MIN_GROUP {
            edges.push(edge);
            n_before = n_below;
        }
    }
    let ends: Vec<usize> = edges.iter().map(|edge| below(*edge)).chain([n]).collect();
    let starts = [0].into_iter().chain(ends.iter().copied());
    let shares = ends.iter().zip(starts).map(|(end, start)| share(end - start, n)).collect();
    Ranges { edges, shares, n }
}

/// A column's numbers in ascending order, without blanks.
pub(super) enum Ascending {
    Listed(Vec<f64>),
    /// The distinct numbers, each with its cumulative count: even of many rows few numbers are distinct.
    Counted(Vec<(f64, usize)>),
}

impl Ascending {
    pub(super) fn new<R: RowIdx>(numbers: &Numbers, rows: &[R]) -> Self {
        match numbers {
            Numbers::Coded { distinct, codes } => {
                let mut n = 0;
                let counts = distinct.iter().zip(count_by_code(codes, rows));
                let until = counts.filter(|(number, count)| !number.is_nan() && *count > 0).map(|(number, count)| {
                    n += count;
                    (*number, n)
                });
                Self::Counted(until.collect())
            }
            Numbers::Plain(numbers) => {
                let present = rows.iter().map(|row| numbers[row.to_usize()]).filter(|number| !number.is_nan());
                Self::listed(present.collect())
            }
        }
    }

    fn listed(mut numbers: Vec<f64>) -> Self {
        numbers.sort_unstable_by(f64::total_cmp);
        Self::Listed(numbers)
    }

    fn len(&self) -> usize {
        match self {
            Self::Listed(numbers) => numbers.len(),
            Self::Counted(numbers) => numbers.last().map_or(0, |(_, n)| *n),
        }
    }

    fn get(&self, rank: usize) -> Option<f64> {
        match self {
            Self::Listed(numbers) => numbers.get(rank).copied(),
            Self::Counted(numbers) => {
                numbers.get(numbers.partition_point(|(_, n)| *n <= rank)).map(|(number, _)| *number)
            }
        }
    }

    /// The count of numbers up to `edge`.
    fn below(&self, edge: f64) -> usize {
        match self {
            Self::Listed(numbers) => numbers.partition_point(|number| *number <= edge),
            Self::Counted(numbers) => match numbers.partition_point(|(number, _)| *number <= edge) {
                0 => 0,
                n_less => numbers[n_less - 1].1,
            },
        }
    }
}

/// The number rounded to four significant digits.
fn rounded(number: f64) -> f64 {
    format!("{number:.*e}", EDGE_DIGITS - 1).parse().unwrap_or(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_range_stands_for_few_rows() {
        let Ranges { edges, shares, n } = ranges(&Ascending::listed((0..100).map(f64::from).collect()));
        assert_eq!((edges.len(), n), (9, 100));
        assert_eq!(shares, [0.1; 10]);
        // 95 of 100 are equal: an edge there would leave five rows above it.
        let Ranges { edges, shares, .. } =
            ranges(&Ascending::listed((0..100).map(|row| f64::from(row.max(95))).collect()));
        assert_eq!((edges.len(), shares.as_slice()), (0, [1.0].as_slice()));
        let Ranges { edges, shares, .. } = ranges(&Ascending::listed(vec![1.0; 9]));
        assert_eq!((edges.len(), shares.len()), (0, 1));
        assert_eq!(ranges(&Ascending::listed(Vec::new())).shares, [0.0]);
    }

    #[test]
    fn counted_numbers_have_the_ranges_of_listed_ones() {
        let numbers: Vec<f64> = (0..3_000).map(|row| f64::from(row * row % 171 / 2) - 3.5).collect();
        let mut cells = numbers.clone();
        cells.extend([f64::NAN; 5]);
        let rows: Vec<u32> = (0..3_005).rev().collect();
        let counted = Ascending::new(&cells.into(), &rows);
        assert!(matches!(counted, Ascending::Counted(_)));
        assert_eq!(ranges(&counted), ranges(&Ascending::listed(numbers)));
    }

    #[test]
    fn edges_have_four_digits() {
        assert_eq!(
            [rounded(123_456.0), rounded(-0.001_234_56), rounded(72.0), rounded(0.0)],
            [123_500.0, -0.001_235, 72.0, 0.0]
        );
    }
}

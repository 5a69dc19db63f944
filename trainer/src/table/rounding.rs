//! Rounds columns with many distinct numbers, so that rows are aggregated into fewer cells.

use std::collections::BTreeMap;

use crate::table::compact::Numbers;
use crate::table::order::{compare, parts_of};
use crate::table::{ColumnData, Table, TableColumn};

/// The values that a column's numbers are rounded to: each number to the nearest.
#[derive(Debug, Clone, PartialEq)]
pub struct Rounding {
    /// Ascending; at least one.
    values: Vec<f64>,
}

/// The roundings by column name.
pub type Roundings = BTreeMap<String, Rounding>;

impl Rounding {
    /// About `n_values` quantiles of the column, with the minimum and the maximum; `None` if the column has no more
    /// distinct numbers than that.
    fn of_column(numbers: impl Iterator<Item = f64>, n_values: usize) -> Option<Self> {
        let mut ascending: Vec<f64> = numbers.filter(|number| !number.is_nan()).map(|number| number + 0.0).collect();
        ascending.sort_unstable_by(f64::total_cmp);
        let n_distinct = ascending.chunk_by(|left, right| left == right).count();
        if n_distinct <= n_values {
            return None;
        }
        let middle = |idx: usize| ascending.get((2 * idx + 1) * ascending.len() / (2 * n_values)).copied();
        let ends = [ascending.first().copied(), ascending.last().copied()];
        let mut values: Vec<f64> = (0..n_values).map(middle).chain(ends).flatten().collect();
        values.sort_unstable_by(f64::total_cmp);
        values.dedup();
        Some(Self { values })
    }

    /// The number of values.
    #[must_use]
    pub fn n_values(&self) -> usize {
        self.values.len()
    }

    /// The values, ascending.
    pub(crate) fn values(&self) -> &[f64] {
        &self.values
    }

    /// The midpoints between adjacent values: the largest number that is rounded down.
    pub(crate) fn thresholds(&self) -> Vec<f64> {
        self.values.windows(2).map(|pair| pair[0] + (pair[1] - pair[0]) / 2.0).collect()
    }

    /// The nearest value; the lower one on ties, and NaN for NaN.
    #[must_use]
    pub fn nearest(&self, number: f64) -> f64 {
        self.nearest_by(&self.thresholds(), number)
    }

    fn nearest_by(&self, thresholds: &[f64], number: f64) -> f64 {
        if number.is_nan() { number } else { self.values[thresholds.partition_point(|threshold| *threshold < number)] }
    }

    /// A column's numbers, rounded; blanks stay.
    fn rounded(&self, numbers: &Numbers) -> Numbers {
        let thresholds = self.thresholds();
        numbers.iter().map(|number| self.nearest_by(&thresholds, *number)).collect()
    }
}

/// The roundings of the columns with more than `n_values` distinct numbers.
#[must_use]
pub fn roundings(table: &Table, n_values: usize) -> Roundings {
    let of_column = |column: &TableColumn| match &column.data {
        ColumnData::Numeric(numbers) => {
            Some((column.name.clone(), Rounding::of_column(numbers.iter().copied(), n_values)?))
        }
        ColumnData::Categorical { .. } => None,
    };
    table.columns.iter().filter_map(of_column).collect()
}

/// The columns with rounded numbers.
pub(crate) fn rounded_columns(columns: &[TableColumn], roundings: &Roundings) -> Vec<TableColumn> {
    let rounded = |column: &TableColumn| match (&column.data, roundings.get(&column.name)) {
        (ColumnData::Numeric(numbers), Some(rounding)) => {
            TableColumn { name: column.name.clone(), data: ColumnData::Numeric(rounding.rounded(numbers)) }
        }
        _ => column.clone(),
    };
    columns.iter().map(rounded).collect()
}

/// A lower bound of the number of cells in the population from which `table` was drawn, estimated from the numbers of
/// cells that occur once and twice in it (Chao 1984). Queries that certainly exceed the limit need not be sent.
#[must_use]
pub fn cells_at_least(table: &Table, roundings: &Roundings) -> f64 {
    let columns = rounded_columns(&table.columns, roundings);
    let part = |row: usize| parts_of(&table.keys).map_or(0, |parts| parts[row]);
    let order =
        |left: usize, right: usize| compare(&columns, left, &columns, right).then_with(|| part(left).cmp(&part(right)));
    let mut rows: Vec<usize> = (0..table.n_rows()).collect();
    rows.sort_by(|left, right| order(*left, *right));
    let sizes: Vec<usize> = rows.chunk_by(|left, right| order(*left, *right).is_eq()).map(<[usize]>::len).collect();
    let met = |times: usize| sizes.iter().filter(|size| **size == times).count() as f64;
    let (once, twice) = (met(1), met(2));
    sizes.len() as f64 + once * (once - 1.0).max(0.0) / (2.0 * (twice + 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_to_the_nearest_of_their_own_values() {
        let numbers = || (0..1_000).map(|row| f64::from(row % 500));
        assert_eq!(Rounding::of_column(numbers(), 500), None);
        let rounding = Rounding::of_column(numbers(), 4).unwrap();
        assert_eq!(rounding.values(), [0.0, 62.0, 187.0, 312.0, 437.0, 499.0]);
        assert_eq!(rounding.thresholds(), [31.0, 124.5, 249.5, 374.5, 468.0]);
        let rounded = rounding.rounded(&vec![31.0, 31.5, -8.0, f64::NAN, 1e9, 249.5].into()).to_vec();
        assert_eq!((&rounded[..3], &rounded[4..]), (&[0.0, 62.0, 0.0][..], &[499.0, 187.0][..]));
        assert!(rounded[3].is_nan());
    }
}

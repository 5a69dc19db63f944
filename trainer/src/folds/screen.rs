//! Univariate feature selection if there are too many columns: those that explain most of the target by themselves.
//!
//! It is repeated in each fold, on the fold's training rows. If columns were selected once on all rows, the selection
//! would use the validation rows, and noise would look useful (Hastie, Tibshirani & Friedman 2009, 7.10.2).

use std::borrow::Cow;

use model_core::LeftOut;
use rayon::prelude::*;

use crate::table::row_idx::{RowIdx, weights_of};
use crate::table::{BLANK, ColumnData, MostColumns, Table, TableColumn};

/// Bins of a numeric column, with about equally many rows each.
const N_BINS: usize = 12;
/// If there are more rows, only the first are used; they are in random order.
const MAX_ROWS: usize = 20_000;

/// The table without the columns that are not selected on `rows`.
pub(crate) fn screened<'a, R: RowIdx>(table: &'a Table, rows: &[R]) -> Cow<'a, Table> {
    let Some(MostColumns { columns: most, features, kept }) = &table.most_columns else { return Cow::Borrowed(table) };
    if table.columns.len() <= *most && table.columns.iter().map(n_features).sum::<usize>() <= *features {
        return Cow::Borrowed(table);
    }
    let rows: Vec<usize> = rows.iter().take(MAX_ROWS).map(|row| row.to_usize()).collect();
    let target: Vec<f64> = rows.iter().map(|row| table.target[*row]).collect();
    let weights = weights_of(table, &rows).unwrap_or_else(|| vec![1.0; rows.len()]);
    let told = |column: &TableColumn| {
        if kept.contains(&column.name) { f64::INFINITY } else { told_by(&column.data, &rows, &target, &weights) }
    };
    let told: Vec<f64> = table.columns.par_iter().map(told).collect();
    let mut order: Vec<usize> = (0..told.len()).collect();
    // Ties go to the first column.
    order.sort_by(|left, right| told[*right].total_cmp(&told[*left]).then(left.cmp(right)));
    let (mut is_in, mut n_in, mut n) = (vec![false; order.len()], 0, 0);
    for idx in order {
        let own = n_features(&table.columns[idx]);
        let is_asked_for = told[idx] == f64::INFINITY;
        if is_asked_for || n_in == 0 || (n_in < *most && n + own <= *features) {
            is_in[idx] = true;
            n_in += 1;
            n += own;
        }
    }
    let mut table = table.clone();
    for (column, is_in) in table.columns.iter().zip(&is_in) {
        if !is_in {
            let reason = format!("{n_in} others tell more about the target (--max-columns)");
            table.left_out.push(LeftOut { column: column.name.clone(), reason });
        }
    }
    let mut is_in = is_in.into_iter();
    table.columns.retain(|_| is_in.next().unwrap_or(true));
    Cow::Owned(table)
}

/// The number of a column's one-hot features.
fn n_features(column: &TableColumn) -> usize {
    match &column.data {
        ColumnData::Numeric(_) => 1,
        ColumnData::Categorical { values, .. } => values.len(),
    }
}

/// The share of the target's variance between bins or categories, corrected for chance (Ezekiel's correction); blanks
/// form a group.
fn told_by(data: &ColumnData, rows: &[usize], target: &[f64], weights: &[f64]) -> f64 {
    let groups: Vec<usize> = match data {
        ColumnData::Categorical { values, codes } => {
            let code = |row: &usize| if codes[*row] == BLANK { values.len() } else { codes[*row] as usize };
            rows.iter().map(code).collect()
        }
        ColumnData::Numeric(numbers) => {
            let mut sorted: Vec<f64> = rows.iter().map(|row| numbers[*row]).filter(|cell| !cell.is_nan()).collect();
            sorted.sort_unstable_by(f64::total_cmp);
            let mut edges: Vec<f64> =
                (1..N_BINS).filter_map(|bin| sorted.get(bin * sorted.len() / N_BINS).copied()).collect();
            edges.dedup();
            let bin = |cell: f64| {
                if cell.is_nan() { edges.len() + 1 } else { edges.partition_point(|edge| *edge < cell) }
            };
            rows.iter().map(|row| bin(numbers[*row])).collect()
        }
    };
    let mut sums = vec![(0.0, 0.0); groups.iter().max().map_or(0, |most| most + 1)];
    for ((group, value), weight) in groups.iter().zip(target).zip(weights) {
        sums[*group].0 += weight * value;
        sums[*group].1 += weight;
    }
    let count: f64 = weights.iter().sum();
    let mean = sums.iter().map(|(sum, _)| sum).sum::<f64>() / count;
    let square = |number: f64| number * number;
    let present = sums.iter().filter(|(_, count)| *count > 0.0);
    let between: f64 = present.clone().map(|(sum, count)| count * square(sum / count - mean)).sum();
    let total: f64 = target.iter().zip(weights).map(|(value, weight)| weight * square(value - mean)).sum();
    let (n, n_groups) = (rows.len() as f64, present.count() as f64);
    if total <= 0.0 || n <= n_groups {
        return 0.0;
    }
    1.0 - (1.0 - between / total) * (n - 1.0) / (n - n_groups)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SplitMix64;

    #[test]
    fn the_columns_that_tell_most_stay_and_those_that_are_asked_for() {
        let mut random = SplitMix64::new(3);
        let mut noise = || (0..300).map(|_| random.normal()).collect::<Vec<f64>>();
        let target = noise();
        let mut columns: Vec<(String, ColumnData)> =
            (0..40).map(|idx| (format!("noise {idx}"), ColumnData::Numeric(noise().into()))).collect();
        let near: Vec<f64> =
            target.iter().zip(noise()).map(|(value, noise)| value * value * value + 0.1 * noise).collect();
        columns.insert(7, ("bend".into(), ColumnData::Numeric(near.into())));
        let codes = target.iter().map(|value| u32::from(*value > 0.0)).collect();
        columns.push(("half".into(), ColumnData::Categorical { values: vec!["high".into(), "low".into()], codes }));
        let mut table = Table {
            columns: columns.into_iter().map(|(name, data)| TableColumn { name, data }).collect(),
            target_name: "y".into(),
            target: target.as_slice().into(),
            weights: None,
            keys: crate::table::keys::RowKeys::default(),
            directions: Default::default(),
            most_columns: None,
            cells: None,
            dates: Default::default(),
            left_out: Vec::new(),
            notices: Vec::new(),
            reading: Default::default(),
        };
        let rows: Vec<u32> = (0..300).collect();
        assert!(matches!(screened(&table, &rows), Cow::Borrowed(_)));
        let names = |table: &Table, most: MostColumns| {
            let table = Table { most_columns: Some(most), ..table.clone() };
            let screened = screened(&table, &rows);
            assert_eq!(screened.columns.len() + screened.left_out.len(), table.columns.len());
            screened.columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>()
        };
        let most = |columns, features| MostColumns { columns, features, kept: vec!["noise 30".into()] };
        assert_eq!(names(&table, most(3, 100)), ["bend", "noise 30", "half"]);
        // One feature is left after the two of the category.
        assert_eq!(names(&table, most(9, 4)), ["bend", "noise 30", "half"]);
        // Weights act like numbers of rows: without the rows on which the target follows it, the bend explains nothing.
        table.weights = Some(target.iter().map(|value| if *value > 0.0 { 1.0 } else { 1e-9 }).collect());
        assert_eq!(names(&table, most(2, 100)), ["bend", "noise 30"]);
    }

    #[test]
    fn noise_tells_nothing_however_many_groups_it_makes() {
        let mut random = SplitMix64::new(4);
        let target: Vec<f64> = (0..400).map(|_| random.normal()).collect();
        let rows: Vec<usize> = (0..400).collect();
        let weights = vec![1.0; 400];
        let codes = (0..400).map(|row| row % 150).collect();
        let many = ColumnData::Categorical { values: (0..150).map(|value| value.to_string()).collect(), codes };
        assert!(told_by(&many, &rows, &target, &weights).abs() < 0.15);
        let itself = ColumnData::Numeric(target.as_slice().into());
        assert!(told_by(&itself, &rows, &target, &weights) > 0.9);
    }
}

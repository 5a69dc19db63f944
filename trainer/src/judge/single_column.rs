//! Cross-validated R² of a single column.
//!
//! It is a baseline that a model must exceed to justify its other columns. A column that predicts nearly everything by
//! itself is suspicious: it is often a copy of the target.

use crate::folds::split::Fold;
use crate::metrics::r2;
use crate::table::{BLANK, ColumnData};

/// The maximal number of bins of a numeric column, with about equally many rows each.
const MAX_BINS: usize = 20;
/// Groups with fewer training rows are predicted by the overall mean.
const MIN_ROWS: usize = 5;

/// Mean R² over `folds` of the better of two predictors on this column alone: a linear regression (numbers only), and
/// the mean of each group (categories, or twentieths of a numeric column; blanks form a group).
#[must_use]
pub(crate) fn single_column_r2(column: &ColumnData, target: &[f64], weights: Option<&[f64]>, folds: &[Fold]) -> f64 {
    let weight = |row: &usize| weights.map_or(1.0, |weights| weights[*row]);
    let mean_over_folds = |predict: &dyn Fn(&Fold) -> Vec<f64>| {
        let of = |fold: &Fold| {
            let actual: Vec<f64> = fold.validation.iter().map(|row| target[*row]).collect();
            let weights: Option<Vec<f64>> = weights.map(|_| fold.validation.iter().map(weight).collect());
            r2(&actual, &predict(fold), weights.as_deref())
        };
        folds.iter().map(of).sum::<f64>() / folds.len() as f64
    };
    match column {
        ColumnData::Categorical { values, codes } => mean_over_folds(&|fold| {
            let group = |row: usize| if codes[row] == BLANK { values.len() } else { codes[row] as usize };
            group_means(fold, target, &weight, values.len() + 1, group)
        }),
        ColumnData::Numeric(numbers) => {
            let numbers = &numbers.to_vec();
            let line = mean_over_folds(&|fold| line(fold, target, &weight, numbers));
            let steps = mean_over_folds(&|fold| {
                let edges = edges(fold.train.iter().map(|row| numbers[*row]).filter(|number| !number.is_nan()));
                let group = |row: usize| {
                    let number = numbers[row];
                    if number.is_nan() { edges.len() + 1 } else { edges.partition_point(|edge| *edge < number) }
                };
                group_means(fold, target, &weight, edges.len() + 2, group)
            });
            line.max(steps)
        }
    }
}

/// The edges between bins with about equally many numbers; a number on an edge belongs to the bin below it.
fn edges(numbers: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut sorted: Vec<f64> = numbers.collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let mut edges: Vec<f64> =
        (1..MAX_BINS).filter_map(|bin| sorted.get(bin * sorted.len() / MAX_BINS).copied()).collect();
    edges.dedup();
    edges
}

type Weight<'a> = &'a dyn Fn(&usize) -> f64;

fn group_means(
    fold: &Fold,
    target: &[f64],
    weight: Weight<'_>,
    n_groups: usize,
    group: impl Fn(usize) -> usize,
) -> Vec<f64> {
    let mut sums = vec![(0.0, 0.0, 0_usize); n_groups];
    let (mut all, mut count) = (0.0, 0.0);
    for row in &fold.train {
        let weight = weight(row);
        let (sum, own_count, n) = &mut sums[group(*row)];
        *sum += weight * target[*row];
        *own_count += weight;
        *n += 1;
        all += weight * target[*row];
        count += weight;
    }
    let of = |row: &usize| {
        let (sum, own_count, n) = sums[group(*row)];
        if n < MIN_ROWS { all / count } else { sum / own_count }
    };
    fold.validation.iter().map(of).collect()
}

/// Linear regression on one column, with blanks imputed by the mean.
fn line(fold: &Fold, target: &[f64], weight: Weight<'_>, numbers: &[f64]) -> Vec<f64> {
    let known: Vec<usize> = fold.train.iter().copied().filter(|row| !numbers[*row].is_nan()).collect();
    let mean = |rows: &[usize], list: &[f64]| {
        let count: f64 = rows.iter().map(weight).sum();
        if count == 0.0 { 0.0 } else { rows.iter().map(|row| weight(row) * list[*row]).sum::<f64>() / count }
    };
    let (mean_x, mean_known, mean_y) = (mean(&known, numbers), mean(&known, target), mean(&fold.train, target));
    let (mut products, mut squares) = (0.0, 0.0);
    for row in &known {
        let x = numbers[*row] - mean_x;
        products += weight(row) * (x * (target[*row] - mean_known));
        squares += weight(row) * (x * x);
    }
    let slope = if squares > 0.0 { products / squares } else { 0.0 };
    let predict = |row: &usize| {
        let number = numbers[*row];
        if number.is_nan() { mean_y } else { mean_known + slope * (number - mean_x) }
    };
    fold.validation.iter().map(predict).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folds::split::k_folds;

    #[test]
    fn a_copy_of_the_target_tells_all_a_bend_tells_much_and_noise_nothing() {
        let rows: Vec<usize> = (0..400).map(|row| row * 37 % 400).collect();
        let folds = k_folds(&rows, 5);
        let target: Vec<f64> = (0..400).map(f64::from).collect();
        let of = |numbers: Vec<f64>| single_column_r2(&ColumnData::Numeric(numbers.into()), &target, None, &folds);
        assert!(of(target.iter().map(|value| 3.0 - 2.0 * value).collect()) > 0.999_999);
        // Neither a line nor quantile groups can fit a zigzag of period 2.
        assert!(of((0..400).map(|row| f64::from(row % 2)).collect()) < 0.05);
        // Far from linear, but the column determines the target almost exactly.
        assert!(of(target.iter().map(|value| (value - 199.0) * (value - 199.0) * (value - 199.0)).collect()) > 0.98);
    }

    #[test]
    fn categories_are_predicted_by_their_means() {
        let rows: Vec<usize> = (0..60).map(|row| row * 7 % 60).collect();
        let folds = k_folds(&rows, 3);
        let codes: Vec<u32> = (0..60).map(|row| row % 3).collect();
        let target: Vec<f64> = codes.iter().map(|code| f64::from(*code) * 10.0).collect();
        let column = ColumnData::Categorical { values: ["a", "b", "c"].map(String::from).into(), codes: codes.into() };
        assert_eq!(single_column_r2(&column, &target, None, &folds), 1.0);
    }
}

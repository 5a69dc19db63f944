//! Correlations of numeric columns, and the target's mean along a column.

use super::data::Data;
use crate::judge::groups::MIN_GROUP;
use crate::metrics::mean_and_margin;
use crate::report::html::chart::Bar;
use crate::table::{BLANK, ColumnData};

/// The numeric columns that vary, with Pearson's correlation of each pair over the rows in which both are known.
pub(super) struct Correlations {
    pub(super) names: Vec<String>,
    /// One row per column; NaN with fewer than 3 rows or without variation.
    pub(super) r: Vec<Vec<f64>>,
}

pub(super) fn correlations(data: &Data) -> Correlations {
    let numeric: Vec<(&String, Vec<f64>)> = data
        .columns
        .iter()
        .filter(|column| column.constant.is_none() && column.identifier.is_none())
        .filter_map(|column| match &column.data {
            ColumnData::Numeric(numbers) => Some((&column.name, numbers.to_vec())),
            ColumnData::Categorical { .. } => None,
        })
        .collect();
    Correlations {
        names: numeric.iter().map(|(name, _)| (*name).clone()).collect(),
        r: numeric.iter().map(|(_, left)| numeric.iter().map(|(_, right)| pearson(left, right)).collect()).collect(),
    }
}

impl Correlations {
    /// Pairs of different columns, the strongest first.
    pub(super) fn strongest(&self) -> Vec<(&str, &str, f64)> {
        let mut pairs: Vec<(&str, &str, f64)> = Vec::new();
        for left in 0..self.names.len() {
            for right in left + 1..self.names.len() {
                pairs.push((&self.names[left], &self.names[right], self.r[left][right]));
            }
        }
        pairs.retain(|(.., r)| !r.is_nan());
        pairs.sort_by(|left, right| right.2.abs().total_cmp(&left.2.abs()));
        pairs
    }
}

pub(super) fn pearson(left: &[f64], right: &[f64]) -> f64 {
    let known: Vec<(f64, f64)> =
        left.iter().zip(right).map(|(x, y)| (*x, *y)).filter(|(x, y)| !x.is_nan() && !y.is_nan()).collect();
    let n = known.len() as f64;
    if n < 3.0 {
        return f64::NAN;
    }
    let mean_x = known.iter().map(|(x, _)| x).sum::<f64>() / n;
    let mean_y = known.iter().map(|(_, y)| y).sum::<f64>() / n;
    let (mut xy, mut xx, mut yy) = (0.0, 0.0, 0.0);
    for (x, y) in known {
        xy += (x - mean_x) * (y - mean_y);
        xx += (x - mean_x) * (x - mean_x);
        yy += (y - mean_y) * (y - mean_y);
    }
    if xx > 0.0 && yy > 0.0 { (xy / (xx * yy).sqrt()).clamp(-1.0, 1.0) } else { f64::NAN }
}

/// Groups of rows, and the number of groups hidden because they are small.
pub(crate) struct Groups {
    pub(crate) bars: Vec<Bar>,
    pub(crate) n_hidden: usize,
    pub(crate) n_rows_hidden: usize,
}

/// The target's mean with its 95 % interval for each value of a column, including blanks.
pub(crate) fn target_by_value(column: &ColumnData, target: &[f64], show_small: bool) -> Groups {
    let (labels, codes) = values(column);
    let mut members: Vec<Vec<f64>> = vec![Vec::new(); labels.len()];
    for (code, target) in codes.iter().zip(target).filter(|(_, target)| !target.is_nan()) {
        members[*code].push(*target);
    }
    let mut groups = Groups { bars: Vec::new(), n_hidden: 0, n_rows_hidden: 0 };
    for (label, members) in labels.into_iter().zip(members).filter(|(_, members)| !members.is_empty()) {
        if members.len() < MIN_GROUP && !show_small {
            groups.n_hidden += 1;
            groups.n_rows_hidden += members.len();
            continue;
        }
        let (mean, margin) = mean_and_margin(&members, None);
        let bar = Bar::new(label, mean).n(members.len());
        groups.bars.push(if members.len() > 1 { bar.margin(margin) } else { bar });
    }
    groups
}

/// The frequency of each value; if there are many, of the most frequent only.
pub(super) fn frequencies(column: &ColumnData, max_bars: usize, show_small: bool) -> Groups {
    let (labels, codes) = values(column);
    let n_rows = codes.len().max(1) as f64;
    let mut counts = vec![0_usize; labels.len()];
    for code in codes {
        counts[code] += 1;
    }
    let mut by_count: Vec<(String, usize)> = labels.into_iter().zip(counts).filter(|(_, count)| *count > 0).collect();
    by_count.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let is_shown = |rank: usize, count: usize| rank < max_bars && (show_small || count >= MIN_GROUP);
    let mut groups = Groups { bars: Vec::new(), n_hidden: 0, n_rows_hidden: 0 };
    for (rank, (label, count)) in by_count.into_iter().enumerate() {
        if is_shown(rank, count) {
            groups.bars.push(Bar::new(label, count as f64 / n_rows).n(count));
        } else {
            groups.n_hidden += 1;
            groups.n_rows_hidden += count;
        }
    }
    groups
}

/// The target's mean in each tenth of a numeric column, at the tenth's mean.
pub(crate) fn target_along(numbers: &[f64], target: &[f64]) -> Vec<(f64, f64)> {
    let mut known: Vec<(f64, f64)> =
        numbers.iter().zip(target).map(|(x, y)| (*x, *y)).filter(|(x, y)| !x.is_nan() && !y.is_nan()).collect();
    known.sort_by(|left, right| left.0.total_cmp(&right.0));
    let mut curve = Vec::new();
    let mut start = 0;
    while start < known.len() {
        let mut end = (start + (known.len() / 10).max(MIN_GROUP)).min(known.len());
        // Equal numbers stay together, and a small remainder is merged with the last tenth.
        while end < known.len() && known[end].0 == known[end - 1].0 {
            end += 1;
        }
        if known.len() - end < MIN_GROUP {
            end = known.len();
        }
        let n = (end - start) as f64;
        let part = &known[start..end];
        curve.push((part.iter().map(|(x, _)| x).sum::<f64>() / n, part.iter().map(|(_, y)| y).sum::<f64>() / n));
        start = end;
    }
    curve
}

/// The names of a column's values, "(blank)" at the end, and each row's index among them.
fn values(column: &ColumnData) -> (Vec<String>, Vec<usize>) {
    match column {
        ColumnData::Categorical { values, codes } => {
            let labels = values.iter().cloned().chain(["(blank)".to_owned()]).collect();
            (labels, codes.iter().map(|code| if *code == BLANK { values.len() } else { *code as usize }).collect())
        }
        ColumnData::Numeric(numbers) => {
            let mut distinct: Vec<f64> = numbers.iter().copied().filter(|number| !number.is_nan()).collect();
            distinct.sort_unstable_by(f64::total_cmp);
            distinct.dedup();
            let labels = distinct.iter().map(f64::to_string).chain(["(blank)".to_owned()]).collect();
            let bin_of = |number: &f64| {
                if number.is_nan() { distinct.len() } else { distinct.partition_point(|other| other < number) }
            };
            (labels, numbers.iter().map(bin_of).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn correlation_worked_by_hand() {
        // Deviations −1, 0, 1 and −1, 1, 0: 1 / 2.
        assert!((pearson(&[1.0, 2.0, 3.0], &[0.0, 2.0, 1.0]) - 0.5).abs() < 1e-15);
        assert_eq!(pearson(&[1.0, 2.0, f64::NAN, 3.0], &[2.0, 4.0, 9.0, 6.0]), 1.0);
        assert!(pearson(&[1.0, 1.0, 1.0], &[1.0, 2.0, 3.0]).is_nan());
    }

    #[test]
    fn small_groups_are_hidden_unless_asked_for() {
        let codes = (0..25).map(|row| u32::from(row >= 16)).collect();
        let column = ColumnData::Categorical { values: ["a", "b"].map(String::from).into(), codes };
        let target = vec![1.0; 25];
        let hidden = target_by_value(&column, &target, false);
        assert_eq!((hidden.bars.len(), hidden.n_hidden, hidden.n_rows_hidden), (1, 1, 9));
        assert_eq!(target_by_value(&column, &target, true).bars.len(), 2);
        assert_eq!(frequencies(&column, 12, false).bars, [Bar::new("a", 0.64).n(16)]);
    }

    #[test]
    fn the_curve_has_no_point_of_few_rows() {
        let numbers: Vec<f64> = (0..105).map(f64::from).collect();
        let curve = target_along(&numbers, &numbers);
        assert_eq!(curve.len(), 10);
        assert_eq!(curve[0], (4.5, 4.5));
        assert_eq!(curve[9], (97.0, 97.0));
    }
}

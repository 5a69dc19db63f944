//! Errors by group.

use serde::Serialize;

use crate::metrics::{each, mean_and_margin, student_t};
use crate::table::cells::Cells;
use crate::table::row_idx::{RowIdx, weights_of};
use crate::table::{BLANK, ColumnData, Table};
use crate::trust::coverage::Covered;

/// Figures of smaller groups are not reported: they reveal individuals, and are mostly chance.
pub const MIN_GROUP: usize = 10;

/// The errors of the rows with one value of a column, in the target's unit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupErrors {
    /// The column.
    pub column: String,
    /// The value, or "(blank)".
    pub value: String,
    /// The number of rows.
    pub n: usize,
    /// The mean of the target.
    pub mean: f64,
    /// Half the width of the 95 % interval of the mean (Student's t, as for the other margins).
    pub mean_margin: f64,
    /// Mean absolute error.
    pub mae: f64,
    /// Half the width of the 95 % interval of the mean absolute error.
    pub mae_margin: f64,
    /// Mean of prediction − target: above 0 the group is estimated too high.
    pub bias: f64,
    /// Half the width of the 95 % interval of the bias.
    pub bias_margin: f64,
    /// The coverage of intervals; `None` for a model without intervals.
    pub coverage: Option<Covered>,
}

/// How far the records of a group are off that cells stand for, all of them, in the target's unit.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CountedGroup {
    pub(crate) column: String,
    pub(crate) value: String,
    /// How many records.
    pub(crate) n: usize,
    /// The mean of the target, with half the width of its 95 % interval.
    pub(crate) mean: (f64, f64),
    /// The mean of prediction − target, likewise.
    pub(crate) bias: (f64, f64),
}

/// The level at which a group's coverage is given, in percent.
pub(crate) const GROUP_LEVEL: u32 = 90;

/// The errors by value of each categorical column, for values of at least [`MIN_GROUP`] of `rows`; `predicted` has the
/// prediction for each of `rows`, and `is_covered` whether its target lies within its interval at 90 %. All figures but
/// `n` are weighted.
#[must_use]
pub fn group_errors<R: RowIdx>(
    table: &Table,
    rows: &[R],
    predicted: &[f64],
    is_covered: Option<&[bool]>,
) -> Vec<GroupErrors> {
    let mut groups = Vec::new();
    let all_weights = weights_of(table, rows);
    for Group { column, value, positions } in groups_of(table, rows) {
        let weights: Option<Vec<f64>> =
            all_weights.as_ref().map(|weights| positions.iter().map(|position| weights[*position]).collect());
        let pairs: Vec<(f64, f64)> =
            positions.iter().map(|position| (table.target[rows[*position].to_usize()], predicted[*position])).collect();
        let coverage = is_covered.map(|is_covered| {
            let is_covered = positions.iter().map(|position| is_covered[*position]);
            Covered::new(f64::from(GROUP_LEVEL), is_covered.zip(each(weights.as_deref())))
        });
        groups.push(GroupErrors { coverage, ..errors(column, value, &pairs, weights.as_deref()) });
    }
    groups
}

/// The same groups if `rows` are cells, over all records of the cells: a bias is a mean, which cells determine exactly.
pub(crate) fn group_biases(table: &Table, cells: &Cells, rows: &[u32], predicted: &[f64]) -> Vec<CountedGroup> {
    let of_group = |Group { column, value, positions }: Group<'_>| {
        let n_records = |position: &usize| f64::from(cells.n[rows[*position] as usize]);
        let n: f64 = positions.iter().map(n_records).sum();
        let within: f64 = positions.iter().map(|position| cells.within[rows[*position] as usize]).sum();
        let target = |position: usize| table.target[rows[position] as usize];
        let with_margin = |of: &dyn Fn(usize) -> f64| {
            let mean = positions.iter().map(|position| n_records(position) * of(*position)).sum::<f64>() / n;
            let off = |position: &usize| n_records(position) * ((of(*position) - mean) * (of(*position) - mean));
            let squares = positions.iter().map(off).sum::<f64>() + within;
            (mean, student_t(n - 1.0) * (squares / n / (n - 1.0)).sqrt())
        };
        CountedGroup {
            column: column.to_owned(),
            value: value.to_owned(),
            n: n as usize,
            mean: with_margin(&target),
            bias: with_margin(&|position| predicted[position] - target(position)),
        }
    };
    groups_of(table, rows).into_iter().map(of_group).collect()
}

/// The rows with one value of a column.
pub(crate) struct Group<'a> {
    pub(crate) column: &'a str,
    /// The value, or "(blank)".
    pub(crate) value: &'a str,
    /// The positions in the list of rows.
    pub(crate) positions: Vec<usize>,
}

/// The values of categorical columns that at least [`MIN_GROUP`] of the records of `rows` have, including blanks.
pub(crate) fn groups_of<'a, R: RowIdx>(table: &'a Table, rows: &[R]) -> Vec<Group<'a>> {
    let mut groups = Vec::new();
    for column in &table.columns {
        let ColumnData::Categorical { values, codes } = &column.data else { continue };
        let mut positions = vec![Vec::new(); values.len() + 1];
        for (position, row) in rows.iter().enumerate() {
            let code = codes[row.to_usize()];
            positions[if code == BLANK { values.len() } else { code as usize }].push(position);
        }
        for (value, positions) in values.iter().map(String::as_str).chain(["(blank)"]).zip(positions) {
            let rows: Vec<usize> = positions.iter().map(|position| rows[*position].to_usize()).collect();
            if table.n_records_of(&rows) >= MIN_GROUP {
                groups.push(Group { column: &column.name, value, positions });
            }
        }
    }
    groups
}

fn errors(column: &str, value: &str, pairs: &[(f64, f64)], weights: Option<&[f64]>) -> GroupErrors {
    let of = |of: fn(&(f64, f64)) -> f64| mean_and_margin(&pairs.iter().map(of).collect::<Vec<_>>(), weights);
    let (mean, mean_margin) = of(|(actual, _)| *actual);
    let (mae, mae_margin) = of(|(actual, predicted)| (predicted - actual).abs());
    let (bias, bias_margin) = of(|(actual, predicted)| predicted - actual);
    GroupErrors {
        column: column.to_owned(),
        value: value.to_owned(),
        n: pairs.len(),
        mean,
        mean_margin,
        mae,
        mae_margin,
        bias,
        bias_margin,
        coverage: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::TableColumn;

    /// Rows with a category, 0 for a and 1 for b, and a target.
    fn table(codes: Vec<u32>, target: Vec<f64>) -> Table {
        let column = ColumnData::Categorical { values: ["a", "b"].map(String::from).into(), codes: codes.into() };
        Table {
            columns: vec![TableColumn { name: "g".into(), data: column }],
            target_name: "y".into(),
            target: target.into(),
            weights: None,
            keys: crate::table::keys::RowKeys::default(),
            directions: Default::default(),
            most_columns: None,
            cells: None,
            dates: Default::default(),
            left_out: Vec::new(),
            notices: Vec::new(),
            reading: Default::default(),
        }
    }

    #[test]
    fn the_bias_of_cells_is_that_of_their_rows() {
        // In group a cells of 6 and 5 rows with other predictions, in group b 9 rows.
        let targets = |cell: usize| (0..[6, 5, 9][cell]).map(move |row: usize| (10 * cell + row * row % 7) as f64);
        let mean = |cell: usize| targets(cell).sum::<f64>() / targets(cell).count() as f64;
        let within = |cell: usize| {
            let squared = |target| (target - mean(cell)) * (target - mean(cell));
            targets(cell).map(squared).sum()
        };
        let predicted = [1.0, 12.5, 3.0];
        let cells = Cells {
            n: vec![6, 5, 9],
            within: (0..3).map(within).collect(),
            low: vec![0.0; 3].into(),
            high: vec![0.0; 3].into(),
            combination: vec![0, 1, 2],
            rounded: Default::default(),
            sample: Box::new(table(vec![], vec![])),
        };
        let counted = table(vec![0, 0, 1], (0..3).map(mean).collect());
        let counted = Table { cells: Some(std::sync::Arc::new(cells.clone())), ..counted };
        let found = group_biases(&counted, &cells, &[0, 1, 2], &predicted);
        let rows = table([vec![0; 11], vec![1; 9]].concat(), (0..3).flat_map(targets).collect());
        let of_rows: Vec<f64> = (0..3).flat_map(|cell| targets(cell).map(move |_| predicted[cell])).collect();
        let expected = group_errors(&rows, &(0..20_usize).collect::<Vec<_>>(), &of_rows, None);
        assert_eq!((found.len(), expected.len(), found[0].n, &found[0].value[..]), (1, 1, 11, "a"));
        let (CountedGroup { mean, bias, .. }, expected) = (&found[0], &expected[0]);
        for (found, expected) in [
            (mean.0, expected.mean),
            (mean.1, expected.mean_margin),
            (bias.0, expected.bias),
            (bias.1, expected.bias_margin),
        ] {
            assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        }
    }

    #[test]
    fn errors_by_group_worked_by_hand_and_small_groups_hidden() {
        let mut codes = vec![0; 10];
        codes.extend([1; 9]);
        let table = table(codes, vec![2.0; 19]);
        let rows: Vec<usize> = (0..19).collect();
        // Five errors of 1 and five of −3: bias −1, mean absolute error 2, variance 40/9.
        let predicted: Vec<f64> = (0..19).map(|row| if row % 2 == 0 { 3.0 } else { -1.0 }).collect();
        let is_covered: Vec<bool> = (0..19).map(|row| row != 3).collect();
        let groups = group_errors(&table, &rows, &predicted, Some(&is_covered));
        assert_eq!(groups.len(), 1);
        let GroupErrors { n, mean, mean_margin, mae, mae_margin, bias, bias_margin, coverage, .. } = groups[0].clone();
        assert_eq!((n, mean, mae, bias, mean_margin), (10, 2.0, 2.0, -1.0, 0.0));
        // Absolute errors of 1 and 3: variance 10/9.
        assert!((mae_margin - 2.262 * (1.0 / 9.0_f64).sqrt()).abs() < 1e-3);
        assert!((bias_margin - 2.262 * (4.0 / 9.0_f64).sqrt()).abs() < 1e-3);
        assert_eq!(coverage.map(|coverage| coverage.share), Some(0.9));
    }
}

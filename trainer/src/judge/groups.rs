//! Errors by group.

use serde::Serialize;

use crate::metrics::{each, mean_and_margin};
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

/// The rows with one value of a column.
pub(crate) struct Group<'a> {
    pub(crate) column: &'a str,
    /// The value, or "(blank)".
    pub(crate) value: &'a str,
    /// The positions in the list of rows.
    pub(crate) positions: Vec<usize>,
}

/// The values of categorical columns that at least [`MIN_GROUP`] of `rows` have, including blanks.
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
            if positions.len() >= MIN_GROUP {
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

    #[test]
    fn errors_by_group_worked_by_hand_and_small_groups_hidden() {
        let mut codes = vec![0; 10];
        codes.extend([1; 9]);
        let column = ColumnData::Categorical { values: ["a", "b"].map(String::from).into(), codes: codes.into() };
        let table = Table {
            columns: vec![TableColumn { name: "g".into(), data: column }],
            target_name: "y".into(),
            target: vec![2.0; 19].into(),
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

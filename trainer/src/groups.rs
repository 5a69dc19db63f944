//! How errors differ between groups of people.

use serde::Serialize;

use crate::table::{BLANK, ColumnData, Table};

/// Figures of smaller groups are not given: they tell about persons, and are mostly chance.
pub const MIN_GROUP: usize = 10;

/// The errors of the rows that share one value of a column, in the target's unit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupErrors {
    /// The column.
    pub column: String,
    /// The value, or "(blank)".
    pub value: String,
    /// How many rows.
    pub n: usize,
    /// The mean of the target.
    pub mean: f64,
    /// Mean absolute error.
    pub mae: f64,
    /// Mean of prediction − target: above 0 the group is estimated too high.
    pub bias: f64,
    /// Half the width of the 95 % interval of the bias (normal approximation).
    pub bias_margin: f64,
}

/// The errors by every value of every categorical column that at least [`MIN_GROUP`] of `rows` have; `predicted` has one
/// number a row of `rows`.
#[must_use]
pub fn group_errors(table: &Table, rows: &[usize], predicted: &[f64]) -> Vec<GroupErrors> {
    let mut groups = Vec::new();
    for column in &table.columns {
        let ColumnData::Categorical { values, codes } = &column.data else { continue };
        for (code, value) in values.iter().map(String::as_str).chain(["(blank)"]).enumerate() {
            let code = if code == values.len() { BLANK } else { u32::try_from(code).unwrap_or(BLANK) };
            let of_group: Vec<(f64, f64)> = rows
                .iter()
                .zip(predicted)
                .filter(|(row, _)| codes[**row] == code)
                .map(|(row, predicted)| (table.target[*row], *predicted))
                .collect();
            if of_group.len() >= MIN_GROUP {
                groups.push(errors(&column.name, value, &of_group));
            }
        }
    }
    groups
}

fn errors(column: &str, value: &str, pairs: &[(f64, f64)]) -> GroupErrors {
    let n = pairs.len() as f64;
    let mean_of = |of: fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>() / n;
    let bias = mean_of(|(actual, predicted)| predicted - actual);
    let squares: f64 = pairs.iter().map(|(actual, predicted)| (predicted - actual - bias).powi(2)).sum();
    GroupErrors {
        column: column.to_owned(),
        value: value.to_owned(),
        n: pairs.len(),
        mean: mean_of(|(actual, _)| *actual),
        mae: mean_of(|(actual, predicted)| (predicted - actual).abs()),
        bias,
        bias_margin: 1.96 * (squares / (n - 1.0) / n).sqrt(),
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
            left_out: Vec::new(),
            notices: Vec::new(),
        };
        let rows: Vec<usize> = (0..19).collect();
        // Five times 1 too high and five times 3 too low: bias −1, absolute error 2, variance 40/9.
        let predicted: Vec<f64> = (0..19).map(|row| if row % 2 == 0 { 3.0 } else { -1.0 }).collect();
        let groups = group_errors(&table, &rows, &predicted);
        assert_eq!(groups.len(), 1);
        let GroupErrors { n, mean, mae, bias, bias_margin, .. } = groups[0];
        assert_eq!((n, mean, mae, bias), (10, 2.0, 2.0, -1.0));
        assert!((bias_margin - 1.96 * (4.0 / 9.0_f64).sqrt()).abs() < 1e-12);
    }
}

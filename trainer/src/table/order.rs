//! Sorts a table's rows by their content: engines return rows in any order.

use std::cmp::Ordering;

use crate::table::compact::{Codes, Numbers};
use crate::table::keys::{Parting, RowKeys};
use crate::table::{ColumnData, Table, TableColumn};

impl Table {
    /// The same rows, sorted by columns, parts, targets and weights: rows that are equal in all of them are
    /// interchangeable.
    pub(crate) fn sorted(self) -> Self {
        let parts = parts_of(&self.keys);
        let part = |row: u32| parts.map_or(0, |parts| parts[row as usize]);
        let weight = |row: u32| self.weights.as_ref().map_or(1.0, |weights| weights[row as usize]);
        let target = |row: u32| self.target[row as usize];
        let mut rows: Vec<u32> = (0..u32::try_from(self.n_rows()).unwrap_or(u32::MAX)).collect();
        rows.sort_by(|left, right| {
            compare(&self.columns, *left as usize, &self.columns, *right as usize)
                .then(part(*left).cmp(&part(*right)))
                .then(target(*left).total_cmp(&target(*right)))
                .then(weight(*left).total_cmp(&weight(*right)))
        });
        let parting = match parts {
            Some(parts) => Parting::Given(rows.iter().map(|row| parts[*row as usize]).collect::<Vec<i8>>().into()),
            None => Parting::Chance,
        };
        Self {
            columns: taken_columns(&self.columns, &rows),
            target: taken_numbers(&self.target, &rows),
            weights: self.weights.as_ref().map(|weights| rows.iter().map(|row| weights[*row as usize]).collect()),
            keys: RowKeys { parting, repeated: Vec::new() },
            ..self
        }
    }
}

/// The parts given with the rows.
pub(crate) fn parts_of(keys: &RowKeys) -> Option<&[i8]> {
    match &keys.parting {
        Parting::Given(parts) => Some(parts),
        Parting::Chance | Parting::Groups(_) | Parting::Time(_) => None,
    }
}

/// Compares a row of `left` with one of `right` by their cells; both have the same columns and categories.
pub(crate) fn compare(left: &[TableColumn], left_row: usize, right: &[TableColumn], right_row: usize) -> Ordering {
    let of_column = |(left, right): (&TableColumn, &TableColumn)| match (&left.data, &right.data) {
        // Engines treat 0 and −0 as equal.
        (ColumnData::Numeric(left), ColumnData::Numeric(right)) => {
            (left[left_row] + 0.0).total_cmp(&(right[right_row] + 0.0))
        }
        (ColumnData::Categorical { codes: left, .. }, ColumnData::Categorical { codes: right, .. }) => {
            left[left_row].cmp(&right[right_row])
        }
        _ => Ordering::Equal,
    };
    left.iter().zip(right).map(of_column).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

/// The given rows of each column.
pub(crate) fn taken_columns(columns: &[TableColumn], rows: &[u32]) -> Vec<TableColumn> {
    let taken = |column: &TableColumn| TableColumn {
        name: column.name.clone(),
        data: match &column.data {
            ColumnData::Numeric(numbers) => ColumnData::Numeric(taken_numbers(numbers, rows)),
            ColumnData::Categorical { values, codes } => ColumnData::Categorical {
                values: values.clone(),
                codes: rows.iter().map(|row| codes[*row as usize]).collect::<Codes>(),
            },
        },
    };
    columns.iter().map(taken).collect()
}

fn taken_numbers(numbers: &Numbers, rows: &[u32]) -> Numbers {
    rows.iter().map(|row| numbers[*row as usize]).collect()
}

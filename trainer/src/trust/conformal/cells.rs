//! Groups of records whose intervals are computed from their own errors only, so that coverage holds for each group and
//! not only on average (Mondrian conformal prediction; Vovk, Lindsay, Nouretdinov & Gammerman 2003).

use std::collections::BTreeMap;

use model_core::Value;

use crate::folds::fit_data::FitData;

/// Groups with fewer errors are combined: their quantiles would be too uncertain.
const MIN_ERRORS: usize = 100;

/// The group of each row.
pub(super) struct Cells {
    /// The group's index in `values` plus one; 0 for the rest, which is in no group.
    of_row: Vec<usize>,
    /// For each group, the codes of the columns that define it.
    pub(super) values: Vec<Vec<u32>>,
    /// Whether the rest has enough errors; if not, the errors of all rows are used for it.
    is_rest_enough: bool,
}

impl Cells {
    /// No groups: the errors of all rows are used for all.
    pub(super) fn whole(n_rows: usize) -> Self {
        Self { of_row: vec![0; n_rows], values: Vec::new(), is_rest_enough: false }
    }

    /// The groups of the first `n_rows` rows of `data`, by the combination of the columns `by`.
    pub(super) fn new(data: &FitData, n_rows: usize, by: &[usize]) -> Self {
        if by.is_empty() {
            return Self::whole(n_rows);
        }
        let mut rows_of: BTreeMap<Vec<u32>, Vec<usize>> = BTreeMap::new();
        let mut row = 0;
        data.each_row(&data.rows()[..n_rows], |values| {
            let code = |column: &usize| match values[*column] {
                Value::Category(code) => Some(code),
                Value::Number(_) | Value::Missing | Value::Unseen => None,
            };
            if let Some(codes) = by.iter().map(code).collect::<Option<Vec<u32>>>() {
                rows_of.entry(codes).or_default().push(row);
            }
            row += 1;
        });
        rows_of.retain(|_, rows| rows.len() >= MIN_ERRORS);
        let mut of_row = vec![0; n_rows];
        for (cell, rows) in (1..).zip(rows_of.values()) {
            rows.iter().for_each(|row| of_row[*row] = cell);
        }
        let n_rest = of_row.iter().filter(|cell| **cell == 0).count();
        Self { of_row, values: rows_of.into_keys().collect(), is_rest_enough: n_rest >= MIN_ERRORS }
    }

    /// The number of groups, including the rest.
    pub(super) fn len(&self) -> usize {
        self.values.len() + 1
    }

    /// The group of a row.
    pub(super) fn of(&self, row: usize) -> usize {
        self.of_row[row]
    }

    /// Those of `rows` whose errors are used for a group.
    pub(super) fn members(&self, cell: usize, rows: &[usize]) -> Vec<usize> {
        let is_member = |row: &&usize| self.of_row[**row] == cell || (cell == 0 && !self.is_rest_enough);
        rows.iter().filter(is_member).copied().collect()
    }
}

//! Merges cells of several parts with the same features: a fit needs each combination once.

use crate::table::Table;
use crate::table::cells::Cells;
use crate::table::compact::Numbers;

/// The cells of some parts, merged by combination of features.
pub(super) struct Merged {
    /// For each combination the row of one cell with its features, ascending.
    pub(super) rows: Vec<u32>,
    /// One per row of the table; for those in `rows` the mean over the parts.
    pub(super) targets: Numbers,
    pub(super) counts: Counts,
}

/// The rows that cells stand for.
#[derive(Debug, Clone)]
pub(crate) struct Counts {
    /// The number of rows of each cell.
    pub(crate) n: Vec<f64>,
    /// The sum over all cells of the squared deviations of their targets from the cell's mean.
    pub(crate) within: f64,
}

impl Merged {
    /// Merges the cells in `rows`.
    pub(super) fn new(table: &Table, cells: &Cells, mut rows: Vec<u32>) -> Self {
        rows.sort_unstable();
        let combination = |row: &u32| cells.combination[*row as usize];
        let n = |row: &u32| f64::from(cells.n[*row as usize]);
        let mean = |row: &u32| table.target[*row as usize];
        let mut merged = Self {
            rows: Vec::new(),
            targets: table.target.clone(),
            counts: Counts { n: Vec::new(), within: rows.iter().map(|row| cells.within[*row as usize]).sum() },
        };
        let mut means: Option<Vec<f64>> = None;
        for same in rows.chunk_by(|left, right| combination(left) == combination(right)) {
            let count: f64 = same.iter().map(n).sum();
            if let [first, _, ..] = same {
                // Relative to the first mean, so that equal means stay exact.
                let pull: f64 = same.iter().map(|row| n(row) * (mean(row) - mean(first))).sum();
                let of_all = mean(first) + pull / count;
                let squares = |row: &u32| n(row) * ((mean(row) - of_all) * (mean(row) - of_all));
                merged.counts.within += same.iter().map(squares).sum::<f64>();
                means.get_or_insert_with(|| table.target.to_vec())[*first as usize] = of_all;
            }
            merged.rows.extend(same.first());
            merged.counts.n.push(count);
        }
        if let Some(means) = means {
            merged.targets = means.into();
        }
        merged
    }
}

//! Findings to check before a model is trusted.

use rustc_hash::FxHashMap;

use super::data::Data;
use crate::judge::single_column::single_column_r2;
pub(super) use crate::judge::suspicions::LEAK_R2;
use crate::judge::suspicions::cells;
use crate::table::ColumnData;

/// Suspicious findings.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Findings {
    /// Columns that alone explain nearly all of the target's variance, with their cross-validated R².
    pub(super) leaks: Vec<(String, f64)>,
    /// Columns that only identify their rows, with the reason.
    pub(super) identifiers: Vec<(String, String)>,
    /// Columns without information, with the reason.
    pub(super) constants: Vec<(String, String)>,
    /// Pairs of columns with the same grouping of rows.
    pub(super) twins: Vec<(String, String)>,
    /// Rows that equal an earlier row in every cell.
    pub(super) duplicate_rows: usize,
    /// Rows without a target.
    pub(super) without_target: usize,
}

/// Each column's cross-validated R² as the only predictor of the target; `None` without a target.
pub(super) fn solo_scores(data: &Data) -> Vec<Option<f64>> {
    let score = |(column_idx, column): (usize, &crate::table::ingest::RawColumn)| {
        let target = data.target_numbers()?;
        let is_varying = |column_idx: &usize| data.columns[*column_idx].constant.is_none();
        let is_able = Some(column_idx) != data.target
            && !data.folds.is_empty()
            && is_varying(&column_idx)
            && data.target.is_some_and(|target| is_varying(&target));
        is_able.then(|| single_column_r2(&column.data, &target, None, &data.folds))
    };
    data.columns.iter().enumerate().map(score).collect()
}

pub(super) fn findings(data: &Data, scores: &[Option<f64>]) -> Findings {
    let named = |reason: fn(&crate::table::ingest::RawColumn) -> &Option<String>| {
        let of = |column: &crate::table::ingest::RawColumn| Some((column.name.clone(), reason(column).clone()?));
        data.columns.iter().filter_map(of).collect()
    };
    Findings {
        leaks: data
            .columns
            .iter()
            .zip(scores)
            .filter_map(|(column, score)| Some((column.name.clone(), score.filter(|score| *score > LEAK_R2)?)))
            .collect(),
        identifiers: named(|column| &column.identifier),
        constants: named(|column| &column.constant),
        twins: twins(data),
        duplicate_rows: duplicate_rows(data),
        without_target: data.target.map_or(0, |target| super::data::n_blank(&data.columns[target].data)),
    }
}

/// Pairs of columns that are equal up to renaming values: `m` and `f` for 0 and 1 count, too.
fn twins(data: &Data) -> Vec<(String, String)> {
    let mut first_of: FxHashMap<Vec<u32>, usize> = FxHashMap::default();
    let mut twins = Vec::new();
    for (column_idx, column) in data.columns.iter().enumerate() {
        // If nearly every row has a distinct value, any two columns group the rows alike.
        if column.constant.is_some() || 2 * column.n_distinct > data.n_rows {
            continue;
        }
        let first = *first_of.entry(by_first_appearance(&column.data)).or_insert(column_idx);
        if first != column_idx {
            twins.push((data.columns[first].name.clone(), column.name.clone()));
        }
    }
    // Columns of mostly distinct numbers are twins only if they are equal.
    for (column_idx, column) in
        data.columns.iter().enumerate().filter(|(_, column)| 2 * column.n_distinct > data.n_rows)
    {
        let is_equal = |other: &&crate::table::ingest::RawColumn| cells(&other.data).eq(cells(&column.data));
        if let Some(first) = data.columns[..column_idx].iter().find(is_equal) {
            twins.push((first.name.clone(), column.name.clone()));
        }
    }
    twins
}

/// Each cell as the number of distinct cells before its first occurrence.
fn by_first_appearance(data: &ColumnData) -> Vec<u32> {
    let mut number_of: FxHashMap<u64, u32> = FxHashMap::default();
    cells(data)
        .map(|cell| {
            let next = u32::try_from(number_of.len()).unwrap_or(u32::MAX);
            *number_of.entry(cell).or_insert(next)
        })
        .collect()
}

fn duplicate_rows(data: &Data) -> usize {
    let columns: Vec<Vec<u64>> = data.columns.iter().map(|column| cells(&column.data).collect()).collect();
    let mut seen: rustc_hash::FxHashSet<Vec<u64>> = rustc_hash::FxHashSet::default();
    (0..data.n_rows).filter(|row| !seen.insert(columns.iter().map(|cells| cells[*row]).collect())).count()
}

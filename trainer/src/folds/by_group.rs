//! Rows of one group stay together: a pupil, class or school is either in training or in validation, never in both.
//!
//! The holdout is that of scikit-learn's `GroupShuffleSplit`. Folds are made as in its `GroupKFold`, by assigning the
//! largest remaining group to the fold with the fewest rows; groups whose sizes are within a factor of two count as
//! equally large and are taken in the rows' order, so that another order of the rows gives other folds.

use super::split::{Split, SplitError, permutation};
use crate::table::keys::{Key, MIN_GROUPS};
use crate::table::row_idx::RowIdx;

/// Holds back a share of the groups. Both parts are in random order, so that their first rows are a sample.
pub(super) fn holdout(groups: &Key, test_size: f64, seed: u32) -> Result<Split, SplitError> {
    let (n_rows, n_groups) = (groups.codes.len(), groups.n_distinct);
    let n_holdout = (test_size * n_groups as f64).ceil() as usize;
    if n_groups < MIN_GROUPS || n_groups < n_holdout + 2 {
        return Err(SplitError::TooFewGroups { column: groups.column.clone(), n_groups, test_size });
    }
    let narrow = |number: usize| u32::try_from(number).map_err(|_| SplitError::TooManyRows { n_rows });
    let mut is_held_back = vec![false; n_groups];
    for group in &permutation(narrow(n_groups)?, seed)[..n_holdout] {
        is_held_back[*group as usize] = true;
    }
    let rows = permutation(narrow(n_rows)?, seed).into_iter();
    let (holdout, train) = rows.partition(|row| is_held_back[groups.of(*row as usize)]);
    Ok(Split { train, holdout })
}

/// The rows of the first groups, about one in `part` of the groups, in the order of the rows.
pub(super) fn first_groups<R: RowIdx>(groups: &Key, rows: &[R], part: usize) -> Vec<R> {
    let mut rank_of = vec![usize::MAX; groups.n_distinct];
    let mut n_groups = 0;
    for row in rows {
        let rank = &mut rank_of[groups.of(row.to_usize())];
        if *rank == usize::MAX {
            *rank = n_groups;
            n_groups += 1;
        }
    }
    let is_first = |row: &&R| rank_of[groups.of(row.to_usize())] < n_groups.div_ceil(part);
    rows.iter().filter(is_first).copied().collect()
}

/// The fold of each row, and the number of folds: at most the number of groups.
pub(super) fn folds<R: RowIdx>(groups: &Key, rows: &[R], n_folds: usize) -> (Vec<u32>, usize) {
    let mut rank_of = vec![usize::MAX; groups.n_distinct];
    let mut sizes: Vec<usize> = Vec::new();
    for row in rows {
        let rank = &mut rank_of[groups.of(row.to_usize())];
        if *rank == usize::MAX {
            *rank = sizes.len();
            sizes.push(0);
        }
        sizes[*rank] += 1;
    }
    let n_folds = n_folds.min(sizes.len());
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by_key(|group| std::cmp::Reverse(sizes[*group].ilog2()));
    let mut loads = vec![0_usize; n_folds];
    let mut fold_of = vec![0_u32; sizes.len()];
    for group in order {
        let lightest = (0..n_folds).min_by_key(|fold| loads[*fold]).unwrap_or_default();
        loads[lightest] += sizes[group];
        fold_of[group] = lightest as u32;
    }
    (rows.iter().map(|row| fold_of[rank_of[groups.of(row.to_usize())]]).collect(), n_folds)
}

//! Validation rows are later than training rows: this estimates the performance in the coming term.
//!
//! The last times are held back, and folds are chained forward as in scikit-learn's `TimeSeriesSplit`: each is trained
//! on all earlier rows. Rows of one time are never separated, so that each cut moves to the nearest change of time.

use super::split::{Split, SplitError, permutation};
use crate::table::keys::Key;
use crate::table::row_idx::RowIdx;

/// One for the holdout, and three for two folds that are chained forward.
const MIN_TIMES: usize = 4;
/// R² needs two rows.
const MIN_ROWS: usize = 2;

/// Holds back the last times with about the share `test_size` of the rows. Both parts are in random order.
pub(super) fn holdout(times: &Key, test_size: f64, seed: u32) -> Result<Split, SplitError> {
    let too_few = || SplitError::TooFewTimes { column: times.column.clone(), n_times: times.n_distinct };
    if times.n_distinct < MIN_TIMES {
        return Err(too_few());
    }
    let n_rows = times.codes.len();
    let n_all = u32::try_from(n_rows).map_err(|_| SplitError::TooManyRows { n_rows })?;
    let ends = ends(times, 0..n_rows);
    let n_holdout = (test_size * n_rows as f64).ceil() as usize;
    // At least three times remain for training.
    let first = (MIN_TIMES - 2..times.n_distinct - 1)
        .filter(|time| n_rows - ends[*time] >= MIN_ROWS)
        .min_by_key(|time| ends[*time].abs_diff(n_rows - n_holdout))
        .ok_or_else(too_few)?;
    let (train, holdout) = permutation(n_all, seed).into_iter().partition(|row| times.of(*row as usize) <= first);
    Ok(Split { train, holdout })
}

/// The block of each row, and the number of folds: fold `k` is validated on block `k + 1` and trained on all blocks
/// before it.
pub(super) fn folds<R: RowIdx>(times: &Key, rows: &[R], n_folds: usize) -> (Vec<u32>, usize) {
    let ends = ends(times, rows.iter().map(|row| row.to_usize()));
    // The positions at which the time changes.
    let mut changes: Vec<usize> = ends.iter().copied().filter(|end| *end > 0 && *end < rows.len()).collect();
    changes.dedup();
    let cuts = cuts(&changes, rows.len(), n_folds);
    let block_of: Vec<u32> = ends.iter().map(|end| cuts.partition_point(|cut| cut < end) as u32).collect();
    (rows.iter().map(|row| block_of[times.of(row.to_usize())]).collect(), cuts.len())
}

/// The number of rows up to and including each time.
fn ends(times: &Key, rows: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut counts = vec![0_usize; times.n_distinct];
    rows.for_each(|row| counts[times.of(row)] += 1);
    let mut end = 0;
    for count in &mut counts {
        end += *count;
        *count = end;
    }
    counts
}

/// The first row of each block but the first: the changes nearest to `TimeSeriesSplit`'s cuts, each used once.
fn cuts(changes: &[usize], n_rows: usize, n_folds: usize) -> Vec<usize> {
    let n_folds = n_folds.min(changes.len());
    let n_each = n_rows / (n_folds + 1);
    let (mut cuts, mut end) = (Vec::new(), changes.len());
    for fold in (0..n_folds).rev() {
        let wanted = n_rows - (n_folds - fold) * n_each;
        // Leave one change for each remaining fold.
        let nearest = (fold..end).min_by_key(|change| changes[*change].abs_diff(wanted)).unwrap_or(fold);
        let later = cuts.last().copied().unwrap_or(n_rows);
        if later - changes[nearest] >= MIN_ROWS {
            cuts.push(changes[nearest]);
        }
        end = nearest;
    }
    cuts.reverse();
    cuts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_move_to_the_nearest_change_of_time() {
        // Four terms of 100 rows.
        assert_eq!(cuts(&[100, 200, 300], 400, 3), [100, 200, 300]);
        assert_eq!(cuts(&[100, 200, 300], 400, 10), [100, 200, 300]);
        // 10, 10, 10 and 370 rows: every cut is nearest to the last change, but each change is used once.
        assert_eq!(cuts(&[10, 20, 30], 400, 3), [10, 20, 30]);
        assert_eq!(cuts(&[20, 320], 400, 2), [20, 320]);
        // A last time with a single row cannot be a validation block.
        assert_eq!(cuts(&[100, 200, 399], 400, 3), [100, 200]);
    }
}

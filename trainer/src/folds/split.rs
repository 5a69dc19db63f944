//! Splits rows into training and holdout rows exactly like scikit-learn, so that scores can be compared.
//!
//! Its `train_test_split` draws a permutation from NumPy's legacy `RandomState`: MT19937 seeded with `init_genrand`,
//! and a Fisher-Yates shuffle whose bounded integers come from masked rejection.

use std::ops::Range;

use rand_mt::Mt;
use thiserror::Error;

use crate::table::row_idx::RowIdx;

/// Row indices in the order of scikit-learn (the folds depend on it).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// The training rows.
    pub train: Vec<u32>,
    /// The holdout rows.
    pub holdout: Vec<u32>,
}

/// One fold of a cross-validation: row indices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fold {
    /// The training rows.
    pub train: Vec<usize>,
    /// The validation rows.
    pub validation: Vec<usize>,
}

/// Why rows cannot be split as requested.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum SplitError {
    /// The share is not between 0 and 1.
    #[error("--test-size {test_size} is not a share between 0 and 1; write one such as 0.2")]
    TestSize {
        /// The share.
        test_size: f64,
    },
    /// A part has too few rows.
    #[error(
        "{n_rows} rows are too few for --test-size {test_size} and --cv {n_folds}: each fold needs at least two rows; add records or lower --cv"
    )]
    TooFewRows {
        /// The number of rows.
        n_rows: usize,
        /// The share of the holdout.
        test_size: f64,
        /// The number of folds.
        n_folds: usize,
    },
    /// Rows are indexed with 32 bits.
    #[error("{n_rows} rows are more than the {} that can be learned from; give a part of them", u32::MAX)]
    TooManyRows {
        /// The number of rows.
        n_rows: usize,
    },
    /// Too few groups to estimate the performance on new groups.
    #[error(
        "\"{column}\" names {n_groups} groups: --group needs at least 5, and two of them to learn from at --test-size \
         {test_size}; name a column of more groups, or leave --group out"
    )]
    TooFewGroups {
        /// The column.
        column: String,
        /// The number of its groups.
        n_groups: usize,
        /// The share of the holdout.
        test_size: f64,
    },
    /// Too few times to train on some and validate on later ones.
    #[error(
        "\"{column}\" tells {n_times} times: --time needs at least 4, the last with two rows, three to learn from and to \
         choose by; name a column of more times, or leave --time out"
    )]
    TooFewTimes {
        /// The column.
        column: String,
        /// The number of its times.
        n_times: usize,
    },
    /// R² is meaningless if the target is constant.
    #[error(
        "the target \"{target}\" is {value} in {n_same} of {n_rows} rows, and always where {part}, so that R² says nothing there: \
         add records whose target differs, or choose another --target, --seed or --cv"
    )]
    ConstantPart {
        /// The target.
        target: String,
        /// Its constant value.
        value: f64,
        /// The number of all rows with this value.
        n_same: usize,
        /// The number of rows.
        n_rows: usize,
        /// The part.
        part: &'static str,
    },
    /// Cross-validation needs at least two folds.
    #[error("--cv {n_folds} is not enough: cross-validation needs at least 2 folds")]
    Folds {
        /// The number of folds.
        n_folds: usize,
    },
}

/// The split of scikit-learn's `train_test_split(test_size=test_size, random_state=seed)`.
///
/// # Errors
/// When a part is too small for `n_folds` folds, or the share is invalid.
pub fn holdout_split(n_rows: usize, test_size: f64, seed: u32, n_folds: usize) -> Result<Split, SplitError> {
    if !(test_size > 0.0 && test_size < 1.0) {
        return Err(SplitError::TestSize { test_size });
    }
    if n_folds < 2 {
        return Err(SplitError::Folds { n_folds });
    }
    let n_holdout = (test_size * n_rows as f64).ceil() as usize;
    // R² needs two rows.
    if n_holdout < 2 || n_rows.saturating_sub(n_holdout) < n_folds.saturating_mul(2) {
        return Err(SplitError::TooFewRows { n_rows, test_size, n_folds });
    }
    let n_all = u32::try_from(n_rows).map_err(|_| SplitError::TooManyRows { n_rows })?;
    let mut holdout = permutation(n_all, seed);
    let train = holdout.split_off(n_holdout);
    holdout.shrink_to_fit();
    Ok(Split { train, holdout })
}

/// The folds of scikit-learn's `KFold(n_folds)` without shuffling, over `rows` in their order: the first
/// `rows.len() % n_folds` folds have one row more.
#[must_use]
pub fn k_folds<R: RowIdx>(rows: &[R], n_folds: usize) -> Vec<Fold> {
    let usize_of = |row: &R| row.to_usize();
    fold_bounds(rows.len(), n_folds)
        .map(|bounds| Fold {
            train: rows[..bounds.start].iter().chain(&rows[bounds.end..]).map(usize_of).collect(),
            validation: rows[bounds].iter().map(usize_of).collect(),
        })
        .collect()
}

/// The positions of each fold's validation rows among `n_rows` rows.
pub(crate) fn fold_bounds(n_rows: usize, n_folds: usize) -> impl Iterator<Item = Range<usize>> {
    let (size, n_larger) = (n_rows / n_folds, n_rows % n_folds);
    let start_of = move |fold: usize| fold * size + fold.min(n_larger);
    (0..n_folds).map(move |fold| start_of(fold)..start_of(fold + 1))
}

/// NumPy's `RandomState(seed).permutation(n)`.
pub(super) fn permutation(n: u32, seed: u32) -> Vec<u32> {
    let mut generator = Mt::new(seed);
    let mut items: Vec<u32> = (0..n).collect();
    for last in (1..items.len()).rev() {
        items.swap(last, bounded(&mut generator, last));
    }
    items
}

/// A number from 0 to `max`, by masked rejection.
fn bounded(generator: &mut Mt, max: usize) -> usize {
    let mask = usize::MAX >> max.leading_zeros();
    loop {
        let bits = generator.next_u32() as usize & mask;
        if bits <= max {
            return bits;
        }
    }
}

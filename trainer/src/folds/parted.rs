//! Holdout and folds according to the table's `Parting`: the only place that decides which rows are used for training
//! and which for validation.

use super::split::{Fold, Split, SplitError, fold_bounds, holdout_split, permutation};
use super::{by_group, by_time};
use crate::table::keys::{HELD_BACK, Parting};
use crate::table::row_idx::{RowIdx, in_order};
use crate::table::{MANY_ROWS, Table};

/// The training and holdout rows of `table`, according to its `Parting`; see [`holdout_split`].
///
/// # Errors
/// When a part is too small for `n_folds` folds, the share is invalid, or there are too few groups or times.
pub fn table_split(table: &Table, test_size: f64, seed: u32, n_folds: usize) -> Result<Split, SplitError> {
    let n_rows = table.n_rows();
    if let Parting::Given(parts) = &table.keys.parting {
        return given_split(table, parts, seed);
    }
    let by_chance = holdout_split(n_rows, test_size, seed, n_folds)?;
    let is_by_chance = table.keys.parting == Parting::Chance;
    let split = match &table.keys.parting {
        Parting::Chance | Parting::Given(_) => by_chance,
        Parting::Groups(groups) => by_group::holdout(groups, test_size, seed)?,
        Parting::Time(times) => by_time::holdout(times, test_size, seed)?,
    };
    let folds = Folds::new(table, &split.train, n_folds);
    if !is_by_chance && (folds.n_folds() < 2 || split.train.len() < 2 * folds.n_folds() || split.holdout.len() < 2) {
        return Err(SplitError::TooFewRows { n_rows, test_size, n_folds });
    }
    refuse_constant(table, &split.holdout, "rows are held back")?;
    for fold in 0..folds.n_folds() {
        refuse_constant(table, &folds.validation(&split.train, fold), "a fold of the cross-validation is judged")?;
    }
    Ok(split)
}

/// The split given with the rows. Both parts are in random order, so that their first rows are a sample.
fn given_split(table: &Table, parts: &[i8], seed: u32) -> Result<Split, SplitError> {
    let n_rows = u32::try_from(table.n_rows()).map_err(|_| SplitError::TooManyRows { n_rows: table.n_rows() })?;
    let rows = permutation(n_rows, seed).into_iter();
    let (holdout, train) = rows.partition(|row| parts[*row as usize] == HELD_BACK);
    let split = Split { train, holdout };
    let folds = Folds::new(table, &split.train, 0);
    refuse_constant(table, &split.holdout, "rows are held back")?;
    for fold in 0..folds.n_folds() {
        refuse_constant(table, &folds.validation(&split.train, fold), "a fold of the cross-validation is judged")?;
    }
    Ok(split)
}

/// Refuses a part with a constant target.
fn refuse_constant(table: &Table, rows: &[u32], part: &'static str) -> Result<(), SplitError> {
    let target = |row: &u32| table.target[*row as usize];
    let value = rows.first().map(target).unwrap_or_default();
    if rows.iter().any(|row| target(row) != value) {
        return Ok(());
    }
    let n_same = table.target.iter().filter(|other| **other == value).count();
    Err(SplitError::ConstantPart { target: table.target_name.clone(), value, n_same, n_rows: table.n_rows(), part })
}

/// The assignment of a list's rows to folds.
pub(crate) struct Folds {
    /// Each row's block; fold `k` is validated on block `k + first`.
    block_of: Vec<u32>,
    first: u32,
    n_folds: usize,
    /// Whether a fold is trained only on the blocks before its own, instead of on all others.
    is_forward: bool,
    n_table_rows: usize,
}

impl Folds {
    /// `n_folds` folds of the given rows, or as many as groups or times allow, or as were given with the rows.
    pub(crate) fn new<R: RowIdx>(table: &Table, rows: &[R], n_folds: usize) -> Self {
        let ((block_of, n_folds), is_forward) = match &table.keys.parting {
            Parting::Chance => ((by_place(rows.len(), n_folds), n_folds), false),
            Parting::Groups(groups) => (by_group::folds(groups, rows, n_folds), false),
            Parting::Time(times) => (by_time::folds(times, rows, n_folds), true),
            Parting::Given(parts) => (given(parts, rows), false),
        };
        Self { block_of, first: u32::from(is_forward), n_folds, is_forward, n_table_rows: table.n_rows() }
    }

    pub(crate) fn n_folds(&self) -> usize {
        self.n_folds
    }

    /// The training rows of a fold, in the list's order; if there are many, in the table's.
    pub(crate) fn train<R: RowIdx>(&self, rows: &[R], fold: usize) -> Vec<u32> {
        let own = self.block(fold);
        let is_train = |block: u32| if self.is_forward { block < own } else { block != own };
        let train = self.chosen(rows, is_train).map(|row| row.to_u32()).collect();
        if rows.len() >= MANY_ROWS { in_order(train, self.n_table_rows) } else { train }
    }

    /// The validation rows of a fold, in the list's order.
    pub(crate) fn validation<R: RowIdx>(&self, rows: &[R], fold: usize) -> Vec<R> {
        let own = self.block(fold);
        self.chosen(rows, |block| block == own).copied().collect()
    }

    fn block(&self, fold: usize) -> u32 {
        fold as u32 + self.first
    }

    fn chosen<'a, R>(&'a self, rows: &'a [R], is_chosen: impl Fn(u32) -> bool + 'a) -> impl Iterator<Item = &'a R> {
        rows.iter().zip(&self.block_of).filter(move |(_, block)| is_chosen(**block)).map(|(row, _)| row)
    }
}

/// `n_folds` folds of `rows` according to the table's `Parting`, or as many as groups or times allow.
#[must_use]
pub fn folds_of<R: RowIdx>(table: &Table, rows: &[R], n_folds: usize) -> Vec<Fold> {
    let folds = Folds::new(table, rows, n_folds);
    let fold = |fold: usize| Fold {
        train: folds.train(rows, fold).into_iter().map(|row| row as usize).collect(),
        validation: folds.validation(rows, fold).into_iter().map(RowIdx::to_usize).collect(),
    };
    (0..folds.n_folds()).map(fold).collect()
}

/// One in `part` of the rows; whole groups if rows of a group stay together.
pub(crate) fn fewer<R: RowIdx>(table: &Table, rows: &[R], part: usize) -> Vec<R> {
    match table.keys.groups() {
        Some(groups) => by_group::first_groups(groups, rows, part),
        None => rows[..rows.len() / part].to_vec(),
    }
}

/// The folds given with the rows, and their number.
fn given<R: RowIdx>(parts: &[i8], rows: &[R]) -> (Vec<u32>, usize) {
    let of_row = |row: &R| u32::try_from(parts[row.to_usize()]).unwrap_or(u32::MAX);
    let n_folds = parts.iter().copied().max().map_or(0, |most| usize::try_from(most + 1).unwrap_or(0));
    (rows.iter().map(of_row).collect(), n_folds)
}

/// The blocks of [`k_folds`](crate::k_folds).
fn by_place(n_rows: usize, n_folds: usize) -> Vec<u32> {
    let block = |(fold, bounds): (usize, std::ops::Range<usize>)| std::iter::repeat_n(fold as u32, bounds.len());
    fold_bounds(n_rows, n_folds).enumerate().flat_map(block).collect()
}

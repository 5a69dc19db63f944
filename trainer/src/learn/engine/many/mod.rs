//! Boosting with squared error on many rows.
//!
//! With many rows memory access dominates, so a row is a record of eight bytes (up to four bundles of columns, see
//! [`bundle`]) or a few more, and records are *moved*: each split makes the records of each side contiguous, so that
//! every pass reads memory sequentially (LightGBM and XGBoost move row indices instead and gather). A record carries
//! its residual, and row indices are not needed.
//!
//! Residuals and leaves are integer multiples of a small unit. Integer sums do not depend on the order of addition: the
//! result is the same with any number of threads. A bin's count and sum are packed into one 64-bit integer, so that one
//! addition updates both.

mod bundle;
mod grow;
mod partition;
mod records;
mod step;
mod sums;
mod symmetric;
#[cfg(test)]
mod tests;

use self::bundle::Bundles;
use self::records::Records;
use super::candidates::Candidates;
use super::grow::Grower;
use super::grown::GrownTree;
use super::symmetric::SymmetricTest;
use crate::folds::binned::Binned;
use crate::random::SplitMix64;

pub(crate) use self::step::Step;
pub(crate) use self::symmetric::{SymmetricColumn, SymmetricConfig};

/// Rows with their residuals, by record size, which depends on the number of bundles.
pub(crate) enum ManyRows {
    Small(Records<4>),
    Medium(Records<12>),
    Large(Records<28>),
    Huge(Records<60>),
}

/// Calls a method for any record size.
macro_rules! with_records {
    ($rows:expr, $records:ident => $call:expr) => {
        match $rows {
            ManyRows::Small($records) => $call,
            ManyRows::Medium($records) => $call,
            ManyRows::Large($records) => $call,
            ManyRows::Huge($records) => $call,
        }
    };
}

impl ManyRows {
    /// `None` if there are too many columns. The unit of residuals and leaves depends on the largest of `residuals`.
    pub(crate) fn new(binned: &Binned, residuals: &[f64]) -> Option<Self> {
        let shapes: Vec<usize> = binned.columns.iter().map(|column| column.n_bins).collect();
        let bins: Vec<&[u8]> = binned.columns.iter().map(|column| column.bins.as_slice()).collect();
        Self::of_bins(&shapes, &bins, residuals)
    }

    /// The same, from the number of bins of each column and each row's bins.
    pub(crate) fn of_bins(n_bins: &[usize], bins: &[&[u8]], residuals: &[f64]) -> Option<Self> {
        let bundles = Bundles::new(n_bins);
        Some(match bundles.len() {
            0..=4 => Self::Small(Records::new(bundles, bins, residuals)),
            5..=12 => Self::Medium(Records::new(bundles, bins, residuals)),
            13..=28 => Self::Large(Records::new(bundles, bins, residuals)),
            29..=60 => Self::Huge(Records::new(bundles, bins, residuals)),
            _ => return None,
        })
    }

    /// Grows a tree whose leaves include the learning rate, and subtracts its predictions from the residuals.
    pub(crate) fn grow(&mut self, grower: &Grower<'_>, step: &Step, random: &mut SplitMix64) -> GrownTree {
        with_records!(self, records => grow::grow(records, grower, step, random))
    }

    /// The same for a tree with one test per level: the tests, and a leaf for each combination of their results.
    pub(crate) fn grow_symmetric(
        &mut self,
        config: &SymmetricConfig<'_>,
        candidates: &mut Candidates,
        random: &mut SplitMix64,
    ) -> (Vec<SymmetricTest>, Vec<f64>) {
        with_records!(self, records => symmetric::grow(records, config, candidates, random))
    }

    /// The root mean square of the residuals.
    pub(crate) fn residual_size(&self) -> f64 {
        with_records!(self, records => records.residual_size())
    }
}

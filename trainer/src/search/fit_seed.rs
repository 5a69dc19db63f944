//! The random seed of a fit.

use crate::learn::Candidate;
use crate::random::SplitMix64;

/// The purpose of a fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FitPurpose {
    /// One fold of the cross-validation that selects the champion.
    Fold(usize),
    /// One fold of the cross-validation that intervals are computed from.
    IntervalFold(usize),
    /// The model fitted on all training rows.
    AllRows,
}

/// The seed of a candidate's fit, which is the same for all candidates of its group, since their fits share work.
#[must_use]
pub fn fit_seed(seed: u64, candidate: &Candidate, purpose: FitPurpose) -> u64 {
    let fold = match purpose {
        FitPurpose::Fold(fold) => fold as u64,
        FitPurpose::IntervalFold(fold) => u64::MAX - 1 - fold as u64,
        FitPurpose::AllRows => u64::MAX,
    };
    // FNV-1a: any well-mixed hash that never changes will do.
    let text = format!("{}\n{}\n{fold}", candidate.learner.family(), candidate.learner.group_key(&candidate.params));
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    SplitMix64::new(seed ^ hash).next_u64()
}

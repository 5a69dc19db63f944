//! The candidates that a search tries.

use crate::learn::{Candidate, Grid, Learner};

/// The candidates of the given families, in the families' order.
#[must_use]
pub fn candidates(learners: &[&'static dyn Learner], grid: Grid) -> Vec<Candidate> {
    let of = |learner: &&'static dyn Learner| {
        let learner = *learner;
        learner.grid(grid).into_iter().map(move |params| Candidate { learner, params })
    };
    learners.iter().flat_map(of).collect()
}

/// The candidates that support row weights, and the families of the others.
#[must_use]
pub(crate) fn partition_by_weights(candidates: Vec<Candidate>) -> (Vec<Candidate>, Vec<&'static str>) {
    partition(candidates, |Candidate { learner, .. }| learner.abilities().weights)
}

/// The candidates that can be fitted on cells as on the rows that they aggregate, and the families of the others.
#[must_use]
pub(crate) fn partition_by_cells(candidates: Vec<Candidate>) -> (Vec<Candidate>, Vec<&'static str>) {
    partition(candidates, |Candidate { learner, params }| learner.learns_from_cells(params))
}

/// The candidates that support directions of columns (monotonic constraints), and the families of the others.
#[must_use]
pub(crate) fn partition_by_directions(candidates: Vec<Candidate>) -> (Vec<Candidate>, Vec<&'static str>) {
    // A blend consists of the candidates that support them.
    partition(candidates, |Candidate { learner, params }| learner.keeps_directions(params))
}

fn partition(candidates: Vec<Candidate>, is_able: impl Fn(&Candidate) -> bool) -> (Vec<Candidate>, Vec<&'static str>) {
    let (able, others): (Vec<Candidate>, Vec<Candidate>) = candidates.into_iter().partition(is_able);
    let mut families: Vec<&'static str> = others.iter().map(|candidate| candidate.learner.family()).collect();
    families.dedup();
    (able, families)
}

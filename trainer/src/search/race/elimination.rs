//! Which candidates reach the next rung of a race.
//!
//! Candidates that share a fit are kept or dropped together, since dropping one of them saves nothing. The best third
//! of the groups is kept, as in successive halving (Jamieson & Talwalkar 2016), except groups that a paired comparison
//! on the same folds finds clearly behind, as in F-race (Birattari et al. 2002). The best of each family is kept as
//! well unless the selection excludes it: a simpler family within one standard error is preferred in the end.

use super::schedule::n_kept;
use crate::search::leaderboard::Scored;
use crate::search::paired::{Paired, paired};
use crate::search::select::is_clearly_behind;

/// A candidate that is behind the leader by more standard errors than this has no chance.
const CLEAR_ERRORS: f64 = 3.0;
/// No candidate is clearly behind with a smaller difference in R².
const LEAST_DIFFERENCE: f64 = 0.005;

/// Why a candidate is dropped.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Reason {
    /// It is clearly behind the leader.
    Behind(Paired),
    /// Enough other groups rank higher.
    Rank,
}

/// For each candidate of a leaderboard, why it is dropped, if it is.
pub(super) fn eliminate(leaderboard: &[Scored], n_folds: usize) -> Vec<Option<Reason>> {
    let key = |scored: &Scored| {
        let learner = scored.candidate.learner;
        (learner.family(), learner.group_key(&scored.candidate.params))
    };
    let mut groups: indexmap::IndexMap<(&str, String), Option<Reason>> = indexmap::IndexMap::new();
    let n_groups = leaderboard.iter().map(key).collect::<std::collections::BTreeSet<_>>().len();
    let Some(leader) = leaderboard.first() else { return Vec::new() };
    for scored in leaderboard {
        let key = key(scored);
        if groups.contains_key(&key) {
            continue;
        }
        let is_first = groups.keys().all(|(family, _)| *family != key.0);
        let paired = paired(leader.r2_folds(), scored.r2_folds(), n_folds);
        let is_behind =
            paired.difference.is_nan() || paired.difference > (CLEAR_ERRORS * paired.error).max(LEAST_DIFFERENCE);
        let reason = if is_first && !is_clearly_behind(paired) {
            None
        } else if is_behind {
            Some(Reason::Behind(paired))
        } else if groups.len() < n_kept(n_groups) {
            None
        } else {
            Some(Reason::Rank)
        };
        groups.insert(key, reason);
    }
    leaderboard.iter().map(|scored| groups.get(&key(scored)).copied().flatten()).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::learn::{Candidate, learner};

    fn scored(family: &str, params: serde_json::Value, r2_folds: [f64; 3]) -> Scored {
        let params = serde_json::from_value(params).unwrap();
        let candidate = Candidate { learner: learner(family).unwrap(), params };
        Scored::new(candidate, r2_folds.to_vec(), Duration::ZERO)
    }

    #[test]
    fn a_race_worked_by_hand() {
        let tree = |depth: usize, r2: [f64; 3]| scored("tree", serde_json::json!({"max_depth": depth}), r2);
        let leaderboard = [
            scored("ridge", serde_json::json!({"alpha": 1.0}), [0.80, 0.82, 0.81]),
            // Shares the leader's fit.
            scored("ridge", serde_json::json!({"alpha": 3.0}), [0.79, 0.81, 0.80]),
            // 0.0133 behind on average; differences 0.03, -0.01, 0.02: variance 0.000433, times 1/3 + 1/2: error 0.019.
            tree(4, [0.77, 0.83, 0.79]),
            // Within the errors, but third of four groups, of which two are kept, and not the first of its family.
            tree(5, [0.76, 0.83, 0.79]),
            // 0.1 behind on every fold, with a standard error of 0: out of the comparison.
            scored("forest", serde_json::json!({}), [0.70, 0.72, 0.71]),
        ];
        let reasons = eliminate(&leaderboard, 3);
        assert_eq!(reasons[..4], [None, None, None, Some(Reason::Rank)]);
        let Some(Reason::Behind(Paired { difference, error })) = reasons[4] else { panic!("{:?}", reasons[4]) };
        assert!((difference - 0.1).abs() < 1e-12 && error < 1e-9, "{difference} {error}");
    }
}

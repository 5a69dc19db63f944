//! Selects the champion.
//!
//! The highest mean score is often luck. If a simpler family is within one standard error of it, the simpler one is
//! selected: it is easier to explain and less likely to surprise. The standard error is that of the *paired*
//! differences, fold by fold, over repeated cross-validation, corrected for folds that share training rows (Nadeau &
//! Bengio 2003). With few rows it is large, so the R² given up for simplicity is limited. Forests, boosting and blends
//! count as equally complex; among them, the highest mean is selected.

use model_core::Rival;

use super::blend::{nested_scores, predict_folds};
use super::cross_validation::CrossValidation;
use super::leaderboard::Scored;
use super::paired::{Paired, paired};
use super::work::work;
use crate::folds::stop_signal::StopSignal;
use crate::learn::Candidate;
use crate::learn::{BLEND, FitError, Learner, blend_members, families};
use crate::metrics::mean_and_sd;
use crate::random::SplitMix64;

/// How the champion is selected.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Selection {
    /// The simplest family within one standard error of the best, over repeated cross-validation.
    Simplest {
        /// The maximal number of repetitions; with 0, only the folds of the search are used.
        repeats: usize,
        /// No repetition starts once they have cost this much work, in cells visited.
        most_work: f64,
    },
    /// The highest mean R², whatever its family.
    Best,
}

/// With more rows, cross-validation is not repeated by default: the folds agree anyway, and it takes long.
const MAX_ROWS_TO_REPEAT: usize = 20_000;
const REPEATS: usize = 5;
/// A family that is behind by more than this number of standard errors, and by more than [`CLEAR_DIFFERENCE`] in R², is
/// out of the comparison.
const CLEAR_ERRORS: f64 = 3.0;
const CLEAR_DIFFERENCE: f64 = 0.02;
/// The maximal R² given up for a simpler family.
const MOST_CONCEDED: f64 = 0.01;
/// The first family in the documented order whose models add up too many parts to be read.
const FIRST_OPAQUE: &str = "forest";
/// After more cross-validations than this, a family that is more than [`OUT_ERRORS`] standard errors behind is out of
/// the race.
const LEAST_REPEATS: usize = 3;
const OUT_ERRORS: f64 = 2.0;
/// Standard errors of fewer folds are uncertain: until then, a family is out if it is behind by more than this number
/// of them, and by more than [`EARLY_DIFFERENCE`] in R².
const EARLY_ERRORS: f64 = 3.0;
const EARLY_DIFFERENCE: f64 = 0.005;

/// The result of a selection.
#[derive(Debug, Clone)]
pub struct Choice {
    /// Ranks in the leaderboard: the champion's first, then those of the candidates to publish instead if it can't be
    /// published.
    pub order: Vec<usize>,
    /// The best candidate of each other family in the comparison, compared with the champion.
    pub rivals: Vec<Rival>,
}

impl Selection {
    /// The default for a table of `n_rows` rows.
    #[must_use]
    pub fn for_rows(n_rows: usize) -> Self {
        let repeats = if n_rows <= MAX_ROWS_TO_REPEAT { REPEATS } else { 0 };
        Self::Simplest { repeats, most_work: f64::INFINITY }
    }
}

/// Selects the champion and its substitutes from a leaderboard whose candidates were scored by `cross_validation`.
///
/// # Errors
/// The first fit that failed.
pub fn select(
    leaderboard: &[Scored],
    cross_validation: &CrossValidation<'_>,
    selection: Selection,
    stop: &StopSignal,
) -> Result<Choice, FitError> {
    let by_score: Vec<usize> = (0..leaderboard.len()).collect();
    let Selection::Simplest { repeats, most_work } = selection else {
        return Ok(Choice { order: by_score, rivals: Vec::new() });
    };
    let n_folds = cross_validation.n_folds;
    let contenders = contenders(leaderboard, n_folds);
    if contenders.len() < 2 {
        return Ok(Choice { order: by_score, rivals: Vec::new() });
    }
    let scores = repeated_scores(&contenders, cross_validation, (repeats, most_work), stop)?;
    let families: Vec<&str> = contenders.iter().map(|contender| contender.scored.entry.family.as_str()).collect();
    let Standing { champion, .. } = standing(&families, &scores, n_folds);
    let rival = |idx: usize| {
        let Paired { difference, error } = paired(&scores[idx], &scores[champion], n_folds);
        let n_folds = scores[idx].len().min(scores[champion].len());
        Rival { family: families[idx].to_owned(), r2_difference: difference, r2_error: error, n_folds }
    };
    let rivals = (0..contenders.len()).filter(|idx| *idx != champion).map(rival).collect();
    let mut order = by_score;
    order.retain(|rank| *rank != contenders[champion].rank);
    order.insert(0, contenders[champion].rank);
    Ok(Choice { order, rivals })
}

/// The best candidate of a family.
struct Contender<'a> {
    rank: usize,
    scored: &'a Scored,
}

/// The best candidate of each family that isn't clearly behind the leader, best first.
fn contenders(leaderboard: &[Scored], n_folds: usize) -> Vec<Contender<'_>> {
    let mut contenders: Vec<Contender<'_>> = Vec::new();
    for (rank, scored) in leaderboard.iter().enumerate() {
        if contenders.iter().all(|known| known.scored.entry.family != scored.entry.family) {
            contenders.push(Contender { rank, scored });
        }
    }
    let Some(leader) = leaderboard.first() else { return contenders };
    contenders.retain(|contender| !is_clearly_behind(paired(leader.r2_folds(), contender.scored.r2_folds(), n_folds)));
    contenders
}

/// Whether a candidate with this difference from the leader is out of the comparison.
pub(super) fn is_clearly_behind(Paired { difference, error }: Paired) -> bool {
    difference.is_nan() || difference > (CLEAR_ERRORS * error).max(CLEAR_DIFFERENCE)
}

/// The contenders' standing after a number of folds.
#[derive(Debug, PartialEq)]
struct Standing {
    /// The simplest family within one standard error of the best.
    champion: usize,
    /// The contenders that may still become champion; a single one if it is decided.
    in_race: Vec<usize>,
}

/// The standing by the families' scores, which are on the same folds; families that were dropped have only the first of
/// them.
fn standing(families: &[&str], scores: &[Vec<f64>], n_folds: usize) -> Standing {
    let n_most = scores.iter().map(Vec::len).max().unwrap_or_default();
    let present: Vec<usize> = (0..scores.len()).filter(|idx| scores[*idx].len() == n_most).collect();
    // Over all repetitions, the best family may be another one than in the search.
    let mean = |idx: usize| mean_and_sd(&scores[idx]).0;
    let best = present.iter().copied().max_by(|left, right| mean(*left).total_cmp(&mean(*right)).then(right.cmp(left)));
    let best = best.unwrap_or_default();
    let behind = |idx: usize| paired(&scores[best], &scores[idx], n_folds);
    let simplest_first = |left: &usize, right: &usize| {
        let simplicity = |idx: &usize| simplicity(families[*idx]);
        simplicity(left).cmp(&simplicity(right)).then(mean(*right).total_cmp(&mean(*left)))
    };
    let champion = present
        .iter()
        .copied()
        .filter(|idx| {
            let Paired { difference, error } = behind(*idx);
            difference <= error.min(MOST_CONCEDED)
        })
        .min_by(simplest_first)
        .unwrap_or(best);
    // A champion must be within one standard error; families that are much further behind will not catch up.
    let is_early = n_most <= LEAST_REPEATS * n_folds;
    let is_near = |idx: &usize| {
        let Paired { difference, error } = behind(*idx);
        difference <= if is_early { (EARLY_ERRORS * error).max(EARLY_DIFFERENCE) } else { OUT_ERRORS * error }
    };
    let near: Vec<usize> = present.iter().copied().filter(is_near).collect();
    // If the best is also the simplest of those that are near, it is the champion.
    let is_decided = near.iter().all(|idx| simplicity(families[best]) <= simplicity(families[*idx]));
    Standing { champion, in_race: if is_decided { vec![best] } else { near } }
}

/// R² of each contender on the folds of the search, and on the folds of at most `repeats` more cross-validations of
/// shuffled rows.
fn repeated_scores(
    contenders: &[Contender<'_>],
    cross_validation: &CrossValidation<'_>,
    (repeats, most_work): (usize, f64),
    stop: &StopSignal,
) -> Result<Vec<Vec<f64>>, FitError> {
    let CrossValidation { rows, seed, .. } = *cross_validation;
    let mut scores: Vec<Vec<f64>> = contenders.iter().map(|contender| contender.scored.r2_folds().to_vec()).collect();
    let parts = contenders
        .iter()
        .map(|contender| parts_of(&contender.scored.candidate))
        .collect::<Result<Vec<_>, FitError>>()?;
    // A blend's members are often contenders themselves: each model is fitted once.
    let mut fitted: Vec<Candidate> = Vec::new();
    for part in parts.iter().flatten() {
        if idx_of(part, &fitted).is_none() {
            fitted.push(part.clone());
        }
    }
    let families: Vec<&str> = contenders.iter().map(|contender| contender.scored.entry.family.as_str()).collect();
    let mut done = 0.0;
    for repeat in 0..repeats {
        let in_race = standing(&families, &scores, cross_validation.n_folds).in_race;
        if stop.is_due() || in_race.len() < 2 || done >= most_work {
            break;
        }
        let is_needed = |part: &Candidate| in_race.iter().any(|idx| idx_of(part, &parts[*idx]).is_some());
        let fitted: Vec<Candidate> = fitted.iter().filter(|part| is_needed(part)).cloned().collect();
        let passes: f64 = fitted.iter().map(|part| part.learner.passes(&part.params)).sum();
        let work = work(passes, rows.len() * (cross_validation.n_folds - 1), cross_validation.table.columns.len());
        done += work;
        let shuffled = shuffled(rows, seed.wrapping_add(repeat as u64 + 1));
        let folds = CrossValidation { rows: &shuffled, ..*cross_validation }.folds(stop);
        let predicted = predict_folds(&fitted, &folds, seed)?;
        if stop.is_due() {
            break;
        }
        for idx in &in_race {
            let (scores, parts, contender) = (&mut scores[*idx], &parts[*idx], &contenders[*idx]);
            let predicted: Vec<&[Vec<f64>]> =
                parts.iter().filter_map(|part| idx_of(part, &fitted)).map(|idx| &predicted[idx][..]).collect();
            if contender.scored.entry.family == BLEND.family() {
                scores.extend(nested_scores(&predicted, &folds));
            } else {
                let of_fold = folds.iter().zip(predicted[0]);
                scores.extend(of_fold.map(|(fold, predicted)| fold.validation.r2(predicted)));
            }
        }
    }
    Ok(scores)
}

/// The family's rank in the documented order, from simple to complex. Forests and all families after them have the same
/// rank: their models add up too many parts to be read.
fn simplicity(family: &str) -> usize {
    let rank = |family: &str| families().iter().position(|known| *known == family).unwrap_or(usize::MAX);
    rank(family).min(rank(FIRST_OPAQUE))
}

/// The candidates to fit: a blend's members, or the candidate itself.
fn parts_of(candidate: &Candidate) -> Result<Vec<Candidate>, FitError> {
    if candidate.learner.family() == BLEND.family() {
        return Ok(blend_members(&candidate.params)?.into_iter().map(|(member, _)| member).collect());
    }
    Ok(vec![candidate.clone()])
}

fn idx_of(candidate: &Candidate, list: &[Candidate]) -> Option<usize> {
    let is_same =
        |known: &Candidate| known.learner.family() == candidate.learner.family() && known.params == candidate.params;
    list.iter().position(is_same)
}

fn shuffled(rows: &[u32], seed: u64) -> Vec<u32> {
    SplitMix64::new(seed).permutation(rows.len()).into_iter().map(|position| rows[position]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repetitions_worked_by_hand() {
        let families = ["ridge", "ebm", "xgboost"];
        let scores = |folds: [[f64; 2]; 3]| folds.map(|folds| folds.to_vec()).to_vec();
        // ebm is 0.02 ahead of ridge on average: differences 0.01 and 0.03, variance 0.0002, times 1/2 + 1/1: error
        // 0.0173. Ridge is within three errors and still in the race; xgboost is 0.1 behind with an error of 0, and is
        // not.
        let open = scores([[0.80, 0.80], [0.81, 0.83], [0.71, 0.73]]);
        assert_eq!(standing(&families, &open, 2), Standing { champion: 1, in_race: vec![0, 1] });
        // The best is the simplest of those that are near: decided.
        let decided = scores([[0.82, 0.83], [0.81, 0.83], [0.71, 0.73]]);
        assert_eq!(standing(&families, &decided, 2), Standing { champion: 0, in_race: vec![0] });
        // A family that was dropped after fewer folds is ignored.
        let mut dropped = open;
        dropped[1].pop();
        assert_eq!(standing(&families, &dropped, 2).champion, 0);
    }

    #[test]
    fn little_is_given_up_for_a_simpler_family() {
        // ebm is ahead by 0.005 and 0.025: 0.015 on average, which is less than the error of 0.0173 but more than 0.01.
        let scores = |ridge: [f64; 2]| vec![ridge.to_vec(), vec![0.82, 0.83]];
        assert_eq!(standing(&["ridge", "ebm"], &scores([0.815, 0.805]), 2).champion, 1);
        // ebm is ahead by -0.005 and 0.015: 0.005 on average.
        assert_eq!(standing(&["ridge", "ebm"], &scores([0.825, 0.815]), 2).champion, 0);
        // Boosting is no simpler than a blend.
        assert_eq!(standing(&["xgboost", "blend"], &scores([0.825, 0.815]), 2).champion, 1);
    }

    #[test]
    fn more_folds_decide_what_few_leave_open() {
        // 0.01 ± 0.0036 behind, by 0.003 and 0.017 alternately: within three errors, but not within two.
        let folds = |n: usize| {
            let best: Vec<f64> = (0..n).map(|fold| [0.813, 0.827][fold % 2]).collect();
            vec![vec![0.81; n], best]
        };
        let in_race = |n: usize| standing(&["ridge", "ebm"], &folds(n), 6).in_race;
        assert_eq!(in_race(18), [0, 1]);
        assert_eq!(in_race(24), [1]);
    }

    #[test]
    fn shuffling_keeps_all_rows() {
        let rows: Vec<u32> = (0..50).collect();
        let mut other = shuffled(&rows, 3);
        assert_ne!(other, rows);
        other.sort_unstable();
        assert_eq!(other, rows);
    }
}

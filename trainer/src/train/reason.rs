//! The reason for choosing the champion, as a sentence.

use model_core::Rival;

use super::fit::Fitted;

pub(super) fn reason(fitted: &Fitted) -> String {
    let family = &fitted.champion().entry.family;
    if let Some(passed_over) = fitted.passed_over.first() {
        return format!("{family} has the highest score of all that can be published; {passed_over}.");
    }
    let n_candidates = fitted.chosen.leaderboard.len();
    let rivals = &fitted.chosen.choice.rivals;
    let closest = rivals.iter().max_by(|left, right| left.r2_difference.total_cmp(&right.r2_difference));
    match closest {
        None if n_candidates == 1 => format!("{family} was the only candidate."),
        None => format!("{family} has the highest mean R² of {n_candidates} candidates."),
        Some(Rival { family: rival, r2_difference, r2_error, n_folds }) => {
            let figures = format!("{r2_difference:+.4} ± {r2_error:.4} in R² over {n_folds} folds");
            if *r2_difference > 0.0 {
                format!("{family} is the simplest family that the best, {rival}, does not clearly beat ({figures}).")
            } else {
                format!("{rival}, the best of the other families, does not beat {family} here ({figures}).")
            }
        }
    }
}

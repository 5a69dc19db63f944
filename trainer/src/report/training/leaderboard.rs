//! The candidates, with error bars.

use maud::{Markup, html};
use model_core::{LeaderboardEntry, Params, Race};
use serde_json::Value as Json;

use crate::report::html::chart::{Bar, dots};
use crate::report::html::table::{Cell, Table};
use crate::report::html::{Number, grouped, hint};
use crate::report::training::{Findings, r2};

/// The number of candidates in the table.
const N_BEST: usize = 10;
/// The maximal number of characters of a candidate's parameters.
const MAX_PARAMS: usize = 300;

pub(super) fn section(findings: &Findings<'_>) -> Markup {
    let report = findings.report;
    let mut best: Vec<&LeaderboardEntry> = Vec::new();
    for entry in &report.leaderboard {
        if best.iter().all(|known| known.family != entry.family) {
            best.push(entry);
        }
    }
    let n_folds = report.champion.cv.r2_folds.len();
    let bar = |entry: &&LeaderboardEntry| Bar::new(&entry.family, entry.cv.r2_mean).margin(entry.cv.r2_sd);
    let bars: Vec<Bar> = best.iter().map(bar).collect();
    let mut table = Table::new(&["Candidate", "R²", "Std. dev."]).caption("The best candidates of all");
    for entry in report.leaderboard.iter().take(N_BEST) {
        table.row(vec![
            Cell::text(with_params(&entry.family, &entry.params)),
            Cell::number(Number::points(4).text(entry.cv.r2_mean)),
            Cell::number(Number::points(4).text(entry.cv.r2_sd)),
        ]);
    }
    let mut rivals = Table::new(&["Family", "R² less the champion's", "Standard error"])
        .caption("The best of each other family against the champion, fold by fold");
    for rival in &report.champion.rivals {
        rivals.row(vec![
            Cell::text(&rival.family),
            Cell::number(Number::points(4).signed().text(rival.r2_difference)),
            Cell::number(Number::points(4).text(rival.r2_error)),
        ]);
    }
    html! {
        p { (report.champion.reason) }
        (dots("Cross-validated R² of the best of each family", &bars, r2()))
        (hint(&format!(
            "Mean over {n_folds} folds; the bars reach one standard deviation over the folds to either side. {} candidates in all. The best of many looks a little better than it is; the records held back had no part in the choice.",
            grouped(report.n_candidates)
        )))
        @if !rivals.is_empty() {
            (rivals.render())
            (hint("The standard error allows for folds that share training records (Nadeau & Bengio 2003). A difference within one is no reason to prefer the more complex."))
        }
        (table.render())
        @if let Some(race) = &report.race {
            (race_hint(race, report.data.rows_train))
        }
    }
}

/// The number of rows on which candidates were compared, and the candidates dropped on the way.
fn race_hint(race: &Race, n_train: usize) -> Markup {
    let rungs: Vec<String> = race
        .rungs
        .iter()
        .map(|rung| format!("{} candidates on {} records", grouped(rung.n_candidates), grouped(rung.rows)))
        .collect();
    let n_last = race.rungs.last().map_or(0, |rung| rung.rows);
    html! {
        (hint(&format!("How they raced (effort {}): {}.", race.effort, rungs.join(", then "))))
        @if n_last < n_train {
            (hint(&format!(
                "Scores are those of models of a random sample of {} of the {} records to learn from; the champion was then fitted to all of them.",
                grouped(n_last),
                grouped(n_train)
            )))
        }
        @if !race.left_out.is_empty() {
            (hint(&format!(
                "Not tried, because their models would hold records or be far above the size budget: {}.",
                race.left_out.join(", ")
            )))
        }
        @if race.time_limit_reached {
            (hint("A time limit ended the search early: another run on the same records may find another champion."))
        }
    }
}

/// A family with its parameters, in a readable form.
pub(super) fn with_params(family: &str, params: &Params) -> String {
    let text = |value: &Json| match value {
        Json::String(text) => text.clone(),
        Json::Array(members) if family == "blend" => members
            .iter()
            .map(|member| {
                let weight = member["weight"].as_f64().unwrap_or_default();
                format!("{} × {}", Number::points(3).text(weight), member["family"].as_str().unwrap_or_default())
            })
            .collect::<Vec<_>>()
            .join(" + "),
        other => other.to_string(),
    };
    let params: Vec<String> = params.iter().map(|(name, value)| format!("{name} {}", text(value))).collect();
    let all = if params.is_empty() { family.to_owned() } else { format!("{family}: {}", params.join(", ")) };
    if all.chars().count() <= MAX_PARAMS { all } else { all.chars().take(MAX_PARAMS).chain(['…']).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_readable() {
        let params = |json: &str| serde_json::from_str::<Params>(json).unwrap();
        assert_eq!(with_params("linear", &params("{}")), "linear");
        assert_eq!(
            with_params("tree", &params(r#"{"max_depth":3,"criterion":"poisson"}"#)),
            "tree: criterion poisson, max_depth 3"
        );
        let blend = r#"{"members":[{"family":"ebm","params":{},"weight":0.5},{"family":"linear","weight":0.25}]}"#;
        assert_eq!(with_params("blend", &params(blend)), "blend: members 0.500 × ebm + 0.250 × linear");
    }
}

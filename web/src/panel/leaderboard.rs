//! The other candidates and their scores.

use leptos::prelude::*;
use model_core::{LeaderboardEntry, Report};

use crate::i18n::use_i18n;
use crate::wording::{family, params};

/// The best candidate of each family, best first.
#[component]
pub(super) fn Leaderboard(report: Report) -> impl IntoView {
    let i18n = use_i18n();
    let champion = report.champion.family;
    let row = |LeaderboardEntry { family: name, params: settings, cv }: &LeaderboardEntry| {
        let is_champion = *name == champion;
        view! {
            <tr class:chosen=is_champion>
                <th scope="row">
                    {family(i18n, name)} " "
                    <small>
                        {params(i18n, settings)} " " {is_champion.then(|| i18n.text("about.chosen"))}
                    </small>
                </th>
                <td>{i18n.number(cv.r2_mean, 4)}</td>
                <td>"± " {i18n.number(cv.r2_sd, 4)}</td>
            </tr>
        }
    };
    let n_candidates = i18n.count(report.n_candidates);
    view! {
        <h3>{i18n.text("about.tried")}</h3>
        <table>
            <caption>{i18n.fill("about.best-of-each", &[("n", &n_candidates)])}</caption>
            <thead>
                <tr>
                    <th scope="col">{i18n.text("about.model")}</th>
                    <th scope="col">{"R²"}</th>
                    <th scope="col">{i18n.text("about.spread")}</th>
                </tr>
            </thead>
            <tbody>{best_of_each(&report.leaderboard).into_iter().map(row).collect_view()}</tbody>
        </table>
    }
}

fn best_of_each(leaderboard: &[LeaderboardEntry]) -> Vec<&LeaderboardEntry> {
    let mut best: Vec<&LeaderboardEntry> = Vec::new();
    for entry in leaderboard {
        if !best.iter().any(|seen| seen.family == entry.family) {
            best.push(entry);
        }
    }
    best
}

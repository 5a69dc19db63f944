//! What else was tried, and how it did.

use model_core::{GroupCoverage, IntervalSummary, LeaderboardEntry, Report};

use crate::dom::escaped;
use crate::format::{count, family, number, params};
use crate::session::Session;
use crate::texts::{fill, text};

/// The best candidate of each family, best first.
pub(super) fn families(report: &Report) -> String {
    let mut rows = String::new();
    let mut seen: Vec<&str> = Vec::new();
    for LeaderboardEntry { family: name, params: settings, cv } in &report.leaderboard {
        if seen.contains(&name.as_str()) {
            continue;
        }
        seen.push(name);
        let is_champion = *name == report.champion.family;
        let (class, mark) = if is_champion { (" class=\"chosen\"", text("about.chosen")) } else { ("", String::new()) };
        rows.push_str(&format!(
            "<tr{class}><th scope=\"row\">{} <small>{} {mark}</small></th><td>{}</td><td>± {}</td></tr>",
            escaped(&family(name)),
            escaped(&params(settings)),
            number(cv.r2_mean, 4),
            number(cv.r2_sd, 4)
        ));
    }
    format!(
        "<h3>{}</h3><table><caption>{}</caption><thead><tr><th scope=\"col\">{}</th><th scope=\"col\">R²</th>\
         <th scope=\"col\">{}</th></tr></thead><tbody>{rows}</tbody></table>",
        text("about.tried"),
        fill("about.best-of-each", &[("n", &count(report.n_candidates))]),
        text("about.model"),
        text("about.spread"),
    )
}

/// How often the truth lay within the intervals, by level and by group.
pub(super) fn coverage(session: &Session, summary: &IntervalSummary) -> String {
    let mut rows = String::new();
    for own in &summary.coverage {
        rows.push_str(&format!(
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td></tr>",
            in_percent(own.level),
            in_percent(own.share * 100.0),
            session.error_in_target_unit(own.width)
        ));
    }
    let mut markup = String::new();
    if !rows.is_empty() {
        markup = format!(
            "<h3>{}</h3><table><caption>{}</caption><thead><tr><th scope=\"col\">{}</th><th scope=\"col\">{}</th>\
             <th scope=\"col\">{}</th></tr></thead><tbody>{rows}</tbody></table>",
            text("about.intervals"),
            text("about.intervals-caption"),
            text("about.promised"),
            text("about.kept"),
            text("about.width"),
        );
    }
    let place = nearest_to_ninety(summary);
    if let (Some(place), false) = (place, summary.groups.is_empty()) {
        markup.push_str(&groups(session, &summary.groups, place, summary.coverage[place].level));
    }
    markup
}

fn nearest_to_ninety(summary: &IntervalSummary) -> Option<usize> {
    let distance = |place: &usize| (summary.coverage[*place].level - 90.0).abs();
    (0..summary.coverage.len()).min_by(|a, b| distance(a).total_cmp(&distance(b)))
}

fn groups(session: &Session, groups: &[GroupCoverage], place: usize, level: f64) -> String {
    let label = |name: &str| {
        let column = session.columns().iter().find(|column| column.name == name);
        escaped(column.map_or(name, |column| &column.label))
    };
    let mut rows = String::new();
    for group in groups {
        rows.push_str(&format!(
            "<tr><th scope=\"row\">{}: {}</th><td>{}</td><td>{}</td></tr>",
            label(&group.column),
            escaped(&group.value),
            count(group.n),
            group.shares.get(place).map(|share| in_percent(share * 100.0)).unwrap_or_default()
        ));
    }
    format!(
        "<details><summary>{}</summary><table><caption>{}</caption><thead><tr><th scope=\"col\">{}</th>\
         <th scope=\"col\">{}</th><th scope=\"col\">{}</th></tr></thead><tbody>{rows}</tbody></table></details>",
        text("about.groups"),
        fill("about.groups-caption", &[("level", &number(level, 0))]),
        text("about.group"),
        text("about.students"),
        text("about.kept"),
    )
}

fn in_percent(share: f64) -> String {
    fill("estimate.percent", &[("level", &number(share, 0))])
}

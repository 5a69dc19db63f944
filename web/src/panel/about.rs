//! Why one may rely on the estimate, and how far: what the model is, how it was tried, and what else was tried.

use leptos::prelude::*;
use model_core::{Card, CvScore, Report};

use super::{ablation, another_model, leaderboard};
use crate::dom::{escaped, once_mounted, panel};
use crate::format::{capitalised, count, day, family, fingerprint, number, params};
use crate::session::Session;
use crate::texts::{counted, fill, list, text};

/// The report's essentials, a self-test, the families that were tried, the files, and a way to another model.
pub(crate) fn about(session: &Session) -> AnyView {
    let mut markup = format!("<h2 id=\"about-title\">{}</h2>", text("about.title"));
    match session.report() {
        Some(report) => markup.push_str(&reported(session, report)),
        None => markup.push_str(&format!(
            "<p>{}</p>",
            fill("about.no-report", &[("family", &escaped(&family(session.predictor().family())))])
        )),
    }
    markup.push_str(&another_model::markup());
    let session = session.clone();
    once_mounted(move || another_model::listen(&session));
    panel("about", "card about", markup)
}

fn reported(session: &Session, report: &Report) -> String {
    let mut markup = format!("<p>{}</p><dl class=\"facts\">", escaped(&introduction(report)));
    for (term, fact, more) in facts(session, report) {
        let (term, fact, more) = (text(term), escaped(&fact), escaped(&more));
        markup.push_str(&format!("<div><dt>{term}</dt><dd>{fact}<small>{more}</small></dd></div>"));
    }
    markup.push_str(&format!(
        "</dl><p class=\"self-test\" data-testid=\"self-test\">{}</p>{}{}{}",
        self_test(session.n_golden_equal(), report.golden.len()),
        left_out(report),
        leaderboard::families(report),
        leaderboard::coverage(session, &report.intervals),
    ));
    if let Some(found) = &report.ablation {
        markup.push_str(&ablation::table(session, found));
    }
    markup.push_str(&card(&report.card));
    if session.is_own_model() {
        markup.push_str(&format!("<p class=\"hint\">{}</p>", text("about.own-files")));
    } else {
        let links = ["preprocessor", "model", "report"]
            .map(|file| format!("<a href=\"./artifacts/{file}.json\" download>{file}.json</a>"));
        markup.push_str(&format!("<p class=\"hint\">{}</p>", fill("about.files", &[("files", &list(&links))])));
    }
    markup
}

/// What the model's makers say about it, as far as they do.
fn card(card: &Card) -> String {
    let said = [
        ("card.intended-use", &card.intended_use),
        ("card.not-for", &card.not_for),
        ("card.data", &card.data),
        ("card.limits", &card.limits),
        ("card.contact", &card.contact),
    ];
    let mut rows = String::new();
    for (key, words) in said {
        if let Some(words) = words {
            rows.push_str(&format!("<dt>{}</dt><dd>{}</dd>", text(key), escaped(words)));
        }
    }
    if rows.is_empty() {
        return rows;
    }
    format!("<h3>{}</h3><dl class=\"card-words\" data-testid=\"card\">{rows}</dl>", text("card.title"))
}

fn introduction(report: &Report) -> String {
    let champion = &report.champion;
    let settings = params(&champion.params);
    let settings = if settings.is_empty() { settings } else { format!(" ({settings})") };
    let model = format!("{}{settings}", family(&champion.family));
    fill("about.introduction", &[("model", &model), ("reason", &capitalised(&champion.reason))])
}

/// The key of the term, the fact, and what there is to add.
fn facts(session: &Session, report: &Report) -> Vec<(&'static str, String, String)> {
    let Report { data, champion, card, holdout, seed, versions, .. } = report;
    let held_back = counted(data.rows_holdout, "count.held-back");
    let held_back = [("students", held_back.as_str())];
    let error = |error: f64| fill("about.points", &[("error", &session.error_in_target_unit(error))]);
    let data_kind = text(if data.fictional { "about.fictional" } else { "about.real" });
    let rows = [("students", counted(data.rows, "count.students")), ("n", count(data.rows_train))];
    let rows = rows.each_ref().map(|(name, value)| (*name, value.as_str()));
    let mut facts = vec![
        ("about.cv", cv_text(&champion.cv), counted(champion.cv.r2_folds.len(), "about.folds")),
        ("about.holdout", number(holdout.r2, 2), fill("about.holdout-more", &held_back)),
        ("about.mae", error(holdout.mae), fill("about.mae-more", &held_back)),
        ("about.rmse", error(holdout.rmse), text("about.rmse-more")),
        ("about.data", data_kind, fill("about.rows", &rows)),
        ("about.fingerprint", fingerprint(&data.sha256).into(), text("about.fingerprint-more")),
        ("about.seed", seed.to_string(), text("about.seed-more")),
        ("about.version", format!("Scorecast {}", versions.scorecast), String::new()),
    ];
    if let Some(date) = &card.date {
        facts.push(("about.date", day(date), String::new()));
    }
    facts
}

fn cv_text(cv: &CvScore) -> String {
    format!("{} ± {}", number(cv.r2_mean, 2), number(cv.r2_sd, 2))
}

/// Whether this browser computes what training did.
fn self_test(n_equal: usize, n_golden: usize) -> String {
    let key = if n_equal == n_golden { "about.self-test" } else { "about.self-test-failed" };
    fill(key, &[("equal", &count(n_equal)), ("all", &count(n_golden))])
}

fn left_out(report: &Report) -> String {
    let one = |column: &model_core::LeftOut| format!("{} ({})", escaped(&column.column), escaped(&column.reason));
    let columns: Vec<String> = report.data.left_out.iter().map(one).collect();
    if columns.is_empty() {
        return String::new();
    }
    format!("<p class=\"hint\">{}</p>", fill("about.left-out", &[("columns", &columns.join("; "))]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_self_test_says_how_many_are_equal() {
        let all = self_test(64, 64);
        assert_eq!(all, "Self-test: 64 of 64 golden records give the same bits here as in training.");
        assert!(self_test(61, 64).starts_with("Self-test: only 61 of 64 golden records give the same bits"));
    }

    #[test]
    fn a_cross_validated_score_has_its_spread() {
        let cv = CvScore { r2_mean: 0.8684, r2_sd: 0.0123, r2_folds: vec![0.86, 0.87, 0.88] };
        assert_eq!(cv_text(&cv), "0.87 ± 0.01");
    }
}

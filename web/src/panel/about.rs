//! Why one may rely on the estimate, and how far: what the model is, how it was tried, and what else was tried.

use leptos::prelude::*;
use model_core::{CvScore, LeaderboardEntry, Report};

use crate::dom::{escaped, panel};
use crate::format::{capitalised, count, counted, family, fingerprint, number, params};
use crate::session::Session;

const MOST_ROWS: usize = 10;

/// The report's essentials, a self-test, the leaderboard, and the files themselves.
pub(crate) fn about(session: &Session) -> AnyView {
    let report = session.report();
    let mut markup = format!(
        "<h2 id=\"about-title\">About this model</h2><p>{}</p><dl class=\"facts\">",
        escaped(&introduction(report))
    );
    for (term, fact, more) in facts(session) {
        let (fact, more) = (escaped(&fact), escaped(&more));
        markup.push_str(&format!("<div><dt>{term}</dt><dd>{fact}<small>{more}</small></dd></div>"));
    }
    markup.push_str(&format!(
        "</dl><p class=\"self-test\" data-testid=\"self-test\">{}</p>{}<h3>Models that were tried</h3>{}\
         <p class=\"hint\">Take the model along:",
        self_test(session.n_golden_equal(), report.golden.len()),
        left_out(report),
        leaderboard(report.n_candidates, &report.leaderboard)
    ));
    for (file, end) in [("preprocessor", ","), ("model", " and"), ("report", "")] {
        markup.push_str(&format!(" <a href=\"./artifacts/{file}.json\" download>{file}.json</a>{end}"));
    }
    markup.push_str("</p>");
    panel("about", "card about", markup)
}

fn introduction(report: &Report) -> String {
    let champion = &report.champion;
    let settings = params(&champion.params);
    let settings = if settings.is_empty() { settings } else { format!(" ({settings})") };
    format!(
        "{}{settings}. Why: {} It weighs what goes together with a score in these data; it does not know what causes one.",
        family(&champion.family),
        capitalised(&champion.reason)
    )
}

/// Term, fact, and what there is to add.
fn facts(session: &Session) -> Vec<(&'static str, String, String)> {
    let Report { data, champion, holdout, seed, versions, .. } = session.report();
    let held_back = counted(data.rows_holdout, "held-back student", "held-back students");
    let error = |error: f64| format!("{} points", session.error_in_target_unit(error));
    let data_kind = if data.fictional { "Fictional" } else { "Real records" };
    let rows =
        format!("{}, {} of them to learn from", counted(data.rows, "student", "students"), count(data.rows_train));
    vec![
        ("Cross-validated R²", cv_text(&champion.cv), folds_text(&champion.cv)),
        ("Held-back R²", number(holdout.r2, 2), format!("share of the differences explained, on {held_back}")),
        ("Mean error", error(holdout.mae), format!("mean absolute error on {held_back}")),
        ("Root mean square error", error(holdout.rmse), "the same, with large misses weighing more".into()),
        ("Data", data_kind.into(), rows),
        ("Data fingerprint", fingerprint(&data.sha256).into(), "first digits of the file’s SHA-256".into()),
        ("Seed", seed.to_string(), "repeats this very training".into()),
        ("Trained with", format!("Scorecast {}", versions.scorecast), String::new()),
    ]
}

fn cv_text(cv: &CvScore) -> String {
    format!("{} ± {}", number(cv.r2_mean, 2), number(cv.r2_sd, 2))
}

fn folds_text(cv: &CvScore) -> String {
    format!("mean and spread of {}", counted(cv.r2_folds.len(), "fold", "folds"))
}

/// Whether this browser computes what training did.
fn self_test(n_equal: usize, n_golden: usize) -> String {
    let records = counted(n_golden, "golden record gives", "golden records give");
    if n_equal == n_golden {
        format!("Self-test: {} of {records} the same bits here as in training.", count(n_equal))
    } else {
        format!(
            "Self-test: only {} of {records} the same bits here as in training. Estimates in this browser may differ \
             from those of the trainer; please report it.",
            count(n_equal)
        )
    }
}

fn left_out(report: &Report) -> String {
    let one = |column: &model_core::LeftOut| format!("{} ({})", escaped(&column.column), escaped(&column.reason));
    let columns: Vec<String> = report.data.left_out.iter().map(one).collect();
    if columns.is_empty() {
        return String::new();
    }
    format!("<p class=\"hint\">Columns that were not used: {}.</p>", columns.join("; "))
}

fn leaderboard(n_candidates: usize, entries: &[LeaderboardEntry]) -> String {
    let caption = if n_candidates > MOST_ROWS {
        format!("The best {MOST_ROWS} of {}, by R² in cross-validation", count(n_candidates))
    } else {
        "By R² in cross-validation".into()
    };
    let mut markup = format!(
        "<table><caption>{caption}</caption><thead><tr><th scope=\"col\">#</th><th scope=\"col\">Model</th>\
         <th scope=\"col\">R²</th><th scope=\"col\">Spread</th></tr></thead><tbody>"
    );
    for (place, LeaderboardEntry { family: name, params: settings, cv }) in entries.iter().take(MOST_ROWS).enumerate() {
        markup.push_str(&format!(
            "<tr><td>{}</td><th scope=\"row\">{} <small>{}</small></th><td>{}</td><td>± {}</td></tr>",
            place + 1,
            escaped(&family(name)),
            escaped(&params(settings)),
            number(cv.r2_mean, 4),
            number(cv.r2_sd, 4)
        ));
    }
    markup.push_str("</tbody></table>");
    markup
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
        assert_eq!(folds_text(&cv), "mean and spread of 3 folds");
    }
}

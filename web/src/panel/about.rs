//! How reliable the estimate is: what the model is, how it was validated, and what else was tried.

use std::sync::Arc;

use leptos::prelude::*;
use model_core::{Card, Champion, Column, CvScore, Direction, LeftOut, PartedBy, RepeatedKey, Report, Schema};

use super::Panel;
use super::ablation::LeavingOut;
use super::another_model::AnotherModel;
use super::coverage::Coverage;
use super::held_back::HeldBackStudents;
use super::importance::Importance;
use super::leaderboard::Leaderboard;
use crate::format::{capitalised, fingerprint};
use crate::i18n::{I18n, use_i18n};
use crate::session::{Model, Session, use_session};
use crate::wording::{family, params};

/// The report's essentials, a self-test, the families that were tried, the files, and a way to another model.
#[component]
pub(crate) fn About() -> impl IntoView {
    let (session, i18n) = (use_session(), use_i18n());
    let model = session.model();
    let content = if model.report().is_some() {
        view! { <Reported model/> }.into_any()
    } else {
        let family = family(i18n, model.predictor().family());
        view! { <p>{i18n.fill("about.no-report", &[("family", &family)])}</p> }.into_any()
    };
    view! {
        <Panel id="about" title=i18n.text("about.title")>
            {content}
            <AnotherModel/>
        </Panel>
    }
}

#[component]
fn Reported(model: Arc<Model>) -> impl IntoView {
    let (session, i18n) = (use_session(), use_i18n());
    let report = model.report()?;
    Some(view! {
        <p>{introduction(i18n, report)}</p>
        {(!model.is_own())
            .then(|| view! { <p><a href="./artifacts/report.html">{i18n.text("about.report")}</a></p> })}
        <dl class="facts">
            {facts(session, i18n, report)
                .into_iter()
                .map(|Fact { term, fact, more }| {
                    view! {
                        <div>
                            <dt>{i18n.text(term)}</dt>
                            <dd>{fact} <small>{more}</small></dd>
                        </div>
                    }
                })
                .collect_view()}
        </dl>
        <p class="self-test" data-testid="self-test">
            {self_test(i18n, model.n_golden_equal(), report.golden.len())}
        </p>
        {left_out(i18n, &report.data.left_out).map(|text| view! { <p class="hint">{text}</p> })}
        {directions(i18n, model.schema()).map(|text| view! { <p class="hint" data-testid="directions">{text}</p> })}
        <Importance/>
        {report.held_back.clone().map(|held_back| view! { <HeldBackStudents held_back/> })}
        <Leaderboard report=report.clone()/>
        <Coverage summary=report.intervals.clone()/>
        {report.ablation.clone().map(|ablation| view! { <LeavingOut ablation/> })}
        <AuthorsWords card=report.card.clone()/>
        <Files is_own=model.is_own()/>
    })
}

/// Downloads of the files.
#[component]
fn Files(is_own: bool) -> impl IntoView {
    let i18n = use_i18n();
    if is_own {
        return view! { <p class="hint">{i18n.text("about.own-files")}</p> }.into_any();
    }
    let link = |file: &str| {
        view! {
            <li>
                <a href=format!("./artifacts/{file}") download="">
                    {file.to_owned()}
                </a>
            </li>
        }
    };
    view! {
        <h3>{i18n.text("about.files")}</h3>
        <ul class="files">{["preprocessor.json", "model.json", "report.json"].map(link).collect_view()}</ul>
    }
    .into_any()
}

/// The model card by the model's authors, if there is one.
#[component]
fn AuthorsWords(card: Card) -> impl IntoView {
    let i18n = use_i18n();
    let said = [
        ("card.intended-use", card.intended_use),
        ("card.not-for", card.not_for),
        ("card.data", card.data),
        ("card.limits", card.limits),
        ("card.contact", card.contact),
    ];
    let rows: Vec<_> = said
        .into_iter()
        .filter_map(|(key, words)| Some(view! { <dt>{i18n.text(key)}</dt> <dd>{words?}</dd> }))
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <h3>{i18n.text("card.title")}</h3>
            <dl class="card-words" data-testid="card">{rows}</dl>
        }
    })
}

fn introduction(i18n: I18n, report: &Report) -> String {
    let champion = &report.champion;
    let settings = params(i18n, &champion.params);
    let settings = if settings.is_empty() { settings } else { format!(" ({settings})") };
    let model = format!("{}{settings}", family(i18n, &champion.family));
    i18n.fill("about.introduction", &[("model", &model), ("reason", &reason(i18n, champion))])
}

/// Why the champion was selected, compared with the best of the other families.
fn reason(i18n: I18n, champion: &Champion) -> String {
    let best = champion.rivals.iter().max_by(|a, b| a.r2_difference.total_cmp(&b.r2_difference));
    let Some(best) = best else { return i18n.text("about.reason-alone") };
    let key = if best.r2_difference <= 0.0 {
        "about.reason-best"
    } else if best.r2_difference <= best.r2_error {
        "about.reason-simplest"
    } else {
        // Selected by another rule, which only the trainer words.
        return capitalised(&champion.reason);
    };
    let numbers = [best.r2_difference.abs(), best.r2_error].map(|number| i18n.number(number, 4));
    let (rival, folds) = (family(i18n, &best.family), i18n.count(best.n_folds));
    i18n.fill(key, &[("rival", &rival), ("by", &numbers[0]), ("error", &numbers[1]), ("folds", &folds)])
}

/// A fact about the model: the key of its name, its value, and a remark.
struct Fact {
    term: &'static str,
    fact: String,
    more: String,
}

fn facts(session: Session, i18n: I18n, report: &Report) -> Vec<Fact> {
    let Report { data, champion, card, holdout, seed, versions, .. } = report;
    let target = session.target_format(i18n);
    let held_back = i18n.counted(data.rows_holdout, "count.held-back");
    let held_back = [("students", held_back.as_str())];
    let error = |error: f64| i18n.fill("about.points", &[("error", &target.error(error))]);
    let data_kind = i18n.text(if data.fictional { "about.fictional" } else { "about.real" });
    let rows = [("students", i18n.counted(data.rows, "count.students")), ("n", i18n.count(data.rows_train))];
    let rows = rows.each_ref().map(|(name, value)| (*name, value.as_str()));
    let mut facts = vec![
        ("about.cv", cv_text(i18n, &champion.cv), i18n.counted(champion.cv.r2_folds.len(), "about.folds")),
        ("about.holdout", i18n.number(holdout.r2, 2), i18n.fill("about.holdout-more", &held_back)),
        ("about.mae", error(holdout.mae), i18n.fill("about.mae-more", &held_back)),
        ("about.rmse", error(holdout.rmse), i18n.text("about.rmse-more")),
        ("about.data", data_kind, i18n.fill("about.rows", &rows)),
        ("about.fingerprint", fingerprint(&data.sha256).into(), i18n.text("about.fingerprint-more")),
        ("about.seed", seed.to_string(), i18n.text("about.seed-more")),
        ("about.version", format!("Scorecast {}", versions.scorecast), String::new()),
    ];
    if let Some(PartedBy { column, is_time, groups, groups_holdout }) = &data.parted_by {
        let (groups, held_back) = (i18n.count(*groups), i18n.count(*groups_holdout));
        let key = if *is_time { "about.by-time" } else { "about.by-group" };
        let more = i18n.fill(key, &[("groups", &groups), ("held-back", &held_back)]);
        facts.push(("about.parted-by", column.clone(), more));
    }
    for RepeatedKey { column, r2_groups, .. } in &data.repeated {
        let known = r2_groups.map_or_else(|| "–".into(), |r2| i18n.number(r2, 2));
        facts.push(("about.repeated", known, i18n.fill("about.repeated-more", &[("column", column)])));
    }
    if let Some(date) = &card.date {
        facts.push(("about.date", i18n.day(date), String::new()));
    }
    facts.into_iter().map(|(term, fact, more)| Fact { term, fact, more }).collect()
}

fn cv_text(i18n: I18n, cv: &CvScore) -> String {
    format!("{} ± {}", i18n.number(cv.r2_mean, 2), i18n.number(cv.r2_sd, 2))
}

/// Whether this browser's predictions are identical to those of training.
fn self_test(i18n: I18n, n_equal: usize, n_golden: usize) -> String {
    let key = if n_equal == n_golden { "about.self-test" } else { "about.self-test-failed" };
    i18n.fill(key, &[("equal", &i18n.count(n_equal)), ("all", &i18n.count(n_golden))])
}

fn left_out(i18n: I18n, columns: &[LeftOut]) -> Option<String> {
    let columns: Vec<String> = columns.iter().map(|own| format!("{} ({})", own.column, own.reason)).collect();
    (!columns.is_empty()).then(|| i18n.fill("about.left-out", &[("columns", &columns.join("; "))]))
}

/// The monotonic constraints of the columns.
fn directions(i18n: I18n, schema: &Schema) -> Option<String> {
    let of = |column: &Column| {
        let key = match column.direction? {
            Direction::Up => "about.direction-up",
            Direction::Down => "about.direction-down",
        };
        Some(i18n.fill(key, &[("column", &column.label)]))
    };
    let said: Vec<String> = schema.columns.iter().filter_map(of).collect();
    (!said.is_empty()).then(|| i18n.fill("about.directions", &[("directions", &said.join("; "))]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::english;

    #[test]
    fn the_self_test_says_how_many_are_equal() {
        let (_owner, i18n) = english();
        assert!(self_test(i18n, 64, 64).contains("64 of 64"));
        assert!(self_test(i18n, 61, 64).contains("only 61 of 64"));
    }

    #[test]
    fn the_reason_goes_by_the_best_of_the_others() {
        let (_owner, i18n) = english();
        let rival =
            |r2_difference| model_core::Rival { family: "ridge".into(), r2_difference, r2_error: 0.01, n_folds: 18 };
        let reason = |rivals| {
            let cv = CvScore { r2_mean: 0.8, r2_sd: 0.01, r2_folds: vec![0.8] };
            let champion = Champion {
                family: "linear".into(),
                params: model_core::Params::new(),
                cv,
                reason: "told so".into(),
                rivals,
                out_of_bag_r2: None,
            };
            super::reason(i18n, &champion)
        };
        assert!(reason(vec![rival(-0.2), rival(-0.1)]).contains("Ridge regression, is 0.1000 ± 0.0100"));
        assert!(reason(vec![rival(0.005)]).starts_with("it is the simplest"));
        assert_eq!(reason(vec![rival(0.05)]), "Told so");
        assert_eq!(reason(Vec::new()), "no other was tried.");
    }

    #[test]
    fn a_cross_validated_score_has_its_spread() {
        let (_owner, i18n) = english();
        let cv = CvScore { r2_mean: 0.8684, r2_sd: 0.0123, r2_folds: vec![0.86, 0.87, 0.88] };
        assert_eq!(cv_text(i18n, &cv), "0.87 ± 0.01");
    }
}

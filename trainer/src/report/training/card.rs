//! The model card (Mitchell et al. 2019): the makers' statements, and facts known from training.

use maud::{Markup, html};
use model_core::Direction;

use crate::report::html::text::{MAX_NAME, MAX_TEXT, shortened};
use crate::report::html::{grouped, hint};
use crate::report::training::Findings;

pub(super) fn section(findings: &Findings<'_>) -> Markup {
    let Findings { report, schema, .. } = findings;
    let card = &report.card;
    let said = [
        ("Intended use", &card.intended_use),
        ("Not for", &card.not_for),
        ("Data", &card.data),
        ("Known limits", &card.limits),
        ("Whom to ask", &card.contact),
    ];
    let n_unsaid = said.iter().filter(|(_, text)| text.is_none()).count();
    let number = findings.number();
    let of_target = &report.data.target;
    let mut facts: Vec<(String, String)> = Vec::new();
    let mut fact = |name: &str, value: String| facts.push((name.to_owned(), value));
    fact("Target", format!("{} (column {})", findings.target(), shortened(&schema.target.name, MAX_NAME)));
    fact(
        "Mean of the target",
        format!("{}{}, standard deviation {}", number.text(of_target.mean), findings.unit(), number.text(of_target.sd)),
    );
    fact(
        "Records",
        format!(
            "{}: {} to learn from, {} held back",
            grouped(report.data.rows),
            grouped(report.data.rows_train),
            grouped(report.data.rows_holdout)
        ),
    );
    fact(
        "Columns",
        schema.columns.iter().map(|column| shortened(&column.label, MAX_NAME)).collect::<Vec<_>>().join(", "),
    );
    for (name, is_marked) in [("A person can change", false), ("Say who a person is", true)] {
        let marked: Vec<_> = schema
            .columns
            .iter()
            .filter(|column| if is_marked { column.sensitive } else { column.actionable })
            .map(|column| shortened(&column.label, MAX_NAME))
            .collect();
        fact(name, if marked.is_empty() { "no column is marked".into() } else { marked.join(", ") });
    }
    for column in schema.columns.iter().filter(|column| column.direction.is_some()) {
        let text = match column.direction {
            Some(Direction::Up) => "the estimate never falls when it rises, as its makers have said",
            _ => "the estimate never rises when it rises, as its makers have said",
        };
        fact(&format!("Direction of {}", shortened(&column.label, MAX_NAME)), text.into());
    }
    for left_out in &report.data.left_out {
        fact(
            &format!("Left out: {}", shortened(&left_out.column, MAX_NAME)),
            shortened(&left_out.reason, MAX_TEXT).into(),
        );
    }
    fact("Model", super::leaderboard::with_params(&report.champion.family, &report.champion.params));
    if let Some(date) = &card.date {
        fact("Trained on", date.clone());
    }
    fact("Seed", report.seed.to_string());
    fact("Written by", format!("Scorecast {}", report.versions.scorecast));
    fact("SHA-256 of the data", report.data.sha256.clone());
    html! {
        @if n_unsaid < said.len() {
            dl.card {
                @for (name, text) in said {
                    @if let Some(text) = text { div { dt { (name) } dd { (text) } } }
                }
            }
        }
        @if n_unsaid > 0 {
            (hint(&format!(
                "Its makers have not said: {}. They can in the section [card] of scorecast.toml.",
                said.iter().filter(|(_, text)| text.is_none()).map(|(name, _)| name.to_lowercase()).collect::<Vec<_>>().join(", ")
            )))
        }
        h3 { "What is known from the run itself" }
        dl.card { @for (name, text) in &facts { div { dt { (name) } dd { (text) } } } }
    }
}

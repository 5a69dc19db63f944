//! Shows the reading report.

use leptos::prelude::*;

use super::reading::{ColumnReading, Note};
use super::state::ClassState;
use crate::i18n::{I18n, use_i18n};
use crate::session::use_session;

/// Its notes, and a collapsed table of the columns.
#[component]
pub(super) fn ReadingReport() -> impl IntoView {
    let (session, i18n) = (use_session(), use_i18n());
    let reading = expect_context::<ClassState>().reading.get_untracked();
    let notes: Vec<String> = reading.notes.iter().map(|note| in_words(i18n, note)).collect();
    let labels: Vec<String> = session.model().columns().iter().map(|column| column.label.clone()).collect();
    let row = |(label, column): (String, ColumnReading)| {
        let found = column.found.unwrap_or_else(|| i18n.text("class.not-there"));
        let notes: Vec<String> = column.notes.iter().map(|note| in_words(i18n, note)).collect();
        view! {
            <tr>
                <th scope="row">{label}</th>
                <td>{found}</td>
                <td class="number-cell">{i18n.count(column.n_values)}</td>
                <td class="number-cell">{i18n.count(column.n_blanks)}</td>
                <td class="number-cell">{i18n.count(column.n_unseen)}</td>
                <td>{column.example}</td>
                <td>{notes.join(" ")}</td>
            </tr>
        }
    };
    let headings = ["class.column", "class.read-from", "class.values", "class.blanks", "class.unseen", "class.example"];
    view! {
        {(!notes.is_empty())
            .then(|| {
                view! {
                    <p class="hint" data-testid="class-found">
                        {notes.join(" ")}
                    </p>
                }
            })}
        <details data-testid="class-reading">
            <summary>{i18n.text("class.reading-report")}</summary>
            <div class="scroll" tabindex="0" role="region" aria-label=i18n.text("class.reading-report")>
                <table>
                    <thead>
                        <tr>
                            {headings.map(|key| view! { <th scope="col">{i18n.text(key)}</th> }).collect_view()}
                            <th scope="col">{i18n.text("class.notes")}</th>
                        </tr>
                    </thead>
                    <tbody>{labels.into_iter().zip(reading.columns).map(row).collect_view()}</tbody>
                </table>
            </div>
        </details>
    }
}

/// The texts for the reader's codes.
const TEXTS: [(&str, &str); 29] = [
    ("encoding", "class.note-encoding"),
    ("padding", "class.note-padding"),
    ("unpacked", "class.note-unpacked"),
    ("sheet", "class.note-sheet"),
    ("backslashes", "class.note-backslashes"),
    ("header-row", "class.note-header-row"),
    ("blank-columns", "class.note-blank-columns"),
    ("points-row", "class.note-points-row"),
    ("units-row", "class.note-units-row"),
    ("summary-row", "class.note-summary-row"),
    ("footnote", "class.note-footnote"),
    ("unnamed-columns", "class.note-unnamed-columns"),
    ("blank-rows", "class.note-blank-rows"),
    ("repeated-headers", "class.note-repeated-headers"),
    ("comments", "class.note-comments"),
    ("decimal-commas", "class.note-decimal-commas"),
    ("day-first", "class.note-day-first"),
    ("month-first", "class.note-month-first"),
    ("counted-days", "class.note-counted-days"),
    ("thousands", "class.note-thousands"),
    ("percents", "class.note-percents"),
    ("currency", "class.note-currency"),
    ("units", "class.note-units"),
    ("times", "class.note-times"),
    ("other-digits", "class.note-other-digits"),
    ("quoted", "class.note-quoted"),
    ("blank-words", "class.note-blank-words"),
    ("spellings", "class.note-spellings"),
    ("unseen", "class.note-unseen"),
];

fn in_words(i18n: I18n, note: &Note) -> String {
    let Some((_, key)) = TEXTS.iter().find(|(code, _)| *code == note.code) else { return note.text.clone() };
    let figures: Vec<(&str, &str)> =
        note.figures.iter().map(|(name, figure)| (name.as_str(), figure.as_str())).collect();
    i18n.fill(key, &figures)
}

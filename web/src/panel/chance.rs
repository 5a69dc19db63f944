//! The probability that the score reaches a mark that the visitor sets.

use leptos::prelude::*;

use crate::i18n::{I18n, use_i18n};
use crate::session::{Session, use_session};

/// A field for the mark, and the share of students with such an estimate who reach it.
#[component]
pub(super) fn Chance() -> impl IntoView {
    let (session, i18n) = (use_session(), use_i18n());
    let mark = session.mark;
    view! {
        <div class="chance">
            <label for="mark">{i18n.text("chance.label")}</label>
            <input
                type="text"
                inputmode="decimal"
                id="mark"
                autocomplete="off"
                aria-describedby="chance"
                prop:value=Signal::derive(move || i18n.field_text(&mark.get()))
                on:input:target=move |event| mark.set(event.target().value())
            />
            <p id="chance" data-testid="chance">
                {Signal::derive(move || in_words(session, i18n))}
            </p>
        </div>
    }
}

fn in_words(session: Session, i18n: I18n) -> String {
    let Some(mark) = model_core::parse_number(&i18n.number_text(&session.mark.get())) else {
        return i18n.text("chance.not-a-number");
    };
    let model = session.model();
    let chance = session
        .record
        .with(|record| model.predictor().chance_of(record.values(), session.prediction.get(), mark))
        .unwrap_or_default();
    let n = (chance * 100.0).round();
    let key = if n < 1.0 {
        "chance.fewest"
    } else if n > 99.0 {
        "chance.most"
    } else {
        "chance.share"
    };
    i18n.fill(key, &[("n", &i18n.number(n, 0)), ("mark", &i18n.shortest(mark))])
}

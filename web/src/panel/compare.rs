//! Compares kept records with the current one.

use leptos::prelude::*;
use model_core::{Interval, Record, Value};

use crate::i18n::{I18n, use_i18n};
use crate::note::value_text;
use crate::session::{Session, use_session};

/// Maximum number of records that fit beside each other.
const MOST_KEPT: usize = 4;

/// A button that keeps the current record, and a table of the kept ones.
#[component]
pub(super) fn Compare() -> impl IntoView {
    let (session, i18n) = (use_session(), use_i18n());
    let kept = session.kept;
    let is_any = move || kept.with(|kept| !kept.is_empty());
    let keep = move |_| kept.update(|kept| kept.push(session.record.get_untracked()));
    view! {
        <div class="buttons">
            <button
                type="button"
                id="pin"
                disabled=Signal::derive(move || session.is_readonly() || kept.with(|kept| kept.len() >= MOST_KEPT))
                on:click=keep
            >
                {i18n.text("compare.pin")}
            </button>
            <Show when=is_any>
                <button type="button" id="unpin" on:click=move |_| kept.set(Vec::new())>
                    {i18n.text("compare.unpin")}
                </button>
            </Show>
        </div>
        <div data-testid="compared">
            <Show when=is_any>
                <Table/>
            </Show>
        </div>
    }
}

/// One column per kept record, one for the current one, and a row for each column in which they differ.
#[component]
fn Table() -> impl IntoView {
    let (session, i18n) = (use_session(), use_i18n());
    let rows = Memo::new(move |_| rows(session, i18n));
    let n_kept = move || session.kept.with(Vec::len);
    let cells = |cells: Vec<String>| cells.into_iter().map(|cell| view! { <td>{cell}</td> }).collect_view();
    let name = move |idx: usize| {
        if n_kept() == 1 {
            i18n.text("compare.kept")
        } else {
            i18n.fill("compare.kept-of-several", &[("n", &(idx + 1).to_string())])
        }
    };
    let back = move |idx: usize| {
        let label = if n_kept() == 1 {
            i18n.text("compare.back")
        } else {
            i18n.fill("compare.back-of-several", &[("n", &(idx + 1).to_string())])
        };
        let take = move |_| {
            if let Some(record) = session.kept.with_untracked(|kept| kept.get(idx).cloned()) {
                session.take(record);
            }
        };
        view! {
            <button type="button" disabled=session.is_readonly() on:click=take>
                {label}
            </button>
        }
    };
    view! {
        <table class="compared">
            <caption>{Signal::derive(move || caption(session, i18n))}</caption>
            <thead>
                <tr>
                    <td></td>
                    {move || {
                        (0..n_kept()).map(|idx| view! { <th scope="col">{name(idx)}</th> }).collect_view()
                    }}
                    <th scope="col">{i18n.text("compare.now")}</th>
                </tr>
            </thead>
            <tbody>
                <For each=move || rows.get() key=Clone::clone let((label, values))>
                    <tr>
                        <th scope="row">{label}</th>
                        {cells(values)}
                    </tr>
                </For>
            </tbody>
        </table>
        <div class="buttons">{move || (0..n_kept()).map(back).collect_view()}</div>
    }
}

/// Compares the current estimate with that of the last kept record.
fn caption(session: Session, i18n: I18n) -> String {
    let Some(last) = session.kept.with(|kept| kept.last().cloned()) else { return String::new() };
    if session.record.with(|record| *record == last) {
        return i18n.text("compare.same");
    }
    let model = session.model();
    let by = session.prediction.get().shown - model.predictor().predict(&last).shown;
    let key = if by < 0.0 { "compare.lower" } else { "compare.higher" };
    i18n.fill(key, &[("by", &session.target_format(i18n).error(by.abs()))])
}

/// The name of a row and its cells: the estimates, and each column in which not all records are equal.
fn rows(session: Session, i18n: I18n) -> Vec<(String, Vec<String>)> {
    let (model, target, level) = (session.model(), session.target_format(i18n), session.level.get());
    let predictor = model.predictor();
    let mut records = session.kept.get();
    records.push(session.record.get());
    let estimate = |record: &Record| {
        let shown = target.value(predictor.predict(record).shown);
        let ends =
            predictor.interval(record, level).map(|Interval { low, high }| (target.value(low), target.value(high)));
        match ends {
            Some((low, high)) if low != high => {
                format!("{shown} ({})", i18n.fill("estimate.range", &[("low", &low), ("high", &high)]))
            }
            _ => shown,
        }
    };
    let title = i18n.fill("estimate.title", &[("target", &model.target_label())]);
    let mut rows = vec![(title, records.iter().map(estimate).collect())];
    for (idx, column) in model.columns().iter().enumerate() {
        let values: Vec<Value> = records.iter().map(|record| record.values()[idx]).collect();
        if values.iter().any(|value| *value != values[0]) {
            let words = values.iter().map(|value| value_text(i18n, column, *value)).collect();
            rows.push((column.label.clone(), words));
        }
    }
    rows
}

//! The student of the class that the form shows, with buttons for the previous and the next one.

use leptos::prelude::*;

use super::state::{ClassState, Row};
use crate::i18n::use_i18n;

/// Empty until a row of a class is opened.
#[component]
pub(crate) fn Pager() -> impl IntoView {
    let class = use_context::<ClassState>()?;
    let i18n = use_i18n();
    let named = move |row: &Row| {
        let line = i18n.fill("class.at-line", &[("line", &i18n.count(row.line))]);
        let names: Vec<&str> = row.others.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
        if names.is_empty() { line } else { format!("{} ({line})", names.join(", ")) }
    };
    let name = move || class.opened.with(|opened| opened.as_ref().map(named));
    let position = move || class.opened.with(|opened| opened.as_ref().map_or(0, |row| row.position));
    let is_last = move || position() + 1 >= class.n_shown.get();
    let turn_to = move |position: usize| {
        class.rows(position, 1, move |rows| {
            if let Some(row) = rows.into_iter().next() {
                class.open_row(row);
            }
        });
    };
    Some(view! {
        <Show when=move || class.opened.with(Option::is_some)>
            <div class="pager buttons" role="group" aria-label=i18n.text("class.pager") data-testid="pager">
                <p role="status">{name}</p>
                <button
                    type="button"
                    disabled=Signal::derive(move || position() == 0)
                    on:click=move |_| turn_to(position().saturating_sub(1))
                >
                    {i18n.text("class.previous")}
                </button>
                <button type="button" disabled=is_last on:click=move |_| turn_to(position() + 1)>
                    {i18n.text("class.next")}
                </button>
            </div>
        </Show>
    })
}

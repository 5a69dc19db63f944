//! Maps the file's columns to the model's.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::state::ClassState;
use crate::i18n::use_i18n;
use crate::session::use_session;

/// A select for each column; expanded if not all were found.
#[component]
pub(super) fn Mapping(is_open: bool) -> impl IntoView {
    let (session, i18n) = (use_session(), use_i18n());
    let class = expect_context::<ClassState>();
    let model = session.model();
    let found = class.found.get_untracked();
    let chosen = RwSignal::new(found.mapping.clone());
    let lead = if is_open {
        let missing = model.columns().iter().zip(&found.mapping).filter(|(_, idx)| idx.is_none());
        let missing: Vec<String> = missing.map(|(column, _)| column.label.clone()).collect();
        i18n.fill("class.missing-columns", &[("columns", &missing.join(", "))])
    } else {
        i18n.text("class.mapping-lead")
    };
    let choice = |(column_idx, column): (usize, &model_core::Column)| {
        let own = found.mapping.get(column_idx).copied().flatten();
        let option = |(idx, name): (usize, &String)| {
            view! {
                <option value=idx.to_string() selected=own == Some(idx)>
                    {name.clone()}
                </option>
            }
        };
        let choose = move |value: String| chosen.update(|chosen| chosen[column_idx] = value.parse().ok());
        view! {
            <div class="field">
                <label for=format!("class-map-{column_idx}")>{column.label.clone()}</label>
                <select
                    id=format!("class-map-{column_idx}")
                    on:change:target=move |event| choose(event.target().value())
                >
                    <option value="-" selected=own.is_none()>
                        {i18n.text("class.not-there")}
                    </option>
                    {found.header.iter().enumerate().map(option).collect_view()}
                </select>
            </div>
        }
    };
    let predict = move |event: SubmitEvent| {
        event.prevent_default();
        class.use_mapping(chosen.get_untracked());
    };
    view! {
        <details data-testid="mapping" open=is_open>
            <summary>{i18n.text("class.mapping")}</summary>
            <form on:submit=predict>
                <p class="hint">{lead}</p>
                <div class="mapping">{model.columns().iter().enumerate().map(choice).collect_view()}</div>
                <button type="submit">{i18n.text("class.use-mapping")}</button>
            </form>
        </details>
    }
}

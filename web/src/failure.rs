//! Shown instead of the page when there is no model: the reason, the remedy, and a button to try again.

use leptos::prelude::*;

use crate::format::capitalised;
use crate::i18n::use_i18n;
use crate::load::LoadError;
use crate::panel::Panel;

/// Explains why there is no estimate; its button calls `on_again`.
#[component]
pub(crate) fn Failure(error: LoadError, on_again: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let is_trying = RwSignal::new(false);
    let again = move |_| {
        is_trying.set(true);
        on_again.run(());
    };
    view! {
        <Panel id="failure" class="trouble" title=error.title(i18n)>
            <div role="alert">
                <p>{capitalised(&error.message(i18n))}</p>
            </div>
            <p>
                <button type="button" id="again" on:click=again>
                    {Signal::derive(move || i18n.text(if is_trying.get() { "failure.trying" } else { "failure.again" }))}
                </button>
            </p>
        </Panel>
    }
}

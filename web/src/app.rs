//! The page as a whole: either what went wrong, or the panels around one session.

use std::cell::RefCell;

use leptos::mount::UnmountHandle;
use leptos::prelude::*;
use leptos::tachys::view::any_view::AnyViewState;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::announce::announce;
use crate::dom::by_id;
use crate::failure::failure;
use crate::load::{LoadError, Loaded, load};
use crate::panel::{about, estimate, estimate_bar, student};
use crate::session::Session;

thread_local! {
    /// What is in sight, to be taken away before something else is shown.
    static SHOWN: RefCell<Option<UnmountHandle<AnyViewState>>> = const { RefCell::new(None) };
}

/// Loads the model and shows the page, or why it can't be shown.
pub(crate) fn open() {
    wasm_bindgen_futures::spawn_local(async { show(load().await) });
}

/// Puts the outcome into `<main>`. Until then what stands there stays in sight: the loading state, or the failure that
/// is being tried again.
fn show(outcome: Result<Loaded, LoadError>) {
    let Some(place) = by_id("app").and_then(|main| main.dyn_into::<HtmlElement>().ok()) else {
        tracing::error!("there is no element with the id \"app\" to put the page into");
        return;
    };
    let is_again = SHOWN.take().is_some();
    place.set_inner_html("");
    let handle = mount_to(place.clone(), move || match outcome {
        Ok(loaded) => page(&Session::new(loaded)),
        Err(error) => failure(&error, open),
    });
    SHOWN.set(Some(handle));
    if is_again {
        // The button that was pressed is gone, and the focus with it.
        let _ = place.focus();
    }
}

/// The panels, in the order in which they are read: who, how much, why one may or may not rely on it.
fn page(session: &Session) -> AnyView {
    announce(session.clone());
    view! {
        <p class="unseen" role="status" id="announcement"></p>
        <div class="grid">
            {student(session.clone())} {estimate_bar(session.clone())}
            <div class="panels">
                {estimate(session.clone())} {about(session)}
            </div>
        </div>
    }
    .into_any()
}

//! The page as a whole: either what went wrong, or the panels around one session.

use std::cell::RefCell;

use leptos::mount::UnmountHandle;
use leptos::prelude::*;
use leptos::tachys::view::any_view::AnyViewState;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::address;
use crate::announce::announce;
use crate::dom::{Later, Root, on_window, once_mounted, repaint};
use crate::failure::failure;
use crate::load::{LoadError, Loaded, load, load_texts};
use crate::panel::{about, class, estimate, estimate_bar, goal, student, what_if, why};
use crate::session::Session;

thread_local! {
    /// What is in sight, to be taken away before something else is shown.
    static SHOWN: RefCell<Option<UnmountHandle<AnyViewState>>> = const { RefCell::new(None) };
}

/// Loads the model and shows the page, or why it can't be shown.
pub(crate) fn start() {
    load_texts();
    let place = document().get_element_by_id("app").and_then(|main| main.dyn_into::<HtmlElement>().ok());
    match place {
        Some(place) => open(&Root::new(place)),
        None => tracing::error!("there is no element with the id \"app\" to put the page into"),
    }
}

fn open(root: &Root) {
    let root = root.clone();
    wasm_bindgen_futures::spawn_local(async move { show(&root, load().await) });
}

/// Puts the outcome into `<main>`. Until then what stands there stays in sight: the loading state, or the failure that
/// is being tried again.
pub(crate) fn show(root: &Root, outcome: Result<Loaded, LoadError>) {
    let own = root.clone();
    let is_again = replace(
        root,
        Box::new(move || match outcome {
            Ok(loaded) => page(&Session::new(loaded, own)),
            Err(error) => failure(own, &error, open),
        }),
    );
    if is_again {
        // The button that was pressed is gone, and the focus with it.
        let _ = root.element().focus();
    }
}

/// Shows something else, and says whether something was shown before.
fn replace(root: &Root, view: Box<dyn FnOnce() -> AnyView>) -> bool {
    let is_again = SHOWN.take().is_some();
    let place = root.element().clone();
    place.set_inner_html("");
    SHOWN.set(Some(mount_to(place, view)));
    is_again
}

/// The panels, in the order in which they are read: who, how much, why, what else, and why one may rely on it.
fn page(session: &Session) -> AnyView {
    announce(session.clone());
    follow_address(session);
    follow_language(session);
    listen_to_keys(session);
    let own = || session.clone();
    view! {
        <p class="unseen" role="status" id="announcement"></p>
        <div class="grid">
            {student(own())} {estimate_bar(own())}
            <div class="panels">
                {estimate(own())} {why(own())} {what_if(own())} {goal(own())} {class(own())} {about(session)}
            </div>
        </div>
    }
    .into_any()
}

/// The record follows the address, and the address the record.
fn follow_address(session: &Session) {
    let from_address = session.clone();
    let read = move || {
        let hash = window().location().hash().unwrap_or_default();
        let schema = from_address.predictor().schema();
        let is_shown = hash.trim_start_matches('#') == address::hash_of(schema, &from_address.record());
        let entries = address::entries(schema, &hash);
        if !is_shown && !entries.is_empty() {
            from_address.take_entries(&entries);
        }
    };
    read();
    on_window("hashchange", move |_| read());

    let (session, later) = (session.clone(), Later::after(400));
    let is_first = std::cell::Cell::new(true);
    repaint(move || {
        session.look(&mut |_| ());
        if is_first.replace(false) {
            return;
        }
        let session = session.clone();
        later.call(move || write_address(&address::hash_of(session.predictor().schema(), &session.record())));
    });
}

/// Replaced, not pushed: the way back leads out of the page and not through every keystroke.
fn write_address(hash: &str) {
    let address = if hash.is_empty() {
        let location = window().location();
        location.pathname().unwrap_or_default() + &location.search().unwrap_or_default()
    } else {
        format!("#{hash}")
    };
    let history = window().history();
    let _ = history.map(|history| history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&address)));
}

/// Everything is said anew in another language, about the same record and model.
fn follow_language(session: &Session) {
    let session = session.clone();
    on_window("languagechange", move |_| {
        load_texts();
        // The new panels start with what the address says.
        write_address(&address::hash_of(session.predictor().schema(), &session.record()));
        let (root, renewed) = (session.root().clone(), session.renewed());
        // The panels end, and this listener with them: not while it runs.
        wasm_bindgen_futures::spawn_local(async move {
            replace(&root, Box::new(move || page(&renewed())));
        });
    });
}

/// Ctrl+Z and Ctrl+Shift+Z (or Ctrl+Y), except where a field has its own.
fn listen_to_keys(session: &Session) {
    let session = session.clone();
    once_mounted(move || {
        on_window("keydown", move |event| {
            let Some(event) = event.dyn_ref::<web_sys::KeyboardEvent>() else { return };
            let is_text = event
                .composed_path()
                .get(0)
                .dyn_ref::<web_sys::Element>()
                .is_some_and(|target| target.matches("input:not([type=range]), textarea").unwrap_or(false));
            if is_text || !(event.ctrl_key() || event.meta_key()) || event.alt_key() {
                return;
            }
            match (event.key().as_str(), event.shift_key()) {
                ("z" | "Z", false) => session.undo(),
                ("z" | "Z", true) | ("y" | "Y", _) => session.redo(),
                _ => return,
            }
            event.prevent_default();
        });
    });
}

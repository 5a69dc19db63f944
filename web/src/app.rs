//! The page as a whole: either an error, or the panels of one session.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use leptos::ev;
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::address::follow_links;
use crate::announce::Announcement;
use crate::dom::focus;
use crate::failure::Failure;
use crate::i18n::{Language, provide_i18n, use_i18n};
use crate::load::{LoadError, Loaded, language, load, open};
use crate::panel::{About, Class, ClassState, Estimate, EstimateBar, Goal, Student, WhatIf, Why};
use crate::session::{Session, use_session};
use crate::wording::family;

/// The model that is shown, or why there is none. In the context, so that a panel can open another one.
#[derive(Clone, Copy)]
pub(crate) struct Shown(RwSignal<Result<Arc<Loaded>, LoadError>>);

impl Shown {
    /// Shows another model.
    pub(crate) fn open(self, loaded: Loaded) {
        self.0.set(Ok(Arc::new(loaded)));
    }

    /// Fetches the page's own model again and shows it.
    fn load(self) {
        leptos::task::spawn_local(async move { self.0.set(load().await.map(Arc::new)) });
    }
}

thread_local! {
    /// For [`open_model`], which is called from outside the program.
    static SHOWN: Cell<Option<Shown>> = const { Cell::new(None) };
}

/// Shows the visitor's own model, from the texts of its files.
///
/// # Errors
/// They are not a model; the message is the error's.
pub(crate) fn open_model(texts: Vec<String>) -> Result<(), LoadError> {
    let loaded = open(texts)?;
    if let Some(shown) = SHOWN.get() {
        shown.open(Loaded { is_own: true, ..loaded });
    }
    Ok(())
}

/// Loads the model and shows the page or an error. Until then the content of `<main>` stays visible.
pub(crate) fn start() {
    wasm_bindgen_futures::spawn_local(async {
        let outcome = load().await.map(Arc::new);
        let Some(main) = document().query_selector("main").ok().flatten() else {
            tracing::error!("there is no <main> to put the page into");
            return;
        };
        main.set_text_content(None);
        mount_to(main.unchecked_into(), move || view! { <App outcome/> }).forget();
    });
}

#[component]
fn App(outcome: Result<Arc<Loaded>, LoadError>) -> impl IntoView {
    let shown = RwSignal::new(outcome);
    provide_context(Shown(shown));
    SHOWN.set(Some(Shown(shown)));
    let retry = Callback::new(move |()| Shown(shown).load());
    let spoken = RwSignal::new(language());
    provide_context(spoken);
    window_event_listener_untyped("languagechange", move |_| spoken.set(language()));

    let container = NodeRef::<Div>::new();
    Effect::new(move |is_first: Option<()>| {
        shown.track();
        // The focused button was removed, so the focus must be moved.
        if is_first.is_some() {
            focus(container.get_untracked());
        }
    });
    let content = move || match shown.get() {
        Ok(loaded) => view! { <Page loaded/> }.into_any(),
        Err(error) => view! { <Localised><Failure error=error.clone() on_again=retry/></Localised> }.into_any(),
    };
    view! { <div tabindex="-1" node_ref=container>{content}</div> }
}

/// Rebuilds its children when the language changes.
#[component]
fn Localised(children: ChildrenFn) -> impl IntoView {
    let spoken = expect_context::<RwSignal<Arc<Language>>>();
    move || {
        provide_i18n(spoken.get());
        children()
    }
}

/// The panels, in reading order: the student, the estimate, explanations, alternatives, and evidence.
#[component]
fn Page(loaded: Arc<Loaded>) -> impl IntoView {
    let is_own = loaded.is_own;
    let session = Session::provide(loaded, false);
    provide_context(ClassState::new(session));
    follow_links(session);
    listen_to_keys(session);
    // The rest is rendered after the first estimate has been painted.
    let is_drawn = RwSignal::new(false);
    let draw = move || {
        is_drawn.try_set(true);
    };
    request_animation_frame(move || set_timeout(draw, Duration::ZERO));
    // Background tabs are not painted.
    set_timeout(draw, Duration::from_millis(500));
    view! {
        <Localised>
            <Announcement/>
            {is_own.then(|| view! { <OwnModel/> })}
            <div class="grid">
                <Student/>
                <EstimateBar/>
                <div class="panels">
                    <Estimate/>
                    <Show when=move || is_drawn.get()>
                        <Why/>
                        <WhatIf/>
                        <Goal/>
                        <Class/>
                        <About/>
                    </Show>
                </div>
            </div>
        </Localised>
    }
}

/// A notice that the visitor's own model is shown, with a way back.
#[component]
fn OwnModel() -> impl IntoView {
    let (session, i18n) = (use_session(), use_i18n());
    let shown = expect_context::<Shown>();
    let model = session.model();
    let values = [("target", model.target_label()), ("family", family(i18n, model.predictor().family()))];
    let text = i18n.fill("own.shown", &values.each_ref().map(|(name, value)| (*name, value.as_str())));
    view! {
        <div class="card own-model" data-testid="own-model">
            <p>{text}</p>
            <button type="button" on:click=move |_| shown.load()>
                {i18n.text("own.back")}
            </button>
        </div>
    }
}

/// Ctrl+Z and Ctrl+Shift+Z (or Ctrl+Y), except in fields that handle them.
fn listen_to_keys(session: Session) {
    let handle = window_event_listener(ev::keydown, move |event| {
        let is_text = event
            .composed_path()
            .get(0)
            .dyn_into::<web_sys::Element>()
            .is_ok_and(|target| target.matches("input:not([type=range]), textarea").unwrap_or(false));
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
    on_cleanup(move || handle.remove());
}

//! The panels below the estimate, and the second part of the program, which they are in.
//!
//! Why two parts: a visitor sees the form and the estimate first, and what these need is little more than half of the
//! program. `xtask/src/split.rs` cuts it; `static/boot.js` loads the second part once the first estimate stands.

use leptos::mount::UnmountHandle;
use leptos::prelude::*;
use leptos::tachys::view::any_view::AnyViewState;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlElement;

use crate::dom::{escaped, once_mounted, panel};
use crate::panel::{about, class, goal, what_if, why};
use crate::session::Session;
use crate::texts::text;

#[wasm_bindgen]
extern "C" {
    /// See `static/boot.js`.
    #[wasm_bindgen(js_namespace = scorecast, catch)]
    async fn rest() -> Result<JsValue, JsValue>;
}

/// A place for these panels, which come as soon as they are loaded; until then, or where they can't be, what there is to
/// say about it.
pub(crate) fn rest_of_page(session: &Session) -> AnyView {
    let mounted = StoredValue::new_local(None);
    fetch(session.clone(), mounted);
    view! { <div id="rest">{panel("rest-loading", "card skeleton", String::new())}</div> }.into_any()
}

/// What stands in the place, for as long as the page does.
type Mounted = StoredValue<Option<UnmountHandle<AnyViewState>>, LocalStorage>;

fn fetch(session: Session, mounted: Mounted) {
    wasm_bindgen_futures::spawn_local(async move {
        let outcome = rest().await;
        let place = session.root().find("rest").and_then(|place| place.dyn_into::<HtmlElement>().ok());
        // Another model may have been opened meanwhile, and its page has a place of its own.
        let (Some(place), false) = (place, mounted.is_disposed()) else { return };
        mounted.set_value(None);
        place.set_inner_html("");
        let handle = mount_to(place, move || match outcome {
            Ok(_) => panels(&session),
            Err(error) => failed(session, error, mounted),
        });
        mounted.set_value(Some(handle));
    });
}

fn panels(session: &Session) -> AnyView {
    let own = || session.clone();
    view! { {why(own())} {what_if(own())} {goal(own())} {class(own())} {about(session)} }.into_any()
}

fn failed(session: Session, error: JsValue, mounted: Mounted) -> AnyView {
    let error: Option<js_sys::Error> = error.dyn_into().ok();
    let reason = error.map(|error| String::from(error.message())).unwrap_or_default();
    let markup = format!(
        "<h2 id=\"rest-failure-title\">{}</h2><div role=\"alert\"><p>{}</p></div>\
         <p><button type=\"button\" id=\"rest-again\">{}</button></p>",
        text("rest.failed"),
        escaped(&reason),
        text("failure.again")
    );
    once_mounted(move || {
        let root = session.root().clone();
        root.listen("rest-again", "click", move |_, _| {
            session.root().set_text("rest-again", &text("failure.trying"));
            fetch(session.clone(), mounted);
        });
    });
    panel("rest-failure", "card trouble", markup)
}

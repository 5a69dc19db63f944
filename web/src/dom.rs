//! What views can't say by themselves: where the pointer is, what has the focus, and what is in sight.

use std::time::Duration;

use leptos::ev::PointerEvent;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Blob, Element, HtmlAnchorElement, HtmlElement, Url};

/// How far along `element` the pointer is, from 0 at its left to 100 at its right.
pub(crate) fn pointer_position(element: &Element, event: &PointerEvent) -> f64 {
    let rect = element.get_bounding_client_rect();
    (f64::from(event.client_x()) - rect.left()) / rect.width() * 100.0
}

/// Puts the focus on `element`, if it stands.
pub(crate) fn focus(element: Option<impl AsRef<HtmlElement>>) {
    if let Some(element) = element {
        // It fails for nothing that can have the focus.
        let _ = element.as_ref().focus();
    }
}

/// Whether something of `element` is within the window.
pub(crate) fn is_in_sight(element: &Element) -> bool {
    let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(f64::MAX);
    let rect = element.get_bounding_client_rect();
    rect.bottom() > 0.0 && rect.top() < height
}

/// Saves a file as a download does.
pub(crate) fn save(blob: &Blob, name: &str) {
    let Ok(address) = Url::create_object_url_with_blob(blob) else { return };
    if let Ok(link) = document().create_element("a").map(JsCast::unchecked_into::<HtmlAnchorElement>) {
        link.set_href(&address);
        link.set_download(name);
        link.click();
    }
    let forget = move || {
        let _ = Url::revoke_object_url(&address);
    };
    set_timeout(forget, Duration::from_secs(10));
}

/// Follows `source`, but only every so often: at the end of a pause that begins with a change and lasts as many
/// milliseconds as `pause` says.
pub(crate) fn throttled<T>(source: Signal<T>, pause: impl Fn() -> u64 + Send + Sync + 'static) -> ReadSignal<T>
where
    T: Clone + Send + Sync + 'static,
{
    let (followed, follow) = signal(source.get_untracked());
    let waiting: StoredValue<Option<TimeoutHandle>> = StoredValue::new(None);
    Effect::new(move |is_first: Option<()>| {
        source.track();
        if is_first.is_none() || waiting.with_value(Option::is_some) {
            return;
        }
        let act = move || {
            waiting.try_set_value(None);
            if let Some(value) = source.try_get_untracked() {
                follow.try_set(value);
            }
        };
        waiting.set_value(set_timeout_with_handle(act, Duration::from_millis(pause())).ok());
    });
    on_cleanup(move || clear(waiting));
    followed
}

/// Follows `source` once it has rested for `pause`.
pub(crate) fn debounced<T>(source: Signal<T>, pause: Duration) -> ReadSignal<Option<T>>
where
    T: Clone + Send + Sync + 'static,
{
    let (followed, follow) = signal(None);
    let waiting: StoredValue<Option<TimeoutHandle>> = StoredValue::new(None);
    Effect::new(move |is_first: Option<()>| {
        // Read and not only tracked: a memo that nobody has read follows nothing.
        source.with(|_| ());
        if is_first.is_none() {
            return;
        }
        clear(waiting);
        let act = move || {
            if let Some(value) = source.try_get_untracked() {
                follow.try_set(Some(value));
            }
        };
        waiting.set_value(set_timeout_with_handle(act, pause).ok());
    });
    on_cleanup(move || clear(waiting));
    followed
}

fn clear(waiting: StoredValue<Option<TimeoutHandle>>) {
    if let Some(handle) = waiting.try_update_value(Option::take).flatten() {
        handle.clear();
    }
}

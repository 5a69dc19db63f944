//! DOM operations that views can't express: pointer position, focus, and visibility.

use std::time::Duration;

use leptos::ev::PointerEvent;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Blob, Element, HtmlAnchorElement, HtmlElement, Url};

/// The pointer's horizontal position in `element`, from 0 at its left to 100 at its right.
pub(crate) fn pointer_position(element: &Element, event: &PointerEvent) -> f64 {
    let rect = element.get_bounding_client_rect();
    (f64::from(event.client_x()) - rect.left()) / rect.width() * 100.0
}

/// Focuses `element`, if it exists.
pub(crate) fn focus(element: Option<impl AsRef<HtmlElement>>) {
    if let Some(element) = element {
        // Can't fail for a focusable element.
        let _ = element.as_ref().focus();
    }
}

/// Whether part of `element` is in the viewport.
pub(crate) fn is_in_sight(element: &Element) -> bool {
    let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(f64::MAX);
    let rect = element.get_bounding_client_rect();
    rect.bottom() > 0.0 && rect.top() < height
}

/// Saves a file as a download.
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

/// Throttles `source`: a change starts a pause of as many milliseconds as `pause` returns, after which the latest value
/// is passed on.
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

/// Debounces `source`: a change is passed on when there was no other for `pause`.
pub(crate) fn debounced<T>(source: Signal<T>, pause: Duration) -> ReadSignal<Option<T>>
where
    T: Clone + Send + Sync + 'static,
{
    let (followed, follow) = signal(None);
    let waiting: StoredValue<Option<TimeoutHandle>> = StoredValue::new(None);
    Effect::new(move |is_first: Option<()>| {
        // Read, not just tracked: a memo that has never been read does not notify.
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

//! The few things the page does to its document.
//!
//! A panel is markup, written once, and a paint, run whenever the form changes. Why not a view with a closure at each
//! place that changes: every one is a type of its own, and measured over the panels the types came to 28 kB of the
//! 120 kB that a first load may weigh.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Element, Event, HtmlInputElement, HtmlSelectElement};

/// A panel: a section whose heading has the id `{id}-title`, and markup. Texts in it must be [`escaped`].
pub(crate) fn panel(id: &'static str, class: &'static str, markup: String) -> AnyView {
    let labelled_by = format!("{id}-title");
    view! { <section class=class id=id tabindex="-1" aria-labelledby=labelled_by inner_html=markup></section> }
        .into_any()
}

/// Runs `paint` now and whenever a signal that it read has changed.
pub(crate) fn repaint(paint: impl Fn() + 'static) {
    // Boxed, so that there is one effect in the program and not one for every panel.
    let paint: Box<dyn Fn()> = Box::new(paint);
    Effect::new(move |_: Option<()>| paint());
}

/// Calls `handle` for each event `name` in the element with this id, for as long as the page lives.
pub(crate) fn listen(id: &str, name: &str, handle: impl Fn(&Element) + 'static) {
    let handle: Box<dyn FnMut(Event)> = Box::new(move |event| {
        if let Some(target) = event.target().and_then(|target| target.dyn_into().ok()) {
            handle(&target);
        }
    });
    let closure = Closure::wrap(handle);
    if let Some(element) = by_id(id) {
        // It fails for no listener that there could be.
        let _ = element.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
    }
    closure.forget();
}

/// The element with this id.
pub(crate) fn by_id(id: &str) -> Option<Element> {
    document().get_element_by_id(id)
}

/// Sets the text of the element with this id, unless it is that already.
pub(crate) fn set_text(id: &str, text: &str) {
    if let Some(element) = by_id(id).filter(|element| element.text_content().as_deref() != Some(text)) {
        element.set_text_content(Some(text));
    }
}

/// Sets the markup inside of the element with this id. Texts in it must be [`escaped`].
pub(crate) fn set_markup(id: &str, markup: &str) {
    if let Some(element) = by_id(id).filter(|element| element.inner_html() != markup) {
        element.set_inner_html(markup);
    }
}

/// Sets an attribute of the element with this id.
pub(crate) fn set_attribute(id: &str, name: &str, value: &str) {
    if let Some(element) = by_id(id) {
        // It fails for no name that there could be.
        let _ = element.set_attribute(name, value);
    }
}

/// Sets the value of the control with this id, unless it is that already: setting the same value again would move the
/// caret, or clear a "7." that is about to become "7.5".
pub(crate) fn set_value(id: &str, value: &str) {
    let Some(control) = by_id(id) else { return };
    if let Some(input) = control.dyn_ref::<HtmlInputElement>() {
        if input.value() != value {
            input.set_value(value);
        }
    } else if let Some(select) = control.dyn_ref::<HtmlSelectElement>()
        && select.value() != value
    {
        select.set_value(value);
    }
}

/// `text` for use in markup, also inside of a quoted attribute.
pub(crate) fn escaped(text: &str) -> String {
    let mut markup = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => markup.push_str("&amp;"),
            '<' => markup.push_str("&lt;"),
            '>' => markup.push_str("&gt;"),
            '"' => markup.push_str("&quot;"),
            other => markup.push(other),
        }
    }
    markup
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn a_text_from_a_file_cannot_become_markup() {
        assert_eq!(escaped("a<b & \"c\">"), "a&lt;b &amp; &quot;c&quot;&gt;");
        assert_eq!(escaped("bachelor's degree"), "bachelor's degree");
    }
}

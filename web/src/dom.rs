//! The few things the page does to its document.
//!
//! A panel is markup, written once, and a paint, run whenever the form changes. Why not a view with a closure at each
//! place that changes: every one is a type of its own, and measured over the panels the types came to 28 kB of the
//! 120 kB that the first load weighed then.
//!
//! Elements are looked for below a [`Root`] and never in the document: the panels may stand several times on a page,
//! each time in a shadow root, where the same ids do not meet.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use leptos::leptos_dom::helpers::WindowListenerHandle;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Element, Event, HtmlElement, HtmlInputElement, HtmlSelectElement};

use crate::texts::{Language, in_language, language};

type Act = Box<dyn FnOnce()>;
type Handle = Box<dyn Fn(&Element, &Event)>;
type HandleButton = Box<dyn Fn(&str, &Element)>;

/// The element that the panels stand in.
#[derive(Clone)]
pub(crate) struct Root(HtmlElement);

/// A panel: a section whose heading has the id `{id}-title`, and markup. Texts in it must be [`escaped`].
pub(crate) fn panel(id: &'static str, class: &'static str, markup: String) -> AnyView {
    let labelled_by = format!("{id}-title");
    view! { <section class=class id=id part=id tabindex="-1" aria-labelledby=labelled_by inner_html=markup></section> }
        .into_any()
}

// What follows takes functions of any type and hands them boxed to a function that is not generic: the closures in there
// would be compiled anew for every caller, and whatever they are given to with them.

/// Runs `paint` now and whenever a signal that it read has changed.
pub(crate) fn repaint(paint: impl Fn() + 'static) {
    repaint_boxed(Box::new(paint));
}

fn repaint_boxed(paint: Box<dyn Fn()>) {
    let language = language();
    Effect::new(move |_: Option<()>| in_language(&language, &mut || paint()));
}

/// Runs `act` once, when what is being mounted stands in its place.
pub(crate) fn once_mounted(act: impl FnOnce() + 'static) {
    let act: RefCell<Option<Act>> = RefCell::new(Some(Box::new(act)));
    repaint_boxed(Box::new(move || {
        if let Some(act) = act.take() {
            // What it reads is not to run it again.
            untrack(act);
        }
    }));
}

/// Calls the last of the functions that are given to it within a short time, at that time's end, if what is being mounted
/// still stands then.
pub(crate) struct Later {
    pause: Duration,
    waiting: Waiting,
    language: Rc<Language>,
}

type Waiting = Rc<RefCell<Option<Act>>>;

/// Lives as long as what is being mounted.
struct Standing(Waiting);

impl Drop for Standing {
    fn drop(&mut self) {
        // Not run: what it would read is gone.
        drop(self.0.take());
    }
}

impl Later {
    pub(crate) fn after(milliseconds: u64) -> Self {
        let waiting = Waiting::default();
        StoredValue::new_local(Standing(Rc::clone(&waiting)));
        Self { pause: Duration::from_millis(milliseconds), waiting, language: language() }
    }

    pub(crate) fn call(&self, act: impl FnOnce() + 'static) {
        self.call_boxed(Box::new(act));
    }

    fn call_boxed(&self, act: Act) {
        if self.waiting.replace(Some(act)).is_some() {
            return;
        }
        let (waiting, language) = (Rc::clone(&self.waiting), Rc::clone(&self.language));
        set_timeout(
            move || {
                in_language(&language, &mut || {
                    if let Some(act) = waiting.take() {
                        act();
                    }
                });
            },
            self.pause,
        );
    }
}

/// Calls `handle` for each event `name` of the window, for as long as what is being mounted stands.
pub(crate) fn on_window(name: &'static str, handle: impl Fn(&Event) + 'static) {
    on_window_boxed(name, Box::new(handle));
}

fn on_window_boxed(name: &'static str, handle: Box<dyn Fn(&Event)>) {
    let listener = window_event_listener_untyped(name, move |event| handle(&event));
    on_cleanup(move || WindowListenerHandle::remove(listener));
}

impl Root {
    pub(crate) fn new(element: HtmlElement) -> Self {
        Self(element)
    }

    /// The element itself.
    pub(crate) fn element(&self) -> &HtmlElement {
        &self.0
    }

    /// The element with this id.
    pub(crate) fn find(&self, id: &str) -> Option<Element> {
        self.0.query_selector(&format!("#{id}")).ok().flatten()
    }

    /// Whether something of the element with this id is within the window.
    pub(crate) fn is_in_sight(&self, id: &str) -> bool {
        let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(f64::MAX);
        let place = self.find(id).map(|element| element.get_bounding_client_rect());
        place.is_some_and(|place| place.bottom() > 0.0 && place.top() < height)
    }

    /// Calls `handle` with the target of each event `name` in the element with this id, for as long as that lives.
    pub(crate) fn listen(&self, id: &str, name: &str, handle: impl Fn(&Element, &Event) + 'static) {
        self.listen_boxed(id, name, Box::new(handle));
    }

    fn listen_boxed(&self, id: &str, name: &str, handle: Handle) {
        let language = language();
        let handle: Box<dyn FnMut(Event)> = Box::new(move |event| {
            if let Some(target) = event.target().and_then(|target| target.dyn_into().ok()) {
                in_language(&language, &mut || handle(&target, &event));
            }
        });
        let closure = Closure::wrap(handle);
        if let Some(element) = self.find(id) {
            // It fails for no listener that there could be.
            let _ = element.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
        }
        // Dropped along with what is being mounted.
        StoredValue::new_local(closure);
    }

    /// Calls `handle` for each press of a button with the attribute `data-do` in the element with this id.
    pub(crate) fn listen_buttons(&self, id: &str, handle: impl Fn(&str, &Element) + 'static) {
        self.listen_buttons_boxed(id, Box::new(handle));
    }

    fn listen_buttons_boxed(&self, id: &str, handle: HandleButton) {
        let pressed = move |target: &Element, _: &Event| {
            if let Some(button) = target.closest("button[data-do]").ok().flatten()
                && let Some(action) = button.get_attribute("data-do")
            {
                handle(&action, &button);
            }
        };
        self.listen_boxed(id, "click", Box::new(pressed));
    }

    /// Sets the text of the element with this id, unless it is that already.
    pub(crate) fn set_text(&self, id: &str, text: &str) {
        if let Some(element) = self.find(id).filter(|element| element.text_content().as_deref() != Some(text)) {
            element.set_text_content(Some(text));
        }
    }

    /// Sets the markup inside of the element with this id. Texts in it must be [`escaped`].
    pub(crate) fn set_markup(&self, id: &str, markup: &str) {
        if let Some(element) = self.find(id).filter(|element| element.inner_html() != markup) {
            element.set_inner_html(markup);
        }
    }

    /// Sets an attribute of the element with this id.
    pub(crate) fn set_attribute(&self, id: &str, name: &str, value: &str) {
        if let Some(element) = self.find(id) {
            // It fails for no name that there could be.
            let _ = element.set_attribute(name, value);
        }
    }

    /// Shows or hides the element with this id.
    pub(crate) fn set_hidden(&self, id: &str, is_hidden: bool) {
        if let Some(element) = self.find(id) {
            let _ = element.toggle_attribute_with_force("hidden", is_hidden);
        }
    }

    /// Whether the button with this id can't be pressed.
    pub(crate) fn set_disabled(&self, id: &str, is_disabled: bool) {
        if let Some(element) = self.find(id) {
            let _ = element.toggle_attribute_with_force("disabled", is_disabled);
        }
    }

    /// Sets a property of the style of the element with this id: the page's policy forbids styles in markup.
    pub(crate) fn set_style(&self, id: &str, name: &str, value: &str) {
        if let Some(element) = self.find(id).and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
            let _ = element.style().set_property(name, value);
        }
    }

    /// Puts the focus on the element with this id.
    pub(crate) fn focus(&self, id: &str) {
        if let Some(element) = self.find(id).and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
            let _ = element.focus();
        }
    }

    /// The value of the field with this id.
    pub(crate) fn value_of(&self, id: &str) -> Option<String> {
        Some(self.find(id)?.dyn_ref::<HtmlInputElement>()?.value())
    }

    /// Sets the value of the control with this id, unless it is that already: setting the same value again would move
    /// the caret, or clear a "7." that is about to become "7.5".
    pub(crate) fn set_value(&self, id: &str, value: &str) {
        let Some(control) = self.find(id) else { return };
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

    /// Gives each element below the one with this id that has the attribute `data-style`, as in `left:20%;width:3%`, that
    /// style: the page's policy forbids styles in markup.
    pub(crate) fn apply_styles(&self, id: &str) {
        let Some(found) = self.find(id).and_then(|element| element.query_selector_all("[data-style]").ok()) else {
            return;
        };
        for place in 0..found.length() {
            if let Some(element) = found.get(place).and_then(|node| node.dyn_into::<HtmlElement>().ok()) {
                element.style().set_css_text(&element.get_attribute("data-style").unwrap_or_default());
            }
        }
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

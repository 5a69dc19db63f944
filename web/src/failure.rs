//! What stands in the page's place when there is no model to show: the reason, the remedy, and a way to try again.

use leptos::prelude::*;

use crate::dom::{Root, escaped, once_mounted, panel};
use crate::format::capitalised;
use crate::load::LoadError;
use crate::texts::text;

/// The card that explains why there is no estimate; its button calls `on_again`.
pub(crate) fn failure(root: Root, error: &LoadError, on_again: fn(&Root)) -> AnyView {
    let markup = format!(
        "<h2 id=\"failure-title\">{}</h2><div role=\"alert\"><p>{}</p></div>\
         <p><button type=\"button\" id=\"again\">{}</button></p>",
        error.title(),
        escaped(&capitalised(&error.to_string())),
        text("failure.again")
    );
    once_mounted(move || {
        let again = root.clone();
        root.listen("again", "click", move |_, _| {
            again.set_text("again", &text("failure.trying"));
            on_again(&again);
        });
    });
    panel("failure", "card trouble", markup)
}

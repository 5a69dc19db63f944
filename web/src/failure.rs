//! What stands in the page's place when there is no model to show: the reason, the remedy, and a way to try again.

use leptos::prelude::*;

use crate::dom::{escaped, listen, panel, set_text};
use crate::format::capitalised;
use crate::load::LoadError;

/// The card that explains why there is no estimate; its button calls `on_again`.
pub(crate) fn failure(error: &LoadError, on_again: fn()) -> AnyView {
    let markup = format!(
        "<h2 id=\"failure-title\">{}</h2><div role=\"alert\"><p>{}</p></div>\
         <p><button type=\"button\" id=\"again\">Try again</button></p>",
        error.title(),
        escaped(&capitalised(&error.to_string()))
    );
    Effect::new(move |_: Option<()>| {
        listen("again", "click", move |_| {
            set_text("again", "Trying again…");
            on_again();
        });
    });
    panel("failure", "card trouble", markup)
}

//! The number at the lower edge of a narrow screen, so that it stays in sight while the form above is edited.

use leptos::prelude::*;

use crate::dom::{escaped, repaint};
use crate::session::Session;
use crate::texts::fill;

/// A slim bar for the eye alone: what it says stands in the estimate's panel for everyone.
///
/// It comes right after the form and sticks to the screen's edge until the panel itself scrolls over it.
pub(crate) fn estimate_bar(session: Session) -> AnyView {
    let title = fill("estimate.title", &[("target", &session.target())]);
    let markup =
        format!("<span>{}<small id=\"bar-range\"></small></span><strong id=\"bar-number\"></strong>", escaped(&title));
    repaint(move || {
        session.look(&mut |form| {
            let root = session.root();
            root.set_text("bar-number", &session.in_target_unit(form.prediction.shown));
            if let Some(interval) = session.interval(form) {
                let (low, high) = (session.in_target_unit(interval.low), session.in_target_unit(interval.high));
                root.set_text("bar-range", &fill("estimate.between", &[("low", &low), ("high", &high)]));
            }
        });
    });
    view! { <div class="bar" aria-hidden="true" inner_html=markup></div> }.into_any()
}

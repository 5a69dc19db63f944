//! The number at the lower edge of a narrow screen, so that it stays in sight while the form above is edited.

use leptos::prelude::*;

use crate::dom::{escaped, repaint, set_text};
use crate::session::Session;

/// A slim bar for the eye alone: what it says stands in the estimate's panel for everyone.
///
/// It comes right after the form and sticks to the screen's edge until the panel itself scrolls over it.
pub(crate) fn estimate_bar(session: Session) -> AnyView {
    let markup = format!(
        "<span>Estimated {}<small>typical error ±{}</small></span><strong id=\"bar-number\"></strong>",
        escaped(&session.target()),
        session.error_in_target_unit(session.report().holdout.mae)
    );
    repaint(move || {
        let shown = session.form.with(|form| form.prediction.shown);
        set_text("bar-number", &session.in_target_unit(shown));
    });
    view! { <div class="bar" aria-hidden="true" inner_html=markup></div> }.into_any()
}

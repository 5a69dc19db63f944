//! The estimate at the bottom of a narrow screen, so that it stays visible while the form above is edited.

use leptos::prelude::*;

use crate::i18n::use_i18n;
use crate::session::use_session;

/// A slim bar, hidden from screen readers, because the estimate's panel has the same content.
///
/// It follows the form and sticks to the bottom of the screen until the panel itself scrolls over it.
#[component]
pub(crate) fn EstimateBar() -> impl IntoView {
    let (session, i18n) = (use_session(), use_i18n());
    let target = session.target_format(i18n);
    let range = move || {
        let interval = session.interval.get()?;
        let (low, high) = (target.value(interval.low), target.value(interval.high));
        (low != high).then(|| i18n.fill("estimate.between", &[("low", &low), ("high", &high)]))
    };
    view! {
        <div class="bar" aria-hidden="true">
            <span>
                {i18n.fill("estimate.title", &[("target", &session.model().target_label())])} <small>{range}</small>
            </span>
            <strong>{Signal::derive(move || target.value(session.prediction.get().shown))}</strong>
        </div>
    }
}

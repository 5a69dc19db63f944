//! The number at the lower edge of a narrow screen, so that it stays in sight while the form above is edited.

use leptos::prelude::*;

use crate::i18n::use_i18n;
use crate::session::use_session;

/// A slim bar for the eye alone: what it says stands in the estimate's panel for everyone.
///
/// It comes right after the form and sticks to the screen's edge until the panel itself scrolls over it.
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

//! Announces the estimate to screen readers when it changes.
//!
//! Debounced, since announcing the estimate at every keystroke would be noise.

use std::time::Duration;

use leptos::prelude::*;

use crate::dom::debounced;
use crate::i18n::use_i18n;
use crate::note::unusable;
use crate::session::use_session;

const PAUSE: Duration = Duration::from_millis(700);

/// A live region. The first estimate is read with the page; only changes are announced.
#[component]
pub(crate) fn Announcement() -> impl IntoView {
    let (session, i18n) = (use_session(), use_i18n());
    let target = session.target_format(i18n);
    let words = Memo::new(move |_| {
        let model = session.model();
        let (label, estimate) = (model.target_label(), target.value(session.prediction.get().shown));
        let ends = session.interval.get().map(|interval| (target.value(interval.low), target.value(interval.high)));
        let mut words = match ends {
            // At the end of the scale both may be the same number, which is not an interval.
            Some((low, high)) if low != high => i18n.fill(
                "announce.with-interval",
                &[("target", &label), ("estimate", &estimate), ("low", &low), ("high", &high)],
            ),
            _ => i18n.fill("announce.estimate", &[("target", &label), ("estimate", &estimate)]),
        };
        for column_idx in session.refused() {
            let column = &model.columns()[column_idx];
            words.push_str(&format!(" {}: {}.", column.label, unusable(i18n, column)));
        }
        words
    });
    let said = debounced::<String>(words.into(), PAUSE);
    view! { <p class="unseen" role="status" id="announcement">{said}</p> }
}

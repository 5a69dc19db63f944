//! Feature importance for the model as a whole.

use leptos::prelude::*;

use super::chart::Chart;
use crate::format::percent;
use crate::i18n::use_i18n;
use crate::session::use_session;

/// Maximum number of columns with their own row.
const MOST_ROWS: usize = 12;

/// One bar per column, the longest first; nothing for a model without a background.
#[component]
pub(super) fn Importance() -> impl IntoView {
    let (session, i18n) = (use_session(), use_i18n());
    let (model, target) = (session.model(), session.target_format(i18n));
    let order = model.by_importance();
    let most = order.first().map(|column| model.importance()[*column]).filter(|most| *most > 0.0)?;
    let row = |column: usize| {
        let own = model.importance()[column];
        view! {
            <li>
                <span>{model.columns()[column].label.clone()}</span>
                <span class="track" aria-hidden="true">
                    <i class="plus" style:left="0" style:width=percent(own / most * 100.0)></i>
                </span>
                <b>{target.error(own)}</b>
            </li>
        }
    };
    let rows = order.into_iter().take(MOST_ROWS).map(row).collect_view();
    Some(view! {
        <h3>{i18n.text("importance.title")}</h3>
        <p class="hint">{i18n.fill("importance.hint", &[("target", &model.target_label())])}</p>
        <Chart name=i18n.text("importance.title")>
            <ol class="waterfall" data-testid="importance">
                {rows}
            </ol>
        </Chart>
    })
}

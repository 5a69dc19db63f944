//! What if: one response curve per column with a draggable mark, and kept records to compare with.

use leptos::html::Section;
use leptos::prelude::*;
use model_core::{Curve as Points, Record};

use super::Panel;
use super::chart::Chart;
use super::compare::Compare;
use super::curve::Curve;
use super::scale::Scale;
use crate::dom::{is_in_sight, throttled};
use crate::i18n::use_i18n;
use crate::session::use_session;

/// Points of a numeric curve: more can't be distinguished on a phone.
const N_POINTS: usize = 33;
/// Maximum number of expanded curves; the others are collapsed.
const MOST_CURVES: usize = 12;
/// The throttling intervals of curves, in milliseconds, when they are visible and when they are not: typing must not
/// wait for them, and they must be up to date before the visitor has scrolled to them.
const IN_SIGHT: u64 = 30;
const OUT_OF_SIGHT: u64 = 300;

/// The curves, and the comparison.
#[component]
pub(crate) fn WhatIf() -> impl IntoView {
    let (session, i18n) = (use_session(), use_i18n());
    let model = session.model();
    let mut first = model.by_importance();
    let later = first.split_off(first.len().min(MOST_CURVES));

    let panel = NodeRef::<Section>::new();
    let asked = Signal::derive(move || (session.record.get(), session.level.get()));
    let followed = throttled(asked, move || {
        let is_seen = panel.get_untracked().is_some_and(|panel| is_in_sight(&panel));
        if is_seen { IN_SIGHT } else { OUT_OF_SIGHT }
    });
    let curves: Memo<Vec<Points>> = Memo::new(move |_| {
        followed.with(|(record, level): &(Record, f64)| session.model().predictor().curves(record, N_POINTS, *level))
    });
    // A common scale, so that curves can be compared, zoomed to their range.
    let whole = Scale::of(&model.schema().target);
    let up = Memo::new(move |_| {
        curves.with(|curves| {
            let shown = || curves.iter().flat_map(|curve| &curve.points).map(|point| point.prediction.shown);
            whole.zoomed(shown().fold(f64::INFINITY, f64::min), shown().fold(f64::NEG_INFINITY, f64::max))
        })
    });
    let draw = move |columns: Vec<usize>| {
        let curve = move |column_idx: usize| {
            let points = Memo::new(move |_| curves.with(|curves| curves[column_idx].points.clone()));
            view! { <Curve column_idx points up/> }
        };
        view! {
            <Chart name=i18n.text("what-if.title")>
                <div class="curves">{columns.into_iter().map(curve).collect_view()}</div>
            </Chart>
        }
    };
    let more = (!later.is_empty()).then(|| {
        view! {
            <details>
                <summary>{i18n.counted(later.len(), "what-if.more")}</summary>
                {draw(later)}
            </details>
        }
    });
    view! {
        <Panel id="what-if" title=i18n.text("what-if.title") node_ref=panel>
            <p class="hint">{i18n.fill("what-if.lead", &[("target", &model.target_label())])}</p>
            {draw(first)}
            {more}
            <Compare/>
        </Panel>
    }
}

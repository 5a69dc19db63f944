//! Predicted against actual values, and the errors, of the holdout students: in groups, never individually.

use leptos::prelude::*;
use model_core::{HeldBack, Range};

use super::chart::Chart;
use super::distribution::{Bars, bars_of};
use super::scale::Scale;
use crate::format::coordinate;
use crate::i18n::use_i18n;
use crate::session::use_session;

/// Both charts.
#[component]
pub(super) fn HeldBackStudents(held_back: HeldBack) -> impl IntoView {
    let i18n = use_i18n();
    let n: usize = held_back.groups.iter().map(|group| group.n).sum();
    let HeldBack { groups, errors } = held_back;
    view! {
        <h3>{i18n.text("held-back.title")}</h3>
        <p class="hint">{i18n.fill("held-back.caption", &[("n", &i18n.count(n))])}</p>
        <div class="curves pair" data-testid="held-back">
            <Groups groups/>
            <Errors errors/>
        </div>
    }
}

/// A mark for each group with one standard deviation of its errors, and the diagonal.
#[component]
fn Groups(groups: Vec<model_core::EstimateGroup>) -> impl IntoView {
    let (session, i18n) = (use_session(), use_i18n());
    let target = session.target_format(i18n);
    let ends = || {
        groups.iter().flat_map(|group| [group.estimated, group.actual - group.error_sd, group.actual + group.error_sd])
    };
    let whole = Scale::of(&session.model().schema().target);
    let scale = whole.zoomed(ends().fold(f64::INFINITY, f64::min), ends().fold(f64::NEG_INFINITY, f64::max));
    let down = |value: f64| coordinate(100.0 - scale.position(value));
    let (mut dots, mut bars) = (String::new(), String::new());
    for group in &groups {
        let across = coordinate(scale.position(group.estimated));
        dots += &format!("M{across} {}h0", down(group.actual));
        bars += &format!("M{across} {}V{}", down(group.actual - group.error_sd), down(group.actual + group.error_sd));
    }
    let off = |group: &model_core::EstimateGroup| (group.actual - group.estimated).abs();
    let most = groups.iter().max_by(|a, b| off(a).total_cmp(&off(b)))?;
    let values = [("most", target.error(off(most))), ("at", target.value(most.estimated))];
    let spoken = i18n.fill("held-back.drawn", &values.each_ref().map(|(name, value)| (*name, value.as_str())));
    let (min, max) = (i18n.shortest(scale.range.min), i18n.shortest(scale.range.max));
    let title = i18n.text("held-back.groups");
    Some(view! {
        <Chart name=title.clone()>
            <figcaption>{title}</figcaption>
            <div class="plot" role="img" aria-label=spoken>
                <span class="high" aria-hidden="true">{max.clone()}</span>
                <span class="low" aria-hidden="true">{min.clone()}</span>
                <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
                    <path class="guide" d={"M0 100L100 0"}></path>
                    <path class="error" d=bars></path>
                    <path class="dots" d=dots></path>
                </svg>
            </div>
            <div class="ends" aria-hidden="true">
                <span>{min}</span>
                <span>{max}</span>
            </div>
        </Chart>
    })
}

/// A histogram of the errors, with a mark at 0.
#[component]
fn Errors(errors: model_core::Histogram) -> impl IntoView {
    let (session, i18n) = (use_session(), use_i18n());
    let (min, max) = (*errors.edges.first()?, *errors.edges.last()?);
    let scale = Scale { range: Range { min, max } };
    let ends = [min, max].map(|end| session.target_format(i18n).difference(end));
    let spoken = i18n.fill("held-back.errors-drawn", &[("min", &ends[0]), ("max", &ends[1])]);
    let title = i18n.text("held-back.errors");
    let zero = coordinate(scale.position(0.0));
    let [min, max] = ends;
    Some(view! {
        <Chart name=title.clone()>
            <figcaption>{title}</figcaption>
            <div class="plot" role="img" aria-label=spoken>
                <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
                    <Bars bars=bars_of(scale, &errors)/>
                    <path class="guide" d=format!("M{zero} 0V100")></path>
                </svg>
            </div>
            <div class="ends" aria-hidden="true">
                <span>{min}</span>
                <span>{max}</span>
            </div>
        </Chart>
    })
}

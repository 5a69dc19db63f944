//! The estimate, its uncertainty, and remarks.

use leptos::prelude::*;
use model_core::{Prediction, Range};

use super::Panel;
use super::chance::Chance;
use super::distribution::{Distribution, percentile};
use super::remarks::Remarks;
use crate::format::plain;
use crate::i18n::{I18n, use_i18n};
use crate::session::{Model, use_session};

/// In the element there is only room for the estimate.
const HAS_CHANCE: bool = !cfg!(feature = "element");

/// The estimate, its interval on top of the cohort, the level, and remarks.
#[component]
pub(crate) fn Estimate() -> impl IntoView {
    let (session, i18n) = (use_session(), use_i18n());
    let model = session.model();
    let (target, prediction) = (session.target_format(i18n), session.prediction);
    let interval = move || {
        let interval = session.interval.get()?;
        let (low, high) = (target.value(interval.low), target.value(interval.high));
        let level = i18n.number(session.level.get(), 0);
        if low == high {
            let Prediction { value, shown } = prediction.get();
            // The interval was cut at the end of the scale, or is narrower than the displayed precision.
            return Some(if value == shown {
                i18n.fill_view("estimate.interval-narrow", &[("value", &low), ("level", &level)], &["value"])
            } else {
                i18n.fill_view("estimate.interval-at-end", &[("end", &low)], &["end"])
            });
        }
        let values = [("low", low.as_str()), ("high", high.as_str()), ("level", level.as_str())];
        Some(i18n.fill_view("estimate.interval", &values, &["low", "high"]))
    };
    let in_cohort = {
        let model = session.model();
        move || percentile(i18n, model.report()?, prediction.get().shown)
    };
    let levels = model.predictor().levels();
    let caution = model.report().filter(|report| report.data.fictional).map(|report| {
        let records = i18n.counted(report.data.rows_train, "count.generated");
        i18n.fill("estimate.fictional", &[("records", &records)])
    });
    view! {
        <Panel id="estimate" title=i18n.fill("estimate.title", &[("target", &model.target_label())])>
            <div class="headline">
                // For host pages and tests: the exact prediction, and its value within the target's limits. The text is
                // rounded according to the error.
                <strong
                    id="estimate-number"
                    data-testid="estimate"
                    data-value=Signal::derive(move || plain(prediction.get().value))
                    data-shown=Signal::derive(move || plain(prediction.get().shown))
                >
                    {Signal::derive(move || target.value(prediction.get().shown))}
                </strong>
                <p id="estimate-sentence" data-testid="estimate-sentence">
                    {interval} " " {in_cohort}
                </p>
            </div>
            <Distribution/>
            {levels.map(|levels| view! { <Level levels/> })}
            {levels.filter(|_| HAS_CHANCE).map(|_| view! { <Chance/> })}
            <Remarks/>
            <p class="hint">{error_sentence(i18n, &model, |error| target.error(error))}</p>
            {caution.map(|caution| view! { <p class="caution" data-testid="fictional">{caution}</p> })}
        </Panel>
    }
}

/// Sets the level of the interval, up to the highest that the model supports.
#[component]
fn Level(levels: Range) -> impl IntoView {
    let (session, i18n) = (use_session(), use_i18n());
    let level = session.level;
    let in_percent = move || i18n.percent(level.get());
    view! {
        <div class="level">
            <label for="level">{i18n.text("estimate.level")}</label>
            <input
                type="range"
                id="level"
                min=plain(levels.min)
                max=plain(levels.max)
                step="1"
                autocomplete="off"
                aria-valuetext=in_percent
                prop:value=Signal::derive(move || plain(level.get()))
                on:input:target=move |event| {
                    if let Some(chosen) = model_core::parse_number(&event.target().value()) {
                        session.set_level(chosen);
                    }
                }
            />
            <output for="level">{in_percent}</output>
        </div>
    }
}

/// The typical error of the estimate, and how it was measured.
fn error_sentence(i18n: I18n, model: &Model, in_unit: impl Fn(f64) -> String) -> String {
    let Some(report) = model.report() else { return i18n.text("estimate.error-unknown") };
    let students = i18n.counted(report.data.rows_holdout, "count.students");
    i18n.fill("estimate.error", &[("error", &in_unit(report.holdout.mae)), ("students", &students)])
}

//! Why: from the training students' average to this estimate, one column after the other.

use leptos::prelude::*;
use model_core::Explanation;

use super::Panel;
use super::chart::Chart;
use super::formula::Formula;
use crate::format::percent;
use crate::i18n::{I18n, use_i18n};
use crate::note::value_text;
use crate::session::{Session, TargetFormat, use_session};

/// Maximum number of columns with their own row; the smallest others share one.
const MOST_ROWS: usize = 10;

/// A sentence, a waterfall chart and, for a linear model, its formula.
#[component]
pub(crate) fn Why() -> impl IntoView {
    let (session, i18n) = (use_session(), use_i18n());
    let target = session.target_format(i18n);
    let steps = Memo::new(move |_| steps(session, i18n));
    let sentence = move || steps.with(|steps| sentence(i18n, target, steps));
    let accuracy = move || session.explanation.with(|explanation| accuracy(i18n, target, explanation));
    view! {
        <Panel id="why" title=i18n.text("why.title")>
            <p data-testid="why">{sentence}</p>
            <Chart name=i18n.text("why.title")>
                <Waterfall steps/>
            </Chart>
            <p class="hint">{accuracy}</p>
            <p class="hint">{i18n.text("why.not-causes")}</p>
            <Formula/>
        </Panel>
    }
}

/// One row of the waterfall.
#[derive(Debug, Clone, PartialEq)]
struct Step {
    label: String,
    value: String,
    contribution: f64,
    /// The estimate before and after it.
    from: f64,
    to: f64,
}

/// The steps, largest contributions first.
fn steps(session: Session, i18n: I18n) -> Vec<Step> {
    let model = session.model();
    session.explanation.with(|explanation| {
        let step = |((column, value), contribution): ((&model_core::Column, &model_core::Value), &f64)| Step {
            label: column.label.clone(),
            value: value_text(i18n, column, *value),
            contribution: *contribution,
            from: 0.0,
            to: 0.0,
        };
        let mut steps: Vec<Step> = session.record.with(|record| {
            let columns = model.columns().iter().zip(record.values()).zip(&explanation.contributions);
            columns.map(step).collect()
        });
        order(&mut steps);
        // A single remaining one has its own row.
        if steps.len() > MOST_ROWS + 1 {
            let others = steps.split_off(MOST_ROWS);
            let contribution = others.iter().map(|step| step.contribution).sum();
            let label = i18n.counted(others.len(), "why.others");
            steps.push(Step { label, value: String::new(), contribution, from: 0.0, to: 0.0 });
        }
        let mut sum = explanation.baseline;
        for step in &mut steps {
            step.from = sum;
            sum += step.contribution;
            step.to = sum;
        }
        steps
    })
}

/// Moves the largest to the front, as many as have a row. The library's sorting would add 6 kB to the page.
fn order(steps: &mut [Step]) {
    for first in 0..steps.len().min(MOST_ROWS + 1) {
        let largest = (first..steps.len()).fold(first, |largest, idx| {
            if steps[idx].contribution.abs() > steps[largest].contribution.abs() { idx } else { largest }
        });
        // Rotated, not swapped: equal ones keep the columns' order.
        steps[first..=largest].rotate_right(1);
    }
}

/// A row for the average, one for each step, and one for the estimate: each bar starts where the last one ended.
#[component]
fn Waterfall(steps: Memo<Vec<Step>>) -> impl IntoView {
    let (session, i18n) = (use_session(), use_i18n());
    let target = session.target_format(i18n);
    let baseline = move || session.explanation.with(|explanation| explanation.baseline);
    // The range of all partial sums.
    let ends = Memo::new(move |_| {
        let start = (baseline(), baseline());
        steps.with(|steps| steps.iter().fold(start, |(low, high), step| (low.min(step.to), high.max(step.to))))
    });
    let position = move |value: f64| {
        let (low, high) = ends.get();
        if high > low { (value - low) / (high - low) * 100.0 } else { 50.0 }
    };
    let total = move |key: &str, value: Signal<f64>| {
        view! {
            <li class="total">
                <span>{i18n.text(key)}</span>
                <span class="track" aria-hidden="true">
                    <i class="mark" style:left=Signal::derive(move || percent(position(value.get())))></i>
                </span>
                <b>{Signal::derive(move || target.error(value.get()))}</b>
            </li>
        }
    };
    let row = move |row: usize| {
        let step = Memo::new(move |_| steps.with(|steps| steps[row].clone()));
        let class = move || if step.with(|step| step.contribution < 0.0) { "minus" } else { "plus" };
        let left = move || step.with(|step| position(step.from.min(step.to)));
        let right = move || step.with(|step| position(step.from.max(step.to)));
        view! {
            <li>
                <span>
                    <span>{Signal::derive(move || step.with(|step| step.label.clone()))}</span> " "
                    <small>{Signal::derive(move || step.with(|step| step.value.clone()))}</small>
                </span>
                <span class="track" aria-hidden="true">
                    <i
                        class=class
                        style:left=Signal::derive(move || percent(left()))
                        style:width=Signal::derive(move || percent(right() - left()))
                    ></i>
                </span>
                <b>{Signal::derive(move || target.difference(step.with(|step| step.contribution)))}</b>
            </li>
        }
    };
    let n_rows = steps.with_untracked(Vec::len);
    view! {
        <ol class="waterfall" id="waterfall">
            {total("why.average", Signal::derive(baseline))}
            {(0..n_rows).map(row).collect_view()}
            {total("why.estimate", Signal::derive(move || session.prediction.get().value))}
        </ol>
    }
}

/// The largest positive and negative contributions, in a sentence.
fn sentence(i18n: I18n, target: TargetFormat, steps: &[Step]) -> String {
    let is_seen = |step: &&Step| target.difference(step.contribution).bytes().any(|byte| matches!(byte, b'1'..=b'9'));
    let name = |step: &Step| {
        let by = target.difference(step.contribution);
        let (column, value) = (step.label.as_str(), step.value.as_str());
        if value.is_empty() {
            format!("{column} ({by})")
        } else {
            i18n.fill("why.step", &[("column", column), ("value", value), ("by", &by)])
        }
    };
    let most = steps.iter().filter(is_seen).find(|step| step.contribution > 0.0).map(name);
    let fewest = steps.iter().filter(is_seen).find(|step| step.contribution < 0.0).map(name);
    match (most, fewest) {
        (Some(up), Some(down)) => i18n.fill("why.up-and-down", &[("up", &up), ("down", &down)]),
        (Some(up), None) => i18n.fill("why.up", &[("up", &up)]),
        (None, Some(down)) => i18n.fill("why.down", &[("down", &down)]),
        (None, None) => i18n.text("why.neither"),
    }
}

/// Whether the contributions are exact, or their errors.
fn accuracy(i18n: I18n, target: TargetFormat, explanation: &Explanation) -> String {
    let errors = explanation.standard_error.as_deref().unwrap_or_default();
    let most = errors.iter().copied().fold(0.0, f64::max);
    if explanation.exact {
        i18n.text("why.exact")
    } else {
        i18n.fill("why.estimated", &[("error", &target.error(most))])
    }
}

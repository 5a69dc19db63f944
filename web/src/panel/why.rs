//! Why: from the cohort's average to this estimate, one column after the other.

use leptos::prelude::*;
use model_core::Explanation;

use super::formula;
use crate::dom::{escaped, once_mounted, panel, repaint};
use crate::format::percent;
use crate::note::value_text;
use crate::session::{Form, Session};
use crate::texts::{counted, fill, text};

const ID: &str = "why";
/// Columns with a row of their own; the smallest others share one.
const MOST_ROWS: usize = 10;

/// A sentence, a waterfall, and where the model is one, its formula.
pub(crate) fn why(session: Session) -> AnyView {
    let markup = format!(
        "<h2 id=\"why-title\">{}</h2><p id=\"why-sentence\" data-testid=\"why\"></p>\
         <ol class=\"waterfall\" id=\"waterfall\"></ol>\
         <p class=\"hint\" id=\"why-exact\"></p><p class=\"hint\">{}</p>{}",
        text("why.title"),
        text("why.not-causes"),
        formula::markup(&session),
    );
    let painted = session.clone();
    once_mounted(move || session.root().apply_styles(ID));
    repaint(move || painted.look(&mut |form| paint(&painted, form)));
    panel(ID, "card why", markup)
}

/// One row of the waterfall.
struct Step {
    label: String,
    value: String,
    contribution: f64,
}

fn paint(session: &Session, form: &Form) {
    let root = session.root();
    let explanation = session.predictor().explain(&form.record);
    let steps = steps(session, form, &explanation);
    root.set_text("why-sentence", &sentence(session, &steps));
    root.set_markup("waterfall", &waterfall(session, &explanation, &steps, form));
    root.apply_styles("waterfall");
    root.set_text("why-exact", &accuracy(session, &explanation));
}

/// The columns that add most first.
fn steps(session: &Session, form: &Form, explanation: &Explanation) -> Vec<Step> {
    let values = form.record.values();
    let mut steps: Vec<Step> = session
        .columns()
        .iter()
        .zip(values)
        .zip(&explanation.contributions)
        .map(|((column, value), contribution)| Step {
            label: column.label.clone(),
            value: value_text(column, *value),
            contribution: *contribution,
        })
        .collect();
    order(&mut steps);
    if steps.len() > MOST_ROWS + 1 {
        let others = steps.split_off(MOST_ROWS);
        let contribution = others.iter().map(|step| step.contribution).sum();
        let label = counted(others.len(), "why.others");
        steps.push(Step { label, value: String::new(), contribution });
    }
    steps
}

/// Puts the largest to the front, as many as have a row. Not the library's sorting, which would be 6 kB of the page.
fn order(steps: &mut [Step]) {
    for first in 0..steps.len().min(MOST_ROWS + 1) {
        let largest = (first..steps.len()).fold(first, |largest, place| {
            if steps[place].contribution.abs() > steps[largest].contribution.abs() { place } else { largest }
        });
        // Moved, not swapped: equal ones keep the columns' order.
        steps[first..=largest].rotate_right(1);
    }
}

fn waterfall(session: &Session, explanation: &Explanation, steps: &[Step], form: &Form) -> String {
    let ends = steps.iter().scan(explanation.baseline, |sum, step| {
        *sum += step.contribution;
        Some(*sum)
    });
    let (low, high) = ends
        .clone()
        .fold((explanation.baseline, explanation.baseline), |(low, high), end| (low.min(end), high.max(end)));
    // From end to end of what the sums pass through: the largest contribution has the width it deserves.
    let place = |value: f64| if high > low { (value - low) / (high - low) * 100.0 } else { 50.0 };
    let mark = |value: f64| format!("<i class=\"mark\" data-style=\"left:{}\"></i>", percent(place(value)));
    let total = |key: &str, value: f64| {
        format!(
            "<li class=\"total\"><span>{}</span><span class=\"track\" aria-hidden=\"true\">{}</span><b>{}</b></li>",
            text(key),
            mark(value),
            session.error_in_target_unit(value)
        )
    };
    let mut markup = total("why.average", explanation.baseline);
    let mut from = explanation.baseline;
    for (step, to) in steps.iter().zip(ends) {
        let (left, right) = (place(from.min(to)), place(from.max(to)));
        let class = if step.contribution < 0.0 { "minus" } else { "plus" };
        markup.push_str(&format!(
            "<li><span>{} <small>{}</small></span><span class=\"track\" aria-hidden=\"true\">\
             <i class=\"{class}\" data-style=\"left:{};width:{}\"></i></span><b>{}</b></li>",
            escaped(&step.label),
            escaped(&step.value),
            percent(left),
            percent(right - left),
            session.difference(step.contribution),
        ));
        from = to;
    }
    markup + &total("why.estimate", form.prediction.value)
}

/// What adds most and what takes most, in a sentence.
fn sentence(session: &Session, steps: &[Step]) -> String {
    let is_seen = |step: &&Step| session.difference(step.contribution).bytes().any(|byte| matches!(byte, b'1'..=b'9'));
    let name = |step: &Step| {
        let by = session.difference(step.contribution);
        let (column, value) = (step.label.as_str(), step.value.as_str());
        if value.is_empty() {
            format!("{column} ({by})")
        } else {
            fill("why.step", &[("column", column), ("value", value), ("by", &by)])
        }
    };
    let most = steps.iter().filter(is_seen).find(|step| step.contribution > 0.0).map(name);
    let fewest = steps.iter().filter(is_seen).find(|step| step.contribution < 0.0).map(name);
    match (most, fewest) {
        (Some(up), Some(down)) => fill("why.up-and-down", &[("up", &up), ("down", &down)]),
        (Some(up), None) => fill("why.up", &[("up", &up)]),
        (None, Some(down)) => fill("why.down", &[("down", &down)]),
        (None, None) => text("why.neither"),
    }
}

/// Whether the parts are exact, and if not how far they may be off.
fn accuracy(session: &Session, explanation: &Explanation) -> String {
    let errors = explanation.standard_error.as_deref().unwrap_or_default();
    let most = errors.iter().copied().fold(0.0, f64::max);
    if explanation.exact {
        text("why.exact")
    } else {
        fill("why.estimated", &[("error", &session.error_in_target_unit(most))])
    }
}

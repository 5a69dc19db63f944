//! Why: from the cohort's average to this estimate, one column after the other.

use std::cell::RefCell;

use leptos::prelude::*;
use model_core::Explanation;

use super::formula;
use crate::dom::{once_mounted, panel, repaint};
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
         <ol class=\"waterfall\" id=\"waterfall\">{}</ol>\
         <p class=\"hint\" id=\"why-exact\"></p><p class=\"hint\">{}</p>{}",
        text("why.title"),
        waterfall(n_rows(session.columns().len())),
        text("why.not-causes"),
        formula::markup(&session),
    );
    let painted = session.clone();
    once_mounted(move || session.root().apply_styles(ID));
    let said = RefCell::default();
    repaint(move || painted.look(&mut |form| paint(&painted, form, &said)));
    panel(ID, "card why", markup)
}

/// One row of the waterfall.
struct Step {
    label: String,
    value: String,
    contribution: f64,
}

fn paint(session: &Session, form: &Form, said: &RefCell<Vec<[String; 3]>>) {
    let root = session.root();
    let explanation = session.predictor().explain(&form.record);
    let steps = steps(session, form, &explanation);
    root.set_text("why-sentence", &sentence(session, &steps));
    paint_waterfall(session, &explanation, &steps, form, &mut said.borrow_mut());
    root.set_text("why-exact", &accuracy(session, &explanation));
}

/// Rows for so many columns: a single one that is left over has its own.
fn n_rows(n_columns: usize) -> usize {
    n_columns.min(MOST_ROWS + 1)
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
    if steps.len() > n_rows(steps.len()) {
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

/// A row for the average, one for each of `n_steps`, and one for the estimate. What they say is painted into them: a list
/// made anew would be laid out anew at every keystroke.
fn waterfall(n_steps: usize) -> String {
    let row = |place: usize| {
        let (class, label) = match place {
            0 => ("total", text("why.average")),
            _ if place > n_steps => ("total", text("why.estimate")),
            _ => ("", String::new()),
        };
        format!(
            "<li class=\"{class}\"><span><span id=\"step-label-{place}\">{label}</span> <small \
             id=\"step-value-{place}\"></small></span><span class=\"track\" aria-hidden=\"true\"><i class=\"mark\" \
             id=\"step-bar-{place}\"></i></span><b id=\"step-by-{place}\"></b></li>"
        )
    };
    (0..=n_steps + 1).map(row).collect()
}

/// `said` is what the columns' rows say, from one paint to the next: most of it stays.
fn paint_waterfall(
    session: &Session,
    explanation: &Explanation,
    steps: &[Step],
    form: &Form,
    said: &mut Vec<[String; 3]>,
) {
    said.resize_with(steps.len(), Default::default);
    let ends = steps.iter().scan(explanation.baseline, |sum, step| {
        *sum += step.contribution;
        Some(*sum)
    });
    let (low, high) = ends
        .clone()
        .fold((explanation.baseline, explanation.baseline), |(low, high), end| (low.min(end), high.max(end)));
    // From end to end of what the sums pass through: the largest contribution has the width it deserves.
    let place = |value: f64| if high > low { (value - low) / (high - low) * 100.0 } else { 50.0 };
    let root = session.root();
    let total = |row: usize, value: f64| {
        root.set_style(&format!("step-bar-{row}"), "left", &percent(place(value)));
        root.set_text(&format!("step-by-{row}"), &session.error_in_target_unit(value));
    };
    total(0, explanation.baseline);
    let mut from = explanation.baseline;
    for (((row, step), to), said) in (1..).zip(steps).zip(ends).zip(said) {
        let (left, right) = (place(from.min(to)), place(from.max(to)));
        let bar = format!("step-bar-{row}");
        root.set_attribute(&bar, "class", if step.contribution < 0.0 { "minus" } else { "plus" });
        root.set_style(&bar, "left", &percent(left));
        root.set_style(&bar, "width", &percent(right - left));
        let texts = [step.label.clone(), step.value.clone(), session.difference(step.contribution)];
        if *said != texts {
            for (part, text) in ["label", "value", "by"].into_iter().zip(&texts) {
                root.set_text(&format!("step-{part}-{row}"), text);
            }
            *said = texts;
        }
        from = to;
    }
    total(steps.len() + 1, form.prediction.value);
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

//! How much: the number, how far it is usually off, and what must be known along with it.

use leptos::prelude::*;
use model_core::{Prediction, Range, Target, Value};

use super::scale;
use crate::dom::{escaped, panel, repaint, set_attribute, set_markup, set_text};
use crate::format::{counted, list, plain, shortest};
use crate::note::Note;
use crate::session::{Form, Session};

/// The estimate, one sentence on its error, its place on the target's scale, and remarks.
pub(crate) fn estimate(session: Session) -> AnyView {
    let caution = provenance(&session)
        .map(|text| format!("<p class=\"caution\" data-testid=\"fictional\">{text}</p>"))
        .unwrap_or_default();
    let markup = format!(
        "<h2 id=\"estimate-title\">Estimated {}</h2><div class=\"headline\">\
         <strong id=\"estimate-number\" data-testid=\"estimate\"></strong><p>{} <span id=\"beside\"></span></p></div>\
         {}<ul class=\"remarks\" id=\"remarks\" data-testid=\"remarks\"></ul>{caution}",
        escaped(&session.target()),
        error_sentence(&session),
        scale::markup(&session),
    );
    repaint(move || session.form.with(|form| paint(&session, form)));
    panel("estimate", "card estimate", markup)
}

fn paint(session: &Session, form: &Form) {
    let Prediction { value, shown } = form.prediction;
    set_text("estimate-number", &session.in_target_unit(shown));
    // For hosts and tests: every bit of what the model says, and of the value within the target's limits. The text is
    // rounded to what the error deserves.
    set_attribute("estimate-number", "data-value", &plain(value));
    set_attribute("estimate-number", "data-shown", &plain(shown));
    set_text("beside", &beside_average(session, shown));
    let remarks: Vec<String> =
        remarks_on(session, form).iter().map(|remark| format!("<li>{}</li>", escaped(remark))).collect();
    set_markup("remarks", &remarks.concat());
    scale::paint(session, form);
}

/// How far the estimate is off, and how that is known.
fn error_sentence(session: &Session) -> String {
    let error = session.error_in_target_unit(session.report().holdout.mae);
    let students = counted(session.report().data.rows_holdout, "student", "students");
    format!("Off by {error} points on average, as tried on {students} held back from training.")
}

/// The estimate beside the average, in numbers that add up as they are shown.
fn beside_average(session: &Session, shown: f64) -> String {
    let mean = session.report().data.target.mean;
    let average = session.in_target_unit(mean);
    let difference = session.rounded(shown) - session.rounded(mean);
    let difference_text = session.in_target_unit(difference.abs());
    if difference_text == session.in_target_unit(0.0) {
        format!("That is the average of the training data, {average}.")
    } else {
        let side = if difference > 0.0 { "above" } else { "below" };
        format!("That is {difference_text} {side} {average}, the average of the training data.")
    }
}

/// Everything that makes this estimate less than it seems.
fn remarks_on(session: &Session, form: &Form) -> Vec<String> {
    let (mut refused, mut blank, mut outside) = (Vec::new(), Vec::new(), Vec::new());
    for (column_idx, column) in session.columns().iter().enumerate() {
        match form.note(session.columns(), column_idx) {
            Some(Note::Problem(_)) => refused.push(column.label.clone()),
            Some(Note::Caution(_)) => outside.push(column.label.clone()),
            _ => {}
        }
        if form.record.values()[column_idx] == Value::Missing {
            blank.push(column.label.clone());
        }
    }
    let be = |labels: &[String]| if labels.len() == 1 { "is" } else { "are" };

    let mut remarks = Vec::new();
    if !refused.is_empty() {
        remarks.push(format!("This is for the last valid record: {} can’t be used as entered.", list(&refused)));
    }
    if !blank.is_empty() {
        remarks.push(format!("{} {} blank and taken as typical.", list(&blank), be(&blank)));
    }
    if !outside.is_empty() {
        remarks.push(format!("{} {} outside of what the model has seen.", list(&outside), be(&outside)));
    }
    let target = &session.predictor().schema().target;
    remarks.extend(at_the_end(form.prediction, target, |value| session.in_target_unit(value)));
    if session.n_golden_equal() < session.report().golden.len() {
        remarks.push("This browser does not compute quite what training did: see the self-test below.".into());
    }
    remarks
}

/// What is to be said of an estimate at the scale's end, or beyond what training has seen.
fn at_the_end(prediction: Prediction, target: &Target, text: impl Fn(f64) -> String) -> Option<String> {
    let Prediction { value, shown } = prediction;
    if shown.to_bits() != value.to_bits() {
        return Some(format!(
            "Cut at {}, the end of the scale: the model itself says {}.",
            shortest(shown),
            text(value)
        ));
    }
    let Range { min, max } = target.observed;
    let (min, max) = (shortest(min), shortest(max));
    (!target.observed.contains(shown)).then(|| format!("No student in the training data was outside {min} to {max}."))
}

/// Whose records the model has learned from, where they are nobody's.
fn provenance(session: &Session) -> Option<String> {
    let data = &session.report().data;
    let records = counted(data.rows_train, "generated record", "generated records");
    data.fictional.then(|| {
        format!(
            "These students are fictional. The model has learned from {records}, so it shows how the page works \
             and says nothing about anyone."
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said_of(value: f64, shown: f64, limits: Option<Range>) -> Option<String> {
        let observed = Range { min: 8.0, max: 100.0 };
        let target =
            Target { name: "math".into(), label: "Math".into(), observed, limits, whole: true, help: None, unit: None };
        at_the_end(Prediction { value, shown }, &target, |value| crate::format::number(value, 0))
    }

    #[test]
    fn an_estimate_that_was_cut_says_so() {
        let limits = Some(Range { min: 0.0, max: 100.0 });
        let said = said_of(104.2, 100.0, limits).unwrap();
        assert_eq!(said, "Cut at 100, the end of the scale: the model itself says 104.");
        assert_eq!(said_of(66.0, 66.0, limits), None);
    }

    #[test]
    fn an_estimate_that_no_student_had_says_so() {
        let said = said_of(-3.0, -3.0, None).unwrap();
        assert_eq!(said, "No student in the training data was outside 8 to 100.");
    }
}

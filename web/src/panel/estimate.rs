//! How much: the number, how far it may be off, and what must be known along with it.

use leptos::prelude::*;
use model_core::{Caution, Interval, LEVELS, Prediction, Range, Target};

use super::distribution;
use crate::dom::{escaped, once_mounted, panel, repaint};
use crate::format::{number, plain, shortest};
use crate::note::Note;
use crate::session::{Form, Session};
use crate::texts::{counted, fill, list, text};

const ID: &str = "estimate";
/// Said where the golden records come out differently. The page's words point at its self-test, which the element lacks.
const OTHER_BITS: &str = if cfg!(feature = "element") { "element.other-bits" } else { "page.other-bits" };

/// The estimate, its interval over the cohort, how sure that is to be, and remarks.
pub(crate) fn estimate(session: Session) -> AnyView {
    let caution = provenance(&session)
        .map(|text| format!("<p class=\"caution\" data-testid=\"fictional\">{text}</p>"))
        .unwrap_or_default();
    let title = fill("estimate.title", &[("target", &session.target())]);
    let markup = format!(
        "<h2 id=\"estimate-title\">{title}</h2><div class=\"headline\">\
         <strong id=\"estimate-number\" data-testid=\"estimate\"></strong><p id=\"estimate-sentence\" \
         data-testid=\"estimate-sentence\"></p></div>{}{}\
         <ul class=\"remarks\" id=\"remarks\" data-testid=\"remarks\"></ul><p class=\"hint\">{}</p>{caution}",
        distribution::markup(&session),
        level_markup(&session),
        error_sentence(&session),
        title = escaped(&title),
    );
    let painted = session.clone();
    once_mounted(move || {
        session.root().apply_styles(ID);
        let chosen = session.clone();
        session.root().listen(ID, "input", move |_, _| {
            if let Some(level) = chosen.root().value_of("level").and_then(|level| model_core::parse_number(&level)) {
                chosen.level.set(level);
            }
        });
    });
    repaint(move || painted.look(&mut |form| paint(&painted, form)));
    panel(ID, "card estimate", markup)
}

/// How sure the interval is to be; nothing to choose for a model without intervals.
fn level_markup(session: &Session) -> String {
    if session.predictor().interval(&session.record(), LEVELS.max).is_none() {
        return String::new();
    }
    let [min, max, level] = [LEVELS.min, LEVELS.max, session.level.get_untracked()].map(plain);
    format!(
        "<div class=\"level\"><label for=\"level\">{}</label><input type=\"range\" id=\"level\" min=\"{min}\" \
         max=\"{max}\" step=\"1\" value=\"{level}\" autocomplete=\"off\"><output id=\"level-text\" for=\"level\"></output></div>",
        text("estimate.level"),
    )
}

fn paint(session: &Session, form: &Form) {
    let Prediction { value, shown } = form.prediction;
    let root = session.root();
    root.set_text("estimate-number", &session.in_target_unit(shown));
    // For hosts and tests: every bit of what the model says, and of the value within the target's limits. The text is
    // rounded to what the error deserves.
    root.set_attribute("estimate-number", "data-value", &plain(value));
    root.set_attribute("estimate-number", "data-shown", &plain(shown));
    let level = number(session.level.get(), 0);
    let in_percent = fill("estimate.percent", &[("level", &level)]);
    root.set_text("level-text", &in_percent);
    root.set_attribute("level", "aria-valuetext", &in_percent);
    root.set_markup("estimate-sentence", &sentence(session, form, &level));
    let remarks: Vec<String> =
        remarks_on(session, form).iter().map(|remark| format!("<li>{}</li>", escaped(remark))).collect();
    root.set_markup("remarks", &remarks.concat());
    distribution::paint(session, form);
}

/// The interval and the place in the cohort, in words.
fn sentence(session: &Session, form: &Form, level: &str) -> String {
    let mut sentences = Vec::new();
    if let Some(Interval { low, high }) = session.interval(form) {
        let bold = |value| format!("<b>{}</b>", session.in_target_unit(value));
        let values = [("low", bold(low)), ("high", bold(high)), ("level", level.to_owned())];
        let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
        sentences.push(fill("estimate.interval", &values));
    }
    sentences.extend(distribution::percentile(session, form.prediction.shown));
    sentences.join(" ")
}

/// How far the estimate is off, and how that is known.
fn error_sentence(session: &Session) -> String {
    let Some(report) = session.report() else { return text("estimate.error-unknown") };
    let students = counted(report.data.rows_holdout, "count.students");
    let error = session.error_in_target_unit(report.holdout.mae);
    fill("estimate.error", &[("error", &error), ("students", &students)])
}

/// Everything that makes this estimate less than it seems.
fn remarks_on(session: &Session, form: &Form) -> Vec<String> {
    let columns = session.columns();
    let is_refused = |column_idx: &usize| matches!(form.note(columns, *column_idx), Some(Note::Problem(_)));
    let labels =
        |places: Vec<usize>| list(&places.iter().map(|place| columns[*place].label.clone()).collect::<Vec<_>>());
    let refused: Vec<usize> = (0..columns.len()).filter(is_refused).collect();

    let mut remarks = Vec::new();
    if !refused.is_empty() {
        remarks.push(fill("remark.refused", &[("columns", &labels(refused))]));
    }
    let cautions = session.predictor().cautions(&form.record);
    let blank: Vec<usize> = cautions
        .iter()
        .filter(|caution| matches!(caution, Caution::Blank { .. }))
        .filter_map(Caution::column)
        .collect();
    if !blank.is_empty() {
        let key = if blank.len() == 1 { "remark.blank-one" } else { "remark.blank-several" };
        remarks.push(fill(key, &[("columns", &labels(blank))]));
    }
    remarks.extend(cautions.iter().filter_map(in_words));
    let target = &session.predictor().schema().target;
    remarks.extend(at_the_end(form.prediction, target, |value| session.in_target_unit(value)));
    if !session.is_exact() {
        remarks.push(text(OTHER_BITS));
    }
    remarks
}

/// A caution in the visitor's language; blanks are said together.
fn in_words(caution: &Caution) -> Option<String> {
    Some(match caution {
        Caution::Blank { .. } => return None,
        Caution::OutsideRange { label, value, observed: Range { min, max }, .. } => fill(
            "remark.outside",
            &[("column", label), ("value", &shortest(*value)), ("min", &shortest(*min)), ("max", &shortest(*max))],
        ),
        Caution::FewRows { label, category, rows: Some(rows), .. } => {
            fill("remark.few", &[("column", label), ("value", category), ("n", &rows.to_string())])
        }
        Caution::FewRows { label, category, rows: None, .. } => {
            let n = model_core::MIN_COUNTED_ROWS.to_string();
            fill("remark.fewer-than", &[("column", label), ("value", category), ("n", &n)])
        }
        Caution::Unseen { label, .. } => fill("remark.unseen", &[("column", label)]),
        Caution::UnusualCombination { .. } => text("remark.unusual"),
    })
}

/// What is to be said of an estimate at the scale's end, or beyond what training has seen.
fn at_the_end(prediction: Prediction, target: &Target, in_unit: impl Fn(f64) -> String) -> Option<String> {
    let Prediction { value, shown } = prediction;
    if shown.to_bits() != value.to_bits() {
        return Some(fill("remark.cut", &[("end", &shortest(shown)), ("value", &in_unit(value))]));
    }
    let Range { min, max } = target.observed;
    (!target.observed.contains(shown))
        .then(|| fill("remark.beyond", &[("min", &shortest(min)), ("max", &shortest(max))]))
}

/// Whose records the model has learned from, where they are nobody's.
fn provenance(session: &Session) -> Option<String> {
    let data = &session.report()?.data;
    let records = counted(data.rows_train, "count.generated");
    data.fictional.then(|| fill("estimate.fictional", &[("records", &records)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said_of(value: f64, shown: f64, limits: Option<Range>) -> Option<String> {
        let observed = Range { min: 8.0, max: 100.0 };
        let target =
            Target { name: "math".into(), label: "Math".into(), observed, limits, whole: true, help: None, unit: None };
        at_the_end(Prediction { value, shown }, &target, |value| number(value, 0))
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

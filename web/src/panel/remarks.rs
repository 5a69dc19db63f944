//! Everything that limits the estimate's reliability.

use leptos::prelude::*;
use model_core::{Caution, MIN_COUNTED_ROWS, Prediction, Range, Target};

use crate::i18n::{I18n, use_i18n};
use crate::note::number_text;
use crate::session::{Session, use_session};

/// For golden records with different results. The page's text refers to its self-test, which the element lacks.
const OTHER_BITS: &str = if cfg!(feature = "element") { "element.other-bits" } else { "page.other-bits" };

/// A list of remarks; nothing where there are none.
#[component]
pub(super) fn Remarks() -> impl IntoView {
    let (session, i18n) = (use_session(), use_i18n());
    let remarks = Memo::new(move |_| remarks_on(session, i18n));
    view! {
        <ul class="remarks" id="remarks" data-testid="remarks">
            <For each=move || remarks.get() key=Clone::clone let:remark>
                <li>{remark}</li>
            </For>
        </ul>
    }
}

fn remarks_on(session: Session, i18n: I18n) -> Vec<String> {
    let model = session.model();
    let labels = |columns: &[usize]| {
        i18n.list(&columns.iter().map(|idx| model.columns()[*idx].label.clone()).collect::<Vec<_>>())
    };
    let mut remarks = Vec::new();
    let refused = session.refused();
    if !refused.is_empty() {
        remarks.push(i18n.fill("remark.refused", &[("columns", &labels(&refused))]));
    }
    let cautions = session.record.with(|record| model.predictor().cautions(record));
    for (is_imputed, key) in [(true, "remark.blank-imputed"), (false, "remark.blank-own")] {
        let blank = |caution: &Caution| match caution {
            Caution::Blank { column, imputed, .. } if *imputed == is_imputed => Some(*column),
            _ => None,
        };
        let blank: Vec<usize> = cautions.iter().filter_map(blank).collect();
        if !blank.is_empty() {
            remarks.push(i18n.fill(key, &[("columns", &labels(&blank))]));
        }
    }
    remarks.extend(cautions.iter().filter_map(|caution| in_words(i18n, caution)));
    let target = session.target_format(i18n);
    let ends = at_the_end(i18n, session.prediction.get(), &model.schema().target, |value| target.value(value));
    remarks.extend(ends);
    if session.is_from_other_model.get() {
        remarks.push(i18n.text("remark.other-model"));
    }
    if !model.is_exact() {
        remarks.push(i18n.text(OTHER_BITS));
    }
    remarks
}

/// A caution in the visitor's language; blanks are reported together.
fn in_words(i18n: I18n, caution: &Caution) -> Option<String> {
    Some(match caution {
        Caution::Blank { .. } => return None,
        Caution::OutsideRange { label, value, observed: Range { min, max }, last_day, .. } => {
            let [value, min, max] = [value, min, max].map(|number| number_text(i18n, *last_day, *number));
            i18n.fill("remark.outside", &[("column", label), ("value", &value), ("min", &min), ("max", &max)])
        }
        Caution::FewRows { label, category, rows: Some(rows), .. } => {
            i18n.fill("remark.few", &[("column", label), ("value", category), ("n", &rows.to_string())])
        }
        Caution::FewRows { label, category, rows: None, .. } => {
            let n = MIN_COUNTED_ROWS.to_string();
            i18n.fill("remark.fewer-than", &[("column", label), ("value", category), ("n", &n)])
        }
        Caution::Unseen { label, .. } => i18n.fill("remark.unseen", &[("column", label)]),
        Caution::UnusualCombination { .. } => i18n.text("remark.unusual"),
    })
}

/// The remark on an estimate at the end of the scale, or outside the range of the training data.
fn at_the_end(i18n: I18n, prediction: Prediction, target: &Target, in_unit: impl Fn(f64) -> String) -> Option<String> {
    let Prediction { value, shown } = prediction;
    if shown.to_bits() != value.to_bits() {
        return Some(i18n.fill("remark.cut", &[("end", &i18n.shortest(shown)), ("value", &in_unit(value))]));
    }
    let Range { min, max } = target.observed;
    (!target.observed.contains(shown))
        .then(|| i18n.fill("remark.beyond", &[("min", &i18n.shortest(min)), ("max", &i18n.shortest(max))]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::english;

    fn said_of(value: f64, shown: f64, limits: Option<Range>) -> Option<String> {
        let (_owner, i18n) = english();
        let observed = Range { min: 8.0, max: 100.0 };
        let target =
            Target { name: "math".into(), label: "Math".into(), observed, limits, whole: true, help: None, unit: None };
        at_the_end(i18n, Prediction { value, shown }, &target, |value| i18n.number(value, 0))
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

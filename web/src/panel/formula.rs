//! The formula of a linear model in the data's units, so that it can be checked by hand.

use leptos::prelude::*;
use model_core::{ColumnEncoding, ColumnKind, Encoding, Model as ModelKind};

use crate::i18n::{I18n, use_i18n};
use crate::session::{Model, use_session};

/// Enough decimals to reproduce the displayed estimate by hand.
const DECIMALS: usize = 3;

/// A collapsed list of terms; nothing for other models.
#[component]
pub(super) fn Formula() -> impl IntoView {
    let (session, i18n) = (use_session(), use_i18n());
    let model = session.model();
    formula(i18n, &model).map(|(intercept, terms)| {
        let values = [("target", model.target_label()), ("start", i18n.number(intercept, DECIMALS))];
        let start = i18n.fill("formula.start", &values.each_ref().map(|(name, value)| (*name, value.as_str())));
        view! {
            <details>
                <summary>{i18n.text("formula.title")}</summary>
                <p>{start}</p>
                <ul class="terms">{terms.into_iter().map(|term| view! { <li>{term}</li> }).collect_view()}</ul>
            </details>
        }
    })
}

/// The intercept, and a line for each column.
fn formula(i18n: I18n, model: &Model) -> Option<(f64, Vec<String>)> {
    let predictor = model.predictor();
    let (ModelKind::Linear(linear), Encoding::OneHot(encodings)) =
        (predictor.model(), &predictor.preprocessor().encoding)
    else {
        return None;
    };
    let mut intercept = linear.intercept;
    let mut coefficients = linear.coefficients.iter();
    let mut terms = Vec::new();
    for (column, encoding) in model.schema().columns.iter().zip(encodings) {
        let term = match (encoding, &column.kind) {
            (ColumnEncoding::OneHot { scales }, ColumnKind::Categorical { values, .. }) => {
                let option = |((value, scale), own): ((&String, &f64), &f64)| {
                    format!("{value} {}", i18n.signed(own / scale, DECIMALS))
                };
                let options: Vec<String> = values.iter().zip(scales).zip(coefficients.by_ref()).map(option).collect();
                i18n.fill("formula.choice", &[("column", &column.label), ("options", &options.join("; "))])
            }
            (ColumnEncoding::Scaled { mean, scale }, _) => {
                let slope = coefficients.next().copied().unwrap_or_default() / scale;
                intercept -= slope * mean;
                let slope = i18n.signed(slope, DECIMALS);
                i18n.fill("formula.slope", &[("column", &column.label), ("slope", &slope)])
            }
            (ColumnEncoding::OneHot { .. }, ColumnKind::Numeric { .. }) => continue,
        };
        terms.push(term);
    }
    Some((intercept, terms))
}

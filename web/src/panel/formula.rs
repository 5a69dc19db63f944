//! The formula of a linear model in the units of the data, for those who want to check it by hand.

use model_core::{ColumnEncoding, ColumnKind, Encoding, Model};

use crate::dom::escaped;
use crate::format::{number, signed};
use crate::session::Session;
use crate::texts::{fill, text};

/// Digits that let a person add up to what the page shows.
const DECIMALS: usize = 3;

/// A collapsed list of terms; nothing for other models.
pub(super) fn markup(session: &Session) -> String {
    let predictor = session.predictor();
    let (Model::Linear(linear), Encoding::OneHot(encodings)) = (predictor.model(), &predictor.preprocessor().encoding)
    else {
        return String::new();
    };
    let mut intercept = linear.intercept;
    let mut coefficients = linear.coefficients.iter();
    let mut terms = String::new();
    for (column, encoding) in session.columns().iter().zip(encodings) {
        let label = escaped(&column.label);
        let term = match (encoding, &column.kind) {
            (ColumnEncoding::OneHot { scales }, ColumnKind::Categorical { values, .. }) => {
                let options: Vec<String> = values
                    .iter()
                    .zip(scales)
                    .zip(coefficients.by_ref())
                    .map(|((value, scale), own)| format!("{} {}", escaped(value), signed(own / scale, DECIMALS)))
                    .collect();
                fill("formula.choice", &[("column", &label), ("options", &options.join("; "))])
            }
            (ColumnEncoding::Scaled { mean, scale }, _) => {
                let slope = coefficients.next().copied().unwrap_or_default() / scale;
                intercept -= slope * mean;
                fill("formula.slope", &[("column", &label), ("slope", &signed(slope, DECIMALS))])
            }
            (ColumnEncoding::OneHot { .. }, ColumnKind::Numeric { .. }) => continue,
        };
        terms.push_str(&format!("<li>{term}</li>"));
    }
    let target =
        fill("formula.start", &[("target", &escaped(&session.target())), ("start", &number(intercept, DECIMALS))]);
    format!(
        "<details><summary>{}</summary><p>{target}</p><ul class=\"terms\">{terms}</ul></details>",
        text("formula.title")
    )
}

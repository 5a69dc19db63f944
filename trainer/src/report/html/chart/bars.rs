//! One number with its uncertainty for each of several names: one row each, so that long names wrap and nothing shrinks
//! on a phone. It is a list whose text contains everything that is drawn.

use maud::{Markup, html};

use crate::report::html::axis::Axis;
use crate::report::html::chart::{coordinate, percent};
use crate::report::html::text::{MAX_NAME, MAX_TEXT, shortened};
use crate::report::html::{Number, grouped};

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    label: String,
    value: f64,
    n: Option<usize>,
    margin: Option<f64>,
}

impl Bar {
    /// A value with its name.
    pub fn new(label: impl Into<String>, value: f64) -> Self {
        Self { label: shortened(&label.into(), MAX_NAME).into(), value, n: None, margin: None }
    }

    /// Adds the number of records.
    #[must_use]
    pub fn n(self, n: usize) -> Self {
        Self { n: Some(n), ..self }
    }

    /// Adds half the width of the interval.
    #[must_use]
    pub fn margin(self, margin: f64) -> Self {
        Self { margin: Some(margin), ..self }
    }
}

/// Bars from zero, to either side.
#[must_use]
pub fn bars(title: &str, rows: &[Bar], number: Number) -> Markup {
    let axis = Axis::over(ends(rows).chain([0.0]));
    render(title, rows, number, axis, true)
}

/// Dots with their intervals, on an axis over the range of the intervals, with a line at zero if that is within: for
/// values whose differences matter.
#[must_use]
pub fn dots(title: &str, rows: &[Bar], number: Number) -> Markup {
    render(title, rows, number, Axis::over(ends(rows)).padded(0.03), false)
}

/// The numbers that the axis must contain: values and the ends of their intervals.
fn ends(rows: &[Bar]) -> impl Iterator<Item = f64> {
    rows.iter().flat_map(|row| {
        let margin = row.margin.filter(|margin| margin.is_finite()).unwrap_or_default();
        [row.value - margin, row.value + margin]
    })
}

fn render(title: &str, rows: &[Bar], number: Number, axis: Axis, from_zero: bool) -> Markup {
    let zero = axis.fraction(0.0);
    let drawing = |row: &Bar| {
        let end = axis.fraction(row.value);
        html! {
            svg aria-hidden="true" {
                @if from_zero {
                    rect.fill x=(percent(end.min(zero))) width=(percent((end - zero).abs())) height="100%" rx="2" {}
                    line.axis x1=(percent(zero)) x2=(percent(zero)) y1="-15%" y2="115%" {}
                } @else {
                    line.rule x1="0" x2="100%" y1="50%" y2="50%" {}
                    @if axis.min < 0.0 && axis.max > 0.0 { line.axis x1=(percent(zero)) x2=(percent(zero)) y1="-25%" y2="125%" {} }
                }
                @if let Some(margin) = row.margin.filter(|margin| margin.is_finite()) {
                    line.error x1=(percent(axis.fraction(row.value - margin))) x2=(percent(axis.fraction(row.value + margin))) y1="50%" y2="50%" {}
                }
                @if !from_zero {
                    circle cx=(format!("{}%", coordinate(end))) cy="50%" r="5" fill="var(--accent)" {}
                }
            }
        }
    };
    html! {
        figure {
            figcaption { (shortened(title, MAX_TEXT)) }
            dl.bars {
                @for row in rows {
                    div {
                        dt { (row.label) }
                        dd { (drawing(row)) }
                        dd.value {
                            (number.text(row.value))
                            @if let Some(margin) = row.margin { small { " ± " (number.unsigned().text(margin)) } }
                            @if let Some(n) = row.n { small { " n " (grouped(n)) } }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_start_at_zero_and_say_what_they_draw() {
        let rows = [Bar::new("<a>", 3.0).n(12).margin(1.0), Bar::new("b", -1.0)];
        let markup = bars("Bias", &rows, Number::points(1).signed()).into_string();
        // From −1 to 4: zero is at a fifth.
        assert!(markup.contains("<rect class=\"fill\" x=\"20%\" width=\"60%\""), "{markup}");
        assert!(markup.contains("<rect class=\"fill\" x=\"0%\" width=\"20%\""), "{markup}");
        assert!(
            markup.contains("&lt;a&gt;") && markup.contains("+3.0<small> ± 1.0</small><small> n 12</small>"),
            "{markup}"
        );
        assert!(dots("t", &rows, Number::points(1)).into_string().contains("<circle"));
        assert!(bars("t", &[], Number::points(1)).into_string().contains("<dl"));
    }
}

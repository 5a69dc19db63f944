//! Charts as SVG in a figure, each with a text alternative.
//!
//! The drawing is stretched to the available width while strokes keep their width, and labels are HTML beside it, so
//! that they keep their size on a phone. A screen reader reads the text alternative instead of the labels.

mod bars;
mod density;
mod histogram;
mod line;
mod scatter;

use std::fmt::Write as _;

use maud::{Markup, html};

pub use self::bars::{Bar, bars, dots};
pub use self::density::{Density, MIN_CELL};
pub use self::histogram::histogram;
pub use self::line::{Line, Series};
pub use self::scatter::{Guide, Scatter};
use super::axis::Axis;
use super::text::{MAX_NAME, MAX_TEXT, shortened};

/// A plot's caption, axes and content.
#[derive(Debug)]
pub struct Frame<'a> {
    /// The title.
    pub title: &'a str,
    /// Small print below the title.
    pub subtitle: &'a str,
    /// The text alternative.
    pub alternative: &'a str,
    /// The horizontal axis.
    pub x: Axis,
    /// Its name; empty if the title gives it.
    pub x_label: &'a str,
    /// The vertical axis.
    pub y: Axis,
    /// Whether the plot is higher than others.
    pub is_tall: bool,
}

impl Frame<'_> {
    /// The figure around `drawing`, whose coordinates run from 0 to 100 in both directions, downwards.
    #[must_use]
    pub fn render(&self, drawing: &Markup) -> Markup {
        let (x_ticks, x_number) = self.x.ticks(5);
        let (y_ticks, y_number) = self.y.ticks(4);
        let widest = y_ticks.iter().map(|tick| y_number.text(*tick)).max_by_key(|text| text.chars().count());
        // A centred label near an end would overflow the figure, so it is aligned inwards.
        let class = |fraction: f64| {
            if fraction < 0.06 {
                Some("first")
            } else if fraction > 0.94 {
                Some("last")
            } else {
                None
            }
        };
        html! {
            figure {
                figcaption {
                    (shortened(self.title, MAX_NAME))
                    @if !self.subtitle.is_empty() { small { (shortened(self.subtitle, MAX_TEXT)) } }
                }
                div.plot.tall[self.is_tall] role="img" aria-label=(shortened(self.alternative, MAX_TEXT)) {
                    div.ticks-y {
                        span.size { (widest.unwrap_or_default()) }
                        @for tick in &y_ticks {
                            span style=(format!("bottom:{}%", coordinate(self.y.fraction(*tick)))) { (y_number.text(*tick)) }
                        }
                    }
                    svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true" {
                        @for tick in &y_ticks {
                            path.rule d=(format!("M0 {}H100", self.y_of(*tick))) {}
                        }
                        (drawing)
                        path.axis d="M0 100H100" {}
                    }
                    div.ticks-x {
                        @for tick in &x_ticks {
                            span class=[class(self.x.fraction(*tick))] style=(format!("left:{}", percent(self.x.fraction(*tick)))) {
                                (x_number.text(*tick))
                            }
                        }
                    }
                    @if !self.x_label.is_empty() { div.title-x { (shortened(self.x_label, MAX_NAME)) } }
                }
            }
        }
    }

    /// The horizontal coordinate of `number`.
    #[must_use]
    pub fn x_of(&self, number: f64) -> String {
        coordinate(self.x.fraction(number))
    }

    /// The vertical coordinate of `number`.
    #[must_use]
    pub fn y_of(&self, number: f64) -> String {
        coordinate(1.0 - self.y.fraction(number))
    }

    /// A path through points.
    #[must_use]
    pub fn path(&self, points: &[(f64, f64)]) -> String {
        let mut path = String::new();
        for (idx, (x, y)) in points.iter().enumerate() {
            let _ = write!(path, "{}{} {}", if idx == 0 { 'M' } else { 'L' }, self.x_of(*x), self.y_of(*y));
        }
        path
    }

    /// A path of dots: strokes of zero length with round caps, which stay round however the drawing is stretched.
    #[must_use]
    pub fn points(&self, points: &[(f64, f64)]) -> String {
        points.iter().fold(String::new(), |mut path, (x, y)| {
            let _ = write!(path, "M{} {}h0", self.x_of(*x), self.y_of(*y));
            path
        })
    }
}

/// A fraction from 0 to 1 as a coordinate from 0 to 100.
fn coordinate(fraction: f64) -> String {
    let text = format!("{:.2}", 100.0 * fraction);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn percent(fraction: f64) -> String {
    coordinate(fraction) + "%"
}

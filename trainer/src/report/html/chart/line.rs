//! Curves with optional uncertainty bands: learning curves, response curves, coverage.

use maud::{Markup, html};

use crate::report::html::Number;
use crate::report::html::axis::Axis;
use crate::report::html::chart::Frame;

/// One curve.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Series<'a> {
    /// Its name; empty if the title gives it.
    pub name: &'a str,
    /// Its points, from left to right.
    pub points: Vec<(f64, f64)>,
    /// Lower and upper bound of the band at each point; empty for none.
    pub band: Vec<(f64, f64)>,
}

/// A plot of up to two curves; the second is dashed, and in another colour.
#[derive(Debug)]
pub struct Line<'a> {
    /// The title.
    pub title: &'a str,
    /// Small print below the title.
    pub subtitle: &'a str,
    /// The horizontal axis.
    pub x_label: &'a str,
    /// The curves.
    pub series: &'a [Series<'a>],
    /// Whether each point is marked.
    pub is_marked: bool,
}

impl Line<'_> {
    /// The figure.
    #[must_use]
    pub fn render(&self) -> Markup {
        let points = || self.series.iter().flat_map(|series| &series.points);
        let ends = self.series.iter().flat_map(|series| &series.band).flat_map(|(low, high)| [*low, *high]);
        let subtitle = if self.series.len() > 1 {
            let [first, second, ..] = self.series else { return html! {} };
            let names = format!("solid: {}, dashed: {}", first.name, second.name);
            if self.subtitle.is_empty() { names } else { format!("{}; {names}", self.subtitle) }
        } else {
            self.subtitle.to_owned()
        };
        let frame = Frame {
            title: self.title,
            subtitle: &subtitle,
            alternative: &self.alternative(),
            x: Axis::over(points().map(|(x, _)| *x)).padded(0.02),
            x_label: self.x_label,
            y: Axis::over(points().map(|(_, y)| *y).chain(ends)).padded(0.06),
            is_tall: true,
        };
        frame.render(&html! {
            @for series in self.series {
                @if !series.band.is_empty() { path.band d=(band(&frame, series)) {} }
            }
            @for (idx, series) in self.series.iter().enumerate() {
                path.curve.second[idx > 0] d=(frame.path(&series.points)) {}
                @if self.is_marked { path.dots d=(frame.points(&series.points)) {} }
            }
        })
    }

    fn alternative(&self) -> String {
        let of = |series: &Series<'_>| {
            let [(x_first, y_first), .., (x_last, y_last)] = series.points[..] else { return "no curve".to_owned() };
            let x = Number::for_span(x_last - x_first);
            let axis = Axis::over(series.points.iter().map(|(_, y)| *y));
            let y = Number::for_span(axis.max - axis.min);
            format!(
                "{} goes from {} at {} to {} at {}, between {} and {}",
                if series.name.is_empty() { "the curve" } else { series.name },
                y.text(y_first),
                x.text(x_first),
                y.text(y_last),
                x.text(x_last),
                y.text(axis.min),
                y.text(axis.max)
            )
        };
        format!("Line plot, {}: {}", self.title, self.series.iter().map(of).collect::<Vec<_>>().join("; "))
    }
}

fn band(frame: &Frame<'_>, series: &Series<'_>) -> String {
    let at = |pick: fn(&(f64, f64)) -> f64| -> Vec<(f64, f64)> {
        series.points.iter().zip(&series.band).map(|((x, _), band)| (*x, pick(band))).collect()
    };
    let mut outline = at(|band| band.0);
    outline.extend(at(|band| band.1).into_iter().rev());
    frame.path(&outline) + "Z"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_have_bands_names_and_words() {
        let curve = |name| Series { name, points: vec![(0.0, 1.0), (10.0, 3.0)], band: vec![(0.5, 1.5), (2.5, 3.5)] };
        let line = |series: &[Series<'_>]| {
            Line { title: "Learning", subtitle: "", x_label: "rows", series, is_marked: true }.render().into_string()
        };
        let markup = line(&[curve("training"), curve("validation")]);
        assert!(markup.contains("solid: training, dashed: validation"));
        assert!(
            markup.contains("training goes from 1.000 at 0.00 to 3.000 at 10.00, between 1.000 and 3.000"),
            "{markup}"
        );
        assert_eq!(markup.matches("class=\"band\"").count(), 2);
        assert!(line(&[]).contains("role=\"img\""));
    }
}

//! Scatter plots.

use maud::{Markup, html};

use crate::report::html::axis::Axis;
use crate::report::html::chart::{Frame, coordinate};

/// With more points than this, counts of points in cells are drawn.
const MAX_POINTS: usize = 1_500;
/// The number of cells in width and in height.
const CELLS: (usize, usize) = (40, 24);

/// A reference line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guide {
    /// None.
    None,
    /// Equal numbers, as for predicted against actual.
    Diagonal,
    /// The vertical number is 0, as for residuals.
    Zero,
}

impl Guide {
    /// The axes that contain the points and the line.
    pub(super) fn axes(self, points: &[(f64, f64)]) -> (Axis, Axis) {
        let axis = |pick: fn(&(f64, f64)) -> f64| Axis::over(points.iter().map(pick));
        let (x, y) = (axis(|point| point.0), axis(|point| point.1));
        match self {
            Self::None => (x, y),
            Self::Diagonal => {
                let both = Axis { min: x.min.min(y.min), max: x.max.max(y.max) };
                (both, both)
            }
            Self::Zero => (x, Axis { min: y.min.min(0.0), max: y.max.max(0.0) }),
        }
    }

    /// The ends of the line along the horizontal axis `x`; empty without a line.
    pub(super) fn line(self, x: Axis) -> Vec<(f64, f64)> {
        match self {
            Self::None => Vec::new(),
            Self::Diagonal => vec![(x.min, x.min), (x.max, x.max)],
            Self::Zero => vec![(x.min, 0.0), (x.max, 0.0)],
        }
    }
}

/// A scatter plot: few points are drawn singly, many as cells that are the darker the more points they contain.
#[derive(Debug)]
pub struct Scatter<'a> {
    /// The title.
    pub title: &'a str,
    /// Small print below the title.
    pub subtitle: &'a str,
    /// The horizontal axis.
    pub x_label: &'a str,
    /// The text alternative, besides the number of points and their ranges.
    pub alternative: &'a str,
    /// The points; those that are not finite are ignored.
    pub points: &'a [(f64, f64)],
    /// A curve over the points, such as means.
    pub curve: &'a [(f64, f64)],
    /// A reference line.
    pub guide: Guide,
}

impl Scatter<'_> {
    /// The figure.
    #[must_use]
    pub fn render(&self) -> Markup {
        let points: Vec<(f64, f64)> =
            self.points.iter().copied().filter(|(x, y)| x.is_finite() && y.is_finite()).collect();
        let (x, y) = self.guide.axes(&points);
        let alternative = format!("Scatter plot, {}: {} points. {}", self.title, points.len(), self.alternative);
        let frame = Frame {
            title: self.title,
            subtitle: self.subtitle,
            alternative: &alternative,
            x: x.padded(0.02),
            x_label: self.x_label,
            y: y.padded(0.04),
            is_tall: true,
        };
        let guide = self.guide.line(x);
        frame.render(&html! {
            @if points.len() <= MAX_POINTS { path.points d=(frame.points(&points)) {} } @else { (cells(&frame, &points)) }
            @if !guide.is_empty() { path.error d=(frame.path(&guide)) {} }
            @if !self.curve.is_empty() { path.curve d=(frame.path(self.curve)) {} }
        })
    }
}

/// Cells in five shades.
fn cells(frame: &Frame<'_>, points: &[(f64, f64)]) -> Markup {
    let (across, down) = CELLS;
    let mut counts = vec![0_usize; across * down];
    for (x, y) in points {
        let column = ((frame.x.fraction(*x) * across as f64) as usize).min(across - 1);
        let row = (((1.0 - frame.y.fraction(*y)) * down as f64) as usize).min(down - 1);
        counts[row * across + column] += 1;
    }
    let most = counts.iter().copied().max().unwrap_or(1).max(1) as f64;
    // Shades scale with the square root: few points must not vanish beside many.
    let shade = |count: usize| (5.0 * (count as f64 / most).sqrt()).ceil() as usize;
    let path = |wanted: usize| -> String {
        let of_shade = counts.iter().enumerate().filter(|(_, count)| **count > 0 && shade(**count) == wanted);
        let cell = |(idx, _): (usize, &usize)| {
            let (row, column) = (idx / across, idx % across);
            let (width, height) = (1.0 / across as f64, 1.0 / down as f64);
            let (left, top) = (coordinate(column as f64 * width), coordinate(row as f64 * height));
            format!("M{left} {top}h{}v{}h-{}z", coordinate(width), coordinate(height), coordinate(width))
        };
        of_shade.map(cell).collect()
    };
    html! {
        @for wanted in 1..=5_usize {
            @let path = path(wanted);
            @if !path.is_empty() { path fill="var(--ink)" fill-opacity=(format!("{:.2}", 0.14 * wanted as f64)) d=(path) {} }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scatter(points: &[(f64, f64)], guide: Guide) -> String {
        Scatter { title: "t", subtitle: "", x_label: "x", alternative: "Up.", points, curve: &[], guide }
            .render()
            .into_string()
    }

    #[test]
    fn few_points_are_drawn_and_many_are_counted() {
        let few = scatter(&[(0.0, 0.0), (1.0, 2.0), (f64::NAN, 1.0)], Guide::Diagonal);
        assert_eq!(few.matches("h0").count(), 2);
        assert!(few.contains("2 points. Up.") && few.contains("class=\"error\""));
        let many: Vec<(f64, f64)> = (0..2_000).map(|row| (f64::from(row % 50), f64::from(row % 7))).collect();
        let many = scatter(&many, Guide::Zero);
        assert!(!many.contains("h0") && many.contains("fill-opacity"));
        assert!(scatter(&[], Guide::None).contains("0 points"));
    }
}

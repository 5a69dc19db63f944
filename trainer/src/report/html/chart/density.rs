//! Two numbers of many people against each other, without a dot for any person: cells of at least five points each,
//! small where points are dense and large where they are sparse; darker cells are denser.

use maud::{Markup, html};

use crate::report::html::chart::{Frame, Guide, coordinate};

/// The minimal number of points in a cell, unless there are fewer in total.
pub const MIN_CELL: usize = 5;
/// The maximal number of halvings of a cell in width and in height.
const MAX_HALVINGS: (u32, u32) = (6, 5);
const N_SHADES: usize = 12;

/// A plot of the density of points.
#[derive(Debug)]
pub struct Density<'a> {
    /// The title.
    pub title: &'a str,
    /// Small print below the title.
    pub subtitle: &'a str,
    /// The horizontal axis.
    pub x_label: &'a str,
    /// The text alternative, besides the number of points.
    pub alternative: &'a str,
    /// The points; those that are not finite are ignored.
    pub points: &'a [(f64, f64)],
    /// A curve to draw on top, such as means.
    pub curve: &'a [(f64, f64)],
    /// A reference line.
    pub guide: Guide,
}

/// A part of the unit square with its points.
#[derive(Debug, Clone, PartialEq)]
struct Cell {
    left: f64,
    top: f64,
    /// The number of halvings in width and in height.
    halvings: (u32, u32),
    points: Vec<(f64, f64)>,
}

impl Density<'_> {
    /// The figure.
    #[must_use]
    pub fn render(&self) -> Markup {
        let points: Vec<(f64, f64)> =
            self.points.iter().copied().filter(|(x, y)| x.is_finite() && y.is_finite()).collect();
        let (x, y) = self.guide.axes(&points);
        let (x, y) = (x.rounded(), y.rounded());
        let placed = points.iter().map(|(across, up)| (x.fraction(*across), 1.0 - y.fraction(*up))).collect();
        let (cells, n_rest) = cells(placed);
        let rest = if n_rest > 0 {
            format!(" {n_rest} of them lie too far from all others to be drawn.")
        } else {
            String::new()
        };
        let alternative = format!("Density plot, {}: {} points.{rest} {}", self.title, points.len(), self.alternative);
        let frame = Frame {
            title: self.title,
            subtitle: self.subtitle,
            alternative: &alternative,
            x,
            x_label: self.x_label,
            y,
            is_tall: true,
        };
        let guide = self.guide.line(x);
        frame.render(&html! {
            (shades(&cells))
            @if !guide.is_empty() { path.error d=(frame.path(&guide)) {} }
            @if !self.curve.is_empty() { path.curve d=(frame.path(self.curve)) {} }
        })
    }
}

/// The smallest cells with at least [`MIN_CELL`] points. Points of a smaller one count in the next larger; returns also
/// the number of remaining points, which are too few to be shown.
fn cells(points: Vec<(f64, f64)>) -> (Vec<Cell>, usize) {
    let mut cells = Vec::new();
    let rest = Cell { left: 0.0, top: 0.0, halvings: (0, 0), points }.divide(&mut cells);
    (cells, rest.len())
}

impl Cell {
    fn width(&self) -> f64 {
        libm::ldexp(1.0, -(self.halvings.0 as i32))
    }

    fn height(&self) -> f64 {
        libm::ldexp(1.0, -(self.halvings.1 as i32))
    }

    /// Adds the cells within this one; returns points that are too few for a cell.
    fn divide(mut self, cells: &mut Vec<Self>) -> Vec<(f64, f64)> {
        if self.points.len() < MIN_CELL {
            return self.points;
        }
        if self.halvings != MAX_HALVINGS {
            let [first, second] = self.halves();
            self.points = first.divide(cells);
            self.points.extend(second.divide(cells));
            if self.points.len() < MIN_CELL {
                return self.points;
            }
        }
        cells.push(self);
        Vec::new()
    }

    /// Splits the longer side in half.
    fn halves(&mut self) -> [Self; 2] {
        let (across, down) = self.halvings;
        let in_width = down == MAX_HALVINGS.1 || (across <= down && across < MAX_HALVINGS.0);
        let halvings = if in_width { (across + 1, down) } else { (across, down + 1) };
        let middle = if in_width { self.left + self.width() / 2.0 } else { self.top + self.height() / 2.0 };
        let (first, second) = std::mem::take(&mut self.points)
            .into_iter()
            .partition(|(x, y)| if in_width { *x < middle } else { *y < middle });
        let (left, top) = if in_width { (middle, self.top) } else { (self.left, middle) };
        [Self { left: self.left, top: self.top, halvings, points: first }, Self { left, top, halvings, points: second }]
    }

    fn density(&self) -> f64 {
        self.points.len() as f64 / (self.width() * self.height())
    }
}

fn shades(cells: &[Cell]) -> Markup {
    let most = cells.iter().map(Cell::density).fold(0.0, f64::max);
    // Shades scale with the square root: few points must not vanish beside many.
    let shade = |cell: &Cell| (N_SHADES as f64 * (cell.density() / most).sqrt()).ceil().max(1.0) as usize;
    let path = |wanted: usize| -> String {
        let of_cell = |cell: &Cell| {
            let (width, height) = (coordinate(cell.width()), coordinate(cell.height()));
            format!("M{} {}h{width}v{height}h-{width}z", coordinate(cell.left), coordinate(cell.top))
        };
        cells.iter().filter(|cell| shade(cell) == wanted).map(of_cell).collect()
    };
    html! {
        @for wanted in 1..=N_SHADES {
            @let path = path(wanted);
            @if !path.is_empty() {
                path fill="var(--ink)" fill-opacity=(format!("{:.2}", 0.7 * wanted as f64 / N_SHADES as f64)) d=(path) {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SplitMix64;

    #[test]
    fn no_cell_is_of_few_points_and_none_is_lost() {
        let mut random = SplitMix64::new(1);
        let mut draw = || (0.5 + 0.15 * random.normal()).clamp(0.0, 1.0);
        let points: Vec<(f64, f64)> = (0..1_000).map(|_| (draw(), draw())).collect();
        let (cells, n_rest) = cells(points.clone());
        assert!(cells.len() > 50, "{}", cells.len());
        assert!(n_rest < MIN_CELL && cells.iter().all(|cell| cell.points.len() >= MIN_CELL));
        assert_eq!(cells.iter().map(|cell| cell.points.len()).sum::<usize>() + n_rest, points.len());
        for cell in &cells {
            let (right, bottom) = (cell.left + cell.width(), cell.top + cell.height());
            let is_within = |(x, y): &(f64, f64)| (cell.left..=right).contains(x) && (cell.top..=bottom).contains(y);
            assert!(cell.points.iter().all(is_within));
        }
    }

    #[test]
    fn a_lonely_point_is_counted_and_not_drawn() {
        let mut points = vec![(0.01, 0.01); 20];
        points.push((0.99, 0.99));
        let (cells, n_rest) = cells(points);
        assert_eq!((cells.len(), cells[0].halvings, cells[0].points.len(), n_rest), (1, MAX_HALVINGS, 20, 1));
        let density = |points: &[(f64, f64)]| {
            let (subtitle, x_label, alternative, curve, guide) = ("", "x", "", &[][..], Guide::Zero);
            Density { title: "<t>", subtitle, x_label, alternative, points, curve, guide }.render().into_string()
        };
        assert!(density(&[]).contains("&lt;t&gt;: 0 points"));
        assert!(density(&[(0.0, 0.0); 4]).contains("4 of them lie too far"));
    }
}

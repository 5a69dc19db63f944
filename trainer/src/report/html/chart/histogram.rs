//! Histograms.

use maud::{Markup, html};

use crate::report::html::Number;
use crate::report::html::axis::Axis;
use crate::report::html::chart::Frame;

/// The maximal number of bars of a histogram.
const MAX_BINS: usize = 30;

/// A histogram of the finite `numbers`. For integers the width of bars is an integer.
#[must_use]
pub fn histogram(title: &str, subtitle: &str, x_label: &str, numbers: &[f64]) -> Markup {
    let mut sorted: Vec<f64> = numbers.iter().copied().filter(|number| number.is_finite()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let (start, width, n_bins) = bins(&sorted);
    let mut counts = vec![0_usize; n_bins];
    for number in &sorted {
        counts[(((number - start) / width).floor() as usize).min(n_bins - 1)] += 1;
    }
    let most = counts.iter().copied().max().unwrap_or_default();
    let edge = |bin: usize| start + width * bin as f64;
    let frame = Frame {
        title,
        subtitle,
        alternative: &alternative(title, &sorted),
        x: Axis { min: start, max: edge(n_bins) },
        x_label,
        y: Axis { min: 0.0, max: most.max(1) as f64 * 1.04 },
        is_tall: false,
    };
    let bars = counts.iter().enumerate().filter(|(_, count)| **count > 0).map(|(bin, count)| {
        let (left, right) = (frame.x_of(edge(bin)), frame.x_of(edge(bin + 1)));
        format!("M{left} 100V{}H{right}V100Z", frame.y_of(*count as f64))
    });
    let path: String = bars.collect();
    frame.render(&html! { path.fill d=(path) {} })
}

/// The start of the first bar, the width of bars, and their number; `sorted` may be empty.
fn bins(sorted: &[f64]) -> (f64, f64, usize) {
    let axis = Axis::over(sorted.iter().copied());
    if sorted.iter().all(|number| number.fract() == 0.0) && axis.max - axis.min < 1e9 && sorted.len() > 1 {
        let (first, last) = (sorted[0], sorted[sorted.len() - 1]);
        let n_values = last - first + 1.0;
        let width = (n_values / MAX_BINS as f64).ceil();
        return (first - 0.5, width, (n_values / width).ceil() as usize);
    }
    let n_bins = (sorted.len() as f64).sqrt().ceil().clamp(5.0, MAX_BINS as f64);
    (axis.min, (axis.max - axis.min) / n_bins, n_bins as usize)
}

fn alternative(title: &str, sorted: &[f64]) -> String {
    let [first, .., last] = sorted else { return format!("Histogram, {title}: {} number", sorted.len()) };
    let at = |share: f64| sorted[((sorted.len() - 1) as f64 * share).round() as usize];
    let is_whole = sorted.iter().all(|number| number.fract() == 0.0);
    let number = if is_whole { Number::points(0) } else { Number::for_span(last - first) };
    let text = |value: f64| number.text(value);
    format!(
        "Histogram, {title}: {} numbers from {} to {}, median {}; half of them lie between {} and {}",
        sorted.len(),
        text(*first),
        text(*last),
        text(at(0.5)),
        text(at(0.25)),
        text(at(0.75))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_whole_for_whole_numbers() {
        assert_eq!(bins(&[1.0, 2.0, 5.0]), (0.5, 1.0, 5));
        assert_eq!(bins(&[0.0, 100.0]), (-0.5, 4.0, 26));
        assert_eq!(bins(&[0.5; 30]).2, 6);
        assert_eq!(bins(&[]).2, 5);
    }

    #[test]
    fn every_number_is_in_a_bar_and_in_words() {
        let markup = histogram("a", "", "", &[1.0, 2.0, 2.0, f64::NAN, 3.0]).into_string();
        assert!(markup.contains("4 numbers from 1 to 3, median 2"), "{markup}");
        // Three bars; the middle one is twice as high as the others.
        let path = markup.split("class=\"fill\" d=\"").nth(1).unwrap();
        assert!(
            path.starts_with("M0 100V51.92H33.33V100ZM33.33 100V3.85H66.67V100ZM66.67 100V51.92H100V100Z"),
            "{path}"
        );
    }
}

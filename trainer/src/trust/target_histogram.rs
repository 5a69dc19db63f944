//! The target's histogram for `report.json`: a page can show the position of an estimate among the training rows.

use model_core::Histogram;

/// The approximate number of bins, before those with few rows are merged.
const N_BINS: f64 = 20.0;
/// Bins with fewer rows are merged with a neighbour.
const MIN_ROWS: u32 = 5;

/// Counts `target` between round edges.
#[must_use]
pub(crate) fn histogram(target: impl Iterator<Item = f64> + Clone, whole: bool) -> Histogram {
    let min = target.clone().fold(f64::INFINITY, f64::min);
    let max = target.clone().fold(f64::NEG_INFINITY, f64::max);
    let step = round_step((max - min) / N_BINS, whole);
    let first = (min / step).floor();
    let last = (max / step).ceil().max(first + 1.0);
    let edge = |bin: f64| bin * step;
    let mut counts = vec![0_u32; (last - first) as usize];
    for value in target {
        let bin = ((value / step).floor() - first) as usize;
        counts[bin.min((last - first) as usize - 1)] += 1;
    }
    let (mut edges, mut rows) = (vec![edge(first)], Vec::<u32>::new());
    let mut pending = 0;
    for (bin, count) in counts.iter().enumerate() {
        pending += count;
        if pending >= MIN_ROWS {
            rows.push(pending);
            edges.push(edge(first + bin as f64 + 1.0));
            pending = 0;
        }
    }
    if pending > 0 {
        match rows.last_mut() {
            Some(rows) => *rows += pending,
            None => rows.push(pending),
        }
        edges.truncate(rows.len());
        edges.push(edge(last));
    }
    Histogram { edges, rows }
}

/// 1, 2 or 5 times a power of ten, not below `least`.
fn round_step(least: f64, whole: bool) -> f64 {
    let least = if least > 0.0 && least.is_finite() { least } else { 1.0 };
    let least = if whole { least.max(1.0) } else { least };
    let power = libm::pow(10.0, libm::floor(libm::log10(least)));
    [1.0, 2.0, 5.0].into_iter().map(|factor| factor * power).find(|step| *step >= least).unwrap_or(10.0 * power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_are_round_and_never_small() {
        let target: Vec<f64> = (0..200).map(|bin| f64::from(30 + bin % 71)).chain([3.0, 4.0, 100.0]).collect();
        let histogram = histogram(target.into_iter(), true);
        assert_eq!(histogram.rows.iter().sum::<u32>(), 203);
        assert_eq!(histogram.rows.len() + 1, histogram.edges.len());
        assert!(histogram.rows.iter().all(|rows| *rows >= MIN_ROWS), "{histogram:?}");
        assert!(histogram.edges.iter().all(|edge| edge % 5.0 == 0.0), "{histogram:?}");
        assert!(histogram.edges.is_sorted_by(|left, right| left < right));
        assert!((histogram.share_below(65.0) - 0.5).abs() < 0.05);
    }

    #[test]
    fn a_constant_or_tiny_target_has_one_bin() {
        assert_eq!(histogram([7.0, 7.0].into_iter(), true), Histogram { edges: vec![7.0, 8.0], rows: vec![2] });
        assert_eq!(histogram([0.25].into_iter(), false).rows, [1]);
        assert_eq!(histogram([1.0, 2.0, 9.0].into_iter(), true).rows, [3]);
    }
}

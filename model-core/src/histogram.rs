//! The distribution of the target over the training rows, without any single row.

use serde::Serialize;

use crate::decode::impl_from_json;
use crate::number::is_measurement;
use crate::schema::Range;

/// The range of a share.
const SHARES: Range = Range { min: 0.0, max: 1.0 };

/// Row counts between bin edges.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Histogram {
    /// Ascending, in the target's unit: one more than there are bins. A bin includes its lower edge, the last one both.
    pub edges: Vec<f64>,
    /// The row count of each bin, at least 5 unless there are fewer rows in total.
    pub rows: Vec<u32>,
}

impl_from_json!(Histogram { edges, rows });

impl Histogram {
    /// What is wrong with it, if anything.
    pub(crate) fn problem(&self) -> Option<&'static str> {
        let is_usable = self.edges.len() == self.rows.len() + 1
            && self.edges.iter().all(|edge| is_measurement(*edge))
            && self.edges.is_sorted();
        (!is_usable).then_some("a histogram's edges are not ascending numbers, one more than there are bins")
    }

    /// The share of rows below `value`, from 0 to 1, as if a bin's rows were spread evenly over it.
    #[must_use]
    pub fn share_below(&self, value: f64) -> f64 {
        let total: f64 = self.rows.iter().map(|rows| f64::from(*rows)).sum();
        let below = self.edges.windows(2).zip(&self.rows).fold(0.0, |sum, (edges, rows)| {
            let share = if edges[1] > edges[0] { (value - edges[0]) / (edges[1] - edges[0]) } else { 0.0 };
            sum + SHARES.clamp(share) * f64::from(*rows)
        });
        if total > 0.0 { below / total } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_worked_by_hand() {
        let histogram = Histogram { edges: vec![0.0, 50.0, 60.0, 100.0], rows: vec![10, 20, 10] };
        assert_eq!(histogram.share_below(-1.0), 0.0);
        assert_eq!(histogram.share_below(25.0), 0.125);
        assert_eq!(histogram.share_below(55.0), 0.5);
        assert_eq!(histogram.share_below(100.0), 1.0);
    }
}

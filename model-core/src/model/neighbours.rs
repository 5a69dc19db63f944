//! k-nearest neighbours: the training rows themselves, and a mean over those nearest to the record.
//!
//! The trainer evaluates many `k` and weightings from one search for neighbours, so search ([`Neighbours::nearest`])
//! and averaging ([`Neighbours::average`]) are separate; [`crate::Model::predict`] does both.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use serde::Serialize;

use super::largest;
use crate::decode::impl_from_json;

/// Rows of the training data with their targets, and how the nearest are averaged.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Neighbours {
    /// How many rows are averaged; all if there are fewer.
    pub n_neighbors: u32,
    /// The distance metric.
    pub distance: Distance,
    /// The weighting of neighbours.
    pub weighting: Weighting,
    /// The encoded rows, one after the other.
    pub rows: Vec<f64>,
    /// One per row, in the target's unit.
    pub targets: Vec<f64>,
    /// The weight of each row, above 0; empty for equal weights.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub row_weights: Vec<f64>,
}

impl_from_json!(Neighbours { n_neighbors, distance, weighting, rows, targets, row_weights = Vec::new() });

/// The distance between two rows of features.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Distance {
    /// The sum of the features' differences (Minkowski's with p = 1).
    Manhattan,
    /// The root of the sum of their squares (p = 2).
    Euclidean,
    /// The largest of the features' differences (p = ∞).
    Chebyshev,
}

impl_from_json!(enum Distance { "manhattan" => Manhattan {}, "euclidean" => Euclidean {}, "chebyshev" => Chebyshev {} });

/// The weighting of neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Weighting {
    /// All equal.
    Uniform,
    /// By the inverse of the distance; if some distances are 0, only those rows count.
    Distance,
}

impl_from_json!(enum Weighting { "uniform" => Uniform {}, "distance" => Distance {} });

/// A nearby row and its distance.
#[derive(Debug, Clone, Copy)]
pub struct Neighbour {
    /// From the queried features.
    pub distance: f64,
    /// Its index among the stored rows.
    pub row: usize,
}

/// By distance; of equal distances the lower row comes first.
impl Ord for Neighbour {
    fn cmp(&self, other: &Self) -> Ordering {
        self.distance.total_cmp(&other.distance).then(self.row.cmp(&other.row))
    }
}

impl PartialOrd for Neighbour {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Neighbour {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Neighbour {}

impl Distance {
    /// The distance between two rows of equal length.
    #[must_use]
    pub fn between(self, left: &[f64], right: &[f64]) -> f64 {
        let differences = left.iter().zip(right).map(|(left, right)| (left - right).abs());
        match self {
            Self::Manhattan => differences.fold(0.0, |sum, difference| sum + difference),
            Self::Euclidean => differences.fold(0.0, |sum, difference| sum + difference * difference).sqrt(),
            Self::Chebyshev => differences.fold(0.0, f64::max),
        }
    }
}

impl Neighbours {
    /// The `k` nearest rows (all if there are fewer), the nearest first and of equally near ones the lowest: a prefix
    /// is the result for every smaller `k`.
    #[must_use]
    pub fn nearest(&self, features: &[f64], k: usize) -> Vec<Neighbour> {
        // The farthest of the nearest so far is on top.
        let mut nearest = BinaryHeap::new();
        for (row, stored) in self.rows.chunks_exact(features.len().max(1)).enumerate() {
            let neighbour = Neighbour { distance: self.distance.between(features, stored), row };
            if nearest.len() < k {
                nearest.push(neighbour);
            } else if let Some(mut farthest) = nearest.peek_mut()
                && neighbour < *farthest
            {
                *farthest = neighbour;
            }
        }
        nearest.into_sorted_vec()
    }

    /// The mean target of `nearest`, which is sorted by distance, in the target's unit.
    #[must_use]
    pub fn average(&self, nearest: &[Neighbour], weighting: Weighting) -> f64 {
        let least = nearest.first().map_or(0.0, |neighbour| neighbour.distance);
        let (sum, total) = nearest.iter().fold((0.0, 0.0), |(sum, total), neighbour| {
            let nearness = match weighting {
                // Relative to the nearest: the same mean as with 1 / distance, but nothing overflows, and if the
                // nearest distance is 0, the weight of farther rows is 0.
                Weighting::Distance if neighbour.distance > least => least / neighbour.distance,
                Weighting::Distance | Weighting::Uniform => 1.0,
            };
            let weight = nearness * self.row_weights.get(neighbour.row).copied().unwrap_or(1.0);
            (sum + weight * self.targets[neighbour.row], total + weight)
        });
        sum / total
    }

    pub(super) fn predict(&self, features: &[f64]) -> f64 {
        self.average(&self.nearest(features, self.n_neighbors as usize), self.weighting)
    }

    /// About how many elementary steps a prediction takes: distances, and sorting the nearest.
    pub(super) fn n_steps(&self) -> usize {
        let n_sorted = self.targets.len().min(self.n_neighbors as usize);
        4 * (self.rows.len() + self.targets.len()) + n_sorted * n_sorted.max(1).ilog2() as usize
    }

    pub(super) fn max_magnitude(&self) -> f64 {
        let weight = if self.row_weights.is_empty() { 1.0 } else { largest(&self.row_weights).max(1.0) };
        self.targets.len() as f64 * weight * largest(&self.targets)
    }

    /// What is wrong with the stored rows for rows of `n_features`, if anything.
    pub(super) fn structural_problem(&self, n_features: usize) -> Option<String> {
        let n_rows = self.targets.len();
        if n_rows == 0 || self.n_neighbors == 0 {
            return Some("there are no neighbours to average".into());
        }
        if n_features == 0 || n_rows.checked_mul(n_features) != Some(self.rows.len()) {
            return Some(format!(
                "{n_rows} rows of {n_features} features are needed, but {} features are stored",
                self.rows.len()
            ));
        }
        if !self.rows.iter().chain(&self.targets).all(|number| number.is_finite()) {
            return Some("a stored row holds a number that is not finite".into());
        }
        let weights_fit = self.row_weights.is_empty() || self.row_weights.len() == n_rows;
        if !weights_fit || !self.row_weights.iter().all(|weight| weight.is_finite() && *weight > 0.0) {
            return Some("there is not one weight above 0 for each stored row".into());
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (0, 0) → 10, (3, 4) → 20, (3, 4) → 40, (6, 0) → 80.
    fn neighbours(n_neighbors: u32, distance: Distance, weighting: Weighting) -> Neighbours {
        Neighbours {
            n_neighbors,
            distance,
            weighting,
            rows: vec![0.0, 0.0, 3.0, 4.0, 3.0, 4.0, 6.0, 0.0],
            targets: vec![10.0, 20.0, 40.0, 80.0],
            row_weights: vec![],
        }
    }

    #[test]
    fn distances_worked_by_hand() {
        let between = |distance: Distance| distance.between(&[0.0, 1.0], &[3.0, -3.0]);
        assert_eq!([Distance::Manhattan, Distance::Euclidean, Distance::Chebyshev].map(between), [3.0 + 4.0, 5.0, 4.0]);
    }

    #[test]
    fn averages_worked_by_hand() {
        use Distance::{Chebyshev, Euclidean, Manhattan};
        let predict = |k, distance, weighting| neighbours(k, distance, weighting).predict(&[1.0, 0.0]);
        // Manhattan distances 1, 6, 6, 5; Euclidean 1, √20, √20, 5; Chebyshev 1, 4, 4, 5.
        assert_eq!(predict(2, Manhattan, Weighting::Uniform), 45.0);
        assert_eq!(predict(9, Manhattan, Weighting::Uniform), 37.5);
        let weighted = (10.0 + 80.0 / 5.0) / (1.0 + 1.0 / 5.0);
        assert!((predict(2, Manhattan, Weighting::Distance) - weighted).abs() < 1e-12);
        // Of the two rows at (3, 4) the lower is taken.
        assert_eq!(predict(2, Euclidean, Weighting::Uniform), 15.0);
        assert_eq!(predict(2, Chebyshev, Weighting::Uniform), 15.0);
        assert_eq!(predict(3, Chebyshev, Weighting::Uniform), 70.0 / 3.0);
    }

    #[test]
    fn without_distance_only_the_same_rows_count() {
        let mut stored = neighbours(4, Distance::Euclidean, Weighting::Distance);
        assert_eq!(stored.predict(&[3.0, 4.0]), 30.0);
        stored.row_weights = vec![1.0, 3.0, 1.0, 1.0];
        assert_eq!(stored.predict(&[3.0, 4.0]), 25.0);
        stored.weighting = Weighting::Uniform;
        assert_eq!(stored.predict(&[3.0, 4.0]), 190.0 / 6.0);
    }

    #[test]
    fn an_immense_distance_still_gives_a_number() {
        let stored = neighbours(4, Distance::Euclidean, Weighting::Distance);
        assert_eq!(stored.predict(&[1e300, 0.0]), 37.5);
        assert_eq!(stored.predict(&[f64::INFINITY, 0.0]), 37.5);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let refused = |spoil: &dyn Fn(&mut Neighbours)| {
            let mut stored = neighbours(2, Distance::Manhattan, Weighting::Uniform);
            spoil(&mut stored);
            stored.structural_problem(2).is_some()
        };
        assert!(!refused(&|_| {}));
        assert!(refused(&|stored| stored.n_neighbors = 0));
        assert!(refused(&|stored| stored.rows.truncate(7)));
        assert!(refused(&|stored| stored.rows[3] = f64::INFINITY));
        assert!(refused(&|stored| stored.targets[3] = f64::NAN));
        assert!(refused(&|stored| stored.row_weights = vec![1.0]));
        assert!(refused(&|stored| stored.row_weights = vec![1.0, 1.0, 0.0, 1.0]));
        assert!(refused(&|stored| (stored.rows, stored.targets) = (vec![], vec![])));
        assert!(neighbours(2, Distance::Manhattan, Weighting::Uniform).structural_problem(3).is_some());
    }

    #[test]
    fn json_holds_it_exactly() {
        let stored = neighbours(2, Distance::Chebyshev, Weighting::Distance);
        let json = serde_json::to_string(&crate::Model::Neighbours(stored.clone())).unwrap();
        assert!(
            json.starts_with(r#"{"neighbours":{"n_neighbors":2,"distance":"chebyshev","weighting":"distance""#),
            "{json}"
        );
        assert_eq!(crate::from_json::<crate::Model>(&json).unwrap(), crate::Model::Neighbours(stored));
    }
}

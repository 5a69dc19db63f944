//! Prediction intervals: how far off the model was for rows that it had not learned from (conformal prediction; Vovk,
//! Gammerman & Shafer 2005; Barber, Candès, Ramdas & Tibshirani 2021; MAPIE's `method="base"`).
//!
//! An artifact carries one table of quantiles of those errors, never the errors themselves. Where some records are
//! clearly harder than others, errors are measured in units of what is typical for a record's like, by a small tree.

use serde::Serialize;

use crate::decode::impl_from_json;
use crate::model::{Combine, MAX_ESTIMATE, Trees};
use crate::record::Value;
use crate::schema::Range;

/// The levels of an interval that can be asked for, in percent.
pub const LEVELS: Range = Range { min: 50.0, max: 99.0 };
/// One a whole percent from 50 to 99.
const N_LEVELS: usize = 50;
/// Nodes that a tree of typical errors may have.
const MAX_NODES: usize = 255;

/// Where the true value lies with a given probability, in the target's unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The lower end, within the target's limits.
    pub low: f64,
    /// The upper end, within the target's limits.
    pub high: f64,
}

/// What intervals are made of.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Intervals {
    /// For each whole level from 50 to 99 %: how far an interval reaches to either side, in the target's unit or, where
    /// there is a `spread`, in units of it.
    pub half_widths: Vec<f64>,
    /// The typical error of a record's like, in the target's unit: one tree on natively encoded columns, blanks imputed,
    /// with the prediction as one column more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spread: Option<Trees>,
}

impl_from_json!(Intervals { half_widths, spread = None });

impl Intervals {
    /// How far the interval at `level` (in percent, see [`LEVELS`]; others are taken for the nearest end) reaches to
    /// either side of the prediction for a record whose natively encoded columns and prediction are `features`.
    #[must_use]
    pub fn half_width(&self, features: &[f64], level: f64) -> f64 {
        let place = LEVELS.clamp(level) - LEVELS.min;
        let below = (place as usize).min(N_LEVELS - 2);
        let share = place - below as f64;
        let table = &self.half_widths;
        let half_width = table[below] + share * (table[below + 1] - table[below]);
        self.spread.as_ref().map_or(half_width, |spread| half_width * spread.predict(features))
    }

    /// The share of cases, from 0 to 1, in which the true value is no further than `distance` from the prediction: the level
    /// whose interval reaches as far. Below the lowest level it rises evenly from 0; beyond the highest it stays there.
    #[must_use]
    pub fn share_within(&self, features: &[f64], distance: f64) -> f64 {
        let table = &self.half_widths;
        let distance = self.spread.as_ref().map_or(distance, |spread| distance / spread.predict(features));
        let next = table.partition_point(|half_width| *half_width < distance);
        let percent = if next == table.len() {
            LEVELS.min + (table.len() - 1) as f64
        } else if next == 0 {
            // At no distance at all nothing is within, whatever the table says.
            if distance > 0.0 { LEVELS.min * distance / table[0] } else { 0.0 }
        } else {
            let (below, above) = (table[next - 1], table[next]);
            LEVELS.min + (next - 1) as f64 + (distance - below) / (above - below)
        };
        percent / 100.0
    }

    /// The share of cases, from 0 to 1, in which the true value is `mark` or more where `prediction` was predicted. Errors
    /// in either direction are taken to be equally frequent, as the table doesn't tell them apart.
    #[must_use]
    pub fn chance_of(&self, features: &[f64], prediction: f64, mark: f64) -> f64 {
        let within = self.share_within(features, (prediction - mark).abs());
        if prediction < mark { 0.5 - within / 2.0 } else { 0.5 + within / 2.0 }
    }

    /// What is wrong with the table for records of `n_columns`, if anything.
    pub(crate) fn problem(&self, n_columns: usize) -> Option<String> {
        let is_usable = self.half_widths.len() == N_LEVELS
            && self.half_widths.iter().all(|half_width| half_width.is_finite() && *half_width >= 0.0)
            && self.half_widths.is_sorted();
        if !is_usable {
            return Some(format!("the intervals are not {N_LEVELS} ascending half-widths"));
        }
        let widest = self.half_widths.last().copied().unwrap_or_default();
        let unbounded =
            |half_width: f64| (half_width > MAX_ESTIMATE).then(|| "an interval can be wider than 1e150".into());
        let Some(spread) = &self.spread else { return unbounded(widest) };
        let mut nodes = spread.rights.iter().zip(&spread.values);
        let is_base_positive = !matches!(spread.combine, Combine::Sum { base } if base < 0.0);
        spread
            .structural_problem(n_columns + 1)
            .or_else(|| {
                let is_usable = spread.values.len() <= MAX_NODES
                    && is_base_positive
                    && nodes.all(|(right, value)| *right != 0 || *value > 0.0);
                (!is_usable).then(|| "the tree of typical errors is too large or has one that is not above 0".into())
            })
            .or_else(|| unbounded(widest * spread.max_magnitude()))
    }
}

impl Interval {
    /// Around `value`, with both ends within `limits`.
    #[must_use]
    pub fn around(value: f64, half_width: f64, limits: Option<Range>) -> Self {
        let shown = |end: f64| limits.map_or(end, |limits| limits.clamp(end));
        Self { low: shown(value - half_width), high: shown(value + half_width) }
    }

    /// Whether `value` lies between the ends or on one of them.
    #[must_use]
    pub fn contains(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }
}

/// What [`Intervals::half_width`] reads: the natively encoded columns, then the prediction.
pub(crate) fn spread_features(schema: &crate::Schema, values: &[Value], prediction: f64) -> Vec<f64> {
    let native =
        |(column, value): (&crate::Column, &Value)| crate::preprocessor::native_feature(&column.kind, *value, true);
    schema.columns.iter().zip(values).map(native).chain([prediction]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn intervals() -> Intervals {
        let spread = Trees {
            categorical: vec![false, false],
            lengths: vec![3],
            features: vec![1, 0, 0],
            values: vec![60.0, 2.0, 0.5],
            rights: vec![2, 0, 0],
            blank_left: Vec::new(),
            combine: Combine::Sum { base: 0.0 },
        };
        Intervals { half_widths: (50..100).map(f64::from).collect(), spread: Some(spread) }
    }

    #[test]
    fn half_widths_worked_by_hand() {
        let intervals = intervals();
        assert_eq!(intervals.problem(1), None);
        assert_eq!(intervals.half_width(&[0.0, 60.0], 50.0), 100.0);
        assert_eq!(intervals.half_width(&[0.0, 61.0], 90.25), 45.125);
        assert_eq!(intervals.half_width(&[0.0, 61.0], 99.0), 49.5);
        assert_eq!(intervals.half_width(&[0.0, 61.0], 100.0), 49.5);
        assert_eq!(intervals.half_width(&[0.0, 61.0], -1.0), 25.0);
        let shown = Interval::around(95.0, 10.0, Some(Range { min: 0.0, max: 100.0 }));
        assert_eq!(shown, Interval { low: 85.0, high: 100.0 });
    }

    #[test]
    fn chances_worked_by_hand() {
        let intervals = Intervals { half_widths: (0..50).map(|place| 10.0 + f64::from(place)).collect(), spread: None };
        // Half of the errors are below 10, 51 % below 11, and 99 % below 59.
        let within = [0.0, 5.0, 10.0, 10.5, 11.0, 59.0, 500.0].map(|distance| intervals.share_within(&[], distance));
        assert_eq!(within, [0.0, 0.25, 0.5, 0.505, 0.51, 0.99, 0.99]);
        let chance = [60.0, 65.0, 70.0, 50.0, 0.0, 900.0].map(|mark| intervals.chance_of(&[], 60.0, mark));
        assert_eq!(chance, [0.5, 0.375, 0.25, 0.75, 0.995, 0.5 - 0.99 / 2.0]);
        // A model that was never wrong.
        let exact = Intervals { half_widths: vec![0.0; 50], spread: None };
        assert_eq!((exact.share_within(&[], 0.0), exact.share_within(&[], 0.1)), (0.0, 0.99));
        // Twice the typical error: a distance counts half.
        assert_eq!(super::tests::intervals().share_within(&[0.0, 60.0], 100.0), 0.5);
    }

    #[test]
    fn what_is_no_table_is_refused() {
        let refused = |spoil: &dyn Fn(&mut Intervals)| {
            let mut intervals = intervals();
            spoil(&mut intervals);
            intervals.problem(1).is_some()
        };
        assert!(!refused(&|intervals| intervals.spread = None));
        assert!(refused(&|intervals| intervals.half_widths.truncate(49)));
        assert!(refused(&|intervals| intervals.half_widths[1] = 1.0));
        assert!(refused(&|intervals| intervals.half_widths[49] = f64::INFINITY));
        assert!(refused(&|intervals| intervals.spread.as_mut().unwrap().values[1] = 0.0));
        assert!(refused(&|intervals| intervals.spread.as_mut().unwrap().combine = Combine::Sum { base: -1.0 }));
        assert!(refused(&|intervals| intervals.half_widths[49] = 1e160));
        assert!(refused(&|intervals| intervals.spread.as_mut().unwrap().values[1] = 1e149));
        assert!(refused(&|intervals| intervals.spread.as_mut().unwrap().categorical.truncate(1)));
    }
}

//! Prediction intervals from the model's errors on rows that it was not fitted to (conformal prediction; Vovk,
//! Gammerman & Shafer 2005; Barber, Candès, Ramdas & Tibshirani 2021; MAPIE's `method="base"`).
//!
//! An artifact stores one table of quantiles of these errors, never the errors themselves. If some records are clearly
//! harder to predict than others, errors are divided by the typical error of similar records, which a small tree
//! estimates. If intervals must be valid for each group of records separately, each group has its own table (Mondrian
//! conformal prediction).

use serde::Serialize;

use crate::decode::impl_from_json;
use crate::model::{Combine, MAX_ESTIMATE, Trees};
use crate::record::Value;
use crate::schema::{ColumnKind, Range, Schema};

/// The range of levels that can be requested, in percent; see [`Intervals::levels`].
pub const LEVELS: Range = Range { min: 50.0, max: 99.0 };
/// One per whole percent from 50 to 99.
const N_LEVELS: usize = 50;
/// Maximum number of groups with their own table.
const MAX_GROUPS: usize = 1_000;
/// Maximum number of nodes of a tree of typical errors.
const MAX_NODES: usize = 255;

/// Where the true value lies with a given probability, in the target's unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The lower end, within the target's limits.
    pub low: f64,
    /// The upper end, within the target's limits.
    pub high: f64,
}

/// What intervals are computed from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Intervals {
    /// For each whole level from 50 to 99 %: the half-width of an interval, in the target's unit or, where there is a
    /// `spread`, in units of it.
    pub half_widths: Vec<f64>,
    /// The typical error of similar records, in the target's unit: one tree on natively encoded columns, blanks
    /// imputed, with the prediction as an additional column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spread: Option<Trees>,
    /// The highest level that the number of errors supports, if less than 99 %.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_level: Option<f64>,
    /// Groups of records with their own tables.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<IntervalsBy>,
}

impl_from_json!(Intervals { half_widths, spread = None, max_level = None, by = None });

/// Tables for groups of records; records outside these groups use the table of all.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IntervalsBy {
    /// The indices of the categorical columns that define the groups.
    pub columns: Vec<usize>,
    /// The groups.
    pub groups: Vec<GroupIntervals>,
}

impl_from_json!(IntervalsBy { columns, groups });

/// The table of one group.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupIntervals {
    /// The code of each of the columns.
    pub values: Vec<u32>,
    /// As for all records.
    pub half_widths: Vec<f64>,
}

impl_from_json!(GroupIntervals { values, half_widths });

impl Intervals {
    /// The levels that can be requested, in percent.
    #[must_use]
    pub fn levels(&self) -> Range {
        Range { max: self.max_level.unwrap_or(LEVELS.max), ..LEVELS }
    }

    /// The half-width of the interval at `level` (in percent, clamped to [`Intervals::levels`]) for a record of these
    /// values, whose natively encoded columns and prediction are `features`.
    #[must_use]
    pub fn half_width(&self, values: &[Value], features: &[f64], level: f64) -> f64 {
        let half_width = self.half_width_at(self.table(values), level);
        self.spread.as_ref().map_or(half_width, |spread| half_width * spread.predict(features))
    }

    /// The half-width at `level` in one of the tables, in the target's unit or, where there is a `spread`, in units of it.
    #[must_use]
    pub fn half_width_at(&self, table: &[f64], level: f64) -> f64 {
        let rank = self.levels().clamp(level) - LEVELS.min;
        let below = (rank as usize).min(N_LEVELS - 2);
        let share = rank - below as f64;
        table[below] + share * (table[below + 1] - table[below])
    }

    /// The share of cases, from 0 to 1, in which the true value is `mark` or more, given `prediction` for a record of
    /// these values and `features`, see [`Intervals::half_width`].
    #[must_use]
    pub fn chance_of(&self, values: &[Value], features: &[f64], prediction: f64, mark: f64) -> f64 {
        let spread = self.spread.as_ref().map_or(1.0, |spread| spread.predict(features));
        chance_above(self.table(values), self.max_level, (mark - prediction) / spread)
    }

    fn table(&self, values: &[Value]) -> &[f64] {
        self.by.as_ref().and_then(|by| by.half_widths(values)).unwrap_or(&self.half_widths)
    }

    /// What is wrong with the tables for records of `schema`, if anything.
    pub(crate) fn problem(&self, schema: &Schema) -> Option<String> {
        let groups = self.by.iter().flat_map(|by| &by.groups);
        let tables = || std::iter::once(&self.half_widths).chain(groups.clone().map(|group| &group.half_widths));
        if !tables().all(|table| is_table(table)) {
            return Some(format!("the intervals are not {N_LEVELS} ascending half-widths"));
        }
        if self.max_level.is_some_and(|level| !LEVELS.contains(level)) {
            return Some("the highest level of intervals is not from 50 to 99".into());
        }
        if let Some(problem) = self.by.as_ref().and_then(|by| by.problem(schema)) {
            return Some(problem);
        }
        let widest = tables().filter_map(|table| table.last().copied()).fold(0.0, f64::max);
        let unbounded =
            |half_width: f64| (half_width > MAX_ESTIMATE).then(|| "an interval can be wider than 1e150".into());
        let Some(spread) = &self.spread else { return unbounded(widest) };
        let mut nodes = spread.rights.iter().zip(&spread.values);
        let is_base_positive = !matches!(spread.combine, Combine::Sum { base } if base < 0.0);
        spread
            .structural_problem(schema.columns.len() + 1)
            .or_else(|| {
                let is_usable = spread.values.len() <= MAX_NODES
                    && is_base_positive
                    && nodes.all(|(right, value)| *right != 0 || *value > 0.0);
                (!is_usable).then(|| "the tree of typical errors is too large or has one that is not above 0".into())
            })
            .or_else(|| unbounded(widest * spread.max_magnitude()))
    }
}

fn is_table(half_widths: &[f64]) -> bool {
    half_widths.len() == N_LEVELS
        && half_widths.iter().all(|half_width| half_width.is_finite() && *half_width >= 0.0)
        && half_widths.is_sorted()
}

impl IntervalsBy {
    /// The table of the group that a record belongs to.
    fn half_widths(&self, values: &[Value]) -> Option<&Vec<f64>> {
        let is_own = |group: &&GroupIntervals| {
            self.columns.iter().zip(&group.values).all(|(column, code)| values[*column] == Value::Category(*code))
        };
        self.groups.iter().find(is_own).map(|group| &group.half_widths)
    }

    fn problem(&self, schema: &Schema) -> Option<String> {
        let n_values = |column: &usize| match &schema.columns.get(*column)?.kind {
            ColumnKind::Categorical { values, .. } => Some(values.len()),
            ColumnKind::Numeric { .. } => None,
        };
        let n_values: Option<Vec<usize>> = self.columns.iter().map(n_values).collect();
        let is_usable = n_values.is_some_and(|n_values| {
            let is_group = |group: &GroupIntervals| {
                group.values.len() == n_values.len()
                    && group.values.iter().zip(&n_values).all(|(code, n_values)| (*code as usize) < *n_values)
            };
            !n_values.is_empty() && self.groups.len() <= MAX_GROUPS && self.groups.iter().all(is_group)
        });
        (!is_usable).then(|| "the groups of intervals are not groups of categorical columns, or too many".into())
    }
}

/// The share of errors, from 0 to 1, that are `distance` or more, by a table of half-widths that is valid up to
/// `max_level`. Errors in either direction are assumed to be equally frequent, as the table doesn't distinguish them.
#[must_use]
pub fn chance_above(half_widths: &[f64], max_level: Option<f64>, distance: f64) -> f64 {
    let within = share_within(half_widths, distance.abs()).min(max_level.unwrap_or(LEVELS.max) / 100.0);
    if distance > 0.0 { 0.5 - within / 2.0 } else { 0.5 + within / 2.0 }
}

/// The share of errors, from 0 to 1, whose size is below `distance`: the level whose half-width it is. Linear from 0
/// below the lowest level, constant beyond the highest.
fn share_within(table: &[f64], distance: f64) -> f64 {
    let next = table.partition_point(|half_width| *half_width < distance);
    let percent = match (next.checked_sub(1).map(|below| table[below]), table.get(next)) {
        (Some(below), Some(above)) => LEVELS.min + (next - 1) as f64 + (distance - below) / (above - below),
        (Some(_), None) => LEVELS.min + (table.len() - 1) as f64,
        // Nothing is within a distance of 0, whatever the table says.
        (None, Some(above)) if distance > 0.0 => LEVELS.min * distance / above,
        (None, _) => 0.0,
    };
    percent / 100.0
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
            categorical: vec![false, true, false],
            lengths: vec![3],
            features: vec![2, 0, 0],
            values: vec![60.0, 2.0, 0.5],
            rights: vec![2, 0, 0],
            blank_left: Vec::new(),
            combine: Combine::Sum { base: 0.0 },
        };
        Intervals { half_widths: (50..100).map(f64::from).collect(), spread: Some(spread), max_level: None, by: None }
    }

    /// A numeric column and one of two categories.
    fn schema() -> Schema {
        let observed = Range { min: 0.0, max: 1.0 };
        let target = crate::Target {
            name: "y".into(),
            label: "Y".into(),
            observed,
            limits: None,
            whole: false,
            help: None,
            unit: None,
        };
        let x = ColumnKind::Numeric { observed, median: 0.5, whole: false };
        let lunch = ColumnKind::Categorical { values: vec!["free".into(), "standard".into()], mode: 0 };
        let columns = vec![crate::Column::new("x", "X", x), crate::Column::new("lunch", "Lunch", lunch)];
        Schema { target, columns, order: Vec::new() }
    }

    #[test]
    fn half_widths_worked_by_hand() {
        let intervals = intervals();
        assert_eq!(intervals.problem(&schema()), None);
        let half_width = |prediction: f64, level: f64| intervals.half_width(&[], &[0.0, 0.0, prediction], level);
        assert_eq!([half_width(60.0, 50.0), half_width(61.0, 90.25)], [100.0, 45.125]);
        assert_eq!([half_width(61.0, 99.0), half_width(61.0, 100.0), half_width(61.0, -1.0)], [49.5, 49.5, 25.0]);
        let shown = Interval::around(95.0, 10.0, Some(Range { min: 0.0, max: 100.0 }));
        assert_eq!(shown, Interval { low: 85.0, high: 100.0 });
    }

    #[test]
    fn a_group_has_its_own_table_and_nobody_more_than_can_be_promised() {
        let half_widths = (50..100).map(f64::from).collect::<Vec<_>>();
        let by = IntervalsBy {
            columns: vec![1],
            groups: vec![GroupIntervals {
                values: vec![1],
                half_widths: half_widths.iter().map(|own| 2.0 * own).collect(),
            }],
        };
        let intervals = Intervals { half_widths, spread: None, max_level: Some(95.0), by: Some(by) };
        assert_eq!(intervals.problem(&schema()), None);
        let half_width = |value: Value, level: f64| intervals.half_width(&[Value::Number(1.0), value], &[], level);
        assert_eq!([0, 1].map(|code| half_width(Value::Category(code), 90.0)), [90.0, 180.0]);
        assert_eq!([Value::Missing, Value::Unseen].map(|value| half_width(value, 90.0)), [90.0, 90.0]);
        assert_eq!([97.0, 99.0].map(|level| half_width(Value::Category(1), level)), [190.0, 190.0]);
        assert_eq!(intervals.levels(), Range { min: 50.0, max: 95.0 });
        let spoilt = |spoil: &dyn Fn(&mut IntervalsBy)| {
            let mut by = intervals.by.clone().unwrap();
            spoil(&mut by);
            Intervals { by: Some(by), ..intervals.clone() }.problem(&schema()).is_some()
        };
        assert!(spoilt(&|by| by.columns[0] = 0));
        assert!(spoilt(&|by| by.columns[0] = 2));
        assert!(spoilt(&|by| by.columns.clear()));
        assert!(spoilt(&|by| by.groups[0].values[0] = 2));
        assert!(spoilt(&|by| by.groups[0].values.push(0)));
        assert!(spoilt(&|by| by.groups[0].half_widths[0] = 1e9));
        assert!(Intervals { max_level: Some(100.0), ..intervals.clone() }.problem(&schema()).is_some());
    }

    #[test]
    fn chances_worked_by_hand() {
        let table: Vec<f64> = (0..50).map(|idx| 10.0 + f64::from(idx)).collect();
        // Half of the errors are below 10, 51 % below 11, and 99 % below 59.
        let within = [0.0, 5.0, 10.0, 10.5, 11.0, 59.0, 500.0].map(|distance| share_within(&table, distance));
        assert_eq!(within, [0.0, 0.25, 0.5, 0.505, 0.51, 0.99, 0.99]);
        let intervals = Intervals { half_widths: table.clone(), spread: None, max_level: None, by: None };
        let chance = [60.0, 65.0, 70.0, 50.0, 0.0].map(|mark| intervals.chance_of(&[], &[], 60.0, mark));
        assert_eq!(chance, [0.5, 0.375, 0.25, 0.75, 0.995]);
        // Capped at the level that so few errors support.
        assert_eq!(chance_above(&table, Some(80.0), -500.0), 0.9);
        // A model that was never wrong.
        assert_eq!([0.0, 0.1].map(|distance| share_within(&[0.0; 50], distance)), [0.0, 0.99]);
    }

    #[test]
    fn what_is_no_table_is_refused() {
        let refused = |spoil: &dyn Fn(&mut Intervals)| {
            let mut intervals = intervals();
            spoil(&mut intervals);
            intervals.problem(&schema()).is_some()
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

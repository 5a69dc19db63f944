//! Additive models: one shape function per column, and optionally one for a few pairs of columns (Lou, Caruana & Gehrke
//! 2012, 2013). A column's contribution can be read off its shape, and the contributions add up to the prediction.

use serde::Serialize;

use super::largest;
use crate::decode::impl_from_json;

/// `intercept + Σ shape(column) + Σ pair(column, column)`, on natively encoded features, blanks left as they are.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Additive {
    /// The mean prediction over the training rows, in the target's unit.
    pub intercept: f64,
    /// One per column, each 0 on average over the training rows.
    pub shapes: Vec<Shape>,
    /// What pairs of columns add beyond their shapes (interactions).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pairs: Vec<PairShape>,
}

impl_from_json!(Additive { intercept, shapes, pairs = Vec::new() });

/// What a column adds to the prediction, in the target's unit.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// A step function of a number.
    Steps {
        /// Ascending; a number up to the first one is in the first step.
        thresholds: Vec<f64>,
        /// One per step: one more than there are thresholds.
        values: Vec<f64>,
        /// For a blank.
        blank: f64,
    },
    /// One value per category; 0 for one that training never saw.
    Categories {
        /// One per category.
        values: Vec<f64>,
        /// For a blank.
        blank: f64,
    },
}

impl_from_json!(enum Shape {
    "steps" => Steps { thresholds, values, blank },
    "categories" => Categories { values, blank },
});

/// What a pair of columns adds to the prediction.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PairShape {
    /// The two columns.
    pub columns: [u16; 2],
    /// How each column is divided into cells.
    pub axes: [Axis; 2],
    /// One per cell of the first column and of the second, the second varying fastest, in the target's unit.
    pub values: Vec<f64>,
}

impl_from_json!(PairShape { columns, axes, values });

/// How one column of a pair is divided into cells; the last cell is for blanks and for categories that training never
/// saw.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Axis {
    /// At these numbers, ascending.
    Steps(Vec<f64>),
    /// The cell of each category.
    Categories(Vec<u16>),
}

impl_from_json!(enum Axis { "steps" => Steps(_), "categories" => Categories(_) });

/// Maximum number of cells of an axis.
const MAX_CELLS: usize = 512;

impl Additive {
    /// What each column adds for `features`, in the columns' order, without pairs.
    pub fn parts<'a>(&'a self, features: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
        self.shapes.iter().zip(features).map(|(shape, feature)| shape.value(*feature))
    }

    /// What each pair adds for `features`.
    pub fn pair_parts<'a>(&'a self, features: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
        self.pairs.iter().map(|pair| pair.value(features))
    }

    pub(super) fn predict(&self, features: &[f64]) -> f64 {
        self.parts(features).chain(self.pair_parts(features)).fold(self.intercept, |sum, part| sum + part)
    }

    pub(super) fn max_magnitude(&self) -> f64 {
        let shapes = self.shapes.iter().map(|shape| match shape {
            Shape::Steps { values, blank, .. } | Shape::Categories { values, blank } => {
                largest(values).max(blank.abs())
            }
        });
        self.intercept.abs() + shapes.chain(self.pairs.iter().map(|pair| largest(&pair.values))).sum::<f64>()
    }

    /// What is wrong with the model for rows of `n_features`, if anything.
    pub(super) fn structural_problem(&self, n_features: usize) -> Option<String> {
        if self.shapes.len() != n_features {
            return Some(format!("the model has {} shapes, the schema has {n_features} columns", self.shapes.len()));
        }
        if !self.intercept.is_finite() {
            return Some("the intercept is not a finite number".into());
        }
        if let Some(column) = self.shapes.iter().position(|shape| !shape.is_usable()) {
            return Some(format!("the shape of column {column} has holes or numbers that are not finite"));
        }
        let is_usable = |pair: &PairShape| {
            pair.columns.iter().all(|column| usize::from(*column) < n_features)
                && pair.axes.iter().all(Axis::is_usable)
                && pair.values.len() == pair.axes[0].n_cells() * pair.axes[1].n_cells()
                && pair.values.iter().all(|value| value.is_finite())
        };
        let pair_idx = self.pairs.iter().position(|pair| !is_usable(pair))?;
        Some(format!("pair {pair_idx} has holes or numbers that are not finite, or names a column that there is not"))
    }
}

impl Shape {
    /// What the column adds for this feature.
    #[must_use]
    pub fn value(&self, feature: f64) -> f64 {
        match self {
            Self::Steps { blank, .. } | Self::Categories { blank, .. } if feature.is_nan() => *blank,
            Self::Steps { thresholds, values, .. } => {
                values[thresholds.partition_point(|threshold| *threshold < feature)]
            }
            Self::Categories { .. } if feature < 0.0 => 0.0,
            Self::Categories { values, .. } => values.get(feature as usize).copied().unwrap_or(0.0),
        }
    }

    fn is_usable(&self) -> bool {
        match self {
            Self::Steps { thresholds, values, blank } => {
                values.len() == thresholds.len() + 1
                    && is_ascending(thresholds)
                    && values.iter().chain([blank]).all(|value| value.is_finite())
            }
            Self::Categories { values, blank } => values.iter().chain([blank]).all(|value| value.is_finite()),
        }
    }
}

impl PairShape {
    fn value(&self, features: &[f64]) -> f64 {
        let [first, second] = self.columns.map(|column| features[usize::from(column)]);
        self.value_at(first, second)
    }

    /// What the pair adds for its columns' features.
    #[must_use]
    pub fn value_at(&self, first: f64, second: f64) -> f64 {
        self.values[self.axes[0].cell(first) * self.axes[1].n_cells() + self.axes[1].cell(second)]
    }
}

impl Axis {
    /// The number of cells, including the last one.
    #[must_use]
    pub fn n_cells(&self) -> usize {
        match self {
            Self::Steps(thresholds) => thresholds.len() + 2,
            Self::Categories(cells) => cells.iter().max().map_or(0, |most| usize::from(*most) + 1) + 1,
        }
    }

    /// The cell of a feature.
    #[must_use]
    pub fn cell(&self, feature: f64) -> usize {
        let last = self.n_cells() - 1;
        if feature.is_nan() {
            return last;
        }
        match self {
            Self::Steps(thresholds) => thresholds.partition_point(|threshold| *threshold < feature),
            Self::Categories(_) if feature < 0.0 => last,
            Self::Categories(cells) => cells.get(feature as usize).map_or(last, |cell| usize::from(*cell)),
        }
    }

    fn is_usable(&self) -> bool {
        self.n_cells() <= MAX_CELLS && if let Self::Steps(thresholds) = self { is_ascending(thresholds) } else { true }
    }
}

fn is_ascending(thresholds: &[f64]) -> bool {
    thresholds.iter().all(|threshold| threshold.is_finite()) && thresholds.is_sorted_by(|left, right| left < right)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> Additive {
        Additive {
            intercept: 60.0,
            shapes: vec![
                Shape::Steps { thresholds: vec![10.0, 20.0], values: vec![-5.0, 0.0, 5.0], blank: 1.0 },
                Shape::Categories { values: vec![-2.0, 2.0], blank: 0.5 },
            ],
            pairs: vec![PairShape {
                columns: [0, 1],
                axes: [Axis::Steps(vec![15.0]), Axis::Categories(vec![1, 0])],
                values: vec![0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9],
            }],
        }
    }

    #[test]
    fn predictions_worked_by_hand() {
        let model = model();
        assert_eq!(model.structural_problem(2), None);
        assert_eq!(model.predict(&[10.0, 0.0]), 60.0 - 5.0 - 2.0 + 0.2);
        assert_eq!(model.predict(&[15.5, 1.0]), 60.0 + 0.0 + 2.0 + 0.4);
        assert_eq!(model.predict(&[20.5, f64::NAN]), 60.0 + 5.0 + 0.5 + 0.6);
        assert_eq!(model.predict(&[f64::NAN, crate::UNSEEN_CODE]), 60.0 + 1.0 + 0.0 + 0.9);
        assert_eq!(model.parts(&[10.0, 0.0]).collect::<Vec<_>>(), [-5.0, -2.0]);
    }

    #[test]
    fn what_is_no_shape_is_refused() {
        let refused = |spoil: &dyn Fn(&mut Additive)| {
            let mut model = model();
            spoil(&mut model);
            model.structural_problem(2).is_some()
        };
        let steps = |thresholds: &[f64], values: &[f64]| Shape::Steps {
            thresholds: thresholds.into(),
            values: values.into(),
            blank: 0.0,
        };
        assert!(!refused(&|model| model.pairs.clear()));
        assert!(refused(&|model| model.shapes.truncate(1)));
        assert!(refused(&|model| model.intercept = f64::NAN));
        assert!(refused(&|model| model.shapes[0] = steps(&[1.0], &[1.0])));
        assert!(refused(&|model| model.shapes[0] = steps(&[2.0, 1.0], &[1.0, 2.0, 3.0])));
        assert!(refused(&|model| model.shapes[0] = steps(&[1.0], &[1.0, f64::INFINITY])));
        assert!(refused(&|model| model.shapes[1] = Shape::Categories { values: vec![], blank: f64::NAN }));
        assert!(refused(&|model| model.pairs[0].columns[1] = 2));
        assert!(refused(&|model| model.pairs[0].values.truncate(8)));
        assert!(refused(&|model| model.pairs[0].values[0] = f64::NAN));
        assert!(refused(&|model| model.pairs[0].axes[0] = Axis::Steps(vec![f64::NAN])));
        assert!(refused(&|model| model.pairs[0].axes[1] = Axis::Categories(vec![u16::MAX])));
    }
}

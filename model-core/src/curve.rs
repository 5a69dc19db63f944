//! Individual conditional expectation: the prediction as a function of one column, with all others fixed.
//!
//! A curve describes the model's response, not a causal effect: a student who reads better also differs in other ways.

use crate::interval::Interval;
use crate::predictor::{Prediction, Predictor};
use crate::record::{Record, Value};
use crate::schema::{ColumnKind, Range};

/// The predictions along one column.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// The column's index in the schema.
    pub column: usize,
    /// Ascending numbers over the observed range including its ends, or one per category.
    pub points: Vec<CurvePoint>,
}

/// The prediction with one value of a column.
#[derive(Debug, Clone, PartialEq)]
pub struct CurvePoint {
    /// The column's value.
    pub at: Value,
    /// The prediction with it.
    pub prediction: Prediction,
    /// Its interval, if the predictor has intervals.
    pub interval: Option<Interval>,
}

impl Predictor {
    /// One curve per input for `record`, with intervals at `level` percent. Numeric columns have `n_points` points (at
    /// least 2), or one for each whole number of the range if those are fewer; integer columns have whole numbers only.
    #[must_use]
    pub fn curves(&self, record: &Record, n_points: usize, level: f64) -> Vec<Curve> {
        self.curves_of(record.values(), n_points, level)
    }

    /// Like [`Predictor::curves`], with [`Value::Unseen`] allowed.
    #[must_use]
    pub fn curves_of(&self, values: &[Value], n_points: usize, level: f64) -> Vec<Curve> {
        let mut values = values.to_vec();
        let mut features = vec![0.0; self.preprocessor().n_features()];
        let mut curve = |column: usize| {
            let own = values[column];
            let mut point = |at: Value| {
                values[column] = at;
                let prediction = self.predict_values(&values, &mut features);
                CurvePoint { at, prediction, interval: self.interval_of(&values, prediction, level) }
            };
            let points = stops(&self.schema().columns[column].kind, n_points).into_iter().map(&mut point).collect();
            values[column] = own;
            Curve { column, points }
        };
        (0..self.schema().inputs().len()).map(&mut curve).collect()
    }
}

/// The values at which a column's curve is evaluated.
pub(crate) fn stops(kind: &ColumnKind, n_points: usize) -> Vec<Value> {
    match kind {
        ColumnKind::Numeric { observed, whole, .. } => {
            numbers(*observed, *whole, n_points.max(2)).into_iter().map(Value::Number).collect()
        }
        ColumnKind::Categorical { values, .. } => {
            (0_u32..).zip(values).map(|(code, _)| Value::Category(code)).collect()
        }
    }
}

/// Ascending numbers over the range, including its ends.
fn numbers(Range { min, max }: Range, whole: bool, n_points: usize) -> Vec<f64> {
    let n_steps = n_points - 1;
    let n_steps = if whole { n_steps.min((max - min) as usize) } else { n_steps };
    if min == max || n_steps == 0 {
        return vec![min];
    }
    let number = |step: usize| {
        let number = min + (max - min) * (step as f64 / n_steps as f64);
        if step == n_steps {
            max
        } else if whole {
            number.round()
        } else {
            number
        }
    };
    (0..=n_steps).map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_reach_both_ends_and_stay_whole() {
        assert_eq!(
            numbers(Range { min: 0.1, max: 0.7 }, false, 4),
            [0.1, 0.1 + 0.6 * (1.0 / 3.0), 0.1 + 0.6 * (2.0 / 3.0), 0.7]
        );
        assert_eq!(numbers(Range { min: 1.0, max: 4.0 }, true, 100), [1.0, 2.0, 3.0, 4.0]);
        assert_eq!(numbers(Range { min: 0.0, max: 100.0 }, true, 4), [0.0, 33.0, 67.0, 100.0]);
        assert_eq!(numbers(Range { min: 5.0, max: 5.0 }, true, 9), [5.0]);
    }
}

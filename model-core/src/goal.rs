//! Counterfactuals: the smallest changes in actionable columns with which the estimate reaches a goal.
//!
//! Only columns marked *actionable* are changed, within the range of the training rows. Plans with fewer columns come
//! first; among those, the ones with the smallest changes in units of each column's spread (a different category counts
//! 1). Like a curve, a plan describes the model's response, not a causal effect.
//!
//! A change must also follow the trend of the training rows. With all else fixed, a model may estimate more for a
//! student without a course than for one with it (whose scores already reflect it); if students with the course have
//! the higher estimates, dropping it must not be advised. If a column's direction is configured, that is its trend.

use crate::background::Background;
use crate::curve::stops;
use crate::predictor::{Prediction, Predictor};
use crate::record::{Record, Value};

/// Maximum number of predictions for each set of columns.
const MAX_TRIALS: usize = 20_000;
/// Plans change at most this many columns.
const MAX_CHANGES: usize = 3;
/// With more actionable columns than this, only the first are tried in combination.
const MAX_ACTIONABLE: usize = 12;
/// Maximum number of values that one column is tried with.
const MAX_STOPS: usize = 201;
/// Maximum number of proposed plans.
const MAX_PLANS: usize = 3;

/// One column's change.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// The column's index in the schema.
    pub column: usize,
    /// The record's value.
    pub from: Value,
    /// The value that is needed.
    pub to: Value,
}

/// Changes and the resulting prediction.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// In the columns' order; each changes the value.
    pub changes: Vec<Change>,
    /// The prediction with them.
    pub prediction: Prediction,
}

/// Whether a goal can be reached.
#[derive(Debug, Clone, PartialEq)]
pub enum Reach {
    /// The estimate is at the goal or above already.
    Already,
    /// Each of these plans reaches it: the fewest columns first, then the smallest changes. None changes all the
    /// columns of an earlier one.
    With(Vec<Plan>),
    /// No plan reaches it; this one gets nearest. It is empty if no change gets nearer.
    OutOfReach(Plan),
}

/// A plan with its cost.
struct Found {
    values: Vec<Value>,
    prediction: Prediction,
    cost: f64,
}

struct Search<'a> {
    predictor: &'a Predictor,
    background: &'a Background,
    from: &'a [Value],
    goal: f64,
    /// One per column.
    trends: Vec<Trend>,
    features: Vec<f64>,
}

/// How the prototypes' predictions depend on a column.
enum Trend {
    /// The sign of their covariance, or of the column's configured direction.
    Slope(f64),
    /// The mean prediction of each category that a prototype has.
    Means(Vec<Option<f64>>),
}

impl Predictor {
    /// How the shown estimate for `record` could get to `goal` (in the target's unit) or above. Up to two columns with
    /// at most 141 values each are searched exhaustively; with more, the changes found are small, but perhaps not
    /// minimal.
    #[must_use]
    pub fn reach(&self, record: &Record, goal: f64) -> Reach {
        if self.predict(record).shown >= goal {
            return Reach::Already;
        }
        let typical;
        let background = match self.background() {
            Some(background) => background,
            None => {
                typical = Background::typical(self.schema());
                &typical
            }
        };
        let mut search = Search {
            predictor: self,
            background,
            from: record.values(),
            goal,
            trends: self.trends(background),
            features: vec![0.0; self.preprocessor().n_features()],
        };
        let columns = self.schema().columns.iter().enumerate();
        let actionable: Vec<usize> =
            columns.filter(|(_, column)| column.actionable).map(|(column_idx, _)| column_idx).collect();
        let tried = &actionable[..actionable.len().min(MAX_ACTIONABLE)];
        let mut plans: Vec<(Vec<usize>, Found)> = Vec::new();
        for n_changes in 1..=tried.len().min(MAX_CHANGES) {
            let n_before = plans.len();
            for columns in subsets(tried, n_changes) {
                let is_more = |(own, _): &(Vec<usize>, Found)| own.iter().all(|column| columns.contains(column));
                if plans[..n_before].iter().any(is_more) {
                    continue;
                }
                if let Some(found) = search.try_columns(&columns) {
                    let rank = n_before + plans[n_before..].partition_point(|(_, own)| own.cost <= found.cost);
                    plans.insert(rank, (columns, found));
                }
            }
            plans.truncate(MAX_PLANS);
            if plans.len() == MAX_PLANS {
                break;
            }
        }
        if !plans.is_empty() {
            return Reach::With(plans.iter().map(|(_, found)| search.plan(found)).collect());
        }
        let found = search.climb(&actionable);
        let plan = search.plan(&found);
        if search.reaches(found.prediction) { Reach::With(vec![plan]) } else { Reach::OutOfReach(plan) }
    }

    fn trends(&self, background: &Background) -> Vec<Trend> {
        let mut features = vec![0.0; self.preprocessor().n_features()];
        let mut predict =
            |prototype: usize| self.predict_values(&background.values(self.schema(), prototype), &mut features).value;
        let predictions: Vec<f64> = (0..background.n_prototypes()).map(&mut predict).collect();
        let weights = background.weights();
        let mean = |values: &[f64]| values.iter().zip(&weights).fold(0.0, |sum, (value, weight)| sum + value * weight);
        let own_mean = mean(&predictions);
        let trend = |(column, cells): (&crate::Column, &Vec<f64>)| match &column.kind {
            // The model satisfies a configured direction.
            crate::ColumnKind::Numeric { .. } if column.direction.is_some() => {
                Trend::Slope(column.direction.map_or(0.0, |direction| f64::from(direction.sign())))
            }
            crate::ColumnKind::Numeric { .. } => {
                let center = mean(cells);
                let products: Vec<f64> = cells
                    .iter()
                    .zip(&predictions)
                    .map(|(cell, prediction)| (cell - center) * (prediction - own_mean))
                    .collect();
                Trend::Slope(mean(&products))
            }
            crate::ColumnKind::Categorical { values, .. } => {
                let of_code = |code: usize| {
                    let rows = cells.iter().zip(&predictions).zip(&weights);
                    let (sum, weight) = rows
                        .filter(|((cell, _), _)| **cell == code as f64)
                        .fold((0.0, 0.0), |(sum, total), ((_, prediction), weight)| {
                            (sum + prediction * weight, total + weight)
                        });
                    (weight > 0.0).then(|| sum / weight)
                };
                Trend::Means((0..values.len()).map(of_code).collect())
            }
        };
        self.schema().columns.iter().zip(&background.columns).map(trend).collect()
    }
}

impl Search<'_> {
    fn predict(&mut self, values: &[Value]) -> Prediction {
        self.predictor.predict_values(values, &mut self.features)
    }

    fn reaches(&self, prediction: Prediction) -> bool {
        prediction.shown >= self.goal
    }

    /// Whether the change follows the trend of the training rows, as far as it is known.
    fn goes_along(&self, column: usize, to: Value) -> bool {
        match (&self.trends[column], self.from[column], to) {
            (Trend::Slope(slope), Value::Number(from), Value::Number(to)) => slope * (to - from) >= 0.0,
            (Trend::Means(means), Value::Category(from), Value::Category(to)) => {
                match (means[from as usize], means[to as usize]) {
                    (Some(from), Some(to)) => to >= from,
                    _ => true,
                }
            }
            _ => true,
        }
    }

    /// The cost of changing a column to another value.
    fn cost(&self, column: usize, to: Value) -> f64 {
        match (self.from[column], to) {
            (from, to) if from == to => 0.0,
            (Value::Number(from), Value::Number(to)) => (to - from).abs() / self.background.spreads[column],
            (Value::Missing, Value::Number(to)) => match self.predictor.schema().columns[column].kind {
                crate::ColumnKind::Numeric { median, .. } => (to - median).abs() / self.background.spreads[column],
                crate::ColumnKind::Categorical { .. } => 1.0,
            },
            _ => 1.0,
        }
    }

    /// The values that a column may take, the cheapest first.
    fn stops(&self, column: usize, n_stops: usize) -> Vec<(Value, f64)> {
        let kind = &self.predictor.schema().columns[column].kind;
        let with_cost = stops(kind, n_stops).into_iter().map(|to| (to, self.cost(column, to)));
        let is_choice = |(to, cost): &(Value, f64)| *cost > 0.0 && self.goes_along(column, *to);
        let mut ordered: Vec<(Value, f64)> = with_cost.filter(is_choice).collect();
        ordered.sort_by(|(_, left), (_, right)| left.total_cmp(right));
        ordered
    }

    /// The cheapest plan that reaches the goal by changing all of `columns` and no other.
    fn try_columns(&mut self, columns: &[usize]) -> Option<Found> {
        let root = libm::pow(MAX_TRIALS as f64, 1.0 / columns.len() as f64) as usize;
        let n_stops = root.min(MAX_STOPS);
        let choices: Vec<Vec<(Value, f64)>> = columns.iter().map(|column| self.stops(*column, n_stops)).collect();
        let mut best = None;
        let mut values = self.from.to_vec();
        self.descend(columns, &choices, &mut values, 0.0, &mut best);
        let mut found = best?;
        self.refine(columns, &mut found);
        Some(found)
    }

    /// Tries all choices for the columns from the first of `columns` on.
    fn descend(
        &mut self,
        columns: &[usize],
        choices: &[Vec<(Value, f64)>],
        values: &mut Vec<Value>,
        cost: f64,
        best: &mut Option<Found>,
    ) {
        let (Some((column, later_columns)), Some((choice, later))) = (columns.split_first(), choices.split_first())
        else {
            let prediction = self.predict(values);
            if self.reaches(prediction) {
                *best = Some(Found { values: values.clone(), prediction, cost });
            }
            return;
        };
        for (value, step) in choice {
            // Costs increase from here on.
            if best.as_ref().is_some_and(|best| cost + step >= best.cost) {
                break;
            }
            values[*column] = *value;
            self.descend(later_columns, later, values, cost + step, best);
        }
        values[*column] = self.from[*column];
    }

    /// Moves numbers back towards their original values as far as the goal stays reached.
    fn refine(&mut self, columns: &[usize], found: &mut Found) {
        for column in columns {
            let (crate::ColumnKind::Numeric { median, whole, .. }, Value::Number(to)) =
                (&self.predictor.schema().columns[*column].kind, found.values[*column])
            else {
                continue;
            };
            let from = if let Value::Number(from) = self.from[*column] { from } else { *median };
            let (mut kept, mut refused) = (to, from);
            for _ in 0..40 {
                let middle = f64::midpoint(kept, refused);
                let middle = if *whole { middle.round() } else { middle };
                if middle == kept || middle == refused || middle == from {
                    break;
                }
                found.values[*column] = Value::Number(middle);
                let prediction = self.predict(&found.values);
                if self.reaches(prediction) {
                    kept = middle;
                } else {
                    refused = middle;
                }
            }
            found.values[*column] = Value::Number(kept);
        }
        found.prediction = self.predict(&found.values);
        found.cost = columns.iter().map(|column| self.cost(*column, found.values[*column])).sum();
    }

    /// Coordinate ascent over all columns: each in turn takes its best value, until no change improves the estimate.
    fn climb(&mut self, columns: &[usize]) -> Found {
        let mut values = self.from.to_vec();
        let mut reached = self.predict(&values).value;
        for _ in 0..=columns.len() {
            let before = reached;
            for column in columns {
                for (value, _) in self.stops(*column, MAX_STOPS) {
                    let own = std::mem::replace(&mut values[*column], value);
                    let found = self.predict(&values).value;
                    if found > reached {
                        reached = found;
                    } else {
                        values[*column] = own;
                    }
                }
            }
            if reached == before {
                break;
            }
        }
        let prediction = self.predict(&values);
        Found { values, prediction, cost: 0.0 }
    }

    fn plan(&self, found: &Found) -> Plan {
        let change = |(column, (from, to)): (usize, (&Value, &Value))| {
            (from != to).then_some(Change { column, from: *from, to: *to })
        };
        let changes = self.from.iter().zip(&found.values).enumerate().filter_map(change).collect();
        Plan { changes, prediction: found.prediction }
    }
}

/// All subsets of `n` of the columns.
fn subsets(columns: &[usize], n: usize) -> Vec<Vec<usize>> {
    let masks = 0..1_u32 << columns.len();
    let chosen = |mask: u32| columns.iter().enumerate().filter(move |(bit, _)| mask >> bit & 1 == 1);
    masks
        .filter(|mask| mask.count_ones() as usize == n)
        .map(|mask| chosen(mask).map(|(_, column)| *column).collect())
        .collect()
}

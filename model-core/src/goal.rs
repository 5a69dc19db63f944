//! The smallest change in what a person can change with which the estimate reaches a goal.
//!
//! Only columns marked *actionable* are ever changed, within the range of the training rows. Plans with fewer columns come
//! first; among those the one whose changes are smallest in units of each column's spread (another category counts 1).
//! Like a curve, a plan says what the model answers to, not what would happen.

use crate::background::Background;
use crate::curve::stops;
use crate::predictor::{Prediction, Predictor};
use crate::record::{Record, Value};

/// Predictions that a search may take for each set of columns.
const MAX_TRIALS: usize = 20_000;
/// Plans change at most this many columns.
const MAX_CHANGES: usize = 3;
/// With more actionable columns than this only the first are tried together.
const MAX_ACTIONABLE: usize = 12;
/// Most values that one column is tried with.
const MAX_STOPS: usize = 201;

/// One column's change.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// The column's place in the schema.
    pub column: usize,
    /// What the record says.
    pub from: Value,
    /// What it would have to say.
    pub to: Value,
}

/// Changes and what they lead to.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// In the columns' order; none of them leaves its value as it is.
    pub changes: Vec<Change>,
    /// The prediction with them.
    pub prediction: Prediction,
}

/// Whether a goal can be reached.
#[derive(Debug, Clone, PartialEq)]
pub enum Reach {
    /// The estimate is there already.
    Already,
    /// With these changes it gets there.
    With(Plan),
    /// It does not: this is how near it gets. The plan is empty where no change brings it nearer.
    OutOfReach(Plan),
}

/// A plan that was found, with what it costs.
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
    /// 1 for a goal above the estimate, −1 for one below.
    direction: f64,
    features: Vec<f64>,
}

impl Predictor {
    /// How the shown estimate for `record` could get to `goal` (in the target's unit) or beyond it, seen from where it
    /// is. Up to two columns with at most 141 values each are searched whole; what is found with more is a small change,
    /// though perhaps not the very smallest.
    #[must_use]
    pub fn reach(&self, record: &Record, goal: f64) -> Reach {
        let prediction = self.predict(record);
        if prediction.shown == goal {
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
            direction: if goal > prediction.shown { 1.0 } else { -1.0 },
            features: vec![0.0; self.preprocessor().n_features()],
        };
        let columns = self.schema().columns.iter().enumerate();
        let actionable: Vec<usize> = columns.filter(|(_, column)| column.actionable).map(|(place, _)| place).collect();
        let tried = &actionable[..actionable.len().min(MAX_ACTIONABLE)];
        for n_changes in 1..=tried.len().min(MAX_CHANGES) {
            let mut best: Option<Found> = None;
            for columns in subsets(tried, n_changes) {
                if let Some(found) = search.try_columns(&columns)
                    && best.as_ref().is_none_or(|best| found.cost < best.cost)
                {
                    best = Some(found);
                }
            }
            if let Some(best) = best {
                return Reach::With(search.plan(&best));
            }
        }
        let found = search.climb(&actionable);
        if search.reaches(found.prediction) {
            return Reach::With(search.plan(&found));
        }
        Reach::OutOfReach(search.plan(&found))
    }
}

impl Search<'_> {
    fn predict(&mut self, values: &[Value]) -> Prediction {
        self.predictor.predict_values(values, &mut self.features)
    }

    fn reaches(&self, prediction: Prediction) -> bool {
        self.direction * (prediction.shown - self.goal) >= 0.0
    }

    /// How much it takes to give a column another value.
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

    /// The values that a column may be given, the cheapest first.
    fn stops(&self, column: usize, n_stops: usize) -> Vec<(Value, f64)> {
        let kind = &self.predictor.schema().columns[column].kind;
        let with_cost = stops(kind, n_stops).into_iter().map(|to| (to, self.cost(column, to)));
        let mut ordered: Vec<(Value, f64)> = with_cost.filter(|(_, cost)| *cost > 0.0).collect();
        ordered.sort_by(|(_, left), (_, right)| left.total_cmp(right));
        ordered
    }

    /// The cheapest way to the goal that changes all of `columns` and no other.
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
            // The choices get dearer from here on.
            if best.as_ref().is_some_and(|best| cost + step >= best.cost) {
                break;
            }
            values[*column] = *value;
            self.descend(later_columns, later, values, cost + step, best);
        }
        values[*column] = self.from[*column];
    }

    /// Moves numbers back towards where they were, as far as the goal stays reached.
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

    /// How near one gets with all columns: each in turn is given its best value, until none gets nearer.
    fn climb(&mut self, columns: &[usize]) -> Found {
        let mut values = self.from.to_vec();
        let mut reached = self.direction * self.predict(&values).value;
        for _ in 0..=columns.len() {
            let before = reached;
            for column in columns {
                for (value, _) in self.stops(*column, MAX_STOPS) {
                    let own = std::mem::replace(&mut values[*column], value);
                    let found = self.direction * self.predict(&values).value;
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
    let chosen = |mask: u32| columns.iter().enumerate().filter(move |(place, _)| mask >> place & 1 == 1);
    masks
        .filter(|mask| mask.count_ones() as usize == n)
        .map(|mask| chosen(mask).map(|(_, column)| *column).collect())
        .collect()
}

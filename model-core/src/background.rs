//! A summary of the training rows that contains none of them: a few prototypes, each of which represents at least five
//! rows.
//!
//! Explanations compare a record with the prototypes, and a record that is far from all of them is an unusual
//! combination.

use serde::Serialize;

use crate::decode::impl_from_json;
use crate::model::MAX_ESTIMATE;
use crate::number::{MAX_MAGNITUDE, is_measurement};
use crate::record::Value;
use crate::schema::{ColumnKind, Schema};

/// Categories with fewer training rows than this are stored without a count and called rare.
pub const MIN_COUNTED_ROWS: u32 = 10;
/// More prototypes than this are refused on load.
const MAX_PROTOTYPES: usize = 256;

/// Weighted prototypes of the training rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Background {
    /// How many training rows each prototype summarises: its weight.
    pub rows: Vec<u32>,
    /// One list per column of the schema with one entry per prototype: the mean number, or the code of the most frequent
    /// category.
    pub columns: Vec<Vec<f64>>,
    /// The unit of distance in each column: the standard deviation of its numbers (1 for categories).
    pub spreads: Vec<f64>,
    /// 99 % of the training rows are within this distance of a prototype, see [`Background::distance`].
    pub usual_distance: f64,
    /// The number of training rows per category of each column, 0 below [`MIN_COUNTED_ROWS`]; empty for numeric
    /// columns.
    pub category_rows: Vec<Vec<u32>>,
}

impl_from_json!(Background { rows, columns, spreads, usual_distance, category_rows });

impl Background {
    /// One prototype, the typical record: for a predictor without a background.
    #[must_use]
    pub fn typical(schema: &Schema) -> Self {
        let typical = |kind: &ColumnKind| match kind {
            ColumnKind::Numeric { median, .. } => *median,
            ColumnKind::Categorical { mode, .. } => f64::from(*mode),
        };
        // A quarter of the range is about a standard deviation.
        let spread = |kind: &ColumnKind| match kind {
            ColumnKind::Numeric { observed, .. } if observed.max > observed.min => (observed.max - observed.min) / 4.0,
            _ => 1.0,
        };
        Self {
            rows: vec![1],
            columns: schema.columns.iter().map(|column| vec![typical(&column.kind)]).collect(),
            spreads: schema.columns.iter().map(|column| spread(&column.kind)).collect(),
            usual_distance: f64::MAX,
            category_rows: Vec::new(),
        }
    }

    /// How many prototypes there are.
    #[must_use]
    pub fn n_prototypes(&self) -> usize {
        self.rows.len()
    }

    /// Each prototype's share of the training rows.
    #[must_use]
    pub fn weights(&self) -> Vec<f64> {
        let total: f64 = self.rows.iter().map(|rows| f64::from(*rows)).sum();
        self.rows.iter().map(|rows| f64::from(*rows) / total).collect()
    }

    /// A prototype as a record's values, one per column.
    #[must_use]
    pub fn values(&self, schema: &Schema, prototype: usize) -> Vec<Value> {
        let value = |(kind, cells): (&ColumnKind, &Vec<f64>)| match kind {
            ColumnKind::Numeric { .. } => Value::Number(cells[prototype]),
            ColumnKind::Categorical { .. } => Value::Category(cells[prototype] as u32),
        };
        schema.columns.iter().map(|column| &column.kind).zip(&self.columns).map(value).collect()
    }

    /// The distance of `values` (one per column) to the nearest prototype: Euclidean, in units of each column's spread,
    /// where a different category counts 1 and a blank 0.
    #[must_use]
    pub fn distance(&self, values: &[Value]) -> f64 {
        let to = |prototype: usize| {
            self.columns.iter().zip(&self.spreads).zip(values).fold(0.0, |sum, ((cells, spread), value)| {
                let step = match value {
                    Value::Missing => 0.0,
                    Value::Number(number) => (number - cells[prototype]) / spread,
                    Value::Category(code) => f64::from(u8::from(f64::from(*code) != cells[prototype])),
                    Value::Unseen => 1.0,
                };
                sum + step * step
            })
        };
        (0..self.n_prototypes()).map(to).fold(f64::INFINITY, f64::min).sqrt()
    }

    /// What is wrong with the background for records of `schema`, if anything.
    pub(crate) fn problem(&self, schema: &Schema) -> Option<String> {
        let (n_columns, n_prototypes) = (schema.columns.len(), self.n_prototypes());
        if !(1..=MAX_PROTOTYPES).contains(&n_prototypes) || self.rows.contains(&0) {
            return Some(format!("the background has {n_prototypes} prototypes, or some without rows"));
        }
        if [self.columns.len(), self.spreads.len(), self.category_rows.len()] != [n_columns; 3] {
            return Some(format!("the background does not have the schema's {n_columns} columns"));
        }
        let is_positive = |number: &f64| number.is_finite() && *number > 0.0;
        if !self.spreads.iter().all(is_positive) || !self.usual_distance.is_finite() || self.usual_distance < 0.0 {
            return Some("the background holds a spread or a distance that is none".into());
        }
        let is_usable = |column_idx: usize| {
            let (cells, counts) = (&self.columns[column_idx], &self.category_rows[column_idx]);
            cells.len() == n_prototypes
                && match &schema.columns[column_idx].kind {
                    ColumnKind::Numeric { .. } => {
                        counts.is_empty()
                            && cells.iter().all(|cell| is_measurement(*cell))
                            && 2.0 * MAX_MAGNITUDE / self.spreads[column_idx] <= MAX_ESTIMATE
                    }
                    ColumnKind::Categorical { values, .. } => {
                        let is_code = |cell: &f64| *cell >= 0.0 && *cell < values.len() as f64 && cell.fract() == 0.0;
                        counts.len() == values.len() && cells.iter().all(is_code)
                    }
                }
        };
        let column_idx = (0..n_columns).find(|column_idx| !is_usable(*column_idx))?;
        Some(format!("the background does not fit the column \"{}\"", schema.columns[column_idx].name))
    }
}

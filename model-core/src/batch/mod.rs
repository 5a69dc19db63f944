//! Many rows at once, column by column, for the JavaScript module's typed arrays.
//!
//! Why not [`Predictor::predict_values`] for each row: most of its time would go into determining each column's kind
//! again. Here each column of a block is read once, followed by loops over plain arrays of fixed length, which the
//! compiler vectorises (SIMD), in wasm (`simd128`) as well as natively. Each row's sum is added up in the same order as
//! for one record, so the results are bit-identical.

mod columns;
mod derived;
mod forest;
mod intervals;
mod linear;

use kernels::BLOCK;
use thiserror::Error;

use self::forest::Forest;
use self::linear::LinearBatch;
use crate::derived::with_derived;
use crate::number::MAX_MAGNITUDE;
use crate::predictor::Predictor;
use crate::record::Value;
use crate::schema::ColumnKind;

/// The cells of one column, one per row.
#[derive(Debug, Clone, Copy)]
pub enum Cells<'a> {
    /// Numbers within [`MAX_MAGNITUDE`]; NaN is a blank.
    Numbers(&'a [f64]),
    /// Category codes; [`Cells::BLANK_U8`] is a blank, and an invalid code counts as unseen.
    Codes8(&'a [u8]),
    /// Category codes; [`Cells::BLANK_U16`] is a blank, and an invalid code counts as unseen.
    Codes16(&'a [u16]),
}

/// Cells that don't fit the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CellsError {
    /// The number of columns differs from the schema's.
    #[error("there are cells for {found} columns; the model reads {expected}")]
    WrongNumberOfColumns {
        /// How many were given.
        found: usize,
        /// How many the schema has.
        expected: usize,
    },
    /// Columns differ in length.
    #[error("column {column_idx} has {found} cells for {expected} rows")]
    WrongLength {
        /// Which column, from 0.
        column_idx: usize,
        /// How many cells it has.
        found: usize,
        /// How many rows there are.
        expected: usize,
    },
    /// Numbers for categories, or codes for numbers.
    #[error("column {column_idx} has cells of another kind than the schema's")]
    WrongKind {
        /// Which column, from 0.
        column_idx: usize,
    },
}

/// Predicts blocks of rows; built once per predictor, with its look-up tables and buffers.
#[derive(Debug, Clone)]
pub struct BatchPredictor {
    predictor: Predictor,
    plan: Plan,
    /// The features of one row.
    features: Vec<f64>,
}

#[derive(Debug, Clone)]
enum Plan {
    Linear(Box<LinearBatch>),
    Forest(Box<Forest>),
    /// Row by row: for the other models, and for artifacts in a form that no learner writes.
    Rows(Vec<Value>),
}

impl Cells<'_> {
    /// The code of a blank among 8-bit codes.
    pub const BLANK_U8: u8 = u8::MAX;
    /// The code of a blank among 16-bit codes.
    pub const BLANK_U16: u16 = u16::MAX;

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Numbers(cells) => cells.len(),
            Self::Codes8(cells) => cells.len(),
            Self::Codes16(cells) => cells.len(),
        }
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The first row whose cell is neither a blank nor a number within [`MAX_MAGNITUDE`] or a code of a column of this `kind`.
    #[must_use]
    pub fn first_unusable(&self, kind: &ColumnKind) -> Option<usize> {
        let n_codes = if let ColumnKind::Categorical { values, .. } = kind { values.len() } else { 0 };
        // Whether there is any is found without branches; its position is searched only then.
        match self {
            Self::Numbers(cells) => {
                let is_any = kernels::has_larger(cells, MAX_MAGNITUDE);
                is_any.then(|| cells.iter().position(|cell| cell.abs() > MAX_MAGNITUDE))?
            }
            Self::Codes8(cells) => {
                let n_codes = u8::try_from(n_codes).unwrap_or(u8::MAX);
                let is_any = kernels::has_unknown_byte(cells, n_codes);
                is_any.then(|| cells.iter().position(|code| *code >= n_codes && *code != Self::BLANK_U8))?
            }
            Self::Codes16(cells) => {
                let n_codes = u16::try_from(n_codes).unwrap_or(u16::MAX);
                let is_any = kernels::has_unknown_word(cells, n_codes);
                is_any.then(|| cells.iter().position(|code| *code >= n_codes && *code != Self::BLANK_U16))?
            }
        }
    }

    /// The value of the cell at `row` of a column with `n_codes` categories.
    fn value(&self, row: usize, n_codes: usize) -> Value {
        let category = |code: usize| match u32::try_from(code) {
            Ok(known) if code < n_codes => Value::Category(known),
            _ => Value::Unseen,
        };
        match self {
            Self::Numbers(cells) if cells[row].is_nan() => Value::Missing,
            Self::Numbers(cells) => Value::Number(cells[row]),
            Self::Codes8(cells) if cells[row] == Self::BLANK_U8 => Value::Missing,
            Self::Codes8(cells) => category(usize::from(cells[row])),
            Self::Codes16(cells) if cells[row] == Self::BLANK_U16 => Value::Missing,
            Self::Codes16(cells) => category(usize::from(cells[row])),
        }
    }

    fn is_of(&self, kind: &ColumnKind) -> bool {
        matches!(self, Self::Numbers(_)) == matches!(kind, ColumnKind::Numeric { .. })
    }
}

impl BatchPredictor {
    /// Prepares the tables.
    #[must_use]
    pub fn new(predictor: Predictor) -> Self {
        let rows = || Plan::Rows(vec![Value::Missing; predictor.schema().columns.len()]);
        let features = vec![0.0; predictor.preprocessor().n_features()];
        let linear = || {
            LinearBatch::new(predictor.preprocessor(), predictor.model()).map(|linear| Plan::Linear(Box::new(linear)))
        };
        let forest =
            || Forest::new(predictor.preprocessor(), predictor.model()).map(|forest| Plan::Forest(Box::new(forest)));
        let plan = linear().or_else(forest).unwrap_or_else(rows);
        Self { predictor, plan, features }
    }

    /// The predictor it was made for.
    #[must_use]
    pub fn predictor(&self) -> &Predictor {
        &self.predictor
    }

    /// Predicts one row, unbounded: bit-identical to [`Predictor::predict_values`], faster where there are many trees.
    /// `values` are in the schema's order.
    #[must_use]
    pub fn predict_values(&mut self, values: &[Value]) -> f64 {
        match &mut self.plan {
            Plan::Forest(forest) => forest.predict_row(&with_derived(self.predictor.derived(), values)),
            Plan::Linear(_) | Plan::Rows(_) => self.predictor.predict_values(values, &mut self.features).value,
        }
    }

    /// Writes the prediction of each row to `values`, in the target's unit, unbounded, bit-identical to
    /// [`Predictor::predict_values`]. `columns` are in the schema's order, each as long as `values`; the cells of
    /// derived columns are ignored.
    ///
    /// # Errors
    /// [`CellsError`], before anything is written.
    pub fn predict(&mut self, columns: &[Cells<'_>], values: &mut [f64]) -> Result<(), CellsError> {
        let schema = self.predictor.schema();
        let (found, expected) = (columns.len(), schema.columns.len());
        if found != expected {
            return Err(CellsError::WrongNumberOfColumns { found, expected });
        }
        let codes = derived::codes(self.predictor.derived(), columns);
        let columns = &derived::with_codes(self.predictor.derived(), &codes, columns)[..];
        for (column_idx, (cells, column)) in columns.iter().zip(&schema.columns).enumerate() {
            if !cells.is_of(&column.kind) {
                return Err(CellsError::WrongKind { column_idx });
            }
            if cells.len() != values.len() {
                return Err(CellsError::WrongLength { column_idx, found: cells.len(), expected: values.len() });
            }
        }
        match &mut self.plan {
            Plan::Linear(linear) => {
                each_block(values, |from, block| linear.predict(columns, from, block));
            }
            Plan::Forest(forest) => {
                each_block(values, |from, block| forest.predict(columns, from, block));
            }
            Plan::Rows(row) => {
                let n_codes: Vec<usize> = schema.columns.iter().map(|column| n_codes(&column.kind)).collect();
                for (row_idx, value) in values.iter_mut().enumerate() {
                    for ((cell, cells), n_codes) in row.iter_mut().zip(columns).zip(&n_codes) {
                        *cell = cells.value(row_idx, *n_codes);
                    }
                    *value = self.predictor.predict_values(row, &mut self.features).value;
                }
            }
        }
        Ok(())
    }
}

fn each_block(values: &mut [f64], mut predict: impl FnMut(usize, &mut [f64])) {
    for (block_idx, block) in values.chunks_mut(BLOCK).enumerate() {
        predict(block_idx * BLOCK, block);
    }
}

fn n_codes(kind: &ColumnKind) -> usize {
    if let ColumnKind::Categorical { values, .. } = kind { values.len() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Combine, Model, Trees};
    use crate::preprocessor::{Encoding, Preprocessor};

    /// The properties in `tests/batch.rs` would also hold if every model were evaluated row by row.
    #[test]
    fn linear_models_and_small_trees_have_plans_of_their_own() {
        let (preprocessor, model) = crate::doc_example();
        let linear = Predictor::from_json(&preprocessor, &model).unwrap();
        assert!(matches!(BatchPredictor::new(linear.clone()).plan, Plan::Linear(_)));
        let stump = Trees {
            categorical: vec![false],
            lengths: vec![3],
            features: vec![0; 3],
            values: vec![50.0, 1.0, 2.0],
            rights: vec![2, 0, 0],
            blank_left: vec![],
            combine: Combine::Mean,
        };
        let encoding = Encoding::Native { imputed: true };
        let preprocessor = Preprocessor { schema: linear.schema().clone(), encoding };
        let stump = Predictor::new(preprocessor, Model::Trees(stump), "tree").unwrap();
        assert!(matches!(BatchPredictor::new(stump).plan, Plan::Forest(_)));
    }
}

//! Linear models: the terms of categories are looked up, the terms of numbers are computed as for one record.

use kernels::{BLOCK, Codes, Sums};

use super::Cells;
use super::columns::{BLANK, Reading, UNSEEN};
use crate::model::Model;
use crate::preprocessor::{ColumnEncoding, Encoding, Preprocessor};
use crate::schema::ColumnKind;

/// A linear model on one-hot encoded columns.
#[derive(Debug, Clone)]
pub(super) struct LinearBatch {
    intercept: f64,
    columns: Vec<Term>,
    sums: Sums,
    codes: Codes,
}

/// The term of a column.
#[derive(Debug, Clone)]
enum Term {
    Number {
        median: f64,
        mean: f64,
        scale: f64,
        coefficient: f64,
    },
    Category {
        reading: Reading,
        /// One per category, then 0 for an unseen one.
        added: Vec<f64>,
    },
}

impl LinearBatch {
    pub(super) fn new(preprocessor: &Preprocessor, model: &Model) -> Option<Self> {
        let (Model::Linear(model), Encoding::OneHot(encodings)) = (model, &preprocessor.encoding) else { return None };
        // Adding the zeros of a one-hot row changes a sum in one case: −0 becomes 0, and sums start from the intercept.
        if model.intercept == 0.0 && model.intercept.is_sign_negative() {
            return None;
        }
        let mut coefficients = model.coefficients.as_slice();
        let mut columns = Vec::with_capacity(encodings.len());
        for (encoding, column) in encodings.iter().zip(&preprocessor.schema.columns) {
            let (own, rest) = coefficients.split_at_checked(encoding.n_features())?;
            coefficients = rest;
            columns.push(match (encoding, &column.kind) {
                (ColumnEncoding::Scaled { mean, scale }, ColumnKind::Numeric { median, .. }) => {
                    Term::Number { median: *median, mean: *mean, scale: *scale, coefficient: own[0] }
                }
                (ColumnEncoding::OneHot { scales }, kind @ ColumnKind::Categorical { mode, .. }) => {
                    let reading = Reading::codes(kind, u16::try_from(*mode).ok()?)?;
                    let added = own.iter().zip(scales).map(|(coefficient, scale)| coefficient * (1.0 / scale));
                    Term::Category { reading, added: added.chain([0.0]).collect() }
                }
                _ => return None,
            });
        }
        Some(Self { intercept: model.intercept, columns, sums: [0.0; BLOCK], codes: [BLANK; BLOCK] })
    }

    /// Predicts the rows from `from` on into `values`, at most [`BLOCK`] of them.
    pub(super) fn predict(&mut self, columns: &[Cells<'_>], from: usize, values: &mut [f64]) {
        self.sums.fill(self.intercept);
        for (term, cells) in self.columns.iter().zip(columns) {
            match (term, cells) {
                (Term::Number { median, mean, scale, coefficient }, Cells::Numbers(cells)) => {
                    let term = [*median, *mean, *scale, *coefficient];
                    kernels::add_numbers(&cells[from..], term, &mut self.sums);
                }
                (Term::Category { reading, added }, cells) => {
                    reading.read(*cells, from, &mut self.codes);
                    kernels::add_known(added, &self.codes, &mut self.sums);
                }
                (Term::Number { .. }, _) => {}
            }
        }
        values.copy_from_slice(&self.sums[..values.len()]);
    }
}

// All codes that are not a category's use the entry after the last category.
const _: () = assert!(UNSEEN < BLANK);

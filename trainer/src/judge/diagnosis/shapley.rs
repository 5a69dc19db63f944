//! Which columns the predictions depend on: Shapley values of many rows, summarised.

use model_core::{ColumnKind, Value};
use rayon::prelude::*;

use crate::folds::preprocess::RowReader;
use crate::folds::stop_signal::StopSignal;
use crate::judge::diagnosis::Subject;
use crate::judge::groups::MIN_GROUP;

/// The number of explained rows.
const MAX_ROWS: usize = 200;
/// Numeric columns are summarised by thirds.
const N_PARTS: usize = 3;

/// The contributions of all columns.
pub(crate) struct ShapleySummary {
    /// The number of explained rows.
    pub(crate) n_rows: usize,
    /// Whether all contributions are exact.
    pub(crate) exact: bool,
    /// One per column, in descending order of mean absolute contribution.
    pub(crate) columns: Vec<ShapleyColumn>,
}

/// The contributions of one column, in the target's unit.
pub(crate) struct ShapleyColumn {
    pub(crate) column: String,
    /// The mean absolute contribution.
    pub(crate) mean_size: f64,
    /// Its standard error.
    pub(crate) error: f64,
    /// The mean contribution by the column's value; only values of at least 10 of the rows.
    pub(crate) by_value: Vec<(String, f64)>,
}

pub(super) fn shapley(subject: &Subject<'_>, stop: &StopSignal) -> ShapleySummary {
    let Subject { predictor, holdout, .. } = subject;
    let table = subject.cross_validation.table;
    let schema = predictor.schema();
    let rows = &holdout[..holdout.len().min(if stop.is_due() { MIN_GROUP } else { MAX_ROWS })];
    let reader = RowReader::new(schema, table);
    let explain = |row: &u32| {
        let mut values = vec![Value::Missing; table.columns.len()];
        reader.read(*row as usize, &mut values);
        let explanation = predictor.explain_values(&values);
        (values, explanation)
    };
    let explained: Vec<_> = rows.par_iter().map(explain).collect();
    let n = rows.len().max(1) as f64;
    let of_column = |(idx, column): (usize, &model_core::Column)| {
        let cells: Vec<(Value, f64)> =
            explained.iter().map(|(values, of)| (values[idx], of.contributions[idx])).collect();
        let mean_size = cells.iter().map(|(_, part)| part.abs()).sum::<f64>() / n;
        let square = |number: f64| number * number;
        let squares = cells.iter().map(|(_, part)| square(part.abs() - mean_size));
        let variance = squares.sum::<f64>() / (n - 1.0).max(1.0);
        ShapleyColumn {
            column: column.name.clone(),
            mean_size,
            error: (variance / n).sqrt(),
            by_value: by_value(&column.kind, &cells),
        }
    };
    let mut columns: Vec<ShapleyColumn> = schema.inputs().iter().enumerate().map(of_column).collect();
    columns.sort_by(|left, right| right.mean_size.total_cmp(&left.mean_size));
    ShapleySummary { n_rows: rows.len(), exact: explained.iter().all(|(_, of)| of.exact), columns }
}

/// The mean contribution for the lowest, middle and highest third of numbers, or for each category.
fn by_value(kind: &ColumnKind, cells: &[(Value, f64)]) -> Vec<(String, f64)> {
    let mean = |parts: &[f64]| parts.iter().sum::<f64>() / parts.len() as f64;
    match kind {
        ColumnKind::Numeric { .. } => {
            let number = |(value, part): &(Value, f64)| match value {
                Value::Number(number) => Some((*number, *part)),
                _ => None,
            };
            let mut known: Vec<(f64, f64)> = cells.iter().filter_map(number).collect();
            known.sort_by(|left, right| left.0.total_cmp(&right.0));
            if known.len() < N_PARTS * MIN_GROUP {
                return Vec::new();
            }
            let part = |(name, third): (&str, usize)| {
                let part = &known[third * known.len() / N_PARTS..(third + 1) * known.len() / N_PARTS];
                (name.to_owned(), mean(&part.iter().map(|(_, part)| *part).collect::<Vec<_>>()))
            };
            ["low", "middle", "high"].into_iter().zip(0..N_PARTS).map(part).collect()
        }
        ColumnKind::Categorical { values, .. } => {
            let of_category = |(code, value): (u32, &String)| {
                let parts: Vec<f64> =
                    cells.iter().filter(|(cell, _)| *cell == Value::Category(code)).map(|(_, part)| *part).collect();
                (parts.len() >= MIN_GROUP).then(|| (value.clone(), mean(&parts)))
            };
            (0_u32..).zip(values).filter_map(of_category).collect()
        }
    }
}

//! Converts values to the model's features; NULL for a blank that is not imputed.

use model_core::{Column, ColumnEncoding, ColumnKind, Encoding, Preprocessor};

use super::columns::value_name;
use crate::sql::Dialect;

/// All features of a preprocessor in their order, as expressions.
pub(super) fn features(dialect: Dialect, preprocessor: &Preprocessor) -> Vec<String> {
    let columns = &preprocessor.schema.columns;
    match &preprocessor.encoding {
        Encoding::OneHot(encodings) => one_hot(dialect, columns, encodings),
        Encoding::Native { imputed: true } => imputed(dialect, columns),
        Encoding::Native { imputed: false } => with_blanks(columns),
        Encoding::All(encodings) => {
            let mut all = one_hot(dialect, columns, encodings);
            all.extend(imputed(dialect, columns));
            all.extend(with_blanks(columns));
            all
        }
    }
}

/// The values with blanks imputed.
pub(super) fn imputed(dialect: Dialect, columns: &[Column]) -> Vec<String> {
    let imputed = |(column_idx, column): (usize, &Column)| {
        let usual = match &column.kind {
            ColumnKind::Numeric { median, .. } => dialect.number(*median),
            ColumnKind::Categorical { mode, .. } => mode.to_string(),
        };
        format!("coalesce({}, {usual})", value_name(column_idx))
    };
    columns.iter().enumerate().map(imputed).collect()
}

fn with_blanks(columns: &[Column]) -> Vec<String> {
    (0..columns.len()).map(value_name).collect()
}

fn one_hot(dialect: Dialect, columns: &[Column], encodings: &[ColumnEncoding]) -> Vec<String> {
    let of_column = |(value, encoding): (String, &ColumnEncoding)| match encoding {
        ColumnEncoding::Scaled { mean, scale } => {
            vec![format!("({value} - {}) / {}", dialect.number(*mean), dialect.number(*scale))]
        }
        ColumnEncoding::OneHot { scales } => {
            let indicator = |(code, scale): (usize, &f64)| {
                format!(
                    "CASE {value} WHEN {code} THEN {} ELSE {} END",
                    dialect.number(1.0 / scale),
                    dialect.number(0.0)
                )
            };
            scales.iter().enumerate().map(indicator).collect()
        }
    };
    imputed(dialect, columns).into_iter().zip(encodings).flat_map(of_column).collect()
}

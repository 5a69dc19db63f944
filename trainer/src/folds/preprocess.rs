//! Fits the preprocessing, like scikit-learn's `SimpleImputer`, `StandardScaler` and `OneHotEncoder`.
//!
//! Rows are weighted, as in a `StandardScaler` with `sample_weight`; the median and the most frequent category, for
//! which scikit-learn supports no weights, are those of rows repeated according to their weights.
//!
//! It is fitted on a fold's training rows only, so that no information leaks from the validation rows.

use model_core::{Column, ColumnEncoding, ColumnKind, Encoding, Preprocessor, Range, Schema, Target, Value};
use rayon::prelude::*;

use crate::metrics::each;
use crate::table::cells::Cells;
use crate::table::compact::{Codes, Numbers};
use crate::table::row_idx::{RowIdx, count_by_code, weights_of};
use crate::table::{BLANK, ColumnData, MANY_ROWS, Table, TableColumn};

/// Fits schema and encoding to the given rows of `table`; `limits` are those of the target's scale, if known.
#[must_use]
pub fn fit_preprocessor<R: RowIdx>(table: &Table, rows: &[R], limits: Option<Range>) -> Preprocessor {
    let weights = weights_of(table, rows);
    let fit = |column: &TableColumn| {
        let (kind, encoding) = match &column.data {
            ColumnData::Numeric(numbers) => fit_numeric(numbers, rows, weights.as_deref()),
            ColumnData::Categorical { values, codes } => {
                let counts = match &weights {
                    None => counts_of(codes, values.len(), rows).into_iter().map(|count| count as f64).collect(),
                    Some(weights) => sums_of(codes, values.len(), rows, weights),
                };
                fit_categorical(values, &counts)
            }
        };
        // Categories have no order, hence no direction.
        let is_numeric = matches!(kind, ColumnKind::Numeric { .. });
        let direction = table.directions.get(&column.name).copied().filter(|_| is_numeric);
        let date = table.dates.get(&column.name).cloned();
        (Column { direction, date, ..Column::new(&column.name, label_of(&column.name), kind) }, encoding)
    };
    let (columns, encodings) = table.columns.par_iter().map(fit).collect::<Vec<_>>().into_iter().unzip();
    let (observed, whole) = match &table.target {
        _ if table.cells.is_some() => {
            let ends: Vec<f64> = ends_of(table, rows).collect();
            (range_of(&ends), is_whole(&ends))
        }
        Numbers::Coded { distinct, codes } if rows.len() >= MANY_ROWS => {
            let present: Vec<f64> = present(distinct, codes, rows).into_iter().map(|(number, _)| number).collect();
            (range_of(&present), is_whole(&present))
        }
        numbers => {
            let target: Vec<f64> = rows.iter().map(|row| numbers[row.to_usize()]).collect();
            (range_of(&target), is_whole(&target))
        }
    };
    let target = Target {
        name: table.target_name.clone(),
        label: label_of(&table.target_name),
        observed,
        limits,
        whole,
        help: None,
        unit: None,
    };
    Preprocessor { schema: Schema { target, columns, order: Vec::new() }, encoding: Encoding::OneHot(encodings) }
}

/// The smallest and the largest target of each cell.
fn ends_of<R: RowIdx>(table: &Table, rows: &[R]) -> impl Iterator<Item = f64> {
    let of = |cells: &Cells, row: &R| [cells.low[row.to_usize()], cells.high[row.to_usize()]];
    table.cells.iter().flat_map(move |cells| rows.iter().flat_map(move |row| of(cells, row)))
}

/// Reads a table's rows as values of a schema fitted on all or some of its rows.
#[derive(Debug)]
pub struct RowReader<'a> {
    columns: &'a [TableColumn],
    /// For each categorical column: the schema's value for each of the table's codes.
    values_of: Vec<Vec<Value>>,
}

impl<'a> RowReader<'a> {
    /// For a schema with the same columns in the same order.
    #[must_use]
    pub fn new(schema: &Schema, table: &'a Table) -> Self {
        Self::of_columns(schema, &table.columns)
    }

    /// For a schema with these columns in the same order.
    pub(crate) fn of_columns(schema: &Schema, columns: &'a [TableColumn]) -> Self {
        let translate = |(column, table_column): (&Column, &TableColumn)| match &table_column.data {
            ColumnData::Numeric(_) => Vec::new(),
            ColumnData::Categorical { values, .. } => {
                values.iter().map(|value| column.kind.code(value).map_or(Value::Unseen, Value::Category)).collect()
            }
        };
        Self { columns, values_of: schema.columns.iter().zip(columns).map(translate).collect() }
    }

    /// Writes one value per column.
    pub fn read(&self, row: usize, values: &mut [Value]) {
        for ((value, column), values_of) in values.iter_mut().zip(self.columns).zip(&self.values_of) {
            *value = match &column.data {
                ColumnData::Numeric(numbers) if numbers[row].is_nan() => Value::Missing,
                ColumnData::Numeric(numbers) => Value::Number(numbers[row]),
                ColumnData::Categorical { codes, .. } => {
                    values_of.get(codes[row] as usize).copied().unwrap_or(Value::Missing)
                }
            };
        }
    }
}

/// The displayed label of a column: `reading_score` becomes `Reading score`.
pub(crate) fn label_of(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn fit_numeric<R: RowIdx>(numbers: &Numbers, rows: &[R], weights: Option<&[f64]>) -> (ColumnKind, ColumnEncoding) {
    if let Numbers::Coded { distinct, codes } = numbers
        && rows.len() >= MANY_ROWS
        && weights.is_none()
    {
        return fit_counted(&present(distinct, codes, rows));
    }
    let cells: Vec<f64> = rows.iter().map(|row| numbers[row.to_usize()]).collect();
    let mut present: Vec<f64> = cells.iter().copied().filter(|cell| !cell.is_nan()).collect();
    // A column may be blank in all rows of a fold.
    if present.is_empty() {
        present.push(0.0);
    }
    let (observed, whole) = (range_of(&present), is_whole(&present));
    let median = match weights {
        None => median(&mut present),
        Some(weights) => weighted_median(cells.iter().copied().zip(weights.iter().copied())),
    };
    let imputed: Vec<f64> = cells.iter().map(|cell| if cell.is_nan() { median } else { *cell }).collect();
    let (mean, scale) = mean_and_scale(&imputed, weights);
    (ColumnKind::Numeric { observed, median, whole }, ColumnEncoding::Scaled { mean, scale })
}

/// The distinct numbers of the rows in ascending order, with their counts; blanks last, as NaN.
fn present<R: RowIdx>(distinct: &[f64], codes: &[u8], rows: &[R]) -> Vec<(f64, usize)> {
    let counts = count_by_code(codes, rows);
    distinct.iter().copied().zip(counts).filter(|(_, count)| *count > 0).collect()
}

/// The same as fitting each cell, from the counts of distinct numbers.
fn fit_counted(cells: &[(f64, usize)]) -> (ColumnKind, ColumnEncoding) {
    let mut present: Vec<(f64, usize)> = cells.iter().copied().filter(|(number, _)| !number.is_nan()).collect();
    if present.is_empty() {
        present.push((0.0, 1));
    }
    let numbers: Vec<f64> = present.iter().map(|(number, _)| *number).collect();
    let n_present: usize = present.iter().map(|(_, count)| count).sum();
    let at = |rank: usize| {
        let mut before = 0;
        let found = present.iter().find(|(_, count)| {
            before += count;
            rank < before
        });
        found.map_or(0.0, |(number, _)| *number)
    };
    let middle = n_present / 2;
    let median = if n_present % 2 == 1 { at(middle) } else { f64::midpoint(at(middle - 1), at(middle)) };
    let imputed: Vec<(f64, f64)> =
        cells.iter().map(|(number, count)| (if number.is_nan() { median } else { *number }, *count as f64)).collect();
    let n: f64 = imputed.iter().map(|(_, count)| count).sum();
    let mean = imputed.iter().map(|(number, count)| number * count).sum::<f64>() / n;
    let squares: f64 = imputed.iter().map(|(number, count)| (number - mean) * (number - mean) * count).sum();
    (
        ColumnKind::Numeric { observed: range_of(&numbers), median, whole: is_whole(&numbers) },
        ColumnEncoding::Scaled { mean, scale: scale_of(squares / n, mean, n) },
    )
}

/// The number of rows with each category, and finally of blank rows.
pub(crate) fn counts_of<R: RowIdx>(codes: &Codes, n_values: usize, rows: &[R]) -> Vec<usize> {
    let mut counts = vec![0_usize; n_values + 1];
    match codes {
        Codes::Narrow(codes) => {
            let by_code = count_by_code(codes, rows);
            counts[..n_values].copy_from_slice(&by_code[..n_values]);
            counts[n_values] = by_code[255];
        }
        Codes::Wide(codes) => {
            for row in rows {
                let code = codes[row.to_usize()];
                counts[if code == BLANK { n_values } else { code as usize }] += 1;
            }
        }
    }
    counts
}

/// The sum of weights of the rows with each category, and finally of blank rows.
fn sums_of<R: RowIdx>(codes: &Codes, n_values: usize, rows: &[R], weights: &[f64]) -> Vec<f64> {
    let mut sums = vec![0.0; n_values + 1];
    for (row, weight) in rows.iter().zip(weights) {
        let code = codes[row.to_usize()];
        sums[if code == BLANK { n_values } else { code as usize }] += weight;
    }
    sums
}

fn fit_categorical(values: &[String], counts: &[f64]) -> (ColumnKind, ColumnEncoding) {
    let n_blank = counts[values.len()];
    let counts = &counts[..values.len()];
    let n_rows = counts.iter().sum::<f64>() + n_blank;
    let mut present: Vec<(String, f64)> = values
        .iter()
        .zip(counts)
        .filter(|(_, count)| **count > 0.0)
        .map(|(value, count)| (value.clone(), *count))
        .collect();
    // A column may be blank in all rows of a fold.
    if present.is_empty() {
        present.extend(values.first().map(|value| (value.clone(), 0.0)));
    }
    // Ties go to the smallest value, as in scikit-learn: values are sorted, so the first maximum.
    let most = present.iter().map(|(_, count)| *count).fold(0.0, f64::max);
    let mode = present.iter().position(|(_, count)| *count == most).unwrap_or_default();
    present[mode].1 += n_blank;
    let scales = present.iter().map(|(_, count)| indicator_scale(*count, n_rows)).collect();
    let values = present.into_iter().map(|(value, _)| value).collect();
    (
        ColumnKind::Categorical { values, mode: u32::try_from(mode).unwrap_or_default() },
        ColumnEncoding::OneHot { scales },
    )
}

/// The standard deviation of an indicator column that is 1 in `count` of `n_rows` rows; 1 if it is constant.
fn indicator_scale(count: f64, n_rows: f64) -> f64 {
    let share = if n_rows > 0.0 { count / n_rows } else { 0.0 };
    let variance = share * (1.0 - share);
    if variance > 0.0 { variance.sqrt() } else { 1.0 }
}

/// Mean and population standard deviation as computed by scikit-learn's `StandardScaler`: a two-pass variance corrected
/// for the rounding error of the mean, and 1 for a column that is constant up to rounding.
fn mean_and_scale(cells: &[f64], weights: Option<&[f64]>) -> (f64, f64) {
    let weighted = || cells.iter().zip(each(weights));
    let n: f64 = each(weights).take(cells.len()).sum();
    let mean = weighted().map(|(cell, weight)| weight * cell).sum::<f64>() / n;
    let correction: f64 = weighted().map(|(cell, weight)| weight * (cell - mean)).sum();
    let squares: f64 = weighted().map(|(cell, weight)| weight * ((cell - mean) * (cell - mean))).sum();
    (mean, scale_of((squares - correction * correction / n) / n, mean, n))
}

fn scale_of(variance: f64, mean: f64, n: f64) -> f64 {
    let rounding = n * f64::EPSILON * variance + (n * mean * f64::EPSILON) * (n * mean * f64::EPSILON);
    if variance <= rounding { 1.0 } else { variance.sqrt() }
}

/// The median; sorts `cells`.
fn median(cells: &mut [f64]) -> f64 {
    cells.sort_unstable_by(f64::total_cmp);
    let middle = cells.len() / 2;
    if cells.len() % 2 == 1 { cells[middle] } else { f64::midpoint(cells[middle - 1], cells[middle]) }
}

/// The weighted median, as if each number occurred as often as its weight says; blanks are ignored. 0 if all are blank.
fn weighted_median(numbers: impl Iterator<Item = (f64, f64)>) -> f64 {
    let mut sorted: Vec<(f64, f64)> = numbers.filter(|(number, _)| !number.is_nan()).collect();
    sorted.sort_unstable_by(|left, right| left.0.total_cmp(&right.0));
    let half = sorted.iter().map(|(_, weight)| weight).sum::<f64>() / 2.0;
    // Rounding errors of the summed weights must not decide.
    let slack = half * 1e-12;
    let mut below = 0.0;
    for (idx, (number, weight)) in sorted.iter().enumerate() {
        below += weight;
        if below > half + slack {
            return *number;
        }
        if below >= half - slack {
            return sorted.get(idx + 1).map_or(*number, |(next, _)| f64::midpoint(*number, *next));
        }
    }
    0.0
}

fn range_of(cells: &[f64]) -> Range {
    Range {
        min: cells.iter().copied().fold(f64::INFINITY, f64::min),
        max: cells.iter().copied().fold(f64::NEG_INFINITY, f64::max),
    }
}

fn is_whole(cells: &[f64]) -> bool {
    cells.iter().all(|cell| cell.fract() == 0.0)
}

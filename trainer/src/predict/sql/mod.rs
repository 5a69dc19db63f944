//! A predictor as one SELECT, for records in a database or a warehouse.
//!
//! The statement is a chain of `WITH` clauses, each of which adds columns to the previous one: texts, values, features,
//! the model's inputs and partial sums, the prediction, the half-width of its interval. Sums are grouped, so the last
//! bits of a prediction may differ from those of [`crate::predict_csv`]; apart from that, engines follow IEEE 754.

mod columns;
mod features;
mod model;

use model_core::{Intervals, Predictor, Range};
use thiserror::Error;

use self::features::{features, imputed};
use self::model::{ModelSql, model, trees_value};
use crate::sql::Dialect;

/// A larger statement takes engines minutes to plan, if they accept it.
const MAX_BYTES: usize = 8 << 20;

/// Why a predictor cannot be written as SQL.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum SqlError {
    /// k-nearest neighbours and kernel expansions.
    #[error(
        "this model predicts from rows of its training data, which is no SQL expression; train again without --allow-records, or with --families"
    )]
    Rows,
    /// AdaBoost.
    #[error(
        "AdaBoost's weighted median is no SQL expression; train another family with --families, such as gradient-boosting"
    )]
    Median,
    /// A tree is too deep.
    #[error(
        "a tree has more than {most} tests one below the other, which engines refuse; train with a smaller max_depth"
    )]
    Deep {
        /// The maximal depth.
        most: usize,
    },
    /// The model has a column of dates.
    #[error(
        "the model reads dates, in \"{column}\", which is not written as SQL; score with scorecast predict, or train again with --drop {column}"
    )]
    Dates {
        /// The column.
        column: String,
    },
    /// The statement would be too large.
    #[error(
        "the statement would have {bytes} bytes, more than the {MAX_BYTES} that engines can be expected to read; train fewer or smaller trees, or score with scorecast predict"
    )]
    Large {
        /// Its approximate size in bytes.
        bytes: usize,
    },
}

/// The input and output of the statement.
#[derive(Debug, Clone, PartialEq)]
pub struct SqlOptions {
    /// The engine.
    pub dialect: Dialect,
    /// The table with the records; parts of its name are separated by dots.
    pub table: String,
    /// Columns of the table that are written besides the predictions; by default those of the model.
    pub keep: Vec<String>,
    /// The level of the intervals in percent, if requested.
    pub level: Option<f64>,
}

/// Writes a predictor as one SELECT, which returns `predicted_TARGET` within the target's limits and, with a level,
/// `low_LEVEL` and `high_LEVEL`. They are NULL if a number is too large to be a measurement.
///
/// # Errors
/// See [`SqlError`].
pub fn to_sql(predictor: &Predictor, options: &SqlOptions) -> Result<String, SqlError> {
    let SqlOptions { dialect, table, level, .. } = options;
    let schema = predictor.schema();
    if let Some(column) = schema.columns.iter().find(|column| column.date.is_some()) {
        return Err(SqlError::Dates { column: column.name.clone() });
    }
    let features = features(*dialect, predictor.preprocessor());
    let feature_names: Vec<String> = (0..features.len()).map(|idx| format!("scorecast_f{idx}")).collect();
    let ModelSql { inputs, sums, value } = model(*dialect, predictor.model(), &feature_names, "m")?;
    let value = format!("CASE WHEN {} THEN {value} END", columns::are_measurements(*dialect, schema));
    let half_width = match (level, predictor.intervals()) {
        (Some(level), Some(intervals)) => {
            vec![("scorecast_half_width".into(), half_width(options, predictor, intervals, *level)?)]
        }
        _ => Vec::new(),
    };
    let stages: [Vec<(String, String)>; 7] = [
        columns::texts(*dialect, schema),
        columns::values(*dialect, schema),
        feature_names.into_iter().zip(features).collect(),
        inputs,
        sums,
        vec![("scorecast_value".into(), value)],
        half_width,
    ];
    let mut from = dialect.table(table);
    let mut clauses = Vec::new();
    for (stage_idx, stage) in stages.iter().enumerate().filter(|(_, stage)| !stage.is_empty()) {
        let made: Vec<String> = stage.iter().map(|(name, sql)| format!("    {sql} AS {name}")).collect();
        let (clause, made) = (dialect.clause(), made.join(",\n"));
        clauses.push(format!(
            "scorecast_{stage_idx} {clause} (\n  SELECT records.*,\n{made}\n  FROM {from} AS records\n)"
        ));
        from = format!("scorecast_{stage_idx}");
    }
    let select = written(predictor, options).join(",\n  ");
    let sql = format!("WITH {}\nSELECT\n  {select}\nFROM {from}\n", clauses.join(",\n"));
    if sql.len() > MAX_BYTES { Err(SqlError::Large { bytes: sql.len() }) } else { Ok(sql) }
}

/// The output columns: those kept, the prediction, and its interval.
fn written(predictor: &Predictor, options: &SqlOptions) -> Vec<String> {
    let SqlOptions { dialect, keep, level, .. } = options;
    let schema = predictor.schema();
    let limits = schema.target.limits;
    let kept: Vec<String> =
        if keep.is_empty() { schema.columns.iter().map(|column| column.name.clone()).collect() } else { keep.clone() };
    let level = level.filter(|_| predictor.has_intervals());
    let columns = super::BatchColumns { level, explain: false };
    let (names, _) = super::output_names::output_names(&kept, schema, columns);
    let ends = ["scorecast_value - scorecast_half_width", "scorecast_value + scorecast_half_width"];
    let predicted = std::iter::once("scorecast_value").chain(ends.into_iter().filter(|_| level.is_some()));
    let shown = predicted
        .zip(&names)
        .map(|(sql, name)| format!("{} AS {}", clamped(*dialect, sql, limits), dialect.name(name)));
    kept.iter().map(|name| dialect.name(name)).chain(shown).collect()
}

/// The value, clamped to `limits`. NULL stays NULL, which engines' `least` and `greatest` do not guarantee.
fn clamped(dialect: Dialect, sql: &str, limits: Option<Range>) -> String {
    let Some(Range { min, max }) = limits else { return sql.to_owned() };
    let (min, max) = (dialect.number(min), dialect.number(max));
    format!("CASE WHEN {sql} < {min} THEN {min} WHEN {sql} > {max} THEN {max} ELSE {sql} END")
}

/// The half-width of the interval around `scorecast_value`.
fn half_width(
    options: &SqlOptions,
    predictor: &Predictor,
    intervals: &Intervals,
    level: f64,
) -> Result<String, SqlError> {
    let dialect = options.dialect;
    let number = |table: &[f64]| dialect.number(intervals.half_width_at(table, level));
    let mut sql = number(&intervals.half_widths);
    if let Some(by) = &intervals.by {
        let mut branches = String::new();
        for group in &by.groups {
            let tests = by.columns.iter().zip(&group.values);
            let tests: Vec<String> =
                tests.map(|(column, code)| format!("{} = {code}", columns::value_name(*column))).collect();
            branches += &format!("WHEN {} THEN {} ", tests.join(" AND "), number(&group.half_widths));
        }
        if !branches.is_empty() {
            sql = format!("CASE {branches}ELSE {sql} END");
        }
    }
    let Some(spread) = &intervals.spread else { return Ok(sql) };
    let mut features = imputed(dialect, &predictor.schema().columns);
    features.push("scorecast_value".into());
    Ok(format!("{sql} * ({})", trees_value(dialect, spread, &features)?))
}

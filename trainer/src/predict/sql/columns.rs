//! Converts a table's columns to the values that a predictor uses: numbers and category codes, NULL for a blank.

use model_core::{Column, ColumnKind, MAX_MAGNITUDE, Schema, UNSEEN_CODE, parse_number};
use reader::{CategoryMatcher, matchers};

use crate::sql::{Dialect, lookup};

/// Alternative spellings of boolean categories.
const TRUTHS: [&str; 8] = ["true", "false", "t", "f", "yes", "no", "1", "0"];
/// Spellings of a blank, see [`model_core::is_missing`].
const BLANKS: [&str; 5] = ["", "na", "n/a", "nan", "null"];

/// The values of all columns, as name and expression; they use the columns of [`texts`].
pub(super) fn values(dialect: Dialect, schema: &Schema) -> Vec<(String, String)> {
    let value = |((column_idx, column), matcher): ((usize, &Column), Option<CategoryMatcher>)| {
        let sql = match (&column.kind, matcher) {
            (ColumnKind::Categorical { values, .. }, Some(matcher)) => {
                code(dialect, &text_name(column_idx), values, &matcher)
            }
            _ => dialect.to_number(&dialect.name(&column.name)),
        };
        (value_name(column_idx), sql)
    };
    schema.columns.iter().enumerate().zip(matchers(schema)).map(value).collect()
}

/// The trimmed texts of the categorical columns, as name and expression.
pub(super) fn texts(dialect: Dialect, schema: &Schema) -> Vec<(String, String)> {
    let is_categorical = |(_, column): &(usize, &Column)| matches!(column.kind, ColumnKind::Categorical { .. });
    let text =
        |(column_idx, column): (usize, &Column)| (text_name(column_idx), dialect.to_text(&dialect.name(&column.name)));
    schema.columns.iter().enumerate().filter(is_categorical).map(text).collect()
}

/// Whether all numbers are small enough to be measurements; other rows are not predicted.
pub(super) fn are_measurements(dialect: Dialect, schema: &Schema) -> String {
    let test = |(column_idx, column): (usize, &Column)| match column.kind {
        ColumnKind::Numeric { .. } => {
            let (name, most) = (value_name(column_idx), dialect.number(MAX_MAGNITUDE));
            Some(format!("({name} IS NULL OR abs({name}) <= {most})"))
        }
        ColumnKind::Categorical { .. } => None,
    };
    let tests: Vec<String> = schema.columns.iter().enumerate().filter_map(test).collect();
    if tests.is_empty() { "1 = 1".into() } else { tests.join(" AND ") }
}

/// The name of a column's value.
pub(super) fn value_name(column_idx: usize) -> String {
    format!("scorecast_v{column_idx}")
}

fn text_name(column_idx: usize) -> String {
    format!("scorecast_t{column_idx}")
}

/// A category's code: exact spellings first, then blanks, then other spellings.
fn code(dialect: Dialect, text: &str, values: &[String], matcher: &CategoryMatcher) -> String {
    let codes = || (0_u32..).zip(values);
    let branch = |(spelling, code): (String, u32)| (dialect.text(&spelling), code.to_string());
    let unseen = matcher.another().map_or_else(|| format!("{UNSEEN_CODE:.0}"), |code| code.to_string());
    let mut spellings: Vec<(String, u32)> = Vec::new();
    for (code, value) in codes() {
        let whole = parse_number(value).filter(|number| number.fract() == 0.0);
        let respelled = whole.map(|number| [format!("{number:.0}"), format!("{number:.1}")]);
        for spelling in respelled.into_iter().flatten().chain([value.to_lowercase()]) {
            if matcher.code(&spelling) == Some(code) && spellings.iter().all(|(known, _)| *known != spelling) {
                spellings.push((spelling, code));
            }
        }
    }
    for spelling in TRUTHS {
        if let Some(code) = matcher.code(spelling)
            && spellings.iter().all(|(known, _)| known != spelling)
        {
            spellings.push((spelling.to_owned(), code));
        }
    }
    let respelled = lookup(&format!("lower({text})"), spellings.into_iter().map(branch), &unseen);
    let blanks = BLANKS.map(|blank| dialect.text(blank)).join(", ");
    let others = format!("CASE WHEN lower({text}) NOT IN ({blanks}) THEN {respelled} END");
    // NULL matches no branch and is not in the list of blanks: it stays NULL.
    lookup(text, codes().map(|(code, value)| branch((value.clone(), code))), &others)
}

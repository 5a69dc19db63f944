//! Columns of the classic schema that a student can change, and those that are sensitive.

use model_core::{Column, Schema};

use crate::config::{ColumnConfig, Config};

/// Columns that a student can change.
const ACTIONABLE: [&str; 3] = ["test_preparation_course", "reading_score", "writing_score"];
/// Columns that say who a student is.
const SENSITIVE: [&str; 4] = ["gender", "race_ethnicity", "parental_level_of_education", "lunch"];

/// Sets the two flags of the classic schema's columns. A flag that the configuration sets for any column, to true or
/// false, is taken from the configuration alone.
pub(crate) fn mark_classic(schema: &mut Schema, config: &Config) {
    let is_said = |of: fn(&ColumnConfig) -> Option<bool>| config.columns.values().any(|column| of(column).is_some());
    if !is_said(|column| column.actionable) {
        mark(schema, &ACTIONABLE, |column| &mut column.actionable);
    }
    if !is_said(|column| column.sensitive) {
        mark(schema, &SENSITIVE, |column| &mut column.sensitive);
    }
}

fn mark(schema: &mut Schema, names: &[&str], flag: fn(&mut Column) -> &mut bool) {
    for column in &mut schema.columns {
        *flag(column) = names.contains(&column.name.as_str());
    }
}

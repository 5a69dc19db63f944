//! Which columns of the classic schema a student can change, and by which nobody should be judged.

use model_core::{Column, Schema};

/// Columns that a student can do something about.
const ACTIONABLE: [&str; 3] = ["test_preparation_course", "reading_score", "writing_score"];
/// Columns that say who a student is.
const SENSITIVE: [&str; 4] = ["gender", "race_ethnicity", "parental_level_of_education", "lunch"];

/// Marks the classic schema's columns, for each of the two marks that no column has yet.
pub(crate) fn mark_classic(schema: &mut Schema) {
    let mark = |schema: &mut Schema, names: &[&str], flag: fn(&mut Column) -> &mut bool| {
        if !schema.columns.iter_mut().any(|column| *flag(column)) {
            for column in &mut schema.columns {
                *flag(column) = names.contains(&column.name.as_str());
            }
        }
    };
    mark(schema, &ACTIONABLE, |column| &mut column.actionable);
    mark(schema, &SENSITIVE, |column| &mut column.sensitive);
}

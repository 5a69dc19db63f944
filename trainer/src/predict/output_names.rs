//! The names of the columns that predictions are written to.

use model_core::Schema;

use crate::predict::BatchColumns;

/// The names of what is written beside the input's columns; none of them is a name that the input has.
pub(super) fn output_names(header: &[String], schema: &Schema, columns: BatchColumns) -> Vec<String> {
    let mut names = vec![format!("predicted_{}", schema.target.name)];
    if let Some(level) = columns.level {
        names.extend([format!("low_{level}"), format!("high_{level}")]);
    }
    if columns.explain {
        names.push("baseline".into());
        names.extend(schema.inputs().iter().map(|column| format!("contribution_{}", column.name)));
    }
    names.push("note".into());
    let free = |name: String| {
        let numbered = (2..).map(|number| format!("{name}_{number}"));
        let mut names = std::iter::once(name.clone()).chain(numbered);
        names.find(|name| !header.contains(name)).unwrap_or_default()
    };
    names.into_iter().map(free).collect()
}

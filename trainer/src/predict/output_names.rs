//! The names of the columns that predictions are written to.

use model_core::Schema;

use crate::predict::BatchColumns;

/// The names of what is written beside the input's columns, none of which is a name that the input has; and what is to be said
/// where the input has such columns, as the output of an earlier run does.
pub(super) fn output_names(header: &[String], schema: &Schema, columns: BatchColumns) -> (Vec<String>, Option<String>) {
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
    let free: Vec<String> = names.iter().cloned().map(free).collect();
    let renamed = names.iter().zip(&free).find(|(name, free)| name != free).map(|(name, free)| {
        format!("the file has a column \"{name}\" already, which is left as it is; the new one is called \"{free}\"")
    });
    (free, renamed)
}

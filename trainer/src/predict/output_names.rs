//! The names of the output columns.

use model_core::Schema;

use crate::predict::BatchColumns;

/// The names of the columns written besides the input's, none of which occurs in the input; and a notice if the input
/// has such columns, for example as the output of an earlier run.
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

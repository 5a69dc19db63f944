//! The fields of a file that hold the columns of a model's schema.

use model_core::Schema;

use crate::names::{Found, find_names};
use crate::note::Note;

/// The positions of the schema's columns in the header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownColumns {
    /// The field of each of the schema's columns, if there is one.
    pub fields: Vec<Option<usize>>,
    /// The target's field, if there is one.
    pub target: Option<usize>,
    /// Names of missing columns.
    pub missing: Vec<String>,
    /// Names of columns that match more than one field, with the fields' names.
    pub doubtful: Vec<(String, Vec<String>)>,
    /// Notes on columns that are spelled differently in the file.
    pub notes: Vec<Note>,
}

/// Finds the columns of `schema` and its target in a header.
#[must_use]
pub fn find_columns(header: &[String], schema: &Schema) -> KnownColumns {
    let inputs = schema.inputs();
    let columns = inputs.iter().map(|column| vec![column.name.as_str(), column.label.as_str()]);
    let target = vec![schema.target.name.as_str(), schema.target.label.as_str()];
    let wanted: Vec<Vec<&str>> = columns.chain([target]).collect();
    let found = find_names(header, &wanted);
    let mut known =
        KnownColumns { fields: Vec::new(), target: None, missing: Vec::new(), doubtful: Vec::new(), notes: Vec::new() };
    for (column, (found, spellings)) in found.iter().zip(&wanted).enumerate() {
        let name = spellings[0];
        let is_target = column == inputs.len();
        let field = match found {
            Found::At(field) => {
                let header = &header[*field];
                if header != name {
                    let text = format!("column \"{header}\" is read as \"{name}\"");
                    known.notes.push(Note::new("column-name", &[("found", header), ("name", &name)], text).public());
                }
                Some(*field)
            }
            Found::Nowhere => {
                if !is_target {
                    known.missing.push(name.to_owned());
                }
                None
            }
            Found::Several(fields) => {
                if !is_target {
                    known.doubtful.push((name.to_owned(), fields.iter().map(|field| header[*field].clone()).collect()));
                }
                None
            }
        };
        if is_target {
            known.target = field;
        } else {
            known.fields.push(field);
        }
    }
    // Derived columns are in no file.
    known.fields.resize(schema.columns.len(), None);
    known
}

//! A file whose columns are known: those of a model's schema. Cells are read by the same rules as in training, in
//! `scorecast predict`, the page's class and the JavaScript module's `predictCsv` alike.

mod cell_parser;
mod find;
mod formats;
mod record_parser;
mod record_reader;
mod tally;

use model_core::{ColumnKind, Schema};

pub use self::cell_parser::Parsed;
pub use self::find::{KnownColumns, find_columns};
pub use self::formats::{KnownFormat, Notation, number_formats};
pub use self::record_parser::{RecordParser, WrongLength};
pub use self::record_reader::RecordReader;
pub use self::tally::{KnownReading, Tally};
use crate::columns::CategoryMatcher;

/// One category matcher per column; `None` for numeric columns.
#[must_use]
pub fn matchers(schema: &Schema) -> Vec<Option<CategoryMatcher>> {
    let matcher = |column: &model_core::Column| match &column.kind {
        ColumnKind::Numeric { .. } => None,
        ColumnKind::Categorical { values, .. } => Some(CategoryMatcher::new(values)),
    };
    schema.columns.iter().map(matcher).collect()
}

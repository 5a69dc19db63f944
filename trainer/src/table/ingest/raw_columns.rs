//! Every column of a file as it stands, for whoever looks at data before anything is decided: without a target, with the
//! columns that training would leave out, and with the reason why it would.

use std::path::Path;

use crate::table::ColumnData;
use crate::table::ingest::{IngestError, read_cells};

/// One column of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct RawColumn {
    /// The name in the header.
    pub name: String,
    /// Its cells: numbers where all that aren't blank are.
    pub data: ColumnData,
    /// How many different cells there are, blanks aside.
    pub n_distinct: usize,
    /// Why it tells nothing, if so.
    pub constant: Option<String>,
    /// Why it only names its rows, if it seems so.
    pub identifier: Option<String>,
}

impl RawColumn {
    /// Whether all cells that aren't blank are numbers.
    #[must_use]
    pub fn is_numeric(&self) -> bool {
        matches!(self.data, ColumnData::Numeric(_))
    }
}

/// Reads all columns of the CSV in `bytes`; `path` is for messages only, `target` helps to find the delimiter.
///
/// # Errors
/// See [`IngestError`].
pub fn read_columns(path: &Path, bytes: &[u8], target: Option<&str>) -> Result<Vec<RawColumn>, IngestError> {
    let file = path.display().to_string();
    let (cells, _) = read_cells(&file, bytes, target, |_| Ok(()))?;
    let column = |(name, builder): (String, crate::table::ingest::ColumnBuilder)| {
        let is_numeric = builder.first_non_number().is_none() && builder.n_distinct() > 0;
        RawColumn {
            n_distinct: builder.n_distinct(),
            constant: builder.constant_reason(),
            identifier: builder.identifier_reason(&name, is_numeric),
            name,
            data: if is_numeric { ColumnData::Numeric(builder.into_numbers()) } else { builder.into_categories() },
        }
    };
    Ok(cells.names.into_iter().zip(cells.builders).map(column).collect())
}

//! A file whose columns are known: those of a model's schema and its target.

use std::path::Path;

use model_core::{ColumnKind, Schema};

use super::{IngestError, Place, keep_rows, kept_numbers, read_cells};
use crate::table::{Table, TableColumn};

/// Reads the columns of `schema`, in its order and of its kinds, and the target; other columns are passed over, and rows
/// without a target are left out, with a notice. `path` is for messages only.
///
/// # Errors
/// See [`IngestError`]: a column that is missing, a cell that is no number where one must be.
pub fn ingest_known(path: &Path, bytes: &[u8], schema: &Schema) -> Result<Table, IngestError> {
    let file = path.display().to_string();
    let places = |names: &[String]| {
        let columns = schema.columns.iter().map(|column| &column.name);
        let find = |name: &String| {
            names.iter().position(|known| known == name).ok_or_else(|| IngestError::NoSuchColumn {
                file: file.clone(),
                column: name.clone(),
                known: names.to_vec(),
            })
        };
        columns.chain([&schema.target.name]).map(find).collect::<Result<Vec<usize>, _>>()
    };
    let (cells, _) = read_cells(&file, bytes, Some(&schema.target.name), places)?;
    let place = |field: usize, line: u64| Place {
        file: file.clone(),
        line,
        field: field + 1,
        column: cells.names[field].clone(),
    };
    let check = |field: usize, is_target: bool| match cells.builders[field].first_non_number() {
        Some((line, cell)) => {
            Err(IngestError::NotANumber { place: place(field, line), cell: cell.to_owned(), is_target })
        }
        None => Ok(cells.builders[field].numbers()),
    };
    let Some((target_field, column_fields)) = cells.roles.split_last() else {
        return Err(IngestError::Empty { file });
    };
    let target = check(*target_field, true)?;
    let keep: Vec<bool> = target.iter().map(|value| !value.is_nan()).collect();
    let n_kept = keep.iter().filter(|keep| **keep).count();
    if n_kept == 0 {
        let line = cells.builders[*target_field].first_blank_line();
        return Err(IngestError::NoTarget { place: place(*target_field, line) });
    }
    let mut columns = Vec::new();
    for (column, field) in schema.columns.iter().zip(column_fields) {
        let data = match column.kind {
            ColumnKind::Numeric { .. } => crate::table::ColumnData::Numeric(check(*field, false)?),
            ColumnKind::Categorical { .. } => cells.builders[*field].categories(),
        };
        columns.push(TableColumn { name: column.name.clone(), data: keep_rows(data, &keep) });
    }
    let mut notices = Vec::new();
    if n_kept < cells.n_rows {
        let name = &schema.target.name;
        notices.push(format!("{} of {} rows have no \"{name}\" and are not used", cells.n_rows - n_kept, cells.n_rows));
    }
    Ok(Table {
        columns,
        target_name: schema.target.name.clone(),
        target: kept_numbers(target, &keep),
        weights: None,
        left_out: Vec::new(),
        notices,
    })
}

//! A file whose columns are known: those of a model's schema and its target.

use std::path::Path;

use model_core::{ColumnKind, Schema};

use super::column::ColumnBuilder;
use crate::table::ingest::{IngestError, Place, keep_rows, kept_numbers, read_cells};
use crate::table::{ColumnData, Table, TableColumn};

/// Reads the columns of `schema`, in its order and of its kinds, and the target; other columns are passed over, and rows
/// without a target are left out, with a notice. `path` is for messages only.
///
/// # Errors
/// See [`IngestError`]: a column that is missing, a cell that is no number where one must be.
pub fn ingest_known(path: &Path, bytes: &[u8], schema: &Schema) -> Result<Table, IngestError> {
    let file = path.display().to_string();
    let places = |names: &[String]| -> Result<Vec<usize>, IngestError> {
        let wanted = schema.columns.iter().map(|column| &column.name).chain([&schema.target.name]);
        let places: Vec<(&String, Option<usize>)> =
            wanted.map(|name| (name, names.iter().position(|known| known == name))).collect();
        let missing: Vec<String> =
            places.iter().filter(|(_, place)| place.is_none()).map(|(name, _)| (*name).clone()).collect();
        if missing.is_empty() {
            return Ok(places.into_iter().filter_map(|(_, place)| place).collect());
        }
        let target = schema.target.name.clone();
        Err(IngestError::NotTheModels { file: file.clone(), target, missing, known: names.to_vec() })
    };
    let (cells, _) = read_cells(&file, bytes, Some(&schema.target.name), places)?;
    let place = |field: usize, line: u64| Place {
        file: file.clone(),
        line,
        field: field + 1,
        column: cells.names[field].clone(),
    };
    let mut builders = cells.builders;
    let mut take = |field: usize| std::mem::take(&mut builders[field]);
    let numbers = |builder: ColumnBuilder, field: usize, is_target: bool| match builder.first_non_number() {
        Some((line, cell)) => {
            Err(IngestError::NotANumber { place: place(field, line), cell: cell.to_owned(), is_target })
        }
        None => Ok(builder.into_numbers()),
    };
    let Some((target_field, column_fields)) = cells.roles.split_last() else {
        return Err(IngestError::Empty { file });
    };
    let target = take(*target_field);
    let (keep, first_blank_line) = (target.present(), target.first_blank_line());
    let target = numbers(target, *target_field, true)?;
    let n_kept = keep.as_ref().map_or(cells.n_rows, |keep| keep.iter().filter(|keep| **keep).count());
    if n_kept == 0 {
        return Err(IngestError::NoTarget { place: place(*target_field, first_blank_line) });
    }
    let mut columns = Vec::new();
    for (column, field) in schema.columns.iter().zip(column_fields) {
        let data = match column.kind {
            ColumnKind::Numeric { .. } => ColumnData::Numeric(numbers(take(*field), *field, false)?),
            ColumnKind::Categorical { .. } => take(*field).into_categories(),
        };
        columns.push(TableColumn { name: column.name.clone(), data: keep_rows(data, keep.as_deref()) });
    }
    let mut notices = Vec::new();
    if n_kept < cells.n_rows {
        let name = &schema.target.name;
        notices.push(format!("{} of {} rows have no \"{name}\" and are not used", cells.n_rows - n_kept, cells.n_rows));
    }
    Ok(Table {
        columns,
        target_name: schema.target.name.clone(),
        target: kept_numbers(target, keep.as_deref()),
        weights: None,
        left_out: Vec::new(),
        notices,
    })
}

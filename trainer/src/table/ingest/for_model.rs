//! Reads a file for an existing model: the columns of its schema and its target.

use std::path::Path;

use model_core::{ColumnKind, DerivedColumn, Schema, Value};
use reader::{
    ColumnOptions, DecidedColumn, Kind, Location, ReadOptions, ReadingReport, TableReader, find_columns, matchers,
    read_cells,
};

use crate::table::ingest::{IngestError, keep_rows, kept_numbers, keys, numbers_of, read_weights};
use crate::table::keys::{Parting, RowKeys};
use crate::table::{BLANK, ColumnData, Table, TableColumn};

/// The names of columns besides those of a model.
#[derive(Debug, Clone, Copy, Default)]
pub struct RowColumns<'a> {
    /// Row weights for scores and errors.
    pub weights: Option<&'a str>,
    /// The groups of rows, which are stored in the table's keys.
    pub group: Option<&'a str>,
}

/// Reads the columns of `schema`, in its order and with its kinds, and the target. Other columns are ignored, and rows
/// without a target are left out, with a notice. Names and cells are read as in `scorecast predict`. `path` is for
/// messages only.
///
/// # Errors
/// See [`IngestError`]: a missing column, or a cell that must be a number and isn't.
pub fn ingest_known(
    path: &Path,
    bytes: &[u8],
    schema: &Schema,
    options: &ReadOptions,
    others: RowColumns<'_>,
) -> Result<Table, IngestError> {
    let file = path.display().to_string();
    let wanted = schema.inputs().iter().map(|column| column.name.clone()).chain([schema.target.name.clone()]);
    let wanted: Vec<String> = wanted.collect();
    let labels = schema.inputs().iter().map(|column| column.label.clone()).chain([schema.target.label.clone()]);
    let named = others.weights.into_iter().chain(others.group);
    let needed = Some(wanted.iter().cloned().chain(labels).chain(named.map(ToOwned::to_owned)).collect());
    let options = ReadOptions { wanted, needed, ..options.clone() };
    let reader = TableReader::open(&file, bytes, &options)?;
    let known = find_columns(reader.names(), schema);
    if let Some((column, found)) = known.doubtful.first() {
        return Err(IngestError::SeveralColumns { file, column: column.clone(), found: found.clone() });
    }
    let mut missing = known.missing;
    let (Some(target_field), true) = (known.target, missing.is_empty()) else {
        if known.target.is_none() {
            missing.push(schema.target.name.clone());
        }
        let (target, known) = (schema.target.name.clone(), reader.names().to_vec());
        return Err(IngestError::NotTheModels { file, target, missing, known });
    };
    let fields: Vec<usize> = known.fields.into_iter().flatten().collect();
    let mut cells = read_cells(reader)?;
    let mut said: Vec<Option<ColumnOptions>> = vec![None; cells.names.len()];
    for (column, field) in schema.inputs().iter().zip(&fields) {
        said[*field] = Some(ColumnOptions::of_known(column));
    }
    said[target_field] = Some(ColumnOptions { kind: Some(Kind::Numeric), strict: true, ..ColumnOptions::default() });
    let weights_field = others.weights.map(|name| keys::field_of(&file, name, &cells)).transpose()?;
    if let Some(field) = weights_field {
        if said[field].is_some() {
            return Err(IngestError::WeightsMisused { column: cells.names[field].clone() });
        }
        said[field] = Some(ColumnOptions { kind: Some(Kind::Numeric), strict: true, ..ColumnOptions::default() });
    }
    let mut decided = cells.decide(&file, &said)?;
    let mut notices: Vec<String> = known.notes.iter().chain(&cells.notes).map(ToString::to_string).collect();
    let take = |decided: &mut [Option<DecidedColumn>], field: usize, is_target: bool| -> Result<_, IngestError> {
        let column = decided[field].take().ok_or_else(|| IngestError::NoSuchColumn {
            file: file.clone(),
            column: cells.names[field].clone(),
            known: cells.names.clone(),
        })?;
        if let Some((line, cell)) = &column.odd {
            let location =
                Location { file: file.clone(), line: *line, field: field + 1, column: cells.names[field].clone() };
            return Err(IngestError::NotANumber { location, cell: cell.clone(), is_target });
        }
        let notes: Vec<String> =
            column.reading.notes.iter().map(|note| format!("column \"{}\": {note}", cells.names[field])).collect();
        Ok((column, notes))
    };
    let (target, notes) = take(&mut decided, target_field, true)?;
    notices.extend(notes);
    let (keep, first_blank_line) =
        (target.builder.present(|text| !super::has_value(&target.decision, text)), target.builder.first_blank_line());
    let n_kept = keep.as_ref().map_or(cells.n_rows, |keep| keep.iter().filter(|keep| **keep).count());
    if n_kept == 0 {
        let column = cells.names[target_field].clone();
        let location = Location { file: file.clone(), line: first_blank_line, field: target_field + 1, column };
        return Err(IngestError::NoTarget { location });
    }
    let parting = match others.group {
        Some(group) => Parting::Groups(keys::groups(&file, group, &cells, &decided, keep.as_deref())?),
        None => Parting::Chance,
    };
    let weights = weights_field.and_then(|field| Some((field, decided[field].take()?)));
    let weights = weights.map(|(field, column)| {
        let column_name = cells.names[field].clone();
        read_weights(column, keep.as_deref()).map_err(|(line, cell)| IngestError::NotAWeight {
            location: Location { file: file.clone(), line, field: field + 1, column: column_name },
            cell,
        })
    });
    let target = numbers_of(target.decision.apply(target.builder));
    let mut columns = Vec::new();
    for ((column, field), matcher) in schema.inputs().iter().zip(&fields).zip(matchers(schema)) {
        let (found, notes) = take(&mut decided, *field, false)?;
        notices.extend(notes);
        let mut data = found.decision.apply(found.builder);
        if let (
            ColumnKind::Categorical { values: known, .. },
            ColumnData::Categorical { values, codes },
            Some(matcher),
        ) = (&column.kind, &mut data, matcher)
        {
            // Known values get the model's spelling.
            let label = |value: &String| {
                if known.contains(value) {
                    return value.clone();
                }
                let code = matcher.code(value).or_else(|| matcher.another());
                code.and_then(|code| known.get(code as usize)).unwrap_or(value).clone()
            };
            let labels: Vec<String> = values.iter().map(label).collect();
            if labels != *values {
                let mut sorted = labels.clone();
                sorted.sort_unstable();
                sorted.dedup();
                let code_of: Vec<u32> = labels
                    .iter()
                    .map(|label| {
                        sorted.binary_search(label).ok().and_then(|code| u32::try_from(code).ok()).unwrap_or(0)
                    })
                    .collect();
                *codes = codes.iter().map(|code| code_of.get(*code as usize).copied().unwrap_or(*code)).collect();
                *values = sorted;
            }
        }
        columns.push(TableColumn { name: column.name.clone(), data: keep_rows(data, keep.as_deref()) });
    }
    for derived in DerivedColumn::all(schema) {
        columns.extend(following(schema, &derived, &columns));
    }
    if n_kept < cells.n_rows {
        let name = &schema.target.name;
        notices.push(format!("{} of {} rows have no \"{name}\" and are not used", cells.n_rows - n_kept, cells.n_rows));
    }
    Ok(Table {
        columns,
        target_name: schema.target.name.clone(),
        target: kept_numbers(target, keep.as_deref()),
        weights: weights.transpose()?,
        keys: RowKeys { parting, repeated: Vec::new() },
        directions: Default::default(),
        most_columns: None,
        cells: None,
        dates: schema.columns.iter().filter_map(|own| Some((own.name.clone(), own.date.clone()?))).collect(),
        left_out: Vec::new(),
        notices,
        reading: ReadingReport::default(),
    })
}

/// A column derived from one of the columns that were read.
fn following(schema: &Schema, derived: &DerivedColumn, columns: &[TableColumn]) -> Option<TableColumn> {
    let own = &schema.columns[derived.column];
    let (ColumnData::Numeric(days), ColumnKind::Categorical { values, .. }) =
        (&columns.get(derived.source)?.data, &own.kind)
    else {
        return None;
    };
    let code = |day: &f64| match derived.value(if day.is_nan() { Value::Missing } else { Value::Number(*day) }) {
        Value::Category(code) => code,
        _ => BLANK,
    };
    let data = ColumnData::Categorical { values: values.clone(), codes: days.iter().map(code).collect() };
    Some(TableColumn { name: own.name.clone(), data })
}

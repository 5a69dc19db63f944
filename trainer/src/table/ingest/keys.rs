//! Columns that are keys of rows: those that the user names, and likely ones.

use std::sync::Arc;

use reader::{Cells, ColumnBuilder, DecidedColumn, Decision, Found, Location, find_names};

use super::IngestError;
use super::roles::Roles;
use crate::table::keys::{HELD_BACK, Key, KeyFault, MIN_GROUPS, Parting};
use crate::table::name_words::words;

/// The last words of names of likely keys.
const NAMES: [&str; 24] = [
    "id",
    "uid",
    "upn",
    "uln",
    "pupil",
    "student",
    "learner",
    "child",
    "person",
    "name",
    "class",
    "classroom",
    "school",
    "teacher",
    "family",
    "household",
    "schüler",
    "schueler",
    "kind",
    "klasse",
    "schule",
    "lehrer",
    "lehrkraft",
    "familie",
];
/// A column of texts that was dropped on request is a likely key with at least one distinct text per this number of
/// rows.
const ROWS_PER_TEXT: usize = 20;

/// How the kept rows are split.
pub(super) fn parting(
    file: &str,
    cells: &Cells,
    decided: &[Option<DecidedColumn>],
    roles: &Roles,
    keep: Option<&[bool]>,
) -> Result<Parting, IngestError> {
    let builder = |field: usize| decided[field].as_ref().map_or(&cells.columns[field], |column| &column.builder);
    let fault = |field: usize, option: &'static str, fault: KeyFault| {
        let location =
            |line: u64| Location { file: file.to_owned(), line, field: field + 1, column: cells.names[field].clone() };
        match fault {
            KeyFault::Blank(line) => IngestError::BlankKey { location: location(line), option },
            KeyFault::NotATime(line, cell) => IngestError::NotATime { location: location(line), cell },
        }
    };
    if let Some(field) = roles.group {
        let key = Key::of_groups(&cells.names[field], builder(field), keep);
        return key.map(Parting::Groups).map_err(|problem| fault(field, "--group", problem));
    }
    if let Some(field) = roles.time {
        let dates = decided[field].as_ref().and_then(|column| match &column.decision {
            Decision::Numeric(format) => format.dates().map(|_| format),
            Decision::Categorical(_) => None,
        });
        let key = Key::of_times(&cells.names[field], builder(field), dates, keep);
        return key.map(Parting::Time).map_err(|problem| fault(field, "--time", problem));
    }
    if let Some(field) = roles.part {
        return parts(builder(field), keep)
            .map(Parting::Given)
            .ok_or_else(|| IngestError::NotParts { file: file.to_owned(), column: cells.names[field].clone() });
    }
    Ok(Parting::Chance)
}

/// The parts given with the rows; `None` if a cell is not a part, no row is held back, there are fewer than two folds,
/// or a fold is empty.
fn parts(builder: &ColumnBuilder, keep: Option<&[bool]>) -> Option<Arc<Vec<i8>>> {
    let part = |(text, _): (&str, u64)| text.parse::<i8>().ok().filter(|part| *part >= HELD_BACK);
    let of_text: Vec<i8> = builder.texts().map(part).collect::<Option<_>>()?;
    let kept = |row: usize| keep.is_none_or(|keep| keep[row]);
    let indices = builder.indices().enumerate().filter(|(row, _)| kept(*row));
    let parts: Vec<i8> = indices.map(|(_, index)| of_text.get(index as usize).copied()).collect::<Option<_>>()?;
    let most = parts.iter().copied().max().filter(|most| *most >= 1)?;
    let is_whole = (HELD_BACK..=most).all(|part| parts.contains(&part));
    is_whole.then(|| Arc::new(parts))
}

/// The key in a column that was left out, if it is a likely key.
pub(super) fn dropped(name: &str, builder: &ColumnBuilder, keep: Option<&[bool]>) -> Option<Key> {
    let is_text = builder.texts().any(|(text, _)| text.parse::<f64>().is_err());
    let is_key = is_named_so(name) || (is_text && ROWS_PER_TEXT * builder.n_distinct() >= builder.n_rows());
    is_key.then(|| repeated(name, builder, keep)).flatten()
}

/// Likewise for a column whose format is decided, before it is converted to cells.
pub(super) fn decided(name: &str, column: &DecidedColumn, keep: Option<&[bool]>) -> Option<Key> {
    let may_be =
        is_named_so(name) || column.identifier.is_some() || matches!(column.decision, Decision::Categorical(_));
    (may_be && column.dates().is_none()).then(|| repeated(name, &column.builder, keep)).flatten()
}

/// Whether a column's name is that of a likely key.
pub(super) fn is_named_so(name: &str) -> bool {
    words(name).last().is_some_and(|word| NAMES.contains(&word.as_str()))
}

/// A key with at least as many groups as `--group` needs, and at least two rows per group on average.
fn repeated(name: &str, builder: &ColumnBuilder, keep: Option<&[bool]>) -> Option<Key> {
    let is_one = |n_distinct: usize, n_rows: usize| n_distinct >= MIN_GROUPS && 2 * n_distinct <= n_rows;
    if !is_one(builder.n_distinct(), builder.n_rows()) {
        return None;
    }
    Key::of_groups(name, builder, keep).ok().filter(|key| is_one(key.n_distinct, key.codes.len()))
}

/// The index of the column `name`.
pub(super) fn field_of(file: &str, name: &str, cells: &Cells) -> Result<usize, IngestError> {
    match find_names(&cells.names, &[vec![name]]).pop() {
        Some(Found::At(field)) => Ok(field),
        Some(Found::Several(fields)) => {
            let found = fields.into_iter().map(|field| cells.names[field].clone()).collect();
            Err(IngestError::SeveralColumns { file: file.to_owned(), column: name.to_owned(), found })
        }
        Some(Found::Nowhere) | None => {
            let known = cells.names.clone();
            Err(IngestError::NoSuchColumn { file: file.to_owned(), column: name.to_owned(), known })
        }
    }
}

/// The groups in the column `name`, for the kept rows.
pub(super) fn groups(
    file: &str,
    name: &str,
    cells: &Cells,
    decided: &[Option<DecidedColumn>],
    keep: Option<&[bool]>,
) -> Result<Key, IngestError> {
    let field = field_of(file, name, cells)?;
    let builder = decided[field].as_ref().map_or(&cells.columns[field], |column| &column.builder);
    Key::of_groups(&cells.names[field], builder, keep).map_err(|_| IngestError::BlankKey {
        location: Location {
            file: file.to_owned(),
            line: builder.first_blank_line(),
            field: field + 1,
            column: cells.names[field].clone(),
        },
        option: "--group",
    })
}

//! Before the first stage: the candidates that the configuration requests and the table allows.

use crate::config::Config;
use crate::search::candidates::{partition_by_cells, partition_by_directions, partition_by_weights};
use crate::search::grid_file::CandidatesError;
use crate::table::Table;

/// Sets the candidates in `config`, without those that do not support the table's weights or directions; returns
/// notices about families that are left out.
///
/// # Errors
/// When a file of candidates cannot be read, or when no candidate remains.
pub fn resolve_candidates(config: &mut Config, table: &Table) -> Result<Vec<String>, CandidatesError> {
    let mut candidates = config.search.candidates(table.n_records())?;
    let mut notices = Vec::new();
    if table.weights.is_some() {
        let (able, left_out) = partition_by_weights(candidates);
        notices.extend(left_out.iter().map(|family| format!("{family} is left out: it can't weigh rows")));
        candidates = able;
    }
    if table.cells.is_some() {
        let (able, left_out) = partition_by_cells(candidates);
        let notice = |family: &&str| {
            format!(
                "{family} is left out, with some parameters or all: it can't learn from counted rows, only from single ones"
            )
        };
        notices.extend(left_out.iter().map(notice));
        candidates = able;
    }
    if !table.directions.is_empty() {
        let (able, left_out) = partition_by_directions(candidates);
        let notice =
            |family: &&str| format!("{family} is left out, with some parameters or all: it can't keep directions");
        notices.extend(left_out.iter().map(notice));
        candidates = able;
    }
    config.search.candidates = Some(candidates);
    config.search.candidates(table.n_records())?;
    Ok(notices)
}

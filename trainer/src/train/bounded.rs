//! Before the first stage: limits the time and memory of the run, and reports how.

use std::sync::Arc;

use crate::config::Config;
use crate::folds::limits::MAX_SCREENED_FEATURES;
use crate::folds::rare_categories::{MAX_CATEGORIES, group_as, group_rare};
use crate::table::cells::Cells;
use crate::table::{MostColumns, Table, TableColumn};

/// The table to learn from, and notices about how it differs from the file's.
pub(super) fn bounded(table: &Table, config: &Config) -> (Table, Vec<String>) {
    let most = MostColumns {
        columns: config.search.max_columns(),
        features: MAX_SCREENED_FEATURES.max(config.search.max_columns()),
        kept: table.directions.keys().cloned().chain(config.intervals.by()).collect(),
    };
    let mut notices = Vec::new();
    let group = |column: &mut TableColumn| {
        let n_categories = group_rare(column)?;
        let (name, n_kept) = (&column.name, MAX_CATEGORIES - 1);
        Some(format!(
            "column \"{name}\" has {n_categories} categories: the {n_kept} most frequent are learned from, all others as one"
        ))
    };
    let mut bounded = table.clone();
    if let Some(cells) = &table.cells {
        // Both must have the same categories; the sample decides which.
        let mut sample = Table::clone(&cells.sample);
        notices.extend(sample.columns.iter_mut().filter_map(group));
        if notices.is_empty() {
            return (bounded, notices);
        }
        bounded.columns.iter_mut().zip(&sample.columns).for_each(|(column, sample)| group_as(column, sample));
        bounded.cells = Some(Arc::new(Cells { sample: Box::new(sample), ..Cells::clone(cells) }));
        return (bounded, notices);
    }
    notices.extend(bounded.columns.iter_mut().filter_map(group));
    let n_columns = bounded.columns.len();
    if n_columns > most.columns {
        notices.push(format!(
            "{n_columns} columns are many: in each fold the {} that tell the most about the target by themselves are learned \
             from (--max-columns changes how many)",
            most.columns
        ));
    }
    bounded.most_columns = Some(most);
    (bounded, notices)
}

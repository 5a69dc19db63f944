//! The source of the records, and which figures are based on all of them.

use model_core::{Counted, DataSummary, EngineSource, Reducer};

use crate::report::html::grouped;
use crate::report::html::text::{MAX_NAME, shortened};

/// The number of held-back records that R² is computed on.
pub(super) fn n_scored(data: &DataSummary) -> usize {
    let rounded = data.counted.as_ref().filter(|counted| !counted.rounded.is_empty());
    rounded.map_or(data.rows_holdout, |counted| counted.sampled_holdout)
}

/// One or two sentences each; none for a file of rows.
pub(super) fn texts(data: &DataSummary) -> impl Iterator<Item = String> {
    let engine = data.engine.as_ref().map(|source| engine_text(source, data));
    engine.into_iter().chain(data.counted.as_ref().map(counted_text))
}

fn engine_text(source: &EngineSource, data: &DataSummary) -> String {
    let EngineSource { engine, rows, reducer } = source;
    let lie =
        format!("Its records lie in {}, in a table of {} with a target", shortened(engine, MAX_NAME), grouped(*rows));
    match reducer {
        Reducer::AllRows => format!("{lie}; each was read, and all figures are of these."),
        Reducer::Cells | Reducer::RoundedCells => format!("{lie}."),
        Reducer::DrawnRows => format!(
            "{lie}, of which {} were drawn by a hash of their id. All figures are of these; their margins say how far they may be \
             off for all.",
            grouped(data.rows)
        ),
    }
}

/// Which figures are based on all records, and which on the sample.
fn counted_text(counted: &Counted) -> String {
    let Counted { cells, sampled, sampled_holdout, rounded } = counted;
    let learned = format!(
        "Its records were counted where they are: it learned from all of them as {} combinations of features",
        grouped(*cells)
    );
    let of_single = "everything that needs single records: the mean absolute error, intervals and their coverage, groups, \
                     importance, curves and typical records; its margins are those of so many";
    if rounded.is_empty() {
        return format!(
            "{learned}, and R², the root mean squared error, the mean and spread of the target, and the bias of groups among \
             those held back are of all of them. Of {} that were drawn at random is {of_single}.",
            grouped(*sampled)
        );
    }
    let columns: Vec<String> =
        rounded.iter().map(|(name, n_values)| format!("{} to {n_values} values", shortened(name, MAX_NAME))).collect();
    format!(
        "{learned} after numbers were rounded: {}. Scores in cross-validation are of the rounded records. Those held back are judged \
         as they are, by {} that were drawn at random; so are R² and the root mean squared error. Of {} in all is {of_single}.",
        columns.join(", "),
        grouped(*sampled_holdout),
        grouped(*sampled)
    )
}

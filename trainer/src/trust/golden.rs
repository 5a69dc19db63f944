//! Golden records, with which any build of the predictor can test itself.
//!
//! They are drawn from the schema's ranges, not from the data, so that no student's row is published.

use model_core::{Column, ColumnKind, Golden, Predictor, Record, RecordError};
use serde_json::{Map, Value as Json};

use crate::random::SplitMix64;

/// The page fetches them along with the report: few suffice to detect a build with different results.
const N_GOLDEN: usize = 16;
/// One in this many cells is blank, so that imputation is tested, too.
const BLANK_EVERY: u64 = 16;

/// Draws records and predicts them.
///
/// # Errors
/// Never for a predictor whose schema is valid.
pub fn golden_records(predictor: &Predictor, seed: u64) -> Result<Vec<Golden>, RecordError> {
    let mut random = SplitMix64::new(seed);
    (0..N_GOLDEN)
        .map(|_| {
            let draw = |column: &Column| (column.name.clone(), draw_cell(column, &mut random));
            let cells: Map<String, Json> = predictor.schema().inputs().iter().map(draw).collect();
            let record = Record::from_json(predictor.schema(), &cells)?;
            Ok(Golden { record: cells, value: predictor.predict(&record).value })
        })
        .collect()
}

fn draw_cell(column: &Column, random: &mut SplitMix64) -> Json {
    let share = random.uniform();
    if random.next_u64().is_multiple_of(BLANK_EVERY) {
        return Json::Null;
    }
    match &column.kind {
        ColumnKind::Numeric { observed, whole, .. } => {
            let number = observed.min + share * (observed.max - observed.min);
            match column.last_day() {
                Some(last) => Json::from(last.plus(number).to_string()),
                None => Json::from(if *whole { number.round() } else { number }),
            }
        }
        ColumnKind::Categorical { values, .. } => Json::from(values[(share * values.len() as f64) as usize].as_str()),
    }
}

//! How often the truth lies within the intervals, on rows that nothing was learned from.

use model_core::{Coverage, GroupCoverage, Interval, Predictor, Value};

use crate::preprocess::RowReader;
use crate::table::{ColumnData, Table};

/// The levels that are reported, in percent.
const LEVELS: [f64; 4] = [50.0, 80.0, 90.0, 95.0];
/// A group with fewer rows is not shown.
const MIN_ROWS: usize = 10;

/// The coverage over all of `rows`, one a level, and over those of each category; nothing for a predictor without
/// intervals.
#[must_use]
pub fn coverage(predictor: &Predictor, table: &Table, rows: &[usize]) -> (Vec<Coverage>, Vec<GroupCoverage>) {
    let reader = RowReader::new(predictor.schema(), table);
    let mut values = vec![Value::Missing; table.columns.len()];
    let mut features = vec![0.0; predictor.preprocessor().n_features()];
    let mut intervals_of = |row: usize| -> Option<[Interval; 4]> {
        reader.read(row, &mut values);
        let prediction = predictor.predict_values(&values, &mut features);
        let first = predictor.interval_of(&values, prediction, LEVELS[0])?;
        Some(LEVELS.map(|level| predictor.interval_of(&values, prediction, level).unwrap_or(first)))
    };
    let Some(intervals) = rows.iter().map(|row| intervals_of(*row)).collect::<Option<Vec<_>>>() else {
        return (Vec::new(), Vec::new());
    };
    let is_covered: Vec<[bool; 4]> = rows
        .iter()
        .zip(&intervals)
        .map(|(row, intervals)| intervals.map(|interval| interval.contains(table.target[*row])))
        .collect();
    let share = |place: usize, is_member: &dyn Fn(usize) -> bool| {
        let members = rows.iter().zip(&is_covered).filter(|(row, _)| is_member(**row));
        let (n, n_covered) = members.fold((0, 0), |(n, covered), (_, is)| (n + 1, covered + usize::from(is[place])));
        f64::from(n_covered as u32) / f64::from(n.max(1) as u32)
    };
    let of_level = |(place, level): (usize, f64)| {
        let widths: f64 = intervals.iter().map(|intervals| intervals[place].high - intervals[place].low).sum();
        Coverage { level, share: share(place, &|_| true), width: widths / rows.len() as f64 }
    };
    let mut groups = Vec::new();
    for column in &table.columns {
        let ColumnData::Categorical { values, codes } = &column.data else { continue };
        for (code, value) in (0_u32..).zip(values) {
            let n = rows.iter().filter(|row| codes[**row] == code).count();
            if n >= MIN_ROWS {
                let shares = (0..LEVELS.len()).map(|place| share(place, &|row| codes[row] == code)).collect();
                groups.push(GroupCoverage { column: column.name.clone(), value: value.clone(), n, shares });
            }
        }
    }
    (LEVELS.into_iter().enumerate().map(of_level).collect(), groups)
}

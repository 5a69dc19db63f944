//! How often the truth lies within the intervals, on rows that nothing was learned from.

use model_core::{Coverage, GroupCoverage, Predictor, Value};
use rayon::prelude::*;

use crate::preprocess::RowReader;
use crate::rows::{BLOCK_ROWS, RowIdx};
use crate::table::{ColumnData, Table};

/// The levels that are reported, in percent.
const LEVELS: [f64; 4] = [50.0, 80.0, 90.0, 95.0];
/// A group with fewer rows is not shown.
const MIN_ROWS: usize = 10;

/// What a block of rows shows, one a level.
struct Block {
    /// A bit a level for each row: whether the interval has the truth.
    covered: Vec<u8>,
    widths: [f64; LEVELS.len()],
}

/// The coverage over all of `rows`, one a level, and over those of each category; nothing for a predictor without
/// intervals.
#[must_use]
pub fn coverage<R: RowIdx>(predictor: &Predictor, table: &Table, rows: &[R]) -> (Vec<Coverage>, Vec<GroupCoverage>) {
    let blocks = rows.par_chunks(BLOCK_ROWS).map(|rows| Block::new(predictor, table, rows));
    let Some(blocks) = blocks.collect::<Option<Vec<Block>>>() else { return (Vec::new(), Vec::new()) };
    let mut widths = [0.0; LEVELS.len()];
    for block in &blocks {
        for (sum, width) in widths.iter_mut().zip(block.widths) {
            *sum += width;
        }
    }
    let covered: Vec<u8> = blocks.into_iter().flat_map(|block| block.covered).collect();
    let all = counted(&covered, |_| 0, 1)[0];
    let of_level = |(place, level): (usize, f64)| Coverage {
        level,
        share: all.share(place),
        width: widths[place] / rows.len() as f64,
    };
    let mut groups = Vec::new();
    for column in &table.columns {
        let ColumnData::Categorical { values, codes } = &column.data else { continue };
        // Blanks are the last group, which is not shown.
        let group_of = |place: usize| (codes[rows[place].to_usize()] as usize).min(values.len());
        for (group, value) in counted(&covered, group_of, values.len() + 1).iter().zip(values) {
            if group.n >= MIN_ROWS {
                groups.push(GroupCoverage {
                    column: column.name.clone(),
                    value: value.clone(),
                    n: group.n,
                    shares: (0..LEVELS.len()).map(|place| group.share(place)).collect(),
                });
            }
        }
    }
    (LEVELS.into_iter().enumerate().map(of_level).collect(), groups)
}

impl Block {
    fn new<R: RowIdx>(predictor: &Predictor, table: &Table, rows: &[R]) -> Option<Self> {
        let reader = RowReader::new(predictor.schema(), table);
        let mut values = vec![Value::Missing; table.columns.len()];
        let mut features = vec![0.0; predictor.preprocessor().n_features()];
        let mut block = Self { covered: Vec::with_capacity(rows.len()), widths: [0.0; LEVELS.len()] };
        for row in rows {
            let row = row.to_usize();
            reader.read(row, &mut values);
            let prediction = predictor.predict_values(&values, &mut features);
            let mut covered = 0;
            for (place, level) in LEVELS.into_iter().enumerate() {
                let interval = predictor.interval_of(&values, prediction, level)?;
                covered |= u8::from(interval.contains(table.target[row])) << place;
                block.widths[place] += interval.high - interval.low;
            }
            block.covered.push(covered);
        }
        Some(block)
    }
}

/// How many rows there are, and of how many the truth is covered, one a level.
#[derive(Clone, Copy, Default)]
struct Counted {
    n: usize,
    n_covered: [usize; LEVELS.len()],
}

impl Counted {
    fn share(&self, place: usize) -> f64 {
        self.n_covered[place] as f64 / self.n.max(1) as f64
    }
}

fn counted(covered: &[u8], group_of: impl Fn(usize) -> usize, n_groups: usize) -> Vec<Counted> {
    let mut groups = vec![Counted::default(); n_groups];
    for (place, covered) in covered.iter().enumerate() {
        let group = &mut groups[group_of(place)];
        group.n += 1;
        for (level, n_covered) in group.n_covered.iter_mut().enumerate() {
            *n_covered += usize::from(covered >> level & 1);
        }
    }
    groups
}

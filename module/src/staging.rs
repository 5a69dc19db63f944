//! Memory for some thousand rows, to which JavaScript copies typed arrays column by column.

use model_core::{BatchPredictor, Cells, ColumnKind};

/// Rows that are copied and predicted at a time: few enough to fit in the L2 cache, many enough that a call and a copy
/// per column cost little.
const MOST_ROWS: usize = 4_096;
/// With thousands of columns the number of rows is reduced.
const MOST_CELLS: usize = 1 << 19;

#[derive(Debug)]
pub(crate) struct Staging {
    n_rows: usize,
    columns: Vec<Staged>,
    values: Vec<f64>,
    /// The lower ends of the rows' intervals, then the upper ones; empty until they are requested.
    ends: Vec<f64>,
}

/// One column; only the buffer that was requested is allocated.
#[derive(Debug, Default, Clone)]
struct Staged {
    numbers: Vec<f64>,
    codes: Vec<u8>,
    wide_codes: Vec<u16>,
    is_wide: bool,
}

impl Staging {
    pub(crate) fn new(n_columns: usize) -> Self {
        let n_rows = (MOST_CELLS / n_columns.max(1)).clamp(128, MOST_ROWS);
        Self { n_rows, columns: vec![Staged::default(); n_columns], values: Vec::new(), ends: Vec::new() }
    }

    pub(crate) fn n_rows(&self) -> usize {
        self.n_rows
    }

    pub(crate) fn values_pointer(&self) -> *const f64 {
        self.values.as_ptr()
    }

    /// Allocates the intervals; returns their address.
    pub(crate) fn ends_pointer(&mut self) -> *const f64 {
        self.ends.resize(2 * self.n_rows, f64::NAN);
        self.ends.as_ptr()
    }

    pub(crate) fn stage(&mut self, column_idx: usize, is_numeric: bool, is_wide: bool) -> *const u8 {
        let n_rows = self.n_rows;
        self.values.resize(n_rows, 0.0);
        let column = &mut self.columns[column_idx];
        column.is_wide = is_wide;
        if is_numeric {
            column.numbers.resize(n_rows, f64::NAN);
            column.numbers.as_ptr().cast()
        } else if is_wide {
            column.wide_codes.resize(n_rows, Cells::BLANK_U16);
            column.wide_codes.as_ptr().cast()
        } else {
            column.codes.resize(n_rows, Cells::BLANK_U8);
            column.codes.as_ptr()
        }
    }

    /// Predicts the first `n_rows` rows; `Some(column · nRows + row)` is the first invalid cell.
    pub(crate) fn predict(&mut self, batch: &mut BatchPredictor, n_rows: usize) -> Option<usize> {
        self.run(batch, n_rows, None)
    }

    /// Predicts the first `n_rows` rows and their intervals at `level` percent; an invalid code means an unseen
    /// category. Returns the same as [`Self::predict`].
    pub(crate) fn estimate(&mut self, batch: &mut BatchPredictor, n_rows: usize, level: f64) -> Option<usize> {
        self.run(batch, n_rows, Some(level))
    }

    fn run(&mut self, batch: &mut BatchPredictor, n_rows: usize, level: Option<f64>) -> Option<usize> {
        let cells: Vec<Cells<'_>> = self.columns.iter().map(|column| column.cells(n_rows)).collect();
        for (column_idx, (cells, column)) in cells.iter().zip(&batch.predictor().schema().columns).enumerate() {
            let is_taken = level.is_some() && matches!(column.kind, ColumnKind::Categorical { .. });
            if let Some(row) = cells.first_unusable(&column.kind).filter(|_| !is_taken) {
                return Some(column_idx * self.n_rows + row);
            }
        }
        let values = &mut self.values[..n_rows];
        // Each column was staged as what the schema says it is.
        let outcome = batch.predict(&cells, values);
        debug_assert_eq!(outcome, Ok(()), "columns are staged before rows are predicted");
        if let Some(level) = level {
            self.ends.fill(f64::NAN);
            let (lows, highs) = self.ends.split_at_mut(self.n_rows);
            // Without intervals the ends are unchanged.
            let _ = batch.intervals(&cells, values, level, (&mut lows[..n_rows], &mut highs[..n_rows]));
        }
        None
    }
}

impl Staged {
    fn cells(&self, n_rows: usize) -> Cells<'_> {
        if !self.numbers.is_empty() {
            Cells::Numbers(&self.numbers[..n_rows])
        } else if self.is_wide {
            Cells::Codes16(&self.wide_codes[..n_rows])
        } else {
            // Derived columns are not staged.
            Cells::Codes8(self.codes.get(..n_rows).unwrap_or_default())
        }
    }
}

//! Tables for pairs of columns, fitted to the residuals of the shapes.

use model_core::{Axis, ColumnKind, PairShape};

use super::params::Params;
use super::residuals::{Fitted, Residuals};
use super::shapes::bin_of_category;
use crate::folds::binned::BinnedColumn;
use crate::folds::fit_data::FitData;
use crate::learn::monotone::directions;

/// Cells of a numeric column, excluding the one for blanks.
const MAX_CELLS: usize = 8;
/// Purification sweeps; each one makes the remaining marginal effects smaller.
const N_SWEEPS: usize = 50;

/// A column divided into a few cells.
pub(super) struct Cells {
    axis: Axis,
    /// The cell of each bin.
    of_bin: Vec<u16>,
}

/// A pair of columns and their cells.
pub(super) struct Pair {
    columns: [usize; 2],
    cells: [Cells; 2],
}

/// The pairs whose cells explain most of the residual variance in excess of chance; the best first.
pub(super) fn choose(n_pairs: usize, data: &FitData, residuals: &Residuals) -> Vec<Pair> {
    let n_columns = data.schema().columns.len();
    let total: f64 = residuals.weights.iter().sum();
    let squares: f64 =
        residuals.residuals.iter().zip(&residuals.weights).map(|(residual, weight)| weight * residual * residual).sum();
    let columns = &data.binned(false).columns;
    let cells = |column: usize| cells(&columns[column], &data.schema().columns[column].kind, &residuals.weights);
    let directions = directions(data);
    let is_free = |column: usize| directions.get(column).is_none_or(|direction| *direction == 0);
    let mut gains = Vec::new();
    for second in (1..n_columns).take_while(|_| !data.is_stopped()) {
        for first in (0..second).filter(|first| is_free(*first) && is_free(second)) {
            let pair = Pair { columns: [first, second], cells: [cells(first), cells(second)] };
            let sums = residuals.sums(pair.rows(columns), pair.n_cells());
            let filled = sums.iter().filter(|sum| sum.h > 0.0);
            // By chance each cell's mean explains the residual variance once.
            let gain =
                filled.clone().map(|sum| sum.g * sum.g / sum.h).sum::<f64>() - filled.count() as f64 * squares / total;
            if gain > 0.0 {
                gains.push((gain, pair));
            }
        }
    }
    gains.sort_by(|left, right| right.0.total_cmp(&left.0));
    gains.into_iter().take(n_pairs).map(|(_, pair)| pair).collect()
}

/// Boosts the pairs' tables, moves their marginal effects to the shapes and adds them to the fit.
pub(super) fn add_tables(
    params: &Params,
    pairs: Vec<Pair>,
    data: &FitData,
    residuals: &mut Residuals,
    fitted: &mut Fitted,
    rounds: usize,
) {
    let columns = &data.binned(false).columns;
    let rows: Vec<Vec<usize>> = pairs.iter().map(|pair| pair.rows(columns).collect()).collect();
    let mut tables: Vec<Vec<f64>> = pairs.iter().map(|pair| vec![0.0; pair.n_cells()]).collect();
    for _ in 0..rounds {
        if data.is_stopped() {
            break;
        }
        for (rows, table) in rows.iter().zip(&mut tables) {
            let sums = residuals.sums(rows.iter().copied(), table.len());
            let steps: Vec<f64> = sums.iter().map(|sum| params.step(*sum)).collect();
            for (value, step) in table.iter_mut().zip(&steps) {
                *value += step;
            }
            residuals.subtract(rows.iter().copied(), &steps);
        }
    }
    for ((pair, rows), mut table) in pairs.into_iter().zip(&rows).zip(tables) {
        let cell_weights: Vec<f64> =
            residuals.sums(rows.iter().copied(), table.len()).iter().map(|sum| sum.h).collect();
        pair.purify(&mut table, &cell_weights, &mut fitted.shapes);
        let [first, second] = pair.cells;
        fitted.pairs.push(PairShape {
            columns: pair.columns.map(|column| column as u16),
            axes: [first.axis, second.axis],
            values: table,
        });
    }
}

impl Pair {
    fn n_cells(&self) -> usize {
        self.cells[0].axis.n_cells() * self.cells[1].axis.n_cells()
    }

    /// The cell of each row.
    fn rows<'a>(&'a self, columns: &'a [BinnedColumn]) -> impl Iterator<Item = usize> + 'a {
        let width = self.cells[1].axis.n_cells();
        let [first, second] = self.columns.map(|column| &columns[column].bins);
        let cell = move |(first, second): (&u8, &u8)| {
            usize::from(self.cells[0].of_bin[usize::from(*first)]) * width
                + usize::from(self.cells[1].of_bin[usize::from(*second)])
        };
        first.iter().zip(second).map(cell)
    }

    /// Moves the table's row and column averages to the shapes, so that the table contains only the interaction.
    fn purify(&self, table: &mut [f64], weights: &[f64], shapes: &mut [Vec<f64>]) {
        let sizes = [0, 1].map(|side| self.cells[side].axis.n_cells());
        for _ in 0..N_SWEEPS {
            for side in [0, 1] {
                for cell in 0..sizes[side] {
                    let entries = (0..sizes[1 - side])
                        .map(|other| if side == 0 { cell * sizes[1] + other } else { other * sizes[1] + cell });
                    let weight: f64 = entries.clone().map(|entry| weights[entry]).sum();
                    if weight <= 0.0 {
                        continue;
                    }
                    let mean = entries.clone().map(|entry| weights[entry] * table[entry]).sum::<f64>() / weight;
                    entries.for_each(|entry| table[entry] -= mean);
                    let of_bin = &self.cells[side].of_bin;
                    for (value, of_bin) in shapes[self.columns[side]].iter_mut().zip(of_bin) {
                        if usize::from(*of_bin) == cell {
                            *value += mean;
                        }
                    }
                }
            }
        }
    }
}

/// Divides a column into cells of about equal weight; each category is a cell.
fn cells(column: &BinnedColumn, kind: &ColumnKind, row_weights: &[f64]) -> Cells {
    let n_values = column.n_values();
    let (axis, mut of_bin): (Axis, Vec<u16>) = match kind {
        ColumnKind::Numeric { .. } => {
            let mut weights = vec![0.0; column.n_bins];
            column.bins.iter().zip(row_weights).for_each(|(bin, weight)| weights[usize::from(*bin)] += weight);
            let total: f64 = weights[..n_values].iter().sum();
            let between = column.thresholds();
            let (mut thresholds, mut of_bin) = (Vec::new(), Vec::with_capacity(column.n_bins));
            let (mut before, mut share) = (0.0, 0.0);
            for (bin, weight) in weights[..n_values].iter().enumerate() {
                let share_here = libm::floor(before / total * MAX_CELLS as f64);
                if share_here > share {
                    thresholds.push(between[bin - 1]);
                    share = share_here;
                }
                of_bin.push(thresholds.len() as u16);
                before += weight;
            }
            (Axis::Steps(thresholds), of_bin)
        }
        ColumnKind::Categorical { values, .. } => {
            let cell = |code: usize| bin_of_category(column, code).unwrap_or_default() as u16;
            (Axis::Categories((0..values.len()).map(cell).collect()), (0..n_values as u16).collect())
        }
    };
    let last = axis.n_cells() as u16 - 1;
    of_bin.resize(column.n_bins, last);
    Cells { axis, of_bin }
}

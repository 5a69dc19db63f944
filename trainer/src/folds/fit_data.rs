//! The rows of a fold in each encoding that learners use. An encoding is computed when first needed, once per fold, and
//! shared by all candidates; the cells themselves stay in the table.

use std::sync::OnceLock;

use model_core::{ColumnKind, Encoding, Model, Preprocessor, Schema, Value};
use ndarray::Array2;
use rayon::prelude::*;

use super::binned::{Binned, BinnedColumn};
use super::column_features::ColumnFeatures;
use super::limits::{TooLarge, first_too_large};
use super::merged::{Counts, Merged};
use super::preprocess::RowReader;
use super::samples::Samples;
use super::stop_signal::StopSignal;
use crate::metrics::{each, mean_and_sd_of, r2_of, r2_of_cells};
use crate::table::compact::{Codes, Numbers};
use crate::table::row_idx::{RowIdx, in_order, narrow_rows};
use crate::table::{BLANK, ColumnData, MANY_ROWS, Table, TableColumn};

/// The encoding of the features that a family uses, in training and in prediction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Features {
    /// Numbers standardised, categories one-hot, blanks imputed.
    OneHot,
    /// One feature a column, blanks imputed.
    Native,
    /// One feature a column, blanks handled by the model.
    NativeWithBlanks,
    /// All of these, concatenated.
    All,
}

/// The rows of a fold's training or validation part (or of the final fit).
#[derive(Debug, Clone)]
pub struct FitData {
    /// Includes the one-hot encoding; fitted on the training part.
    preprocessor: Preprocessor,
    /// The columns of the table, whose cells are shared.
    columns: Vec<TableColumn>,
    targets: Numbers,
    /// The rows' indices in the table; if there are many, sorted.
    rows: Vec<u32>,
    weights: Option<Vec<f64>>,
    counts: Option<Counts>,
    target: OnceLock<Vec<f64>>,
    one_hot: OnceLock<Samples>,
    native: [OnceLock<Array2<f64>>; 2],
    all: OnceLock<Array2<f64>>,
    binned: [OnceLock<Binned>; 2],
    too_large: OnceLock<Option<TooLarge>>,
    stop: StopSignal,
}

/// Rows encoded and predicted in one task.
const BLOCK_ROWS: usize = 4_096;

impl FitData {
    /// The given rows of `table`, for a preprocessor (including its one-hot encoding) fitted on all or some of its
    /// rows.
    ///
    /// With 50,000 rows or more they are sorted; cells with the same features are merged.
    #[must_use]
    pub fn new<R: RowIdx>(preprocessor: &Preprocessor, table: &Table, rows: &[R]) -> Self {
        Self::of_rows(preprocessor, table, narrow_rows(rows, table.n_rows()))
    }

    /// The same, taking ownership of the list.
    pub(crate) fn of_rows(preprocessor: &Preprocessor, table: &Table, rows: Vec<u32>) -> Self {
        let (rows, targets, counts) = match &table.cells {
            Some(cells) => {
                let Merged { rows, targets, counts } = Merged::new(table, cells, rows);
                (rows, targets, Some(counts))
            }
            None if rows.len() >= MANY_ROWS => (in_order(rows, table.n_rows()), table.target.clone(), None),
            None => (rows, table.target.clone(), None),
        };
        Self {
            preprocessor: preprocessor.clone(),
            columns: table.columns.clone(),
            targets,
            counts,
            weights: table.weights.as_ref().map(|weights| rows.iter().map(|row| weights[*row as usize]).collect()),
            rows,
            target: OnceLock::new(),
            one_hot: OnceLock::new(),
            native: [OnceLock::new(), OnceLock::new()],
            all: OnceLock::new(),
            binned: [OnceLock::new(), OnceLock::new()],
            too_large: OnceLock::new(),
            stop: StopSignal::default(),
        }
    }

    /// Lets `stop` end fits to these rows early. A model whose fit was stopped is incomplete and must not be used.
    #[must_use]
    pub fn stopped_by(self, stop: StopSignal) -> Self {
        Self { stop, ..self }
    }

    /// Whether a fit to these rows should end now, incomplete.
    pub(crate) fn is_stopped(&self) -> bool {
        self.stop.is_due()
    }

    /// The first number, if any, that exceeds `MAX_MAGNITUDE`.
    pub(crate) fn too_large(&self) -> Option<&TooLarge> {
        let find = || first_too_large(&self.columns, &self.schema().target.name, &self.targets, self.weights());
        self.too_large.get_or_init(find).as_ref()
    }

    /// How many rows there are.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are so many rows that encoding all of them at once costs too much memory.
    pub(crate) fn has_many_rows(&self) -> bool {
        self.n_rows() >= MANY_ROWS
    }

    /// The rows' indices in the table.
    pub(crate) fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// The target of each row, in its unit.
    #[must_use]
    pub fn target(&self) -> &[f64] {
        self.target.get_or_init(|| self.targets().collect())
    }

    /// The same as an iterator.
    pub(crate) fn targets(&self) -> impl Iterator<Item = f64> + Clone {
        self.rows.iter().map(|row| self.targets[*row as usize])
    }

    /// The target of the row at this index of [`FitData::rows`].
    pub(crate) fn target_at(&self, row_idx: usize) -> f64 {
        self.targets[self.rows[row_idx] as usize]
    }

    /// Each row's weight, or the number of rows that a cell stands for; `None` if all count the same.
    #[must_use]
    pub fn weights(&self) -> Option<&[f64]> {
        self.counts().or(self.weights.as_deref())
    }

    /// The number of rows that each cell stands for; `None` for rows.
    #[must_use]
    pub fn counts(&self) -> Option<&[f64]> {
        self.counts.as_ref().map(|counts| &counts.n[..])
    }

    /// R² of one prediction a row, weighted if rows are; for cells, R² over all rows that they stand for.
    pub(crate) fn r2(&self, predicted: &[f64]) -> f64 {
        match &self.counts {
            Some(Counts { n, within }) => r2_of_cells(|| self.targets(), predicted, n, *within),
            None => r2_of(|| self.targets(), predicted, self.weights()),
        }
    }

    /// The root mean squared error of one prediction a row.
    pub(crate) fn rmse(&self, predicted: &[f64]) -> f64 {
        let within = self.counts.as_ref().map_or(0.0, |counts| counts.within);
        let count: f64 = each(self.weights()).take(self.n_rows()).sum();
        let errors = self.targets().zip(predicted).zip(each(self.weights()));
        let squares: f64 = errors.map(|((actual, own), weight)| weight * ((actual - own) * (actual - own))).sum();
        ((squares + within) / count).sqrt()
    }

    /// Mean and standard deviation of the target over all records, unweighted.
    pub(crate) fn mean_and_sd(&self) -> (f64, f64) {
        let Some(Counts { n, within }) = &self.counts else { return mean_and_sd_of(self.targets(), self.n_rows()) };
        let count: f64 = n.iter().sum();
        let mean = self.targets().zip(n).map(|(target, n)| target * n).sum::<f64>() / count;
        let between: f64 = self.targets().zip(n).map(|(target, n)| n * ((target - mean) * (target - mean))).sum();
        (mean, ((between + within) / count).sqrt())
    }

    /// The schema fitted on the training part.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        &self.preprocessor.schema
    }

    /// Whether each column is categorical.
    #[must_use]
    pub fn is_categorical(&self) -> Vec<bool> {
        self.schema().columns.iter().map(|column| matches!(column.kind, ColumnKind::Categorical { .. })).collect()
    }

    /// The preprocessor for a model that uses `features`.
    #[must_use]
    pub fn preprocessor(&self, features: Features) -> Preprocessor {
        let encoding = match (features, &self.preprocessor.encoding) {
            (Features::All, Encoding::OneHot(columns)) => Encoding::All(columns.clone()),
            (Features::OneHot | Features::All, encoding) => encoding.clone(),
            (Features::Native, _) => Encoding::Native { imputed: true },
            (Features::NativeWithBlanks, _) => Encoding::Native { imputed: false },
        };
        Preprocessor { schema: self.schema().clone(), encoding }
    }

    /// The standardised, one-hot encoding.
    pub fn one_hot(&self) -> &Samples {
        self.one_hot.get_or_init(|| Samples {
            features: self.encode(Features::OneHot),
            target: self.target().to_vec(),
            weights: self.weights().map(<[f64]>::to_vec),
        })
    }

    /// One feature a column of the table; blanks imputed or NaN.
    pub fn native(&self, imputed: bool) -> &Array2<f64> {
        let features = if imputed { Features::Native } else { Features::NativeWithBlanks };
        self.native[usize::from(imputed)].get_or_init(|| self.encode(features))
    }

    /// The columns in at most 256 bins each, for trees; blanks imputed or in a separate bin.
    pub fn binned(&self, imputed: bool) -> &Binned {
        let binned = &self.binned[usize::from(imputed)];
        match binned.get() {
            Some(binned) => binned,
            None => {
                // Computed outside of the cell: binning is parallel, and a thread that waits for its tasks executes
                // others, which may need the same cell and would deadlock.
                let made = self.bin(imputed);
                binned.get_or_init(|| made)
            }
        }
    }

    fn bin(&self, imputed: bool) -> Binned {
        let bin = |(column_idx, is_categorical): (usize, &bool)| {
            let features = self.column_features(column_idx, imputed);
            BinnedColumn::of_column(features, self.rows(), *is_categorical, self.counts())
        };
        Binned::of_columns(self.is_categorical().par_iter().enumerate().map(bin).collect(), self.n_rows())
    }

    /// The features in the given encoding.
    pub fn features(&self, features: Features) -> &Array2<f64> {
        match features {
            Features::OneHot => &self.one_hot().features,
            Features::Native => self.native(true),
            Features::NativeWithBlanks => self.native(false),
            Features::All => self.all.get_or_init(|| self.encode(Features::All)),
        }
    }

    /// One column as trees use it.
    pub(crate) fn column_features(&self, column_idx: usize, imputed: bool) -> ColumnFeatures<'_> {
        let features = if imputed { Features::Native } else { Features::NativeWithBlanks };
        let preprocessor = self.preprocessor(features);
        let (mut values, mut encoded) = (vec![Value::Missing; self.columns.len()], vec![0.0; self.columns.len()]);
        let mut feature_of = |value: Value| {
            values[column_idx] = value;
            preprocessor.encode(&values, &mut encoded);
            encoded[column_idx]
        };
        let kind = &self.schema().columns[column_idx].kind;
        let number = |number: f64| if number.is_nan() { Value::Missing } else { Value::Number(number) };
        match &self.columns[column_idx].data {
            ColumnData::Numeric(Numbers::Coded { distinct, codes }) => {
                ColumnFeatures::Coded(distinct.iter().map(|cell| feature_of(number(*cell))).collect(), codes)
            }
            ColumnData::Numeric(Numbers::Plain(numbers)) => {
                let cells = self.rows.iter().map(|row| feature_of(number(numbers[*row as usize])));
                ColumnFeatures::Plain(cells.collect())
            }
            ColumnData::Categorical { values, codes } => {
                let mut features: Vec<f64> = values
                    .iter()
                    .map(|value| feature_of(kind.code(value).map_or(Value::Unseen, Value::Category)))
                    .collect();
                let blank = feature_of(Value::Missing);
                match codes {
                    Codes::Narrow(codes) => {
                        features.resize(256, blank);
                        ColumnFeatures::Coded(features, codes)
                    }
                    Codes::Wide(codes) => {
                        let feature = |code: u32| if code == BLANK { blank } else { features[code as usize] };
                        ColumnFeatures::Plain(self.rows.iter().map(|row| feature(codes[*row as usize])).collect())
                    }
                }
            }
        }
    }

    /// The model's prediction for every row.
    #[must_use]
    pub fn predict(&self, model: &Model, features: Features) -> Vec<f64> {
        if self.has_many_rows() {
            return self.map_rows(features, |row| model.predict(row));
        }
        let features = self.features(features);
        let mut buffer = vec![0.0; features.ncols()];
        features
            .outer_iter()
            .map(|row| {
                for (cell, feature) in buffer.iter_mut().zip(row) {
                    *cell = *feature;
                }
                model.predict(&buffer)
            })
            .collect()
    }

    /// `of_row` of each row's features; rows are encoded lazily and in parallel.
    pub(crate) fn map_rows<T: Clone + Default + Send>(
        &self,
        features: Features,
        of_row: impl Fn(&[f64]) -> T + Sync,
    ) -> Vec<T> {
        let mut mapped = vec![T::default(); self.n_rows()];
        self.rows.par_chunks(BLOCK_ROWS).zip(mapped.par_chunks_mut(BLOCK_ROWS)).for_each(|(rows, mapped)| {
            let mut mapped = mapped.iter_mut();
            self.each_encoded(features, rows, |row| {
                if let Some(mapped) = mapped.next() {
                    *mapped = of_row(row);
                }
            });
        });
        mapped
    }

    /// Calls `visit` with the features of each of the given rows of the table.
    pub(crate) fn each_encoded(&self, features: Features, rows: &[u32], mut visit: impl FnMut(&[f64])) {
        let preprocessor = self.preprocessor(features);
        let mut encoded = vec![0.0; preprocessor.n_features()];
        self.each_row(rows, |values| {
            preprocessor.encode(values, &mut encoded);
            visit(&encoded);
        });
    }

    /// Calls `visit` with the values of each of the given rows of the table.
    pub(crate) fn each_row(&self, rows: &[u32], mut visit: impl FnMut(&[Value])) {
        let reader = RowReader::of_columns(self.schema(), &self.columns);
        let mut values = vec![Value::Missing; self.columns.len()];
        for row in rows {
            reader.read(*row as usize, &mut values);
            visit(&values);
        }
    }

    fn encode(&self, features: Features) -> Array2<f64> {
        let mut encoded = Array2::zeros((self.n_rows(), self.preprocessor(features).n_features()));
        let mut encoded_rows = encoded.outer_iter_mut();
        self.each_encoded(features, &self.rows, |row| {
            if let Some(mut encoded) = encoded_rows.next()
                && let Some(encoded) = encoded.as_slice_mut()
            {
                encoded.copy_from_slice(row);
            }
        });
        encoded
    }
}

//! The table in the engine, and the few queries on it.

use std::path::PathBuf;

use arrow_schema::{DataType, Schema};
use trainer::{Queries, QueryOptions, Roundings, queries};

use super::adbc::Engine;
use super::address::Address;
use super::incoming::Incoming;
use crate::cli::failure::Failure;
use crate::cli::interrupt::Stop;

/// A table in an engine, and how its rows are split.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) address: Address,
    pub(crate) driver: Option<PathBuf>,
    pub(crate) table: String,
    pub(crate) id: String,
    pub(crate) target: String,
    pub(crate) seed: u32,
    pub(crate) test_size: f64,
    pub(crate) n_folds: usize,
}

/// A table whose engine is connected.
pub(crate) struct Connected {
    engine: Engine,
    source: Source,
    /// The names of all columns, and whether each is numeric.
    pub(crate) columns: Vec<(String, bool)>,
    /// The number of rows with a target.
    pub(crate) n_rows: u64,
}

impl Source {
    /// Connects, and queries the table's columns and its number of rows.
    pub(crate) fn connect(self, stop: &Stop) -> Result<Connected, Failure> {
        let mut engine = Engine::connect(&self.address, self.driver.clone(), stop)?;
        let Queries { columns, counts, .. } = queries(&self.options(&[], 1.0));
        let schema = engine.schema(&columns)?;
        self.check(&schema)?;
        let answer = engine.text(&counts)?;
        let numbers: Vec<u64> =
            answer.lines().nth(1).unwrap_or_default().split(',').filter_map(|count| count.parse().ok()).collect();
        let [n, ids, targets] = numbers[..] else {
            return Err(Failure::engine(format!("the engine counted rows as {answer:?}")));
        };
        if ids < n {
            return Err(Failure::engine(format!(
                "{} of {n} rows of {} have no \"{}\": rows are parted by it; name a column that all have with --id",
                n - ids,
                self.table,
                self.id
            )));
        }
        let columns = schema.fields().iter().map(|field| (field.name().clone(), field.data_type().is_numeric()));
        Ok(Connected { engine, columns: columns.collect(), n_rows: targets, source: self })
    }

    fn options(&self, columns: &[String], share: f64) -> QueryOptions {
        let Self { address, table, id, target, seed, test_size, n_folds, .. } = self.clone();
        let (dialect, columns) = (address.dialect, columns.to_vec());
        let roundings = Roundings::new();
        QueryOptions { dialect, table, id, target, columns, roundings, seed, test_size, n_folds, decimals: 0, share }
    }

    fn check(&self, schema: &Schema) -> Result<(), Failure> {
        let known = || schema.fields().iter().map(|field| field.name().as_str()).collect::<Vec<_>>().join(", ");
        let find = |name: &str, option: &str| {
            schema.field_with_name(name).map_err(|_| {
                Failure::engine(format!("{} has no column \"{name}\" ({option}); it has: {}", self.table, known()))
            })
        };
        find(&self.target, "--target")?;
        let id = find(&self.id, "--id")?.data_type();
        // Other types have different texts in different engines, so their hashes and parts would differ.
        let is_text = matches!(id, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
        if id.is_integer() || is_text {
            return Ok(());
        }
        Err(Failure::engine(format!(
            "column \"{}\" holds {id}; --id needs whole numbers or texts, which are the same text in every engine",
            self.id
        )))
    }
}

impl Connected {
    /// Streams about `n` rows with their parts, drawn by their id, to `consume` as CSV and returns what that returns.
    pub(crate) fn sample<T: Send>(
        &mut self,
        columns: &[String],
        n: u64,
        consume: impl FnOnce(Incoming) -> T + Send,
    ) -> Result<T, Failure> {
        let share = n as f64 / self.n_rows.max(1) as f64;
        let sql = queries(&self.source.options(columns, share)).sample;
        // The maximum can't be exceeded.
        let all = self.engine.stream(&sql, u64::MAX, consume)?;
        all.ok_or_else(|| Failure::engine("the engine gave no rows".into()))
    }

    /// Likewise for the cells, with numbers rounded before they are counted; `None` if there are more than `most`
    /// cells.
    pub(crate) fn cells<T: Send>(
        &mut self,
        columns: &[String],
        roundings: &Roundings,
        decimals: u32,
        most: u64,
        consume: impl FnOnce(Incoming) -> T + Send,
    ) -> Result<Option<T>, Failure> {
        let options = QueryOptions { roundings: roundings.clone(), decimals, ..self.source.options(columns, 1.0) };
        let sql = queries(&options).cells;
        self.engine.stream(&format!("{sql}LIMIT {}", most.saturating_add(1)), most, consume)
    }
}

//! A connection to an engine through its ADBC driver, a shared library that is found by name.

use std::io;
use std::panic::resume_unwind;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use adbc_core::options::{AdbcVersion, OptionDatabase, OptionValue};
use adbc_core::{Connection as _, Database as _, Driver as _, LOAD_FLAG_DEFAULT, Statement as _};
use adbc_driver_manager::{ManagedConnection, ManagedDriver, ManagedStatement};
use arrow_array::RecordBatchReader as _;
use arrow_schema::Schema;

use super::address::Address;
use super::incoming::Incoming;
use super::texts::{Csv, message};
use crate::cli::failure::Failure;
use crate::cli::interrupt::Stop;

/// An engine that doesn't answer `SELECT 1` within this time counts as unreachable: some drivers would try for minutes.
/// Spark's first answer takes 5 to 15 seconds on a busy machine.
const DEADLINE: Duration = Duration::from_secs(30);
/// How often a running query is checked for cancellation.
const LOOK: Duration = Duration::from_millis(50);
/// The entry point of DuckDB's driver, which can't be derived from its name.
const DUCKDB_ENTRY: &[u8] = b"duckdb_adbc_init";

/// A connected engine.
pub(super) struct Engine {
    connection: ManagedConnection,
    stop: Stop,
}

impl Engine {
    /// Connects and runs a first query.
    pub(super) fn connect(address: &Address, driver: Option<PathBuf>, stop: &Stop) -> Result<Self, Failure> {
        let (sender, receiver) = mpsc::channel();
        let own = address.clone();
        let connecting = move || {
            // After the deadline, there is no receiver any more.
            let _ = sender.send(connect(&own, driver));
        };
        thread::Builder::new().spawn(connecting).map_err(|problem| Failure::threads(&problem))?;
        let answer = receiver.recv_timeout(DEADLINE).map_err(|_| {
            Failure::engine(format!(
                "the engine did not answer within {} seconds; check the address, and whether it expects TLS or a token",
                DEADLINE.as_secs()
            ))
        })?;
        let connection = answer.map_err(Failure::engine)?;
        Ok(Self { connection, stop: stop.clone() })
    }

    /// The names and types of a query's columns.
    pub(super) fn schema(&mut self, sql: &str) -> Result<Schema, Failure> {
        self.ask(sql, |statement| {
            statement.execute().map(|reader| reader.schema().as_ref().clone()).map_err(|error| refused(&error))
        })
    }

    /// A query's result, whose columns must be texts, as CSV.
    pub(super) fn text(&mut self, sql: &str) -> Result<String, Failure> {
        let mut all = String::new();
        self.ask(sql, |statement| {
            batches(statement, u64::MAX, &mut |text| {
                all += &text;
                true
            })
        })?;
        Ok(all)
    }

    /// Streams a query's result to `consume` as CSV and returns what that returns; `None` if there are more than `most`
    /// rows.
    pub(super) fn stream<T: Send>(
        &mut self,
        sql: &str,
        most: u64,
        consume: impl FnOnce(Incoming) -> T + Send,
    ) -> Result<Option<T>, Failure> {
        self.ask(sql, |statement| {
            thread::scope(|scope| {
                let (sender, incoming) = Incoming::new();
                let consuming = thread::Builder::new()
                    .spawn_scoped(scope, move || consume(incoming))
                    .map_err(|problem| Failure::threads(&problem))?;
                // Sending fails if `consume` stops reading early.
                let read = batches(statement, most, &mut |text| sender.send(Ok(text)).is_ok());
                if !matches!(read, Ok(true)) {
                    let _ = sender.send(Err(io::Error::other("the engine's answer is not taken")));
                }
                drop(sender);
                let consumed = consuming.join().unwrap_or_else(|panic| resume_unwind(panic));
                Ok(read?.then_some(consumed))
            })
        })
    }

    /// Runs a query and reads its result by `read`; an error if the run is to stop meanwhile.
    fn ask<T>(
        &mut self,
        sql: &str,
        read: impl FnOnce(&mut ManagedStatement) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        log::info!("asking the engine: {sql}");
        let mut statement = self.connection.new_statement().map_err(|error| refused(&error))?;
        statement.set_sql_query(sql).map_err(|error| refused(&error))?;
        let watch = Watch::new(&statement, &self.stop);
        let answer = read(&mut statement);
        drop(watch);
        if self.stop.is_interrupted() {
            return Err(Failure::interrupted());
        }
        if self.stop.is_due() {
            return Err(Failure::engine(
                "the time limit was reached while the engine was asked; nothing was written".into(),
            ));
        }
        answer
    }
}

fn refused(error: &adbc_core::error::Error) -> Failure {
    Failure::engine(format!("the engine refused: {}", message(error)))
}

/// Passes a query's result to `take` as pieces of CSV, until it returns false; returns false if there are more than
/// `most` rows.
fn batches(statement: &mut ManagedStatement, most: u64, take: &mut dyn FnMut(String) -> bool) -> Result<bool, Failure> {
    let reader = statement.execute().map_err(|error| refused(&error))?;
    let mut csv = Csv::new(&reader.schema());
    for batch in reader {
        let added = batch.and_then(|batch| csv.add(&batch));
        added.map_err(|problem| {
            Failure::engine(format!("the engine's answer broke off: {}", super::redacted(&problem.to_string())))
        })?;
        if csv.n_rows > most {
            return Ok(false);
        }
        if !take(std::mem::take(&mut csv.text)) {
            return Ok(true);
        }
    }
    // The header, if there are no rows.
    take(csv.text);
    Ok(true)
}

fn connect(address: &Address, driver: Option<PathBuf>) -> Result<ManagedConnection, String> {
    let is_duckdb = address.driver == "duckdb";
    let entry = is_duckdb.then_some(DUCKDB_ENTRY);
    let name = driver.map_or_else(|| address.driver.clone().into(), PathBuf::into_os_string);
    let mut loaded =
        ManagedDriver::load_from_name(&name, entry, AdbcVersion::V110, LOAD_FLAG_DEFAULT, None).map_err(|error| {
            format!("the driver for {} can't be loaded: {}; {}", address.driver, message(&error), address.remedy())
        })?;
    let option = |(name, value): &(String, String)| {
        let key = if name == "uri" { OptionDatabase::Uri } else { OptionDatabase::Other(name.clone()) };
        (key, OptionValue::String(value.clone()))
    };
    let refused = |error: adbc_core::error::Error| format!("the engine can't be reached: {}", message(&error));
    let database = loaded.new_database_with_opts(address.options.iter().map(option)).map_err(refused)?;
    let mut connection = database.new_connection().map_err(refused)?;
    let mut statement = connection.new_statement().map_err(refused)?;
    statement.set_sql_query("SELECT 1").map_err(refused)?;
    let answer = statement.execute().map_err(refused)?;
    // Some drivers connect only when a result is read.
    for batch in answer {
        batch.map_err(|problem| format!("the engine can't be reached: {}", super::redacted(&problem.to_string())))?;
    }
    Ok(connection)
}

/// Cancels a statement as soon as the run is to stop; dropping this ends the watch.
struct Watch(Arc<AtomicBool>);

impl Watch {
    fn new(statement: &ManagedStatement, stop: &Stop) -> Self {
        let is_done = Arc::new(AtomicBool::new(false));
        let (done, stop, handle) = (Arc::clone(&is_done), stop.clone(), statement.get_cancel_handle());
        let watch = move || {
            while !done.load(Ordering::Relaxed) {
                if stop.is_due() {
                    if let Err(problem) = handle.try_cancel() {
                        log::warn!("the query can't be cancelled: {}", message(&problem));
                    }
                    return;
                }
                thread::sleep(LOOK);
            }
        };
        // If no thread can be started, the query is not cancelled and runs to its end.
        let _ = thread::Builder::new().spawn(watch);
        Self(is_done)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

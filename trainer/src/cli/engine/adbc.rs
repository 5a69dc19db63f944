//! A connection to an engine through its driver, a shared library that is found by its name.

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

/// An engine that doesn't answer `SELECT 1` by then is not there: some drivers would try for minutes. Spark's first answer takes
/// 5 to 15 seconds on a busy machine.
const DEADLINE: Duration = Duration::from_secs(30);
/// How often it is looked whether a query is to be cancelled.
const LOOK: Duration = Duration::from_millis(50);
/// DuckDB's name for its entry point, which no rule derives.
const DUCKDB_ENTRY: &[u8] = b"duckdb_adbc_init";

/// An engine that has answered.
pub(super) struct Engine {
    connection: ManagedConnection,
    stop: Stop,
}

impl Engine {
    /// Connects, and asks a first question.
    pub(super) fn connect(address: &Address, driver: Option<PathBuf>, stop: &Stop) -> Result<Self, Failure> {
        let (sender, receiver) = mpsc::channel();
        let own = address.clone();
        let connecting = move || {
            // Nobody listens any more where the deadline is over.
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

    /// The names and types of what a query gives.
    pub(super) fn schema(&mut self, sql: &str) -> Result<Schema, Failure> {
        self.ask(sql, |statement| {
            statement.execute().map(|reader| reader.schema().as_ref().clone()).map_err(|error| refused(&error))
        })
    }

    /// What a query gives, which are texts, as the text of a CSV file.
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

    /// What `consume` makes of what a query gives, which it reads while it comes; `None` where that is more than `most` rows.
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
                // Who has enough of it reads no further.
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

    /// Answers by `read`, unless the run is to stop meanwhile.
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

/// Gives the text of a CSV file to `take`, piece by piece, until that says no; whether there were not more than `most` rows.
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
    // The header, where there are no rows.
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
    // Some drivers connect only once something is read.
    for batch in answer {
        batch.map_err(|problem| format!("the engine can't be reached: {}", super::redacted(&problem.to_string())))?;
    }
    Ok(connection)
}

/// Cancels a statement as soon as the run is to stop, until this is dropped.
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
        // Without a thread the engine ends the query by itself.
        let _ = thread::Builder::new().spawn(watch);
        Self(is_done)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

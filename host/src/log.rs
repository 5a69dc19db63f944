//! The access log: one line per request, written when its answer has been handed to the operating system.
//!
//! Lines are buffered in memory and written by a separate thread: a slow disk or reader delays no answer. Lines that
//! exceed the buffer are dropped and counted.

use std::{
    fmt,
    fs::{File, OpenOptions},
    io::{self, Write},
    net::IpAddr,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread,
    time::{Duration, SystemTime},
};

use http::{Method, Uri, Version};
use humantime::format_rfc3339_millis;
use serde_json::json;

/// The most blocks of lines queued for the writer.
const MAX_QUEUED_BLOCKS: usize = 256;
const BLOCK_BYTES: usize = 16 << 10;
const SHOWN_PATH_CHARS: usize = 512;

/// How requests are logged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// Not at all.
    Off,
    /// One line of words.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// The log's settings.
#[derive(Clone, Debug, Default)]
pub struct LogSettings {
    /// The format.
    pub format: Format,
    /// The file; `None` is standard output.
    pub file: Option<PathBuf>,
    /// Whether clients' addresses are logged.
    pub addresses: bool,
}

/// The log, shared by all connections.
pub(crate) struct Log {
    pub(crate) format: Format,
    pub(crate) has_addresses: bool,
    /// Lines not yet passed to the writer.
    lines: Mutex<Vec<u8>>,
    sender: Mutex<Option<SyncSender<Message>>>,
    writer: Mutex<Option<thread::JoinHandle<()>>>,
    pub(crate) dropped: Arc<AtomicU64>,
}

/// The log cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The file cannot be opened.
    #[error(
        "the log file {path} could not be opened: {reason}; its folder has to be there, and the process may write into it"
    )]
    File {
        /// The path.
        path: String,
        /// The cause.
        reason: io::Error,
    },
    /// The writer's thread cannot be started.
    #[error("the log's thread could not be started: {0}")]
    Thread(io::Error),
}

/// Prints a line for the operator on standard error. Unlike `eprintln!` it does not panic if standard error cannot be
/// written (a full disk).
pub fn print_status(text: fmt::Arguments<'_>) {
    let _ = io::stderr().write_all(format!("scorecast-host: {text}\n").as_bytes());
}

enum Message {
    Lines(Vec<u8>),
    Reopen,
}

impl Log {
    pub(crate) fn open(settings: &LogSettings) -> Result<Self, LogError> {
        let mut log = Self {
            format: settings.format,
            has_addresses: settings.addresses,
            lines: Mutex::default(),
            sender: Mutex::default(),
            writer: Mutex::default(),
            dropped: Arc::default(),
        };
        if settings.format == Format::Off {
            return Ok(log);
        }
        let output = Output::open(settings.file.as_deref())?;
        let (sender, receiver) = sync_channel(MAX_QUEUED_BLOCKS);
        let (file, dropped) = (settings.file.clone(), Arc::clone(&log.dropped));
        let writer = thread::Builder::new().name("log".into()).stack_size(128 << 10);
        let writer = writer.spawn(move || write_all(receiver, output, file.as_deref(), &dropped));
        log.sender = Mutex::new(Some(sender));
        log.writer = Mutex::new(Some(writer.map_err(LogError::Thread)?));
        Ok(log)
    }

    /// Adds a line, which ends with a line feed.
    pub(crate) fn add(&self, line: &str) {
        let mut lines = lock(&self.lines);
        lines.extend_from_slice(line.as_bytes());
        if lines.len() >= BLOCK_BYTES {
            self.send(Message::Lines(std::mem::take(&mut lines)));
        }
    }

    /// Passes all buffered lines to the writer.
    pub(crate) fn flush(&self) {
        let mut lines = lock(&self.lines);
        if !lines.is_empty() {
            self.send(Message::Lines(std::mem::take(&mut lines)));
        }
    }

    /// Reopens the file after another program has renamed it.
    pub(crate) fn reopen(&self) {
        self.flush();
        self.send(Message::Reopen);
    }

    /// Writes the remaining lines and ends the thread.
    pub(crate) fn close(&self) {
        self.flush();
        drop(lock(&self.sender).take());
        if let Some(writer) = lock(&self.writer).take() {
            let _ = writer.join();
        }
    }

    fn send(&self, message: Message) {
        let sender = lock(&self.sender);
        if let Some(sender) = &*sender
            && let Err(TrySendError::Full(Message::Lines(lines))) = sender.try_send(message)
        {
            self.dropped.fetch_add(count(&lines), Ordering::Relaxed);
        }
    }
}

/// The writer's thread.
#[allow(clippy::needless_pass_by_value, reason = "the thread owns its end of the channel")]
fn write_all(receiver: Receiver<Message>, mut output: Output, file: Option<&Path>, dropped: &AtomicU64) {
    let mut is_failing = false;
    for message in receiver {
        match message {
            // A full disk must not end the server; a later block may be written again.
            Message::Lines(lines) => match output.write(&lines) {
                Ok(()) => is_failing = false,
                Err(error) => {
                    dropped.fetch_add(count(&lines), Ordering::Relaxed);
                    // Report a failure once, not for each block.
                    if !std::mem::replace(&mut is_failing, true) {
                        print_status(format_args!("the log cannot be written: {error}; lines are lost until it can"));
                    }
                }
            },
            Message::Reopen => match Output::open(file) {
                Ok(reopened) => output = reopened,
                Err(error) => print_status(format_args!("the log goes on in the old file: {error}")),
            },
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn count(lines: &[u8]) -> u64 {
    u64::try_from(lines.iter().filter(|byte| **byte == b'\n').count()).unwrap_or(0)
}

enum Output {
    File(File),
    Console,
}

impl Output {
    fn open(file: Option<&Path>) -> Result<Self, LogError> {
        let Some(path) = file else { return Ok(Self::Console) };
        match OpenOptions::new().create(true).append(true).open(path) {
            Ok(file) => Ok(Self::File(file)),
            Err(reason) => Err(LogError::File { path: path.display().to_string(), reason }),
        }
    }

    fn write(&mut self, lines: &[u8]) -> io::Result<()> {
        match self {
            Self::File(file) => file.write_all(lines),
            Self::Console => {
                let mut console = io::stdout().lock();
                console.write_all(lines)?;
                console.flush()
            }
        }
    }
}

/// The data that a request's line records.
pub(crate) struct AccessRecord {
    pub(crate) address: Option<IpAddr>,
    pub(crate) version: Version,
    pub(crate) method: Method,
    pub(crate) uri: Uri,
}

impl AccessRecord {
    /// The line, with its line feed. Data from the client is quoted and escaped.
    pub(crate) fn line(&self, format: Format, status: u16, bytes: u64, duration: Duration) -> String {
        let time = format_rfc3339_millis(SystemTime::now());
        // The query is not logged: it may hold personal data, and a static site ignores it.
        let path: String = self.uri.path().chars().take(SHOWN_PATH_CHARS).collect();
        let seconds = duration.as_secs_f64();
        let (version, method) = (self.version, &self.method);
        if format == Format::Json {
            let mut line = json!({
                "time": time.to_string(), "protocol": format!("{version:?}"), "method": method.as_str(), "path": path,
                "status": status, "bytes": bytes, "seconds": seconds,
            });
            if let Some(address) = self.address {
                line["address"] = json!(address);
            }
            return format!("{line}\n");
        }
        let address = in_text(self.address);
        format!("{time}{address} {version:?} {method} {path:?} {status} {bytes} {seconds:.6}\n")
    }
}

/// The line for bytes that are not HTTP; nothing of them is shown.
pub(crate) fn malformed_line(format: Format, address: Option<IpAddr>, reason: &str) -> String {
    let time = format_rfc3339_millis(SystemTime::now());
    if format == Format::Json {
        let mut line = json!({ "time": time.to_string(), "malformed": reason });
        if let Some(address) = address {
            line["address"] = json!(address);
        }
        return format!("{line}\n");
    }
    format!("{time}{} malformed: {reason}\n", in_text(address))
}

fn in_text(address: Option<IpAddr>) -> String {
    address.map_or_else(String::new, |address| format!(" {address}"))
}

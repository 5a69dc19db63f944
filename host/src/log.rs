//! The access log: one line a request, written when its answer has been handed to the system.
//!
//! Lines are collected by each worker and written by a thread of their own: a reader of the log that stalls holds up
//! nobody. Then lines are dropped, and counted; so are those for which the disk has no room.

use std::{
    fmt,
    fs::{File, OpenOptions},
    io::{self, Write},
    net::IpAddr,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
        mpsc::{SyncSender, TrySendError, sync_channel},
    },
    thread,
    time::{Duration, SystemTime},
};

use http::{Method, Uri, Version};
use serde_json::json;

use crate::{clock::timestamp, server::StartError};

/// Blocks of lines that may wait for the writer.
const WAITING_BLOCKS: usize = 256;
const BLOCK: usize = 16 << 10;
const SHOWN_PATH: usize = 512;

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
    /// How.
    pub format: Format,
    /// Into which file; none is standard output.
    pub file: Option<PathBuf>,
    /// Whether the visitor's address is written down.
    pub addresses: bool,
}

/// Where all workers' lines go.
pub(crate) struct Log {
    pub(crate) format: Format,
    pub(crate) addresses: bool,
    sender: Mutex<Option<SyncSender<Message>>>,
    writer: Mutex<Option<thread::JoinHandle<()>>>,
    pub(crate) dropped: Arc<AtomicU64>,
}

/// A log file that cannot be written.
#[derive(Debug, thiserror::Error)]
#[error(
    "the log file {path} could not be opened: {reason}; its folder has to be there, and the process may write into it"
)]
pub struct LogError {
    path: String,
    reason: io::Error,
}

/// Says something on standard error, for the operator. Unlike `eprintln!` it survives a standard error that takes nothing
/// (a full disk): no thread may end for that.
pub fn say(text: fmt::Arguments<'_>) {
    let _ = io::stderr().write_all(format!("scorecast-host{text}\n").as_bytes());
}

enum Message {
    Lines(Vec<u8>),
    Reopen,
}

impl Log {
    pub(crate) fn open(settings: &LogSettings) -> Result<Self, StartError> {
        let mut log = Self {
            format: settings.format,
            addresses: settings.addresses,
            sender: Mutex::new(None),
            writer: Mutex::new(None),
            dropped: Arc::default(),
        };
        if settings.format == Format::Off {
            return Ok(log);
        }
        let mut output = Output::open(settings.file.as_deref())?;
        let (sender, receiver) = sync_channel(WAITING_BLOCKS);
        let (file, dropped) = (settings.file.clone(), Arc::clone(&log.dropped));
        let writer = thread::Builder::new().name("log".into()).stack_size(128 << 10).spawn(move || {
            let mut is_failing = false;
            for message in receiver {
                match message {
                    // A full disk must not end the server; the next block may find room again.
                    Message::Lines(lines) => match output.write(&lines) {
                        Ok(()) => is_failing = false,
                        Err(error) => {
                            dropped.fetch_add(count(&lines), Ordering::Relaxed);
                            // Said once, not for each block.
                            if !std::mem::replace(&mut is_failing, true) {
                                say(format_args!(": the log cannot be written: {error}; lines are lost until it can"));
                            }
                        }
                    },
                    Message::Reopen => match Output::open(file.as_deref()) {
                        Ok(reopened) => output = reopened,
                        Err(error) => say(format_args!(": the log goes on in the old file: {error}")),
                    },
                }
            }
        })?;
        log.sender = Mutex::new(Some(sender));
        log.writer = Mutex::new(Some(writer));
        Ok(log)
    }

    /// Opens the file anew, after another program has moved it away.
    pub(crate) fn reopen(&self) {
        self.send(Message::Reopen);
    }

    /// Writes what is left and ends.
    pub(crate) fn close(&self) {
        drop(self.sender.lock().unwrap_or_else(PoisonError::into_inner).take());
        if let Some(writer) = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = writer.join();
        }
    }

    fn send(&self, message: Message) {
        let sender = self.sender.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = &*sender
            && let Err(TrySendError::Full(Message::Lines(lines))) = sender.try_send(message)
        {
            self.dropped.fetch_add(count(&lines), Ordering::Relaxed);
        }
    }
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
            Err(reason) => Err(LogError { path: path.display().to_string(), reason }),
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

/// One worker's lines that are not written yet.
#[derive(Default)]
pub(crate) struct Lines(Mutex<Vec<u8>>);

impl Lines {
    pub(crate) fn add(&self, log: &Log, line: &str) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.extend_from_slice(line.as_bytes());
        if lines.len() >= BLOCK {
            log.send(Message::Lines(std::mem::take(&mut lines)));
        }
    }

    pub(crate) fn flush(&self, log: &Log) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !lines.is_empty() {
            log.send(Message::Lines(std::mem::take(&mut lines)));
        }
    }
}

/// What a line says.
pub(crate) struct Record {
    pub(crate) address: Option<IpAddr>,
    pub(crate) version: Version,
    pub(crate) method: Method,
    pub(crate) uri: Uri,
}

impl Record {
    /// The line, with its end. What a visitor sent stands in quotes, with everything unusual escaped.
    pub(crate) fn line(&self, format: Format, status: u16, bytes: u64, duration: Duration) -> String {
        let time = timestamp(SystemTime::now());
        // The query may hold what somebody entered elsewhere; it means nothing to a static site.
        let path: String = self.uri.path().chars().take(SHOWN_PATH).collect();
        let seconds = duration.as_secs_f64();
        let (version, method) = (self.version, &self.method);
        if format == Format::Json {
            let mut line = json!({
                "time": time, "protocol": format!("{version:?}"), "method": method.as_str(), "path": path,
                "status": status, "bytes": bytes, "seconds": seconds,
            });
            if let Some(address) = self.address {
                line["address"] = json!(address);
            }
            return format!("{line}\n");
        }
        let address = self.address.map_or_else(String::new, |address| format!(" {address}"));
        format!("{time}{address} {version:?} {method} {path:?} {status} {bytes} {seconds:.6}\n")
    }
}

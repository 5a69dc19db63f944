//! The access log: one line a request, written when its answer has been handed to the system.
//!
//! Lines are collected by each worker and written by a thread of their own: a reader of the log that stalls holds up
//! nobody. Then lines are dropped, and counted.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    net::IpAddr,
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
        mpsc::{SyncSender, TrySendError, sync_channel},
    },
    thread,
    time::{Duration, SystemTime},
};

use http::{Method, Uri, Version};
use serde_json::json;

use crate::clock::timestamp;

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
    pub(crate) dropped: AtomicU64,
}

enum Message {
    Lines(Vec<u8>),
    Reopen,
}

impl Log {
    pub(crate) fn open(settings: &LogSettings) -> io::Result<Self> {
        let mut log = Self {
            format: settings.format,
            addresses: settings.addresses,
            sender: Mutex::new(None),
            writer: Mutex::new(None),
            dropped: AtomicU64::new(0),
        };
        if settings.format == Format::Off {
            return Ok(log);
        }
        let mut output = Output::open(settings.file.as_deref())?;
        let (sender, receiver) = sync_channel(WAITING_BLOCKS);
        let file = settings.file.clone();
        let writer = thread::Builder::new().name("log".into()).stack_size(128 << 10).spawn(move || {
            for message in receiver {
                match message {
                    // A full disk must not end the server; the next block may find room again.
                    Message::Lines(lines) => drop(output.write(&lines)),
                    Message::Reopen => {
                        if let Ok(reopened) = Output::open(file.as_deref()) {
                            output = reopened;
                        }
                    }
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
            let n_lines = lines.iter().filter(|byte| **byte == b'\n').count();
            self.dropped.fetch_add(u64::try_from(n_lines).unwrap_or(0), Ordering::Relaxed);
        }
    }
}

enum Output {
    File(File),
    Console,
}

impl Output {
    fn open(file: Option<&Path>) -> io::Result<Self> {
        Ok(match file {
            Some(path) => Self::File(OpenOptions::new().create(true).append(true).open(path)?),
            None => Self::Console,
        })
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

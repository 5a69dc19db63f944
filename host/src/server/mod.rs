//! The server: listeners, workers, timeouts and shutdown.
//!
//! One control thread accepts connections, closes overdue ones and checks for changed files; workers answer requests.

mod accept;
mod activity;
mod body;
mod connection;
mod connections;
pub(crate) mod limits;
mod redirect;
mod shared;
pub(crate) mod tls;
mod worker;

use std::{
    io,
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use http::HeaderValue;
use tokio::{
    runtime,
    sync::{mpsc, watch},
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};
use tokio_rustls::TlsAcceptor;

use self::{
    connections::Connections,
    limits::Limits,
    shared::{Endpoint, Shared},
    tls::{Certificate, TlsError, TlsFiles},
    worker::Accepted,
};
use crate::{
    log::{Format, Log, LogError, LogSettings},
    metrics::Metrics,
    site::{
        ScanError,
        reload::{LiveSite, Source},
    },
};

/// How often files are checked for changes.
const CHECK_INTERVAL: Duration = Duration::from_secs(1);
/// While stopping, the server still answers requests on open HTTP/1.1 connections, and closes those without a request
/// for this long. Closed at once, they would break requests already on their way.
const SETTLE: Duration = Duration::from_secs(1);
/// The time between two scans of the connections while the server stops.
const STOPPING_INTERVAL: Duration = Duration::from_millis(20);

/// The settings of a server.
pub struct Settings {
    /// The site.
    pub source: Source,
    /// Who may embed the page in a frame: sources as in the directive `frame-ancestors`.
    pub frame_ancestors: String,
    /// The listener of the site.
    pub listener: TcpListener,
    /// The certificate; `None` serves plain HTTP.
    pub tls: Option<TlsFiles>,
    /// Seconds for `Strict-Transport-Security`; 0 leaves it out. Without TLS it is never sent.
    pub hsts: u64,
    /// A plain listener that redirects to the TLS port.
    pub redirect: Option<TcpListener>,
    /// The folder in which an ACME client leaves its proofs, served on the plain port.
    pub challenges: Option<PathBuf>,
    /// The listener of the counters.
    pub metrics: Option<TcpListener>,
    /// The limits of connections.
    pub limits: Limits,
    /// The number of threads that answer.
    pub workers: usize,
    /// The access log.
    pub log: LogSettings,
}

impl Settings {
    /// A plain server without any log.
    #[must_use]
    pub fn new(source: Source, listener: TcpListener) -> Self {
        Self {
            source,
            frame_ancestors: "'self'".to_owned(),
            listener,
            tls: None,
            hsts: 0,
            redirect: None,
            challenges: None,
            metrics: None,
            limits: Limits::default(),
            workers: 1,
            log: LogSettings { format: Format::Off, ..LogSettings::default() },
        }
    }
}

/// Errors when the server starts.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The site cannot be used.
    #[error(transparent)]
    Site(#[from] ScanError),
    /// The certificate cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The log cannot be written.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The operating system refused something.
    #[error("the server could not be started: {0}")]
    System(#[from] io::Error),
}

/// A running server; it ends when this is dropped.
pub struct Running {
    shared: Arc<Shared>,
    address: SocketAddr,
    threads: Mutex<Vec<JoinHandle<()>>>,
    has_ended: AtomicBool,
}

/// Starts a server and returns as soon as it answers.
///
/// # Errors
///
/// A site or a certificate that cannot be used, and errors of the operating system.
pub fn start(settings: Settings) -> Result<Running, StartError> {
    let address = settings.listener.local_addr()?;
    let certificate = settings.tls.map(Certificate::open).transpose()?;
    let tls = certificate.as_ref().map(Certificate::server_config).transpose()?.map(TlsAcceptor::from);
    let hsts = tls.as_ref().filter(|_| settings.hsts > 0);
    let hsts = hsts.and_then(|_| HeaderValue::try_from(format!("max-age={}", settings.hsts)).ok());
    let shared = Arc::new(Shared {
        site: LiveSite::open(settings.source, &settings.frame_ancestors)?,
        visitors: Connections::new(&settings.limits),
        monitoring: Connections::new(&settings.limits),
        limits: settings.limits,
        metrics: Metrics::default(),
        log: Log::open(&settings.log)?,
        tls,
        tls_port: address.port(),
        hsts,
        challenges: settings.challenges,
        certificate,
        stop: watch::Sender::new(false),
        last_site_error: Mutex::default(),
    });
    let mut threads = Vec::new();
    let mut workers = Vec::new();
    for number in 0..settings.workers.max(1) {
        let (sender, queue) = mpsc::unbounded_channel();
        threads.push(worker::start(Arc::clone(&shared), number, queue)?);
        workers.push(sender);
    }
    let endpoints = [
        (Endpoint::Site, Some(settings.listener)),
        (Endpoint::Redirect, settings.redirect),
        (Endpoint::Metrics, settings.metrics),
    ];
    let runtime = runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
    let mut listeners = Vec::new();
    for (endpoint, listener) in endpoints {
        if let Some(listener) = listener {
            listener.set_nonblocking(true)?;
            let _context = runtime.enter();
            listeners.push((endpoint, tokio::net::TcpListener::from_std(listener)?));
        }
    }
    let control = Arc::clone(&shared);
    threads.push(thread::Builder::new().name("control".into()).stack_size(256 << 10).spawn(move || {
        runtime.block_on(run(&control, listeners, workers));
    })?);
    Ok(Running { shared, address, threads: Mutex::new(threads), has_ended: AtomicBool::new(false) })
}

/// The control thread, until the last connection is closed.
async fn run(
    shared: &Arc<Shared>,
    listeners: Vec<(Endpoint, tokio::net::TcpListener)>,
    workers: Vec<mpsc::UnboundedSender<Accepted>>,
) {
    let workers: Arc<[mpsc::UnboundedSender<Accepted>]> = workers.into();
    let mut accepting = JoinSet::new();
    for (endpoint, listener) in listeners {
        accepting.spawn(accept::accept(Arc::clone(shared), endpoint, listener, Arc::clone(&workers)));
    }
    drop(workers);
    let limits = &shared.limits;
    let shortest =
        limits.header_timeout.min(limits.idle_timeout).min(limits.stall_timeout).min(limits.response_timeout);
    let mut timeouts = interval((shortest / 4).clamp(Duration::from_millis(20), Duration::from_secs(1)));
    timeouts.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut changes = interval(CHECK_INTERVAL);
    changes.reset();
    let mut stopping = shared.stopping();
    loop {
        tokio::select! {
            _ = stopping.changed() => break,
            // Files are read on this thread: accepting may be delayed by some milliseconds, answering is not.
            _ = changes.tick() => shared.check_for_changes(false),
            _ = timeouts.tick() => end_overdue(shared),
        }
    }
    // Each task ends by itself and closes its listener; aborting one could drop a connection just accepted. The
    // workers' queues close with the last of them.
    accepting.join_all().await;
    let begin = Instant::now();
    let settle = SETTLE.min(limits.shutdown_grace / 2);
    let n_looks = u32::try_from(settle.as_millis() / STOPPING_INTERVAL.as_millis()).unwrap_or(u32::MAX);
    let mut pause = interval(STOPPING_INTERVAL);
    pause.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while shared.visitors.len() + shared.monitoring.len() > 0 && begin.elapsed() < limits.shutdown_grace {
        pause.tick().await;
        shared.visitors.close_quiet(n_looks);
        shared.monitoring.close_quiet(n_looks);
        end_overdue(shared);
    }
}

/// Closes overdue connections, and flushes the log.
fn end_overdue(shared: &Shared) {
    let n_closed = shared.visitors.close_overdue(&shared.limits) + shared.monitoring.close_overdue(&shared.limits);
    shared.metrics.timed_out.fetch_add(u64::try_from(n_closed).unwrap_or(0), Ordering::Relaxed);
    shared.log.flush();
}

impl Running {
    /// The address of the site.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many files are served, and how many of them have compressed forms.
    #[must_use]
    pub fn site_size(&self) -> (usize, usize) {
        self.shared.site.snapshot().size()
    }

    /// Reopens the log, and reloads changed files at once.
    pub fn reload(&self) {
        self.shared.log.reopen();
        self.shared.check_for_changes(true);
    }

    /// Waits until the server ends: with the process, or by [`Running::stop`] on another thread.
    pub fn wait(&self) {
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            let _ = thread.join();
        }
    }

    /// Stops accepting, waits for requests in flight (at most [`Limits::shutdown_grace`]) and returns.
    pub fn stop(&self) {
        self.shared.stop.send_replace(true);
        self.wait();
        if !self.has_ended.swap(true, Ordering::Relaxed) {
            self.shared.log.close();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}

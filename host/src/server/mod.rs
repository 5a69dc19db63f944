//! The server: listeners, workers, and what they share.

mod connection;
mod http1;
mod payload;
mod redirect;
pub(crate) mod tls;
pub(crate) mod watch;
mod worker;

use std::{
    io,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use bytes::Bytes;
use http::{
    HeaderValue, Method, StatusCode,
    header::{CONTENT_LENGTH, CONTENT_TYPE},
    request::Parts,
};
use tokio::{
    runtime,
    sync::{Semaphore, mpsc, watch as signal},
};
use tokio_rustls::TlsAcceptor;

use self::{
    tls::{Certificate, TlsError, TlsFiles},
    watch::Limits,
    worker::Visitor,
};
use crate::{
    answer::{Answer, plain, with},
    clock::Clock,
    log::{Log, LogError, LogSettings, say},
    metrics::Metrics,
    site::{
        Presentation, ScanError, Snapshot,
        live::{Live, Look, Source},
    },
};

/// How often files are looked at for changes.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);

/// Everything that a server is started with.
pub struct Settings {
    /// The site.
    pub source: Source,
    /// How it is presented.
    pub presentation: Presentation,
    /// Where it is served.
    pub listener: TcpListener,
    /// With which certificate; none is plain HTTP.
    pub tls: Option<TlsFiles>,
    /// A plain listener that leads to the TLS port.
    pub redirect: Option<TcpListener>,
    /// The folder in which an ACME client leaves its proofs, for the plain listener.
    pub challenges: Option<PathBuf>,
    /// Where counters are served.
    pub metrics: Option<TcpListener>,
    /// What connections may take.
    pub limits: Limits,
    /// How many threads answer.
    pub workers: usize,
    /// What is logged.
    pub log: LogSettings,
}

impl Settings {
    /// A plain server without any log.
    #[must_use]
    pub fn new(source: Source, listener: TcpListener) -> Self {
        Self {
            source,
            presentation: Presentation::default(),
            listener,
            tls: None,
            redirect: None,
            challenges: None,
            metrics: None,
            limits: Limits::default(),
            workers: 1,
            log: LogSettings { format: crate::Format::Off, ..LogSettings::default() },
        }
    }
}

/// Why a server doesn't start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The site.
    #[error(transparent)]
    Site(#[from] ScanError),
    /// The certificate.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The log.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The system.
    #[error("the server could not be started: {0}")]
    System(#[from] io::Error),
}

/// Which listener a connection came through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    Site,
    Redirect,
    Metrics,
}

/// What all connections share.
pub(crate) struct Shared {
    pub(crate) live: Live,
    pub(crate) limits: Limits,
    pub(crate) clock: Clock,
    pub(crate) metrics: Metrics,
    pub(crate) log: Log,
    pub(crate) tls: Option<TlsAcceptor>,
    pub(crate) tls_port: u16,
    pub(crate) challenges: Option<PathBuf>,
    certificate: Option<Arc<Certificate>>,
    stop: signal::Sender<bool>,
}

impl Shared {
    /// Changes once, when the server is asked to stop; at once if it was already.
    pub(crate) fn stopping(&self) -> signal::Receiver<bool> {
        let mut stopping = self.stop.subscribe();
        if *stopping.borrow() {
            stopping.mark_changed();
        }
        stopping
    }

    pub(crate) fn is_stopping(&self) -> bool {
        *self.stop.borrow()
    }

    /// The answer at the address for counters.
    pub(crate) fn report(&self, site: &Snapshot, request: &Parts) -> Answer {
        if !matches!(request.method, Method::GET | Method::HEAD) || request.uri.path() != "/metrics" {
            return plain(site, StatusCode::NOT_FOUND);
        }
        let text = self.metrics.render(self.log.dropped.load(Ordering::Relaxed));
        let mut headers = site.bare_headers.clone();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8"));
        headers.insert(CONTENT_LENGTH, HeaderValue::from(text.len()));
        with(StatusCode::OK, headers, Bytes::from(text))
    }

    /// Takes over what has changed on disk.
    fn look(&self, at_once: bool) {
        match self.live.look(at_once) {
            Ok(Look::Replaced) => {
                self.metrics.reloads.fetch_add(1, Ordering::Relaxed);
                let site = self.live.snapshot();
                say(format_args!(": the site has changed: {} files", site.len()));
            }
            Ok(Look::Same | Look::Changing) => {}
            // A folder that is being swapped is away for a moment; asked for by hand, a failure is said.
            Err(error) if at_once => say(format_args!(": the site stays as it was: {error}")),
            Err(_) => {}
        }
        if let Some(certificate) = &self.certificate {
            match certificate.look(at_once) {
                Ok(true) => say(format_args!(": the certificate was renewed")),
                Ok(false) => {}
                Err(error) => say(format_args!(": the certificate stays as it was: {error}")),
            }
        }
    }
}

/// A server that runs; it ends when this is dropped.
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
/// A site or a certificate that cannot be used, and what the system refuses.
pub fn start(settings: Settings) -> Result<Running, StartError> {
    let address = settings.listener.local_addr()?;
    let certificate = settings.tls.map(Certificate::open).transpose()?;
    let tls = certificate.as_ref().map(Certificate::settings).transpose()?.map(TlsAcceptor::from);
    let shared = Arc::new(Shared {
        live: Live::open(settings.source, settings.presentation)?,
        limits: settings.limits,
        clock: Clock::start(),
        metrics: Metrics::default(),
        log: Log::open(&settings.log)?,
        tls,
        tls_port: address.port(),
        challenges: settings.challenges,
        certificate,
        stop: signal::Sender::new(false),
    });
    let mut threads = Vec::new();
    let mut workers = Vec::new();
    for number in 0..settings.workers.max(1) {
        let (sender, visitors) = mpsc::unbounded_channel();
        threads.push(worker::start(Arc::clone(&shared), number, visitors)?);
        workers.push(sender);
    }
    let doors =
        [(Door::Site, Some(settings.listener)), (Door::Redirect, settings.redirect), (Door::Metrics, settings.metrics)];
    let runtime = runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
    let mut listeners = Vec::new();
    for (door, listener) in doors {
        if let Some(listener) = listener {
            listener.set_nonblocking(true)?;
            let _context = runtime.enter();
            listeners.push((door, tokio::net::TcpListener::from_std(listener)?));
        }
    }
    let control = Arc::clone(&shared);
    threads.push(thread::Builder::new().name("control".into()).stack_size(256 << 10).spawn(move || {
        runtime.block_on(run(&control, listeners, workers));
    })?);
    Ok(Running { shared, address, threads: Mutex::new(threads), has_ended: AtomicBool::new(false) })
}

/// Accepts connections and looks for changes until the server is asked to stop.
async fn run(
    shared: &Arc<Shared>,
    listeners: Vec<(Door, tokio::net::TcpListener)>,
    workers: Vec<mpsc::UnboundedSender<Visitor>>,
) {
    let room = Arc::new(Semaphore::new(shared.limits.connections));
    let workers: Arc<[mpsc::UnboundedSender<Visitor>]> = workers.into();
    let mut tasks = tokio::task::JoinSet::new();
    for (door, listener) in listeners {
        tasks.spawn(accept(Arc::clone(shared), door, listener, Arc::clone(&room), Arc::clone(&workers)));
    }
    let mut stopping = shared.stopping();
    let mut tick = tokio::time::interval_at(tokio::time::Instant::now() + LOOK_INTERVAL, LOOK_INTERVAL);
    loop {
        tokio::select! {
            _ = stopping.changed() => break,
            // Files are read on this thread: accepting may wait for some milliseconds, answering does not.
            _ = tick.tick() => shared.look(false),
        }
    }
    // Closes the listeners and, with the last sender, the workers' queues.
    tasks.shutdown().await;
}

async fn accept(
    shared: Arc<Shared>,
    door: Door,
    listener: tokio::net::TcpListener,
    room: Arc<Semaphore>,
    workers: Arc<[mpsc::UnboundedSender<Visitor>]>,
) {
    let mut turn = 0;
    loop {
        // Counters can be read also when the site is full.
        let permit = match door {
            Door::Metrics => None,
            Door::Site | Door::Redirect => Arc::clone(&room).acquire_owned().await.ok(),
        };
        match listener.accept().await {
            Ok((stream, address)) => {
                shared.metrics.accepted.fetch_add(1, Ordering::Relaxed);
                let Ok(stream) = stream.into_std() else { continue };
                turn = (turn + 1) % workers.len();
                let _ = workers[turn].send(Visitor { stream, address, door, permit });
            }
            // Out of descriptors: some will be given back. A connection that is gone already costs nothing to retry.
            Err(error) if matches!(error.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset) => {
            }
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

impl Running {
    /// Where the site is served.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many files are served, and how many of them have compressed forms.
    #[must_use]
    pub fn site_size(&self) -> (usize, usize) {
        let site = self.shared.live.snapshot();
        (site.len(), site.n_compressed())
    }

    /// Takes over at once what has changed on disk, and opens the log anew.
    pub fn reload(&self) {
        self.shared.look(true);
        self.shared.log.reopen();
    }

    /// Waits until the server ends, which it does only with the process or by [`Running::stop`] on another thread.
    pub fn wait(&self) {
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            let _ = thread.join();
        }
    }

    /// Stops accepting, finishes what is in flight (at most [`Limits::shutdown_grace`] long) and returns.
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

/// Whether `path` is a folder that can be served, and with what.
///
/// # Errors
///
/// What [`start`] would say of it.
pub fn check_site(path: &Path, presentation: &Presentation) -> Result<Snapshot, ScanError> {
    Snapshot::read(&crate::site::scan(path)?, presentation)
}

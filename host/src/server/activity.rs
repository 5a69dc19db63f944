//! What a connection is doing, and since when.
//!
//! Why not one timer per request: scanning all connections a few times a second costs nothing measurable, and also
//! detects clients that read nothing and HTTP/2 streams whose window stays closed, for which hyper has no timeout.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    sync::Notify,
};

use crate::server::limits::Limits;

/// A request in flight counts as stalled, and its connection may be closed for a new one, after this time without progress.
const RECLAIMABLE_STALL: Duration = Duration::from_secs(1);

/// The state of one connection, shared by its task and the scan for timeouts.
#[derive(Debug)]
pub(crate) struct Activity {
    state: Mutex<State>,
    finish: Notify,
}

#[derive(Debug)]
struct State {
    /// When a request last began or ended; before the first one, when the connection was accepted.
    last_request: Instant,
    /// Since when the head of a request is awaited, for the header timeout.
    head_since: Option<Instant>,
    /// Whether a part of that head has arrived.
    has_partial_head: bool,
    /// The number of consecutive scans that found the connection between two requests.
    n_quiet_looks: u32,
    in_flight: Vec<InFlight>,
    next_request: u64,
    is_http2: bool,
}

#[derive(Debug)]
struct InFlight {
    id: u64,
    begin: Instant,
    /// When a part of the answer was last handed to the operating system.
    progress: Instant,
}

impl Activity {
    pub(crate) fn new() -> Self {
        let now = Instant::now();
        let state = State {
            last_request: now,
            head_since: Some(now),
            has_partial_head: false,
            n_quiet_looks: 0,
            in_flight: Vec::new(),
            next_request: 0,
            is_http2: false,
        };
        Self { state: Mutex::new(state), finish: Notify::new() }
    }

    /// Marks the end of the TLS handshake: bytes read from now on belong to requests.
    pub(crate) fn handshake_finished(&self, is_http2: bool) {
        let mut state = self.state();
        state.is_http2 = is_http2;
        state.has_partial_head = false;
    }

    /// Marks a request as in flight until [`Activity::end_request`] is called with the returned number.
    pub(crate) fn begin_request(&self, now: Instant) -> u64 {
        let mut state = self.state();
        state.last_request = now;
        state.head_since = None;
        state.has_partial_head = false;
        state.n_quiet_looks = 0;
        let id = state.next_request;
        state.next_request += 1;
        state.in_flight.push(InFlight { id, begin: now, progress: now });
        id
    }

    /// Records that a part of this request's answer was handed to the operating system.
    pub(crate) fn progress(&self, id: u64) {
        if let Some(request) = self.state().in_flight.iter_mut().find(|request| request.id == id) {
            request.progress = Instant::now();
        }
    }

    pub(crate) fn end_request(&self, id: u64) {
        let mut state = self.state();
        state.last_request = Instant::now();
        state.in_flight.retain(|request| request.id != id);
    }

    /// Whether the connection has exceeded one of the `limits`.
    pub(crate) fn is_overdue(&self, now: Instant, limits: &Limits) -> bool {
        let state = self.state();
        let exceeds = |since: Instant, limit: Duration| now.saturating_duration_since(since) > limit;
        if state.in_flight.is_empty() {
            return state.head_since.is_some_and(|since| exceeds(since, limits.header_timeout))
                || exceeds(state.last_request, limits.idle_timeout);
        }
        state.in_flight.iter().any(|request| {
            exceeds(request.begin, limits.response_timeout) || exceeds(request.progress, limits.stall_timeout)
        })
    }

    /// Since when the connection has been idle; `None` while an answer makes progress.
    pub(crate) fn idle_since(&self, now: Instant) -> Option<Instant> {
        let state = self.state();
        let Some(latest) = state.in_flight.iter().map(|request| request.progress).max() else {
            return Some(state.last_request);
        };
        (now.saturating_duration_since(latest) > RECLAIMABLE_STALL).then_some(latest)
    }

    /// Whether `n` consecutive scans, this one included, found the HTTP/1.1 connection between two requests.
    ///
    /// Scans are counted instead of seconds: after the whole machine stalled for a moment, a client that could
    /// not send would seem to have been silent for long.
    pub(crate) fn is_quiet(&self, n: u32) -> bool {
        let mut state = self.state();
        let is_quiet = !state.is_http2 && state.in_flight.is_empty() && !state.has_partial_head;
        state.n_quiet_looks = if is_quiet { state.n_quiet_looks + 1 } else { 0 };
        state.n_quiet_looks >= n
    }

    /// Asks the connection's task to answer the requests that have arrived, and then to close.
    pub(crate) fn finish(&self) {
        self.finish.notify_one();
    }

    /// Waits for [`Activity::finish`].
    pub(crate) async fn finish_requested(&self) {
        self.finish.notified().await;
    }

    fn has_read(&self) {
        let mut state = self.state();
        // HTTP/2 reads frames of all kinds at any time: only the first head is timed.
        if !state.is_http2 && state.in_flight.is_empty() {
            state.has_partial_head = true;
            state.head_since.get_or_insert_with(Instant::now);
        }
    }

    fn has_written(&self) {
        let mut state = self.state();
        // A write on HTTP/2 may belong to any stream: the bodies call `progress` instead.
        if !state.is_http2 {
            let now = Instant::now();
            for request in &mut state.in_flight {
                request.progress = now;
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A stream that records its reads and writes.
pub(crate) struct Monitored<S> {
    pub(crate) stream: S,
    pub(crate) activity: Arc<Activity>,
}

impl<S> Monitored<S> {
    fn record(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if matches!(written, Poll::Ready(Ok(1..))) {
            self.activity.has_written();
        }
        written
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Monitored<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let result = Pin::new(&mut self.stream).poll_read(context, buffer);
        if result.is_ready() && buffer.filled().len() > before {
            self.activity.has_read();
        }
        result
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Monitored<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.record(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.record(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

//! Watches over a connection: what it is doing since when.
//!
//! Why not a timer for each request: one look at all connections of a worker, a few times a second, costs nothing that
//! can be measured, and it sees what a timer on the request's head does not: a reader that takes no bytes, and, with
//! HTTP/2, streams that are left hanging.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed},
    },
    task::{Context, Poll},
    time::Duration,
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::clock::{Clock, millis};

/// What a connection may take, in time and bytes.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Connections at one time; further ones wait in the system's queue.
    pub connections: usize,
    /// Bytes of a request's head (at least 8 KiB).
    pub header_bytes: usize,
    /// From the first byte of a request (or from the connection's begin) to the end of its head.
    pub header_timeout: Duration,
    /// Without any request.
    pub idle_timeout: Duration,
    /// For which a reader may take no byte at all.
    pub stall_timeout: Duration,
    /// From the end of a request's head to the last byte of its answer.
    pub response_timeout: Duration,
    /// For what is in flight when the server is asked to stop.
    pub shutdown_grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4096,
            header_bytes: 8 << 10,
            header_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(60),
            stall_timeout: Duration::from_secs(20),
            response_timeout: Duration::from_secs(300),
            shutdown_grace: Duration::from_secs(25),
        }
    }
}

/// What a connection is doing; times by the [`Clock`], 0 for "not now".
#[derive(Debug)]
pub(crate) struct Activity {
    pub(crate) clock: Clock,
    /// Since when a head is being read, or the connection has sent nothing yet.
    head_since: AtomicU64,
    /// Since when a write waits for the reader.
    stalled_since: AtomicU64,
    /// When a request last began or ended.
    since: AtomicU64,
    in_flight: AtomicU32,
    /// HTTP/2 reads frames of all kinds at any time: only its first head is timed.
    is_multiplexed: AtomicBool,
}

impl Activity {
    pub(crate) fn begin(clock: Clock) -> Self {
        let now = clock.now();
        Self {
            clock,
            head_since: AtomicU64::new(now),
            stalled_since: AtomicU64::new(0),
            since: AtomicU64::new(now),
            in_flight: AtomicU32::new(0),
            is_multiplexed: AtomicBool::new(false),
        }
    }

    pub(crate) fn is_multiplexed(&self) {
        self.is_multiplexed.store(true, Relaxed);
    }

    pub(crate) fn request_begins(&self) {
        self.since.store(self.clock.now(), Relaxed);
        self.head_since.store(0, Relaxed);
        self.in_flight.fetch_add(1, Relaxed);
    }

    pub(crate) fn request_ends(&self) {
        self.since.store(self.clock.now(), Relaxed);
        self.in_flight.fetch_sub(1, Relaxed);
    }

    /// Whether the connection may be closed without a word: HTTP/1.1 between two requests.
    pub(crate) fn is_idle(&self) -> bool {
        !self.is_multiplexed.load(Relaxed) && self.in_flight.load(Relaxed) == 0
    }

    /// Whether the connection has had more time than it may.
    pub(crate) fn is_overdue(&self, limits: &Limits) -> bool {
        let now = self.clock.now();
        let over = |since: u64, limit: Duration| since != 0 && now.saturating_sub(since) > millis(limit);
        let since = self.since.load(Relaxed);
        if over(self.stalled_since.load(Relaxed), limits.stall_timeout) {
            return true;
        }
        if self.in_flight.load(Relaxed) > 0 {
            return over(since, limits.response_timeout);
        }
        over(self.head_since.load(Relaxed), limits.header_timeout) || over(since, limits.idle_timeout)
    }

    pub(crate) fn has_read(&self) {
        if !self.is_multiplexed.load(Relaxed) && self.in_flight.load(Relaxed) == 0 && self.head_since.load(Relaxed) == 0
        {
            self.head_since.store(self.clock.now(), Relaxed);
        }
    }

    pub(crate) fn has_written(&self, is_blocked: bool) {
        let stalled = self.stalled_since.load(Relaxed);
        if is_blocked && stalled == 0 {
            self.stalled_since.store(self.clock.now(), Relaxed);
        } else if !is_blocked && stalled != 0 {
            self.stalled_since.store(0, Relaxed);
        }
    }
}

/// A stream that notes what it does.
pub(crate) struct Watched<S> {
    pub(crate) stream: S,
    pub(crate) activity: Arc<Activity>,
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
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

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.activity.has_written(result.is_pending());
        result
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.activity.has_written(result.is_pending());
        result
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

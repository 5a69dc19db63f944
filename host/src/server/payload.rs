//! An answer's body, which knows when it has been sent.
//!
//! hyper lets go of a body as soon as it has queued its bytes. The bytes themselves live until they were handed to the
//! system, or the connection ended: so the note that a request is over hangs on them.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::{Arc, atomic::Ordering},
    task::{Context, Poll},
    time::Instant,
};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

use crate::{
    log::Record,
    server::{watch::Activity, worker::Worker},
};

/// The bytes of an answer, all in one frame.
pub(crate) struct Payload {
    bytes: Option<Bytes>,
    request: Option<Request>,
}

/// A request that is being answered; over when this is dropped.
pub(crate) struct Request {
    pub(crate) worker: Arc<Worker>,
    pub(crate) activity: Arc<Activity>,
    pub(crate) begin: Instant,
    pub(crate) status: u16,
    pub(crate) n_bytes: u64,
    /// None where nothing is logged.
    pub(crate) record: Option<Record>,
}

impl Payload {
    pub(crate) fn new(bytes: Bytes, request: Request) -> Self {
        Self { bytes: (!bytes.is_empty()).then_some(bytes), request: Some(request) }
    }
}

impl Body for Payload {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let Some(bytes) = self.bytes.take() else { return Poll::Ready(None) };
        let sent = Sent { bytes, _request: self.request.take() };
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_owner(sent)))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.as_ref().map_or(0, |bytes| u64::try_from(bytes.len()).unwrap_or(u64::MAX)))
    }
}

struct Sent {
    bytes: Bytes,
    _request: Option<Request>,
}

impl AsRef<[u8]> for Sent {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        let duration = self.begin.elapsed();
        self.activity.request_ends();
        let shared = &self.worker.shared;
        shared.metrics.in_flight.fetch_sub(1, Ordering::Relaxed);
        shared.metrics.answered(self.status, self.n_bytes, duration);
        if let Some(record) = &self.record {
            let line = record.line(shared.log.format, self.status, self.n_bytes, duration);
            self.worker.lines.add(&shared.log, &line);
        }
    }
}

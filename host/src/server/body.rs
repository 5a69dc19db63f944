//! A response body that records when it has been sent.
//!
//! hyper drops a body once its bytes are queued. The bytes themselves live until they are handed to the operating
//! system or the connection ends, so the request's record is attached to them.

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
    log::AccessRecord,
    server::{activity::Activity, shared::Shared},
};

/// A request that is being answered; it ends when this is dropped.
pub(crate) struct RequestInFlight {
    pub(crate) shared: Arc<Shared>,
    pub(crate) activity: Arc<Activity>,
    pub(crate) id: u64,
    pub(crate) begin: Instant,
    pub(crate) status: u16,
    pub(crate) n_bytes: u64,
    /// `None` without a log.
    pub(crate) record: Option<AccessRecord>,
}

impl Drop for RequestInFlight {
    fn drop(&mut self) {
        let duration = self.begin.elapsed();
        self.activity.end_request(self.id);
        let shared = &self.shared;
        shared.metrics.in_flight.fetch_sub(1, Ordering::Relaxed);
        shared.metrics.record_response(self.status, self.n_bytes, duration);
        if let Some(record) = &self.record {
            shared.log.add(&record.line(shared.log.format, self.status, self.n_bytes, duration));
        }
    }
}

/// The bytes of an answer, in chunks of at most `chunk_bytes`.
pub(crate) struct ResponseBody {
    bytes: Bytes,
    chunk_bytes: usize,
    request: Arc<RequestInFlight>,
}

impl ResponseBody {
    pub(crate) fn new(bytes: Bytes, chunk_bytes: usize, request: RequestInFlight) -> Self {
        Self { bytes, chunk_bytes, request: Arc::new(request) }
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        if self.bytes.is_empty() {
            return Poll::Ready(None);
        }
        let n_bytes = self.bytes.len().min(self.chunk_bytes);
        let chunk = Chunk { bytes: self.bytes.split_to(n_bytes), request: Arc::clone(&self.request) };
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_owner(chunk)))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(u64::try_from(self.bytes.len()).unwrap_or(u64::MAX))
    }
}

/// A part of a body that has not been handed to the operating system yet.
struct Chunk {
    bytes: Bytes,
    request: Arc<RequestInFlight>,
}

impl AsRef<[u8]> for Chunk {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Chunk {
    fn drop(&mut self) {
        self.request.activity.progress(self.request.id);
    }
}

//! One connection, from its first byte to its last.

use std::{
    convert::Infallible,
    future::ready,
    net::SocketAddr,
    pin::pin,
    sync::{Arc, atomic::Ordering},
    time::Instant,
};

use http::{Method, Request as HttpRequest, Response, StatusCode, request::Parts};
use hyper::{body::Incoming, server::conn::http2, service::service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};

use crate::{
    answer::{Answer, Content, answer, refusal},
    log::{Format, Record},
    server::{
        Door, Shared,
        http1::{self, Stream},
        payload::{Payload, Request},
        redirect,
        watch::{Activity, Watched},
        worker::Worker,
    },
};

/// Streams at one time on one connection of HTTP/2.
const STREAMS: u32 = 128;

/// Serves a connection until its end.
pub(crate) async fn serve(
    worker: Arc<Worker>,
    stream: TcpStream,
    address: SocketAddr,
    door: Door,
    activity: Arc<Activity>,
) {
    // Answers are written whole: nothing is gained by waiting for more.
    let _ = stream.set_nodelay(true);
    let visit = Visit { worker: Arc::clone(&worker), address, door, activity: Arc::clone(&activity) };
    match (&worker.shared.tls, door) {
        (Some(tls), Door::Site) => match tls.accept(Watched { stream, activity }).await {
            Ok(stream) if stream.get_ref().1.alpn_protocol() == Some(b"h2") => {
                // Boxed: its state is large, and every other connection would carry the room for it.
                Box::pin(visit.serve_http2(stream)).await;
            }
            Ok(stream) => drop(http1::serve(&visit, Stream::Tls(Box::new(stream))).await),
            Err(_) => {
                worker.shared.metrics.failed_handshakes.fetch_add(1, Ordering::Relaxed);
            }
        },
        // How a connection ends is the client's affair.
        _ => drop(http1::serve(&visit, Stream::Plain(stream)).await),
    }
}

/// Who is served, through which door.
pub(crate) struct Visit {
    pub(crate) worker: Arc<Worker>,
    address: SocketAddr,
    door: Door,
    pub(crate) activity: Arc<Activity>,
}

impl Visit {
    async fn serve_http2(self, stream: impl AsyncRead + AsyncWrite + Unpin) {
        self.activity.is_multiplexed();
        let shared = Arc::clone(&self.worker.shared);
        let mut builder = http2::Builder::new(TokioExecutor::new());
        let header_bytes = u32::try_from(shared.limits.header_bytes).unwrap_or(u32::MAX);
        builder.max_concurrent_streams(STREAMS).max_header_list_size(header_bytes.max(8 << 10));
        let service = service_fn(|request: HttpRequest<Incoming>| {
            let begin = Instant::now();
            // The body is not wanted: what is left of it is hyper's to discard.
            let (request, _body) = request.into_parts();
            let (answer, record) = self.respond(request);
            let (parts, Content { bytes, .. }) = answer.into_parts();
            let request = self.in_flight(begin, parts.status, bytes.len(), record);
            ready(Ok::<_, Infallible>(Response::from_parts(parts, Payload::new(bytes, request))))
        });
        let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
        let mut stopping = shared.stopping();
        tokio::select! {
            _ = connection.as_mut() => {}
            _ = stopping.changed() => {
                connection.as_mut().graceful_shutdown();
                let _ = connection.await;
            }
        }
    }

    /// The answer to a request, and its line for the log. Until [`Visit::in_flight`] has been dropped it is in flight.
    pub(crate) fn respond(&self, request: Parts) -> (Answer, Option<Record>) {
        self.activity.request_begins();
        let shared: &Shared = &self.worker.shared;
        shared.metrics.in_flight.fetch_add(1, Ordering::Relaxed);
        let site = shared.live.snapshot();
        let mut answer = refusal(&site, &request).unwrap_or_else(|| match self.door {
            Door::Site => answer(&site, &request),
            Door::Redirect => redirect::answer(&site, &request, shared.challenges.as_deref(), shared.tls_port),
            Door::Metrics => shared.report(&site, &request),
        });
        if request.method == Method::HEAD {
            *answer.body_mut() = Content::default();
        }
        let is_logged = shared.log.format != Format::Off && self.door != Door::Metrics;
        let record = is_logged.then(|| Record {
            address: shared.log.addresses.then(|| self.address.ip()),
            version: request.version,
            method: request.method,
            uri: request.uri,
        });
        (answer, record)
    }

    /// The note that an answer is being sent.
    pub(crate) fn in_flight(
        &self,
        begin: Instant,
        status: StatusCode,
        n_bytes: usize,
        record: Option<Record>,
    ) -> Request {
        Request {
            worker: Arc::clone(&self.worker),
            activity: Arc::clone(&self.activity),
            begin,
            status: status.as_u16(),
            n_bytes: u64::try_from(n_bytes).unwrap_or(u64::MAX),
            record,
        }
    }
}

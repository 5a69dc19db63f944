//! One connection, from accept to close.

use std::{
    convert::Infallible,
    future::{poll_fn, ready},
    net::SocketAddr,
    pin::pin,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{
    HeaderValue, Method, Request, Response, Version,
    header::{CONNECTION, STRICT_TRANSPORT_SECURITY},
};
use hyper::{
    body::{Body, Incoming},
    server::conn::{http1, http2},
    service::service_fn,
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    challenge,
    log::{AccessRecord, Format, malformed_line},
    response::{reject, respond},
    server::{
        activity::{Activity, Monitored},
        body::{RequestInFlight, ResponseBody},
        redirect,
        shared::{Endpoint, Shared},
    },
};

/// Concurrent streams on one HTTP/2 connection.
const MAX_STREAMS: u32 = 128;
/// HTTP/2's default maximum frame size. Bodies are split into chunks of this size to track a stream's progress.
const HTTP2_CHUNK_BYTES: usize = 16 << 10;
/// The send buffer of a stream. hyper's default is 400 KiB: with eight streams on each of 1,000 connections the queues'
/// entries took half of the memory (the bodies are shared).
const HTTP2_QUEUE_BYTES: usize = 2 * HTTP2_CHUNK_BYTES;
/// The send buffer of a TLS connection, for encrypted bytes: two records. rustls' default is 64 KiB.
const TLS_QUEUE_BYTES: usize = 32 << 10;
/// How long, and for how many bytes, the rest of a refused request is read, so that the client receives the answer:
/// closing a socket with unread bytes makes the peer discard what it has received.
const LINGER: Duration = Duration::from_secs(1);
const LINGER_BYTES: usize = 256 << 10;

/// Serves a connection until its end.
pub(crate) async fn serve(
    shared: Arc<Shared>,
    stream: TcpStream,
    address: SocketAddr,
    endpoint: Endpoint,
    activity: Arc<Activity>,
) {
    // Responses are written whole: delaying small packets gains nothing.
    let _ = stream.set_nodelay(true);
    let stream = Monitored { stream, activity: Arc::clone(&activity) };
    let handler = Handler { shared: Arc::clone(&shared), address, endpoint, activity };
    let Some(tls) = shared.tls.as_ref().filter(|_| endpoint == Endpoint::Site) else {
        return handler.serve_http1(stream).await;
    };
    let limit_queue = |session: &mut rustls::ServerConnection| session.set_buffer_limit(Some(TLS_QUEUE_BYTES));
    let Ok(stream) = tls.accept_with(stream, limit_queue).await else {
        shared.metrics.failed_handshakes.fetch_add(1, Ordering::Relaxed);
        return;
    };
    let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
    handler.activity.handshake_finished(is_http2);
    // Boxed: the two states are large, and every plain connection would reserve room for them.
    if is_http2 {
        Box::pin(handler.serve_http2(stream)).await;
    } else {
        Box::pin(handler.serve_http1(stream)).await;
    }
}

/// Answers the requests of one connection.
struct Handler {
    shared: Arc<Shared>,
    address: SocketAddr,
    endpoint: Endpoint,
    activity: Arc<Activity>,
}

impl Handler {
    async fn serve_http1(self, stream: impl AsyncRead + AsyncWrite + Unpin) {
        let mut builder = http1::Builder::new();
        // Clients may close their sending side after the request.
        builder.half_close(true).max_buf_size(self.shared.limits.header_bytes);
        let service = service_fn(|request| ready(Ok::<_, Infallible>(self.respond(request, usize::MAX))));
        let mut connection = builder.serve_connection(TokioIo::new(stream), service);
        let result = tokio::select! {
            biased;
            result = poll_fn(|context| connection.poll_without_shutdown(context)) => result,
            () = self.activity.finish_requested() => {
                std::pin::Pin::new(&mut connection).graceful_shutdown();
                poll_fn(|context| connection.poll_without_shutdown(context)).await
            }
        };
        if let Err(error) = result
            && error.is_parse()
        {
            self.note_malformed(&error);
        }
        linger(connection.into_parts().io.into_inner()).await;
    }

    async fn serve_http2(self, stream: impl AsyncRead + AsyncWrite + Unpin) {
        let mut builder = http2::Builder::new(TokioExecutor::new());
        let header_bytes = u32::try_from(self.shared.limits.header_bytes).unwrap_or(u32::MAX);
        builder.max_concurrent_streams(MAX_STREAMS).max_header_list_size(header_bytes);
        builder.max_send_buf_size(HTTP2_QUEUE_BYTES);
        let service = service_fn(|request| ready(Ok::<_, Infallible>(self.respond(request, HTTP2_CHUNK_BYTES))));
        let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
        let mut stopping = self.shared.stopping();
        // Errors at a connection's end are the client's and are ignored.
        tokio::select! {
            _ = connection.as_mut() => {}
            _ = stopping.changed() => {
                connection.as_mut().graceful_shutdown();
                let _ = connection.await;
            }
        }
    }

    /// Answers one request, which is in flight until the returned body has been sent.
    fn respond(&self, request: Request<Incoming>, chunk_bytes: usize) -> Response<ResponseBody> {
        let begin = Instant::now();
        let id = self.activity.begin_request(begin);
        let shared: &Shared = &self.shared;
        shared.metrics.in_flight.fetch_add(1, Ordering::Relaxed);
        let (request, body) = request.into_parts();
        let site = shared.site.snapshot();
        let proof = || challenge::respond(&site, &request, shared.challenges.as_deref());
        let mut response = reject(&site, &request, !body.is_end_stream()).unwrap_or_else(|| match self.endpoint {
            Endpoint::Site if shared.tls.is_some() => respond(&site, &request),
            Endpoint::Site => proof().unwrap_or_else(|| respond(&site, &request)),
            Endpoint::Redirect => proof().unwrap_or_else(|| redirect::respond(&site, &request, shared.tls_port)),
            Endpoint::Metrics => shared.report(&site, &request),
        });
        if request.method == Method::HEAD {
            *response.body_mut() = Bytes::new();
        }
        // Browsers ignore HSTS over plain HTTP, and RFC 6797 forbids it.
        if let (Endpoint::Site, Some(policy)) = (self.endpoint, &shared.hsts) {
            response.headers_mut().insert(STRICT_TRANSPORT_SECURITY, policy.clone());
        }
        if request.version < Version::HTTP_2 && shared.is_stopping() {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        let is_logged = shared.log.format != Format::Off && self.endpoint != Endpoint::Metrics;
        let record = is_logged.then(|| AccessRecord {
            address: shared.log.has_addresses.then(|| self.address.ip()),
            version: request.version,
            method: request.method,
            uri: request.uri,
        });
        let (parts, bytes) = response.into_parts();
        let in_flight = RequestInFlight {
            shared: Arc::clone(&self.shared),
            activity: Arc::clone(&self.activity),
            id,
            begin,
            status: parts.status.as_u16(),
            n_bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            record,
        };
        Response::from_parts(parts, ResponseBody::new(bytes, chunk_bytes, in_flight))
    }

    /// Counts and logs malformed requests, which hyper has answered itself.
    fn note_malformed(&self, error: &hyper::Error) {
        let log = &self.shared.log;
        self.shared.metrics.malformed.fetch_add(1, Ordering::Relaxed);
        if log.format != Format::Off {
            let address = log.has_addresses.then(|| self.address.ip());
            log.add(&malformed_line(log.format, address, &error.to_string()));
        }
    }
}

/// Closes the sending side, then reads what the client still sends, within limits.
async fn linger(mut stream: impl AsyncRead + AsyncWrite + Unpin) {
    let discard = async {
        stream.shutdown().await?;
        let mut buffer = [0; 1024];
        let mut n_read = 0;
        while n_read < LINGER_BYTES {
            match stream.read(&mut buffer).await? {
                0 => break,
                n => n_read += n,
            }
        }
        std::io::Result::Ok(())
    };
    // The connection is over whether or not this times out.
    let _ = tokio::time::timeout(LINGER, discard).await;
}

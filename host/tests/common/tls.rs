//! A certificate, and a client that trusts only that one.

use std::{fs, net::SocketAddr, path::Path, sync::Arc};

use bytes::Bytes;
use host::TlsFiles;
use http_body_util::{BodyExt, Empty};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::{ClientConfig, RootCertStore, pki_types::CertificateDer};
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};

use crate::common::Answer;

/// Writes a certificate for `localhost` to `dir` and returns it for the client to trust.
pub fn certify(dir: &Path) -> (TlsFiles, CertificateDer<'static>) {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let files = TlsFiles { cert: dir.join("cert.pem"), key: dir.join("key.pem") };
    fs::write(&files.cert, made.cert.pem()).unwrap();
    fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
    (files, made.cert.der().clone())
}

/// Connects over TLS, trusting only `root`; `None` when the handshake fails.
pub async fn connect_tls(
    address: SocketAddr,
    root: &CertificateDer<'static>,
    alpn: &str,
) -> Option<TokioIo<TlsStream<TcpStream>>> {
    let mut roots = RootCertStore::empty();
    roots.add(root.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![alpn.as_bytes().to_vec()];
    let stream = TcpStream::connect(address).await.unwrap();
    let name = "localhost".try_into().unwrap();
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.ok()?;
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(alpn.as_bytes()));
    Some(TokioIo::new(stream))
}

pub fn request(method: &str, path: &str) -> hyper::Request<Empty<Bytes>> {
    let request = hyper::Request::builder().method(method).uri(format!("https://localhost{path}"));
    request.header("host", "localhost").header("accept-encoding", "br").body(Empty::new()).unwrap()
}

/// Sends a request over TLS; `None` when the handshake fails.
pub fn ask_tls(address: SocketAddr, root: &CertificateDer<'static>, alpn: &str, path: &str) -> Option<Answer> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let stream = connect_tls(address, root, alpn).await?;
        let request = request("GET", path);
        let response = if alpn == "h2" {
            let (mut send, connection) =
                hyper::client::conn::http2::handshake(TokioExecutor::new(), stream).await.unwrap();
            tokio::spawn(connection);
            send.send_request(request).await.unwrap()
        } else {
            let (mut send, connection) = hyper::client::conn::http1::handshake(stream).await.unwrap();
            tokio::spawn(connection);
            send.send_request(request).await.unwrap()
        };
        let status = response.status().as_u16();
        let line =
            |(name, value): (&http::HeaderName, &http::HeaderValue)| format!("{name}: {}\r\n", value.to_str().unwrap());
        let head = response.headers().iter().map(line).collect();
        let body = response.into_body().collect().await.unwrap().to_bytes().to_vec();
        Some(Answer { status, head, body })
    })
}

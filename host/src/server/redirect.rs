//! The plain port beside a TLS port: it leads browsers to `https`, and answers the questions of a certificate authority.

use std::{fs, path::Path};

use bytes::Bytes;
use http::{
    HeaderValue, Method, StatusCode,
    header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HOST, LOCATION},
    request::Parts,
    uri::Authority,
};

use crate::{
    answer::{Answer, insert, not_allowed, plain, with},
    site::Snapshot,
};

const CHALLENGE: &str = "/.well-known/acme-challenge/";
/// A key authorisation is shorter than 200 bytes.
const CHALLENGE_BYTES: u64 = 4096;

/// Answers on the plain port; `challenges` is the folder below which ACME clients put `.well-known/acme-challenge/`.
pub(crate) fn answer(site: &Snapshot, request: &Parts, challenges: Option<&Path>, tls_port: u16) -> Answer {
    if !matches!(request.method, Method::GET | Method::HEAD) {
        return not_allowed(site, request, "GET, HEAD");
    }
    let path = request.uri.path();
    if let Some(token) = path.strip_prefix(CHALLENGE) {
        return challenges
            .and_then(|folder| challenge(folder, token))
            .map_or_else(|| plain(site, StatusCode::NOT_FOUND), |proof| text(site, proof));
    }
    let host =
        request.headers.get(HOST).and_then(|host| host.to_str().ok()).and_then(|host| host.parse::<Authority>().ok());
    let Some(host) = host.filter(|host| !host.as_str().contains('@') && !host.host().is_empty()) else {
        return plain(site, StatusCode::BAD_REQUEST);
    };
    let port = if tls_port == 443 { String::new() } else { format!(":{tls_port}") };
    let target = request.uri.path_and_query().map_or("/", |target| target.as_str());
    if !target.starts_with('/') {
        return plain(site, StatusCode::BAD_REQUEST);
    }
    let mut answer = plain(site, StatusCode::PERMANENT_REDIRECT);
    insert(answer.headers_mut(), LOCATION, &format!("https://{}{port}{target}", host.host()));
    answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    answer
}

/// The proof for a token, which is a plain name (RFC 8555, section 8.3): nothing else is looked for on disk.
fn challenge(folder: &Path, token: &str) -> Option<Bytes> {
    let is_token = (1..=128).contains(&token.len())
        && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    if !is_token {
        return None;
    }
    let path = folder.join(CHALLENGE.trim_start_matches('/')).join(token);
    let metadata = fs::symlink_metadata(&path).ok()?;
    (metadata.is_file() && metadata.len() <= CHALLENGE_BYTES).then(|| fs::read(&path).ok().map(Bytes::from))?
}

fn text(site: &Snapshot, body: Bytes) -> Answer {
    let mut headers = site.bare_headers.clone();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    with(StatusCode::OK, headers, body)
}

//! Answers ACME HTTP-01 challenges of a certificate authority (RFC 8555, section 8.3).

use std::{fs, path::Path};

use bytes::Bytes;
use http::{
    HeaderValue, Method, StatusCode,
    header::{CONTENT_LENGTH, CONTENT_TYPE},
    request::Parts,
};

use crate::{
    response::{Response, build, status_response},
    site::Snapshot,
};

const PREFIX: &str = "/.well-known/acme-challenge/";
/// A key authorisation is shorter than 200 bytes.
const MAX_BYTES: u64 = 4096;

/// The answer to a challenge; `None` for other requests. `folder` is where ACME clients put `.well-known/acme-challenge/`.
pub(crate) fn respond(site: &Snapshot, request: &Parts, folder: Option<&Path>) -> Option<Response> {
    let folder = folder.filter(|_| matches!(request.method, Method::GET | Method::HEAD))?;
    let token = request.uri.path().strip_prefix(PREFIX)?;
    let Some(proof) = proof(folder, token) else { return Some(status_response(site, StatusCode::NOT_FOUND)) };
    let mut headers = site.bare_headers.clone();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(proof.len()));
    Some(build(StatusCode::OK, headers, proof))
}

/// The key authorisation for a token. The token must be a plain file name, so that no other path is read.
fn proof(folder: &Path, token: &str) -> Option<Bytes> {
    let is_token = (1..=128).contains(&token.len())
        && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    if !is_token {
        return None;
    }
    let path = folder.join(PREFIX.trim_start_matches('/')).join(token);
    let metadata = fs::symlink_metadata(&path).ok()?;
    (metadata.is_file() && metadata.len() <= MAX_BYTES).then(|| fs::read(&path).ok().map(Bytes::from))?
}

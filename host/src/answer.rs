//! From a request to its answer: a function of the request and the snapshot, without input or output.

use std::ops::Range;

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method, Response, StatusCode, Uri, Version,
    header::{
        ACCESS_CONTROL_ALLOW_ORIGIN, ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE,
        EXPECT, HOST, HeaderName, LOCATION, TRANSFER_ENCODING,
    },
    request::Parts,
};

use crate::{
    conditional::{self, Outcome, Part, Validators},
    negotiate,
    site::{File, Form, Snapshot, sendable::FilePart},
    target,
};

const ALLOWED: &str = "GET, HEAD, OPTIONS";
const ACCESS_CONTROL_ALLOW_METHODS: HeaderName = HeaderName::from_static("access-control-allow-methods");
const ACCESS_CONTROL_MAX_AGE: HeaderName = HeaderName::from_static("access-control-max-age");

/// An answer with its body, which is sent unless the method is `HEAD`.
pub(crate) type Answer = Response<Content>;

/// The body of an answer.
#[derive(Default)]
pub(crate) struct Content {
    pub(crate) bytes: Bytes,
    /// The same bytes where the system can send them from.
    pub(crate) file: Option<FilePart>,
}

impl From<Bytes> for Content {
    fn from(bytes: Bytes) -> Self {
        Self { bytes, file: None }
    }
}

/// The answer to what no listener answers. The connection ends with it: what follows may be the refused body.
pub(crate) fn refusal(site: &Snapshot, request: &Parts) -> Option<Answer> {
    let mut answer = plain(site, objection(request)?);
    close(&mut answer, request.version);
    Some(answer)
}

/// The answer to another method than those in `allowed`. The connection ends with it: what follows a `CONNECT`, or a method
/// that is not known here, need not be a request.
pub(crate) fn not_allowed(site: &Snapshot, request: &Parts, allowed: &'static str) -> Answer {
    let mut answer = plain(site, StatusCode::METHOD_NOT_ALLOWED);
    answer.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
    close(&mut answer, request.version);
    answer
}

fn close(answer: &mut Answer, version: Version) {
    if version < Version::HTTP_2 {
        answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
}

/// Answers a request for something of the site.
pub(crate) fn answer(site: &Snapshot, request: &Parts) -> Answer {
    let is_read = matches!(request.method, Method::GET | Method::HEAD);
    if !is_read && request.method != Method::OPTIONS {
        return not_allowed(site, request, ALLOWED);
    }
    let path = request.uri.path();
    if request.method == Method::OPTIONS && path == "*" {
        return options(site, None);
    }
    let Ok(path) = target::decode(path) else { return plain(site, StatusCode::BAD_REQUEST) };
    let Some(file) = site.file(&path) else {
        return if path == "/healthz" {
            healthz(site)
        } else if site.lacks_slash(&path) {
            moved(site, &path, &request.uri)
        } else {
            not_found(site)
        };
    };
    if request.method == Method::OPTIONS { options(site, Some(file)) } else { send(site, file, request) }
}

/// What makes a request unanswerable, whatever it asks for.
fn objection(request: &Parts) -> Option<StatusCode> {
    let Parts { headers, version, uri, .. } = request;
    let has_body = headers.contains_key(TRANSFER_ENCODING)
        || headers.get_all(CONTENT_LENGTH).iter().any(|length| length.as_bytes() != b"0");
    if has_body {
        return Some(StatusCode::PAYLOAD_TOO_LARGE);
    }
    if headers.get(EXPECT).is_some_and(|expected| !expected.as_bytes().eq_ignore_ascii_case(b"100-continue")) {
        return Some(StatusCode::EXPECTATION_FAILED);
    }
    // RFC 9112, section 3.2: exactly one, valid `Host` in HTTP/1.1.
    let mut hosts = headers.get_all(HOST).iter();
    let host = hosts.next();
    let is_valid = |host: &HeaderValue| {
        host.to_str().is_ok_and(|host| host.is_empty() || host.parse::<http::uri::Authority>().is_ok_and(no_user))
    };
    let is_missing = host.is_none() && *version == Version::HTTP_11;
    let is_missing_in_2 = host.is_none() && *version == Version::HTTP_2 && uri.authority().is_none();
    if is_missing || is_missing_in_2 || hosts.next().is_some() || host.is_some_and(|host| !is_valid(host)) {
        return Some(StatusCode::BAD_REQUEST);
    }
    None
}

#[allow(clippy::needless_pass_by_value, reason = "called by `is_ok_and`")]
fn no_user(authority: http::uri::Authority) -> bool {
    !authority.as_str().contains('@')
}

/// A file: whole, in part, or the word that it is unchanged.
fn send(site: &Snapshot, file: &File, request: &Parts) -> Answer {
    let headers = &request.headers;
    let Some(form) = negotiate::choose(file, headers) else {
        let mut answer = plain(site, StatusCode::NOT_ACCEPTABLE);
        answer.headers_mut().insert(http::header::VARY, HeaderValue::from_static("Accept-Encoding"));
        return answer;
    };
    let validators = Validators { etag: form.etag.to_str().unwrap_or_default(), modified: file.modified };
    match conditional::evaluate(headers, validators) {
        Outcome::Send => {}
        Outcome::NotModified => return with(StatusCode::NOT_MODIFIED, form.unchanged.clone(), Bytes::new()),
        Outcome::Failed => return plain(site, StatusCode::PRECONDITION_FAILED),
    }
    let len = form.bytes.len();
    // Ranges are defined for GET alone.
    let part = if request.method == Method::GET { conditional::part(headers, validators, len) } else { Part::Whole };
    match part {
        Part::Whole => with(StatusCode::OK, form.headers.clone(), content(form, 0..len)),
        Part::Range(range) => {
            let mut headers = form.headers.clone();
            insert(&mut headers, CONTENT_RANGE, &format!("bytes {}-{}/{len}", range.start, range.end - 1));
            headers.insert(CONTENT_LENGTH, HeaderValue::from(range.len()));
            with(StatusCode::PARTIAL_CONTENT, headers, content(form, range))
        }
        Part::Unsatisfiable => {
            let mut answer = plain(site, StatusCode::RANGE_NOT_SATISFIABLE);
            insert(answer.headers_mut(), CONTENT_RANGE, &format!("bytes */{len}"));
            answer
        }
    }
}

fn not_found(site: &Snapshot) -> Answer {
    let form = &site.not_found.plain;
    let mut headers = form.headers.clone();
    for of_a_file in [http::header::ETAG, http::header::LAST_MODIFIED, http::header::ACCEPT_RANGES, http::header::VARY]
    {
        headers.remove(of_a_file);
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    with(StatusCode::NOT_FOUND, headers, form.bytes.clone())
}

/// To the same folder with a slash at its end, below whatever a proxy may have put in front of the path.
fn moved(site: &Snapshot, path: &str, uri: &Uri) -> Answer {
    let folder = path.rsplit('/').next().unwrap_or_default();
    let query = uri.query().map_or_else(String::new, |query| format!("?{query}"));
    let mut answer = plain(site, StatusCode::PERMANENT_REDIRECT);
    // `./`: a name with a colon is no scheme.
    insert(answer.headers_mut(), LOCATION, &format!("./{}/{query}", target::encode(folder)));
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    answer
}

fn healthz(site: &Snapshot) -> Answer {
    let mut answer = plain(site, StatusCode::OK);
    *answer.body_mut() = Bytes::from_static(b"ok\n").into();
    answer.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from_static("3"));
    answer
}

/// The answer to `OPTIONS`, a browser's preflight included.
fn options(site: &Snapshot, file: Option<&File>) -> Answer {
    let mut headers = site.bare_headers.clone();
    headers.insert(ALLOW, HeaderValue::from_static(ALLOWED));
    if file.is_some_and(|file| file.is_embeddable) {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, HEAD"));
        headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
    }
    with(StatusCode::NO_CONTENT, headers, Bytes::new())
}

/// An answer that says its status in words.
pub(crate) fn plain(site: &Snapshot, status: StatusCode) -> Answer {
    let mut headers = site.bare_headers.clone();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    let text = Bytes::from(format!("{status}\n"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(text.len()));
    with(status, headers, text)
}

/// A part of a form's bytes, in both places.
fn content(form: &Form, range: Range<usize>) -> Content {
    let start = u64::try_from(range.start).unwrap_or(u64::MAX);
    let file = form.file.clone().map(|FilePart { file, offset }| FilePart { file, offset: offset + start });
    Content { bytes: form.bytes.slice(range), file }
}

pub(crate) fn with(status: StatusCode, headers: HeaderMap, body: impl Into<Content>) -> Answer {
    let mut answer = Response::new(body.into());
    *answer.status_mut() = status;
    *answer.headers_mut() = headers;
    answer
}

pub(crate) fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    // Built of encoded text and numbers: always a value.
    if let Ok(value) = HeaderValue::try_from(value) {
        headers.insert(name, value);
    }
}

//! From a request to its answer: a function of the request and the snapshot, without input or output.

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method, Response, StatusCode, Uri, Version,
    header::{
        ACCESS_CONTROL_ALLOW_ORIGIN, ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE,
        EXPECT, HOST, HeaderName, LOCATION,
    },
    request::Parts,
};

use crate::{
    conditional::{self, Outcome, Part, Validators},
    negotiate,
    site::{File, Snapshot},
    target,
};

const ALLOWED: &str = "GET, HEAD, OPTIONS";
const ACCESS_CONTROL_ALLOW_METHODS: HeaderName = HeaderName::from_static("access-control-allow-methods");
const ACCESS_CONTROL_MAX_AGE: HeaderName = HeaderName::from_static("access-control-max-age");

/// An answer with its body, which is sent unless the method is `HEAD`.
pub(crate) type Answer = Response<Bytes>;

/// The answer to a request that no endpoint takes. It ends the connection: what follows may be the refused body.
pub(crate) fn refusal(site: &Snapshot, request: &Parts, has_body: bool) -> Option<Answer> {
    let mut answer = plain(site, objection(request, has_body)?);
    close(&mut answer, request.version);
    Some(answer)
}

/// The answer to a method that is not in `allowed`. It ends the connection: what follows a `CONNECT`, or a method that is
/// not known here, need not be a request.
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

/// The status that refuses a request whatever it asks for.
fn objection(request: &Parts, has_body: bool) -> Option<StatusCode> {
    let Parts { headers, version, uri, .. } = request;
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

/// A file: whole, in part, or that it is unchanged.
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
        Part::Whole => with(StatusCode::OK, form.headers.clone(), form.bytes.clone()),
        Part::Range(range) => {
            let mut headers = form.headers.clone();
            insert(&mut headers, CONTENT_RANGE, &format!("bytes {}-{}/{len}", range.start, range.end - 1));
            headers.insert(CONTENT_LENGTH, HeaderValue::from(range.len()));
            with(StatusCode::PARTIAL_CONTENT, headers, form.bytes.slice(range))
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

/// Redirects to the same folder with a slash at its end. The target is relative, as a proxy may have put a prefix before the
/// path.
fn moved(site: &Snapshot, path: &str, uri: &Uri) -> Answer {
    let folder = path.rsplit('/').next().unwrap_or_default();
    let query = uri.query().map_or_else(String::new, |query| format!("?{query}"));
    let mut answer = plain(site, StatusCode::PERMANENT_REDIRECT);
    // `./`: otherwise a name with a colon would be taken for a scheme.
    insert(answer.headers_mut(), LOCATION, &format!("./{}/{query}", target::encode(folder)));
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    answer
}

fn healthz(site: &Snapshot) -> Answer {
    let mut answer = plain(site, StatusCode::OK);
    *answer.body_mut() = Bytes::from_static(b"ok\n");
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

/// An answer whose body is its status in words.
pub(crate) fn plain(site: &Snapshot, status: StatusCode) -> Answer {
    let mut headers = site.bare_headers.clone();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    let text = Bytes::from(format!("{status}\n"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(text.len()));
    with(status, headers, text)
}

/// Puts an answer together.
pub(crate) fn with(status: StatusCode, headers: HeaderMap, body: Bytes) -> Answer {
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    *answer.headers_mut() = headers;
    answer
}

pub(crate) fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    // Made of encoded text and numbers, which is always a valid value.
    if let Ok(value) = HeaderValue::try_from(value) {
        headers.insert(name, value);
    }
}

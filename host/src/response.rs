//! From a request to its response: a function of the request and the snapshot, without input or output.

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method, StatusCode, Uri, Version,
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

/// A response with its body, which is sent unless the method is `HEAD`.
pub(crate) type Response = http::Response<Bytes>;

/// The answer to a request that is invalid at every endpoint. It closes the connection: what follows may be the refused
/// body.
pub(crate) fn reject(site: &Snapshot, request: &Parts, has_body: bool) -> Option<Response> {
    let mut response = status_response(site, rejection_status(request, has_body)?);
    close(&mut response, request.version);
    Some(response)
}

/// The answer to a method that is not in `allowed`. It closes the connection: what follows a `CONNECT` or an unknown
/// method need not be a request.
pub(crate) fn method_not_allowed(site: &Snapshot, request: &Parts, allowed: &'static str) -> Response {
    let mut response = status_response(site, StatusCode::METHOD_NOT_ALLOWED);
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
    close(&mut response, request.version);
    response
}

fn close(response: &mut Response, version: Version) {
    if version < Version::HTTP_2 {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
}

/// Answers a request for something of the site.
pub(crate) fn respond(site: &Snapshot, request: &Parts) -> Response {
    let is_read = matches!(request.method, Method::GET | Method::HEAD);
    if !is_read && request.method != Method::OPTIONS {
        return method_not_allowed(site, request, ALLOWED);
    }
    let path = request.uri.path();
    if request.method == Method::OPTIONS && path == "*" {
        return options(site, None);
    }
    let Ok(path) = target::decode(path) else { return status_response(site, StatusCode::BAD_REQUEST) };
    let Some(file) = site.file(&path) else {
        return if path == "/healthz" {
            healthz(site)
        } else if site.lacks_slash(&path) {
            redirect_to_folder(site, &path, &request.uri)
        } else {
            not_found(site)
        };
    };
    if request.method == Method::OPTIONS { options(site, Some(file)) } else { send(site, file, request) }
}

/// The status for requests that are refused whatever their target.
fn rejection_status(request: &Parts, has_body: bool) -> Option<StatusCode> {
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

/// Answers with a file: whole, in part, or `304 Not Modified`.
fn send(site: &Snapshot, file: &File, request: &Parts) -> Response {
    let headers = &request.headers;
    let Some(representation) = negotiate::choose(file, headers) else {
        let mut response = status_response(site, StatusCode::NOT_ACCEPTABLE);
        response.headers_mut().insert(http::header::VARY, HeaderValue::from_static("Accept-Encoding"));
        return response;
    };
    let validators = Validators { etag: representation.etag.to_str().unwrap_or_default(), modified: file.modified };
    match conditional::evaluate(headers, validators) {
        Outcome::Send => {}
        Outcome::NotModified => return build(StatusCode::NOT_MODIFIED, representation.unchanged.clone(), Bytes::new()),
        Outcome::Failed => return status_response(site, StatusCode::PRECONDITION_FAILED),
    }
    let len = representation.bytes.len();
    // Ranges are defined for GET alone.
    let part = if request.method == Method::GET { conditional::part(headers, validators, len) } else { Part::Whole };
    match part {
        Part::Whole => build(StatusCode::OK, representation.headers.clone(), representation.bytes.clone()),
        Part::Range(range) => {
            let mut headers = representation.headers.clone();
            insert(&mut headers, CONTENT_RANGE, &format!("bytes {}-{}/{len}", range.start, range.end - 1));
            headers.insert(CONTENT_LENGTH, HeaderValue::from(range.len()));
            build(StatusCode::PARTIAL_CONTENT, headers, representation.bytes.slice(range))
        }
        Part::Unsatisfiable => {
            let mut response = status_response(site, StatusCode::RANGE_NOT_SATISFIABLE);
            insert(response.headers_mut(), CONTENT_RANGE, &format!("bytes */{len}"));
            response
        }
    }
}

fn not_found(site: &Snapshot) -> Response {
    let representation = &site.not_found.plain;
    let mut headers = representation.headers.clone();
    for of_a_file in [http::header::ETAG, http::header::LAST_MODIFIED, http::header::ACCEPT_RANGES, http::header::VARY]
    {
        headers.remove(of_a_file);
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    build(StatusCode::NOT_FOUND, headers, representation.bytes.clone())
}

/// Redirects to the same folder with a trailing slash. The target is relative, as a proxy may have prefixed the path.
fn redirect_to_folder(site: &Snapshot, path: &str, uri: &Uri) -> Response {
    let folder = path.rsplit('/').next().unwrap_or_default();
    let query = uri.query().map_or_else(String::new, |query| format!("?{query}"));
    let mut response = status_response(site, StatusCode::PERMANENT_REDIRECT);
    // `./`: otherwise a colon in the name would delimit a scheme.
    insert(response.headers_mut(), LOCATION, &format!("./{}/{query}", target::encode(folder)));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

fn healthz(site: &Snapshot) -> Response {
    let mut response = status_response(site, StatusCode::OK);
    *response.body_mut() = Bytes::from_static(b"ok\n");
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from_static("3"));
    response
}

/// The answer to `OPTIONS`, a browser's preflight included.
fn options(site: &Snapshot, file: Option<&File>) -> Response {
    let mut headers = site.bare_headers.clone();
    headers.insert(ALLOW, HeaderValue::from_static(ALLOWED));
    if file.is_some_and(|file| file.is_embeddable) {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, HEAD"));
        headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
    }
    build(StatusCode::NO_CONTENT, headers, Bytes::new())
}

/// An answer whose body is the text of its status.
pub(crate) fn status_response(site: &Snapshot, status: StatusCode) -> Response {
    let mut headers = site.bare_headers.clone();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    let text = Bytes::from(format!("{status}\n"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(text.len()));
    build(status, headers, text)
}

/// Puts an answer together.
pub(crate) fn build(status: StatusCode, headers: HeaderMap, body: Bytes) -> Response {
    let mut response = http::Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

pub(crate) fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    // The values are encoded text and numbers, which are always valid.
    if let Ok(value) = HeaderValue::try_from(value) {
        headers.insert(name, value);
    }
}

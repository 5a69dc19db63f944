//! The plain port beside a TLS port: it redirects to `https`.

use http::{
    HeaderValue, Method, StatusCode,
    header::{CONNECTION, HOST, LOCATION},
    request::Parts,
    uri::Authority,
};

use crate::{
    response::{Response, insert, method_not_allowed, status_response},
    site::Snapshot,
};

/// Redirects a request on the plain port to the same address on the TLS port.
pub(crate) fn respond(site: &Snapshot, request: &Parts, tls_port: u16) -> Response {
    if !matches!(request.method, Method::GET | Method::HEAD) {
        return method_not_allowed(site, request, "GET, HEAD");
    }
    let header = || request.headers.get(HOST)?.to_str().ok()?.parse::<Authority>().ok();
    // RFC 9112, section 3.2.2: a target in absolute form takes precedence over `Host`.
    let host = request.uri.authority().cloned().or_else(header);
    let Some(host) = host.filter(|host| !host.as_str().contains('@') && !host.host().is_empty()) else {
        return status_response(site, StatusCode::BAD_REQUEST);
    };
    let port = if tls_port == 443 { String::new() } else { format!(":{tls_port}") };
    let target = request.uri.path_and_query().map_or("/", |target| target.as_str());
    if !target.starts_with('/') {
        return status_response(site, StatusCode::BAD_REQUEST);
    }
    let mut response = status_response(site, StatusCode::PERMANENT_REDIRECT);
    insert(response.headers_mut(), LOCATION, &format!("https://{}{port}{target}", host.host()));
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

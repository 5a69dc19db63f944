//! Security headers.

use http::{
    HeaderMap, HeaderValue,
    header::{
        ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    },
};

use crate::site::media;

const CROSS_ORIGIN_EMBEDDER_POLICY: HeaderName = HeaderName::from_static("cross-origin-embedder-policy");
const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const CROSS_ORIGIN_OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// For pages that state no policy.
const DEFAULT_CSP: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; object-src 'none'; \
                           base-uri 'none'; form-action 'none'";
/// For files that are neither page nor script, in case one is opened as a document.
const INERT_CSP: &str = "default-src 'none'; style-src 'unsafe-inline'";
/// Browser features that the page does not use.
const PERMISSIONS: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), \
                           magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()";

/// The security headers of the file `name`; `page_csp` is the policy stated by the nearest page.
pub(crate) fn headers(name: &str, page_csp: Option<&str>, frame_ancestors: &str) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(8);
    let is_page = media::is_page(name);
    // Also for scripts: a worker is bound by the policy of its own script.
    let csp = if is_page || media::is_script(name) { page_csp.unwrap_or(DEFAULT_CSP) } else { INERT_CSP };
    let frame_ancestors = if media::is_frame(name) { "*" } else { frame_ancestors };
    let csp = format!("{}; frame-ancestors {frame_ancestors}", csp.trim_end_matches([';', ' ']));
    if let Ok(csp) = HeaderValue::try_from(csp) {
        headers.insert(CONTENT_SECURITY_POLICY, csp);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if media::is_frame(name) {
        // A cross-origin isolated page can only embed frames that are isolated, too.
        headers.insert(CROSS_ORIGIN_EMBEDDER_POLICY, HeaderValue::from_static("require-corp"));
    }
    if is_page {
        headers.insert(CROSS_ORIGIN_OPENER_POLICY, HeaderValue::from_static("same-origin"));
        headers.insert(PERMISSIONS_POLICY, HeaderValue::from_static(PERMISSIONS));
    }
    if media::is_embeddable(name) {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    }
    let is_shared = media::is_embeddable(name) || media::is_frame(name);
    let resource_policy = if is_shared { "cross-origin" } else { "same-origin" };
    headers.insert(CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static(resource_policy));
    headers
}

/// The policy stated by a page's own `<meta http-equiv="Content-Security-Policy" content="…">`, minified or not.
pub(crate) fn stated_csp(page: &[u8]) -> Option<String> {
    let page = std::str::from_utf8(page).ok()?;
    page.split("<meta").skip(1).find_map(|tag| {
        let (mut is_policy, mut content) = (false, None);
        for (name, value) in attributes(tag) {
            if name.eq_ignore_ascii_case("http-equiv") {
                is_policy = value.eq_ignore_ascii_case("content-security-policy");
            } else if name.eq_ignore_ascii_case("content") {
                content = Some(value);
            }
        }
        let content = content.filter(|_| is_policy)?;
        let plain = [("&quot;", "\""), ("&#39;", "'"), ("&#x27;", "'"), ("&apos;", "'"), ("&amp;", "&")];
        Some(plain.into_iter().fold(content.to_owned(), |text, (entity, sign)| text.replace(entity, sign)))
    })
}

/// Names and values of a tag's attributes; `tag` starts after the tag's name.
fn attributes(mut tag: &str) -> Vec<(&str, &str)> {
    let mut attributes = Vec::new();
    loop {
        tag = tag.trim_start_matches(|sign: char| sign.is_ascii_whitespace() || sign == '/');
        let is_end = |sign: char| sign.is_ascii_whitespace() || matches!(sign, '=' | '>' | '/');
        let (name, rest) = tag.split_at(tag.find(is_end).unwrap_or(tag.len()));
        if name.is_empty() {
            return attributes;
        }
        let Some(rest) = rest.trim_start().strip_prefix('=').map(str::trim_start) else {
            tag = rest;
            continue;
        };
        let quote = rest.chars().next().filter(|sign| matches!(sign, '"' | '\''));
        let (value, rest) = match quote {
            Some(quote) => rest[1..].split_once(quote).unwrap_or((&rest[1..], "")),
            None => {
                rest.split_at(rest.find(|sign: char| sign.is_ascii_whitespace() || sign == '>').unwrap_or(rest.len()))
            }
        };
        attributes.push((name, value));
        tag = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pages_own_policy_is_found() {
        let policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'";
        for page in [
            format!("<meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">"),
            // As minified by Trunk.
            format!("<meta charset=utf-8><meta content=\"{policy}\" http-equiv=Content-Security-Policy><meta name=x>"),
            format!("<meta\n  HTTP-EQUIV='content-security-policy'\n  CONTENT = \"{policy}\" />"),
            format!("<meta content='{}' http-equiv=Content-Security-Policy>", policy.replace('\'', "&#39;")),
        ] {
            assert_eq!(stated_csp(page.as_bytes()).as_deref(), Some(policy), "{page}");
        }
        for page in [
            "<meta charset=utf-8><meta name=x content=default-src>",
            "<meta http-equiv=Content-Security-Policy",
            "<meta http-equiv=Content-Security-Policy><p content=\"default-src 'none'\">",
            "<meta",
            "<meta =",
            "<meta content=\"",
        ] {
            assert_eq!(stated_csp(page.as_bytes()), None, "{page}");
        }
        assert_eq!(stated_csp(b"\xff"), None);
    }
}

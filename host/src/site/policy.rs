//! The headers that keep a page to itself.

use http::{
    HeaderMap, HeaderValue,
    header::{
        ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    },
};

use crate::site::media;

const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const CROSS_ORIGIN_OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// For pages that say nothing themselves.
const DEFAULT_CSP: &str = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'";
/// For files that are no page and no program, should somebody open them as a document.
const INERT_CSP: &str = "default-src 'none'; style-src 'unsafe-inline'";
/// What a page has no use for.
const PERMISSIONS: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), \
                           magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()";

/// The policy headers of the file `name`; `page_csp` is the policy of the nearest page, as it says itself.
pub(crate) fn headers(name: &str, page_csp: Option<&str>, frame_ancestors: &str) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(8);
    let is_page = media::is_page(name);
    // Scripts carry it too: a worker obeys the policy that its own script came with.
    let csp = if is_page || media::is_script(name) { page_csp.unwrap_or(DEFAULT_CSP) } else { INERT_CSP };
    let csp = format!("{}; frame-ancestors {frame_ancestors}", csp.trim_end_matches([';', ' ']));
    if let Ok(csp) = HeaderValue::try_from(csp) {
        headers.insert(CONTENT_SECURITY_POLICY, csp);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if is_page {
        headers.insert(CROSS_ORIGIN_OPENER_POLICY, HeaderValue::from_static("same-origin"));
        headers.insert(PERMISSIONS_POLICY, HeaderValue::from_static(PERMISSIONS));
    }
    if media::is_embeddable(name) {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        headers.insert(CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
    } else {
        headers.insert(CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
    }
    headers
}

/// The policy that a page states in its own `<meta http-equiv="Content-Security-Policy" content="…">`.
pub(crate) fn stated_csp(page: &[u8]) -> Option<&str> {
    let page = std::str::from_utf8(page).ok()?;
    page.split("<meta ").skip(1).find_map(|rest| {
        let tag = &rest[..rest.find('>')?];
        if !tag.to_ascii_lowercase().contains("http-equiv=\"content-security-policy\"") {
            return None;
        }
        let content = &tag[tag.find("content=\"")? + "content=\"".len()..];
        Some(&content[..content.find('"')?])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pages_own_policy_is_found() {
        let page =
            b"<meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'\">";
        assert_eq!(stated_csp(page), Some("default-src 'none'"));
        assert_eq!(stated_csp(b"<meta charset=\"utf-8\"><meta name=\"x\" content=\"default-src\">"), None);
        assert_eq!(stated_csp(b"<meta http-equiv=\"Content-Security-Policy\""), None);
        assert_eq!(stated_csp(b"\xff"), None);
    }
}

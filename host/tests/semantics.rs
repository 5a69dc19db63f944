//! Requirements of RFC 9110, 9111 and 9112 on a static server, tested over a raw socket.

mod common;

use std::io::Write;

use common::{Folder, POLICY, WASM, ask, connect, get, listener, parse, raw, read_one, serve, site};
use host::variants::Coding;

#[test]
fn files_come_with_their_types_and_policies() {
    let (_folder, server) = site();
    for (path, expected) in [
        ("/", "text/html; charset=utf-8"),
        ("/index.html", "text/html; charset=utf-8"),
        ("/web_bg.wasm", "application/wasm"),
        ("/scorecast.js", "text/javascript; charset=utf-8"),
        ("/artifacts/model.json", "application/json"),
        ("/two%20words.csv", "text/csv; charset=utf-8"),
        ("/docs/", "text/html; charset=utf-8"),
    ] {
        let answer = get(server.address(), path, "");
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("content-type"), Some(expected), "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-cache"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{path}");
        assert_eq!(answer.header("strict-transport-security"), None, "{path}");
        assert_eq!(answer.header("server"), None, "{path}");
        assert!(answer.header("date").is_some() && answer.header("etag").is_some(), "{path}");
    }
    let page = get(server.address(), "/", "");
    let policy = format!("{POLICY}; frame-ancestors 'self'");
    assert_eq!(page.header("content-security-policy"), Some(policy.as_str()));
    assert_eq!(page.header("cross-origin-opener-policy"), Some("same-origin"));
    assert!(page.header("permissions-policy").unwrap().contains("camera=()"));
    // A worker is bound by the policy of its own script.
    assert_eq!(get(server.address(), "/scorecast.js", "").header("content-security-policy"), Some(policy.as_str()));
}

#[test]
fn hashed_names_alone_are_immutable() {
    let (_folder, server) = site();
    let answer = get(server.address(), "/web-1a2b3c4d5e6f7a8b.js", "");
    assert_eq!(answer.header("cache-control"), Some("public, max-age=31536000, immutable"));
}

#[test]
fn other_origins_may_load_what_is_made_for_them_only() {
    let (_folder, server) = site();
    for (path, expected) in
        [("/scorecast.js", Some("*")), ("/artifacts/model.json", Some("*")), ("/", None), ("/web_bg.wasm", None)]
    {
        let answer = get(server.address(), path, "Origin: https://school.example\r\n");
        assert_eq!(answer.header("access-control-allow-origin"), expected, "{path}");
        let policy = if expected.is_some() { "cross-origin" } else { "same-origin" };
        assert_eq!(answer.header("cross-origin-resource-policy"), Some(policy), "{path}");
        let preflight = ask(server.address(), "OPTIONS", path, "Origin: https://school.example\r\n");
        assert_eq!(preflight.status, 204);
        assert_eq!(preflight.header("access-control-allow-origin"), expected, "{path}");
        assert_eq!(preflight.header("allow"), Some("GET, HEAD, OPTIONS"));
    }
}

#[test]
fn the_frame_may_stand_on_any_page_even_an_isolated_one() {
    let folder = Folder::new();
    folder.write("embed.html", "<!doctype html>frame");
    let server = serve(&folder.path(), |_| {});
    let frame = get(server.address(), "/embed.html", "");
    assert!(frame.header("content-security-policy").unwrap().ends_with("; frame-ancestors *"), "{}", frame.head);
    assert_eq!(frame.header("cross-origin-embedder-policy"), Some("require-corp"));
    assert_eq!(frame.header("cross-origin-resource-policy"), Some("cross-origin"));
    assert_eq!(get(server.address(), "/", "").header("cross-origin-embedder-policy"), None);
}

#[test]
fn the_coding_is_chosen_by_weights() {
    let (_folder, server) = site();
    for (accepted, expected) in [
        ("", None),
        ("Accept-Encoding: gzip, deflate, br, zstd\r\n", Some("br")),
        ("Accept-Encoding: gzip\r\n", Some("gzip")),
        ("Accept-Encoding: x-GZIP\r\n", Some("gzip")),
        ("Accept-Encoding: br;q=0.5, gzip;q=0.8\r\n", Some("gzip")),
        ("Accept-Encoding: br;q=0, *\r\n", Some("zstd")),
        ("Accept-Encoding: br;q=0,zstd;q=0.0,gzip;q=0.000\r\n", None),
        ("Accept-Encoding: *\r\n", Some("br")),
        ("Accept-Encoding: *;q=0.1, gzip;q=0.2\r\n", Some("gzip")),
        ("Accept-Encoding: identity\r\n", None),
        ("Accept-Encoding: identity;q=0, gzip\r\n", Some("gzip")),
        ("Accept-Encoding: identity;q=1, gzip;q=0.5\r\n", None),
        ("Accept-Encoding: identity;q=0.5, br;q=1\r\n", Some("br")),
        ("Accept-Encoding: deflate\r\n", None),
        ("Accept-Encoding:\r\n", None),
        ("Accept-Encoding: gzip\r\nAccept-Encoding: zstd;q=0.1\r\n", Some("gzip")),
        ("Accept-Encoding: gzip;q=nonsense\r\n", None),
    ] {
        let answer = get(server.address(), "/web_bg.wasm", accepted);
        assert_eq!(answer.status, 200, "{accepted}");
        assert_eq!(answer.header("content-encoding"), expected, "{accepted}");
        assert_eq!(answer.header("vary"), Some("Accept-Encoding"), "{accepted}");
        assert_eq!(answer.header("content-type"), Some("application/wasm"));
        let body: &[u8] = match expected {
            Some("br") => b"br!",
            Some("zstd") => b"zstd",
            Some("gzip") => b"gzip!",
            _ => WASM,
        };
        assert_eq!(answer.body, body, "{accepted}");
    }
    for refused in ["identity;q=0", "*;q=0", "identity;q=0, deflate", "gzip;q=0, *;q=0"] {
        let answer = get(server.address(), "/web_bg.wasm", &format!("Accept-Encoding: {refused}\r\n"));
        assert_eq!(answer.status, 406, "{refused}");
    }
    // Compressed forms cannot be requested by name.
    assert_eq!(get(server.address(), "/web_bg.wasm.br", "").status, 404);
}

#[test]
fn each_form_has_a_strong_tag_of_its_own() {
    let (_folder, server) = site();
    let mut tags = Vec::new();
    for accepted in ["identity", "br", "zstd", "gzip"] {
        let accepted = format!("Accept-Encoding: {accepted}\r\n");
        let first = get(server.address(), "/web_bg.wasm", &accepted);
        let tag = first.header("etag").unwrap().to_owned();
        assert!(tag.starts_with('"') && tag.ends_with('"') && tag.len() > 30, "{tag}");
        for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
            let second = get(server.address(), "/web_bg.wasm", &format!("{accepted}If-None-Match: {known}\r\n"));
            assert_eq!(second.status, 304, "{known}");
            assert!(second.body.is_empty());
            for name in ["etag", "cache-control", "vary", "last-modified"] {
                assert_eq!(second.header(name), first.header(name), "{name}");
            }
            assert!(second.header("date").is_some());
            assert_eq!(second.header("content-length"), None);
        }
        tags.push(tag);
    }
    let known = format!("Accept-Encoding: br\r\nIf-None-Match: {}\r\n", tags[3]);
    assert_eq!(get(server.address(), "/web_bg.wasm", &known).status, 200, "gzip's tag is not brotli's");
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), 4);
}

#[test]
fn preconditions_hold_in_their_order() {
    let (_folder, server) = site();
    let first = get(server.address(), "/artifacts/model.json", "");
    let (tag, modified) = (first.header("etag").unwrap(), first.header("last-modified").unwrap());
    let (early, late) = ("Thu, 01 Jan 1970 00:00:10 GMT", "Fri, 31 Dec 2100 00:00:00 GMT");
    for (headers, expected) in [
        (format!("If-Modified-Since: {modified}"), 304),
        (format!("If-Modified-Since: {late}"), 304),
        (format!("If-Modified-Since: {early}"), 200),
        ("If-Modified-Since: yesterday".to_owned(), 200),
        // An entity tag takes precedence over the date.
        (format!("If-None-Match: \"other\"\r\nIf-Modified-Since: {late}"), 200),
        (format!("If-None-Match: {tag}\r\nIf-Modified-Since: {early}"), 304),
        (format!("If-Match: {tag}"), 200),
        ("If-Match: *".to_owned(), 200),
        ("If-Match: \"other\"".to_owned(), 412),
        (format!("If-Match: W/{tag}"), 412),
        (format!("If-Unmodified-Since: {early}"), 412),
        (format!("If-Unmodified-Since: {late}"), 200),
        (format!("If-Match: {tag}\r\nIf-Unmodified-Since: {early}"), 200),
        (format!("If-Match: \"other\"\r\nIf-None-Match: {tag}"), 412),
    ] {
        let answer = get(server.address(), "/artifacts/model.json", &format!("{headers}\r\n"));
        assert_eq!(answer.status, expected, "{headers}");
    }
}

#[test]
fn ranges_are_cut_out_of_the_form_that_was_chosen() {
    let (_folder, server) = site();
    let len = WASM.len();
    for (range, body) in [
        ("bytes=0-3", &WASM[..4]),
        ("bytes=4-", &WASM[4..]),
        ("bytes=-5", &WASM[len - 5..]),
        ("bytes=0-99999", WASM),
        ("bytes=-99999", WASM),
    ] {
        let answer = get(server.address(), "/web_bg.wasm", &format!("Range: {range}\r\n"));
        assert_eq!((answer.status, answer.body.as_slice()), (206, body), "{range}");
        let from = if range.starts_with("bytes=-") { len - body.len() } else { range[6..7].parse().unwrap() };
        let expected = format!("bytes {from}-{}/{len}", from + body.len() - 1);
        assert_eq!(answer.header("content-range"), Some(expected.as_str()), "{range}");
        assert_eq!(answer.header("accept-ranges"), Some("bytes"));
    }
    let answer = get(server.address(), "/web_bg.wasm", "Range: bytes=1-1\r\nAccept-Encoding: br\r\n");
    assert_eq!((answer.status, answer.text()), (206, "r"));
    assert_eq!(answer.header("content-range"), Some("bytes 1-1/3"));
    for beyond in ["bytes=99999-", "bytes=-0"] {
        let answer = get(server.address(), "/web_bg.wasm", &format!("Range: {beyond}\r\n"));
        assert_eq!(answer.status, 416);
        assert_eq!(answer.header("content-range"), Some(format!("bytes */{len}").as_str()));
    }
    for ignored in ["bytes=0-1,3-4", "bytes=3-2", "bytes=x", "rows=0-1", "bytes"] {
        let answer = get(server.address(), "/web_bg.wasm", &format!("Range: {ignored}\r\n"));
        assert_eq!((answer.status, answer.body.as_slice()), (200, WASM), "{ignored}");
    }
    assert_eq!(ask(server.address(), "HEAD", "/web_bg.wasm", "Range: bytes=0-3\r\n").status, 200);
    assert_eq!(get(server.address(), "/empty.txt", "Range: bytes=0-\r\n").status, 416);
}

#[test]
fn if_range_wants_exactly_this_form() {
    let (_folder, server) = site();
    let first = get(server.address(), "/web_bg.wasm", "");
    let (tag, modified) = (first.header("etag").unwrap(), first.header("last-modified").unwrap());
    for (condition, expected) in [
        (tag.to_owned(), 206),
        (format!("W/{tag}"), 200),
        ("\"other\"".to_owned(), 200),
        (modified.to_owned(), 206),
        ("Fri, 31 Dec 2100 00:00:00 GMT".to_owned(), 200),
        ("nonsense".to_owned(), 200),
    ] {
        let answer = get(server.address(), "/web_bg.wasm", &format!("Range: bytes=0-3\r\nIf-Range: {condition}\r\n"));
        assert_eq!(answer.status, expected, "{condition}");
    }
    let unchanged = format!("Range: bytes=0-3\r\nIf-None-Match: {tag}\r\n");
    assert_eq!(get(server.address(), "/web_bg.wasm", &unchanged).status, 304);
}

#[test]
fn head_is_get_without_its_body() {
    let (_folder, server) = site();
    for path in ["/", "/web_bg.wasm", "/nothing", "/healthz", "/docs"] {
        let (get, head) = (get(server.address(), path, ""), ask(server.address(), "HEAD", path, ""));
        assert!(head.body.is_empty(), "{path}");
        let without_date =
            |head: &str| head.lines().filter(|line| !line.starts_with("date")).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(without_date(&get.head), without_date(&head.head), "{path}");
    }
}

#[test]
fn other_methods_are_refused_with_those_that_are_allowed() {
    let (_folder, server) = site();
    for method in ["POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "get"] {
        let answer = ask(server.address(), method, "/web_bg.wasm", "");
        assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, HEAD, OPTIONS")), "{method}");
    }
    assert_eq!(ask(server.address(), "OPTIONS", "*", "").status, 204);
    assert_eq!(ask(server.address(), "CONNECT", "localhost:80", "").status, 405);
}

#[test]
fn what_is_missing_has_a_page() {
    let (folder, server) = site();
    let answer = get(server.address(), "/nothing", "Accept-Encoding: br\r\nIf-None-Match: *\r\nRange: bytes=0-1\r\n");
    assert_eq!((answer.status, answer.header("content-type")), (404, Some("text/html; charset=utf-8")));
    assert_eq!((answer.header("etag"), answer.header("cache-control")), (None, Some("no-cache")));
    assert!(answer.text().contains("nothing here"));
    folder.write("404.html", "<!doctype html>not here");
    let own = serve(&folder.path(), |_| {});
    let answer = get(own.address(), "/nothing", "");
    assert_eq!((answer.status, answer.text()), (404, "<!doctype html>not here"));
}

#[test]
fn folders_lead_to_their_page_and_list_nothing() {
    let (_folder, server) = site();
    let answer = get(server.address(), "/docs?a=b", "");
    assert_eq!((answer.status, answer.header("location")), (308, Some("./docs/?a=b")));
    assert_eq!(get(server.address(), "/artifacts/", "").status, 404);
    assert_eq!(get(server.address(), "/artifacts", "").status, 404);
    let health = get(server.address(), "/healthz", "");
    assert_eq!((health.status, health.text(), health.header("cache-control")), (200, "ok\n", Some("no-store")));
}

#[test]
fn connections_stay_open_and_take_requests_in_a_row() {
    let (_folder, server) = site();
    let mut stream = connect(server.address());
    stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\nHEAD /web_bg.wasm HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    assert_eq!(read_one(&mut stream).status, 200);
    let mut byte = [0];
    // The answer to HEAD has a length but no body: the next answer follows its head directly.
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        std::io::Read::read_exact(&mut stream, &mut byte).unwrap();
        head.push(byte[0]);
    }
    assert_eq!(parse(&head).unwrap().header("content-length"), Some(WASM.len().to_string().as_str()));
    stream.write_all(b"GET /empty.txt HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    let empty = read_one(&mut stream);
    assert_eq!((empty.status, empty.header("content-length")), (200, Some("0")));
    let answer = raw(server.address(), b"GET / HTTP/1.0\r\n\r\n");
    assert_eq!(parse(&answer).unwrap().status, 200);
}

#[test]
fn absolute_targets_are_understood() {
    let (_folder, server) = site();
    assert_eq!(get(server.address(), "http://localhost/web_bg.wasm", "").body, WASM);
    assert_eq!(get(server.address(), "http://localhost", "").status, 200);
}

#[test]
fn counters_are_served_apart() {
    let folder = Folder::new();
    let metrics = listener();
    let address = metrics.local_addr().unwrap();
    let server = serve(&folder.path(), |settings| settings.metrics = Some(metrics));
    assert_eq!(get(server.address(), "/metrics", "").status, 404);
    assert_eq!(get(server.address(), "/", "").status, 200);
    let text = get(address, "/metrics", "");
    assert_eq!(text.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    for line in ["scorecast_host_requests_total{status=\"404\"} 1", "scorecast_host_requests_total{status=\"200\"} 1"] {
        assert!(text.text().lines().any(|found| found == line), "{line}: {}", text.text());
    }
    assert_eq!(get(address, "/", "").status, 404);
}

#[test]
fn stale_compressed_forms_are_not_served() {
    let folder = Folder::new();
    folder.write("web_bg.wasm", "newer than what was compressed");
    let server = serve(&folder.path(), |_| {});
    let answer = get(server.address(), "/web_bg.wasm", "Accept-Encoding: br, gzip, zstd\r\n");
    assert_eq!(answer.text(), "newer than what was compressed");
    assert_eq!(answer.header("content-encoding"), None);
    // Nor is a form that was itself replaced.
    let folder = Folder::new();
    folder.write("web_bg.wasm.br", "old");
    let server = serve(&folder.path(), |_| {});
    let answer = get(server.address(), "/web_bg.wasm", "Accept-Encoding: br\r\n");
    assert_eq!((answer.header("content-encoding"), answer.body.as_slice()), (None, WASM));
    assert_eq!(Coding::Brotli.token(), "br");
}

//! Message framing (RFC 9112): nothing may be parsed as a request that a proxy in front would parse differently
//! (request smuggling).

mod common;

use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr},
    thread,
    time::{Duration, Instant},
};

use common::{Folder, connect, parse, raw, read_one, serve, site};

const NEXT: &str = "GET /web_bg.wasm HTTP/1.1\r\nHost: a\r\n\r\n";

/// The statuses of all answers to `sent` on one connection.
fn statuses(address: SocketAddr, sent: &str) -> Vec<String> {
    let answers = raw(address, sent.as_bytes());
    let text = String::from_utf8_lossy(&answers);
    text.split("HTTP/1.1 ").skip(1).map(|answer| answer[..3].to_owned()).collect()
}

#[test]
fn an_ambiguous_request_is_the_last_of_its_connection() {
    let (_folder, server) = site();
    let mut wrong = Vec::new();
    for (request, status) in [
        // Two lengths, or a length and chunked encoding, in various spellings.
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "413"),
        ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 38\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0, 38\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x0\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: a\r\ntRANSFER-eNCODING:\tchunked\r\n\r\n", "413"),
        ("GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n", "400"),
        // `Expect` announces a body before it is sent; this one is refused before.
        ("PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 38\r\n\r\n", "413"),
        // Names and lines that other servers parse differently.
        ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length : 38\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding\t: chunked\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n Transfer-Encoding: chunked\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n\tb\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: a\rTransfer-Encoding: chunked\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding\x0b: chunked\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: a\r\n: no name\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", "400"),
        ("GET / HTTP/1.1 \r\nHost: a\r\n\r\n", "400"),
        ("GET / http/1.1\r\nHost: a\r\n\r\n", "400"),
        ("GET /\tHTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        // The header `Host`.
        ("GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "400"),
        ("GET http://b/ HTTP/1.1\r\n\r\n", "400"),
        // Bytes after these need not be a request.
        ("CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n", "405"),
        ("PATCH / HTTP/1.1\r\nHost: a\r\n\r\n", "405"),
    ] {
        let found = statuses(server.address(), &format!("{request}{NEXT}"));
        if found != [status] {
            wrong.push(format!("{request:?}: {found:?} instead of {status}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_listener_refuses_bodies() {
    let folder = Folder::new();
    let secrets = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let tls = host::TlsFiles { cert: secrets.path().join("cert.pem"), key: secrets.path().join("key.pem") };
    std::fs::write(&tls.cert, made.cert.pem()).unwrap();
    std::fs::write(&tls.key, made.signing_key.serialize_pem()).unwrap();
    let (plain, metrics) = (common::listener(), common::listener());
    let addresses = [plain.local_addr().unwrap(), metrics.local_addr().unwrap()];
    let _server = serve(&folder.path(), |settings| {
        settings.tls = Some(tls);
        settings.redirect = Some(plain);
        settings.metrics = Some(metrics);
    });
    for address in addresses {
        for path in ["/metrics", "/.well-known/acme-challenge/a"] {
            let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n{NEXT}", NEXT.len());
            assert_eq!(statuses(address, &request), ["413"], "{path}");
        }
    }
}

#[test]
fn what_is_not_wanted_is_passed_over() {
    let (_folder, server) = site();
    for headers in [
        "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n",
        "Upgrade: websocket\r\nConnection: Upgrade\r\n",
        "Expect: 100-continue\r\n",
        "Content-Length: 0\r\n",
        "X: \r\n",
        "TE: trailers\r\nTrailer: X\r\n",
    ] {
        let request = format!("GET / HTTP/1.1\r\nHost: a\r\n{headers}\r\n{NEXT}");
        assert_eq!(statuses(server.address(), &request), ["200", "200"], "{headers}");
    }
    // Empty lines before a request, and lines that end with a line feed alone (RFC 9112, section 2.2).
    assert_eq!(statuses(server.address(), &format!("\r\n\r\n{NEXT}\r\n{NEXT}")), ["200", "200"]);
    assert_eq!(statuses(server.address(), &format!("GET / HTTP/1.1\nHost: a\n\n{NEXT}")), ["200", "200"]);
    for (version, connection, expected) in [
        ("1.1", "keep-alive", 2),
        ("1.1", "close", 1),
        ("1.1", "x, CLOSE , y", 1),
        ("1.1", "keep-alive\r\nConnection: close", 1),
        ("1.0", "keep-alive", 1),
    ] {
        let request = format!("GET / HTTP/{version}\r\nHost: a\r\nConnection: {connection}\r\n\r\n{NEXT}");
        assert_eq!(statuses(server.address(), &request).len(), expected, "{version} {connection}");
    }
}

/// Cases in which other servers are more lenient or return another status. Each is a decision: hyper's answer is safe,
/// and a different one would need our own code.
#[test]
fn unusual_requests_are_answered_as_decided() {
    let (_folder, server) = site();
    let long = format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "a".repeat(9000));
    for (request, expected) in [
        // A quotation mark has to be percent-encoded (RFC 3986).
        ("GET /?a=\"b\" HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        ("GET /icon .svg HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        // The size of a head is checked before the length of its target: 431, not 414.
        (&long, "431"),
        // A length of zero, however written, means no body.
        ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 00\r\n\r\n", "200"),
        ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", "413"),
    ] {
        let found = statuses(server.address(), request);
        assert_eq!(found, [expected], "{:?}", &request[..request.len().min(60)]);
    }
}

#[test]
fn requests_in_a_row_are_answered_in_their_order() {
    let (_folder, server) = site();
    let paths = ["/", "/nothing", "/empty.txt", "/healthz"];
    let mut sent = String::new();
    for number in 0..400 {
        sent.push_str(&format!("GET {} HTTP/1.1\r\nHost: a\r\n\r\n", paths[number % paths.len()]));
    }
    let mut stream = connect(server.address());
    let mut sender = stream.try_clone().unwrap();
    // Send in pieces that end in the middle of lines, then close the sending side: everything is still answered.
    let sending = thread::spawn(move || {
        for piece in sent.as_bytes().chunks(997) {
            sender.write_all(piece).unwrap();
        }
        sender.shutdown(Shutdown::Write).unwrap();
    });
    for number in 0..400 {
        assert_eq!(read_one(&mut stream).status, [200, 404, 200, 200][number % paths.len()], "answer {number}");
    }
    sending.join().unwrap();
    assert_eq!(stream.read(&mut [0]).unwrap(), 0, "more than was asked for");
}

#[test]
fn a_request_that_is_never_finished_has_no_answer() {
    let (_folder, server) = site();
    for part in ["GET", "GET / HTTP/1.1\r\nHost: a\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\r"] {
        assert_eq!(raw(server.address(), part.as_bytes()), b"", "{part}");
    }
}

#[test]
fn large_bodies_come_as_they_are_whole_and_in_part() {
    let folder = Folder::new();
    // Lengths below and above what a socket takes at once.
    for (name, length) in [("a.bin", 32 << 10), ("b.bin", (32 << 10) - 1), ("c.bin", 1_000_003), ("d.bin", 3 << 20)] {
        let content: Vec<u8> =
            (0..length).map(|offset: u32| (offset.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        folder.write(name, &content);
    }
    let server = serve(&folder.path(), |_| {});
    let mut stream = connect(server.address());
    for _ in 0..2 {
        for name in ["a.bin", "b.bin", "c.bin", "d.bin"] {
            let content = std::fs::read(folder.path().join(name)).unwrap();
            let middle = content.len() / 2..content.len() - 5;
            let range = format!("Range: bytes={}-{}\r\n", middle.start, middle.end - 1);
            for (headers, expected) in [("", &content[..]), (range.as_str(), &content[middle])] {
                write!(stream, "GET /{name} HTTP/1.1\r\nHost: a\r\n{headers}\r\n").unwrap();
                let answer = read_one(&mut stream);
                assert!(answer.body == expected, "{name} {headers}: {}", answer.head);
            }
        }
    }
}

#[test]
fn asked_to_stop_under_load_it_breaks_off_no_answer() {
    let folder = Folder::new();
    folder.write("large.bin", vec![7; 1 << 20]);
    let server = serve(&folder.path(), |_| {});
    let address = server.address();
    let clients: Vec<_> = (0..8)
        .map(|_| {
            thread::spawn(move || {
                let mut n_whole = 0;
                // Until a new connection is refused.
                while let Ok(mut stream) = std::net::TcpStream::connect(address) {
                    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
                    let request = b"GET /large.bin HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
                    let mut answer = Vec::new();
                    let is_sent = stream.write_all(request).is_ok();
                    let is_read = stream.read_to_end(&mut answer).is_ok();
                    // A connection that was still queued may be refused; an answer that has begun is finished.
                    if is_sent && is_read && !answer.is_empty() {
                        assert_eq!(parse(&answer).map(|answer| answer.body.len()), Some(1 << 20));
                        n_whole += 1;
                    } else {
                        assert!(answer.is_empty(), "broken off after {} bytes", answer.len());
                    }
                }
                n_whole
            })
        })
        .collect();
    thread::sleep(Duration::from_millis(300));
    let begin = Instant::now();
    server.stop();
    assert!(begin.elapsed() < Duration::from_secs(10), "{:?}", begin.elapsed());
    let n_whole: usize = clients.into_iter().map(|client| client.join().unwrap()).sum();
    assert!(n_whole > 8, "{n_whole}");
}

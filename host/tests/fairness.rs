//! One client never excludes the others, whatever it holds open.

mod common;

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    thread,
    time::{Duration, Instant},
};

use common::{
    Folder, PATIENCE, connect_from, eventually, get,
    process::{Started, program},
    read_one, serve,
    tls::{certify, connect_tls, request},
};
use hyper_util::rt::TokioExecutor;

const HEALTH: &[u8] = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
/// How long a visitor may wait during an attack.
const SOON: Duration = Duration::from_secs(3);

fn ask(stream: &mut TcpStream) -> u16 {
    stream.write_all(HEALTH).unwrap();
    read_one(stream).status
}

/// Whether the server has closed the connection.
fn is_closed(stream: &mut TcpStream) -> bool {
    stream.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
    match stream.read(&mut [0; 16]) {
        Ok(n) => n == 0,
        Err(error) => !matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut),
    }
}

/// Asserts that a visitor from another address is served soon.
fn assert_served(address: SocketAddr) {
    let begin = Instant::now();
    assert_eq!(ask(&mut connect_from("127.0.0.9", address)), 200);
    assert!(begin.elapsed() < SOON, "{:?}", begin.elapsed());
}

fn start(folder: &Folder, options: &[&str]) -> Started {
    let mut command = program();
    command.arg(folder.path()).args(["--listen", "127.0.0.1:0", "--log", "off", "--workers", "2"]).args(options);
    Started::start(&mut command)
}

#[test]
fn the_longest_idle_connection_goes_first() {
    let folder = Folder::new();
    let server = serve(&folder.path(), |settings| {
        settings.limits.connections = 3;
        settings.limits.connections_per_client = 3;
    });
    let mut held: Vec<TcpStream> = (0..3).map(|_| connect_from("127.0.0.1", server.address())).collect();
    for stream in &mut held {
        assert_eq!(ask(stream), 200);
        thread::sleep(Duration::from_millis(20));
    }
    // The first connection has been used again: now the second has been idle for longest.
    assert_eq!(ask(&mut held[0]), 200);
    assert_served(server.address());
    assert!(is_closed(&mut held[1]));
    assert_eq!((ask(&mut held[0]), ask(&mut held[2])), (200, 200));
}

#[test]
fn held_connections_keep_nobody_out() {
    let folder = Folder::new();
    // In its own process: one client may use all connections, and holds more than there are.
    let started = start(&folder, &["--max-connections", "100", "--max-connections-per-client", "100"]);
    let mut held = Vec::new();
    for number in 0..300 {
        let mut stream = connect_from("127.0.0.1", started.address);
        match number % 3 {
            // Idle after an answer, silent from the start, or in the middle of a head.
            0 => assert_eq!(ask(&mut stream), 200),
            1 => {}
            _ => stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n").unwrap(),
        }
        held.push(stream);
    }
    for _ in 0..5 {
        assert_served(started.address);
    }
}

#[test]
fn a_client_has_at_most_its_share() {
    let folder = Folder::new();
    folder.write("large.bin", vec![7; 24 << 20]);
    let started = start(&folder, &["--max-connections", "100", "--max-connections-per-client", "20"]);
    let _busy: Vec<TcpStream> = (0..20)
        .map(|_| {
            let mut stream = connect_from("127.0.0.1", started.address);
            stream.write_all(b"GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
            stream
        })
        .collect();
    assert_served(started.address);
    // After a second without progress they can be evicted.
    eventually("stalled connections hold their share", || {
        let mut stream = connect_from("127.0.0.1", started.address);
        stream.write_all(HEALTH).is_ok() && matches!(stream.read(&mut [0; 16]), Ok(1..))
    });
}

#[test]
fn streams_of_http2_do_not_evade_the_timeouts() {
    let folder = Folder::new();
    folder.write("large.bin", vec![7; 24 << 20]);
    let (files, root) = certify(&folder.path().with_file_name(""));
    for (stall, response) in [(800, 60_000), (60_000, 1500)] {
        let server = serve(&folder.path(), |settings| {
            settings.tls = Some(files.clone());
            settings.limits.stall_timeout = Duration::from_millis(stall);
            settings.limits.response_timeout = Duration::from_millis(response);
        });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let stream = connect_tls(server.address(), &root, "h2").await.unwrap();
            let (mut send, connection) =
                hyper::client::conn::http2::handshake(TokioExecutor::new(), stream).await.unwrap();
            let connection = tokio::spawn(connection);
            // This body is never read, so its window stays closed; other streams continue.
            let unread = send.send_request(request("GET", "/large.bin")).await.unwrap();
            let begin = Instant::now();
            while let Ok(answer) = send.send_request(request("HEAD", "/")).await {
                assert_eq!(answer.status(), 200);
                assert!(begin.elapsed() < PATIENCE, "the stream is still waited for");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            assert!(begin.elapsed() > Duration::from_millis(300), "{:?}", begin.elapsed());
            drop(unread);
            let _ = connection.await;
        });
        assert_eq!(common::tls::ask_tls(server.address(), &root, "h2", "/web_bg.wasm").unwrap().text(), "br!");
    }
}

#[test]
fn counters_tell_of_it_and_can_be_read_when_all_is_taken() {
    let folder = Folder::new();
    let metrics = common::listener();
    let counters = metrics.local_addr().unwrap();
    let server = serve(&folder.path(), |settings| {
        settings.limits.connections = 1;
        settings.limits.connections_per_client = 1;
        settings.metrics = Some(metrics);
    });
    let mut first = connect_from("127.0.0.1", server.address());
    assert_eq!(ask(&mut first), 200);
    assert_served(server.address());
    let text = get(counters, "/metrics", "");
    assert!(text.text().contains("scorecast_host_connections_evicted_total 1\n"), "{}", text.text());
}

//! Any bytes on a connection are answered or refused, and the host goes on serving.

#![no_main]

use std::{
    fs,
    io::{Read, Write},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::LazyLock,
    time::Duration,
};

use host::{Running, Settings, Source};
use libfuzzer_sys::fuzz_target;

const PAGE: &str = "<!doctype html><title>A page</title>";

struct Host {
    address: SocketAddr,
    /// Dropped, it would end.
    _running: Running,
}

static HOST: LazyLock<Host> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap().keep();
    fs::write(folder.join("index.html"), PAGE).unwrap();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    Host { address, _running: host::start(Settings::new(Source::Folder(folder), listener)).unwrap() }
});

fn ask(bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(HOST.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(15))).unwrap();
    // The host may have refused, and closed, before all has been sent.
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(Shutdown::Write);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    answer
}

fuzz_target!(|bytes: &[u8]| {
    let answer = ask(bytes);
    assert!(answer.is_empty() || answer.starts_with(b"HTTP/1."), "{:?}", String::from_utf8_lossy(&answer));
    let page = ask(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assert!(page.starts_with(b"HTTP/1.1 200") && page.ends_with(PAGE.as_bytes()));
});

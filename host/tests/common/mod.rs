//! A site for the tests, and a client that sends raw bytes.

#![allow(dead_code, unreachable_pub, reason = "each test program uses its own part")]

pub mod process;
pub mod tls;

use std::{
    fs,
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use host::{Running, Settings, Source, variants};
use tempfile::TempDir;

pub const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'";
pub const WASM: &[u8] = b"\0asm\x01\0\0\0 a program that repeats repeats repeats repeats itself";

/// A folder with a site, and beside it a file that must never be served.
pub struct Folder(TempDir);

impl Folder {
    pub fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        fs::write(folder.0.path().join("secret.txt"), "outside").unwrap();
        folder.write(
            "index.html",
            format!("<!doctype html><meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">"),
        );
        folder.write("web_bg.wasm", WASM);
        for (coding, bytes) in variants::Coding::ALL.into_iter().zip(["br!", "zstd", "gzip!"]) {
            folder.write(&format!("web_bg.wasm{}", coding.suffix()), bytes);
        }
        folder.list(&["br!", "zstd", "gzip!"]);
        folder.write("web-1a2b3c4d5e6f7a8b.js", "export {}");
        folder.write("scorecast.js", "export {}");
        folder.write("two words.csv", "a,b\n");
        folder.write("artifacts/model.json", "{}");
        folder.write("docs/index.html", "<!doctype html>docs");
        folder.write("empty.txt", "");
        folder.write(".env", "outside");
        folder.write(".git/config", "outside");
        folder
    }

    /// Writes the list of compressed forms for the current `web_bg.wasm`.
    pub fn list(&self, forms: &[&str; 3]) {
        let file = fs::read(self.path().join("web_bg.wasm")).unwrap();
        let lines: String = variants::Coding::ALL
            .into_iter()
            .zip(forms)
            .map(|(coding, form)| variants::line(&file, form.as_bytes(), &format!("web_bg.wasm{}", coding.suffix())))
            .collect();
        self.write(variants::LIST, lines);
    }

    pub fn path(&self) -> PathBuf {
        self.0.path().join("site")
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
}

/// The timeout for any single step on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(10);

pub fn eventually(what: &str, is_so: impl Fn() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < PATIENCE, "{what}");
        thread::sleep(Duration::from_millis(50));
    }
}

pub fn listener() -> TcpListener {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap()
}

/// Serves `folder`, with settings modified by `change`.
pub fn serve(folder: &Path, change: impl FnOnce(&mut Settings)) -> Running {
    let mut settings = Settings::new(Source::Folder(folder.to_path_buf()), listener());
    change(&mut settings);
    host::start(settings).unwrap()
}

/// Serves a typical site.
pub fn site() -> (Folder, Running) {
    let folder = Folder::new();
    let server = serve(&folder.path(), |_| {});
    (folder, server)
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.head.lines().filter_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        });
        let first = values.next();
        assert!(values.next().is_none(), "{name} comes twice: {}", self.head);
        first
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

/// Connects from a given source address, such as 127.0.0.9.
pub fn connect_from(source: &str, address: SocketAddr) -> TcpStream {
    use rustix::net::{AddressFamily, SocketType, bind, connect, socket};
    let socket = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
    bind(&socket, &SocketAddr::new(source.parse().unwrap(), 0)).unwrap();
    connect(&socket, &address).unwrap();
    let stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

pub fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Sends `request` unchanged and returns everything until the server closes.
pub fn raw(address: SocketAddr, request: &[u8]) -> Vec<u8> {
    let mut stream = connect(address);
    // The server may have answered and closed before everything was sent.
    let _ = stream.write_all(request);
    let _ = stream.shutdown(std::net::Shutdown::Write);
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(n @ 1..) = stream.read(&mut buffer) {
        answer.extend_from_slice(&buffer[..n]);
    }
    answer
}

/// Parses the first answer; `None` without a complete head.
pub fn parse(answer: &[u8]) -> Option<Answer> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8(answer[..end].to_vec()).ok()?;
    let status = head.strip_prefix("HTTP/1.")?.get(2..5)?.parse().ok()?;
    Some(Answer { status, head, body: answer[end + 4..].to_vec() })
}

/// Like [`ask`], but the server may not be running yet.
pub fn ask_maybe(address: SocketAddr, method: &str, path: &str, headers: &str) -> Option<Answer> {
    TcpStream::connect(address).ok()?;
    parse(&raw(address, request(method, path, headers).as_bytes()))
}

fn request(method: &str, path: &str, headers: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n{headers}Connection: close\r\n\r\n")
}

/// Sends a request line with `headers` (each terminated by CRLF), and returns the answer.
pub fn ask(address: SocketAddr, method: &str, path: &str, headers: &str) -> Answer {
    let answer = raw(address, request(method, path, headers).as_bytes());
    parse(&answer).unwrap_or_else(|| panic!("{method} {path}: no answer but {:?}", String::from_utf8_lossy(&answer)))
}

pub fn get(address: SocketAddr, path: &str, headers: &str) -> Answer {
    ask(address, "GET", path, headers)
}

/// Reads one answer with a `Content-Length` from a connection that stays open.
pub fn read_one(stream: &mut TcpStream) -> Answer {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") {
        assert_eq!(stream.read(&mut byte).unwrap(), 1, "closed after {:?}", String::from_utf8_lossy(&bytes));
        bytes.push(byte[0]);
    }
    let mut answer = parse(&bytes).unwrap();
    let length = answer.header("content-length").map_or(0, |length| length.parse().unwrap());
    answer.body = vec![0; length];
    stream.read_exact(&mut answer.body).unwrap();
    answer
}

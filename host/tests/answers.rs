//! What a browser relies on, asked over a real socket.

use std::{fs, net::SocketAddr};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// Serves a small site and returns its address; the folder lives as long as the guard.
async fn site() -> (tempfile::TempDir, SocketAddr) {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("site")).unwrap();
    for (name, content) in [
        ("site/index.html", "<!doctype html><title>Scorecast</title>"),
        ("site/web_bg.wasm", "\0asm"),
        ("site/boot.js", "export {}"),
        ("site/model.json", "{}"),
        ("site/two words.csv", "a,b\n"),
        ("secret.txt", "outside"),
    ] {
        fs::write(folder.path().join(name), content).unwrap();
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let dir = folder.path().join("site");
    tokio::spawn(async move { host::serve(listener, dir).await });
    (folder, address)
}

/// Sends one request line as it is, so that no client tidies the path first.
async fn ask(address: SocketAddr, method: &str, path: &str, header: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n{header}Connection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    answer.lines().take_while(|line| !line.is_empty()).find_map(|line| {
        let (key, value) = line.split_once(": ")?;
        key.eq_ignore_ascii_case(name).then_some(value)
    })
}

#[tokio::test]
async fn files_come_with_their_types() {
    let (_folder, address) = site().await;
    for (path, expected) in [
        ("/", "text/html"),
        ("/web_bg.wasm", "application/wasm"),
        ("/boot.js", "text/javascript"),
        ("/model.json", "application/json"),
        ("/two%20words.csv", "text/csv"),
    ] {
        let answer = ask(address, "GET", path, "").await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
        assert_eq!(header(&answer, "content-type"), Some(expected), "{path}");
        assert_eq!(header(&answer, "cache-control"), Some("no-cache"), "{path}");
        assert_eq!(header(&answer, "x-content-type-options"), Some("nosniff"), "{path}");
    }
}

#[tokio::test]
async fn an_unchanged_file_is_not_sent_again() {
    let (_folder, address) = site().await;
    let first = ask(address, "GET", "/model.json", "").await;
    let modified = header(&first, "last-modified").unwrap();
    let condition = format!("If-Modified-Since: {modified}\r\n");
    let second = ask(address, "GET", "/model.json", &condition).await;
    assert!(second.starts_with("HTTP/1.1 304"), "{second}");
}

#[tokio::test]
async fn nothing_outside_of_the_folder_is_served() {
    let (_folder, address) = site().await;
    for path in ["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "//secret.txt"] {
        let answer = ask(address, "GET", path, "").await;
        assert!(!answer.contains("outside"), "{path}: {answer}");
        assert!(!answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
    }
}

#[tokio::test]
async fn missing_files_and_other_methods_are_refused() {
    let (_folder, address) = site().await;
    assert!(ask(address, "GET", "/nothing.json", "").await.starts_with("HTTP/1.1 404"));
    assert!(ask(address, "POST", "/model.json", "").await.starts_with("HTTP/1.1 405"));
}

//! Changes while the server runs: files, certificates and shutdown.

mod common;

use std::{
    fs,
    io::{Read, Write},
    thread,
    time::{Duration, Instant},
};

use common::{
    Folder, PATIENCE, connect, eventually, get, listener, read_one, serve,
    tls::{ask_tls, certify},
};

#[test]
fn a_changed_file_is_taken_over_whole() {
    let folder = Folder::new();
    let server = serve(&folder.path(), |_| {});
    let first = get(server.address(), "/artifacts/model.json", "");
    // Written in small steps, as by a slow copy: no answer may contain a part.
    let whole = "0123456789".repeat(40);
    let mut file = fs::File::create(folder.path().join("artifacts/model.json")).unwrap();
    for part in whole.as_bytes().chunks(10) {
        file.write_all(part).unwrap();
        file.flush().unwrap();
        thread::sleep(Duration::from_millis(60));
        let answer = get(server.address(), "/artifacts/model.json", "");
        assert_eq!(answer.body, first.body, "a part was served");
    }
    drop(file);
    let new = || get(server.address(), "/artifacts/model.json", "");
    eventually("the new file is not served", || new().body == whole.as_bytes());
    assert_ne!(new().header("etag"), first.header("etag"));
}

#[test]
fn a_swapped_folder_is_taken_over_and_a_missing_one_is_not() {
    let folder = Folder::new();
    let server = serve(&folder.path(), |_| {});
    let aside = folder.path().with_file_name("aside");
    fs::rename(folder.path(), &aside).unwrap();
    thread::sleep(Duration::from_millis(2500));
    assert_eq!(get(server.address(), "/web_bg.wasm", "").status, 200, "the site went away");
    folder.write("index.html", "<!doctype html>new");
    eventually("the new folder is not served", || get(server.address(), "/", "").text() == "<!doctype html>new");
    assert_eq!(get(server.address(), "/web_bg.wasm", "").status, 404);
}

#[test]
fn a_reload_by_hand_is_immediate() {
    let folder = Folder::new();
    let server = serve(&folder.path(), |_| {});
    folder.write("index.html", "<!doctype html>new");
    server.reload();
    assert_eq!(get(server.address(), "/", "").text(), "<!doctype html>new");
}

#[test]
fn what_is_in_flight_is_finished_and_what_is_idle_is_closed() {
    let folder = Folder::new();
    let size = 24 << 20;
    folder.write("large.bin", vec![7; size]);
    let server = serve(&folder.path(), |_| {});
    let address = server.address();
    let mut idle = connect(address);
    idle.write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    assert_eq!(read_one(&mut idle).status, 200);
    let mut busy = connect(address);
    busy.write_all(b"GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    let mut start = [0; 1];
    busy.read_exact(&mut start).unwrap();

    let stopping = thread::spawn(move || {
        let begin = Instant::now();
        server.stop();
        begin.elapsed()
    });
    assert_eq!(idle.read(&mut [0; 16]).unwrap(), 0, "the idle connection stays open");
    eventually("new connections are still accepted", || std::net::TcpStream::connect(address).is_err());
    let mut rest = Vec::new();
    busy.read_to_end(&mut rest).unwrap();
    assert!(rest.len() > size, "the answer was cut off after {} bytes", rest.len());
    assert!(stopping.join().unwrap() < PATIENCE);
}

#[test]
fn a_reader_that_never_reads_does_not_hold_up_the_end() {
    let folder = Folder::new();
    folder.write("large.bin", vec![7; 24 << 20]);
    let server = serve(&folder.path(), |settings| settings.limits.shutdown_grace = Duration::from_millis(500));
    let mut stream = connect(server.address());
    stream.write_all(b"GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    stream.read_exact(&mut [0; 1]).unwrap();
    let begin = Instant::now();
    server.stop();
    assert!(begin.elapsed() > Duration::from_millis(400) && begin.elapsed() < Duration::from_secs(3));
}

#[test]
fn the_log_says_what_was_asked_and_nothing_about_whom() {
    let folder = Folder::new();
    let file = folder.path().with_file_name("access.log");
    let server = serve(&folder.path(), |settings| {
        settings.log.format = host::Format::Json;
        settings.log.file = Some(file.clone());
    });
    get(server.address(), "/web_bg.wasm?student=Kim", "");
    get(server.address(), "/%22quoted%22\"{}", "");
    server.stop();
    let log = fs::read_to_string(&file).unwrap();
    let lines: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2, "{log}");
    assert_eq!((&lines[0]["path"], &lines[0]["status"]), (&"/web_bg.wasm".into(), &200.into()));
    assert_eq!(lines[0]["bytes"], common::WASM.len());
    assert!(lines[0]["seconds"].as_f64().unwrap() > 0.0);
    assert!(!log.contains("Kim") && !log.contains("127.0.0.1"), "{log}");
}

#[test]
fn tls_speaks_both_versions_of_http_and_insists_on_itself() {
    let folder = Folder::new();
    let (files, root) = certify(&folder.path().with_file_name(""));
    let server = serve(&folder.path(), |settings| {
        settings.tls = Some(files);
        settings.hsts = 31_536_000;
    });
    for alpn in ["h2", "http/1.1"] {
        let answer = ask_tls(server.address(), &root, alpn, "/web_bg.wasm").unwrap();
        assert_eq!((answer.status, answer.text()), (200, "br!"), "{alpn}");
        assert_eq!(answer.header("strict-transport-security"), Some("max-age=31536000"));
        assert_eq!(answer.header("content-encoding"), Some("br"));
        assert_eq!(ask_tls(server.address(), &root, alpn, "/../secret.txt").unwrap().status, 404, "{alpn}");
    }
    // Connections that do not speak TLS are closed.
    assert!(common::parse(&common::raw(server.address(), b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")).is_none());
}

#[test]
fn a_renewed_certificate_is_taken_over_and_a_broken_one_is_not() {
    let folder = Folder::new();
    let dir = folder.path().with_file_name("");
    let (files, old) = certify(&dir);
    let server = serve(&folder.path(), |settings| settings.tls = Some(files.clone()));
    assert!(ask_tls(server.address(), &old, "h2", "/").is_some());
    fs::write(&files.cert, "-----BEGIN CERTIFICATE-----\nnonsense").unwrap();
    thread::sleep(Duration::from_millis(1500));
    server.reload();
    assert!(ask_tls(server.address(), &old, "h2", "/").is_some(), "the old certificate went with the broken file");
    let (_, new) = certify(&dir);
    eventually("the new certificate is not used", || ask_tls(server.address(), &new, "h2", "/").is_some());
    assert!(ask_tls(server.address(), &old, "h2", "/").is_none());
}

#[test]
fn the_plain_port_leads_to_tls_and_answers_challenges() {
    let folder = Folder::new();
    let dir = folder.path().with_file_name("");
    let (files, _) = certify(&dir);
    let plain = listener();
    let address = plain.local_addr().unwrap();
    let webroot = dir.join("webroot");
    fs::create_dir_all(webroot.join(".well-known/acme-challenge")).unwrap();
    let server = serve(&folder.path(), |settings| {
        settings.tls = Some(files);
        settings.hsts = 31_536_000;
        settings.redirect = Some(plain);
        settings.challenges = Some(webroot.clone());
    });
    let answer = get(address, "/docs/?a=b", "");
    let expected = format!("https://localhost:{}/docs/?a=b", server.address().port());
    assert_eq!((answer.status, answer.header("location")), (308, Some(expected.as_str())));
    assert_eq!(answer.header("strict-transport-security"), None, "RFC 6797, section 7.2");
    let absolute = get(address, "http://good.example/x", "");
    let expected = format!("https://good.example:{}/x", server.address().port());
    assert_eq!(absolute.header("location"), Some(expected.as_str()));
    fs::write(webroot.join(".well-known/acme-challenge/to-ken_1"), "to-ken_1.proof").unwrap();
    fs::write(webroot.join("secret"), "outside").unwrap();
    let answer = get(address, "/.well-known/acme-challenge/to-ken_1", "");
    assert_eq!((answer.status, answer.text()), (200, "to-ken_1.proof"));
    for path in ["..%2f..%2fsecret", "../../secret", "other", ""] {
        assert_eq!(get(address, &format!("/.well-known/acme-challenge/{path}"), "").status, 404, "{path}");
    }
}

#[test]
fn challenges_are_answered_before_there_is_a_certificate() {
    let folder = Folder::new();
    let webroot = folder.path().with_file_name("webroot");
    fs::create_dir_all(webroot.join(".well-known/acme-challenge")).unwrap();
    fs::write(webroot.join(".well-known/acme-challenge/token"), "token.proof").unwrap();
    let server = serve(&folder.path(), |settings| settings.challenges = Some(webroot));
    assert_eq!(get(server.address(), "/.well-known/acme-challenge/token", "").text(), "token.proof");
    assert_eq!(get(server.address(), "/.well-known/acme-challenge/other", "").status, 404);
    assert_eq!(get(server.address(), "/web_bg.wasm", "").status, 200);
}

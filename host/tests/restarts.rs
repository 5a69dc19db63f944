//! A restart causes no outage: the listening socket outlives the process, as with systemd.

mod common;

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

use common::{
    Folder, PATIENCE, get, listener, parse,
    process::{Started, pass, program},
    read_one,
};

const RESTARTS: usize = 100;

fn start(folder: &Folder, socket: &TcpListener) -> Started {
    let mut command = program();
    pass(command.arg(folder.path()).args(["--log", "off", "--workers", "2"]), socket);
    Started::start(&mut command)
}

/// Opens a new connection for each request.
fn ask_anew(address: SocketAddr, is_over: &AtomicBool) -> usize {
    let mut n_answers = 0;
    while !is_over.load(Relaxed) {
        let mut stream = TcpStream::connect(address).expect("a connection was refused");
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
            .write_all(b"GET /web_bg.wasm HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            .expect("a request was reset");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("a request was reset");
        assert_eq!(parse(&answer).expect("no answer").body, common::WASM);
        n_answers += 1;
        thread::sleep(Duration::from_millis(5));
    }
    n_answers
}

/// Uses one connection for as long as the server keeps it open.
fn ask_again(address: SocketAddr, is_over: &AtomicBool) -> usize {
    let mut n_answers = 0;
    while !is_over.load(Relaxed) {
        let mut stream = TcpStream::connect(address).expect("a connection was refused");
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        loop {
            stream.write_all(b"GET /web_bg.wasm HTTP/1.1\r\nHost: a\r\n\r\n").expect("a request was reset");
            let answer = read_one(&mut stream);
            assert_eq!(answer.body, common::WASM);
            n_answers += 1;
            if answer.header("connection") == Some("close") || is_over.load(Relaxed) {
                break;
            }
            thread::sleep(Duration::from_millis(5));
        }
    }
    n_answers
}

/// Reads two kilobytes a second, and reconnects when it is refused.
fn read_slowly(address: SocketAddr, is_over: &AtomicBool) {
    while !is_over.load(Relaxed) {
        let mut stream = TcpStream::connect(address).expect("a connection was refused");
        stream.write_all(b"GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
        while !is_over.load(Relaxed) && matches!(stream.read(&mut [0; 200]), Ok(1..)) {
            thread::sleep(Duration::from_millis(100));
        }
    }
}

#[test]
fn a_hundred_restarts_refuse_no_connection_and_reset_no_request() {
    let folder = Folder::new();
    folder.write("large.bin", vec![7; 24 << 20]);
    let socket = listener();
    let address = socket.local_addr().unwrap();
    let is_over = AtomicBool::new(false);
    let n_answers = AtomicUsize::new(0);
    thread::scope(|scope| {
        let mut current = start(&folder, &socket);
        let (is_over, n_answers) = (&is_over, &n_answers);
        let clients = [ask_anew, ask_again, ask_anew, ask_again, ask_anew, ask_again]
            .map(|ask| scope.spawn(move || n_answers.fetch_add(ask(address, is_over), Relaxed)));
        scope.spawn(move || read_slowly(address, is_over));
        let mut ending: Vec<(Instant, Started)> = Vec::new();
        for _ in 0..RESTARTS {
            // The new process serves before the old one is asked to stop, as in `scorecast-restart`.
            let old = std::mem::replace(&mut current, start(&folder, &socket));
            old.signal("-TERM");
            ending.push((Instant::now(), old));
            ending.retain_mut(|(begin, process)| {
                let has_ended = process.process.try_wait().unwrap().inspect(|status| assert!(status.success()));
                assert!(begin.elapsed() < Duration::from_secs(15), "the grace period is 5 s");
                has_ended.is_none()
            });
            thread::sleep(Duration::from_millis(30));
        }
        is_over.store(true, Relaxed);
        // The last process serves until all clients have ended.
        for client in clients {
            client.join().unwrap();
        }
        for (_, mut process) in ending {
            process.wait(Duration::from_secs(15));
        }
    });
    assert!(n_answers.load(Relaxed) > 10 * RESTARTS, "{n_answers:?}");
}

#[test]
fn what_comes_while_nobody_serves_waits() {
    let folder = Folder::new();
    let socket = listener();
    let address = socket.local_addr().unwrap();
    start(&folder, &socket).end();
    let waiting = thread::spawn(move || get(address, "/healthz", "").status);
    thread::sleep(Duration::from_millis(300));
    let started = start(&folder, &socket);
    assert_eq!(waiting.join().unwrap(), 200);
    started.end();
}

#[test]
fn a_slow_reader_holds_the_end_up_for_the_grace_period_at_most() {
    let folder = Folder::new();
    folder.write("large.bin", vec![7; 24 << 20]);
    let socket = listener();
    let mut started = start(&folder, &socket);
    let mut slow = TcpStream::connect(started.address).unwrap();
    slow.write_all(b"GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    slow.read_exact(&mut [0; 1]).unwrap();
    let begin = Instant::now();
    started.signal("-TERM");
    started.wait(PATIENCE);
    let time = begin.elapsed();
    assert!(time > Duration::from_secs(4) && time < Duration::from_secs(8), "{time:?}");
}

#[test]
fn sockets_have_to_be_those_of_the_options() {
    let folder = Folder::new();
    let socket = listener();
    let mut command = program();
    pass(command.arg(folder.path()), &socket);
    let output = command.args(["--metrics", "127.0.0.1:9300"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("ListenStream in scorecast-host.socket"), "{said}");
}

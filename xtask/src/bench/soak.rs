//! Load by misbehaving clients: slow heads, answers that are never read, resets and bytes that are not HTTP, beside
//! valid requests that must not suffer.

use std::{
    fmt::Write as _,
    io::{Read, Write},
    net::TcpStream,
    sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};

use super::load::Server;

const GOOD_CLIENTS: u64 = 4;
const SLOW_CLIENTS: u64 = 16;
/// The warm-up of memory and descriptors before their growth counts.
const WARM_UP: Duration = Duration::from_secs(15);

#[derive(Default)]
struct Counts {
    good: AtomicU64,
    failed: AtomicU64,
    slow: AtomicU64,
    unread: AtomicU64,
    resets: AtomicU64,
    garbage: AtomicU64,
}

/// Soaks a server for `time`; returns a line of Markdown.
pub(crate) fn soak(server: &Server, time: Duration) -> Result<String> {
    let paths = ["/", "/web_bg.wasm", "/artifacts/model.json", "/boot.js"];
    let mut expected = Vec::new();
    for path in paths {
        let (status, _, body) = server.ask(path, "Accept-Encoding: br\r\n")?;
        ensure!(status == 200, "{path}: {status}");
        expected.push((path, body));
    }
    let counts = Counts::default();
    let is_over = AtomicBool::new(false);
    let mut early = (0, 0);
    thread::scope(|scope| -> Result<()> {
        for client in 0..GOOD_CLIENTS {
            let (counts, is_over, expected) = (&counts, &is_over, &expected);
            scope.spawn(move || {
                let mut turn = usize::try_from(client).unwrap_or(0);
                while !is_over.load(Relaxed) {
                    let (path, body) = &expected[turn % expected.len()];
                    turn += 1;
                    let is_good = server
                        .ask(path, "Accept-Encoding: br\r\n")
                        .is_ok_and(|(status, _, found)| status == 200 && found == *body);
                    if is_good { &counts.good } else { &counts.failed }.fetch_add(1, Relaxed);
                    thread::sleep(Duration::from_millis(4));
                }
            });
        }
        for client in 0..SLOW_CLIENTS {
            let (counts, is_over) = (&counts, &is_over);
            scope.spawn(move || slow(server, client, counts, is_over));
        }
        for seed in [1, 2] {
            let (counts, is_over) = (&counts, &is_over);
            scope.spawn(move || misbehave(server, seed, counts, is_over));
        }
        let measured = (|| {
            thread::sleep(WARM_UP.min(time / 2));
            early = (server.memory()?, server.descriptors()?);
            thread::sleep(time.saturating_sub(WARM_UP.min(time / 2)));
            anyhow::Ok(())
        })();
        is_over.store(true, Relaxed);
        measured
    })?;
    // All clients have disconnected; their resources should be released.
    let begin = Instant::now();
    let late = loop {
        let now = (server.memory()?, server.descriptors()?);
        if now.1 <= 32 || begin.elapsed() > Duration::from_secs(5) {
            break now;
        }
        thread::sleep(Duration::from_millis(100));
    };
    let get = |count: &AtomicU64| count.load(Relaxed);
    let mut text = String::new();
    write!(
        text,
        "Soak of {} s: {} good requests with {} errors, beside {} slow heads, {} unread answers, {} resets and {} pieces \
         of garbage. Resident memory {:.1} MB after the warm-up, {:.1} MB at the end; descriptors {} under load, {} \
         when all had gone.",
        time.as_secs(),
        get(&counts.good),
        get(&counts.failed),
        get(&counts.slow),
        get(&counts.unread),
        get(&counts.resets),
        get(&counts.garbage),
        megabytes(early.0),
        megabytes(late.0),
        early.1,
        late.1,
    )?;
    ensure!(get(&counts.failed) == 0, "good requests failed: {text}");
    ensure!(late.1 <= 32, "descriptors were not given back: {text}");
    ensure!(late.0 <= early.0 + (2 << 20), "memory grew: {text}");
    Ok(text)
}

/// Heads sent byte by byte, and answers that are never read.
fn slow(server: &Server, client: u64, counts: &Counts, is_over: &AtomicBool) {
    let head =
        b"GET /web_bg.wasm HTTP/1.1\r\nHost: localhost\r\nX-Slow: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    while !is_over.load(Relaxed) {
        let Ok(mut stream) = TcpStream::connect(server.address()) else { continue };
        if client.is_multiple_of(2) {
            counts.slow.fetch_add(1, Relaxed);
            for byte in head {
                if is_over.load(Relaxed) || stream.write_all(&[*byte]).is_err() {
                    break;
                }
                thread::sleep(Duration::from_millis(100));
            }
        } else {
            counts.unread.fetch_add(1, Relaxed);
            let request = "GET /web_bg.wasm HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(40);
            let _ = stream.write_all(request.as_bytes());
            for _ in 0..50 {
                if is_over.load(Relaxed) {
                    break;
                }
                thread::sleep(Duration::from_millis(100));
            }
        }
    }
}

/// Aborted connections, and bytes that are not HTTP.
fn misbehave(server: &Server, seed: u64, counts: &Counts, is_over: &AtomicBool) {
    let mut state = seed;
    while !is_over.load(Relaxed) {
        let Ok(mut stream) = TcpStream::connect(server.address()) else { continue };
        if seed == 1 {
            // A socket closed with unread bytes in its buffer sends a reset.
            let _ = stream.write_all(b"GET /web_bg.wasm HTTP/1.1\r\nHost: localhost\r\n\r\n");
            let _ = stream.read(&mut [0; 1]);
            counts.resets.fetch_add(1, Relaxed);
        } else {
            let mut garbage = [0; 256];
            for byte in &mut garbage {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                *byte = state.to_be_bytes()[0];
            }
            let _ = stream.write_all(&garbage);
            counts.garbage.fetch_add(1, Relaxed);
        }
        drop(stream);
        thread::sleep(Duration::from_millis(10));
    }
}

#[allow(clippy::cast_precision_loss, reason = "shown with one decimal")]
pub(crate) fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

//! Generates load on a server with h2load, and parses its output.

use std::{
    fs,
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};

/// A server process, stopped when this is dropped.
pub(crate) struct Server {
    pub(crate) name: &'static str,
    pub(crate) process: Child,
    pub(crate) port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        // By SIGTERM: otherwise nginx's master would not stop its workers.
        let _ = Command::new("kill").arg(self.process.id().to_string()).status();
        let _ = self.process.wait();
    }
}

impl Server {
    pub(crate) fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// The process and its children.
    fn pids(&self) -> Vec<u32> {
        let own = self.process.id();
        let children = fs::read_to_string(format!("/proc/{own}/task/{own}/children")).unwrap_or_default();
        std::iter::once(own).chain(children.split_whitespace().filter_map(|pid| pid.parse().ok())).collect()
    }

    /// Resident memory of all its processes, in bytes.
    pub(crate) fn memory(&self) -> Result<u64> {
        self.pids().iter().map(|pid| memory(*pid)).sum()
    }

    /// Number of open file descriptors of the process.
    pub(crate) fn descriptors(&self) -> Result<usize> {
        Ok(fs::read_dir(format!("/proc/{}/fd", self.process.id()))?.count())
    }

    pub(crate) fn await_ready(&self) -> Result<()> {
        let begin = Instant::now();
        while TcpStream::connect(self.address()).is_err() {
            ensure!(begin.elapsed() < Duration::from_secs(10), "{} does not answer", self.name);
            thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    /// Sends one request: status, head and body.
    pub(crate) fn ask(&self, path: &str, headers: &str) -> Result<(u16, String, Vec<u8>)> {
        let mut stream = TcpStream::connect(self.address())?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}Connection: close\r\n\r\n")?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        let end = answer.windows(4).position(|window| window == b"\r\n\r\n").context("the answer has no head")?;
        let head = String::from_utf8_lossy(&answer[..end]).into_owned();
        let status = head.get(9..12).and_then(|status| status.parse().ok()).context("the answer has no status")?;
        Ok((status, head, answer.split_off(end + 4)))
    }
}

/// Resident memory of a process in bytes.
pub(crate) fn memory(pid: u32) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kilobytes * 1024)
}

/// The results of a round.
#[derive(Clone, Copy)]
pub(crate) struct Round {
    /// Requests per second.
    pub(crate) rate: f64,
    /// The 99th percentile of latency, in milliseconds.
    pub(crate) p99: f64,
    /// Resident memory in the middle of the round, in bytes.
    pub(crate) memory: u64,
}

/// The protocol of a round.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// HTTP/1.1 over plain TCP, one request at a time on each connection.
    Http1,
    /// HTTP/2 over TLS, with several concurrent streams on each connection, as in browsers.
    Http2,
}

impl Protocol {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Http1 => "HTTP/1.1",
            Self::Http2 => "HTTP/2, TLS",
        }
    }
}

/// The requests of a round.
#[derive(Clone)]
pub(crate) struct Load {
    pub(crate) protocol: Protocol,
    pub(crate) path: &'static str,
    pub(crate) headers: Vec<String>,
    pub(crate) connections: usize,
    pub(crate) time: Duration,
}

/// One round of load on `server`, by h2load.
pub(crate) fn round(server: &Server, load: &Load) -> Result<Round> {
    let log = tempfile::NamedTempFile::new()?;
    let mut h2load = Command::new("h2load");
    h2load.args([
        "--threads",
        "2",
        "--connection-inactivity-timeout",
        "10s",
        "--clients",
        &load.connections.to_string(),
    ]);
    h2load.args(["--duration", &format!("{}s", load.time.as_secs()), "--warm-up-time", "1s"]);
    h2load.arg(format!("--log-file={}", log.path().display()));
    for header in &load.headers {
        h2load.args(["--header", header]);
    }
    let scheme = match load.protocol {
        Protocol::Http1 => {
            h2load.arg("--h1");
            "http"
        }
        Protocol::Http2 => {
            h2load.args(["--max-concurrent-streams", STREAMS]);
            "https"
        }
    };
    h2load.arg(format!("{scheme}://{}{}", server.address(), load.path)).stdout(Stdio::piped()).stderr(Stdio::inherit());
    let running = h2load.spawn().context("h2load could not be started")?;
    // In the second half, after the warm-up.
    thread::sleep(Duration::from_secs(1) + load.time / 2);
    let memory = server.memory()?;
    let output = running.wait_with_output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "h2load failed:\n{text}");
    ensure!(
        text.contains(" 0 failed, 0 errored, 0 timeout"),
        "{} did not answer everything at {} connections:\n{text}",
        server.name,
        load.connections
    );
    let times = answer_times(&fs::read_to_string(log.path())?).with_context(|| {
        format!("{} did not answer everything at {} connections:\n{text}", server.name, load.connections)
    })?;
    let rate = number_before(&text, " req/s").context("h2load gave no rate")?;
    Ok(Round { rate, p99: percentile(times, 0.99), memory })
}

/// Concurrent streams on one HTTP/2 connection: about the number of parallel requests of a page.
const STREAMS: &str = "8";

/// The latencies in h2load's log in milliseconds: each line has start, status and microseconds.
fn answer_times(log: &str) -> Result<Vec<f64>> {
    let mut times = Vec::new();
    for line in log.lines() {
        let mut columns = line.split('\t').skip(1);
        let (status, time) = (columns.next().unwrap_or_default(), columns.next().unwrap_or_default());
        // Requests in progress when the time was up; failed requests are counted in h2load's summary.
        if status == "0" {
            continue;
        }
        ensure!(matches!(status, "200" | "304"), "an answer has the status {status}");
        times.push(time.parse::<f64>()? / 1e3);
    }
    ensure!(!times.is_empty(), "there are no answers");
    Ok(times)
}

/// The number before `unit`, as in `finished in 1.00s, 52364.00 req/s, 12MB/s`.
fn number_before(text: &str, unit: &str) -> Option<f64> {
    text.split_once(unit)?.0.rsplit(' ').next()?.parse().ok()
}

fn percentile(mut values: Vec<f64>, share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "an index")]
    let idx = (values.len() as f64 * share) as usize;
    values[idx.min(values.len() - 1)]
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { f64::midpoint(values[middle - 1], values[middle]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_h2load_says_is_read() {
        let text = "\nfinished in 1.00s, 52364.50 req/s, 12.11MB/s\nrequests: 52364 total\n";
        assert_eq!(number_before(text, " req/s"), Some(52364.5));
        let log = "1700000000000001\t200\t1500\n1700000000000002\t304\t500\n1700000000000003\t0\t90\n";
        assert_eq!(answer_times(log).unwrap(), [1.5, 0.5]);
        assert!(answer_times("1700000000000001\t404\t1500\n").is_err());
        assert!((percentile((1..=100).map(f64::from).collect(), 0.99) - 100.0).abs() < 1e-12);
        assert!((median(vec![3.0, 1.0, 2.0]) - 2.0).abs() < 1e-12);
        assert!((median(vec![4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < 1e-12);
    }
}

//! Puts load on a server with wrk, and reads what it says.

use std::{
    fs,
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};

/// A server process, ended when this is dropped.
pub(crate) struct Server {
    pub(crate) name: &'static str,
    pub(crate) process: Child,
    pub(crate) port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        // By SIGTERM: nginx's master ends its workers only then.
        let _ = Command::new("kill").arg(self.process.id().to_string()).status();
        let _ = self.process.wait();
    }
}

impl Server {
    pub(crate) fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// The processes: itself and its children.
    fn pids(&self) -> Vec<u32> {
        let own = self.process.id();
        let children = fs::read_to_string(format!("/proc/{own}/task/{own}/children")).unwrap_or_default();
        std::iter::once(own).chain(children.split_whitespace().filter_map(|pid| pid.parse().ok())).collect()
    }

    /// Resident memory of all its processes, in bytes.
    pub(crate) fn memory(&self) -> Result<u64> {
        self.pids().iter().map(|pid| memory(*pid)).sum()
    }

    /// Open descriptors of the process.
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

    /// One request: status, head and body.
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

/// What a round measured.
#[derive(Clone, Copy)]
pub(crate) struct Round {
    /// Requests a second.
    pub(crate) rate: f64,
    /// The 99th percentile of latency, in milliseconds.
    pub(crate) p99: f64,
    /// Resident memory in the middle of it, in bytes.
    pub(crate) memory: u64,
}

/// One round of load on `server`.
pub(crate) fn round(
    server: &Server,
    path: &str,
    headers: &[String],
    connections: usize,
    time: Duration,
) -> Result<Round> {
    let mut wrk = Command::new("wrk");
    wrk.args(["--threads", "2", "--latency", "--timeout", "10s"]).args([
        "--connections",
        &connections.to_string(),
        "--duration",
        &format!("{}s", time.as_secs()),
    ]);
    for header in headers {
        wrk.args(["--header", header]);
    }
    wrk.arg(format!("http://{}{path}", server.address())).stdout(Stdio::piped()).stderr(Stdio::inherit());
    let running = wrk.spawn().context("wrk could not be started")?;
    thread::sleep(time / 2);
    let memory = server.memory()?;
    let output = running.wait_with_output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() || text.contains("Non-2xx") || text.contains("Socket errors") {
        bail!("{} did not answer everything at {connections} connections:\n{text}", server.name);
    }
    let after = |start: &str| text.lines().find_map(|line| line.trim().strip_prefix(start)).map(str::trim);
    let rate = after("Requests/sec:").context("wrk gave no rate")?.parse()?;
    let p99 = milliseconds(after("99%").context("wrk gave no latencies")?)?;
    Ok(Round { rate, p99, memory })
}

/// Reads `3.21ms`, `87.00us` or `1.02s`.
fn milliseconds(text: &str) -> Result<f64> {
    let (number, factor) = if let Some(number) = text.strip_suffix("us") {
        (number, 1e-3)
    } else if let Some(number) = text.strip_suffix("ms") {
        (number, 1.0)
    } else {
        (text.strip_suffix('s').context("a latency without a unit")?, 1e3)
    };
    Ok(number.parse::<f64>()? * factor)
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
    fn wrks_latencies_are_read() {
        for (text, expected) in [("87.00us", 0.087), ("3.21ms", 3.21), ("1.02s", 1020.0)] {
            assert!((milliseconds(text).unwrap() - expected).abs() < 1e-9, "{text}");
        }
        assert!((median(vec![3.0, 1.0, 2.0]) - 2.0).abs() < 1e-12);
        assert!((median(vec![4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < 1e-12);
    }
}

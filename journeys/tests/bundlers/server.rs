//! An app's server, on a given port.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};

/// The slowest server bundles its first answer on request.
const PATIENCE: Duration = Duration::from_secs(90);

/// A running server, stopped when this is dropped.
pub(super) struct Server {
    process: Child,
    port: u16,
}

impl Server {
    /// Starts `command` in `folder` and waits for the first answer; `PORT` in it is replaced by the port.
    ///
    /// # Errors
    ///
    /// When it ends, or does not answer before the timeout.
    pub(super) fn start(folder: &Path, command: &[&str]) -> Result<Self> {
        // The port is free now; none of these servers prints a port that it chose itself.
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let mut call = super::run::call(folder, command, &port.to_string())?;
        let call = call.env("PORT", port.to_string()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        // Child processes belong to its process group, and are stopped with it.
        let process = call.process_group(0).spawn().with_context(|| format!("{command:?} could not be started"))?;
        let mut server = Self { process, port };
        let start = Instant::now();
        while server.get("/").is_err() {
            if let Some(status) = server.process.try_wait()? {
                bail!("{command:?} ended with {status}");
            }
            ensure!(start.elapsed() < PATIENCE, "{command:?} answers nothing");
            thread::sleep(Duration::from_millis(100));
        }
        Ok(server)
    }

    pub(super) fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The answer at a path.
    ///
    /// # Errors
    ///
    /// When there is no answer, or an error status.
    pub(super) fn get(&self, path: &str) -> Result<String> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        // HTTP/1.0 prevents a chunked answer.
        write!(stream, "GET {path} HTTP/1.0\r\nHost: 127.0.0.1:{}\r\nAccept: */*\r\n\r\n", self.port)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer.split(' ').nth(1).unwrap_or_default();
        ensure!(status == "200", "{path}: {answer}");
        Ok(answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may already have ended.
        let _ = Command::new("kill").args(["--", &format!("-{}", self.process.id())]).stderr(Stdio::null()).status();
        let _ = self.process.wait();
    }
}

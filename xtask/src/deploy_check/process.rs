//! Child processes to be checked, and requests to them.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    process::{Child, Command},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};

/// Stops a process when dropped: by SIGTERM, so that it can stop its children, and finally by SIGKILL.
pub(super) struct Started(pub(super) Child);

impl Drop for Started {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(Some(_))) {
            return;
        }
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let begin = Instant::now();
        while begin.elapsed() < Duration::from_secs(3) {
            if matches!(self.0.try_wait(), Ok(Some(_))) {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Waits until the page is served.
pub(super) fn expect_page(address: SocketAddr) -> Result<()> {
    let begin = Instant::now();
    loop {
        match ask(address, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n") {
            Ok(answer) if answer.starts_with("HTTP/1.1 200 OK") && answer.contains("<title>Scorecast</title>") => {
                return Ok(());
            }
            Ok(answer) => bail!("it answers: {answer:.200}"),
            Err(_) if begin.elapsed() < Duration::from_secs(10) => thread::sleep(Duration::from_millis(20)),
            Err(error) => return Err(error.context("it does not answer")),
        }
    }
}

/// Sends `request` and returns everything until the server closes.
pub(super) fn ask(address: SocketAddr, request: &str) -> Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

//! The WebDriver process.
//!
//! Why chosen by the driver: a port that is looked for and then used later may be taken in
//! between; chromedriver picks a free one itself and says which.

use std::{
    env,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
};

use anyhow::{Context, Result, bail};

/// A running chromedriver, ended when this is dropped.
pub(crate) struct Driver {
    process: Child,
    address: String,
}

impl Driver {
    /// Starts the program of `CHROMEDRIVER`, else `chromedriver` from the `PATH`.
    pub(crate) fn start() -> Result<Self> {
        let program = env::var_os("CHROMEDRIVER").unwrap_or_else(|| "chromedriver".into());
        let mut process = Command::new(&program)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| {
                format!("{} could not be started; on Debian it is in chromium-driver", program.display())
            })?;
        let output = process.stdout.take().context("chromedriver has no output")?;
        let mut driver = Self { process, address: String::new() };
        let mut lines = BufReader::new(output).lines();
        for line in lines.by_ref() {
            if let Some(port) = port(&line?) {
                driver.address = format!("http://127.0.0.1:{port}");
                // A full pipe would stop the driver.
                thread::spawn(move || lines.for_each(drop));
                return Ok(driver);
            }
        }
        bail!("chromedriver ended before it said its port")
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // It may have ended by itself; either way there is nothing left to do.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The browser of `CHROMIUM`, else `chromium` from the `PATH`, else whatever the driver finds.
pub(crate) fn browser() -> Option<PathBuf> {
    if let Some(program) = env::var_os("CHROMIUM") {
        return Some(program.into());
    }
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|dir| dir.join("chromium")).find(|file| file.is_file())
}

fn port(line: &str) -> Option<u16> {
    line.strip_prefix("ChromeDriver was started successfully on port ")?.trim_end_matches('.').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_read() {
        assert_eq!(port("ChromeDriver was started successfully on port 34567."), Some(34567));
        assert_eq!(port("Starting ChromeDriver 156.0 on port 0"), None);
    }
}

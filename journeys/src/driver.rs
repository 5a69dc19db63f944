//! The WebDriver process.
//!
//! Why the driver chooses the port: a free port that is looked up and used later may be taken in
//! between; drivers pick a free one themselves and print it.

use std::{
    env,
    ffi::OsString,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
};

use anyhow::{Context, Result, bail};

/// The browsers that journeys run in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Chromium by chromedriver; the DevTools protocol can do more than WebDriver.
    Chromium,
    /// Firefox by geckodriver.
    Firefox,
}

/// A running driver, stopped when this is dropped.
pub(crate) struct Driver {
    process: Child,
    address: String,
}

impl Engine {
    /// The path in `CHROMEDRIVER` or `SCORECAST_GECKODRIVER`; chromedriver may come from the `PATH`.
    fn driver(self) -> Option<OsString> {
        match self {
            Self::Chromium => Some(env::var_os("CHROMEDRIVER").unwrap_or_else(|| "chromedriver".into())),
            Self::Firefox => env::var_os("SCORECAST_GECKODRIVER"),
        }
    }

    /// Whether journeys can run in it. Chromium is required: a journey fails if it is missing.
    pub(crate) fn is_there(self) -> bool {
        self.driver().is_some()
    }

    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Chromium => &["--port=0"],
            // The console, the colour scheme and the size are read and set in Firefox's privileged context.
            Self::Firefox => &["--port=0", "--websocket-port=0", "--allow-system-access"],
        }
    }

    /// The browser in `CHROMIUM` or `FIREFOX`, else the one on the `PATH`, else the one that the driver finds.
    pub(crate) fn program(self) -> Option<PathBuf> {
        let (variable, names) = match self {
            Self::Chromium => ("CHROMIUM", ["chromium", "chromium-browser"]),
            Self::Firefox => ("FIREFOX", ["firefox-esr", "firefox"]),
        };
        if let Some(program) = env::var_os(variable) {
            return Some(program.into());
        }
        let path = env::var_os("PATH")?;
        let dirs: Vec<PathBuf> = env::split_paths(&path).collect();
        names.iter().flat_map(|name| dirs.iter().map(move |dir| dir.join(name))).find(|file| file.is_file())
    }
}

impl Driver {
    /// Starts it on a free port.
    pub(crate) fn start(engine: Engine) -> Result<Self> {
        let program = engine.driver().context("SCORECAST_GECKODRIVER is not set: it names geckodriver")?;
        let mut process = Command::new(&program)
            .args(engine.arguments())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| {
                format!("{} could not be started; on Debian chromedriver is in chromium-driver", program.display())
            })?;
        let output = process.stdout.take().context("the driver has no output")?;
        let mut driver = Self { process, address: String::new() };
        let mut lines = BufReader::new(output).lines();
        for line in lines.by_ref() {
            if let Some(port) = port(&line?) {
                driver.address = format!("http://127.0.0.1:{port}");
                // A full pipe would block the driver.
                thread::spawn(move || lines.for_each(drop));
                return Ok(driver);
            }
        }
        bail!("the driver ended before it said its port")
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // It may already have ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn port(line: &str) -> Option<u16> {
    let chromium = line.strip_prefix("ChromeDriver was started successfully on port ");
    let port = chromium.or_else(|| Some(line.split_once("Listening on 127.0.0.1:")?.1))?;
    port.trim_end_matches('.').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_read() {
        assert_eq!(port("ChromeDriver was started successfully on port 34567."), Some(34567));
        assert_eq!(port("Starting ChromeDriver 156.0 on port 0"), None);
        assert_eq!(port("1700000000000\tgeckodriver\tINFO\tListening on 127.0.0.1:34568"), Some(34568));
    }
}

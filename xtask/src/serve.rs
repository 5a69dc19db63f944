//! Serves a folder on localhost.

use std::{
    io::{self, ErrorKind},
    net::{Ipv4Addr, TcpListener},
    path::Path,
};

use anyhow::{Context, Result, bail};
use clap::Args;
use host::{Settings, Source};

const DEFAULT_PORT: u16 = 8080;
const TRIED_PORTS: u16 = 100;

/// Where to serve.
#[derive(Args, Clone, Copy)]
pub(crate) struct Port {
    /// The port on 127.0.0.1; without it 8080, or the next that is free.
    #[arg(long)]
    port: Option<u16>,
}

/// Serves `dir` until the process is stopped, and prints the address.
pub(crate) fn serve(dir: &Path, port: Port) -> Result<()> {
    if !dir.is_dir() {
        bail!("{} is not a folder", dir.display());
    }
    let listener = listen(port)?;
    let server = host::start(Settings::new(Source::Folder(dir.to_path_buf()), listener))?;
    println!("Scorecast is at http://{}/ (Ctrl+C stops it)", server.address());
    server.wait();
    Ok(())
}

fn listen(Port { port }: Port) -> Result<TcpListener> {
    let bind = |port: u16| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    let busy = |error: &io::Error| error.kind() == ErrorKind::AddrInUse;
    if let Some(port) = port {
        return bind(port)
            .with_context(|| format!("port {port} cannot be used; without --port a free one is looked for"));
    }
    for port in DEFAULT_PORT..DEFAULT_PORT + TRIED_PORTS {
        match bind(port) {
            Err(error) if busy(&error) => {}
            result => return result.with_context(|| format!("port {port} cannot be used")),
        }
    }
    bail!("no port from {DEFAULT_PORT} on is free; --port names another")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_port_is_passed_over_unless_it_was_asked_for() {
        let first = listen(Port { port: None }).unwrap();
        let taken = first.local_addr().unwrap().port();
        let second = listen(Port { port: None }).unwrap();
        assert_ne!(second.local_addr().unwrap().port(), taken);
        assert!(listen(Port { port: Some(taken) }).is_err());
    }
}

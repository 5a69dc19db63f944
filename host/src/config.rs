//! The resolved options. Nothing is opened yet: they can be checked beside a running server, or used to start one.

use std::{
    io,
    net::{SocketAddr, TcpListener},
    path::PathBuf,
};

use listenfd::ListenFd;

use crate::{
    log::LogSettings,
    server::{
        Settings, StartError,
        limits::Limits,
        tls::{Certificate, TlsFiles},
    },
    site::reload::{LiveSite, Source},
};

/// Connections that may wait to be accepted; the system's default of 128 is less than a school opens at nine o'clock.
const BACKLOG: i32 = 1024;

/// Resolved options; the fields are those of [`Settings`].
pub struct Config {
    pub(crate) source: Source,
    pub(crate) frame_ancestors: String,
    pub(crate) listen: SocketAddr,
    pub(crate) tls: Option<TlsFiles>,
    pub(crate) hsts: u64,
    pub(crate) redirect: Option<SocketAddr>,
    pub(crate) challenges: Option<PathBuf>,
    pub(crate) metrics: Option<SocketAddr>,
    pub(crate) limits: Limits,
    pub(crate) workers: usize,
    pub(crate) log: LogSettings,
}

/// An error with a listening socket.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// An address that cannot be listened on.
    #[error("{address} cannot be listened on: {reason}{hint}")]
    Refused {
        /// The address.
        address: SocketAddr,
        /// The cause.
        reason: io::Error,
        /// A hint for the operator.
        hint: &'static str,
    },
    /// systemd passes sockets to this process, but not this one.
    #[error(
        "systemd passes the sockets {passed}, but not {address}: name it as a ListenStream in scorecast-host.socket, \
         and restart that"
    )]
    NotPassed {
        /// The address in the options.
        address: SocketAddr,
        /// The addresses that were passed.
        passed: String,
    },
    /// A socket that no option names.
    #[error("systemd passes the socket {0}, which none of the options listen, redirect and metrics names")]
    Unused(SocketAddr),
    /// Something that is not a listening TCP socket.
    #[error("systemd passes something that is not a TCP socket: {0}")]
    NotTcp(io::Error),
}

impl Config {
    /// Reads the site and the certificate, and returns how many files can be served and how many of them compressed.
    /// Listens nowhere and opens no log.
    ///
    /// # Errors
    ///
    /// The errors that [`crate::start`] would return for them.
    pub fn check(&self) -> Result<(usize, usize), StartError> {
        if let Some(tls) = &self.tls {
            Certificate::open(tls.clone())?.server_config()?;
        }
        Ok(LiveSite::open(self.source.clone(), &self.frame_ancestors)?.snapshot().size())
    }

    /// Takes the listening sockets that systemd passes (`LISTEN_FDS`) and keeps open across restarts of the process;
    /// without systemd opens them.
    ///
    /// # Errors
    ///
    /// Addresses that cannot be listened on, and sockets that do not match the options.
    pub fn listen(self) -> Result<Settings, ListenError> {
        let mut passed = passed_sockets()?;
        let is_passed = !passed.is_empty();
        let mut open = |address: SocketAddr| {
            if !is_passed {
                return bind(address);
            }
            let idx = passed.iter().position(|(found, _)| *found == address);
            idx.map(|idx| passed.swap_remove(idx).1).ok_or_else(|| ListenError::NotPassed {
                address,
                passed: passed.iter().map(|(address, _)| address.to_string()).collect::<Vec<_>>().join(", "),
            })
        };
        let settings = Settings {
            source: self.source,
            frame_ancestors: self.frame_ancestors,
            listener: open(self.listen)?,
            tls: self.tls,
            hsts: self.hsts,
            redirect: self.redirect.map(&mut open).transpose()?,
            challenges: self.challenges,
            metrics: self.metrics.map(&mut open).transpose()?,
            limits: self.limits,
            workers: self.workers,
            log: self.log,
        };
        passed.first().map_or(Ok(settings), |(address, _)| Err(ListenError::Unused(*address)))
    }
}

/// The sockets passed to the process, with their addresses.
fn passed_sockets() -> Result<Vec<(SocketAddr, TcpListener)>, ListenError> {
    let mut environment = ListenFd::from_env();
    let mut sockets = Vec::new();
    for idx in 0..environment.len() {
        if let Some(socket) = environment.take_tcp_listener(idx).map_err(ListenError::NotTcp)? {
            sockets.push((socket.local_addr().map_err(ListenError::NotTcp)?, socket));
        }
    }
    Ok(sockets)
}

fn bind(address: SocketAddr) -> Result<TcpListener, ListenError> {
    let listener = TcpListener::bind(address).map_err(|reason| {
        let hint = match reason.kind() {
            io::ErrorKind::PermissionDenied => {
                "; ports below 1024 need root, CAP_NET_BIND_SERVICE, or a socket of systemd (scorecast-host.socket)"
            }
            io::ErrorKind::AddrInUse => "; another program listens there (`ss -ltnp` shows which)",
            io::ErrorKind::AddrNotAvailable => "; this machine has no such address",
            _ => "",
        };
        ListenError::Refused { address, reason, hint }
    })?;
    // std listens with a backlog of 128, which remains if the system refuses more.
    let _ = rustix::net::listen(&listener, BACKLOG);
    Ok(listener)
}

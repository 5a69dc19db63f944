//! Options by flag, by environment variable and by file, in this order of precedence.

use std::{
    fs, io,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use clap::Args;
use serde::Deserialize;

use crate::{Format, Limits, LogSettings, Presentation, Settings, Source, TlsFiles};

/// A year, as browsers' lists ask for.
const HSTS_SECONDS: u64 = 31_536_000;

/// What can be set. Each field is the flag `--FIELD`, the variable `SCORECAST_HOST_FIELD` and the key `FIELD` of the
/// TOML file, with hyphens in flags and file and underscores in variables.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Options {
    /// The folder to serve; without it the site inside of the binary
    #[arg(env = "SCORECAST_HOST_DIR")]
    pub dir: Option<PathBuf>,
    /// Where to listen, as in 0.0.0.0:8080 or [::]:443
    #[arg(long, env = "SCORECAST_HOST_LISTEN", value_name = "ADDRESS:PORT", conflicts_with_all = ["address", "port"])]
    pub listen: Option<SocketAddr>,
    /// The address to listen on [default: 127.0.0.1]
    #[arg(long, env = "SCORECAST_HOST_ADDRESS")]
    pub address: Option<std::net::IpAddr>,
    /// The port to listen on; 0 is any that is free [default: 8080]
    #[arg(long, env = "SCORECAST_HOST_PORT")]
    pub port: Option<u16>,
    /// A PEM file with the certificate and its chain: serves HTTPS
    #[arg(long, env = "SCORECAST_HOST_TLS_CERT", value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,
    /// A PEM file with the certificate's private key
    #[arg(long, env = "SCORECAST_HOST_TLS_KEY", value_name = "FILE")]
    pub tls_key: Option<PathBuf>,
    /// With TLS: a plain address that leads to the TLS port, as in [::]:80
    #[arg(long, env = "SCORECAST_HOST_REDIRECT", value_name = "ADDRESS:PORT")]
    pub redirect: Option<SocketAddr>,
    /// With --redirect: the folder (webroot) in which an ACME client leaves its proofs
    #[arg(long, env = "SCORECAST_HOST_CHALLENGES", value_name = "DIR")]
    pub challenges: Option<PathBuf>,
    /// With TLS: for how many seconds browsers are to insist on it; 0 not at all [default: a year]
    #[arg(long, env = "SCORECAST_HOST_HSTS", value_name = "SECONDS")]
    pub hsts: Option<u64>,
    /// Who may show the page in a frame, as in a content security policy [default: 'self']
    #[arg(long, env = "SCORECAST_HOST_FRAME_ANCESTORS", value_name = "SOURCES")]
    pub frame_ancestors: Option<String>,
    /// Serve counters at /metrics of this address
    #[arg(long, env = "SCORECAST_HOST_METRICS", value_name = "ADDRESS:PORT")]
    pub metrics: Option<SocketAddr>,
    /// How to log requests [default: text]
    #[arg(long, env = "SCORECAST_HOST_LOG", value_enum, value_name = "FORMAT")]
    pub log: Option<Format>,
    /// Log requests into this file instead of standard output
    #[arg(long, env = "SCORECAST_HOST_LOG_FILE", value_name = "FILE")]
    pub log_file: Option<PathBuf>,
    /// Whether visitors' addresses are logged [default: false]
    #[arg(long, env = "SCORECAST_HOST_LOG_ADDRESSES", num_args = 0..=1, default_missing_value = "true")]
    pub log_addresses: Option<bool>,
    /// Threads that answer [default: one a core]
    #[arg(long, env = "SCORECAST_HOST_WORKERS")]
    pub workers: Option<usize>,
    /// Connections at one time [default: 4096]
    #[arg(long, env = "SCORECAST_HOST_MAX_CONNECTIONS", value_name = "NUMBER")]
    pub max_connections: Option<usize>,
    /// Bytes of a request's head, at least 8192 [default: 8192]
    #[arg(long, env = "SCORECAST_HOST_MAX_HEADER_BYTES", value_name = "BYTES")]
    pub max_header_bytes: Option<usize>,
    /// Seconds for a request's head [default: 10]
    #[arg(long, env = "SCORECAST_HOST_HEADER_TIMEOUT", value_name = "SECONDS")]
    pub header_timeout: Option<f64>,
    /// Seconds without a request after which a connection is closed [default: 60]
    #[arg(long, env = "SCORECAST_HOST_IDLE_TIMEOUT", value_name = "SECONDS")]
    pub idle_timeout: Option<f64>,
    /// Seconds for which a reader may take nothing [default: 20]
    #[arg(long, env = "SCORECAST_HOST_STALL_TIMEOUT", value_name = "SECONDS")]
    pub stall_timeout: Option<f64>,
    /// Seconds for an answer [default: 300]
    #[arg(long, env = "SCORECAST_HOST_RESPONSE_TIMEOUT", value_name = "SECONDS")]
    pub response_timeout: Option<f64>,
    /// Seconds for what is in flight when the server is asked to stop [default: 25]
    #[arg(long, env = "SCORECAST_HOST_SHUTDOWN_GRACE", value_name = "SECONDS")]
    pub shutdown_grace: Option<f64>,
}

/// Options that make no server.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file.
    #[error("{path} could not be used: {reason}")]
    File {
        /// Which.
        path: String,
        /// Why.
        reason: String,
    },
    /// Neither a folder nor a site inside of the binary.
    #[error("there is nothing to serve: name the folder of the built page, as in `scorecast-host target/site`")]
    NoSite,
    /// The folder is not there, or may not be looked into.
    #[error("{dir} cannot be used as the folder of the page: {reason}")]
    NoFolder {
        /// Which.
        dir: String,
        /// Why.
        reason: io::Error,
    },
    /// A folder without a page.
    #[error("{0} has no index.html: it is not the folder of a built page (`cargo xtask run --build-only` makes one)")]
    NoPage(String),
    /// One of two options that belong together.
    #[error("{given} needs {missing} as well")]
    Incomplete {
        /// What was given.
        given: &'static str,
        /// What was not.
        missing: &'static str,
    },
    /// A number out of its range.
    #[error("{0} must be {1}")]
    OutOfRange(&'static str, &'static str),
    /// An address that cannot be listened on.
    #[error("{address} cannot be listened on: {reason}{hint}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        reason: io::Error,
        /// What to do about it.
        hint: &'static str,
    },
}

impl Options {
    /// Reads a TOML file.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, is no TOML, or has an unknown key: with the line.
    pub fn from_file(path: &Path) -> Result<Self, ConfigError> {
        let error = |reason: String| ConfigError::File { path: path.display().to_string(), reason };
        let text = fs::read_to_string(path).map_err(|reason| error(reason.to_string()))?;
        toml::from_str(&text).map_err(|reason| error(reason.to_string()))
    }

    /// These options, and where they are silent those of `other`.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let names_address = self.listen.is_some() || self.address.is_some() || self.port.is_some();
        Self {
            dir: self.dir.or(other.dir),
            listen: if names_address { self.listen } else { other.listen },
            address: self.address.or(other.address),
            port: self.port.or(other.port),
            tls_cert: self.tls_cert.or(other.tls_cert),
            tls_key: self.tls_key.or(other.tls_key),
            redirect: self.redirect.or(other.redirect),
            challenges: self.challenges.or(other.challenges),
            hsts: self.hsts.or(other.hsts),
            frame_ancestors: self.frame_ancestors.or(other.frame_ancestors),
            metrics: self.metrics.or(other.metrics),
            log: self.log.or(other.log),
            log_file: self.log_file.or(other.log_file),
            log_addresses: self.log_addresses.or(other.log_addresses),
            workers: self.workers.or(other.workers),
            max_connections: self.max_connections.or(other.max_connections),
            max_header_bytes: self.max_header_bytes.or(other.max_header_bytes),
            header_timeout: self.header_timeout.or(other.header_timeout),
            idle_timeout: self.idle_timeout.or(other.idle_timeout),
            stall_timeout: self.stall_timeout.or(other.stall_timeout),
            response_timeout: self.response_timeout.or(other.response_timeout),
            shutdown_grace: self.shutdown_grace.or(other.shutdown_grace),
        }
    }

    /// Opens the listeners and makes settings of it all.
    ///
    /// # Errors
    ///
    /// Options that contradict each other, and addresses that cannot be listened on.
    pub fn settings(self) -> Result<Settings, ConfigError> {
        let source = self.source()?;
        let tls = self.tls()?;
        if self.redirect.is_some() && tls.is_none() {
            return Err(ConfigError::Incomplete { given: "--redirect", missing: "--tls-cert and --tls-key" });
        }
        if self.challenges.is_some() && self.redirect.is_none() {
            return Err(ConfigError::Incomplete { given: "--challenges", missing: "--redirect" });
        }
        let limits = self.limits()?;
        let sources = self.frame_ancestors.unwrap_or_else(|| "'self'".to_owned());
        if sources.is_empty() || sources.contains([';', ',']) || !sources.bytes().all(|byte| (32..127).contains(&byte))
        {
            return Err(ConfigError::OutOfRange("--frame-ancestors", "sources such as 'self' https://school.example"));
        }
        let hsts = tls.as_ref().map(|_| self.hsts.unwrap_or(HSTS_SECONDS)).filter(|seconds| *seconds > 0);
        let local = std::net::IpAddr::from([127, 0, 0, 1]);
        let address =
            self.listen.unwrap_or_else(|| SocketAddr::new(self.address.unwrap_or(local), self.port.unwrap_or(8080)));
        Ok(Settings {
            source,
            presentation: Presentation { frame_ancestors: sources, hsts },
            listener: listen(address)?,
            tls,
            redirect: self.redirect.map(listen).transpose()?,
            challenges: self.challenges,
            metrics: self.metrics.map(listen).transpose()?,
            limits,
            workers: self
                .workers
                .unwrap_or_else(|| thread::available_parallelism().map_or(1, usize::from))
                .clamp(1, 256),
            log: LogSettings {
                format: self.log.unwrap_or_default(),
                file: self.log_file,
                addresses: self.log_addresses.unwrap_or(false),
            },
        })
    }

    fn source(&self) -> Result<Source, ConfigError> {
        match &self.dir {
            Some(dir) if dir.join("index.html").is_file() => Ok(Source::Folder(dir.clone())),
            Some(dir) => Err(match fs::read_dir(dir) {
                Err(reason) => ConfigError::NoFolder { dir: dir.display().to_string(), reason },
                Ok(_) => ConfigError::NoPage(dir.display().to_string()),
            }),
            None if crate::has_embedded_site() => Ok(Source::Embedded),
            None => Err(ConfigError::NoSite),
        }
    }

    fn tls(&self) -> Result<Option<TlsFiles>, ConfigError> {
        match (&self.tls_cert, &self.tls_key) {
            (Some(cert), Some(key)) => Ok(Some(TlsFiles { cert: cert.clone(), key: key.clone() })),
            (None, None) => Ok(None),
            (Some(_), None) => Err(ConfigError::Incomplete { given: "--tls-cert", missing: "--tls-key" }),
            (None, Some(_)) => Err(ConfigError::Incomplete { given: "--tls-key", missing: "--tls-cert" }),
        }
    }

    fn limits(&self) -> Result<Limits, ConfigError> {
        let seconds = |given: Option<f64>, default: Duration, name: &'static str| match given {
            None => Ok(default),
            Some(seconds) if (0.01..=86_400.0).contains(&seconds) => Ok(Duration::from_secs_f64(seconds)),
            Some(_) => Err(ConfigError::OutOfRange(name, "from 0.01 to 86400 seconds")),
        };
        let default = Limits::default();
        let connections = self.max_connections.unwrap_or(default.connections);
        if !(1..=1_000_000).contains(&connections) {
            return Err(ConfigError::OutOfRange("--max-connections", "from 1 to 1000000"));
        }
        let header_bytes = self.max_header_bytes.unwrap_or(default.header_bytes);
        if !(8192..=1 << 20).contains(&header_bytes) {
            return Err(ConfigError::OutOfRange("--max-header-bytes", "from 8192 to 1048576"));
        }
        Ok(Limits {
            connections,
            header_bytes,
            header_timeout: seconds(self.header_timeout, default.header_timeout, "--header-timeout")?,
            idle_timeout: seconds(self.idle_timeout, default.idle_timeout, "--idle-timeout")?,
            stall_timeout: seconds(self.stall_timeout, default.stall_timeout, "--stall-timeout")?,
            response_timeout: seconds(self.response_timeout, default.response_timeout, "--response-timeout")?,
            shutdown_grace: seconds(self.shutdown_grace, default.shutdown_grace, "--shutdown-grace")?,
        })
    }
}

fn listen(address: SocketAddr) -> Result<TcpListener, ConfigError> {
    TcpListener::bind(address).map_err(|reason| {
        let hint = match reason.kind() {
            io::ErrorKind::PermissionDenied => {
                "; ports below 1024 need CAP_NET_BIND_SERVICE, which the systemd unit gives"
            }
            io::ErrorKind::AddrInUse => "; another program listens there (`ss -ltnp` shows which)",
            io::ErrorKind::AddrNotAvailable => "; this machine has no such address",
            _ => "",
        };
        ConfigError::Listen { address, reason, hint }
    })
}

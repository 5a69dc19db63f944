//! Options by flag, by environment variable and by file, in this order of precedence.

use std::{
    fs, io,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use clap::Args;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde::Deserialize;

use crate::{
    config::Config,
    log::{Format, LogSettings, print_status},
    server::{limits::Limits, tls::TlsFiles},
    site::reload::Source,
};

const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);
/// A year.
const DEFAULT_HSTS_SECONDS: u64 = 31_536_000;
/// Descriptors for everything but visitors' connections: listeners, the log, files that are being read.
const OWN_DESCRIPTORS: u64 = 64;

/// What can be set. Each field is the flag `--FIELD`, the variable `SCORECAST_HOST_FIELD` and the key `FIELD` of the
/// TOML file, with hyphens in flags and file and underscores in variables.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Options {
    /// The folder to serve; without it the site inside of the binary
    #[arg(env = "SCORECAST_HOST_DIR")]
    pub dir: Option<PathBuf>,
    /// The address and port to listen on, as in [::]:443; port 0 is any free one [default: 127.0.0.1:8080]
    #[arg(long, env = "SCORECAST_HOST_LISTEN", value_name = "ADDRESS:PORT")]
    pub listen: Option<SocketAddr>,
    /// A PEM file with the certificate and its chain: serves HTTPS
    #[arg(long, env = "SCORECAST_HOST_TLS_CERT", value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,
    /// A PEM file with the certificate's private key
    #[arg(long, env = "SCORECAST_HOST_TLS_KEY", value_name = "FILE")]
    pub tls_key: Option<PathBuf>,
    /// With TLS: a plain address that redirects to the TLS port, as in [::]:80
    #[arg(long, env = "SCORECAST_HOST_REDIRECT", value_name = "ADDRESS:PORT")]
    pub redirect: Option<SocketAddr>,
    /// The folder (webroot) in which an ACME client leaves its proofs, served on the plain port
    #[arg(long, env = "SCORECAST_HOST_CHALLENGES", value_name = "DIR")]
    pub challenges: Option<PathBuf>,
    /// With TLS: for how many seconds browsers shall refuse plain HTTP (HSTS); 0 for not at all [default: a year]
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
    /// Whether clients' addresses are logged [default: false]
    #[arg(long, env = "SCORECAST_HOST_LOG_ADDRESSES", num_args = 0..=1, default_missing_value = "true")]
    pub log_addresses: Option<bool>,
    /// Threads that answer [default: one a core]
    #[arg(long, env = "SCORECAST_HOST_WORKERS")]
    pub workers: Option<usize>,
    /// Connections at one time; then the longest-idle one is closed for a new one [default: 4096]
    #[arg(long, env = "SCORECAST_HOST_MAX_CONNECTIONS", value_name = "NUMBER")]
    pub max_connections: Option<usize>,
    /// Connections of one client address at one time [default: a quarter of all]
    #[arg(long, env = "SCORECAST_HOST_MAX_CONNECTIONS_PER_CLIENT", value_name = "NUMBER")]
    pub max_connections_per_client: Option<usize>,
    /// Bytes of a request's head, at least 8192 [default: 8192]
    #[arg(long, env = "SCORECAST_HOST_MAX_HEADER_BYTES", value_name = "BYTES")]
    pub max_header_bytes: Option<usize>,
    /// Seconds for a request's head [default: 10]
    #[arg(long, env = "SCORECAST_HOST_HEADER_TIMEOUT", value_name = "SECONDS")]
    pub header_timeout: Option<f64>,
    /// Seconds without a request after which a connection is closed [default: 60]
    #[arg(long, env = "SCORECAST_HOST_IDLE_TIMEOUT", value_name = "SECONDS")]
    pub idle_timeout: Option<f64>,
    /// Seconds for which a client may take nothing of an answer [default: 20]
    #[arg(long, env = "SCORECAST_HOST_STALL_TIMEOUT", value_name = "SECONDS")]
    pub stall_timeout: Option<f64>,
    /// Seconds for an answer [default: 300]
    #[arg(long, env = "SCORECAST_HOST_RESPONSE_TIMEOUT", value_name = "SECONDS")]
    pub response_timeout: Option<f64>,
    /// Seconds for what is in flight when the server is asked to stop [default: 5]
    #[arg(long, env = "SCORECAST_HOST_SHUTDOWN_GRACE", value_name = "SECONDS")]
    pub shutdown_grace: Option<f64>,
}

/// Invalid options.
#[derive(Debug, thiserror::Error)]
pub enum OptionsError {
    /// The options file cannot be used.
    #[error("{path} could not be used: {reason}")]
    File {
        /// The path.
        path: String,
        /// The cause.
        reason: String,
    },
    /// There is neither a folder nor an embedded site.
    #[error("there is nothing to serve: name the folder of the built page, as in `scorecast-host target/site`")]
    NoSite,
    /// The folder is missing or cannot be read.
    #[error("{dir} cannot be used as the folder of the page: {reason}")]
    NoFolder {
        /// The path.
        dir: String,
        /// The cause.
        reason: io::Error,
    },
    /// A folder without a page.
    #[error("{0} has no index.html: it is not the folder of a built page (`cargo xtask run --build-only` makes one)")]
    NoPage(String),
    /// One of two options that are required together is missing.
    #[error("{given} needs {missing} as well")]
    Incomplete {
        /// The given option.
        given: &'static str,
        /// The missing option.
        missing: &'static str,
    },
    /// A number outside its range.
    #[error("{0} must be {1}")]
    OutOfRange(&'static str, &'static str),
    /// Too few file descriptors.
    #[error(
        "the process may open {0} files at one time, too few for a server: raise `ulimit -n` or LimitNOFILE to at least {1}"
    )]
    Descriptors(u64, u64),
}

impl Options {
    /// Reads a TOML file.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, is not TOML, or has an unknown key; the message gives the line.
    pub fn from_file(path: &Path) -> Result<Self, OptionsError> {
        let error = |reason: String| OptionsError::File { path: path.display().to_string(), reason };
        let text = fs::read_to_string(path).map_err(|reason| error(reason.to_string()))?;
        toml::from_str(&text).map_err(|reason| error(reason.to_string()))
    }

    /// These options, with unset ones taken from `other`.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            dir: self.dir.or(other.dir),
            listen: self.listen.or(other.listen),
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
            max_connections_per_client: self.max_connections_per_client.or(other.max_connections_per_client),
            max_header_bytes: self.max_header_bytes.or(other.max_header_bytes),
            header_timeout: self.header_timeout.or(other.header_timeout),
            idle_timeout: self.idle_timeout.or(other.idle_timeout),
            stall_timeout: self.stall_timeout.or(other.stall_timeout),
            response_timeout: self.response_timeout.or(other.response_timeout),
            shutdown_grace: self.shutdown_grace.or(other.shutdown_grace),
        }
    }

    /// Checks the options and fills in the defaults, without opening anything.
    ///
    /// # Errors
    ///
    /// Options that contradict each other, and a folder that holds no built page.
    pub fn resolve(self) -> Result<Config, OptionsError> {
        let source = self.source()?;
        let tls = self.tls()?;
        if self.redirect.is_some() && tls.is_none() {
            return Err(OptionsError::Incomplete { given: "--redirect", missing: "--tls-cert and --tls-key" });
        }
        if self.challenges.is_some() && tls.is_some() && self.redirect.is_none() {
            return Err(OptionsError::Incomplete { given: "--challenges with TLS", missing: "--redirect" });
        }
        let limits = self.limits()?;
        let sources = self.frame_ancestors.unwrap_or_else(|| "'self'".to_owned());
        if sources.is_empty() || sources.contains([';', ',']) || !sources.bytes().all(|byte| (32..127).contains(&byte))
        {
            return Err(OptionsError::OutOfRange("--frame-ancestors", "sources such as 'self' https://school.example"));
        }
        Ok(Config {
            source,
            frame_ancestors: sources,
            listen: self.listen.unwrap_or(DEFAULT_LISTEN),
            tls,
            hsts: self.hsts.unwrap_or(DEFAULT_HSTS_SECONDS),
            redirect: self.redirect,
            challenges: self.challenges,
            metrics: self.metrics,
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

    fn source(&self) -> Result<Source, OptionsError> {
        match &self.dir {
            Some(dir) if dir.join("index.html").is_file() => Ok(Source::Folder(dir.clone())),
            Some(dir) => Err(match fs::read_dir(dir) {
                Err(reason) => OptionsError::NoFolder { dir: dir.display().to_string(), reason },
                Ok(_) => OptionsError::NoPage(dir.display().to_string()),
            }),
            None if !crate::embedded::FILES.is_empty() => Ok(Source::Embedded),
            None => Err(OptionsError::NoSite),
        }
    }

    fn tls(&self) -> Result<Option<TlsFiles>, OptionsError> {
        match (&self.tls_cert, &self.tls_key) {
            (Some(cert), Some(key)) => Ok(Some(TlsFiles { cert: cert.clone(), key: key.clone() })),
            (None, None) => Ok(None),
            (Some(_), None) => Err(OptionsError::Incomplete { given: "--tls-cert", missing: "--tls-key" }),
            (None, Some(_)) => Err(OptionsError::Incomplete { given: "--tls-key", missing: "--tls-cert" }),
        }
    }

    fn limits(&self) -> Result<Limits, OptionsError> {
        let seconds = |given: Option<f64>, default: Duration, name: &'static str| match given {
            None => Ok(default),
            Some(seconds) if (0.01..=86_400.0).contains(&seconds) => Ok(Duration::from_secs_f64(seconds)),
            Some(_) => Err(OptionsError::OutOfRange(name, "from 0.01 to 86400 seconds")),
        };
        let default = Limits::default();
        let connections = self.max_connections.unwrap_or(default.connections);
        let per_client = self.max_connections_per_client.unwrap_or(connections.div_ceil(4));
        for (number, name) in [(connections, "--max-connections"), (per_client, "--max-connections-per-client")] {
            if !(1..=1_000_000).contains(&number) {
                return Err(OptionsError::OutOfRange(name, "from 1 to 1000000"));
            }
        }
        let header_bytes = self.max_header_bytes.unwrap_or(default.header_bytes);
        if !(8192..=1 << 20).contains(&header_bytes) {
            return Err(OptionsError::OutOfRange("--max-header-bytes", "from 8192 to 1048576"));
        }
        Ok(Limits {
            connections: with_descriptors(connections)?,
            connections_per_client: per_client,
            header_bytes,
            header_timeout: seconds(self.header_timeout, default.header_timeout, "--header-timeout")?,
            idle_timeout: seconds(self.idle_timeout, default.idle_timeout, "--idle-timeout")?,
            stall_timeout: seconds(self.stall_timeout, default.stall_timeout, "--stall-timeout")?,
            response_timeout: seconds(self.response_timeout, default.response_timeout, "--response-timeout")?,
            shutdown_grace: seconds(self.shutdown_grace, default.shutdown_grace, "--shutdown-grace")?,
        })
    }
}

/// Raises the limit of file descriptors as far as permitted, and returns how many of `connections` it allows.
fn with_descriptors(connections: usize) -> Result<usize, OptionsError> {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
    let available = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    if available < 2 * OWN_DESCRIPTORS {
        return Err(OptionsError::Descriptors(available, 2 * OWN_DESCRIPTORS));
    }
    let possible = usize::try_from(available - OWN_DESCRIPTORS).unwrap_or(usize::MAX);
    if possible < connections {
        print_status(format_args!(
            "the process may open {available} files at one time: {possible} connections instead of {connections}"
        ));
    }
    Ok(connections.min(possible))
}

//! State shared by all connections of a server.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, atomic::Ordering},
};

use bytes::Bytes;
use http::{
    HeaderValue, Method, StatusCode,
    header::{CONTENT_LENGTH, CONTENT_TYPE},
    request::Parts,
};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

use crate::{
    log::{Log, print_status},
    metrics::Metrics,
    response::{Response, build, status_response},
    server::{connections::Connections, limits::Limits, tls::Certificate},
    site::{
        Snapshot,
        reload::{Change, LiveSite},
    },
};

/// The listener that a connection was accepted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    /// The site itself.
    Site,
    /// The plain port beside a TLS port.
    Redirect,
    /// The counters.
    Metrics,
}

/// The shared state.
pub(crate) struct Shared {
    pub(crate) site: LiveSite,
    pub(crate) limits: Limits,
    pub(crate) metrics: Metrics,
    pub(crate) log: Log,
    pub(crate) tls: Option<TlsAcceptor>,
    pub(crate) tls_port: u16,
    /// The value of `Strict-Transport-Security`; `None` without TLS.
    pub(crate) hsts: Option<HeaderValue>,
    pub(crate) challenges: Option<PathBuf>,
    pub(crate) certificate: Option<Arc<Certificate>>,
    /// The connections of visitors. Those to the counters are exempt: they are accepted even when all are taken.
    pub(crate) visitors: Arc<Connections>,
    pub(crate) monitoring: Arc<Connections>,
    pub(crate) stop: watch::Sender<bool>,
    /// The last error printed about a site that could not be reloaded.
    pub(crate) last_site_error: Mutex<Option<String>>,
}

impl Shared {
    pub(crate) fn connections(&self, endpoint: Endpoint) -> &Arc<Connections> {
        match endpoint {
            Endpoint::Site | Endpoint::Redirect => &self.visitors,
            Endpoint::Metrics => &self.monitoring,
        }
    }

    /// Changes once, when the server is asked to stop; immediately if it already was.
    pub(crate) fn stopping(&self) -> watch::Receiver<bool> {
        let mut stopping = self.stop.subscribe();
        if *stopping.borrow() {
            stopping.mark_changed();
        }
        stopping
    }

    pub(crate) fn is_stopping(&self) -> bool {
        *self.stop.borrow()
    }

    /// The answer at the address for counters.
    pub(crate) fn report(&self, site: &Snapshot, request: &Parts) -> Response {
        if !matches!(request.method, Method::GET | Method::HEAD) || request.uri.path() != "/metrics" {
            return status_response(site, StatusCode::NOT_FOUND);
        }
        let n_open = self.visitors.len() + self.monitoring.len();
        let text = self.metrics.render(n_open, self.log.dropped.load(Ordering::Relaxed));
        let mut headers = site.bare_headers.clone();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8"));
        headers.insert(CONTENT_LENGTH, HeaderValue::from(text.len()));
        build(StatusCode::OK, headers, Bytes::from(text))
    }

    /// Reloads what has changed on disk; `at_once` does not wait until the folder has stopped changing.
    pub(crate) fn check_for_changes(&self, at_once: bool) {
        match self.site.check(at_once) {
            Ok(Change::Replaced) => {
                self.metrics.reloads.fetch_add(1, Ordering::Relaxed);
                self.forget_site_error();
                print_status(format_args!("the site has changed: {} files", self.site.snapshot().len()));
            }
            Ok(Change::None) => self.forget_site_error(),
            Ok(Change::Settling | Change::StillRefused) => {}
            Err(error) => {
                let text = error.to_string();
                let mut last = self.last_site_error.lock().unwrap_or_else(PoisonError::into_inner);
                // Print an error once, not every second.
                if at_once || last.as_ref() != Some(&text) {
                    print_status(format_args!("the site stays as it was: {text}"));
                    *last = Some(text);
                }
            }
        }
        if let Some(certificate) = &self.certificate {
            match certificate.check(at_once) {
                Ok(true) => print_status(format_args!("the certificate was renewed")),
                Ok(false) => {}
                Err(error) => print_status(format_args!("the certificate stays as it was: {error}")),
            }
        }
    }

    fn forget_site_error(&self) {
        *self.last_site_error.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

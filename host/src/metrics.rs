//! Counters, in the text format of Prometheus.

use std::{
    fmt::Write,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// Upper bounds of the duration histogram's buckets, in seconds.
const BOUNDS: [f64; 10] = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 10.0];
const STATUSES: [u16; 15] = [200, 204, 206, 304, 308, 400, 404, 405, 406, 412, 413, 416, 417, 421, 500];

/// The counters since the start.
#[derive(Default)]
pub(crate) struct Metrics {
    statuses: [AtomicU64; STATUSES.len()],
    other_status: AtomicU64,
    bytes: AtomicU64,
    buckets: [AtomicU64; BOUNDS.len()],
    n_durations: AtomicU64,
    microseconds: AtomicU64,
    pub(crate) accepted: AtomicU64,
    pub(crate) in_flight: AtomicU64,
    /// Idle connections that were closed to make room for new ones.
    pub(crate) evicted: AtomicU64,
    /// Connections refused because their client had reached its limit.
    pub(crate) refused: AtomicU64,
    /// Connections closed by a timeout.
    pub(crate) timed_out: AtomicU64,
    /// Malformed requests.
    pub(crate) malformed: AtomicU64,
    pub(crate) failed_handshakes: AtomicU64,
    pub(crate) reloads: AtomicU64,
}

impl Metrics {
    pub(crate) fn record_response(&self, status: u16, bytes: u64, duration: Duration) {
        let idx = STATUSES.iter().position(|known| *known == status);
        idx.map_or(&self.other_status, |idx| &self.statuses[idx]).fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        let seconds = duration.as_secs_f64();
        if let Some(bucket) = BOUNDS.iter().position(|bound| seconds <= *bound) {
            self.buckets[bucket].fetch_add(1, Ordering::Relaxed);
        }
        self.n_durations.fetch_add(1, Ordering::Relaxed);
        let microseconds = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        self.microseconds.fetch_add(microseconds, Ordering::Relaxed);
    }

    pub(crate) fn render(&self, n_open: usize, dropped_log_lines: u64) -> String {
        let mut text = String::with_capacity(4096);
        let get = |value: &AtomicU64| value.load(Ordering::Relaxed);
        let _ = writeln!(text, "# HELP scorecast_host_requests_total Answers by status.");
        let _ = writeln!(text, "# TYPE scorecast_host_requests_total counter");
        for (status, count) in STATUSES.iter().zip(&self.statuses) {
            let _ = writeln!(text, "scorecast_host_requests_total{{status=\"{status}\"}} {}", get(count));
        }
        let _ = writeln!(text, "scorecast_host_requests_total{{status=\"other\"}} {}", get(&self.other_status));
        let _ =
            writeln!(text, "# HELP scorecast_host_request_seconds From a request's head to the last byte handed over.");
        let _ = writeln!(text, "# TYPE scorecast_host_request_seconds histogram");
        let mut sum = 0;
        for (bound, count) in BOUNDS.iter().zip(&self.buckets) {
            sum += get(count);
            let _ = writeln!(text, "scorecast_host_request_seconds_bucket{{le=\"{bound}\"}} {sum}");
        }
        let n = get(&self.n_durations);
        let _ = writeln!(text, "scorecast_host_request_seconds_bucket{{le=\"+Inf\"}} {n}");
        #[allow(clippy::cast_precision_loss, reason = "exact for the first 285 years")]
        let seconds = get(&self.microseconds) as f64 / 1e6;
        let _ = writeln!(text, "scorecast_host_request_seconds_sum {seconds}");
        let _ = writeln!(text, "scorecast_host_request_seconds_count {n}");
        for (name, kind, help, value) in [
            ("body_bytes_total", "counter", "Bytes of bodies.", get(&self.bytes)),
            ("connections_total", "counter", "Accepted connections.", get(&self.accepted)),
            ("connections_open", "gauge", "Open connections.", u64::try_from(n_open).unwrap_or(u64::MAX)),
            ("connections_evicted_total", "counter", "Idle connections closed for new ones.", get(&self.evicted)),
            ("connections_refused_total", "counter", "Connections above a client's share.", get(&self.refused)),
            ("requests_in_flight", "gauge", "Requests that are being answered.", get(&self.in_flight)),
            ("timeouts_total", "counter", "Connections closed for slowness.", get(&self.timed_out)),
            ("malformed_requests_total", "counter", "Requests that are not HTTP.", get(&self.malformed)),
            ("failed_handshakes_total", "counter", "Failed TLS handshakes.", get(&self.failed_handshakes)),
            ("site_reloads_total", "counter", "Times that the site was replaced.", get(&self.reloads)),
            (
                "dropped_log_lines_total",
                "counter",
                "Log lines that could not be written in time, or at all.",
                dropped_log_lines,
            ),
        ] {
            let _ = writeln!(text, "# HELP scorecast_host_{name} {help}\n# TYPE scorecast_host_{name} {kind}");
            let _ = writeln!(text, "scorecast_host_{name} {value}");
        }
        text
    }
}

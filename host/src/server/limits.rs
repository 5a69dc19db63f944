//! Limits of a connection, in time and bytes.

use std::time::Duration;

/// The limits of a server.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Concurrent connections. When all are taken, the longest-idle one is closed for a new one.
    pub connections: usize,
    /// Concurrent connections of one client: of one IPv4 address, or of one IPv6 /64 network.
    pub connections_per_client: usize,
    /// Bytes of a request's head (at least 8 KiB).
    pub header_bytes: usize,
    /// From the first byte of a request (or the start of the connection) to the end of its head.
    pub header_timeout: Duration,
    /// The longest time without a request.
    pub idle_timeout: Duration,
    /// The longest time in which a client reads no byte of an answer. With HTTP/2 this holds for each stream.
    pub stall_timeout: Duration,
    /// From the end of a request's head to the last byte of its answer.
    pub response_timeout: Duration,
    /// For requests in flight when the server is stopped.
    pub shutdown_grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4096,
            connections_per_client: 1024,
            header_bytes: 8 << 10,
            header_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(60),
            stall_timeout: Duration::from_secs(20),
            response_timeout: Duration::from_secs(300),
            shutdown_grace: Duration::from_secs(5),
        }
    }
}

//! Accepts connections and distributes them to the workers.

use std::{
    io,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use tokio::{net::TcpListener, sync::mpsc};

use crate::server::{
    connections::Admission,
    shared::{Endpoint, Shared},
    worker::Accepted,
};

/// How soon a connection is tried again when all connections are busy.
const RETRY: Duration = Duration::from_millis(20);

/// Accepts on one listener until the server is asked to stop.
pub(crate) async fn accept(
    shared: Arc<Shared>,
    endpoint: Endpoint,
    listener: TcpListener,
    workers: Arc<[mpsc::UnboundedSender<Accepted>]>,
) {
    let mut stopping = shared.stopping();
    let mut turn = 0;
    loop {
        let accepted = tokio::select! {
            biased;
            _ = stopping.changed() => return,
            accepted = listener.accept() => accepted,
        };
        let (stream, address) = match accepted {
            Ok(accepted) => accepted,
            // The client has already disconnected.
            Err(error) if matches!(error.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset) => {
                continue;
            }
            // Out of file descriptors: wait until some are closed.
            Err(_) => {
                tokio::time::sleep(RETRY).await;
                continue;
            }
        };
        shared.metrics.accepted.fetch_add(1, Ordering::Relaxed);
        let registration = loop {
            match shared.connections(endpoint).admit(address.ip()) {
                Admission::Admitted { registration, has_evicted } => {
                    shared.metrics.evicted.fetch_add(u64::from(has_evicted), Ordering::Relaxed);
                    break Some(registration);
                }
                Admission::Refused => {
                    shared.metrics.refused.fetch_add(1, Ordering::Relaxed);
                    break None;
                }
                // The server stops before another connection ends.
                Admission::Full if shared.is_stopping() => break None,
                Admission::Full => tokio::time::sleep(RETRY).await,
            }
        };
        let (Some(registration), Ok(stream)) = (registration, stream.into_std()) else { continue };
        turn = (turn + 1) % workers.len();
        let _ = workers[turn].send(Accepted { stream, address, endpoint, registration });
    }
}

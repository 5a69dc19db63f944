//! A worker: one thread with its own connections.
//!
//! Why not one pool for all: a connection that stays on its thread shares no queue and no cache line with other
//! threads.

use std::{
    io,
    net::{SocketAddr, TcpStream},
    sync::Arc,
    thread,
};

use tokio::{runtime, sync::mpsc, task::JoinSet, time::timeout};

use crate::server::{
    connection,
    connections::Registration,
    shared::{Endpoint, Shared},
};

/// A connection on its way to a worker.
pub(crate) struct Accepted {
    pub(crate) stream: TcpStream,
    pub(crate) address: SocketAddr,
    pub(crate) endpoint: Endpoint,
    pub(crate) registration: Registration,
}

/// Starts a worker. It ends when the queue is closed and its connections have ended, or after the grace period.
pub(crate) fn start(
    shared: Arc<Shared>,
    number: usize,
    queue: mpsc::UnboundedReceiver<Accepted>,
) -> io::Result<thread::JoinHandle<()>> {
    let mut builder = runtime::Builder::new_current_thread();
    // Yield the core once all events are handled. With few cores, clients and workers otherwise wait for the ends of
    // each other's time slices: 8 ms instead of 2 at the 99th percentile of 64 connections.
    builder.on_thread_park(thread::yield_now);
    let runtime = builder.enable_io().enable_time().build()?;
    thread::Builder::new().name(format!("worker-{number}")).stack_size(512 << 10).spawn(move || {
        runtime.block_on(run(&shared, queue));
    })
}

async fn run(shared: &Arc<Shared>, mut queue: mpsc::UnboundedReceiver<Accepted>) {
    let mut tasks = JoinSet::new();
    loop {
        tokio::select! {
            accepted = queue.recv() => match accepted {
                Some(accepted) => spawn(shared, &mut tasks, accepted),
                None => break,
            },
            Some(_) = tasks.join_next() => {}
        }
    }
    let all_ended = async { while tasks.join_next().await.is_some() {} };
    let _ = timeout(shared.limits.shutdown_grace, all_ended).await;
}

fn spawn(shared: &Arc<Shared>, tasks: &mut JoinSet<()>, accepted: Accepted) {
    let Accepted { stream, address, endpoint, registration } = accepted;
    let Ok(stream) = tokio::net::TcpStream::from_std(stream) else { return };
    let id = registration.id;
    let shared_by_task = Arc::clone(shared);
    let task = tasks.spawn(async move {
        let activity = Arc::clone(&registration.activity);
        connection::serve(shared_by_task, stream, address, endpoint, activity).await;
        drop(registration);
    });
    shared.connections(endpoint).set_task(id, task);
}

//! A worker: one thread with connections of its own.
//!
//! Why not one pool for all: a connection that stays on its thread shares no queue and no cache line with others. The
//! thread that accepts deals connections out in turn, so that none has more than its share.

use std::{
    io,
    net::{SocketAddr, TcpStream},
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::Ordering},
    thread,
    time::{Duration, Instant},
};

use slab::Slab;
use tokio::{
    runtime,
    sync::{OwnedSemaphorePermit, mpsc},
    task::AbortHandle,
    time::{MissedTickBehavior, interval},
};

use crate::{
    log::Lines,
    server::{Door, Shared, connection, watch::Activity},
};

/// A connection on its way to a worker.
pub(crate) struct Visitor {
    pub(crate) stream: TcpStream,
    pub(crate) address: SocketAddr,
    pub(crate) door: Door,
    pub(crate) permit: Option<OwnedSemaphorePermit>,
}

/// What the connections of one worker share.
pub(crate) struct Worker {
    pub(crate) shared: Arc<Shared>,
    pub(crate) lines: Lines,
    connections: Mutex<Slab<Open>>,
}

struct Open {
    activity: Arc<Activity>,
    /// None for the moment between entering and being spawned.
    task: Option<AbortHandle>,
}

/// Starts a worker; it ends when `visitors` is closed and its connections are over.
pub(crate) fn start(
    shared: Arc<Shared>,
    number: usize,
    visitors: mpsc::UnboundedReceiver<Visitor>,
) -> io::Result<thread::JoinHandle<()>> {
    let mut builder = runtime::Builder::new_current_thread();
    // Once all that had come is answered, others on the same core go first. Where cores are few, readers and workers
    // otherwise wait for the ends of each other's time slices: 8 ms instead of 2 at the 99th percentile of 64 connections.
    builder.on_thread_park(thread::yield_now);
    let runtime = builder.enable_io().enable_time().build()?;
    thread::Builder::new().name(format!("worker-{number}")).stack_size(512 << 10).spawn(move || {
        let worker = Arc::new(Worker { shared, lines: Lines::default(), connections: Mutex::new(Slab::new()) });
        runtime.block_on(run(&worker, visitors));
        // Dropping the runtime ends what is left, and with it the last requests: then their lines are written.
        drop(runtime);
        worker.lines.flush(&worker.shared.log);
    })
}

async fn run(worker: &Arc<Worker>, mut visitors: mpsc::UnboundedReceiver<Visitor>) {
    let limits = &worker.shared.limits;
    let shortest =
        limits.header_timeout.min(limits.idle_timeout).min(limits.stall_timeout).min(limits.response_timeout);
    let mut tick = interval((shortest / 4).clamp(Duration::from_millis(20), Duration::from_secs(1)));
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            visitor = visitors.recv() => match visitor {
                Some(visitor) => admit(worker, visitor),
                None => break,
            },
            _ = tick.tick() => look_around(worker),
        }
    }
    let deadline = Instant::now() + limits.shutdown_grace;
    let mut pause = interval(Duration::from_millis(10));
    while !worker.connections().is_empty() && Instant::now() < deadline {
        for task in worker.tasks(Activity::is_idle) {
            task.abort();
        }
        look_around(worker);
        pause.tick().await;
    }
}

fn admit(worker: &Arc<Worker>, visitor: Visitor) {
    let Visitor { stream, address, door, permit } = visitor;
    let Ok(stream) = tokio::net::TcpStream::from_std(stream) else { return };
    let activity = Arc::new(Activity::begin(worker.shared.clock));
    let key = worker.connections().insert(Open { activity: Arc::clone(&activity), task: None });
    worker.shared.metrics.open.fetch_add(1, Ordering::Relaxed);
    let place = Place { worker: Arc::clone(worker), key, _permit: permit };
    let task = tokio::spawn(async move {
        let place = place;
        connection::serve(Arc::clone(&place.worker), stream, address, door, activity).await;
    });
    if let Some(open) = worker.connections().get_mut(key) {
        open.task = Some(task.abort_handle());
    }
}

/// Ends what is overdue, and passes the log on.
fn look_around(worker: &Worker) {
    let overdue = worker.tasks(|activity| activity.is_overdue(&worker.shared.limits));
    // After the lock was let go: a task that is dropped gives its place back.
    for task in overdue {
        worker.shared.metrics.timed_out.fetch_add(1, Ordering::Relaxed);
        task.abort();
    }
    worker.lines.flush(&worker.shared.log);
}

impl Worker {
    /// The tasks of the connections that `are_meant`.
    fn tasks(&self, are_meant: impl Fn(&Activity) -> bool) -> Vec<AbortHandle> {
        let connections = self.connections();
        connections
            .iter()
            .filter(|(_, open)| are_meant(&open.activity))
            .filter_map(|(_, open)| open.task.clone())
            .collect()
    }

    fn connections(&self) -> MutexGuard<'_, Slab<Open>> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection's place among those of its worker.
struct Place {
    worker: Arc<Worker>,
    key: usize,
    _permit: Option<OwnedSemaphorePermit>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.worker.connections().try_remove(self.key);
        self.worker.shared.metrics.open.fetch_sub(1, Ordering::Relaxed);
    }
}

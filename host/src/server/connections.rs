//! All open connections, with admission and eviction.
//!
//! One client must not exclude the others: each has a limit, and when all connections are taken, the one that has been
//! idle for longest is closed for a new one. Holding connections open therefore gains nothing.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use tokio::task::AbortHandle;

use crate::server::{activity::Activity, limits::Limits};

/// The connections of a server.
pub(crate) struct Connections {
    limit: usize,
    limit_per_client: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    open: HashMap<u64, Open>,
    next_id: u64,
    per_client: HashMap<IpAddr, usize>,
}

struct Open {
    activity: Arc<Activity>,
    client: IpAddr,
    /// Set once the connection's task runs; until then it cannot be closed.
    task: Option<AbortHandle>,
}

/// The decision about a new connection.
pub(crate) enum Admission {
    Admitted {
        registration: Registration,
        /// Whether an idle connection was closed for it.
        has_evicted: bool,
    },
    /// The client has reached its limit, and all its connections are busy.
    Refused,
    /// All connections are busy: try again soon.
    Full,
}

impl Connections {
    pub(crate) fn new(limits: &Limits) -> Arc<Self> {
        let (limit, limit_per_client) = (limits.connections, limits.connections_per_client);
        Arc::new(Self { limit, limit_per_client, state: Mutex::default() })
    }

    pub(crate) fn len(&self) -> usize {
        self.state().open.len()
    }

    /// Registers a connection from `address`, closing an idle one if necessary.
    pub(crate) fn admit(self: &Arc<Self>, address: IpAddr) -> Admission {
        self.admit_at(Instant::now(), address)
    }

    fn admit_at(self: &Arc<Self>, now: Instant, address: IpAddr) -> Admission {
        let client = client(address);
        let mut state = self.state();
        let mut has_evicted = false;
        if state.per_client.get(&client).is_some_and(|n_open| *n_open >= self.limit_per_client) {
            if !state.evict(now, |open| open.client == client) {
                return Admission::Refused;
            }
            has_evicted = true;
        }
        if state.open.len() >= self.limit {
            if !state.evict(now, |_| true) {
                return Admission::Full;
            }
            has_evicted = true;
        }
        let id = state.next_id;
        state.next_id += 1;
        let activity = Arc::new(Activity::new());
        state.open.insert(id, Open { activity: Arc::clone(&activity), client, task: None });
        *state.per_client.entry(client).or_default() += 1;
        drop(state);
        let registration = Registration { connections: Arc::clone(self), id, activity };
        Admission::Admitted { registration, has_evicted }
    }

    /// Sets the task of a registered connection, which can be closed from now on.
    pub(crate) fn set_task(&self, id: u64, task: AbortHandle) {
        if let Some(open) = self.state().open.get_mut(&id) {
            open.task = Some(task);
        }
    }

    /// Closes all connections that exceed `limits`; returns how many.
    pub(crate) fn close_overdue(&self, limits: &Limits) -> usize {
        let now = Instant::now();
        self.close(|activity| activity.is_overdue(now, limits))
    }

    /// Scans all connections, and closes HTTP/1.1 connections that were between two requests in `n_looks` consecutive
    /// scans.
    pub(crate) fn close_quiet(&self, n_looks: u32) {
        for open in self.state().open.values().filter(|open| open.activity.is_quiet(n_looks)) {
            open.activity.finish();
        }
    }

    fn close(&self, is_meant: impl Fn(&Activity) -> bool) -> usize {
        let state = self.state();
        let meant = state.open.values().filter(|open| is_meant(&open.activity)).filter_map(|open| open.task.clone());
        let tasks: Vec<AbortHandle> = meant.collect();
        // A task that ends here drops its registration, which takes the lock.
        drop(state);
        for task in &tasks {
            task.abort();
        }
        tasks.len()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Closes the longest-idle connection among those that match `is_meant`; `false` if none of them is idle.
    fn evict(&mut self, now: Instant, is_meant: impl Fn(&Open) -> bool) -> bool {
        let idle = self.open.iter().filter(|(_, open)| open.task.is_some() && is_meant(open));
        let longest = idle
            .filter_map(|(id, open)| Some((open.activity.idle_since(now)?, *id)))
            .min_by_key(|(since, _)| *since)
            .map(|(_, id)| id);
        // Removed at once, so that the limits hold while its task is still ending.
        let evicted = longest.and_then(|id| self.remove(id));
        if let Some(task) = evicted.as_ref().and_then(|open| open.task.as_ref()) {
            task.abort();
        }
        evicted.is_some()
    }

    fn remove(&mut self, id: u64) -> Option<Open> {
        let open = self.open.remove(&id)?;
        if let Some(n_open) = self.per_client.get_mut(&open.client) {
            *n_open -= 1;
            if *n_open == 0 {
                self.per_client.remove(&open.client);
            }
        }
        Some(open)
    }
}

/// A connection's entry among the open ones, removed when this is dropped.
pub(crate) struct Registration {
    connections: Arc<Connections>,
    pub(crate) id: u64,
    pub(crate) activity: Arc<Activity>,
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.connections.state().remove(self.id);
    }
}

/// The key for limits per client: the IPv4 address or the IPv6 /64 network, which a single client may own.
fn client(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
        canonical => canonical,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_client_is_an_address_or_a_network_of_64_bits() {
        let of = |text: &str| client(text.parse().unwrap()).to_string();
        assert_eq!(of("192.0.2.7"), "192.0.2.7");
        assert_eq!(of("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
    }

    #[tokio::test]
    async fn a_busy_connection_gives_way_to_its_client_only_once_it_has_stalled() {
        let limits = Limits { connections: 10, connections_per_client: 2, ..Limits::default() };
        let connections = Connections::new(&limits);
        let (client, visitor) = ("192.0.2.7".parse().unwrap(), "192.0.2.8".parse().unwrap());
        let begin = Instant::now();
        let admit = |after, address| match connections.admit_at(begin + Duration::from_millis(after), address) {
            Admission::Admitted { registration, has_evicted } => {
                let task = tokio::spawn(std::future::pending::<()>());
                connections.set_task(registration.id, task.abort_handle());
                Some((registration, has_evicted))
            }
            Admission::Refused | Admission::Full => None,
        };
        let busy = [admit(0, client).unwrap().0, admit(0, client).unwrap().0];
        for registration in &busy {
            registration.activity.begin_request(begin);
        }
        assert!(admit(900, client).is_none());
        let (_visitor, has_evicted) = admit(900, visitor).unwrap();
        assert!(!has_evicted);
        assert_eq!(connections.len(), 3);
        // One second without progress makes a connection reclaimable.
        assert!(admit(1100, client).unwrap().1);
    }
}

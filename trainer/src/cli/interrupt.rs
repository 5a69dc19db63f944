//! When a search has to end: Ctrl-C, or the time is up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Asked between and during fits.
#[derive(Clone)]
pub(crate) struct Stop {
    interrupted: Arc<AtomicBool>,
    deadline: Option<Instant>,
}

impl Stop {
    /// Listens for Ctrl-C from now on. A second one ends the program at once.
    pub(crate) fn new(time_limit: Option<Duration>) -> Self {
        let interrupted = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&interrupted);
        let listening = ctrlc::set_handler(move || {
            if flag.swap(true, Ordering::Relaxed) {
                std::process::exit(130);
            }
        });
        if let Err(problem) = listening {
            log::warn!("Ctrl-C ends the program at once: {problem}");
        }
        Self { interrupted, deadline: time_limit.map(|limit| Instant::now() + limit) }
    }

    pub(crate) fn is_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }

    pub(crate) fn is_due(&self) -> bool {
        self.is_interrupted() || self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }
}

//! When to end a search: on Ctrl-C, or when the time limit is reached.

use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::console::say;
use super::failure::Failure;

/// How long stages may take to end by themselves, as most of them do.
const GRACE: Duration = Duration::from_millis(1_500);

/// Checked between and during fits.
#[derive(Clone)]
pub(crate) struct Stop {
    interrupted: Arc<AtomicBool>,
    /// Held while artifacts are written, which takes milliseconds: an interrupt before that leaves nothing behind.
    writing: Arc<Mutex<()>>,
    deadline: Option<Instant>,
}

impl Stop {
    /// Handles Ctrl-C from now on. The program ends within 2 seconds, whatever it is doing; a second Ctrl-C ends it at
    /// once.
    pub(crate) fn new(time_limit: Option<Duration>) -> Self {
        let (interrupted, writing) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(())));
        let (flag, lock) = (Arc::clone(&interrupted), Arc::clone(&writing));
        let listening = ctrlc::set_handler(move || {
            if flag.swap(true, Ordering::Relaxed) {
                end(&lock);
            }
            let lock = Arc::clone(&lock);
            let in_the_end = move || {
                thread::sleep(GRACE);
                end(&lock);
            };
            // If the thread cannot be started, the stages still end at their next check.
            let _ = thread::Builder::new().spawn(in_the_end);
        });
        if let Err(problem) = listening {
            log::warn!("Ctrl-C ends the program at once: {problem}");
        }
        Self { interrupted, writing, deadline: time_limit.map(|limit| Instant::now() + limit) }
    }

    pub(crate) fn is_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }

    pub(crate) fn is_due(&self) -> bool {
        self.is_interrupted() || self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// While the returned guard is held, an interrupt does not end the program.
    ///
    /// # Errors
    /// When there was an interrupt before.
    pub(crate) fn before_writing(&self) -> Result<MutexGuard<'_, ()>, Failure> {
        let guard = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_interrupted() { Err(Failure::interrupted()) } else { Ok(guard) }
    }
}

/// Ends the program, unless artifacts are being written: then it ends by itself after writing them.
fn end(writing: &Mutex<()>) {
    if let Ok(_guard) = writing.try_lock() {
        let failure = Failure::interrupted();
        failure.log();
        say(format_args!("error: {failure}"));
        process::exit(130);
    }
}

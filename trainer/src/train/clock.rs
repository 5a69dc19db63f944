//! How long each stage of a run takes.

use std::time::{Duration, Instant};

/// A stage of a run and the time it took.
pub type Stage = (&'static str, Duration);

pub(super) struct Clock {
    last: Instant,
    stages: Vec<Stage>,
}

impl Clock {
    pub(super) fn start() -> Self {
        Self { last: Instant::now(), stages: Vec::new() }
    }

    /// Ends the stage `name`; the next one begins.
    pub(super) fn lap(&mut self, name: &'static str) {
        self.stages.push((name, self.last.elapsed()));
        self.last = Instant::now();
    }

    pub(super) fn stages(self) -> Vec<Stage> {
        self.stages
    }
}

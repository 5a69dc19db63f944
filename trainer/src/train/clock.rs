//! Times the stages of a run.

use std::time::Duration;

use web_time::Instant;

use crate::search::cross_validation::{Event, SearchControl};

/// A stage of a run and the time it took.
pub type Stage = (&'static str, Duration);

pub(super) struct Clock<'a> {
    control: &'a SearchControl<'a>,
    stages: Vec<Stage>,
}

impl<'a> Clock<'a> {
    pub(super) fn new(control: &'a SearchControl<'a>) -> Self {
        Self { control, stages: Vec::new() }
    }

    /// Runs the stage `name` and times it; observers of the run are notified.
    pub(super) fn time<T>(&mut self, name: &'static str, stage: impl FnOnce() -> T) -> T {
        (self.control.on_event)(Event::Began { stage: name });
        let started = Instant::now();
        let outcome = stage();
        self.stages.push((name, started.elapsed()));
        outcome
    }

    pub(super) fn stages(self) -> Vec<Stage> {
        self.stages
    }
}

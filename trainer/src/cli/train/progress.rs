//! The progress of a run, on a terminal.

use std::sync::Mutex;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use trainer::Event;

use crate::cli::console::figure;

/// Work is counted in millions of cells.
const UNIT: f64 = 1e6;

/// A progress bar for the work of all fits, with the best R² of a fold so far; dropped candidates are reported in
/// lines.
pub(super) struct Progress {
    bar: ProgressBar,
    so_far: Mutex<SoFar>,
}

/// The state so far.
struct SoFar {
    work: f64,
    best: f64,
}

impl Progress {
    /// Nothing is drawn unless `is_shown`.
    pub(super) fn new(is_shown: bool) -> Self {
        Self { bar: bar(is_shown), so_far: Mutex::new(SoFar { work: 0.0, best: f64::NEG_INFINITY }) }
    }

    pub(super) fn on_event(&self, event: Event<'_>) {
        let Ok(mut so_far) = self.so_far.lock() else { return };
        match event {
            Event::Planned { work } => self.bar.set_length(((so_far.work + work) / UNIT) as u64),
            Event::Began { .. } => {}
            Event::Done { work, r2, .. } => {
                so_far.work += work;
                self.bar.set_position((so_far.work / UNIT) as u64);
                if r2 > so_far.best {
                    so_far.best = r2;
                    self.bar.set_message(figure(r2, 3));
                }
            }
            Event::Dropped { scored, n_rows } => {
                let (family, r2) = (&scored.entry.family, scored.entry.cv.r2_mean);
                let params = serde_json::Value::from_iter(scored.entry.params.clone());
                log::info!("dropped after {n_rows} rows: {family} {params}, cross-validated R2 {r2:.4}");
                self.bar.println(format!("dropped after {n_rows} rows: {family} (R² {}) {params}", figure(r2, 3)));
            }
        }
    }

    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// A bar on a terminal, nothing elsewhere.
fn bar(is_shown: bool) -> ProgressBar {
    let target = if is_shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(None, target);
    if let Ok(style) =
        ProgressStyle::with_template("training {bar:40} {percent} % of the work, best fold R² {msg}, {eta} left")
    {
        bar.set_style(style);
    }
    bar
}

//! How far a search is, on a terminal.

use std::sync::Mutex;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar over all fits, with the best R² of a fold so far.
pub(super) struct Progress {
    bar: ProgressBar,
    best: Mutex<f64>,
}

impl Progress {
    /// For so many fits; nothing is drawn unless `is_shown`.
    pub(super) fn new(n_fits: usize, is_shown: bool) -> Self {
        let bar = bar(is_shown);
        bar.set_length(n_fits as u64);
        Self { bar, best: Mutex::new(f64::NEG_INFINITY) }
    }

    /// Counts fits that are done, and the best R² among them.
    pub(super) fn add(&self, n_fits: usize, r2: f64) {
        self.bar.inc(n_fits as u64);
        if let Ok(mut best) = self.best.lock()
            && r2 > *best
        {
            *best = r2;
            self.bar.set_message(format!("{r2:.3}"));
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
        ProgressStyle::with_template("searching {bar:40} {pos}/{len} fits, best fold R² {msg}, {eta} left")
    {
        bar.set_style(style);
    }
    bar
}

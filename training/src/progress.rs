//! Reports a run's progress to a JavaScript function.
//!
//! The trainer's callback may be called from any thread; here there is only one, and the function is kept in it.

use std::cell::RefCell;

use js_sys::Function;
use serde_json::json;
use trainer::Event;
use wasm_bindgen::prelude::JsValue;

struct Progress {
    listener: Function,
    stage: &'static str,
    family: &'static str,
    /// In table cells that fits read, as far as it can be estimated.
    planned: f64,
    done: f64,
    n_fits: u32,
    n_dropped: u32,
    best: Option<(&'static str, f64)>,
}

thread_local! {
    static PROGRESS: RefCell<Option<Progress>> = const { RefCell::new(None) };
}

/// Starts reporting a run to `listener`.
pub(crate) fn listen(listener: &Function) {
    PROGRESS.set(Some(Progress {
        listener: listener.clone(),
        stage: "",
        family: "",
        planned: 0.0,
        done: 0.0,
        n_fits: 0,
        n_dropped: 0,
        best: None,
    }));
}

/// Stops reporting.
pub(crate) fn end() {
    PROGRESS.set(None);
}

pub(crate) fn tell(event: Event<'_>) {
    PROGRESS.with_borrow_mut(|progress| {
        if let Some(progress) = progress {
            progress.add(event);
            // A listener that throws must not affect the run.
            let _ = progress.listener.call1(&JsValue::UNDEFINED, &progress.to_json().into());
        }
    });
}

impl Progress {
    fn add(&mut self, event: Event<'_>) {
        match event {
            Event::Began { stage } => self.stage = stage,
            // Earlier plans were estimates; work that is done counts as it is.
            Event::Planned { work } => self.planned = self.done + work,
            Event::Done { work, family, r2 } => {
                self.done += work;
                self.family = family;
                self.n_fits += 1;
                if r2.is_finite() && self.best.is_none_or(|(_, best)| r2 > best) {
                    self.best = Some((family, r2));
                }
            }
            Event::Dropped { .. } => self.n_dropped += 1,
        }
    }

    fn to_json(&self) -> String {
        let share = if self.planned > 0.0 { (self.done / self.planned).min(1.0) } else { 0.0 };
        let best = self.best.map(|(family, r2)| json!({ "family": family, "r2": r2 }));
        json!({
            "stage": self.stage,
            "family": self.family,
            "share": share,
            "fits": self.n_fits,
            "dropped": self.n_dropped,
            "best": best,
        })
        .to_string()
    }
}

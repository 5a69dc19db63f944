//! The page: it reads the trainer's artifacts and predicts in the visitor's browser, so that predictions need no
//! server.
//!
//! `static/boot.js` starts this program and fetches the artifacts in parallel ([`load`]); [`app`] shows the page or an
//! error; [`session`] is the state that the panels in [`panel`] share. Code that needs no document consists of plain
//! functions, which are tested natively. With the feature `element` this crate is the custom element instead
//! ([`element`]).

// The element has fewer panels than the page: code that only the page uses is unused there, and not linked.
#![cfg_attr(feature = "element", allow(dead_code))]
#![allow(unreachable_pub, reason = "what the macro makes of a component's parameters is public")]

mod address;
mod announce;
mod app;
mod dom;
#[cfg(feature = "element")]
pub mod element;
mod failure;
mod field;
mod form;
mod format;
mod i18n;
mod load;
mod note;
mod panel;
mod session;
mod wording;

use wasm_bindgen::prelude::wasm_bindgen;

#[cfg(not(feature = "element"))]
#[wasm_bindgen]
extern "C" {
    /// See `static/boot.js`.
    #[wasm_bindgen(js_namespace = scorecast)]
    fn broken(details: &str);
}

#[cfg(feature = "element")]
#[wasm_bindgen(raw_module = "../crash.js")]
extern "C" {
    /// See `web/element/crash.js`.
    fn broken(details: &str);
}

/// Starts the page; called by `static/boot.js` once the texts and the program are loaded.
#[cfg(not(feature = "element"))]
#[wasm_bindgen]
pub fn start() {
    report_panics();
    // Errors only: a visitor's console is not a log.
    tracing_wasm::set_as_global_default_with_config(
        tracing_wasm::WASMLayerConfigBuilder::new()
            .set_max_level(tracing::Level::WARN)
            .set_report_logs_in_timings(false)
            .build(),
    );
    app::start();
}

/// Shows a model that was trained in the page; called by `static/train` with the texts of `preprocessor.json`,
/// `model.json` and `report.json`.
///
/// # Errors
/// They are not a model.
#[cfg(not(feature = "element"))]
#[wasm_bindgen(js_name = openModel)]
pub fn open_model(texts: Vec<String>) -> Result<(), wasm_bindgen::JsError> {
    app::open_model(texts).map_err(wasm_bindgen::JsError::from)
}

/// A panic ends the program, once it is loaded.
#[cfg(feature = "element")]
#[wasm_bindgen(start)]
pub fn start() {
    report_panics();
}

/// A panic ends the program: the console gets its backtrace, and the visitor an error card instead of an unresponsive
/// page.
fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        console_error_panic_hook::hook(panic);
        broken(&panic.to_string());
    }));
}

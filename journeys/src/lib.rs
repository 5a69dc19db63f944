//! Journeys: what visitors do on the page, run in a real browser.
//!
//! Why a crate: journeys read as a list of a visitor's actions ([`Browser`]) on a site that is intact or broken on
//! purpose ([`Site`]); drivers, ports and waiting are handled here. `tests/page.rs` has the journeys; `cargo xtask
//! test` builds the site and runs them. By hand, after `cargo xtask run --build-only`:
//!
//! ```sh
//! SCORECAST_DIST=$PWD/target/site cargo test --package journeys
//! ```
//!
//! With `SCORECAST_JOURNEYS_TLS=1` all of them go over TLS and HTTP/2; one always does.
//!
//! With `SCORECAST_GECKODRIVER`, the path of geckodriver, they also run in Firefox.
//!
//! Journeys that check accessibility also need `SCORECAST_AXE`, the path of axe-core's `axe.min.js`, which
//! `cargo xtask test` installs beside the other tools.

mod accessibility;
mod axe;
mod browser;
mod command;
mod driver;
mod firefox;
mod keyboard;
mod origin;
mod screen;
mod site;
mod suite;
mod visit;

pub use fantoccini::{Locator, elements::Element, key::Key};

pub use crate::{
    browser::{Browser, LogEntry},
    driver::Engine,
    origin::Origin,
    screen::Screen,
    site::{Served, Site, data_folder, trainer},
    suite::Suite,
};

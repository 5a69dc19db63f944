//! Paths of the repository and of build products.

use std::{
    env,
    path::{Path, PathBuf},
};

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Cargo's target folder, absolute; `CARGO_TARGET_DIR` moves it.
pub(crate) fn target() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => root().join(dir),
        None => root().join("target"),
    }
}

/// The page together with its artifacts, served to users and to the browser journeys.
pub(crate) fn site() -> PathBuf {
    target().join("site")
}

/// The JavaScript module as npm packs it.
pub(crate) fn module() -> PathBuf {
    target().join("module/scorecast-core")
}

/// The module's test build, which includes explanations.
pub(crate) fn module_trust() -> PathBuf {
    target().join("module/trust")
}

/// The JavaScript module as a site serves it.
pub(crate) fn module_site() -> PathBuf {
    target().join("module/site")
}

/// The trainer for the browser as npm packs it.
pub(crate) fn training() -> PathBuf {
    target().join("training/scorecast-train")
}

/// The custom element as a site serves it.
pub(crate) fn element_site() -> PathBuf {
    target().join("element/site")
}

/// The custom element as npm packs it.
pub(crate) fn element_package() -> PathBuf {
    target().join("element/scorecast-element")
}

/// The examples with their npm dependencies, served by tests.
pub(crate) fn examples() -> PathBuf {
    target().join("examples")
}

/// The fingerprints of finished work.
pub(crate) fn stamps() -> PathBuf {
    target().join("stamps")
}

//! Combines the page and a model to a site.
//!
//! The page fetches its model when it loads, so a newly trained model needs no new WebAssembly.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use super::{element, module, offline, page, report, scripts, trainer, training};
use crate::{files, fingerprint::Fingerprint, paths, shell::Shell};

/// Scripts that are loaded by name, relative to the root.
const SCRIPTS: [&str; 3] = ["static/boot.js", "static/class/worker.js", "static/train/worker.js"];

/// The content of a site.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Only what the page itself loads.
    Page,
    /// Also the JavaScript module and the custom element, for other sites.
    Everything,
}

/// Builds the page with the published files of `artifacts`; returns the site's folder.
pub(crate) fn build(shell: Shell, artifacts: &Path, extent: Extent) -> Result<PathBuf> {
    let page = page::build(shell)?;
    let core = module::build_wasm(shell)?;
    let trainer_wasm = training::build_wasm(shell)?;
    if extent == Extent::Everything {
        module::write(shell, &core)?;
        element::build(shell)?;
    }

    let site = paths::site();
    // Concurrent runs would mix their files.
    let lock = fs::File::create(paths::target().join(".site-lock"))?;
    lock.lock()?;
    // Built in a separate folder and swapped in, so that a running server never shows a part.
    let staging = paths::target().join("site-staging");
    files::empty(&staging)?;
    files::copy(&page, &staging)?;
    for bundled in page::BUNDLED {
        fs::remove_file(staging.join(bundled)).with_context(|| format!("Trunk has not written {bundled}"))?;
    }
    module::write_site_wasm(&core, &staging)?;
    training::write_site(shell, &trainer_wasm, &staging)?;
    let constants: Vec<scripts::Constant> =
        module::constants(&core, "../v1/").into_iter().chain(training::constants(&trainer_wasm)).collect();
    scripts::bundle(shell, "static", &SCRIPTS, &constants, &staging)?;
    scripts::bundle_styles(shell, "static/page.css", &staging.join("page.css"))?;
    let published = staging.join("artifacts");
    trainer::publish(artifacts, &published)?;
    report::shorten(&published.join("report.json"))?;
    offline::write_worker(shell, &staging)?;
    if extent == Extent::Everything {
        // Not part of the page, and therefore not cached for offline use.
        files::copy(&paths::module_site(), &staging)?;
        files::copy(&paths::element_site(), &staging)?;
    }

    let inputs = Fingerprint::default().content(&staging)?;
    inputs.unless_done("site", &site.join("index.html"), || {
        shell.step("Compress the site", || Ok(host::prepare(&staging)?))?;
        files::remove(&site)?;
        fs::rename(&staging, &site).with_context(|| format!("{} could not be put in place", site.display()))
    })?;
    files::remove(&staging)?;
    Ok(site)
}

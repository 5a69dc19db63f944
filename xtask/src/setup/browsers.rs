//! The browsers of the journeys and their drivers.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use super::{NETWORK_REMEDY, cache::Cache, debian};
use crate::shell::{Call, Shell};

const GECKODRIVER_VERSION: &str = "0.37.1";

/// Programs, and the Debian packages that bring them. Firefox's driver is in no package: [`geckodriver`] builds it.
const NEEDED: [(&str, &str); 3] =
    [("chromium", "chromium"), ("chromedriver", "chromium-driver"), ("firefox-esr", "firefox-esr")];

/// Installs Chromium with its driver, and Firefox, where that is ours to do.
///
/// # Errors
///
/// Names the missing packages where this is not root on a Debian-like system.
pub(crate) fn ensure(shell: Shell) -> Result<()> {
    // A browser without any font draws nothing, and a fresh system has none.
    debian::ensure(shell, "the browser journeys need", &NEEDED, &["fonts-liberation"])
}

/// Firefox's driver.
///
/// # Errors
///
/// A failed download or build.
pub(crate) fn geckodriver(shell: Shell) -> Result<PathBuf> {
    Cache::open()?.tool(shell, "geckodriver", GECKODRIVER_VERSION, Path::new("bin/geckodriver"), |staging| {
        let target = staging.join("target");
        // A debug build takes half the time, and a driver has little to do.
        let call = Call::new("cargo", NETWORK_REMEDY)
            .args(["install", "geckodriver", "--version", GECKODRIVER_VERSION, "--locked", "--debug", "--no-track"])
            .arg("--root")
            .arg(staging)
            .arg("--target-dir")
            .arg(&target)
            .env("CARGO_PROFILE_DEV_DEBUG", "false")
            .env("CARGO_INCREMENTAL", "0")
            // Not in the repository, whose own Cargo settings are not the tool's.
            .dir(staging);
        shell.run(call)?;
        fs::remove_dir_all(&target).context("the build folder could not be removed")
    })
}

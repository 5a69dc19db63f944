//! The browsers of the journeys.

use anyhow::Result;

use super::debian;
use crate::shell::Shell;

/// Programs, and the Debian packages that bring them. Firefox's driver is in no package: [`geckodriver`](super::cargo_tools::geckodriver) builds it.
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

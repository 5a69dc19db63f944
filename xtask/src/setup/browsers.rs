//! The browsers of the journeys.

use anyhow::Result;

use super::debian;
use crate::shell::Shell;

/// Programs, and the Debian packages that contain them. Firefox's driver is in no package:
/// [`geckodriver`](super::cargo_tools::geckodriver) builds it.
const NEEDED: [(&str, &str); 3] =
    [("chromium", "chromium"), ("chromedriver", "chromium-driver"), ("firefox-esr", "firefox-esr")];

/// Installs Chromium with its driver, and Firefox, if permitted.
///
/// # Errors
///
/// Names the missing packages if this is not root on a Debian-like system.
pub(crate) fn ensure(shell: Shell) -> Result<()> {
    // A browser without fonts draws no text, and a fresh system has none.
    debian::ensure(shell, "the browser journeys need", &NEEDED, &["fonts-liberation"])
}

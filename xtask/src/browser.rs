//! Sees to it that there is a browser for the journeys.

use anyhow::Result;

use crate::{debian, shell::Shell};

/// Programs, and the Debian packages that bring them.
const NEEDED: [(&str, &str); 2] = [("chromium", "chromium"), ("chromedriver", "chromium-driver")];

/// Installs Chromium and its driver where that is ours to do.
///
/// # Errors
///
/// Names the missing packages where this is not root on a Debian-like system.
pub(crate) fn ensure(shell: Shell) -> Result<()> {
    // A browser without any font draws nothing, and a fresh system has none.
    debian::ensure(shell, "the browser journeys need", &NEEDED, &["fonts-liberation"])
}

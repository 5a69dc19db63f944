//! Sees to it that there is a browser for the journeys.

use anyhow::{Result, bail};

use crate::{
    paths, programs,
    shell::{Call, Shell},
};

/// Programs, and the Debian packages that bring them.
const NEEDED: [(&str, &str); 2] = [("chromium", "chromium"), ("chromedriver", "chromium-driver")];

/// Installs Chromium and its driver where that is ours to do.
///
/// # Errors
///
/// Names the missing packages where this is not root on a Debian-like system.
pub(crate) fn ensure(shell: Shell) -> Result<()> {
    let missing: Vec<&str> =
        NEEDED.iter().filter(|(program, _)| programs::find(program).is_none()).map(|(_, package)| *package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let command = format!("apt-get install {}", missing.join(" "));
    if programs::find("apt-get").is_none() || !programs::is_root() {
        bail!(
            "the browser journeys need {}, and only root on Debian may install them\n\n  \
             What to do: `sudo {command}`, or what your system calls these packages",
            missing.join(" and ")
        );
    }
    shell.step(&format!("Install {}", missing.join(" and ")), || {
        let remedy = format!("`{command}` by hand shows more");
        let apt = |arguments: &[&str]| {
            let call = Call::new("apt-get", &remedy).args(arguments).dir(paths::root());
            shell.run(call.env("DEBIAN_FRONTEND", "noninteractive"))
        };
        apt(&["update"])?;
        // A browser without any font draws nothing, and a fresh system has none.
        let mut arguments = vec!["install", "--yes", "--no-install-recommends", "fonts-liberation"];
        arguments.extend(&missing);
        apt(&arguments)
    })
}

//! Installs Debian packages if permitted, and names them otherwise.

use anyhow::{Result, bail};

use super::programs;
use crate::{
    paths,
    shell::{Call, Shell},
};

/// Installs the programs that are missing; `needed` pairs programs with their packages.
///
/// # Errors
///
/// Names the missing packages if this is not root on a Debian-like system.
pub(crate) fn ensure(shell: Shell, purpose: &str, needed: &[(&str, &str)], companions: &[&str]) -> Result<()> {
    let mut missing: Vec<&str> =
        needed.iter().filter(|(program, _)| find(program).is_none()).map(|(_, package)| *package).collect();
    missing.dedup();
    if missing.is_empty() {
        return Ok(());
    }
    let command = format!("apt-get install {}", missing.join(" "));
    if programs::find("apt-get").is_none() || !programs::is_root() {
        bail!(
            "{purpose} {}, and only root on Debian may install them\n\n  \
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
        let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
        arguments.extend(companions);
        arguments.extend(&missing);
        apt(&arguments)
    })
}

/// The path of a program on the `PATH`, or in Debian's folders for administrators.
pub(crate) fn find(program: &str) -> Option<std::path::PathBuf> {
    programs::find(program).or_else(|| {
        ["/usr/sbin", "/sbin"].iter().map(|dir| std::path::Path::new(dir).join(program)).find(|file| file.is_file())
    })
}

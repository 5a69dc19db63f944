//! Packages for distribution: the JavaScript module with the custom element, or a release of the host.

pub(crate) mod host;
pub(crate) mod kept;
pub(crate) mod module;

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use self::{host::Arch, kept::Keep};
use crate::{paths, shell::Shell};

/// What to package.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The host with the site inside, instead of the JavaScript module.
    #[arg(long)]
    host: bool,
    /// For which processor.
    #[arg(long, value_enum, default_value = "x86_64", requires = "host")]
    arch: Arch,
    /// The artifacts to put in, instead of those of the repository.
    #[arg(long, value_name = "DIR", requires = "host")]
    artifacts: Option<PathBuf>,
    #[command(flatten)]
    keep: Keep,
}

/// Packs the module, or builds the binary and the archive and updates SHA256SUMS.
pub(crate) fn package(shell: Shell, arguments: &Arguments) -> Result<()> {
    if !arguments.host {
        return module::package(shell);
    }
    let artifacts = match &arguments.artifacts {
        Some(dir) => std::path::absolute(dir)?,
        None => paths::root().join("artifacts"),
    };
    let (archive, binary) = host::build_release(shell, arguments.arch, &artifacts, Some(&arguments.keep))?;
    let size = std::fs::metadata(&binary)?.len();
    println!("\n  {} ({size} bytes, static)\n  {}\n", binary.display(), archive.display());
    Ok(())
}

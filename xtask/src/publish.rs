//! A release: nothing is packed unless it has passed every check, over all seeds.

use std::process::ExitCode;

use anyhow::Result;

use crate::{
    check, paths, release,
    release::{host::Arch, kept::Keep},
    shell::Shell,
};

/// Runs `test --long`; if all of it passes, packs the module and the host for each processor.
pub(crate) fn release(shell: Shell, keep: &Keep) -> Result<ExitCode> {
    let outcome = check::test(shell, &check::Arguments { long: true })?;
    if outcome == ExitCode::SUCCESS {
        release::module::package(shell)?;
        for arch in [Arch::X86_64, Arch::Arm64] {
            release::host::build_release(shell, arch, &paths::root().join("artifacts"), Some(keep))?;
        }
    }
    Ok(outcome)
}

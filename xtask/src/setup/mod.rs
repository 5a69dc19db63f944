//! Installs what a fresh machine lacks, so that a clone, a compiler and Node suffice.

pub(crate) mod browsers;
mod cache;
pub(crate) mod cargo_tools;
pub(crate) mod debian;
pub(crate) mod npm;
pub(crate) mod programs;
pub(crate) mod python;

use anyhow::{Result, bail};

use crate::{
    paths,
    shell::{Call, Shell},
};

const NETWORK_REMEDY: &str = "look at the lines above; if the network failed, run the command again: what is installed \
    already stays installed";

/// Ensures the requirements of every build: a C compiler, Node, and Rust's target for the browser. Tools are installed
/// on first use.
///
/// # Errors
///
/// A missing compiler, rustup or Node; a failed download.
pub(crate) fn ensure(shell: Shell) -> Result<()> {
    programs::require()?;
    add_target(shell, "wasm32-unknown-unknown")
}

/// Adds the standard library for a target.
pub(crate) fn add_target(shell: Shell, target: &str) -> Result<()> {
    if programs::has_target(target) {
        return Ok(());
    }
    if programs::find("rustup").is_none() {
        bail!(
            "this Rust has no {target} target and there is no rustup to add it\n\n  What to do: install Rust from \
             https://rustup.rs, or add the target as your distribution does"
        );
    }
    shell.step(&format!("Add the target {target}"), || {
        shell.run(Call::new("rustup", NETWORK_REMEDY).args(["target", "add", target]).dir(paths::root()))
    })
}

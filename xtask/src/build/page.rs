//! Builds the page's program and lays out static files, by Trunk.
//!
//! Scripts and styles are bundled by esbuild afterwards (`site.rs`); one of the scripts loads the program.

use std::path::PathBuf;

use anyhow::Result;

use super::program::rustflags;
use crate::{fingerprint::Fingerprint, paths, setup::cargo_tools, shell::Shell};

/// The inputs of Trunk, relative to the root.
const INPUTS: [&str; 10] = [
    "web/index.html",
    "web/src",
    "web/Cargo.toml",
    "model-core",
    "static",
    "Cargo.toml",
    "Cargo.lock",
    "Trunk.toml",
    "rust-toolchain.toml",
    ".cargo/config.toml",
];

/// Outputs that are not served: the program's script, which is bundled with `static/boot.js`, and types.
pub(super) const BUNDLED: [&str; 2] = ["web.js", "web.d.ts"];

/// Builds it; returns Trunk's folder, with `index.html`, `web.js`, its types, and `web_bg.wasm`.
pub(super) fn build(shell: Shell) -> Result<PathBuf> {
    let dist = paths::root().join("dist");
    let mut inputs = Fingerprint::default().text(&cargo_tools::identity()?);
    for input in INPUTS {
        inputs = inputs.content(&paths::root().join(input))?;
    }
    inputs.unless_done("page", &dist.join("index.html"), || {
        let trunk = cargo_tools::trunk(shell)?.env("CARGO_ENCODED_RUSTFLAGS", rustflags());
        shell.step("Build the page", || shell.run(trunk.args(["build", "--release"]).dir(paths::root())))
    })?;
    Ok(dist)
}

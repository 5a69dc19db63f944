//! Any bytes through the reader of files, for some minutes: what the tests' own tables don't think of.

use std::env;

use anyhow::{Context, Result};

use crate::{
    paths,
    setup::cargo_tools,
    shell::{Call, Shell},
};

/// The compiler that can watch a program from within; no other program of ours is compiled by it.
const NIGHTLY: &str = "nightly-2026-05-20";
const SECONDS: u32 = 300;

/// Runs `reader/fuzz` until the time is up.
pub(super) fn run(shell: Shell) -> Result<()> {
    let tool = cargo_tools::cargo_fuzz(shell)?;
    shell.step("Read files of any bytes", || {
        let install = Call::new("rustup", "check the network, and that rustup is installed");
        shell.run(install.args(["toolchain", "install", NIGHTLY, "--profile", "minimal"]).dir(paths::root()))?;
        let folder = tool.parent().context("cargo-fuzz lies in no folder")?.to_path_buf();
        let path = env::var_os("PATH").unwrap_or_default();
        let path = env::join_paths(std::iter::once(folder).chain(env::split_paths(&path)))?;
        let call = Call::new("cargo", "the input that fails stands in reader/fuzz/artifacts: make it a test")
            .args(["fuzz", "run", "read", "--", &format!("-max_total_time={SECONDS}")])
            .env("PATH", path)
            .env("RUSTUP_TOOLCHAIN", NIGHTLY)
            .dir(paths::root().join("reader"));
        shell.run(call)
    })
}

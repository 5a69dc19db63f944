//! Fuzzes everything that parses external input.

use std::env;

use anyhow::{Context, Result};

use crate::{
    paths,
    setup::cargo_tools,
    shell::{Call, Shell},
};

/// The compiler for instrumented programs; nothing else is compiled with it.
const NIGHTLY: &str = "nightly-2026-05-20";
const SECONDS: u32 = 60;
/// The programs in `fuzz/fuzz_targets`, and their inputs.
const TARGETS: [(&str, &str); 4] = [
    ("file", "Read files of any bytes"),
    ("artifacts", "Load artifacts of any bytes"),
    ("record", "Predict records of any text"),
    ("request", "Answer requests of any bytes"),
];

/// Runs each for a minute, from the seeds in `fuzz/seeds` and the corpus of earlier runs.
pub(super) fn run(shell: Shell) -> Result<()> {
    let tool = cargo_tools::cargo_fuzz(shell)?;
    let install = Call::new("rustup", "check the network, and that rustup is installed");
    shell.run(install.args(["toolchain", "install", NIGHTLY, "--profile", "minimal"]).dir(paths::root()))?;
    let folder = tool.parent().context("cargo-fuzz lies in no folder")?.to_path_buf();
    let path = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths(std::iter::once(folder).chain(env::split_paths(&path)))?;
    for (target, title) in TARGETS {
        let remedy = format!("the input that fails stands in fuzz/artifacts/{target}: make it a test");
        let folders = [format!("fuzz/corpus/{target}"), format!("fuzz/seeds/{target}")];
        std::fs::create_dir_all(paths::root().join(&folders[0]))?;
        // No leak detection: allocations of the C library for an ending thread would be reported.
        let call = Call::new("cargo", &remedy)
            .args(["fuzz", "run", "--fuzz-dir", "fuzz", target])
            .args(folders)
            .args(["--", &format!("-max_total_time={SECONDS}"), "-rss_limit_mb=4096", "-detect_leaks=0"])
            .env("PATH", &path)
            .env("RUSTUP_TOOLCHAIN", NIGHTLY)
            .dir(paths::root());
        shell.step(title, || shell.run(call))?;
    }
    Ok(())
}

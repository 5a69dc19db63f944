//! Tools from crates.io, each with a pinned version, compiled once.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use super::{NETWORK_REMEDY, cache::Cache, npm};
use crate::{
    paths,
    shell::{Call, Shell},
};

/// The builder of the page; the version is also in `Trunk.toml`.
const TRUNK_VERSION: &str = "0.21.14";
const GECKODRIVER_VERSION: &str = "0.37.1";
const CARGO_FUZZ_VERSION: &str = "0.13.2";
const CARGO_DENY_VERSION: &str = "0.20.2";
const CARGO_MACHETE_VERSION: &str = "0.9.2";

/// A call of Trunk that finds wasm-bindgen and wasm-opt on its `PATH`, so that it downloads nothing.
pub(crate) fn trunk(shell: Shell) -> Result<Call> {
    // Without the features for downloads and update checks.
    let options = ["--locked", "--no-default-features"];
    let trunk = install(shell, "trunk", "trunk", TRUNK_VERSION, &options)?;
    let bins = [wasm_bindgen(shell)?, npm::wasm_opt(shell)?];
    let path = env::var_os("PATH").unwrap_or_default();
    let bins = bins.iter().filter_map(|bin| bin.parent().map(Path::to_path_buf)).chain(env::split_paths(&path));
    let call = Call::new(trunk, "look at the compiler's or Trunk's message above").env("PATH", env::join_paths(bins)?);
    // Trunk rejects `NO_COLOR=1`, and hides the compiler's message behind its own backtrace.
    Ok(call.env_remove("NO_COLOR").env_remove("RUST_BACKTRACE"))
}

/// The wasm-bindgen command line, which must have the version of the library in `Cargo.lock`.
pub(crate) fn wasm_bindgen(shell: Shell) -> Result<PathBuf> {
    // Without `--locked`: the lock file that the tool is published with does not resolve.
    install(shell, "wasm-bindgen", "wasm-bindgen-cli", &wasm_bindgen_version()?, &[])
}

/// The tool versions that, besides the sources, determine programs for the browser.
pub(crate) fn identity() -> Result<String> {
    Ok(format!("trunk {TRUNK_VERSION}, wasm-bindgen {}, wasm-opt {}", wasm_bindgen_version()?, npm::WASM_OPT_VERSION))
}

/// Firefox's driver.
///
/// # Errors
///
/// A failed download or build.
pub(crate) fn geckodriver(shell: Shell) -> Result<PathBuf> {
    install(shell, "geckodriver", "geckodriver", GECKODRIVER_VERSION, &["--locked"])
}

/// The fuzzer.
///
/// # Errors
///
/// A failed download or build.
pub(crate) fn cargo_fuzz(shell: Shell) -> Result<PathBuf> {
    install(shell, "cargo-fuzz", "cargo-fuzz", CARGO_FUZZ_VERSION, &["--locked"])
}

/// The checker of dependencies against `deny.toml`.
///
/// # Errors
///
/// A failed download or build.
pub(crate) fn cargo_deny(shell: Shell) -> Result<PathBuf> {
    install(shell, "cargo-deny", "cargo-deny", CARGO_DENY_VERSION, &["--locked"])
}

/// The detector of unused dependencies.
///
/// # Errors
///
/// A failed download or build.
pub(crate) fn cargo_machete(shell: Shell) -> Result<PathBuf> {
    install(shell, "cargo-machete", "cargo-machete", CARGO_MACHETE_VERSION, &["--locked"])
}

/// The program `name` of `package`. A debug build compiles in half the time, and these tools have little to do here.
fn install(shell: Shell, name: &str, package: &str, version: &str, options: &[&str]) -> Result<PathBuf> {
    Cache::open()?.tool(shell, name, version, &Path::new("bin").join(name), |staging| {
        let target = staging.join("target");
        let call = Call::new("cargo", NETWORK_REMEDY)
            .args(["install", package, "--version", version, "--debug", "--no-track"])
            .args(options)
            .arg("--root")
            .arg(staging)
            .arg("--target-dir")
            .arg(&target)
            .env("CARGO_PROFILE_DEV_DEBUG", "false")
            .env("CARGO_INCREMENTAL", "0")
            // Outside of the repository, whose Cargo settings must not apply to the tool.
            .dir(staging);
        shell.run(call)?;
        fs::remove_dir_all(&target).context("the build folder could not be removed")
    })
}

fn wasm_bindgen_version() -> Result<String> {
    let lock = fs::read_to_string(paths::root().join("Cargo.lock")).context("Cargo.lock could not be read")?;
    let version = locked_version(&lock, "wasm-bindgen");
    version.map(str::to_owned).context("Cargo.lock names no wasm-bindgen: the page cannot be built without it")
}

/// The version of `package` in the text of a `Cargo.lock`.
fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    lines.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_come_from_the_lock_file() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.1.0\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(locked_version(lock, "wasm"), None);
    }

    #[test]
    fn trunk_is_told_the_same_versions() {
        let settings = fs::read_to_string(paths::root().join("Trunk.toml")).unwrap();
        let major = npm::WASM_OPT_VERSION.split('.').next().unwrap();
        assert!(settings.contains(&format!("wasm_opt = \"version_{major}\"")), "{settings}");
        assert!(settings.contains(&format!("trunk-version = \"^{TRUNK_VERSION}\"")), "{settings}");
    }
}

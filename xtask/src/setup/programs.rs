//! Programs that a fresh machine must provide, checked before they are needed.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Result, bail};

/// The path of `name` on the `PATH`.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|dir| dir.join(format!("{name}{}", env::consts::EXE_SUFFIX)))
        .find(|file| file.is_file())
}

/// Checks for the programs that every build needs.
///
/// # Errors
///
/// Names each missing program and how to get it.
pub(crate) fn require() -> Result<()> {
    let needed = [
        ("cc", "a C compiler links Rust programs", "`apt-get install build-essential`"),
        ("node", "Node runs wasm-opt and the parity test", "`apt-get install nodejs npm`"),
        ("npm", "npm installs wasm-opt", "`apt-get install npm`"),
    ];
    let missing: Vec<String> = needed
        .iter()
        .filter(|(name, ..)| find(name).is_none())
        .map(|(name, why, remedy)| format!("\n    {name}: {why}; on Debian: {remedy}"))
        .collect();
    if !missing.is_empty() {
        bail!("these programs are missing:{}", missing.concat());
    }
    Ok(())
}

/// Whether the standard library for a target such as `wasm32-unknown-unknown` is installed.
pub(crate) fn has_target(target: &str) -> bool {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let Ok(answer) = Command::new(rustc).args(["--print", "sysroot"]).output() else {
        return false;
    };
    let sysroot = String::from_utf8_lossy(&answer.stdout);
    Path::new(sysroot.trim()).join("lib/rustlib").join(target).join("lib").is_dir()
}

/// Whether this process may install packages.
pub(crate) fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|answer| String::from_utf8_lossy(&answer.stdout).trim() == "0")
}

//! Bundles scripts and styles with esbuild.

use std::{
    ffi::{OsStr, OsString},
    path::Path,
};

use anyhow::Result;

use super::digest::hashed_name;
use crate::{
    files, paths,
    setup::npm,
    shell::{Call, Shell},
};

/// A constant of a script that is known at build time, with its value as JSON.
pub(super) type Constant = (&'static str, String);

/// Bundles `entries`, relative to the root, into `folder`, with paths relative to `base`; dynamic imports become
/// separate files in `class/`.
pub(super) fn bundle(shell: Shell, base: &str, entries: &[&str], constants: &[Constant], folder: &Path) -> Result<()> {
    let call =
        esbuild(shell, constants)?.args(entries).arg(format!("--outbase={base}")).arg(option("--outdir=", folder));
    let call = call.env("NODE_PATH", npm::page_packages(shell)?);
    shell.run(call.args(["--splitting", "--chunk-names=class/[name]-[hash]", "--sourcemap"]))
}

/// Bundles one entry, relative to the root, into one file.
pub(super) fn bundle_one(shell: Shell, entry: &str, constants: &[Constant], file: &Path) -> Result<()> {
    shell.run(esbuild(shell, constants)?.arg(entry).arg("--sourcemap").arg(option("--outfile=", file)))
}

/// The same for an entry that imports WebAssembly: existing files are inlined as text, imports of files that will be
/// beside the script are left to the runtime.
pub(super) fn bundle_around_wasm(shell: Shell, entry: &str, constants: &[Constant], file: &Path) -> Result<()> {
    let call = esbuild(shell, constants)?.arg(entry).args(["--loader:.wasm=binary", "--external:./scorecast-*.wasm"]);
    shell.run(call.arg("--sourcemap").arg(option("--outfile=", file)))
}

/// Bundles styles, relative to the root, into one file.
pub(super) fn bundle_styles(shell: Shell, entry: &str, file: &Path) -> Result<()> {
    shell.run(esbuild(shell, &[])?.arg(entry).arg(option("--outfile=", file)))
}

/// Bundles an entry that imports npm packages from `node_modules` (a list of folders), for production.
pub(super) fn bundle_packages(shell: Shell, entry: &str, node_modules: impl AsRef<OsStr>, file: &Path) -> Result<()> {
    let production = [("process.env.NODE_ENV", String::from("\"production\""))];
    let call = esbuild(shell, &production)?.env("NODE_PATH", node_modules).arg(entry);
    shell.run(call.arg(option("--outfile=", file)))
}

/// Bundles one entry into `folder` under a name with its digest, with its source map; returns the name.
pub(super) fn bundle_hashed(shell: Shell, entry: &str, constants: &[Constant], folder: &Path) -> Result<String> {
    let work = tempfile::tempdir_in(paths::target())?;
    shell
        .run(esbuild(shell, constants)?.arg(entry).arg("--sourcemap=external").arg(option("--outdir=", work.path())))?;
    let stem = Path::new(entry).file_stem().unwrap_or_default().to_string_lossy();
    let mut script = files::read(&work.path().join(format!("{stem}.js")))?;
    let name = hashed_name(&stem, &script, "js");
    script.extend(format!("//# sourceMappingURL={name}.map\n").bytes());
    files::write(&folder.join(&name), script)?;
    files::write(&folder.join(format!("{name}.map")), files::read(&work.path().join(format!("{stem}.js.map")))?)?;
    Ok(name)
}

fn esbuild(shell: Shell, constants: &[Constant]) -> Result<Call> {
    let call = Call::new(npm::esbuild(shell)?, "look at the message above").dir(paths::root());
    let call = call.args(["--bundle", "--minify", "--format=esm", "--target=es2022", "--log-level=warning"]);
    Ok(call.args(constants.iter().map(|(name, value)| format!("--define:{name}={value}"))))
}

fn option(name: &str, path: &Path) -> OsString {
    let mut option = OsString::from(name);
    option.push(path);
    option
}

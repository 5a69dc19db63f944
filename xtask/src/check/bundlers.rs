//! Prepares the apps of `journeys/bundlers`, which the journeys build and visit: each with its tool, and with the
//! packages as packed by npm.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::{
    files, paths,
    release::module,
    setup::npm,
    shell::{Call, Shell},
};

/// Apps whose tools take long to install or to build: only with `--long`.
const LONG: [&str; 4] = ["angular", "astro", "sveltekit", "vite"];

/// The folder of the prepared apps. The module, the element and the trainer for the browser must have been built.
pub(super) fn prepare(shell: Shell, module: &Path, is_long: bool) -> Result<PathBuf> {
    let home = paths::target().join("bundlers");
    files::empty(&home)?;
    let packages = [
        ("scorecast-core", module.to_path_buf()),
        ("scorecast-element", module::pack_element(shell)?),
        ("scorecast-train", module::pack_training(shell)?),
    ];
    let sources = paths::root().join("journeys/bundlers");
    for entry in fs::read_dir(&sources).context("journeys/bundlers could not be read")? {
        let source = entry?.path();
        let Some(name) = source.file_name().and_then(|name| name.to_str()).filter(|_| source.is_dir()) else {
            continue;
        };
        if !is_long && LONG.contains(&name) {
            continue;
        }
        let tools = npm::locked(shell, name, &source)?;
        shell.step(&format!("Prepare the app for {name}"), || {
            let app = home.join(name);
            files::copy(&source, &app)?;
            let modules = app.join("node_modules");
            link(&tools, &modules)?;
            packages.iter().try_for_each(|(name, tarball)| unpack(shell, tarball, &modules.join(name)))?;
            depend(&app.join("package.json"), &packages.each_ref().map(|(name, _)| *name))
        })?;
    }
    Ok(home)
}

/// Adds the packages to the app's dependencies, as `npm install` would: some tools leave declared dependencies out of a
/// bundle.
fn depend(manifest: &Path, packages: &[&str]) -> Result<()> {
    let mut content: serde_json::Value = serde_json::from_str(&files::read_text(manifest)?)?;
    for name in packages {
        content["dependencies"][name] = env!("CARGO_PKG_VERSION").into();
    }
    files::write(manifest, content.to_string())
}

fn unpack(shell: Shell, tarball: &Path, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    let call = Call::new("tar", "tar and gzip are needed").args(["--extract", "--strip-components=1", "--file"]);
    shell.run(call.arg(tarball).arg("--directory").arg(folder))
}

/// Hard-links a folder's files into another one. Bundlers refuse packages behind links that lead out of the app, and
/// copying thousands of files takes long.
fn link(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("{} could not be read", from.display()))? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type()?;
        if kind.is_dir() {
            link(&source, &target)?;
        } else if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(&source)?, &target)?;
        } else if fs::hard_link(&source, &target).is_err() {
            // The tools may be on another file system.
            files::copy(&source, &target)?;
        }
    }
    Ok(())
}

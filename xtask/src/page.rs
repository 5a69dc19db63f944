//! Builds the page, and puts page and model together into a site.
//!
//! Why in two parts: the page fetches its model when it loads, so that a newly trained model needs
//! no new WebAssembly. Trunk builds the page alone; the site is its output beside `artifacts/`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::{
    fingerprint::{Fingerprint, files_below},
    paths,
    shell::Shell,
    tools::Tools,
    train,
};

/// What the page is made of, relative to the root.
const INPUTS: [&str; 9] = [
    "web",
    "module",
    "model-core",
    "static",
    "Cargo.toml",
    "Cargo.lock",
    "Trunk.toml",
    "rust-toolchain.toml",
    ".cargo/config.toml",
];

/// Builds the page unless that was done already.
pub(crate) fn build(shell: Shell, tools: &Tools) -> Result<()> {
    let mut inputs = Fingerprint::default().text(&tools.identity());
    for input in INPUTS {
        inputs = inputs.content(&paths::root().join(input))?;
    }
    inputs.unless_done("page", &paths::dist().join("index.html"), || {
        shell.step("Build the page", || {
            let remedy = "look at the compiler's or Trunk's message above";
            let call = tools.call("trunk", remedy)?.args(["build", "--release", "--dist"]);
            shell.run(call.arg(paths::dist()).dir(paths::root()))
        })
    })?;
    Ok(())
}

/// Puts the built page and the published files of `artifacts` together; returns the site's folder.
pub(crate) fn assemble(artifacts: &Path) -> Result<PathBuf> {
    let site = paths::site();
    // Made beside and swapped in, so that a server that is still running shows no half of it.
    let staging = paths::target().join("site-staging");
    remove(&staging)?;
    copy(&paths::dist(), &staging)?;
    train::publish(artifacts, &staging.join("artifacts"))?;
    remove(&site)?;
    fs::rename(&staging, &site).with_context(|| format!("{} could not be put in place", site.display()))?;
    Ok(site)
}

fn remove(dir: &Path) -> Result<()> {
    if dir.exists() {
        fs::remove_dir_all(dir).with_context(|| format!("{} stays in the way", dir.display()))?;
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    for file in files_below(from)? {
        let place = to.join(file.strip_prefix(from)?);
        let parent = place.parent().unwrap_or(to);
        fs::create_dir_all(parent)
            .and_then(|()| fs::copy(&file, &place))
            .with_context(|| format!("{} could not be copied", file.display()))?;
    }
    Ok(())
}

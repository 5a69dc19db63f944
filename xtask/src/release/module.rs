//! Packs the JavaScript modules and the custom element: npm tarballs, and files with hashed names for a site.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::{
    build::{element, examples, module, sizes, training},
    files::files_below,
    paths, setup,
    shell::{Call, Shell},
};

/// Packs the JavaScript modules for npm, and prints the paths of the site's files and their integrity.
pub(crate) fn package(shell: Shell) -> Result<()> {
    setup::ensure(shell)?;
    let tarball = pack(shell)?;
    element::build(shell)?;
    training::build(shell)?;
    let trainer = pack_training(shell)?;
    sizes::print("module", &module::sizes()?);
    sizes::print("trainer", &training::sizes()?);
    println!("For npm:  npm install {}", tarball.display());
    println!("          npm install {}", pack_element(shell)?.display());
    println!("          npm install {}\n", trainer.display());
    println!("For a site, in {}:", paths::module_site().display());
    for file in module::site_files()? {
        println!("  {}\n    integrity=\"{}\"", file.name, file.integrity);
    }
    println!("The custom element for a site, in {}:", paths::element_site().display());
    for file in element::site_files()? {
        println!("  {}\n    integrity=\"{}\"", file.name, file.integrity);
    }
    examples::write(shell)?;
    examples::check_types(shell)?;
    println!("The examples with what they need, in {}", paths::examples().display());
    training::check_size()?;
    module::check_size()
}

/// Packs the trainer for the browser, which must have been built; returns the tarball.
pub(crate) fn pack_training(shell: Shell) -> Result<PathBuf> {
    npm_pack(shell, "Pack the trainer for npm", &paths::training(), "scorecast-train")
}

/// Builds the module and packs it; returns the tarball.
pub(crate) fn pack(shell: Shell) -> Result<PathBuf> {
    module::build(shell)?;
    npm_pack(shell, "Pack the module for npm", &paths::module(), "scorecast-core")
}

/// Packs the element, which must have been built; returns the tarball.
pub(crate) fn pack_element(shell: Shell) -> Result<PathBuf> {
    npm_pack(shell, "Pack the custom element for npm", &paths::element_package(), "scorecast-element")
}

fn npm_pack(shell: Shell, title: &str, package: &Path, name: &str) -> Result<PathBuf> {
    let output = paths::target().join("package");
    std::fs::create_dir_all(&output)?;
    shell.step(title, || {
        let call = Call::new("npm", "look at the lines above").args(["pack", "--silent", "--pack-destination"]);
        shell.run(call.arg(&output).dir(package))
    })?;
    let name = format!("{name}-{}.tgz", env!("CARGO_PKG_VERSION"));
    files_below(&output)?.into_iter().find(|file| file.ends_with(&name)).context("npm packed no tarball")
}

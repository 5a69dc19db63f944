//! Builds the trainer for WebAssembly, for the page and as the JavaScript module `scorecast-train`.
//!
//! Both run it in a worker, whose script is in the same folder.

use std::path::Path;

use anyhow::{Result, bail};

use super::{
    digest::{hashed_name, integrity},
    manifest,
    program::{Host, Program, TRAINING},
    scripts::{self, Constant},
    sizes,
};
use crate::{files, paths, shell::Shell};

const NAME: &str = "scorecast-train";
/// The site's folder with everything for training, loaded when a file is chosen.
pub(super) const FOLDER: &str = "train";
/// The size limit of the module, in bytes after brotli. It was 941,634 when this was set; the target is 550,000.
const LIMIT: usize = 950_000;

const PROGRAM: Program = Program {
    title: "Build the trainer for the browser",
    package: TRAINING,
    feature: "",
    name: "training",
    host: Host::Browser,
};

/// Builds its WebAssembly.
pub(super) fn build_wasm(shell: Shell) -> Result<Vec<u8>> {
    let folder = paths::root().join("training/js/pkg");
    PROGRAM.build(shell, &folder)?;
    files::read(&folder.join(PROGRAM.wasm()))
}

/// Writes the npm package ([`paths::training`]): plain names, types, licences, README.
pub(crate) fn build(shell: Shell) -> Result<()> {
    let (root, folder) = (paths::root(), paths::training());
    let wasm = build_wasm(shell)?;
    files::empty(&folder)?;
    let wasm_name = format!("{NAME}.wasm");
    let constants = [("TRAINING_FILE", format!("{wasm_name:?}")), ("TRAINING_INTEGRITY", "\"\"".into())];
    let script = |name: &str| folder.join(format!("{name}.js"));
    scripts::bundle_one(shell, "training/js/scorecast-train.js", &constants, &script(NAME))?;
    scripts::bundle_one(shell, "training/js/worker.js", &constants, &script(&format!("{NAME}-worker")))?;
    files::write(&folder.join(wasm_name), &wasm)?;
    for name in ["scorecast-train.d.ts", "README.md"] {
        files::copy(&root.join("training/js").join(name), &folder.join(name))?;
    }
    manifest::write("training/js", &folder)
}

/// The constants of the worker's script in a site.
pub(super) fn constants(wasm: &[u8]) -> [Constant; 2] {
    [
        ("TRAINING_FILE", format!("{:?}", hashed_name(NAME, wasm, "wasm"))),
        ("TRAINING_INTEGRITY", format!("{:?}", integrity(wasm))),
    ]
}

/// Writes the files that the page loads besides its scripts.
pub(super) fn write_site(shell: Shell, wasm: &[u8], site: &Path) -> Result<()> {
    let folder = site.join(FOLDER);
    files::write(&folder.join(hashed_name(NAME, wasm, "wasm")), wasm)?;
    files::copy(&paths::root().join("static/train/texts"), &folder.join("texts"))?;
    scripts::bundle_styles(shell, "static/train/train.css", &folder.join("train.css"))
}

/// The sizes of the npm package.
pub(crate) fn sizes() -> Result<Vec<sizes::Size>> {
    sizes::of_kinds(&paths::training(), &["js", "wasm"])
}

/// Fails if the module exceeds its size limit.
pub(crate) fn check_size() -> Result<()> {
    let sizes = sizes()?;
    let total = sizes::total(&sizes);
    if total > LIMIT {
        sizes::print("trainer", &sizes);
        bail!("the trainer for the browser weighs {total} bytes, more than {LIMIT}");
    }
    Ok(())
}

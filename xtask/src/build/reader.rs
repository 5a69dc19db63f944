//! Builds the file reader, which the module and the page load only when a file is opened.

use anyhow::{Result, bail};

use super::{
    program::{Host, Program, READER},
    sizes,
};
use crate::{files, paths, shell::Shell};

/// Its size limit, in bytes after brotli.
const LIMIT: usize = 400_000;

const PROGRAM: Program =
    Program { title: "Build the reader of files", package: READER, feature: "", name: "reader", host: Host::Browser };

/// Builds its WebAssembly.
pub(super) fn build_wasm(shell: Shell) -> Result<Vec<u8>> {
    let folder = paths::root().join("reader/wasm/pkg");
    PROGRAM.build(shell, &folder)?;
    files::read(&folder.join(PROGRAM.wasm()))
}

/// Fails if the reader exceeds its size limit.
pub(crate) fn check_size() -> Result<()> {
    let sizes = sizes::of_kinds(&paths::root().join("reader/wasm/pkg"), &["js", "wasm"])?;
    let total = sizes::total(&sizes);
    if total > LIMIT {
        sizes::print("reader of files", &sizes);
        bail!("the reader of files weighs {total} bytes, more than {LIMIT}");
    }
    Ok(())
}

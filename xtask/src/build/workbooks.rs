//! Builds the reader of workbooks, which the page loads only when one is opened.

use std::path::Path;

use anyhow::Result;

use super::program::{Host, Program};
use crate::{files, paths, shell::Shell};

const PROGRAM: Program = Program {
    title: "Build the reader of workbooks",
    package: "spreadsheet",
    feature: "",
    name: "spreadsheet",
    host: Host::Browser,
};

/// Builds it, and writes its WebAssembly into `folder`, where the script that loads it will lie.
pub(super) fn build(shell: Shell, folder: &Path) -> Result<()> {
    let package = paths::root().join("spreadsheet/pkg");
    PROGRAM.build(shell, &package)?;
    files::copy(&package.join(PROGRAM.wasm()), &folder.join(PROGRAM.wasm()))
}

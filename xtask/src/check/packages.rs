//! Checks the npm packages with linters for packages.

use std::path::Path;

use anyhow::Result;

use crate::{
    release::module,
    setup::npm,
    shell::{Call, Shell},
};

/// Entries that are not importable modules, and have no types.
const FILES: [&str; 5] = [
    "./scorecast-core.wasm",
    "./scorecast-reader.wasm",
    "./scorecast.wasm",
    "./scorecast-train.wasm",
    "./scorecast-train-worker.js",
];

/// Checks the packed module, the element and the trainer for the browser, which must have been built.
pub(super) fn check(shell: Shell, core: &Path) -> Result<()> {
    let [publint, attw] = npm::package_checkers(shell)?;
    let packages = [core.to_path_buf(), module::pack_element(shell)?, module::pack_training(shell)?];
    shell.step("Check the packages for npm", || {
        for package in &packages {
            let remedy = "look at the lines above, and at the package's package.json";
            shell.run(Call::new(&publint, remedy).arg("--strict").arg(package))?;
            // CommonJS uses Node's `require()` of ES modules, so no second form is needed.
            let files = ["--profile", "esm-only", "--exclude-entrypoints"];
            shell.run(Call::new(&attw, remedy).arg(package).args(files).args(FILES))?;
        }
        Ok(())
    })
}

//! Type-checks our JavaScript, and examples of code that uses it, with the TypeScript compiler.

use anyhow::Result;

use crate::{
    paths,
    setup::npm,
    shell::{Call, Shell},
};

/// Folders and files with compiler settings, relative to the root.
const PROJECTS: [&str; 7] = [
    "static",
    "static/train",
    "static/tsconfig.worker.json",
    "module/js",
    "training/js",
    "module/tests/types",
    "web/element",
];

/// Checks each project; the programs must have been built, as their types are generated.
pub(super) fn check(shell: Shell) -> Result<()> {
    let compiler = npm::typescript(shell)?;
    shell.step("Check the types of the scripts", || {
        for project in PROJECTS {
            let call = Call::new(&compiler, "look at the lines above");
            shell.run(call.args(["--project", project]).dir(paths::root()))?;
        }
        Ok(())
    })
}

//! Lets the TypeScript compiler read what is written in JavaScript, and what people write who use it.

use anyhow::Result;

use crate::{
    paths,
    setup::npm,
    shell::{Call, Shell},
};

/// Folders and files with the compiler's settings, relative to the root.
const PROJECTS: [&str; 7] = [
    "static",
    "static/train",
    "static/tsconfig.worker.json",
    "module/js",
    "training/js",
    "module/tests/types",
    "web/element",
];

/// Checks each project; programs have to be built before, as their types are written along with them.
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

//! Builds the JavaScript module for Node, where the parity test calls it.

use std::path::PathBuf;

use anyhow::Result;

use crate::{
    paths,
    shell::{Call, Shell},
    tools::Tools,
};

/// Builds it with the profile of the page; returns the folder with `module.js`.
pub(crate) fn build_for_node(shell: Shell, tools: &Tools) -> Result<PathBuf> {
    let output = paths::target().join("module-node");
    shell.step("Build the module for Node", || {
        let remedy = "look at the compiler's message above";
        let arguments = ["build", "--package", "module", "--lib", "--profile", "wasm"];
        let call = Call::new("cargo", remedy).args(arguments).dir(paths::root());
        shell.run(call.args(["--target", "wasm32-unknown-unknown"]))?;

        let wasm = paths::target().join("wasm32-unknown-unknown/wasm/module.wasm");
        let remedy = "look at the message above; module/Cargo.toml must ask for a `cdylib`";
        let call = tools.call("wasm-bindgen", remedy)?.arg(&wasm);
        shell.run(call.args(["--target", "nodejs", "--out-dir"]).arg(&output))
    })?;
    Ok(output)
}

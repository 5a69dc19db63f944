//! Builds the reader of workbooks, which the page loads only when one is opened.

use std::fs;

use anyhow::{Context, Result};

use crate::{
    fingerprint::Fingerprint,
    module, page, paths,
    shell::{Call, Shell},
    tools::Tools,
};

const NAME: &str = "spreadsheet";
/// What it is made of, relative to the root.
const INPUTS: [&str; 4] = ["spreadsheet", "Cargo.toml", "Cargo.lock", "rust-toolchain.toml"];

/// Builds it into [`paths::spreadsheet_site`], unless that was done already.
pub(crate) fn build(shell: Shell, tools: &Tools) -> Result<()> {
    let mut inputs = Fingerprint::default().text(&tools.identity()).text(include_str!("spreadsheet.rs"));
    for input in INPUTS {
        inputs = inputs.content(&paths::root().join(input))?;
    }
    // Beside the worker that loads it (`static/class`).
    let folder = paths::spreadsheet_site().join("class");
    let script = folder.join(format!("{NAME}.js"));
    inputs.unless_done(NAME, &script, || {
        shell.step("Build the reader of workbooks", || {
            let arguments = ["build", "--package", NAME, "--lib", "--profile", "wasm", "--target"];
            let call = Call::new("cargo", "look at the compiler's message above").args(arguments);
            let flags = page::remapped_paths().join("\u{1f}".as_ref());
            let call = call.arg("wasm32-unknown-unknown").env("CARGO_ENCODED_RUSTFLAGS", flags);
            shell.run(call.dir(paths::root()))?;

            fs::create_dir_all(&folder).with_context(|| format!("{} could not be made", folder.display()))?;
            let built = paths::target().join(format!("wasm32-unknown-unknown/wasm/{NAME}.wasm"));
            let call = tools.call("wasm-bindgen", "look at the message above")?.arg(built);
            let options = ["--target", "web", "--no-typescript", "--out-name", NAME, "--out-dir"];
            shell.run(call.args(options).arg(&folder))?;

            let wasm = folder.join(format!("{NAME}_bg.wasm"));
            let call = tools.call("wasm-opt", "look at the message above")?.arg("-Oz").args(module::WASM_FEATURES);
            shell.run(call.arg(&wasm).arg("-o").arg(&wasm))
        })
    })?;
    Ok(())
}

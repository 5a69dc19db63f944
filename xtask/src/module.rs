//! Builds the JavaScript module `scorecast-core`.
//!
//! Why one file of JavaScript, put together here: a page that checks the entry's integrity then has checked all of the
//! code, and that code checks the WebAssembly. What wasm-bindgen writes for classic scripts is one expression, and stands
//! before the module's own parts, none of which imports another.

use std::{fs, path::Path};

use anyhow::{Context, Result, bail};
use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256, Sha384};

use crate::{
    fingerprint::Fingerprint,
    minify::minify,
    paths,
    shell::{Call, Shell},
    sizes,
    tools::Tools,
};

const NAME: &str = "scorecast-core";
/// The interface's version: a site serves the newest module of it from a folder of this name.
pub(crate) const INTERFACE: &str = "v1";
/// What the module may weigh with everything, in bytes after brotli: it may not grow. The aim is 60,000, which it does not
/// reach (it weighed 95,754 when this was set, with explanations and curves); lower this with every step towards it.
pub(crate) const LIMIT: usize = 96_000;

/// The module's own parts, in `module/js`; a later one may use an earlier one.
const PARTS: [&str; 6] = ["error", "load", "schema", "csv", "csv_prediction", "predictor"];
/// What it is made of, relative to the root.
const INPUTS: [&str; 6] = ["module", "model-core", "Cargo.toml", "Cargo.lock", "rust-toolchain.toml", "LICENSE-MIT"];
/// Every engine that runs the module's JavaScript has these.
pub(crate) const WASM_FEATURES: [&str; 7] = [
    "--enable-simd",
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// A file of the site, and the value that checks it.
pub(crate) struct Checked {
    pub(crate) name: String,
    pub(crate) integrity: String,
}

/// Builds both forms, npm's ([`paths::module`]) and a site's ([`paths::module_site`]), unless that was done already.
pub(crate) fn build(shell: Shell, tools: &Tools) -> Result<()> {
    let mut inputs = Fingerprint::default().text(&tools.identity()).text(include_str!("module.rs"));
    for input in INPUTS {
        inputs = inputs.content(&paths::root().join(input))?;
    }
    inputs.unless_done("module", &paths::module_site().join(entry()), || {
        shell.step("Build the JavaScript module", || {
            let (script, wasm) = compile(shell, tools)?;
            write_package(&script, &wasm)?;
            write_site(&script, &wasm)
        })
    })?;
    Ok(())
}

/// The module's files in a site, relative to it, and what their content must hash to.
pub(crate) fn site_files() -> Result<Vec<Checked>> {
    let mut files = Vec::new();
    for path in crate::fingerprint::files_below(&paths::module_site())? {
        let name = path.strip_prefix(paths::module_site())?.display().to_string();
        files.push(Checked { name, integrity: integrity(&fs::read(&path)?) });
    }
    Ok(files)
}

/// The sizes of what npm installs and a program loads.
pub(crate) fn sizes() -> Result<Vec<sizes::Size>> {
    sizes::of_kinds(&paths::module(), &["js", "wasm"])
}

/// Refuses a module that has become too heavy.
pub(crate) fn check_size() -> Result<()> {
    let sizes = sizes()?;
    let total = sizes::total(&sizes);
    if total > LIMIT {
        sizes::print("module", &sizes);
        bail!("the module weighs {total} bytes, more than {LIMIT}");
    }
    Ok(())
}

/// The address that follows compatible releases.
fn entry() -> String {
    format!("{INTERFACE}/{NAME}.js")
}

/// Builds the form that explains, too, for tests and measurements in Node ([`paths::module_trust`]).
pub(crate) fn build_trust(shell: Shell, tools: &Tools) -> Result<()> {
    let mut inputs = Fingerprint::default().text(&tools.identity()).text(include_str!("module.rs"));
    for input in INPUTS {
        inputs = inputs.content(&paths::root().join(input))?;
    }
    let folder = paths::module_trust();
    inputs.unless_done("module-trust", &folder.join("core_bg.wasm"), || {
        shell.step("Build the JavaScript module's test form", || {
            let work = bind(shell, tools, &["--features", "trust"], "nodejs")?;
            write(&folder.join("core.js"), read(&work.path().join("core.js"))?)?;
            write(&folder.join("core_bg.wasm"), optimised(shell, tools, work.path())?)
        })
    })?;
    Ok(())
}

/// The text of the script and the WebAssembly.
fn compile(shell: Shell, tools: &Tools) -> Result<(String, Vec<u8>)> {
    let work = bind(shell, tools, &[], "no-modules")?;
    let mut script = read(&work.path().join("core.js"))?;
    for part in PARTS {
        script.push_str(&read(&paths::root().join(format!("module/js/{part}.js")))?);
    }
    Ok((minify(&script), optimised(shell, tools, work.path())?))
}

/// What wasm-bindgen writes for `target`: `core.js` and `core_bg.wasm`, in a folder that is gone with what is returned.
fn bind(shell: Shell, tools: &Tools, features: &[&str], target: &str) -> Result<tempfile::TempDir> {
    let remedy = "look at the compiler's message above";
    let arguments = ["build", "--package", "module", "--lib", "--profile", "wasm"];
    // The kernels are plain loops: this makes the compiler write them with SIMD instructions, whose bits are the same.
    let simd = "target.wasm32-unknown-unknown.rustflags=['-Ctarget-feature=+simd128']";
    let call = Call::new("cargo", remedy).args(arguments).dir(paths::root());
    shell.run(call.args(["--target", "wasm32-unknown-unknown", "--config", simd]).args(features))?;

    let work = tempfile::tempdir()?;
    let wasm = paths::target().join("wasm32-unknown-unknown/wasm/module.wasm");
    let remedy = "look at the message above; module/Cargo.toml must ask for a `cdylib`";
    let call = tools.call("wasm-bindgen", remedy)?.arg(&wasm);
    let options = ["--target", target, "--no-typescript", "--out-name", "core", "--out-dir"];
    shell.run(call.args(options).arg(work.path()))?;
    Ok(work)
}

/// The WebAssembly in `work`, made small.
fn optimised(shell: Shell, tools: &Tools, work: &Path) -> Result<Vec<u8>> {
    let optimised = work.join("optimised.wasm");
    let call = tools.call("wasm-opt", "look at the message above")?.arg("-Oz").args(WASM_FEATURES);
    shell.run(call.arg(work.join("core_bg.wasm")).arg("-o").arg(&optimised))?;
    Ok(fs::read(&optimised)?)
}

/// npm's form: plain names, types, licences, README.
fn write_package(script: &str, wasm: &[u8]) -> Result<()> {
    let (root, folder) = (paths::root(), paths::module());
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    write(&folder.join(format!("{NAME}.js")), script)?;
    write(&folder.join(format!("{NAME}.wasm")), wasm)?;
    let manifest = read(&root.join("module/js/package.json"))?;
    write(&folder.join("package.json"), replace_once(&manifest, "0.0.0", env!("CARGO_PKG_VERSION"))?)?;
    for (from, name) in [
        ("module/js/scorecast-core.d.ts", "scorecast-core.d.ts"),
        ("module/js/README.md", "README.md"),
        ("LICENSE-MIT", "LICENSE-MIT"),
        ("LICENSE-APACHE", "LICENSE-APACHE"),
    ] {
        write(&folder.join(name), read(&root.join(from))?)?;
    }
    Ok(())
}

/// A site's form: content at addresses that never change, and an entry that follows them.
fn write_site(script: &str, wasm: &[u8]) -> Result<()> {
    let folder = paths::module_site();
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let home = folder.join(INTERFACE);
    let wasm_name = format!("{NAME}-{}.wasm", short_hash(wasm));
    let plain_name = format!("new URL(\"{NAME}.wasm\"");
    let script = replace_once(script, &plain_name, &format!("new URL(\"{wasm_name}\""))?;
    let unchecked = "WASM_INTEGRITY = \"\"";
    let script = replace_once(&script, unchecked, &format!("WASM_INTEGRITY = \"{}\"", integrity(wasm)))?;
    let script_name = format!("{NAME}-{}.js", short_hash(script.as_bytes()));
    write(&home.join(&wasm_name), wasm)?;
    write(&home.join(&script_name), &script)?;
    write(&home.join(format!("{NAME}.d.ts")), read(&paths::root().join("module/js/scorecast-core.d.ts"))?)?;
    write(&folder.join(entry()), format!("export * from \"./{script_name}\";\n"))?;
    write(&folder.join(format!("{NAME}.js")), format!("export * from \"./{}\";\n", entry()))
}

pub(crate) fn integrity(bytes: &[u8]) -> String {
    format!("sha384-{}", BASE64_STANDARD.encode(Sha384::digest(bytes)))
}

pub(crate) fn short_hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn replace_once(text: &str, from: &str, to: &str) -> Result<String> {
    if text.matches(from).count() != 1 {
        bail!("`{from}` does not stand exactly once in the module's sources");
    }
    Ok(text.replace(from, to))
}

pub(crate) fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("{} could not be read", path.display()))
}

pub(crate) fn write(path: &Path, content: impl AsRef<[u8]>) -> Result<()> {
    let parent = path.parent().unwrap_or(path);
    fs::create_dir_all(parent)
        .and_then(|()| fs::write(path, content))
        .with_context(|| format!("{} could not be written", path.display()))
}

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
    paths,
    shell::{Call, Shell},
    sizes,
    tools::{self, Tools},
    trap,
};

const NAME: &str = "scorecast-core";
/// The interface's version: a site serves the newest module of it from a folder of this name.
pub(crate) const INTERFACE: &str = "v1";
/// What the module may weigh with everything, in bytes after brotli.
pub(crate) const LIMIT: usize = 80_000;

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

/// What the compiler is told for the module alone, beside its profile in `Cargo.toml`.
const RUSTFLAGS: [&str; 6] = [
    // The kernels are plain loops: this makes the compiler write them with SIMD instructions, whose bits are the same.
    "-Ctarget-feature=+simd128",
    // As for the page (`page.rs`): hardly anything inlined, and little code for the two small files that are hashed.
    "-Cllvm-args=-inline-threshold=20",
    "--cfg",
    "sha2_backend=\"soft\"",
    "--cfg",
    "sha2_backend_soft=\"compact\"",
];
/// How the WebAssembly is made small. Measured: a function with one caller is smaller by itself than inside of it.
/// `--low-memory-unused`: only the stack's last kilobyte is below address 1024 (Rust's linker puts the stack first), and
/// what would reach it by an address that wraps around gets a trap, as what overflows the stack does.
const WASM_OPT: [&str; 4] = ["-Oz", "--converge", "--one-caller-inline-max-function-size=0", "--low-memory-unused"];

/// A file of the site, and the value that checks it.
pub(crate) struct Checked {
    pub(crate) name: String,
    pub(crate) integrity: String,
}

/// Builds both forms, npm's ([`paths::module`]) and a site's ([`paths::module_site`]), unless that was done already.
pub(crate) fn build(shell: Shell, tools: &Tools) -> Result<()> {
    inputs(tools)?.unless_done("module", &paths::module_site().join(entry()), || {
        shell.step("Build the JavaScript module", || {
            let (script, wasm) = compile(shell, tools)?;
            write_package(shell, &script, &wasm)?;
            write_site(shell, &script, &wasm)
        })
    })?;
    Ok(())
}

/// What decides how the module is built.
fn inputs(tools: &Tools) -> Result<Fingerprint> {
    let own = [include_str!("module.rs"), include_str!("trap.rs"), tools::TERSER_VERSION];
    let mut inputs = Fingerprint::default().text(&tools.identity()).text(&own.concat());
    for input in INPUTS {
        inputs = inputs.content(&paths::root().join(input))?;
    }
    Ok(inputs)
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
    let folder = paths::module_trust();
    inputs(tools)?.unless_done("module-trust", &folder.join("core_bg.wasm"), || {
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
    let mut script = without_loading(&read(&work.path().join("core.js"))?)?;
    for part in PARTS {
        script.push_str(&read(&paths::root().join(format!("module/js/{part}.js")))?);
    }
    Ok((script, optimised(shell, tools, work.path())?))
}

/// What wasm-bindgen wrote, without its ways of fetching and compiling: `module/js/load.js` does that.
fn without_loading(script: &str) -> Result<String> {
    let cut = |script: &str, from: &str, to: &str| -> Result<String> {
        let parts = script.split_once(from).and_then(|(before, rest)| Some((before, rest.split_once(to)?.1)));
        let (before, after) =
            parts.with_context(|| format!("wasm-bindgen has not written `{from}` and then `{to}`"))?;
        Ok(format!("{before}{to}{after}"))
    };
    let script = cut(script, "let script_src;", "class Core ")?;
    let script = cut(&script, "async function __wbg_load(", "function initSync(")?;
    let script = cut(&script, "let __wbg_init_promise;", "return Object.assign(")?;
    replace_once(&script, "return Object.assign(__wbg_init, ", "return Object.assign(")
}

/// The script as terser shortens it: without what a browser doesn't need, and with short names of its own.
fn shortened(shell: Shell, script: &str) -> Result<String> {
    let folder = tempfile::tempdir()?;
    let [long, short] = ["long.mjs", "short.mjs"].map(|name| folder.path().join(name));
    write(&long, script)?;
    let call = Call::new(tools::terser(shell)?, "look at the message above").arg(&long);
    let call = call.args([
        "--module",
        "--ecma",
        "2022",
        "--keep-classnames",
        "--compress",
        "passes=2",
        "--mangle",
        "--output",
    ]);
    shell.run(call.arg(&short))?;
    read(&short)
}

/// What wasm-bindgen writes for `target`: `core.js` and `core_bg.wasm`, in a folder that is gone with what is returned.
fn bind(shell: Shell, tools: &Tools, features: &[&str], target: &str) -> Result<tempfile::TempDir> {
    let remedy = "look at the compiler's message above";
    let arguments = ["build", "--package", "module", "--lib", "--profile", "wasm"];
    let flags = format!("target.wasm32-unknown-unknown.rustflags={RUSTFLAGS:?}");
    let call = Call::new("cargo", remedy).args(arguments).dir(paths::root());
    shell.run(call.args(["--target", "wasm32-unknown-unknown", "--config", &flags]).args(features))?;

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
    let [trapping, optimised] = ["trapping.wasm", "optimised.wasm"].map(|name| work.join(name));
    fs::write(&trapping, trap::instead_of_panics(&fs::read(work.join("core_bg.wasm"))?)?)?;
    let call = tools.call("wasm-opt", "look at the message above")?.args(WASM_OPT).args(WASM_FEATURES);
    shell.run(call.arg(&trapping).arg("-o").arg(&optimised))?;
    Ok(fs::read(&optimised)?)
}

/// npm's form: plain names, types, licences, README.
fn write_package(shell: Shell, script: &str, wasm: &[u8]) -> Result<()> {
    let (root, folder) = (paths::root(), paths::module());
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    write(&folder.join(format!("{NAME}.js")), shortened(shell, script)?)?;
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
fn write_site(shell: Shell, script: &str, wasm: &[u8]) -> Result<()> {
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
    let script = shortened(shell, &script)?;
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

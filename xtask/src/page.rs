//! Builds the page, and puts page and model together into a site.
//!
//! Why in two parts: the page fetches its model when it loads, so that a newly trained model needs
//! no new WebAssembly. Trunk builds the page alone; the site is its output beside `artifacts/`.

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::{
    fingerprint::{Fingerprint, files_below},
    minify::minify,
    offline, paths, report,
    shell::Shell,
    split, spreadsheet,
    tools::Tools,
    train, variants,
};

/// What the page is made of, relative to the root.
const INPUTS: [&str; 10] = [
    "web",
    "xtask/src/split",
    "module",
    "model-core",
    "static",
    "Cargo.toml",
    "Cargo.lock",
    "Trunk.toml",
    "rust-toolchain.toml",
    ".cargo/config.toml",
];

/// The program, and its second part once it is cut in two.
pub(crate) const PROGRAM: &str = "web_bg.wasm";
const SECOND_PART: &str = "web_rest.wasm";

/// What the compiler is told for the page alone, beside its profile in `Cargo.toml`.
pub(crate) const RUSTFLAGS: [&str; 7] = [
    // Views of one type each would be compiled for every panel anew.
    "--cfg",
    "erase_components",
    // Measured: 5, 20, 50 and 100 gave 120.4, 120.0, 120.1 and 123.6 kB of WebAssembly after brotli.
    "-Cllvm-args=-inline-threshold=20",
    // The page hashes two small files: little code counts there, not speed.
    "--cfg",
    "sha2_backend=\"soft\"",
    "--cfg",
    "sha2_backend_soft=\"compact\"",
];

/// Builds the page unless that was done already.
pub(crate) fn build(shell: Shell, tools: &Tools) -> Result<()> {
    let mut inputs = Fingerprint::default().text(&tools.identity()).text(&RUSTFLAGS.concat());
    for input in INPUTS {
        inputs = inputs.content(&paths::root().join(input))?;
    }
    inputs.unless_done("page", &paths::dist().join("index.html"), || {
        shell.step("Build the page", || {
            let remedy = "look at the compiler's or Trunk's message above";
            let call = tools.call("trunk", remedy)?.env("CARGO_ENCODED_RUSTFLAGS", rustflags());
            let call = call.args(["build", "--release", "--dist"]).arg(paths::dist());
            shell.run(call.dir(paths::root()))
        })
    })?;
    spreadsheet::build(shell, tools)
}

/// [`RUSTFLAGS`], and that no path of this machine stands in the messages of what is published.
pub(crate) fn rustflags() -> OsString {
    let mut flags: Vec<OsString> = RUSTFLAGS.iter().map(OsString::from).collect();
    flags.extend(remapped_paths());
    flags.join(OsString::from("\u{1f}").as_os_str())
}

/// Flags for the compiler that keep this machine's paths out of what it builds.
pub(crate) fn remapped_paths() -> Vec<OsString> {
    let cargo_home = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cargo")));
    let sources = cargo_home.map(|home| home.join("registry/src")).and_then(|sources| fs::read_dir(sources).ok());
    let sources = sources.into_iter().flatten().flatten().map(|source| source.path());
    let flag = |dir: PathBuf| {
        let mut flag = OsString::from("--remap-path-prefix=");
        flag.push(dir);
        flag.push("/=");
        flag
    };
    sources.chain([paths::root()]).map(flag).collect()
}

/// Puts the built page and the published files of `artifacts` together; returns the site's folder.
pub(crate) fn assemble(artifacts: &Path) -> Result<PathBuf> {
    let site = paths::site();
    // Two runs at once would mix their files.
    let lock = fs::File::create(paths::target().join(".site-lock"))?;
    lock.lock()?;
    // Made beside and swapped in, so that a server that is still running shows no half of it.
    let staging = paths::target().join("site-staging");
    remove(&staging)?;
    copy(&paths::dist(), &staging)?;
    // Pages of somebody else's site: `examples.rs` puts them together.
    remove(&staging.join("examples"))?;
    for file in files_below(&staging)? {
        if file.extension().is_some_and(|kind| kind == "js" || kind == "css") {
            let text = fs::read_to_string(&file).with_context(|| format!("{} could not be read", file.display()))?;
            fs::write(&file, minify(&text)).with_context(|| format!("{} could not be written", file.display()))?;
        }
    }
    let published = staging.join("artifacts");
    train::publish(artifacts, &published)?;
    report::shorten(&published.join("report.json"))?;
    // What "A whole class" loads when it is used, and strangers' pages too.
    copy(&paths::module_site(), &staging)?;
    copy(&paths::spreadsheet_site(), &staging)?;
    offline::write_files(&staging)?;
    // Not the page's own, and so not kept for when there is no network.
    copy(&paths::element_site(), &staging)?;
    variants::write(&staging)?;
    if is_same(&staging, &site)? {
        // Left alone, so that nothing is reloaded or built again for it.
        remove(&staging)?;
        return Ok(site);
    }
    remove(&site)?;
    fs::rename(&staging, &site).with_context(|| format!("{} could not be put in place", site.display()))?;
    Ok(site)
}

/// Whether two folders hold the same files.
fn is_same(one: &Path, other: &Path) -> Result<bool> {
    let (files, others) = (files_below(one)?, files_below(other)?);
    if files.len() != others.len() {
        return Ok(false);
    }
    for (file, other_file) in files.iter().zip(&others) {
        let is_same_name = file.strip_prefix(one)? == other_file.strip_prefix(other)?;
        if !is_same_name || fs::read(file)? != fs::read(other_file)? {
            return Ok(false);
        }
    }
    Ok(true)
}

pub(crate) fn remove(dir: &Path) -> Result<()> {
    if dir.exists() {
        fs::remove_dir_all(dir).with_context(|| format!("{} stays in the way", dir.display()))?;
    }
    Ok(())
}

/// Copies all that is below a folder.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
    for file in files_below(from)? {
        let place = to.join(file.strip_prefix(from)?);
        let parent = place.parent().unwrap_or(to);
        fs::create_dir_all(parent)
            .and_then(|()| fs::copy(&file, &place))
            .with_context(|| format!("{} could not be copied", file.display()))?;
    }
    Ok(())
}

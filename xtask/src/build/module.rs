//! Builds the JavaScript module `scorecast-core`, as an npm package and for a site.
//!
//! Why one script: a page that checks the entry's integrity thereby checks all of the code, which in turn checks the
//! WebAssembly.

use std::path::Path;

use anyhow::{Result, bail};

use super::{
    digest::{hashed_name, integrity},
    manifest,
    program::{Host, Program},
    reader,
    scripts::{self, Constant},
    sizes,
};
use crate::{files, paths, shell::Shell};

const NAME: &str = "scorecast-core";
/// The file reader; without it everything but `predictCsv` works.
const READER_NAME: &str = "scorecast-reader";
const ENTRY: &str = "module/js/scorecast-core.js";
/// The version of the interface: a site serves its newest module from a folder of this name.
pub(crate) const INTERFACE: &str = "v1";
/// The size limit of the module without the file reader, in bytes after brotli.
pub(crate) const LIMIT: usize = 80_000;

const PROGRAM: Program =
    Program { title: "Build the JavaScript module", package: "module", feature: "", name: "core", host: Host::Browser };
/// With explanations.
const TEST_PROGRAM: Program = Program {
    title: "Build the JavaScript module's test form",
    package: "module",
    feature: "module/trust",
    name: "core-trust",
    host: Host::Node,
};

/// A file of the site, and its integrity.
pub(crate) struct Checked {
    pub(crate) name: String,
    pub(crate) integrity: String,
}

/// The module's WebAssembly programs.
pub(super) struct Wasm {
    core: Vec<u8>,
    reader: Vec<u8>,
}

/// Builds both forms: the npm package ([`paths::module`]) and the site's ([`paths::module_site`]).
pub(crate) fn build(shell: Shell) -> Result<()> {
    write(shell, &build_wasm(shell)?)
}

/// Writes both forms with the WebAssembly.
pub(super) fn write(shell: Shell, wasm: &Wasm) -> Result<()> {
    write_package(shell, wasm)?;
    write_site(shell, wasm)
}

/// The constants of `module/js` for a script whose WebAssembly is at `{folder}/{INTERFACE}` of the site.
pub(super) fn constants(wasm: &Wasm, folder: &str) -> [Constant; 4] {
    let file = |name: &str, wasm: &[u8]| format!("{:?}", format!("{folder}{}", hashed_name(name, wasm, "wasm")));
    [
        ("WASM_FILE", file(NAME, &wasm.core)),
        ("WASM_INTEGRITY", format!("{:?}", integrity(&wasm.core))),
        ("READER_FILE", file(READER_NAME, &wasm.reader)),
        ("READER_INTEGRITY", format!("{:?}", integrity(&wasm.reader))),
    ]
}

/// Builds the WebAssembly.
pub(super) fn build_wasm(shell: Shell) -> Result<Wasm> {
    let folder = paths::root().join("module/js/pkg");
    PROGRAM.build(shell, &folder)?;
    Ok(Wasm { core: files::read(&folder.join(PROGRAM.wasm()))?, reader: reader::build_wasm(shell)? })
}

/// Builds the form with explanations, for tests and measurements in Node ([`paths::module_trust`]).
pub(crate) fn build_trust(shell: Shell) -> Result<()> {
    TEST_PROGRAM.build(shell, &paths::module_trust())
}

/// The module's files in a site, by relative path, with their integrity.
pub(crate) fn site_files() -> Result<Vec<Checked>> {
    checked_files(&paths::module_site())
}

/// The files of `folder` with an integrity.
pub(super) fn checked_files(folder: &Path) -> Result<Vec<Checked>> {
    let mut checked = Vec::new();
    for path in files::files_below(folder)? {
        let name = path.strip_prefix(folder)?.display().to_string();
        if !name.ends_with(".map") {
            checked.push(Checked { name, integrity: integrity(&files::read(&path)?) });
        }
    }
    Ok(checked)
}

/// The sizes of the files of the npm package that a program loads: the file reader is loaded on demand, and the forms
/// for other environments are alternatives.
pub(crate) fn sizes() -> Result<Vec<sizes::Size>> {
    let mut sizes = sizes::of_kinds(&paths::module(), &["js", "wasm"])?;
    sizes.retain(|size| size.is_named(&format!("{NAME}.")));
    Ok(sizes)
}

/// Fails if the module exceeds its size limit.
pub(crate) fn check_size() -> Result<()> {
    let sizes = sizes()?;
    let total = sizes::total(&sizes);
    if total > LIMIT {
        sizes::print("module", &sizes);
        bail!("the module weighs {total} bytes, more than {LIMIT}");
    }
    Ok(())
}

/// The npm package: plain names, types, licences, README.
fn write_package(shell: Shell, wasm: &Wasm) -> Result<()> {
    let folder = paths::module();
    files::empty(&folder)?;
    let (wasm_name, reader_name) = (format!("{NAME}.wasm"), format!("{READER_NAME}.wasm"));
    let unchecked = String::from("\"\"");
    let constants = [
        ("WASM_FILE", format!("{wasm_name:?}")),
        ("WASM_INTEGRITY", unchecked.clone()),
        ("READER_FILE", format!("{reader_name:?}")),
        ("READER_INTEGRITY", unchecked),
    ];
    scripts::bundle_one(shell, ENTRY, &constants, &folder.join(format!("{NAME}.js")))?;
    for form in ["inline", "workerd"] {
        let entry = format!("module/js/{form}.js");
        scripts::bundle_around_wasm(shell, &entry, &constants, &folder.join(format!("{NAME}-{form}.js")))?;
    }
    files::write(&folder.join(wasm_name), &wasm.core)?;
    files::write(&folder.join(reader_name), &wasm.reader)?;
    for name in ["scorecast-core.d.ts", "README.md"] {
        files::copy(&paths::root().join("module/js").join(name), &folder.join(name))?;
    }
    manifest::write("module/js", &folder)
}

/// The site's form: content at immutable addresses, and an entry that refers to them.
fn write_site(shell: Shell, wasm: &Wasm) -> Result<()> {
    let folder = paths::module_site();
    files::empty(&folder)?;
    let home = folder.join(INTERFACE);
    write_site_wasm(wasm, &folder)?;
    let script = scripts::bundle_hashed(shell, ENTRY, &constants(wasm, ""), &home)?;
    files::copy(&paths::root().join("module/js/scorecast-core.d.ts"), &home.join(format!("{NAME}.d.ts")))?;
    files::write(&home.join(format!("{NAME}.js")), format!("export * from \"./{script}\";\n"))?;
    files::write(&folder.join(format!("{NAME}.js")), format!("export * from \"./{INTERFACE}/{NAME}.js\";\n"))
}

/// Writes the WebAssembly to the addresses in [`constants`].
pub(super) fn write_site_wasm(wasm: &Wasm, site: &Path) -> Result<()> {
    for (name, wasm) in [(NAME, &wasm.core), (READER_NAME, &wasm.reader)] {
        files::write(&site.join(INTERFACE).join(hashed_name(name, wasm, "wasm")), wasm)?;
    }
    Ok(())
}

//! Builds a crate for the browser (except the page, which Trunk builds): the compiler, wasm-bindgen, wasm-opt.
//!
//! All of them are compiled with the same profile and flags into the same folder, so that shared crates are compiled
//! once.

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use anyhow::Result;

use crate::{
    files,
    fingerprint::Fingerprint,
    paths,
    setup::{cargo_tools, npm},
    shell::{Call, Shell},
};

pub(crate) const TARGET: &str = "wasm32-unknown-unknown";
/// The profile in `Cargo.toml`.
pub(crate) const PROFILE: &str = "wasm";

/// WebAssembly features that rustc uses; every engine that runs the page supports them.
const FEATURES: [&str; 7] = [
    "--enable-simd",
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Crates for the browser. They are always compiled together: Cargo unifies the features of shared dependencies over
/// all packages of a call, and would recompile them for each one.
pub(crate) const PACKAGES: [&str; 4] = ["--package", "web", "--package", "module"];
/// The file reader is compiled separately: it parses too many numbers to call the browser for each, as the others do.
pub(crate) const READER: &str = "reader-wasm";
/// The trainer is also compiled separately, and optimised for speed.
pub(crate) const TRAINING: &str = "training";
/// Its profile in `Cargo.toml`.
const TRAINING_PROFILE: &str = "training";

/// Functions with one caller are not inlined, and values may be recomputed: measured on the page, this makes its
/// WebAssembly 30 kB smaller after brotli. Instances of the same generic function are placed together at the end, where
/// brotli finds more similarities: another 4 kB. Also in `web/index.html`, for the page.
const SMALLER: [&str; 3] =
    ["--one-caller-inline-max-function-size=1", "--skip-pass=local-cse", "--reorder-functions-by-name"];

/// A crate that is compiled to WebAssembly.
pub(crate) struct Program {
    /// The step's title.
    pub(crate) title: &'static str,
    pub(crate) package: &'static str,
    /// The enabled feature, as in `web/element`; "" for none.
    pub(crate) feature: &'static str,
    /// Its files are `NAME.js`, `NAME.d.ts` and `NAME_bg.wasm`.
    pub(crate) name: &'static str,
    pub(crate) host: Host,
}

/// How a program is loaded.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Host {
    /// An ES module, for esbuild.
    Browser,
    /// A CommonJS script, for tests.
    Node,
}

impl Program {
    /// Builds it into `folder`.
    pub(crate) fn build(&self, shell: Shell, folder: &Path) -> Result<()> {
        shell.step(self.title, || {
            let compiled = self.compile(shell)?;
            // The compiler detects changes itself; later steps depend on its output.
            let inputs = Fingerprint::default()
                .text(&cargo_tools::identity()?)
                .text(include_str!("program.rs"))
                .content(&compiled)?;
            let stamp = format!("{}-{}", self.package, self.name);
            inputs.unless_done(&stamp, &folder.join(self.wasm()), || {
                files::empty(folder)?;
                self.bind(shell, &compiled, folder)?;
                optimise(shell, &folder.join(self.wasm()))
            })?;
            Ok(())
        })
    }

    /// The name of the WebAssembly.
    pub(crate) fn wasm(&self) -> String {
        format!("{}_bg.wasm", self.name)
    }

    fn compile(&self, shell: Shell) -> Result<PathBuf> {
        let call = Call::new("cargo", "look at the compiler's message above")
            .args(["build", "--lib", "--profile", self.profile(), "--target", TARGET])
            .args(match self.package {
                READER => &["--package", READER][..],
                TRAINING => &["--package", TRAINING][..],
                _ => &PACKAGES[..],
            })
            .args(["--features", self.feature])
            .env("CARGO_ENCODED_RUSTFLAGS", rustflags());
        shell.run(call.dir(paths::root()))?;
        Ok(paths::target().join(format!("{TARGET}/{}/{}.wasm", self.profile(), self.package.replace('-', "_"))))
    }

    fn profile(&self) -> &'static str {
        if self.package == TRAINING { TRAINING_PROFILE } else { PROFILE }
    }

    fn bind(&self, shell: Shell, compiled: &Path, folder: &Path) -> Result<()> {
        let target = match self.host {
            Host::Browser => "web",
            Host::Node => "nodejs",
        };
        let call = Call::new(cargo_tools::wasm_bindgen(shell)?, "look at the message above").arg(compiled);
        // The default path names a file that does not exist: bundlers would fail to find it.
        let call = call.args(["--target", target, "--omit-default-module-path", "--out-name", self.name, "--out-dir"]);
        shell.run(call.arg(folder))
    }
}

fn optimise(shell: Shell, wasm: &Path) -> Result<()> {
    let call = Call::new(npm::wasm_opt(shell)?, "look at the message above").arg("-Oz").args(FEATURES).args(SMALLER);
    shell.run(call.arg(wasm).arg("-o").arg(wasm))
}

/// The compiler's flags for everything in the browser, besides the profile. Not only in Cargo's settings, because this
/// variable overrides them.
pub(crate) fn rustflags() -> OsString {
    // Otherwise Leptos's views, each of its own type, would be compiled again for every panel.
    let flags = ["-Ctarget-feature=+simd128", "--cfg", "erase_components"].map(OsString::from);
    let flags: Vec<OsString> = flags.into_iter().chain(remapped_paths()).collect();
    flags.join(OsString::from("\u{1f}").as_os_str())
}

/// Compiler flags that remove this machine's paths from published files.
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

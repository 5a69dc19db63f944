//! Trunk, the wasm-bindgen command line and wasm-opt, each of one exact version, installed once.
//!
//! Why a cache of our own: what is on the `PATH` has any version, or none; Trunk's own downloads
//! need a host that not every network reaches; and `target/` is thrown away too often. Each tool
//! lies in a folder named for its version, which appears whole or not at all: it is installed
//! beside its place and then renamed, under a lock, so that neither an interrupted nor a second
//! simultaneous run leaves half a tool.

use std::{
    env,
    ffi::OsString,
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

use crate::{
    paths, programs,
    shell::{Call, Shell},
};

const TRUNK_VERSION: &str = "0.21.14";
/// Also in `Trunk.toml`, as `version_132`.
const BINARYEN_VERSION: &str = "132.0.0";
const CFN_LINT_VERSION: &str = "1.58.0";
const TYPESCRIPT_VERSION: &str = "5.9.3";
/// What shortens the module's JavaScript.
pub(crate) const TERSER_VERSION: &str = "5.51.4";

/// What drives Firefox in the journeys.
const GECKODRIVER_VERSION: &str = "0.37.1";

const REACT_VERSION: &str = "19.2.0";
const REACT_TYPES_VERSION: &str = "19.2.2";
/// It brings its types along.
const VUE_VERSION: &str = "3.5.45";

/// What looks for barriers in the journeys.
const AXE_VERSION: &str = "4.14.1";

const NETWORK_REMEDY: &str = "look at the lines above; if the network failed, run the command \
    again: what is installed already stays installed";

/// The TypeScript compiler, which only the tests of the module's types need.
pub(crate) fn typescript(shell: Shell) -> Result<PathBuf> {
    programs::require()?;
    let exe = "node_modules/.bin/tsc";
    Cache::open()?.tool(shell, "typescript", TYPESCRIPT_VERSION, exe, |staging| {
        npm_install(shell, staging, "typescript", TYPESCRIPT_VERSION)
    })
}

/// The program that shortens JavaScript, which only the module needs.
pub(crate) fn terser(shell: Shell) -> Result<PathBuf> {
    programs::require()?;
    Cache::open()?.tool(shell, "terser", TERSER_VERSION, "node_modules/.bin/terser", |staging| {
        npm_install(shell, staging, "terser", TERSER_VERSION)
    })
}

/// The folder of packages with React and its types, which only the examples need.
pub(crate) fn react(shell: Shell) -> Result<PathBuf> {
    programs::require()?;
    let exe = "node_modules/react/package.json";
    let package = Cache::open()?.tool(shell, "react", REACT_VERSION, exe, |staging| {
        npm_install(shell, staging, "react-dom", REACT_VERSION)?;
        npm_install(shell, staging, "react", REACT_VERSION)?;
        npm_install(shell, staging, "@types/react", REACT_TYPES_VERSION)?;
        npm_install(shell, staging, "@types/react-dom", REACT_TYPES_VERSION)
    })?;
    Ok(package.ancestors().nth(2).unwrap_or(&package).to_path_buf())
}

/// The folder of packages with Vue, which only the examples need.
pub(crate) fn vue(shell: Shell) -> Result<PathBuf> {
    programs::require()?;
    let exe = "node_modules/vue/package.json";
    let package = Cache::open()?
        .tool(shell, "vue", VUE_VERSION, exe, |staging| npm_install(shell, staging, "vue", VUE_VERSION))?;
    Ok(package.ancestors().nth(2).unwrap_or(&package).to_path_buf())
}

/// The tools, ready for use.
pub(crate) struct Tools {
    bins: Vec<PathBuf>,
}

impl Tools {
    /// Installs what is missing.
    ///
    /// # Errors
    ///
    /// A missing compiler, rustup or Node; a failed download or build.
    pub(crate) fn install(shell: Shell) -> Result<Self> {
        programs::require()?;
        add_wasm_target(shell)?;
        let cache = Cache::open()?;
        let lock = fs::read_to_string(paths::root().join("Cargo.lock")).context("Cargo.lock could not be read")?;
        let wasm_bindgen_version = locked_version(&lock, "wasm-bindgen")
            .context("Cargo.lock names no wasm-bindgen: the page cannot be built without it")?;

        let trunk = cache.tool(shell, "trunk", TRUNK_VERSION, "bin/trunk", |staging| {
            cargo_install(shell, staging, "trunk", TRUNK_VERSION, &["--locked"])
        })?;
        // Without `--locked`: the lock file that the tool is published with does not resolve.
        let wasm_bindgen = cache.tool(shell, "wasm-bindgen", wasm_bindgen_version, "bin/wasm-bindgen", |staging| {
            cargo_install(shell, staging, "wasm-bindgen-cli", wasm_bindgen_version, &[])
        })?;
        let exe = "node_modules/.bin/wasm-opt";
        let wasm_opt = cache.tool(shell, "binaryen", BINARYEN_VERSION, exe, |staging| {
            npm_install(shell, staging, "binaryen", BINARYEN_VERSION)
        })?;
        let bins =
            [trunk, wasm_bindgen, wasm_opt].iter().filter_map(|exe| exe.parent().map(Path::to_path_buf)).collect();
        Ok(Self { bins })
    }

    /// The file of axe-core, for the journeys.
    ///
    /// # Errors
    ///
    /// A failed download.
    pub(crate) fn axe(shell: Shell) -> Result<PathBuf> {
        Cache::open()?.tool(shell, "axe-core", AXE_VERSION, "node_modules/axe-core/axe.min.js", |staging| {
            npm_install(shell, staging, "axe-core", AXE_VERSION)
        })
    }

    /// Firefox's driver, for the journeys.
    ///
    /// # Errors
    ///
    /// A failed download or build.
    pub(crate) fn geckodriver(shell: Shell) -> Result<PathBuf> {
        Cache::open()?.tool(shell, "geckodriver", GECKODRIVER_VERSION, "bin/geckodriver", |staging| {
            cargo_install(shell, staging, "geckodriver", GECKODRIVER_VERSION, &["--locked"])
        })
    }

    /// A call of one of the tools, which finds the others on its `PATH`.
    pub(crate) fn call(&self, name: &str, remedy: &str) -> Result<Call> {
        let program = self.bins.iter().map(|bin| bin.join(name)).find(|file| file.is_file());
        let program = program.with_context(|| format!("{name} is not among the tools"))?;
        let call = Call::new(program, remedy).env("PATH", self.path()?);
        // Trunk takes `NO_COLOR=1` for a malformed flag, and buries the compiler's message under
        // its own backtrace.
        Ok(call.env_remove("NO_COLOR").env_remove("RUST_BACKTRACE"))
    }

    /// What else than the sources decides what is built.
    pub(crate) fn identity(&self) -> String {
        self.bins.iter().map(|bin| format!("{}\n", bin.display())).collect()
    }

    fn path(&self) -> Result<OsString> {
        let path = env::var_os("PATH").unwrap_or_default();
        let bins = self.bins.iter().cloned().chain(env::split_paths(&path));
        env::join_paths(bins).context("the PATH could not be extended")
    }
}

/// cfn-lint, in a Python environment of its own; `deploy-check` alone needs it.
pub(crate) fn cfn_lint(shell: Shell) -> Result<PathBuf> {
    Cache::open()?.tool(shell, "cfn-lint", CFN_LINT_VERSION, "packages/bin/cfn-lint", |staging| {
        let packages = staging.join("packages");
        let venv = staging.join("venv");
        shell.run(Call::new("python3", "install python3-venv").args(["-m", "venv"]).arg(&venv))?;
        // Not into the environment itself, whose programs name the folder that they were made in.
        let call = Call::new(venv.join("bin/pip"), NETWORK_REMEDY).args(["install", "--quiet", "--target"]);
        shell.run(call.arg(&packages).arg(format!("cfn-lint=={CFN_LINT_VERSION}")))?;
        let launcher = "#!/bin/sh\nPYTHONPATH=$(dirname \"$0\")/.. exec python3 -c \
                        'import sys; from cfnlint.runner import main; sys.exit(main())' \"$@\"\n";
        fs::create_dir_all(packages.join("bin"))?;
        let exe = packages.join("bin/cfn-lint");
        fs::write(&exe, launcher)?;
        shell.run(Call::new("chmod", "chmod is needed").arg("755").arg(&exe))?;
        fs::remove_dir_all(&venv).context("the environment could not be removed")
    })
}

/// A Python that has the packages of a `requirements.txt`, whose first line is the version that the folder is named for.
pub(crate) fn python(shell: Shell, requirements: &Path) -> Result<PathBuf> {
    let text =
        fs::read_to_string(requirements).with_context(|| format!("{} could not be read", requirements.display()))?;
    let version = text.lines().next().unwrap_or_default().replace("==", "-");
    Cache::open()?.tool(shell, "python", &version, "bin/python", |staging| {
        let remedy = "install Python 3.11 or newer with its venv module (Debian: python3-venv)";
        shell.run(Call::new("python3", remedy).args(["-m", "venv"]).arg(staging))?;
        let pip = Call::new(staging.join("bin/python"), NETWORK_REMEDY).args(["-m", "pip", "install", "--quiet"]);
        shell.run(pip.args(["--disable-pip-version-check", "--requirement"]).arg(requirements))
    })
}

/// The folder that outlives `target/`.
struct Cache {
    dir: PathBuf,
}

impl Cache {
    /// `SCORECAST_TOOLS`, else `scorecast` in the user's cache folder.
    fn open() -> Result<Self> {
        let dir = if let Some(dir) = env::var_os("SCORECAST_TOOLS") {
            std::path::absolute(PathBuf::from(dir))?
        } else if let Some(dir) = env::var_os("XDG_CACHE_HOME").filter(|dir| !dir.is_empty()) {
            PathBuf::from(dir).join("scorecast")
        } else if let Some(home) = env::home_dir() {
            home.join(".cache/scorecast")
        } else {
            bail!("there is no home folder; say where tools may be kept with SCORECAST_TOOLS");
        };
        fs::create_dir_all(&dir)
            .with_context(|| format!("{} could not be made; SCORECAST_TOOLS names another folder", dir.display()))?;
        Ok(Self { dir })
    }

    /// The program `exe` (relative to the tool's folder) of the tool, installed if need be.
    fn tool(
        &self,
        shell: Shell,
        name: &str,
        version: &str,
        exe: &str,
        install: impl FnOnce(&Path) -> Result<()>,
    ) -> Result<PathBuf> {
        let home = self.dir.join(format!("{name}-{version}"));
        let exe_path = home.join(exe);
        if exe_path.is_file() {
            return Ok(exe_path);
        }
        shell.step(&format!("Install {name} {version} (once)"), || {
            let _lock = self.lock(name)?;
            // Another run may have done it while this one waited for the lock.
            if exe_path.is_file() {
                return Ok(());
            }
            let staging = tempfile::Builder::new().prefix(".staging-").tempdir_in(&self.dir)?;
            install(staging.path())?;
            if !staging.path().join(exe).is_file() {
                bail!("the installed {name} {version} has no {exe}");
            }
            if home.exists() {
                fs::remove_dir_all(&home)?;
            }
            fs::rename(staging.path(), &home).with_context(|| format!("{} could not be put in place", home.display()))
        })?;
        Ok(exe_path)
    }

    fn lock(&self, name: &str) -> Result<File> {
        let path = self.dir.join(format!(".lock-{name}"));
        let file = File::create(&path).with_context(|| format!("{} could not be written", path.display()))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                print!("(waiting for another run to install it) ");
                file.lock()?;
            }
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        Ok(file)
    }
}

fn add_wasm_target(shell: Shell) -> Result<()> {
    if programs::has_target("wasm32-unknown-unknown") {
        return Ok(());
    }
    if programs::find("rustup").is_none() {
        bail!(
            "this Rust has no wasm32-unknown-unknown target and there is no rustup to add it\n\n  \
             What to do: install Rust from https://rustup.rs, or add the target as your \
             distribution does"
        );
    }
    shell.step("Add the WebAssembly target", || {
        let arguments = ["target", "add", "wasm32-unknown-unknown"];
        shell.run(Call::new("rustup", NETWORK_REMEDY).args(arguments).dir(paths::root()))
    })
}

/// Debug builds: they take half the time to build, and the work that the tools do here is small.
fn cargo_install(shell: Shell, staging: &Path, package: &str, version: &str, options: &[&str]) -> Result<()> {
    let target = staging.join("target");
    let call = Call::new("cargo", NETWORK_REMEDY)
        .args(["install", package, "--version", version, "--debug", "--no-track"])
        .args(options)
        .arg("--root")
        .arg(staging)
        .arg("--target-dir")
        .arg(&target)
        .env("CARGO_PROFILE_DEV_DEBUG", "false")
        .env("CARGO_INCREMENTAL", "0")
        // Not in the repository, whose own Cargo settings are not the tool's.
        .dir(staging);
    shell.run(call)?;
    fs::remove_dir_all(&target).context("the build folder could not be removed")
}

fn npm_install(shell: Shell, staging: &Path, package: &str, version: &str) -> Result<()> {
    let call = Call::new("npm", NETWORK_REMEDY)
        .args(["install", "--no-audit", "--no-fund", "--no-update-notifier", "--ignore-scripts"])
        .args(["--save-exact", "--prefix"])
        .arg(staging)
        .arg(format!("{package}@{version}"))
        .dir(staging);
    shell.run(call)
}

/// The version of `package` in the text of a `Cargo.lock`.
fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    lines.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_come_from_the_lock_file() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.1.0\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(locked_version(lock, "wasm"), None);
    }

    #[test]
    fn a_failed_installation_leaves_no_tool() {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache { dir: dir.path().to_path_buf() };
        let shell = Shell { verbose: false };
        let half = |staging: &Path| {
            fs::write(staging.join("half"), "")?;
            bail!("interrupted")
        };
        assert!(cache.tool(shell, "tool", "1.0.0", "tool", half).is_err());
        let whole = |staging: &Path| Ok(fs::write(staging.join("tool"), "")?);
        let exe = cache.tool(shell, "tool", "1.0.0", "tool", whole).unwrap();
        assert_eq!(exe, dir.path().join("tool-1.0.0/tool"));
        let never = |_: &Path| bail!("installed twice");
        assert!(cache.tool(shell, "tool", "1.0.0", "tool", never).is_ok());
        let left: Vec<_> = fs::read_dir(dir.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name != ".lock-tool")
            .collect();
        assert_eq!(left, ["tool-1.0.0"]);
    }

    #[test]
    fn trunk_is_told_the_same_wasm_opt() {
        let settings = fs::read_to_string(paths::root().join("Trunk.toml")).unwrap();
        let major = BINARYEN_VERSION.split('.').next().unwrap();
        assert!(settings.contains(&format!("wasm_opt = \"version_{major}\"")), "{settings}");
    }
}

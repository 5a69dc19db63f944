//! Tools and libraries from npm, each with a pinned version.

use std::path::{Path, PathBuf};

use anyhow::Result;
use host::variants::digest;

use super::{NETWORK_REMEDY, cache::Cache, programs};
use crate::{
    files,
    shell::{Call, Shell},
};

const LOCK: &str = "package-lock.json";
/// Without install scripts: platform-specific parts of packages are packages, too, and nothing else may run.
const QUIET: [&str; 4] = ["--no-audit", "--no-fund", "--no-update-notifier", "--ignore-scripts"];

/// A package, the requested file in it, and its companions to install.
struct Package {
    name: &'static str,
    version: &'static str,
    /// Relative to `node_modules`.
    file: &'static str,
    companions: &'static [(&'static str, &'static str)],
}

const ESBUILD: Package = Package { name: "esbuild", version: "0.28.2", file: ".bin/esbuild", companions: &[] };
const BINARYEN: Package = Package { name: "binaryen", version: "132.0.0", file: ".bin/wasm-opt", companions: &[] };
const TYPESCRIPT: Package = Package { name: "typescript", version: "5.9.3", file: ".bin/tsc", companions: &[] };
const AXE: Package = Package { name: "axe-core", version: "4.14.1", file: "axe-core/axe.min.js", companions: &[] };
/// Vue includes its types.
const VUE: Package = Package { name: "vue", version: "3.5.45", file: "vue/package.json", companions: &[] };
const REACT: Package = Package {
    name: "react",
    version: "19.2.0",
    file: "react/package.json",
    companions: &[("react-dom", "19.2.0"), ("@types/react", "19.2.2"), ("@types/react-dom", "19.2.2")],
};
/// Linters for packages and their types.
const PUBLINT: Package = Package {
    name: "publint",
    version: "0.3.25",
    file: ".bin/publint",
    companions: &[("@arethetypeswrong/cli", "0.18.5")],
};
/// SQLite, DuckDB and PostgreSQL, each within Node's process.
const SQL_ENGINES: Package = Package {
    name: "sql.js",
    version: "1.17.0",
    file: "sql.js/package.json",
    companions: &[("@duckdb/node-api", "1.5.6-r.1"), ("@electric-sql/pglite", "0.5.17")],
};

/// Writes workbooks in the page's class.
const WRITE_EXCEL_FILE: Package = Package {
    name: "write-excel-file",
    version: "4.1.1",
    file: "write-excel-file/package.json",
    companions: &[("fflate", "0.8.2")],
};

/// The tool version that, besides the sources, determines how WebAssembly is optimised.
pub(crate) const WASM_OPT_VERSION: &str = BINARYEN.version;

/// The bundler of all JavaScript and styles.
pub(crate) fn esbuild(shell: Shell) -> Result<PathBuf> {
    ESBUILD.file(shell)
}

/// The optimiser of WebAssembly.
pub(crate) fn wasm_opt(shell: Shell) -> Result<PathBuf> {
    BINARYEN.file(shell)
}

/// The TypeScript compiler, for tests.
pub(crate) fn typescript(shell: Shell) -> Result<PathBuf> {
    TYPESCRIPT.file(shell)
}

/// The programs that check packages for npm: publint, and `attw`, which checks their types.
pub(crate) fn package_checkers(shell: Shell) -> Result<[PathBuf; 2]> {
    let publint = PUBLINT.file(shell)?;
    let attw = publint.with_file_name("attw");
    Ok([publint, attw])
}

/// axe-core's `axe.min.js`, which checks accessibility in the journeys.
pub(crate) fn axe(shell: Shell) -> Result<PathBuf> {
    AXE.file(shell)
}

/// The `node_modules` with React and its types, for the examples.
pub(crate) fn react(shell: Shell) -> Result<PathBuf> {
    REACT.node_modules(shell)
}

/// The `node_modules` with Vue, for the examples.
pub(crate) fn vue(shell: Shell) -> Result<PathBuf> {
    VUE.node_modules(shell)
}

/// The `node_modules` with the engines for testing exported SQL.
pub(crate) fn sql_engines(shell: Shell) -> Result<PathBuf> {
    SQL_ENGINES.node_modules(shell)
}

/// The `node_modules` with the imports of the page's scripts.
pub(crate) fn page_packages(shell: Shell) -> Result<PathBuf> {
    WRITE_EXCEL_FILE.node_modules(shell)
}

/// The `node_modules` according to the `package-lock.json` in `source`.
pub(crate) fn locked(shell: Shell, name: &str, source: &Path) -> Result<PathBuf> {
    programs::require()?;
    let lock = files::read(&source.join(LOCK))?;
    // Each lock file has its own installation.
    let version = digest(&lock)[..12].to_owned();
    let whole = Path::new("node_modules/.package-lock.json");
    let found = Cache::open()?.tool(shell, &format!("app-{name}"), &version, whole, |staging| {
        for file in ["package.json", LOCK] {
            files::copy(&source.join(file), &staging.join(file))?;
        }
        shell.run(Call::new("npm", NETWORK_REMEDY).arg("ci").args(QUIET).dir(staging))
    })?;
    Ok(found.parent().unwrap_or(&found).to_path_buf())
}

impl Package {
    fn file(&self, shell: Shell) -> Result<PathBuf> {
        Ok(self.node_modules(shell)?.join(self.file))
    }

    fn node_modules(&self, shell: Shell) -> Result<PathBuf> {
        programs::require()?;
        let file = Path::new("node_modules").join(self.file);
        let found =
            Cache::open()?.tool(shell, self.name, self.version, &file, |staging| self.install(shell, staging))?;
        let depth = Path::new(self.file).components().count();
        Ok(found.ancestors().nth(depth).unwrap_or(&found).to_path_buf())
    }

    fn install(&self, shell: Shell, staging: &Path) -> Result<()> {
        let call = Call::new("npm", NETWORK_REMEDY)
            .arg("install")
            .args(QUIET)
            .args(["--save-exact", "--prefix"])
            .arg(staging)
            .arg(format!("{}@{}", self.name, self.version))
            .args(self.companions.iter().map(|(name, version)| format!("{name}@{version}")));
        shell.run(call.dir(staging))
    }
}

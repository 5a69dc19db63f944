//! Python programs, each in a separate environment.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use super::{NETWORK_REMEDY, cache::Cache};
use crate::shell::{Call, Shell};

const CFN_LINT_VERSION: &str = "1.58.0";

/// cfn-lint, in a separate Python environment; only `deploy-check` needs it.
pub(crate) fn cfn_lint(shell: Shell) -> Result<PathBuf> {
    Cache::open()?.tool(shell, "cfn-lint", CFN_LINT_VERSION, Path::new("packages/bin/cfn-lint"), |staging| {
        let packages = staging.join("packages");
        let venv = staging.join("venv");
        shell.run(Call::new("python3", "install python3-venv").args(["-m", "venv"]).arg(&venv))?;
        // Not into the final environment, whose programs contain the path of the folder in which they were created.
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

/// Whether there is a Python that can create environments; Debian's needs python3-venv.
pub(crate) fn can_make_environments() -> bool {
    Command::new("python3").args(["-c", "import ensurepip, venv"]).output().is_ok_and(|answer| answer.status.success())
}

/// Whether there is what a Spark cluster runs on besides its Python packages: Java (Debian: default-jre-headless), and OpenSSL for
/// its certificate.
pub(crate) fn can_run_spark() -> bool {
    let answers = |program: &str, args: &[&str]| {
        Command::new(program).args(args).output().is_ok_and(|answer| answer.status.success())
    };
    let can = can_make_environments() && answers("java", &["-version"]) && answers("openssl", &["version"]);
    if !can {
        println!(
            "the test of a Spark cluster is left out: it needs java (Debian: default-jre-headless), openssl and python3-venv"
        );
    }
    can
}

/// A Python with the packages of a `requirements.txt`, whose first line is the version in the folder name.
pub(crate) fn python(shell: Shell, requirements: &Path) -> Result<PathBuf> {
    let text =
        fs::read_to_string(requirements).with_context(|| format!("{} could not be read", requirements.display()))?;
    let version = text.lines().next().unwrap_or_default().replace("==", "-");
    Cache::open()?.tool(shell, "python", &version, Path::new("bin/python"), |staging| {
        let remedy = "install Python 3.11 or newer with its venv module (Debian: python3-venv)";
        shell.run(Call::new("python3", remedy).args(["-m", "venv"]).arg(staging))?;
        let pip = Call::new(staging.join("bin/python"), NETWORK_REMEDY).args(["-m", "pip", "install", "--quiet"]);
        shell.run(pip.args(["--disable-pip-version-check", "--requirement"]).arg(requirements))
    })
}

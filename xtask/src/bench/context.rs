//! Shared by all measurements: the programs of both sides, files, and a stop-watch.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use serde_json::Value as Json;

use super::setting::{Bench, machine};
use crate::{
    paths,
    setup::python,
    shell::{Call, Shell},
};

const REMEDY: &str = "look at the message above";

/// The programs that are compared, and the paths of their files.
pub(super) struct Context {
    shell: Shell,
    python: PathBuf,
    data: Option<PathBuf>,
}

/// The resources used by a program.
#[derive(Clone, Copy)]
pub(super) struct Taken {
    pub(super) wall_s: f64,
    pub(super) cpu_s: f64,
    pub(super) peak_mb: f64,
}

impl Context {
    pub(super) fn new(bench: &Bench<'_>) -> Result<Self> {
        let (shell, data) = (bench.shell, bench.data.clone());
        shell.step("Build the trainer", || {
            let arguments =
                ["build", "--release", "--package", "trainer", "--bin", "scorecast", "--example", "fit_time"];
            shell.run(Call::new("cargo", REMEDY).args(arguments).dir(paths::root()))
        })?;
        let python = python::python(shell, &reference("requirements.txt"))?;
        fs::create_dir_all(dir()).context("target/bench could not be made")?;
        Ok(Self { shell, python, data })
    }

    /// A file in the folder of data that is not in the repository.
    pub(super) fn data(&self, name: &str) -> Result<PathBuf> {
        let file = self.data.as_ref().map(|dir| dir.join(name)).filter(|file| file.is_file());
        file.with_context(|| format!("this benchmark needs {name}: name its folder with --data"))
    }

    /// Runs one of our programs or one of `reference/` and returns its resource usage.
    pub(super) fn measure(&self, program: &[&str]) -> Result<Taken> {
        let found = self.json(self.python_call("measure.py").args(program))?;
        let number = |name: &str| found[name].as_f64().with_context(|| format!("measure.py prints no {name}"));
        Ok(Taken { wall_s: number("wall_s")?, cpu_s: number("cpu_s")?, peak_mb: number("peak_mb")? })
    }

    /// The median of `n` runs by wall time.
    pub(super) fn median(&self, n: usize, program: &[&str]) -> Result<Taken> {
        let mut taken = (0..n).map(|_| self.measure(program)).collect::<Result<Vec<_>>>()?;
        taken.sort_by(|left, right| left.wall_s.total_cmp(&right.wall_s));
        Ok(taken[n / 2])
    }

    /// The last line of output of a program of `reference/`, as JSON.
    pub(super) fn python(&self, program: &str, arguments: &[&str]) -> Result<Json> {
        self.json(self.python_call(program).args(arguments))
    }

    /// The same for the trainer's `fit_time`.
    pub(super) fn fit_time(&self, arguments: &[&str]) -> Result<Json> {
        self.json(Call::new(paths::target().join("release/examples/fit_time"), REMEDY).args(arguments).dir(dir()))
    }

    pub(super) fn exe_of_python(&self) -> &Path {
        &self.python
    }

    fn python_call(&self, program: &str) -> Call {
        // Spinning threads would take time from those that work.
        Call::new(&self.python, REMEDY).arg(reference(program)).dir(dir()).env("OMP_WAIT_POLICY", "passive")
    }

    fn json(&self, call: Call) -> Result<Json> {
        let finished = self.shell.output(call)?;
        let line = finished.output.lines().last().unwrap_or_default();
        match serde_json::from_str(line) {
            Ok(json) if finished.status.success() => Ok(json),
            _ => bail!("a program to compare with ended with {}:\n{}", finished.status, finished.output),
        }
    }

    /// `section`, followed by the machine, its load, and the versions of the reference libraries.
    pub(super) fn signed(section: &str) -> String {
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let load = load.split(' ').next().unwrap_or("unknown");
        let requirements = fs::read_to_string(reference("requirements.txt")).unwrap_or_default();
        let versions: Vec<String> = requirements.lines().map(|line| line.replace("==", " ")).collect();
        format!("{section}\n{}, load {load} when it ended; {}.\n", machine(), versions.join(", "))
    }
}

/// The folder for generated files.
pub(super) fn dir() -> PathBuf {
    paths::target().join("bench")
}

/// The optimised trainer.
pub(super) fn scorecast() -> PathBuf {
    paths::target().join("release").join(format!("scorecast{}", std::env::consts::EXE_SUFFIX))
}

fn reference(name: &str) -> PathBuf {
    paths::root().join("xtask/src/bench/reference").join(name)
}

pub(super) fn text(path: &Path) -> String {
    path.display().to_string()
}

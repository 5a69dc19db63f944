//! Builds and calls the trainer.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::{
    fingerprint::Fingerprint,
    paths,
    shell::{self, Call, Shell},
};

/// The files that the page fetches or links to; the trainer's other files are not published.
pub(crate) const PUBLISHED: [&str; 4] = ["preprocessor.json", "model.json", "report.json", "report.html"];

/// The page's sample file, relative to the root.
pub(crate) const SAMPLE: &str = "static/sample.csv";

/// The date on the default model's card: when the inputs of the model last changed.
const DAY: &str = "2026-11-30";

/// The optimised trainer.
pub(crate) struct Trainer {
    shell: Shell,
    exe: PathBuf,
}

impl Trainer {
    /// Builds it if necessary, with all features.
    pub(crate) fn build(shell: Shell) -> Result<Self> {
        Self::build_with(shell, &[])
    }

    /// Builds it if necessary, for CSV files and workbooks only: other formats take long to compile.
    pub(crate) fn build_basic(shell: Shell) -> Result<Self> {
        Self::build_with(shell, &["--no-default-features", "--features", "cli"])
    }

    fn build_with(shell: Shell, options: &[&str]) -> Result<Self> {
        shell.step("Build the trainer", || {
            let remedy = "look at the compiler's message above; `cargo xtask test` checks the rest";
            let arguments = ["build", "--release", "--package", "trainer", "--bin", "scorecast"];
            shell.run(Call::new("cargo", remedy).args(arguments).args(options).dir(paths::root()))
        })?;
        let name = format!("scorecast{}", std::env::consts::EXE_SUFFIX);
        Ok(Self { shell, exe: paths::target().join("release").join(name) })
    }

    /// The program.
    pub(crate) fn program(&self) -> &Path {
        &self.exe
    }

    /// Writes the fictional students of the page's sample file.
    pub(crate) fn write_sample(&self) -> Result<()> {
        self.shell.step("Generate the sample data", || {
            let arguments = ["sample", "--rows", "1000", "--seed", "42", "--output", SAMPLE];
            self.shell.run(self.call("look at the message above").args(arguments))
        })
    }

    /// Trains on the sample file; returns the folder of artifacts.
    pub(crate) fn train_default(&self) -> Result<PathBuf> {
        let output = paths::target().join("artifacts");
        let arguments = ["--target", "math_score", "--limits", "0:100", "--fictional", "--date", DAY, "--quiet"];
        let inputs = self.inputs()?.content(&paths::root().join(SAMPLE))?.text(&arguments.concat());
        inputs.unless_done("artifacts", &output.join("model.json"), || {
            self.shell.step("Train the default model", || {
                let remedy = "look at the message above; the trainer's log is in logs/";
                let call = self.call(remedy).args(["train", SAMPLE]).args(arguments);
                self.shell.run(call.arg("--output").arg(&output))
            })
        })?;
        Ok(output)
    }

    /// Trains on a user's file; returns the folder of artifacts.
    pub(crate) fn train_on(&self, data: &Path, target: &str, options: &[OsString]) -> Result<PathBuf> {
        let data = std::path::absolute(data)?;
        let output = paths::target().join("artifacts-own");
        let mut inputs = self.inputs()?.state(&data)?.text(target);
        // It affects the model.
        let config = data.with_file_name("scorecast.toml");
        if config.is_file() {
            inputs = inputs.content(&config)?;
        }
        for option in options {
            inputs = inputs.text(&option.to_string_lossy());
        }
        inputs.unless_done("artifacts-own", &output.join("model.json"), || {
            // Show the trainer's messages about dropped columns and the quality of the model.
            let title = format!("Train on {}", data.display());
            self.shell.loud_step(&title, || {
                let remedy = "look at the message above; options of the trainer may follow \
                    after `--`, as in `cargo xtask run --data FILE --target COLUMN -- --min-r2 0`";
                let call = self.call(remedy).arg("train").arg(&data).args(["--target", target]);
                let call = call.arg("--output").arg(&output).args(options);

                if shell::is_watched() {
                    Shell::run_in_console(call)
                } else {
                    Shell { verbose: true, ..self.shell }.run(call)
                }
            })
        })?;
        Ok(output)
    }

    fn inputs(&self) -> Result<Fingerprint> {
        Fingerprint::default().state(&self.exe)
    }

    pub(crate) fn call(&self, remedy: &str) -> Call {
        Call::new(&self.exe, remedy).dir(paths::root())
    }
}

/// Copies the published files from one folder into another.
pub(crate) fn publish(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("{} could not be made", to.display()))?;
    for name in PUBLISHED {
        let source = from.join(name);
        fs::copy(&source, to.join(name)).with_context(|| {
            format!(
                "{} could not be copied to {}; `cargo xtask artifacts` makes it anew",
                source.display(),
                to.display()
            )
        })?;
    }
    Ok(())
}

//! Runs the tests: unit, property and integration tests, examples in the documentation, parity, and the browser journeys.
//!
//! The journeys run in parallel to all others, since a journey mostly waits for its browser. Both calls of `cargo test`
//! select programs of the whole workspace, never a package: a single package would be recompiled with other features.

use std::{ffi::OsString, fs, panic::resume_unwind, path::Path, thread};

use anyhow::{Context, Result};

use super::{cargo_output, tally::Tally};
use crate::{
    paths,
    shell::{Call, Shell},
    times,
};

const JOURNEYS: &str = "journeys";

/// The tests of the workspace, and their environment variables.
#[derive(Default)]
pub(super) struct TestRun {
    environment: Vec<(&'static str, OsString)>,
}

impl TestRun {
    /// Sets an environment variable of the tests, such as the folder of a build.
    pub(super) fn tell(&mut self, name: &'static str, value: impl Into<OsString>) {
        self.environment.push((name, value.into()));
    }

    /// Compiles and runs them all.
    pub(super) fn run(&self, shell: Shell) -> Result<Tally> {
        let mut tally = Tally::default();
        let compiled = shell.step("Compile the tests", || shell.run(self.call(&["--no-run".to_owned()])));
        if tally.check("compilation of the tests", compiled).is_none() {
            return Ok(tally);
        }
        let (journeys, others) = programs()?;
        let others = [vec!["--lib".to_owned(), "--bins".to_owned()], others].concat();
        let aside = shell.aside();
        thread::scope(|scope| {
            let journeys = scope.spawn(|| self.outcome(aside, "Run the browser journeys", &journeys));
            let others = self.outcome(aside, "Run all other tests", &others);
            let examples = self.outcome(aside, "Run the documentation's examples", &["--doc".to_owned()]);
            let journeys = journeys.join().unwrap_or_else(|panic| resume_unwind(panic));
            for outcome in [journeys, others, examples] {
                tally.add(outcome?);
            }
            Ok(tally)
        })
    }

    fn outcome(&self, shell: Shell, title: &str, selection: &[String]) -> Result<Tally> {
        shell.step(title, || {
            let finished = shell.output(self.call(selection))?;
            let outcome = cargo_output::tally(&finished.output, finished.status.success());
            for (program, seconds) in cargo_output::durations(&finished.output) {
                times::record(&format!("  {program}"), seconds);
            }
            if !outcome.is_success() && !shell.verbose {
                println!("\n{}", cargo_output::worth_reading(&finished.output));
            }
            Ok(outcome)
        })
    }

    fn call(&self, selection: &[String]) -> Call {
        let call = Call::new("cargo", "look at the message above")
            .args(["test", "--workspace", "--no-fail-fast"])
            .args(selection)
            .dir(paths::root());
        self.environment.iter().fold(call, |call, (name, value)| call.env(name, value))
    }
}

/// The options that select the test programs of the journeys, and those of all other packages.
fn programs() -> Result<(Vec<String>, Vec<String>)> {
    let (mut journeys, mut others) = (Vec::new(), Vec::new());
    let root = paths::root();
    for package in folder(&root)? {
        let tests = root.join(&package).join("tests");
        if !root.join(&package).join("Cargo.toml").is_file() || !tests.is_dir() {
            continue;
        }
        let options = if package == JOURNEYS { &mut journeys } else { &mut others };
        for name in folder(&tests)? {
            let program =
                name.strip_suffix(".rs").or_else(|| tests.join(&name).join("main.rs").is_file().then_some(&name[..]));
            if let Some(program) = program {
                options.extend(["--test".to_owned(), program.to_owned()]);
            }
        }
    }
    Ok((journeys, others))
}

/// The names in a folder, in order.
fn folder(path: &Path) -> Result<Vec<String>> {
    let entries = fs::read_dir(path).with_context(|| format!("{} could not be read", path.display()))?;
    let mut names =
        entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect::<Result<Vec<_>>>()?;
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_those_of_the_journeys_and_of_other_packages() {
        let (journeys, others) = programs().unwrap();
        let has = |options: &[String], name: &str| options.chunks(2).any(|pair| pair == ["--test", name]);
        assert!(has(&journeys, "page") && has(&journeys, "element") && !has(&journeys, "command"));
        assert!(journeys.chunks(2).all(|pair| !has(&others, &pair[1])), "a program of this name would run twice");
        assert!(has(&others, "command") && has(&others, "attacks") && !has(&others, "page") && !has(&others, "common"));
    }
}

//! Runs the tests: unit, property and integration tests, examples in the documentation, parity, and the browser journeys.
//!
//! One program after the other: with the journeys beside all other tests two cores take five minutes less, but then the tests of
//! what is promised within seconds, such as the end after an interrupt, fail now and again.

use std::ffi::OsString;

use anyhow::Result;

use super::{cargo_output, tally::Tally};
use crate::{
    paths,
    shell::{Call, Shell},
    times,
};

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
        let compiled = shell.step("Compile the tests", || shell.run(self.call(&["--no-run"])));
        if tally.check("compilation of the tests", compiled).is_some() {
            tally.add(self.outcome(shell)?);
        }
        Ok(tally)
    }

    fn outcome(&self, shell: Shell) -> Result<Tally> {
        shell.step("Run the tests and the browser journeys", || {
            let finished = shell.output(self.call(&[]))?;
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

    fn call(&self, options: &[&str]) -> Call {
        let call = Call::new("cargo", "look at the message above")
            .args(["test", "--workspace", "--no-fail-fast"])
            .args(options)
            .dir(paths::root());
        self.environment.iter().fold(call, |call, (name, value)| call.env(name, value))
    }
}

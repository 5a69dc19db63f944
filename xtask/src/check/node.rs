//! Tests of the JavaScript modules without a browser, by Node's test runner.

use std::path::Path;

use anyhow::Result;

use super::tally::Tally;
use crate::{
    paths,
    setup::npm,
    shell::{Call, Shell},
};

const TESTS: [&str; 7] = ["load", "predict", "many", "rows", "csv", "install", "bundles"];
const TRAINING_TESTS: &str = "training/tests/train.test.mjs";

/// Runs `module/tests/*.test.mjs` on the packed module, and the tests of the trainer.
pub(crate) fn run(shell: Shell, tarball: &Path) -> Result<Tally> {
    let mut outcome = Tally::default();
    shell.step("Run the modules' tests in Node", || {
        let call = Call::new("node", "look at the message above").args(["--test", "--test-reporter=tap"]);
        let call = call
            .args(TESTS.map(|name| format!("module/tests/{name}.test.mjs")))
            .arg(TRAINING_TESTS)
            .env("SCORECAST_TRAINING", paths::training())
            .env("SCORECAST_MODULE", paths::module())
            .env("SCORECAST_TARBALL", tarball)
            .env("SCORECAST_ESBUILD", npm::esbuild(shell)?);
        let finished = shell.output(call.dir(paths::root()))?;
        outcome = tally(&finished.output, finished.status.success());
        if !outcome.is_success() && !shell.verbose {
            println!("\n{}", finished.output);
        }
        Ok(())
    })?;
    Ok(outcome)
}

/// Counts the results in the TAP output of `node --test`: the sums from its end, the names from the tests' lines.
fn tally(output: &str, ended_well: bool) -> Tally {
    let sum = |what: &str| {
        let line = output.lines().rev().find_map(|line| line.strip_prefix("# ")?.strip_prefix(what));
        line.and_then(|number| number.trim().parse::<usize>().ok()).unwrap_or(0)
    };
    let named = |start: &str| {
        let name = |line: &str| Some(line.trim().strip_prefix(start)?.split_once(" - ")?.1.to_owned());
        output.lines().filter_map(name).collect::<Vec<_>>()
    };
    let mut failed = named("not ok ");
    failed.resize_with(sum("fail ").max(usize::from(!ended_well)), || "a test of the module".to_owned());
    Tally { passed: sum("pass "), failed, skipped: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_names() {
        let output = "TAP version 13\nok 1 - loads\nnot ok 2 - predicts\n  ---\n1..2\n# tests 2\n# pass 1\n# fail 1\n";
        let found = tally(output, false);
        assert_eq!((found.passed, found.failed), (1, vec!["predicts".to_owned()]));
        assert_eq!(tally("# pass 2\n# fail 0\n", true), Tally { passed: 2, ..Tally::default() });
        assert!(!tally("node: bad option\n", false).is_success());
    }
}

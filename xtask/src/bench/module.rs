//! The JavaScript module in Node compared with a plain interpreter of the same JSON, in one process:
//! `module/bench/bench.mjs`.

use std::{fs, path::Path};

use anyhow::{Context, Result};

use super::setting::{Bench, machine};
use crate::{
    build::{
        module,
        trainer::{SAMPLE, Trainer},
    },
    paths, setup,
    shell::Call,
};

/// The ensemble for which limits are set: 256 trees of depth 3.
const GRID: &str = "[gradient-boosting]\nlearning_rate = 0.1\nmax_depth = 3\nn_estimators = 256\n";

pub(super) fn measure(bench: &Bench<'_>) -> Result<String> {
    setup::ensure(bench.shell)?;
    module::build(bench.shell)?;
    let folder = tempfile::tempdir()?;
    train_trees(bench, folder.path())?;
    let call = Call::new("node", "look at the message above").arg("module/bench/bench.mjs").arg(paths::module());
    let call = call.arg("artifacts").arg(folder.path()).dir(paths::root());
    let finished = bench.shell.output(call)?;
    let rows: Vec<&str> = finished.output.lines().filter(|line| line.starts_with('|')).collect();
    anyhow::ensure!(finished.status.success() && rows.len() == 2, "the benchmark failed: {}", finished.output);
    let node = bench.shell.output(Call::new("node", "install Node").arg("--version"))?.output;
    Ok(format!(
        "Medians of seven runs in turns ({}, Node {}): the default linear model, and 256 trees of depth 3 on `{SAMPLE}`. \
         `predict` takes an object, `predictMany` a million rows in typed arrays; the script interprets `model.json` object \
         by object.\n\n\
         | model | `predict` | script | times as fast | `predictMany` | times as fast as the script |\n\
         |---|---|---|---|---|---|\n{}\n",
        machine(),
        node.trim(),
        rows.join("\n"),
    ))
}

fn train_trees(bench: &Bench<'_>, folder: &Path) -> Result<()> {
    let grid = folder.join("grid.toml");
    fs::write(&grid, GRID).context("the grid could not be written")?;
    let trainer = Trainer::build(bench.shell)?;
    let call = trainer.call("look at the message above").args(["train", SAMPLE, "--target", "math_score", "--grid"]);
    let call = call.arg(&grid).args(["--min-r2", "0", "--quiet", "--output"]).arg(folder);
    bench.shell.run(call.arg("--log-dir").arg(folder))
}

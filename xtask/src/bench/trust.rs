//! Intervals and explanations: the coverage over many splits, and the time for one record in WebAssembly.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result, ensure};

use super::setting::{Bench, machine};
use crate::{
    build::{
        module,
        trainer::{SAMPLE, Trainer},
    },
    paths, setup,
    shell::Call,
};

/// Each file with its target and the champion that training selects.
const CHAMPIONS: [(&str, &str, &str, &str); 3] = [
    ("stud.csv", "math_score", "linear", "{}"),
    ("student-mat.csv", "G3", "xgboost", XGBOOST),
    ("star_g3.csv", "math_score", "xgboost", XGBOOST),
];
const XGBOOST: &str = r#"{"colsample_bytree":0.7,"learning_rate":0.08,"max_depth":3,"min_child_weight":6.0,"n_estimators":100,"subsample":0.7}"#;

/// The ensemble for which a limit is set: 256 trees of depth 3.
const GRIDS: [(&str, &str); 2] = [
    ("boosting", "[gradient-boosting]\nlearning_rate = 0.1\nmax_depth = 3\nn_estimators = 256\n"),
    ("catboost", "[catboost]\nlearning_rate = 0.1\ndepth = 3\niterations = 256\n"),
];

/// Mean coverage over 200 random splits, and by group.
pub(super) fn coverage(bench: &Bench<'_>) -> Result<String> {
    let (mut splits, mut groups) = (String::new(), String::new());
    for (file, target, family, params) in CHAMPIONS {
        let call = Call::new("cargo", "name the folder of the data files with --data").dir(paths::root());
        let call = call.args(["run", "--quiet", "--package", "trainer", "--example", "coverage_study", "--"]);
        let finished = bench.shell.output(call.arg(bench.data(file)?).args([target, family, params]))?;
        ensure!(finished.status.success(), "the study failed: {}", finished.output);
        for line in finished.output.lines() {
            if let Some(row) = line.strip_prefix("split ") {
                let _ = writeln!(splits, "{row}");
            } else if let Some(row) = line.strip_prefix("group ") {
                let _ = writeln!(groups, "{row}");
            }
        }
    }
    ensure!(splits.lines().count() == CHAMPIONS.len(), "the study printed no rows");
    Ok(format!(
        "Mean share of held-back rows within their interval over 200 random splits (20 % held back, seeds 0 to 199), for the \
         champion of each file, in percent; in how many splits intervals varied in width. The bar is ± 1.5 points.\n\n\
         | file | family | at 50 | at 80 | at 90 | at 95 | varying |\n|---|---|---|---|---|---|---|\n{splits}\n\
         By group at 90 %: the groups that are farthest off, of those with at least 2,000 held-back rows in all splits \
         together. Intervals promise the level on average over all rows, not for each group.\n\n\
         | file | group | rows a split | within, % | groups looked at |\n|---|---|---|---|---|\n{groups}\n{}",
        machine()
    ))
}

/// A prediction with its interval and its explanation, one record at a time.
pub(super) fn explain(bench: &Bench<'_>) -> Result<String> {
    setup::ensure(bench.shell)?;
    module::build_trust(bench.shell)?;
    let trainer = Trainer::build(bench.shell)?;
    let folder = tempfile::tempdir()?;
    let mut call =
        Call::new("node", "look at the message above").arg("module/bench/trust.mjs").arg(paths::module_trust());
    call = call.arg("artifacts").dir(paths::root());
    for (name, grid) in GRIDS {
        let (output, file) = (folder.path().join(name), folder.path().join(format!("{name}.toml")));
        fs::write(&file, grid).context("the grid could not be written")?;
        let train = trainer.call("look at the message above").args(["train", SAMPLE, "--target", "math_score"]);
        let train = train.args(["--min-r2", "0", "--quiet", "--size-budget", "1000000", "--grid"]).arg(&file);
        bench.shell.run(train.arg("--output").arg(&output).arg("--log-dir").arg(folder.path()))?;
        call = call.arg(&output);
    }
    let finished = bench.shell.output(call)?;
    let rows: Vec<&str> = finished.output.lines().filter(|line| line.starts_with('|')).collect();
    ensure!(finished.status.success() && rows.len() == 1 + GRIDS.len(), "the benchmark failed: {}", finished.output);
    Ok(format!(
        "Prediction, interval at 90 % and explanation of one record in WebAssembly, in Node ({}): the median of seven runs \
         over a hundred records; the first one also prepares the background. The default linear model, and 256 trees of \
         depth 3 on `{SAMPLE}`. The bars are 20 µs (linear) and 1 ms.\n\n\
         | model | prototypes | each record | the first |\n|---|---|---|---|\n{}",
        machine(),
        rows.join("\n")
    ))
}

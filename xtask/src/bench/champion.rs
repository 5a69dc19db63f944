//! The automatic champion compared with popular boosting libraries at their defaults, on rows not used for training.

use std::{collections::BTreeMap, fmt::Write as _, fs};

use anyhow::{Context, Result};
use serde_json::Value;

use super::setting::{Bench, machine};
use crate::{build::trainer::Trainer, paths};

pub(super) fn measure(bench: &Bench<'_>) -> Result<String> {
    let trainer = Trainer::build(bench.shell)?;
    let golden = fs::read_to_string(paths::root().join("trainer/tests/golden/champions.json"))?;
    let golden: Value = serde_json::from_str(&golden)?;
    let files = golden["files"].as_object().context("champions.json has no files")?;
    let seeds = golden["seeds"].as_array().context("champions.json has no seeds")?;
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (mut ours, mut references, mut chosen) = (Vec::new(), BTreeMap::<&str, Vec<f64>>::new(), Vec::new());
    for (file, about) in files {
        let (mut scores, mut families) = (Vec::new(), BTreeMap::<String, usize>::new());
        for seed in seeds {
            let folder = tempfile::tempdir()?;
            let call =
                trainer.call("name the folder of the data files with --data").arg("train").arg(bench.data(file)?);
            let call =
                call.args(["--target", about["target"].as_str().unwrap_or_default(), "--seed", &seed.to_string()]);
            let call = call.args(["--min-r2", "0", "--quiet", "--output"]).arg(folder.path());
            bench.shell.run(call.arg("--log-dir").arg(folder.path()))?;
            let report: Value = serde_json::from_str(&fs::read_to_string(folder.path().join("report.json"))?)?;
            scores.push(report["holdout"]["r2"].as_f64().context("a report without a holdout score")?);
            *families.entry(report["champion"]["family"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
        }
        ours.push(mean(&scores));
        for (name, scores) in about["r2"].as_object().context("champions.json has no scores")? {
            let scores: Vec<f64> = scores.as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
            references.entry(name).or_default().push(mean(&scores));
        }
        let families: Vec<String> = families.iter().map(|(family, n)| format!("{n} × {family}")).collect();
        chosen.push(format!("{file}: {}", families.join(", ")));
    }
    let mut text = format!(
        "Mean holdout R² over {} splits ({}). The references were measured once: {}.\n\n| |{} mean |\n|---|{}---|\n",
        seeds.len(),
        machine(),
        golden["made_with"].as_str().unwrap_or_default(),
        files.keys().map(|file| format!(" {file} |")).collect::<String>(),
        "---|".repeat(files.len()),
    );
    for (name, means) in
        std::iter::once(("Scorecast", &ours)).chain(references.iter().map(|(name, means)| (*name, means)))
    {
        let cells: String = means.iter().map(|mean| format!(" {mean:.4} |")).collect();
        let _ = writeln!(text, "| {name} |{cells} {:.4} |", mean(means));
    }
    let _ = write!(text, "\nChosen were {}.", chosen.join("; "));
    Ok(text)
}

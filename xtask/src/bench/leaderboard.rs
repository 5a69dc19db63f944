//! The classic grid on the classic data, by family, compared with scikit-learn's search over the same candidates.

use std::{fmt::Write as _, fs, time::Instant};

use anyhow::{Context, Result};
use serde_json::Value;

use super::setting::{Bench, machine};
use crate::build::trainer::Trainer;

/// Each family with its number of classic candidates and the reference's best mean cross-validated R², measured
/// separately on two cores with scikit-learn 1.9.1, XGBoost 3.2.0 and CatBoost 1.2.10.
const REFERENCE: [(&str, usize, f64); 8] = [
    ("linear", 1, 0.8664),
    ("gradient-boosting", 3456, 0.8509),
    ("catboost", 27, 0.8468),
    ("forest", 72, 0.8332),
    ("adaboost", 72, 0.8259),
    ("xgboost", 24, 0.8248),
    ("tree", 16, 0.6610),
    ("knn", 400, 0.6312),
];

pub(super) fn measure(bench: &Bench<'_>) -> Result<String> {
    let folder = tempfile::tempdir()?;
    let trainer = Trainer::build(bench.shell)?;
    let families = REFERENCE.map(|(family, ..)| family).join(",");
    let started = Instant::now();
    bench.shell.step("Search the classic grid", || {
        let call = trainer.call("name the folder of stud.csv with --data").arg("train");
        let call = call.arg(bench.data("stud.csv")?).args(["--target", "math_score", "--grid", "classic"]);
        let call = call.args(["--quiet", "--families", &families, "--output"]).arg(folder.path());
        bench.shell.run(call.arg("--log-dir").arg(folder.path()))
    })?;
    let seconds = started.elapsed().as_secs_f64();
    let report: Value = serde_json::from_str(&fs::read_to_string(folder.path().join("report.json"))?)?;
    let entries = report["leaderboard"].as_array().context("the report has no leaderboard")?;
    let mut text = format!(
        "`--grid classic` on `stud.csv`: {} candidates × 3 folds, all seeds 42, in {seconds:.1} s ({}, Scorecast {}).\n\n\
         | family | candidates | best cross-validated R² | with | scikit-learn's best |\n|---|---|---|---|---|\n",
        entries.len(),
        machine(),
        report["versions"]["scorecast"].as_str().unwrap_or_default(),
    );
    for (family, n_candidates, reference) in REFERENCE {
        let mut of_family = entries.iter().filter(|entry| entry["family"] == family);
        // The leaderboard is sorted, best first.
        let best = of_family.next().with_context(|| format!("{family} is not on the leaderboard"))?;
        let found = 1 + of_family.count();
        anyhow::ensure!(found == n_candidates, "{family} has {found} candidates instead of {n_candidates}");
        let score = |name: &str| best["cv"][name].as_f64().unwrap_or(f64::NAN);
        let params = best["params"].as_object().map(|params| {
            params
                .iter()
                .map(|(name, value)| format!("{name} {}", value.to_string().trim_matches('"')))
                .collect::<Vec<_>>()
        });
        let _ = writeln!(
            text,
            "| {family} | {n_candidates} | {:.4} ± {:.4} | {} | {reference:.4} |",
            score("r2_mean"),
            score("r2_sd"),
            params.unwrap_or_default().join(", "),
        );
    }
    let _ = write!(
        text,
        "\n± is the standard deviation over the folds. The champion, {}, has R² {:.6} on the 200 rows that were held back.",
        report["champion"]["family"].as_str().unwrap_or_default(),
        report["holdout"]["r2"].as_f64().unwrap_or(f64::NAN),
    );
    Ok(text)
}

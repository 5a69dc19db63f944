//! The copy of the report that the page fetches.
//!
//! Why a copy: `report.json` has every candidate with the score of each fold, which for a large grid is larger than the
//! whole page. The page shows the best ten; the best of every other family is kept, too.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context, Result};
use serde_json::{Value, json};

/// Rows of the leaderboard that the page shows.
const BEST: usize = 10;

/// Reduces the leaderboard in the report at `path` to the best candidates and the best of each family, without fold
/// scores.
pub(crate) fn shorten(path: &Path) -> Result<()> {
    let text = fs::read_to_string(path).with_context(|| format!("{} could not be read", path.display()))?;
    let text = shortened(&text).with_context(|| format!("{} is no report; train again", path.display()))?;
    fs::write(path, text).with_context(|| format!("{} could not be written", path.display()))
}

fn shortened(report: &str) -> Result<String> {
    let mut report: Value = serde_json::from_str(report)?;
    let entries = report["leaderboard"].as_array_mut().context("the report has no leaderboard")?;
    let (mut rank, mut families) = (0, BTreeSet::new());
    entries.retain(|entry| {
        rank += 1;
        let is_first = families.insert(entry["family"].to_string());
        rank <= BEST || is_first
    });
    for entry in entries {
        let cv = &mut entry["cv"];
        for score in ["r2_mean", "r2_sd"] {
            // More digits than any table shows.
            let value = cv[score].as_f64().context("a candidate has no score")?;
            cv[score] = json!((value * 1e6).round() / 1e6);
        }
        cv["r2_folds"] = json!([]);
    }
    if let Some(report) = report.as_object_mut() {
        report.remove("race");
    }
    Ok(report.to_string() + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_and_the_best_of_each_family_stay() {
        let entry = |family: &str, r2: f64| json!({"family": family, "params": {}, "cv": {"r2_mean": r2, "r2_sd": 0.1, "r2_folds": [r2]}});
        let mut entries: Vec<Value> =
            (0..20).map(|idx| entry("ridge", 0.812_345_678 - f64::from(idx) / 100.0)).collect();
        entries.extend([entry("tree", 0.2), entry("tree", 0.1)]);
        let report = json!({"n_candidates": 22, "race": {}, "golden": [0.1 + 0.2], "leaderboard": entries});
        let short: Value = serde_json::from_str(&shortened(&report.to_string()).unwrap()).unwrap();
        let entries = short["leaderboard"].as_array().unwrap();
        assert_eq!(entries.len(), 11);
        assert!(short.get("race").is_none());
        assert_eq!(entries[0]["cv"], json!({"r2_mean": 0.812_346, "r2_sd": 0.1, "r2_folds": []}));
        assert_eq!(entries[10]["family"], "tree");
        assert_eq!((&short["n_candidates"], &short["golden"]), (&report["n_candidates"], &report["golden"]));
    }
}

//! Checks that the table of docs/embedding.md lists exactly the runs.

use std::{collections::BTreeSet, fs};

use anyhow::{Context, Result, ensure};

use super::{run::root, runs::RUNS};

const START: &str = "<!-- runs -->\n";
const END: &str = "<!-- /runs -->";

/// Compares the table with the runs, and the runs with the apps' folders.
///
/// # Errors
///
/// Shows the expected table.
pub(super) fn is_that_of_the_runs() -> Result<()> {
    let docs = fs::read_to_string(root().join("docs/embedding.md"))?;
    let (_, rest) = docs.split_once(START).context("docs/embedding.md has no place for the table")?;
    let (table, _) = rest.split_once(END).context("the table has no end")?;
    let wanted = wanted();
    ensure!(table == wanted, "docs/embedding.md: the table has to be\n{START}{wanted}{END}");

    let mut folders = BTreeSet::new();
    for entry in fs::read_dir(root().join("journeys/bundlers"))? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            folders.insert(entry.file_name().to_string_lossy().into_owned());
        }
    }
    let used: BTreeSet<String> = RUNS.iter().map(|run| run.app.to_owned()).collect();
    ensure!(folders == used, "apps without a run, or runs without an app: {folders:?} and {used:?}");
    Ok(())
}

fn wanted() -> String {
    let mut lines = vec!["| where | what it takes | example |".to_owned(), "|---|---|---|".to_owned()];
    lines.extend(
        RUNS.iter().map(|run| {
            format!("| {} | {} | [{}](../journeys/bundlers/{}) |", run.title(), run.takes, run.app, run.app)
        }),
    );
    lines.join("\n") + "\n"
}

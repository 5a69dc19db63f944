//! Load and response times of the page, measured in Chromium by the journeys' `timings`.

use anyhow::{Context, Result, bail};

use super::setting::{Bench, machine};
use crate::{
    build::{
        site::{self, Extent},
        sizes,
        trainer::Trainer,
    },
    paths,
    setup::{self, browsers},
    shell::Call,
};

/// The measurement, its name in the table, and its limit in milliseconds.
const ROWS: [(&str, &str, Option<f64>); 4] = [
    ("first-estimate", "first estimate after navigation, localhost, cold cache", Some(150.0)),
    ("yardstick", "the same of an empty page whose script of ten lines reads the artifacts", None),
    ("keystroke", "main thread a keystroke, to the repainted page, 256 trees of depth 3", Some(8.0)),
    ("class", "class of 1,000,000 rows × 7 columns, read, predicted and shown", Some(3_000.0)),
];

pub(super) fn measure(bench: &Bench<'_>) -> Result<String> {
    let shell = bench.shell;
    setup::ensure(shell)?;
    let site = site::build(shell, &paths::root().join("artifacts"), Extent::Page)?;
    browsers::ensure(shell)?;
    let trainer = Trainer::build(shell)?;
    let call = Call::new("cargo", "look at the lines above")
        .args(["test", "--package", "journeys", "--test", "timings", "--", "--test-threads=1"])
        .dir(paths::root())
        .env("SCORECAST_TIMINGS", "1")
        .env("SCORECAST_TRAINER", trainer.program())
        .env("SCORECAST_DIST", &site);
    let mut output = String::new();
    shell.step("Time the page in Chromium", || {
        let finished = shell.output(call)?;
        if !finished.status.success() {
            bail!("{}", finished.output);
        }
        output = finished.output;
        Ok(())
    })?;
    let mut table = String::from("| | bar | median | slowest |\n|---|---|---|---|\n");
    for (name, title, bar) in ROWS {
        let line = output.lines().find_map(|line| line.split_once(&format!("timing {name} "))).map(|(_, rest)| rest);
        let (median, slowest) = line.and_then(|rest| rest.split_once(' ')).with_context(|| format!("no {name}"))?;
        let rounded = |text: &str| -> Result<String> { Ok(format!("{:.1} ms", text.trim().parse::<f64>()?)) };
        let bar = bar.map(|bar| format!("{bar} ms")).unwrap_or_default();
        table.push_str(&format!("| {title} | {bar} | {} | {} |\n", rounded(median)?, rounded(slowest)?));
    }
    let limit = sizes::FIRST_LOAD_LIMIT;
    let weight = sizes::total(&sizes::first_load(&site)?);
    table
        .push_str(&format!("| everything before the first estimate, brotli 11 | {limit} bytes | {weight} bytes | |\n"));
    Ok(format!(
        "{}, headless Chromium. Medians of 15 (the first two, in turns), 5 (means of 100 keystrokes) and 3.\n\n{table}",
        machine()
    ))
}

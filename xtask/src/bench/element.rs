//! The custom element: its size with the default model, and the time in a browser with empty caches until the first
//! estimate shows in a page of another origin.

use anyhow::{Result, ensure};

use super::{
    load::median,
    setting::{Bench, machine},
};
use crate::{
    build::{
        element,
        site::{self, Extent},
        sizes,
    },
    paths,
    setup::{self, browsers},
    shell::Call,
};

/// The target, in milliseconds.
const AIM: f64 = 400.0;

pub(super) fn measure(bench: &Bench<'_>) -> Result<String> {
    setup::ensure(bench.shell)?;
    let site = site::build(bench.shell, &paths::root().join("artifacts"), Extent::Everything)?;
    browsers::ensure(bench.shell)?;
    let call =
        Call::new("cargo", "look at the message above").args(["run", "--package", "journeys", "--example", "cold"]);
    let call = call.args(["--", "--test-threads", "1"]).env("SCORECAST_DIST", &site).dir(paths::root());
    let finished = bench.shell.output(call)?;
    let time = |line: &str| line.rsplit_once("ready after ").and_then(|(_, rest)| rest.split(' ').next()?.parse().ok());
    let times: Vec<f64> = finished.output.lines().filter_map(time).collect();
    ensure!(finished.status.success() && times.len() == 7, "the benchmark failed: {}", finished.output);
    let most = times.iter().copied().fold(0.0, f64::max);
    let weights = element::sizes()?;
    let rows: String = weights.iter().map(|size| format!("| {size} |\n")).collect();
    Ok(format!(
        "From opening a page on another port until `scorecast-ready`, with an empty profile each time ({}, Chromium, \
         headless): median of seven {:.0} ms, the slowest {most:.0} ms; the aim is {AIM:.0} ms.\n\n\
         | file | bytes | brotli |\n|---|---|---|\n{rows}| together | | {} |\n",
        machine(),
        median(times),
        sizes::total(&weights),
    ))
}

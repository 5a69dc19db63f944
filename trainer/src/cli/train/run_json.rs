//! `run.json`: properties of a run that differ between runs on the same data. It is kept only by whoever trained the
//! model.

use std::path::Path;
use std::time::Duration;

use serde_json::{Map, Value as Json, json};
use trainer::{Outcome, Scored};

/// The command line, without secrets in an engine's address.
fn command() -> Vec<String> {
    let words = std::env::args();
    #[cfg(feature = "engines")]
    let words = words.map(|word| crate::cli::engine::redacted(&word));
    words.collect()
}

/// The content of `run.json`; `reading` is the time it took to read `file`.
pub(super) fn run_json(file: &Path, outcome: &Outcome, reading: Duration) -> String {
    let seconds = |duration: &Duration| duration.as_secs_f64();
    let stages: Map<String, Json> = std::iter::once(("read", seconds(&reading)))
        .chain(outcome.stages.iter().map(|(name, duration)| (*name, seconds(duration))))
        .map(|(name, seconds)| (name.to_owned(), json!(seconds)))
        .collect();
    let candidate = |Scored { entry, duration, .. }: &Scored| json!({"family": entry.family, "params": entry.params, "seconds": seconds(duration)});
    let candidates: Vec<Json> = outcome.leaderboard.iter().map(candidate).collect();
    let run = json!({
        "time": jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "file": file.display().to_string(),
        "command": command(),
        "machine": {
            "os": std::env::consts::OS,
            "arch": std::env::consts::ARCH,
            "threads": std::thread::available_parallelism().map_or(1, usize::from),
        },
        "stage_seconds": stages,
        "candidates": candidates,
    });
    format!("{run:#}\n")
}

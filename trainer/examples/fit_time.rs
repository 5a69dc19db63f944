//! The time to fit one candidate, for `cargo xtask bench`: the first four fifths of a file's rows are the training rows
//! (preprocessing and binning included, reading excluded), the others the validation rows.
//!
//! ```console
//! cargo run --release -p trainer --example fit_time -- FILE.csv TARGET GRID.toml REPEATS
//! ```
//!
//! Prints one line of JSON: the wall and CPU seconds (on Linux) of each repetition, the root mean squared error and R².

use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::Instant;

use trainer::{FitData, IngestOptions, fit_preprocessor, ingest, read_grid, score};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, target, grid, repeats] = &arguments[..] else { return Err("FILE.csv TARGET GRID.toml REPEATS".into()) };
    let bytes = fs::read(file)?;
    let table = ingest(Path::new(file), &bytes, &IngestOptions { target: target.clone(), ..Default::default() })?;
    drop(bytes);
    let candidate = read_grid(grid, &fs::read_to_string(grid)?)?.remove(0);
    let rows: Vec<usize> = (0..table.n_rows()).collect();
    let (train, validation) = rows.split_at(rows.len() / 5 * 4);
    let (mut seconds, mut cpu_seconds) = (Vec::new(), Vec::new());
    let mut found = None;
    for _ in 0..repeats.parse()? {
        let (started, cpu_started) = (Instant::now(), cpu_time());
        let preprocessor = fit_preprocessor(&table, train, None);
        let data = FitData::new(&preprocessor, &table, train);
        let model = candidate.learner.fit(&candidate.params, &data, 42)?;
        seconds.push(started.elapsed().as_secs_f64());
        cpu_seconds.push(cpu_time() - cpu_started);
        found = Some((preprocessor, model));
    }
    let (preprocessor, model) = found.ok_or("REPEATS must be at least 1")?;
    let validation = FitData::new(&preprocessor, &table, validation);
    let predicted = validation.predict(&model, candidate.learner.abilities().features);
    let score = score(validation.target(), &predicted, None);
    println!(
        "{}",
        serde_json::json!({"seconds": seconds, "cpu_seconds": cpu_seconds, "rmse": score.rmse, "r2": score.r2})
    );
    Ok(())
}

/// The CPU seconds of this process, in hundredths, from Linux's /proc; zero elsewhere.
fn cpu_time() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // After the program's name, which may contain any character, user and system time are the 12th and 13th field.
    let fields = stat.rsplit(") ").next().unwrap_or_default().split(' ').skip(11).take(2);
    fields.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

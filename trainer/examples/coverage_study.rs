//! The coverage of intervals over 200 random splits of a file, overall and by group: `cargo xtask bench coverage`
//! writes it to BENCHMARKS.md. `cargo run --release -p trainer --example coverage_study -- FILE.csv TARGET FAMILY
//! PARAMS`, with the parameters as JSON, optionally followed by columns whose groups get separate intervals; prints a
//! row of a Markdown table, and one for each of the groups with the worst coverage.

use std::collections::BTreeMap;
use std::path::Path;

use model_core::{Params, Predictor, Trust};
use rayon::prelude::*;
use trainer::{
    Candidate, FitData, IngestOptions, StopSignal, coverage, fit_preprocessor, holdout_split, ingest, intervals,
    learner, out_of_fold,
};

const N_SPLITS: u32 = 200;
/// Groups with fewer holdout rows in all splits together say nothing about 90 %.
const MIN_ROWS: usize = 2_000;
const N_GROUPS: usize = 4;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, file, target, family, params, by @ ..] = &arguments[..] else {
        return Err("name a CSV file, its target, a family and its parameters".into());
    };
    let options = IngestOptions { target: target.clone(), ..Default::default() };
    let table = ingest(Path::new(file), &std::fs::read(file)?, &options)?;
    let params: Params = serde_json::from_str(params)?;
    let candidate = Candidate { learner: learner(family).ok_or("no such family")?, params };
    let place = |name: &String| table.columns.iter().position(|column| column.name == *name).ok_or("no such column");
    let by: Vec<usize> = by.iter().map(place).collect::<Result<_, _>>()?;
    let of_split = |seed: u32| {
        let split = holdout_split(table.n_rows(), 0.2, seed, 3).map_err(|error| error.to_string())?;
        let data = FitData::new(&fit_preprocessor(&table, &split.train, None), &table, &split.train);
        let stop = StopSignal::default();
        let predicted =
            out_of_fold(&table, &split.train, &candidate, u64::from(seed), &stop).map_err(|error| error.to_string())?;
        let (intervals, summary) = intervals(&data, &predicted, &by);
        let model = candidate.learner.fit(&candidate.params, &data, 0).map_err(|error| error.to_string())?;
        let preprocessor = data.preprocessor(candidate.learner.abilities().features);
        let predictor = Predictor::new(preprocessor, model, family)
            .and_then(|predictor| predictor.with_trust(Trust { intervals: Some(intervals), background: None }))
            .map_err(|error| error.to_string())?;
        Ok((coverage(&predictor, &table, &split.holdout), summary.varying))
    };
    let splits = (0..N_SPLITS).into_par_iter().map(of_split).collect::<Result<Vec<_>, String>>()?;
    let mut shares = [0.0; 4];
    // For each group: the number of holdout rows, and of those within the interval at 90 %.
    let mut groups: BTreeMap<(String, String), (f64, f64)> = BTreeMap::new();
    for ((levels, of_groups), _) in &splits {
        shares.iter_mut().zip(levels).for_each(|(sum, level)| *sum += level.share);
        for group in of_groups {
            let (n, covered) = groups.entry((group.column.clone(), group.value.clone())).or_default();
            *n += group.n as f64;
            *covered += group.shares[2] * group.n as f64;
        }
    }
    let n_varying = splits.iter().filter(|(_, varying)| *varying).count();
    let name = Path::new(file).file_name().unwrap_or_default().to_string_lossy();
    let means = shares.map(|sum| format!("{:.2}", 100.0 * sum / f64::from(N_SPLITS)));
    println!("split | {name} | {family} | {} | {n_varying} |", means.join(" | "));
    let mut groups: Vec<_> = groups.into_iter().filter(|(_, (n, _))| *n >= MIN_ROWS as f64).collect();
    let gap = |(n, covered): (f64, f64)| (covered / n - 0.9).abs();
    groups.sort_by(|left, right| gap(right.1).total_cmp(&gap(left.1)));
    let n_groups = groups.len();
    for ((column, value), (n, covered)) in groups.into_iter().take(N_GROUPS) {
        let per_split = n / f64::from(N_SPLITS);
        println!("group | {name} | {column} = {value} | {per_split:.0} | {:.1} | {n_groups} |", 100.0 * covered / n);
    }
    Ok(())
}

//! The race of candidates: its work is counted, and its result depends on data and seed only.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use trainer::{
    ColumnData, Config, Effort, Event, IngestOptions, Outcome, SearchControl, SearchOptions, SplitMix64, StopSignal,
    Table, TableColumn, ingest, learner, train, write_sample,
};

/// A smooth component, steps, and noise.
fn table(n_rows: usize) -> Table {
    let mut random = SplitMix64::new(5);
    let rows: Vec<[f64; 3]> = (0..n_rows)
        .map(|_| {
            let (x, z) = ((random.uniform() * 100.0).floor(), (random.uniform() * 10.0).floor());
            [x, z, 0.5 * x + if z > 6.0 { 20.0 } else { 0.0 } + 8.0 * random.normal()]
        })
        .collect();
    let numeric = |idx: usize| ColumnData::Numeric(rows.iter().map(|row| row[idx]).collect());
    Table {
        columns: vec![
            TableColumn { name: "x".into(), data: numeric(0) },
            TableColumn { name: "z".into(), data: numeric(1) },
        ],
        target_name: "y".into(),
        target: rows.iter().map(|row| row[2]).collect(),
        weights: None,
        most_columns: None,
        cells: None,
        left_out: Vec::new(),
        notices: Vec::new(),
        reading: Default::default(),
        keys: Default::default(),
        directions: Default::default(),
        dates: Default::default(),
    }
}

fn config(families: &[&str], effort: Effort) -> Config {
    let families = families.iter().map(|family| trainer::Family(learner(family).unwrap())).collect();
    Config { search: SearchOptions { families, effort: Some(effort), ..Default::default() }, ..Default::default() }
}

#[test]
fn a_race_is_the_same_on_any_number_of_threads_and_says_what_it_dropped() {
    let table = table(16_000);
    let config = config(&["lasso", "ebm", "tree", "xgboost", "blend"], Effort::Normal);
    let on_threads = |n_threads: usize| -> Outcome {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
        pool.install(|| train(&table, "", &config, &SearchControl::default()).unwrap())
    };
    let [one, three] = [1, 3].map(on_threads);
    assert!(one.report_json == three.report_json && one.model_json == three.model_json);

    let race = one.report.race.unwrap();
    // 12,800 training rows, all of which may be used; the first rung has a third of them.
    let rows: Vec<usize> = race.rungs.iter().map(|rung| rung.rows).collect();
    assert_eq!(rows, [4_266, 12_800]);
    let n_dropped = race.rungs[0].n_candidates - race.rungs[1].n_candidates;
    assert_eq!((n_dropped, race.effort.as_str(), race.time_limit_reached), (race.dropped.len(), "normal", false));
    // A linear model cannot fit the steps.
    assert!(
        race.dropped.iter().any(|dropped| dropped.family == "lasso" && dropped.reason.contains("behind the leader"))
    );
    assert!(one.report.leaderboard.iter().all(|entry| entry.family != "lasso"));
    assert_eq!(one.report.n_candidates, one.report.leaderboard.len() + n_dropped);
}

#[test]
fn the_work_on_100_000_rows_is_bounded() {
    let mut bytes = Vec::new();
    write_sample(&mut bytes, 100_000, 7).unwrap();
    let options = IngestOptions { target: "math_score".into(), ..Default::default() };
    let table = ingest(Path::new("sample.csv"), &bytes, &options).unwrap();
    let counted = Mutex::new((0.0, 0.0_f64));
    let control = SearchControl {
        on_event: &|event| {
            let mut counted = counted.lock().unwrap();
            match event {
                Event::Planned { work } => counted.1 = counted.1.max(work),
                Event::Done { work, .. } => counted.0 += work,
                Event::Began { .. } | Event::Dropped { .. } => {}
            }
        },
        ..Default::default()
    };
    let outcome = train(&table, "", &config(&[], Effort::Quick), &control).unwrap();
    let race = outcome.report.race.unwrap();
    assert_eq!(race.rungs[0].rows, 5_000);
    assert_eq!(race.left_out, ["knn", "svr", "forest", "extra-trees"]);
    let raced: f64 = race.rungs.iter().map(|rung| rung.cells).sum();
    assert!(raced < 1e9, "{raced:e} cells in the race");
    // 5 ns each, so 6e9 are about 30 s of one core. The champion is fitted to all rows.
    let (done, planned) = *counted.lock().unwrap();
    assert!(done > raced && done < 6e9, "{done:e} cells");
    assert!(done < 2.0 * planned && planned < 2.0 * done, "{planned:e} cells were planned, {done:e} are done");
}

#[test]
fn what_was_scored_before_the_time_was_up_counts() {
    let table = table(16_000);
    let is_over = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&is_over);
    let control = SearchControl {
        stop: StopSignal::new(move || seen.load(Ordering::Relaxed)),
        on_event: &|event| {
            // After the first rung.
            if let Event::Dropped { .. } = event {
                is_over.store(true, Ordering::Relaxed);
            }
        },
    };
    let outcome = train(&table, "", &config(&["lasso", "tree", "xgboost"], Effort::Normal), &control).unwrap();
    let race = outcome.report.race.unwrap();
    assert_eq!(race.rungs.iter().map(|rung| rung.rows).collect::<Vec<_>>(), [4_266]);
    assert!(race.time_limit_reached && !race.dropped.is_empty());
    let champion = &outcome.report.champion.family;
    assert!(outcome.report.leaderboard.iter().any(|entry| entry.family == *champion));
}

//! The straight line from a table to the artifacts.

mod options;
mod outcome;
pub(crate) mod publish;
mod publishable;

use std::collections::BTreeMap;
use std::time::Instant;

use model_core::{
    Champion, DataSummary, FORMAT, IntervalSummary, Predictor, Report, TargetSummary, Trust, Versions, sha256_hex,
};

pub use self::options::TrainOptions;
pub use self::outcome::{Outcome, Stage, TrainError};
use self::publishable::{Fitted, Trusted, fit_publishable, reason};
use crate::config::classic_schema::mark_classic;
use crate::folds::fit_data::FitData;
use crate::folds::predict_table::predict_table;
use crate::folds::preprocess::fit_preprocessor;
use crate::folds::split::{holdout_split, k_folds};
use crate::judge::diagnosis::{Judged, Subject, diagnose};
use crate::judge::drift::Reference;
use crate::judge::gates::failed_gates;
use crate::learn::{BLEND, Learner};
use crate::metrics::{mean_and_sd_of, score};
use crate::report::training::{Findings, Holdout, report_page};
use crate::search::blend::{BlendOptions, blend};
use crate::search::leaderboard::{SearchControl, candidates, fold_seed, prepare_stoppable, search_keeping};
use crate::search::select::{Selection, select};
use crate::table::Table;
use crate::table::row_idx::narrow_rows;
use crate::trust::background::summarise;
use crate::trust::conformal::{self, intervals, most_that_can_be_promised, out_of_fold};
use crate::trust::coverage::coverage;
use crate::trust::golden::golden_records;
use crate::trust::target_histogram::histogram;

/// Learns from `table`, whose CSV has the given SHA-256.
///
/// # Errors
/// See [`TrainError`].
pub fn train(
    table: &Table,
    data_sha256: &str,
    options: &TrainOptions,
    control: &SearchControl<'_>,
) -> Result<Outcome, TrainError> {
    let mut clock = Clock::start();
    let seed = u64::from(options.seed);
    let split = holdout_split(table.n_rows(), options.test_size, options.seed, options.n_folds)?;
    clock.lap("split");

    let mut candidates = options.candidates.clone().unwrap_or_else(|| candidates(&options.learners, options.grid));
    let parts = prepare_stoppable(table, &split.train, options.n_folds, &control.must_stop);
    let blends = options.learners.iter().any(|learner| learner.family() == BLEND.family());
    let (mut leaderboard, kept) = search_keeping(&parts, &candidates, seed, control, blends)?;
    if leaderboard.entries.is_empty() {
        return Err(TrainError::Stopped);
    }
    clock.lap("search");
    let train_rows = narrow_rows(&split.train, table.n_rows());
    let mut preprocessor = fit_preprocessor(table, &train_rows, None);
    let (limits, limits_notice) = options.limits.resolve(preprocessor.schema.target.observed);
    preprocessor.schema.target.limits = limits;
    options.config.apply(&mut preprocessor.schema);
    mark_classic(&mut preprocessor.schema, &options.config);
    let data = FitData::of_rows(&preprocessor, table, train_rows);
    let mut models = BTreeMap::new();
    if blends && !control.must_stop.is_due() {
        let TrainOptions { allow_records, size_budget, .. } = *options;
        let blend_options = BlendOptions { allow_records, size_budget, seed };
        let data = data.clone().stopped_by(control.must_stop.clone());
        let blended = blend(&leaderboard, &candidates, &parts, &data, (&blend_options, kept))?;
        // What was stopped on its way is no blend, and its models are cut short.
        if !control.must_stop.is_due() {
            models = blended.models;
            if let Some((candidate, entry, duration)) = blended.blend {
                leaderboard.insert(candidates.len(), entry, duration);
                candidates.push(candidate);
            }
        }
    }
    drop(parts);
    clock.lap("blend");
    let selection = options.selection.unwrap_or_else(|| Selection::for_rows(split.train.len()));
    let choice = select(&leaderboard, &candidates, table, &split.train, (options.n_folds, seed), (selection, control))?;
    clock.lap("select");

    // Many rows are in the table's order by now: those that stand for them are the first of the split's random order.
    let first = FitData::new(&preprocessor, table, &split.train[..split.train.len().min(conformal::MAX_ROWS)]);
    let background = summarise(&first, &data);
    let fitted = fit_publishable(
        &choice,
        &leaderboard.entries,
        |place| {
            let candidate_idx = leaderboard.candidate_idx[place];
            let candidate = &candidates[candidate_idx];
            let trust = || {
                let out_of_fold = out_of_fold(table, &split.train, candidate, seed, &control.must_stop)?;
                let (intervals, summary) = intervals(&first, &out_of_fold);
                let trust = Trust { intervals: Some(intervals), background: background.clone() };
                Ok(Trusted { trust, intervals: summary, out_of_fold })
            };
            let fit = || match models.get(&candidate_idx) {
                Some(model) => Ok(model.clone()),
                None => candidate.learner.fit(&candidate.params, &data, fold_seed(seed, candidate, usize::MAX)),
            };
            Fitted::new(candidate, &data, fit, trust, options)
        },
        options,
    )?;
    clock.lap("refit");
    let champion = &candidates[leaderboard.candidate_idx[fitted.place]];
    let judged = Judged::new(table, &first, &fitted.out_of_fold, fitted.intervals.varying);
    let gates = &options.config.gates;
    // Lists of all folds' rows are long: they are made only where a gate asks for them.
    let folds = if gates.beat_one_column { k_folds(&split.train, options.n_folds) } else { Vec::new() };
    let r2_mean = leaderboard.entries[fitted.place].cv.r2_mean;
    let failed_gates = failed_gates((gates, options.min_r2), r2_mean, &judged, table, &folds);
    let out_of_bag_r2 =
        champion.learner.out_of_bag_r2(&champion.params, &data, fold_seed(seed, champion, usize::MAX))?;
    clock.lap("gates");

    // From here on it is the written model that is judged, not the one in memory.
    let predictor = Predictor::from_json(&fitted.preprocessor_json, &fitted.model_json)?;
    let holdout_rows = narrow_rows(&split.holdout, table.n_rows());
    let actual: Vec<f64> = holdout_rows.iter().map(|row| table.target[*row as usize]).collect();
    let predicted = predict_table(&predictor, table, &holdout_rows);
    let holdout = score(&actual, &predicted);
    let (mean, sd) = mean_and_sd_of(data.targets(), data.n_rows());
    let histogram = histogram(data.targets(), data.schema().target.whole);
    let (coverage, groups) = coverage(&predictor, table, &holdout_rows);
    let subject = Subject {
        predictor: &predictor,
        candidate: champion,
        table,
        train: &split.train,
        holdout: &split.holdout,
        n_folds: options.n_folds,
        seed,
    };
    let diagnosis = diagnose(&subject, &control.must_stop)?;
    clock.lap("diagnosis");
    let entry = &leaderboard.entries[fitted.place];
    let champion = Champion {
        family: entry.family.clone(),
        params: entry.params.clone(),
        cv: entry.cv.clone(),
        reason: reason(&choice, &leaderboard.entries, &fitted),
        rivals: if fitted.place == choice.order[0] { choice.rivals } else { Vec::new() },
        out_of_bag_r2,
    };
    let report = Report {
        format: FORMAT,
        data: DataSummary {
            sha256: data_sha256.into(),
            fictional: options.fictional,
            rows: table.n_rows(),
            rows_train: split.train.len(),
            rows_holdout: holdout_rows.len(),
            target: TargetSummary { mean, sd, histogram },
            left_out: table.left_out.clone(),
        },
        champion,
        card: options.config.card(),
        holdout,
        ablation: diagnosis.ablation.clone(),
        n_candidates: leaderboard.entries.len(),
        intervals: IntervalSummary { coverage, groups, ..fitted.intervals },
        leaderboard: leaderboard.entries,
        seed,
        versions: Versions { scorecast: env!("CARGO_PKG_VERSION").into() },
        sha256: BTreeMap::from([
            ("preprocessor.json".into(), sha256_hex(fitted.preprocessor_json.as_bytes())),
            ("model.json".into(), sha256_hex(fitted.model_json.as_bytes())),
        ]),
        golden: golden_records(&predictor, seed)?,
    };
    let report_json = serde_json::to_string(&report)? + "\n";
    let preprocessor_sha256 = sha256_hex(fitted.preprocessor_json.as_bytes());
    let reference = Reference::new(predictor.schema(), table, data.rows(), &preprocessor_sha256);
    let reference_json = reference.to_json()?;
    let report_html = report_page(&Findings {
        report: &report,
        schema: predictor.schema(),
        table,
        judged: &judged,
        diagnosis: &diagnosis,
        holdout: Holdout { actual: &actual, predicted: &predicted },
        failed_gates: &failed_gates,
    });
    clock.lap("report");
    let Fitted { preprocessor_json, model_json, passed_over, .. } = fitted;
    let few_errors = most_that_can_be_promised(report.intervals.n_rows).map(|most| {
        format!("intervals at more than {most} % promise more than {} records can tell", report.intervals.n_rows)
    });
    let notices = limits_notice.into_iter().chain(passed_over).chain(few_errors).collect();
    let candidate_durations = leaderboard.durations;
    Ok(Outcome {
        preprocessor_json,
        model_json,
        report_json,
        report_html,
        reference_json,
        report,
        stages: clock.stages,
        candidate_durations,
        notices,
        failed_gates,
    })
}

struct Clock {
    last: Instant,
    stages: Vec<Stage>,
}

impl Clock {
    fn start() -> Self {
        Self { last: Instant::now(), stages: Vec::new() }
    }

    fn lap(&mut self, name: &'static str) {
        self.stages.push((name, self.last.elapsed()));
        self.last = Instant::now();
    }
}

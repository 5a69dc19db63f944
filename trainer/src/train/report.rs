//! Stage: writes the reports.

use std::collections::{BTreeMap, BTreeSet};

use model_core::{
    Champion, Counted, DataSummary, FORMAT, IntervalSummary, PartedBy, Race, RepeatedKey, Report, TargetSummary,
    Versions, sha256_hex,
};

use super::check::Checked;
use super::choose::Chosen;
use super::clock::Stage;
use super::judge::Judged;
use super::outcome::{Outcome, TrainError};
use super::reason::reason;
use super::run::Run;
use crate::judge::drift::Reference;
use crate::report::training::{Findings, Holdout, report_page};
use crate::search::leaderboard::Scored;
use crate::table::cells::Cells;
use crate::table::keys::Parting;
use crate::trust::golden::golden_records;
use crate::trust::held_back::held_back;
use crate::trust::target_histogram::histogram;

/// The content of every file.
pub(super) struct Reported {
    judged: Judged,
    report: Report,
    report_json: String,
    report_html: String,
    reference_json: String,
}

pub(super) fn report(run: &Run<'_>, judged: Judged) -> Result<Reported, TrainError> {
    let report = summary(run, &judged)?;
    let chosen = &judged.checked.fitted.chosen;
    let (schema, preprocessor_sha256) = (judged.predictor.schema(), &report.sha256["preprocessor.json"]);
    let (single, single_split) = run.single_rows(&chosen.split);
    let train = if run.learned.cells.is_some() { &single_split.train[..] } else { chosen.rows.all.rows() };
    let reference = Reference::new(schema, single, train, preprocessor_sha256);
    let report_html = report_page(&Findings {
        report: &report,
        schema,
        table: single,
        out_of_fold: &judged.checked.figures,
        diagnosis: &judged.diagnosis,
        holdout: Holdout {
            actual: &judged.holdout.actual,
            predicted: &judged.holdout.predicted,
            weights: judged.holdout.weights.as_deref(),
            biases: &judged.holdout.biases,
        },
        failed_gates: &judged.checked.failed_gates,
    });
    let report_json = serde_json::to_string(&report)? + "\n";
    Ok(Reported { reference_json: reference.to_json()?, judged, report, report_json, report_html })
}

/// The content of `report.json`.
fn summary(run: &Run<'_>, judged: &Judged) -> Result<Report, TrainError> {
    let Judged { checked, predictor, holdout, diagnosis } = judged;
    let (fitted, chosen) = (&checked.fitted, &checked.fitted.chosen);
    let artifacts = &fitted.artifacts;
    let targets = &chosen.rows.all;
    let (mean, sd) = targets.mean_and_sd();
    let whole = targets.schema().target.whole;
    let (single, single_split) = run.single_rows(&chosen.split);
    let histogram = match &run.table.cells {
        Some(_) => histogram(single_split.train.iter().map(|row| single.target[*row as usize]), whole),
        None => histogram(targets.targets(), whole),
    };
    let sha256 = |json: &str| sha256_hex(json.as_bytes());
    Ok(Report {
        format: FORMAT,
        data: DataSummary {
            sha256: run.data_sha256.into(),
            fictional: run.config.fictional,
            rows: run.table.n_records(),
            rows_train: run.table.n_records_of(&chosen.split.train),
            rows_holdout: run.table.n_records_of(&chosen.split.holdout),
            counted: run.table.cells.as_ref().map(|cells| counted(run, chosen, cells)),
            engine: run.config.engine.clone(),
            target: TargetSummary { mean, sd, histogram },
            left_out: run.learned.left_out.clone(),
            parted_by: parted_by(&run.table.keys.parting, &chosen.split.holdout),
            repeated: diagnosis.repeats.clone(),
        },
        champion: champion(judged),
        card: run.config.card(),
        holdout: holdout.score.clone(),
        ablation: diagnosis.ablation.clone(),
        n_candidates: chosen.leaderboard.len() + chosen.race.as_ref().map_or(0, |race| race.dropped.len()),
        intervals: IntervalSummary {
            coverage: holdout.coverage.clone(),
            groups: holdout.groups.clone(),
            ..artifacts.intervals.clone()
        },
        held_back: held_back(&holdout.actual, &holdout.predicted),
        leaderboard: chosen.leaderboard.iter().map(|scored| scored.entry.clone()).collect(),
        race: chosen.race.clone().map(|race| Race { time_limit_reached: run.stop().is_due(), ..race }),
        seed: run.seed(),
        versions: Versions { scorecast: env!("CARGO_PKG_VERSION").into() },
        sha256: BTreeMap::from([
            ("preprocessor.json".into(), sha256(&artifacts.preprocessor_json)),
            ("model.json".into(), sha256(&artifacts.model_json)),
        ]),
        golden: golden_records(predictor, run.seed())?,
    })
}

/// The numbers of counted and of sampled records, if an engine counted them.
fn counted(run: &Run<'_>, chosen: &Chosen, cells: &Cells) -> Counted {
    let (single, single_split) = run.single_rows(&chosen.split);
    Counted {
        cells: run.table.n_rows(),
        sampled: single.n_rows(),
        sampled_holdout: single_split.holdout.len(),
        rounded: cells.rounded.clone(),
    }
}

/// How the rows were split; `holdout` is the holdout.
fn parted_by(parting: &Parting, holdout: &[u32]) -> Option<PartedBy> {
    let (key, is_time) = match parting {
        Parting::Chance | Parting::Given(_) => return None,
        Parting::Groups(key) => (key, false),
        Parting::Time(key) => (key, true),
    };
    let held_back: BTreeSet<usize> = holdout.iter().map(|row| key.of(*row as usize)).collect();
    Some(PartedBy { column: key.column.clone(), is_time, groups: key.n_distinct, groups_holdout: held_back.len() })
}

/// Notes that R² may be too optimistic for new groups.
fn repeats_notice(repeated: &RepeatedKey) -> String {
    let RepeatedKey { column, groups, rows, r2, r2_groups } = repeated;
    let figures = match (r2, r2_groups) {
        (Some(r2), Some(r2_groups)) => format!(
            " it is about {r2_groups:.3}, and {r2:.3} where rows of one {column} are learned from and judged by;"
        ),
        _ => String::new(),
    };
    format!(
        "\"{column}\" names {groups} groups in {rows} rows: R² for those not seen yet needs --group {column};{figures} with it \
         the model is also chosen and its intervals are made for them"
    )
}

fn champion(judged: &Judged) -> Champion {
    let fitted = &judged.checked.fitted;
    let (entry, choice) = (&fitted.champion().entry, &fitted.chosen.choice);
    // The comparison was with the first choice.
    let is_first = choice.order.first() == Some(&fitted.rank);
    Champion {
        family: entry.family.clone(),
        params: entry.params.clone(),
        cv: entry.cv.clone(),
        reason: reason(fitted),
        rivals: if is_first { choice.rivals.clone() } else { Vec::new() },
        out_of_bag_r2: judged.checked.out_of_bag_r2,
    }
}

impl Reported {
    pub(super) fn outcome(self, stages: Vec<Stage>, notices: Vec<String>) -> Outcome {
        let Self { judged, report, report_json, report_html, reference_json } = self;
        let Checked { fitted, failed_gates, suspicions, .. } = judged.checked;
        let IntervalSummary { n_rows, n_groups, max_level, .. } = &report.intervals;
        let errors = n_groups.map_or_else(|| format!("{n_rows} records"), |n_groups| format!("{n_groups} groups"));
        let few_errors = max_level.map(|most| {
            format!("intervals go no further than {most} %: so few errors, of {errors}, can't promise more")
        });
        let repeats: Vec<String> = report.data.repeated.iter().map(repeats_notice).collect();
        let limits_notice = fitted.chosen.rows.limits_notice;
        let notices = notices
            .into_iter()
            .chain(limits_notice)
            .chain(fitted.passed_over)
            .chain(suspicions)
            .chain(repeats)
            .chain(few_errors);
        let without_models = fitted.chosen.leaderboard.into_iter().map(|scored| Scored { model: None, ..scored });
        Outcome {
            preprocessor_json: fitted.artifacts.preprocessor_json,
            model_json: fitted.artifacts.model_json,
            report_json,
            report_html,
            reference_json,
            report,
            leaderboard: without_models.collect(),
            stages,
            notices: notices.collect(),
            failed_gates,
        }
    }
}

//! A short summary of a training run.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use model_core::{Counted, DateRole, Report};
use trainer::Table;

use crate::cli::console::figure;

/// What `scorecast train` prints when it is done.
pub(super) fn summary(output: &Path, table: &Table, report: &Report, elapsed: Duration) -> String {
    let mut text = String::new();
    let Report { data, champion, holdout, leaderboard, .. } = report;
    let _ = writeln!(
        text,
        "{} rows, {} columns; learned from {}, held back {}\n",
        data.rows,
        table.columns.len() - table.dates.values().filter(|role| !matches!(role, DateRole::Days { .. })).count(),
        data.rows_train,
        data.rows_holdout
    );
    if let Some(Counted { cells, sampled, .. }) = &data.counted {
        let _ = writeln!(
            text,
            "learned from all of them as {cells} cells; intervals, the mean absolute error and curves are from {sampled} rows\n"
        );
    }
    let _ = writeln!(text, "{:<20} {:>18}   best of the family", "family", "cross-validated R²");
    let mut families: Vec<&str> = Vec::new();
    for entry in leaderboard {
        if !families.contains(&entry.family.as_str()) {
            families.push(&entry.family);
            let params = params_text(&entry.params);
            let _ = writeln!(
                text,
                "{:<20} {:>9} ± {}  {params}",
                entry.family,
                figure(entry.cv.r2_mean, 4),
                figure(entry.cv.r2_sd, 4)
            );
        }
    }
    let n_dropped = report.race.as_ref().map_or(0, |race| race.dropped.len());
    let dropped = if n_dropped > 0 { format!(", {n_dropped} of them dropped on their way") } else { String::new() };
    let _ = writeln!(text, "{} candidates in all{dropped}, each with its scores in report.json", report.n_candidates);
    if let Some(race) = report.race.as_ref().filter(|race| !race.left_out.is_empty()) {
        let families = race.left_out.join(", ");
        let _ = writeln!(
            text,
            "not tried, as they could not be published: {families} (see --allow-records, --size-budget)"
        );
    }
    let _ = writeln!(text, "\nchampion: {}{}", champion.family, params_text(&champion.params));
    let _ = writeln!(text, "{}", champion.reason);
    let _ = writeln!(
        text,
        "on held-back rows: R² {}, off by {} on average (RMSE {})",
        figure(holdout.r2, 4),
        figure(holdout.mae, 2),
        figure(holdout.rmse, 2)
    );
    if let Some(r2) = champion.out_of_bag_r2 {
        let _ = writeln!(text, "on rows out of each tree's bag: R² {r2:.4}");
    }
    let _ = writeln!(text, "for people: {}", output.join("report.html").display());
    let _ = writeln!(text, "artifacts: {} ({:.2} s)", output.display(), elapsed.as_secs_f64());
    text
}

fn params_text(params: &model_core::Params) -> String {
    params.iter().map(|(name, value)| format!(" {name}={value}")).collect()
}

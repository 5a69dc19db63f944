//! Calibration of the intervals.

use maud::{Markup, html};

use crate::report::html::chart::{Line, Series};
use crate::report::html::table::{Cell, Table};
use crate::report::html::{Number, caution, grouped, hint};
use crate::report::training::Findings;
use crate::trust::coverage::Covered;

pub(super) fn section(findings: &Findings<'_>) -> Markup {
    let Findings { report, out_of_fold, .. } = findings;
    let summary = &report.intervals;
    let measured = Series {
        name: "share of records within their interval",
        points: out_of_fold.coverage.iter().map(|covered| (covered.level, 100.0 * covered.share)).collect(),
        band: out_of_fold.coverage.iter().map(|covered| (100.0 * covered.low, 100.0 * covered.high)).collect(),
    };
    let promised = Series {
        name: "what is promised",
        points: out_of_fold.coverage.iter().map(|covered| (covered.level, covered.level)).collect(),
        band: Vec::new(),
    };
    let line = Line {
        title: "Coverage by level, in percent",
        subtitle: "the band is the 95 % interval of the share",
        x_label: "level of the interval, %",
        series: &[measured, promised],
        is_marked: true,
    };
    let n_holdout = findings.n_holdout();
    let caption = format!("On the {} records held back, each share with its 95 % interval", grouped(n_holdout));
    let mut table = Table::new(&["Level", "Held the truth", "Mean width"]).caption(&caption);
    for coverage in &summary.coverage {
        let covered = Covered::of_share(coverage.level, coverage.share, n_holdout);
        table.row(vec![
            Cell::text(Number::points(0).text(coverage.level) + " %"),
            Cell::number(covered_text(&covered)),
            Cell::number(findings.number().text(coverage.width)),
        ]);
    }
    html! {
        p {
            "An interval at 90 % is made so that for 90 of 100 records like these the truth lies within, on average over all of them: for a group of people, or one person, it can be more or less often. "
            @if summary.varying {
                "Intervals here are wider where the model errs more."
            } @else {
                "All intervals of a level" @if !summary.by.is_empty() { " and group" } " are equally wide here: the errors of some records are not clearly larger than those of others."
            }
        }
        @if !summary.by.is_empty() {
            p {
                "They are made for each group of "
                (summary.by.iter().map(|column| findings.label(column)).collect::<Vec<_>>().join(" and "))
                " by itself, from 100 errors on; smaller groups have theirs together."
            }
        }
        @if let Some(most) = summary.max_level {
            (caution(&format!(
                "They are made of {} errors{}, too few for a promise of more than {most} %: none at a higher level is offered.",
                grouped(summary.n_rows),
                summary.n_groups.map_or_else(String::new, |n_groups| format!(" of {} groups", grouped(n_groups)))
            )))
        }
        (line.render())
        (findings.out_of_fold_rows())
        (hint("Each fold's records by intervals made of the other folds' errors."))
        (chances(findings))
        (table.render())
    }
}

/// Calibration of the displayed probabilities to reach a mark.
fn chances(findings: &Findings<'_>) -> Markup {
    let chances = &findings.out_of_fold.chances;
    if chances.len() < 2 {
        return html! {};
    }
    let measured = Series {
        name: "share of records that reached their mark",
        points: chances.iter().map(|reached| (reached.level, 100.0 * reached.share)).collect(),
        band: chances.iter().map(|reached| (100.0 * reached.low, 100.0 * reached.high)).collect(),
    };
    let told = Series {
        name: "the chance that was told",
        points: chances.iter().map(|reached| (reached.level, reached.level)).collect(),
        band: Vec::new(),
    };
    let line = Line {
        title: "Chances to reach a mark, in percent",
        subtitle: "the band is the 95 % interval of the share",
        x_label: "chance that was told, %",
        series: &[measured, told],
        is_marked: true,
    };
    let n_off = chances.iter().filter(|reached| reached.is_off()).count();
    html! {
        p {
            "The page tells how likely it is that a score reaches a mark, by the same errors: as many above the estimate as below. "
            @if n_off == 0 {
                "Those chances are right as far as can be told: in each group of records with similar chances about as many reached their mark."
            } @else {
                "In " (n_off) " of " (chances.len()) " groups of records with similar chances the share that reached their mark is off by more than chance explains."
            }
        }
        (line.render())
        (hint("The same records, each asked for one of the nine marks that cut the scores into tenths, by the other folds' errors. Groups of fewer than 10 are hidden."))
    }
}

/// A coverage with its interval: "91.0 % (85.9 to 94.4)".
pub(super) fn covered_text(covered: &Covered) -> String {
    let percent = |share: f64| Number::points(1).text(100.0 * share);
    format!("{} ({} to {})", Number::percent(1).text(covered.share), percent(covered.low), percent(covered.high))
}

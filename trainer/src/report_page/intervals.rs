//! Whether intervals hold what they promise.

use maud::{Markup, html};

use super::Findings;
use crate::html::chart::{Line, Series};
use crate::html::table::{Cell, Table};
use crate::html::{Number, hint};

pub(super) fn section(findings: &Findings<'_>) -> Markup {
    let Findings { report, judged, .. } = findings;
    let summary = &report.intervals;
    let measured = Series {
        name: "share of records within their interval",
        points: judged.coverage.iter().map(|covered| (covered.level, 100.0 * covered.share)).collect(),
        band: judged.coverage.iter().map(|covered| (100.0 * covered.low, 100.0 * covered.high)).collect(),
    };
    let promised = Series {
        name: "what is promised",
        points: judged.coverage.iter().map(|covered| (covered.level, covered.level)).collect(),
        band: Vec::new(),
    };
    let line = Line {
        title: "Coverage by level, in percent",
        subtitle: "the band is the 95 % interval of the share",
        x_label: "level of the interval, %",
        series: &[measured, promised],
        is_marked: true,
    };
    let mut table = Table::new(&["Level", "Held the truth", "Mean width"]).caption("On the records held back");
    for coverage in &summary.coverage {
        table.row(vec![
            Cell::text(Number::points(0).text(coverage.level) + " %"),
            Cell::number(Number::percent(1).text(coverage.share)),
            Cell::number(findings.number().text(coverage.width)),
        ]);
    }
    html! {
        p {
            "An interval at 90 % is made so that for 90 of 100 records like these the truth lies within. "
            @if summary.varying {
                "Intervals here are wider where the model errs more."
            } @else {
                "All intervals of a level are equally wide here: the errors of some records are not clearly larger than those of others."
            }
        }
        (line.render())
        (findings.judged_rows())
        (hint("Each fold's records by intervals made of the other folds' errors."))
        (table.render())
    }
}

//! The model's performance by group.

use maud::{Markup, html};

use super::intervals::covered_text;
use crate::judge::groups::{CountedGroup, GroupErrors, MIN_GROUP};
use crate::report::html::table::{Cell, Table};
use crate::report::html::text::{MAX_NAME, shortened};
use crate::report::html::{Number, grouped, hint};
use crate::report::training::Findings;

/// The maximal number of tables; those of sensitive columns come first.
const MAX_COLUMNS: usize = 40;
/// Most groups in the table of all records held back.
const MAX_GROUPS: usize = 200;

pub(super) fn section(findings: &Findings<'_>) -> Markup {
    let mut columns: Vec<(&str, Vec<&GroupErrors>)> = Vec::new();
    for group in &findings.out_of_fold.groups {
        match columns.last_mut().filter(|(column, _)| *column == group.column) {
            Some((_, groups)) => groups.push(group),
            None => columns.push((&group.column, vec![group])),
        }
    }
    if columns.is_empty() {
        return html! { p { "No column is categorical, or no category has as many as " (MIN_GROUP) " records." } };
    }
    columns.sort_by_key(|(column, _)| !findings.is_sensitive(column));
    let n_more = columns.len().saturating_sub(MAX_COLUMNS);
    let n_groups = findings.out_of_fold.groups.len();
    html! {
        (findings.out_of_fold_rows())
        (hint(&format!(
            "Bias is the mean of predicted − actual: above 0 the group is estimated too high. Where its interval leaves out 0, the group is probably estimated wrongly as a whole{}. Every figure comes with its 95 % interval; groups of fewer than {MIN_GROUP} are hidden.",
            if n_groups > 1 {
                format!("; but of {n_groups} groups about {} would look so by chance alone", n_groups.div_ceil(20))
            } else {
                String::new()
            }
        )))
        @for (column, groups) in columns.iter().take(MAX_COLUMNS) { (table(findings, column, groups)) }
        @if n_more > 0 { (hint(&format!("{n_more} more columns have groups."))) }
        @if !findings.holdout.biases.is_empty() { (of_all(findings)) }
    }
}

/// The bias over all records that were held back, of which the others are a sample.
fn of_all(findings: &Findings<'_>) -> Markup {
    let number = findings.number();
    let with_margin = |number: Number, (value, margin): (f64, f64)| {
        Cell::number(format!("{} ± {}", number.text(value), number.unsigned().text(margin)))
    };
    let caption = format!("All {} records held back", grouped(findings.report.data.rows_holdout));
    let mut table = Table::new(&["Column", "Group", "n", "Mean", "Bias"]).caption(&caption);
    for CountedGroup { column, value, n, mean, bias } in findings.holdout.biases.iter().take(MAX_GROUPS) {
        table.row(vec![
            Cell::text(findings.label(column)),
            Cell::text(shortened(value, MAX_NAME)),
            Cell::number(grouped(*n)),
            with_margin(number, *mean),
            with_margin(number.signed(), *bias),
        ]);
    }
    let n_more = findings.holdout.biases.len().saturating_sub(MAX_GROUPS);
    html! {
        p { "Means need no single records. On all of those held back the published model is off by:" }
        (table.render())
        @if n_more > 0 { (hint(&format!("There are {n_more} more groups."))) }
    }
}

fn table(findings: &Findings<'_>, column: &str, groups: &[&GroupErrors]) -> Markup {
    let number = findings.number();
    let with_margin = |number: Number, value: f64, margin: f64| {
        Cell::number(format!("{} ± {}", number.text(value), number.unsigned().text(margin)))
    };
    let mut table =
        Table::new(&["Group", "n", "Mean", "Absolute error", "Bias", "Within 90 %"]).caption(&findings.label(column));
    for group in groups {
        let covered = group.coverage.as_ref().map_or_else(|| "–".into(), covered_text);
        table.row(vec![
            Cell::text(shortened(&group.value, MAX_NAME)),
            Cell::number(grouped(group.n)),
            with_margin(number, group.mean, group.mean_margin),
            with_margin(number, group.mae, group.mae_margin),
            with_margin(number.signed(), group.bias, group.bias_margin),
            Cell::number(covered),
        ]);
    }
    table.render()
}

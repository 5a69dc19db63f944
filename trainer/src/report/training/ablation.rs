//! The champion without each of its columns.

use maud::{Markup, html};
use model_core::Ablation;

use crate::report::html::chart::{Bar, dots};
use crate::report::html::table::{Cell, Table};
use crate::report::html::text::{MAX_NAME, shortened};
use crate::report::html::{grouped, hint};
use crate::report::training::{Findings, r2};

/// Groups of one column side by side, as many as fit on paper.
const MAX_GROUPS: usize = 6;
/// Rows of one table, besides the one with all columns.
const MAX_ROWS: usize = 8;
/// The maximal number of groups named in a sentence.
const MAX_NAMED: usize = 2;
/// The maximal number of tables of groups.
const MAX_TABLES: usize = 8;

pub(super) fn section(findings: &Findings<'_>) -> Markup {
    let Some(ablation) = &findings.report.ablation else {
        return html! { p { "Not measured: the time was up, or there is but one column." } };
    };
    let mut rows = vec![Bar::new("(none: all columns)", ablation.r2)];
    rows.extend(
        ablation
            .columns
            .iter()
            .map(|left_out| Bar::new(findings.label(&left_out.column), left_out.r2).margin(left_out.r2_error)),
    );
    let mut columns: Vec<&str> = ablation.groups.iter().map(|group| group.column.as_str()).collect();
    columns.dedup();
    let has_sensitive = columns.iter().any(|column| findings.is_sensitive(column));
    columns.retain(|column| !has_sensitive || findings.is_sensitive(column));
    columns.truncate(MAX_TABLES);
    let n_more = findings.schema.columns.len() - ablation.columns.len();
    html! {
        p {
            "Taking a column out of a model is easily said, and seldom does what is meant: others may stand for it, or its groups are then estimated wrongly as a whole. So the champion was fitted again without each column in turn."
        }
        @for left_out in ablation.columns.iter().filter(|left_out| findings.is_sensitive(&left_out.column)) {
            @if let Some(text) = in_words(findings, ablation, &left_out.column) { p { (text) } }
        }
        @match &ablation.sensitive_only {
            Some(only) => p {
                "For comparison: from nothing but " (labels(findings, &only.columns)) " the same family has a cross-validated R² of "
                strong { (r2().text(only.r2)) } "."
            },
            None => p.hint {
                "No column is marked as one that says who a person is (sensitive = true in scorecast.toml), or all are: there is no figure for such columns alone."
            },
        }
        (dots("Cross-validated R² without …", &rows, r2()))
        (hint(&format!(
            "{} folds of {} records{}; ± is the standard error of the difference to all columns (Nadeau & Bengio 2003).",
            ablation.n_folds,
            grouped(ablation.rows),
            if ablation.rows < findings.report.data.rows_train { ", a random sample" } else { "" }
        )))
        @if n_more > 0 { (hint(&format!("{n_more} columns that matter less were not left out."))) }
        @if !columns.is_empty() { h3 { "What that does to the bias of groups" } }
        @for column in &columns { (biases(findings, ablation, column)) }
    }
}

fn labels(findings: &Findings<'_>, columns: &[String]) -> String {
    columns.iter().map(|column| findings.label(column)).collect::<Vec<_>>().join(", ")
}

/// The effect of dropping a column on R² and on the column's own groups.
fn in_words(findings: &Findings<'_>, ablation: &Ablation, column: &str) -> Option<String> {
    let left_out = ablation.columns.iter().find(|left_out| left_out.column == column)?;
    let number = findings.number().signed();
    let mut group_indices: Vec<usize> = own_groups(ablation, column).collect();
    group_indices.sort_by(|left, right| left_out.biases[*right].abs().total_cmp(&left_out.biases[*left].abs()));
    let groups: Vec<String> = group_indices
        .into_iter()
        .take(MAX_NAMED)
        .map(|group_idx| {
            let group = &ablation.groups[group_idx];
            format!(
                "{} {} (with it {})",
                shortened(&group.value, MAX_NAME),
                number.text(left_out.biases[group_idx]),
                number.text(group.bias)
            )
        })
        .collect();
    let label = findings.label(column);
    let biases = if groups.is_empty() {
        String::new()
    } else {
        format!("; of its groups those most off are then {}", groups.join(" and "))
    };
    Some(format!("Without {label}, R² goes from {} to {}{biases}.", r2().text(ablation.r2), r2().text(left_out.r2)))
}

/// The indices of a column's groups, the largest first, as many as fit.
fn own_groups(ablation: &Ablation, column: &str) -> impl Iterator<Item = usize> {
    let mut group_indices: Vec<usize> =
        (0..ablation.groups.len()).filter(|group_idx| ablation.groups[*group_idx].column == column).collect();
    group_indices.sort_by_key(|group_idx| std::cmp::Reverse(ablation.groups[*group_idx].n));
    group_indices.truncate(MAX_GROUPS);
    group_indices.sort_unstable();
    group_indices.into_iter()
}

/// The bias of a column's groups for each dropped column.
fn biases(findings: &Findings<'_>, ablation: &Ablation, column: &str) -> Markup {
    let group_indices: Vec<usize> = own_groups(ablation, column).collect();
    let number = findings.number().signed();
    let sd = findings.report.data.target.sd;
    let cell = |bias: f64| Cell::Heat(if sd > 0.0 { bias / sd } else { 0.0 }, number.text(bias));
    let change = |biases: &[f64]| {
        group_indices
            .iter()
            .map(|group_idx| (biases[*group_idx] - ablation.groups[*group_idx].bias).abs())
            .fold(0.0, f64::max)
    };
    let mut left_out: Vec<_> = ablation.columns.iter().collect();
    left_out.sort_by(|left, right| {
        let is_other = |name: &str| name != column;
        is_other(&left.column)
            .cmp(&is_other(&right.column))
            .then(change(&right.biases).total_cmp(&change(&left.biases)))
    });
    let head: Vec<&str> = ["Left out"]
        .into_iter()
        .chain(group_indices.iter().map(|group_idx| ablation.groups[*group_idx].value.as_str()))
        .collect();
    let mut table = Table::new(&head).caption(&format!(
        "{}: mean of predicted − actual of each group{}",
        findings.label(column),
        findings.schema.target.unit.as_ref().map_or_else(String::new, |unit| format!(", in {unit}"))
    ));
    let row =
        |name: &str, biases: Vec<f64>| [Cell::text(name)].into_iter().chain(biases.into_iter().map(cell)).collect();
    table.row(row("nothing", group_indices.iter().map(|group_idx| ablation.groups[*group_idx].bias).collect()));
    for left_out in left_out.into_iter().take(MAX_ROWS) {
        let biases = group_indices.iter().map(|group_idx| left_out.biases[*group_idx]).collect();
        table.row(row(&findings.label(&left_out.column), biases));
    }
    table.render()
}

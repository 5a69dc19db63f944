//! The columns that predictions depend on: permutation importance, and Shapley values over many records.

use maud::{Markup, html};

use crate::judge::groups::MIN_GROUP;
use crate::metrics::student_t;
use crate::report::html::chart::{Bar, bars};
use crate::report::html::table::{Cell, Table};
use crate::report::html::text::{MAX_NAME, shortened};
use crate::report::html::{grouped, hint};
use crate::report::training::{Findings, r2};

/// The maximal number of columns of a chart.
const MAX_COLUMNS: usize = 30;

pub(super) fn section(findings: &Findings<'_>) -> Markup {
    let diagnosis = findings.diagnosis;
    let number = findings.number();
    let importance: Vec<Bar> = diagnosis
        .importance
        .iter()
        .take(MAX_COLUMNS)
        .map(|column| Bar::new(findings.label(&column.column), column.loss).margin(column.sd))
        .collect();
    let shapley = &diagnosis.shapley;
    // A margin from a handful of records is as uncertain as the value itself.
    let is_told = shapley.n_rows >= MIN_GROUP;
    let sizes: Vec<Bar> = shapley
        .columns
        .iter()
        .take(MAX_COLUMNS)
        .map(|column| {
            let bar = Bar::new(findings.label(&column.column), column.mean_size);
            if is_told { bar.margin(student_t(shapley.n_rows as f64 - 1.0) * column.error) } else { bar }
        })
        .collect();
    let mut directions = Table::new(&["Column", "On average, by its value"]).caption(&format!(
        "What each column adds, in the unit of {}; numbers by thirds of the records",
        findings.target()
    ));
    for column in shapley.columns.iter().take(MAX_COLUMNS).filter(|column| !column.by_value.is_empty()) {
        let mut by_value: Vec<&(String, f64)> = column.by_value.iter().collect();
        if by_value.len() > 6 {
            by_value.sort_by(|left, right| right.1.abs().total_cmp(&left.1.abs()));
            by_value.truncate(6);
        }
        let text = by_value
            .iter()
            .map(|(value, mean)| format!("{} {}", shortened(value, MAX_NAME), number.signed().text(*mean)));
        directions
            .row(vec![Cell::text(findings.label(&column.column)), Cell::text(text.collect::<Vec<_>>().join("; "))]);
    }
    let exact = if shapley.exact { "exact" } else { "estimated" };
    let n_held_back = findings.n_holdout();
    let records = |n: usize| {
        if n < n_held_back {
            format!("a random sample of {} of the {} records held back", grouped(n), grouped(n_held_back))
        } else {
            format!("{} records held back", grouped(n))
        }
    };
    let n_more = diagnosis.importance.len().saturating_sub(MAX_COLUMNS);
    html! {
        div.grid.wide {
            (bars("R² lost when a column's cells are shuffled", &importance, r2()))
            (bars("How much a column adds or takes", &sizes, number))
        }
        (hint(&format!(
            "Shuffled: over {}, mean of 5 shuffles ± their standard deviation. Adds or takes: mean size of {exact} Shapley values over {}{}, against the typical record.",
            records(diagnosis.n_importance),
            records(shapley.n_rows),
            if is_told { " ± its 95 % interval" } else { "" }
        )))
        @if n_more > 0 { (hint(&format!("{} columns that matter less are not shown.", grouped(n_more)))) }
        @if !directions.is_empty() { (directions.render()) }
        (hint("Both tell what the model goes by, not what makes a person's score: columns that go together share or hide each other's part. Values of fewer than 10 of these records are not told."))
    }
}

//! The exploration as a page.

use maud::{Markup, html};
use reader::ReadingReport;

use super::data::{Data, n_blank};
use super::relations::{Correlations, Groups, correlations, frequencies, pearson, target_along, target_by_value};
use super::suspicious::{Findings, LEAK_R2, findings, solo_scores};
use crate::judge::groups::MIN_GROUP;
use crate::report::explore::ExploreOptions;
use crate::report::html::chart::{Bar, Guide, Scatter, bars, dots, histogram};
use crate::report::html::table::{Cell, Table};
use crate::report::html::text::{MAX_NAME, MAX_TEXT, shortened};
use crate::report::html::{Document, Number, caution, grouped, hint};
use crate::table::ColumnData;
use crate::table::ingest::RawColumn;

/// Up to this number of distinct numbers are shown one by one, like categories.
pub(crate) const MAX_CODES: usize = 10;
/// The maximal number of bars of a chart.
const MAX_BARS: usize = 16;
/// The maximal number of columns of the correlation matrix.
const MAX_MATRIX: usize = 14;
/// The maximal number of pairs of columns in the list.
const MAX_PAIRS: usize = 15;

pub(super) fn page(data: &Data, options: &ExploreOptions) -> Document {
    let scores = solo_scores(data);
    let lead = format!(
        "{} rows, {} columns. Everything in this file was computed on your machine; it loads nothing and sends nothing.",
        grouped(data.n_rows_in_file),
        data.columns.len()
    );
    let mut page = Document::new(&format!("A look at {}", options.file), &lead);
    page.section("Before you read on", about(data, options));
    page.section("How the file was read", reading(&options.reading));
    page.section("What deserves a second look", suspicious(&findings(data, &scores), data));
    page.section("Columns", summaries(data, &scores));
    page.section("Blanks", blanks(data));
    page.section("Distributions", distributions(data, options));
    if let Some(target) = data.target_numbers() {
        page.section("The target against each column", against(data, &target, options));
    }
    page.section("Correlations", correlated(&correlations(data)));
    page
}

fn about(data: &Data, options: &ExploreOptions) -> Markup {
    html! {
        @match &options.target {
            Some(target) => p { "The target is " strong { (shortened(&target.column, MAX_NAME)) } ", because " (target.reason) "." },
            None => p { "No target: no column is numeric and varies. Name one with --target." },
        }
        (caution("This page is for whoever works with the records. It draws single records as points, so don't publish it."))
        @if options.show_small {
            (caution("Figures of groups of fewer than 10 records are shown, as asked for: they can tell about single persons."))
        } @else {
            (hint(&format!("Figures of groups of fewer than {MIN_GROUP} records are hidden; --show-small shows them.")))
        }
        @if data.n_rows < data.n_rows_in_file {
            (caution(&format!(
                "All figures are of a random sample of {} of the {} rows (seed {}), but for what is said to be constant or an identifier.",
                grouped(data.n_rows),
                grouped(data.n_rows_in_file),
                options.seed
            )))
        }
    }
}

/// The decisions made about the file and each of its columns.
fn reading(report: &ReadingReport) -> Markup {
    let mut table = Table::new(&["Column", "Read as", "Values", "Blanks", "Different", "Example", "Notes"]);
    for column in &report.columns {
        let count = |n: usize| Cell::number(grouped(n));
        table.row(vec![
            Cell::text(shortened(&column.name, MAX_NAME)),
            Cell::text(column.kind),
            count(column.n_values),
            count(column.n_blanks),
            count(column.n_distinct),
            Cell::text(shortened(&column.example, MAX_NAME)),
            Cell::text(shortened(
                &column.notes.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
                MAX_TEXT,
            )),
        ]);
    }
    html! {
        @for note in &report.notes { p { (shortened(&note.to_string(), MAX_TEXT)) } }
        (table.render())
    }
}

fn suspicious(findings: &Findings, data: &Data) -> Markup {
    let Findings { leaks, identifiers, constants, twins, duplicate_rows, without_target } = findings;
    let mut table = Table::new(&["What", "Why", "What to do"]);
    let mut row =
        |what: &str, why: String, remedy: &str| table.row(vec![Cell::text(what), Cell::text(why), Cell::text(remedy)]);
    for (name, r2) in leaks {
        let why = format!(
            "Alone it explains {} of the target (cross-validated R²), more than {LEAK_R2}.",
            Number::points(3).text(*r2)
        );
        row(name, why, "Is it known before the target is? If not, it leaks the answer: leave it out (drop = true).");
    }
    for (left, right) in twins {
        row(&format!("{left} and {right}"), "They part the rows in the same way.".into(), "Keep one of them.");
    }
    for (name, reason) in identifiers {
        row(name, format!("It looks like an identifier: {reason}."), "Training leaves it out.");
    }
    let target = data.target.map(|target| &data.columns[target].name);
    for (name, reason) in constants {
        let remedy = if Some(name) == target {
            "There is nothing to predict: choose another --target."
        } else {
            "Training leaves it out."
        };
        row(name, format!("It tells nothing: {reason}."), remedy);
    }
    if *duplicate_rows > 0 {
        let share = Number::percent(1).text(*duplicate_rows as f64 / data.n_rows.max(1) as f64);
        let why = format!("{} rows ({share}) are like an earlier row in every cell.", grouped(*duplicate_rows));
        row("Repeated rows", why, "Were records entered twice? Then scores on held-back rows are too good.");
    }
    if *without_target > 0 {
        row("Rows without a target", format!("{} rows.", grouped(*without_target)), "Training doesn't use them.");
    }
    if table.is_empty() {
        return html! { p { "Nothing: no column tells the target by itself, none is constant, an identifier or a twin, and no row is repeated." } };
    }
    table.render()
}

fn summaries(data: &Data, scores: &[Option<f64>]) -> Markup {
    let mut table = Table::new(&[
        "Column",
        "Holds",
        "Blank",
        "Different",
        "Typical",
        "From",
        "To",
        "Mean",
        "Std. dev.",
        "R² alone",
    ])
    .caption("Each column of the file");
    for (column, score) in data.columns.iter().zip(scores) {
        let blank = n_blank(&column.data) as f64 / data.n_rows.max(1) as f64;
        let mut cells = vec![
            Cell::text(&column.name),
            Cell::text(if matches!(column.data, ColumnData::Numeric(_)) { "numbers" } else { "categories" }),
            Cell::number(Number::percent(1).text(blank)),
            Cell::number(grouped(column.n_distinct)),
        ];
        cells.extend(typical(column));
        cells.push(Cell::number(score.map_or_else(|| "–".into(), |score| Number::points(3).text(score))));
        table.row(cells);
    }
    html! {
        (table.render())
        (hint("Typical is the median of numbers and the most frequent category; R² alone is what the column explains of the target by itself, cross-validated in 5 folds: around 0 or below, nothing."))
    }
}

/// Median or mode, minimum and maximum, mean and standard deviation.
fn typical(column: &RawColumn) -> [Cell; 5] {
    let dash = || Cell::number("–");
    match &column.data {
        ColumnData::Numeric(numbers) => {
            let mut sorted: Vec<f64> = numbers.iter().copied().filter(|number| !number.is_nan()).collect();
            sorted.sort_unstable_by(f64::total_cmp);
            let ([first, ..], [.., last]) = (&sorted[..], &sorted[..]) else {
                return [dash(), dash(), dash(), dash(), dash()];
            };
            let middle = sorted.len() / 2;
            let median =
                if sorted.len() % 2 == 1 { sorted[middle] } else { f64::midpoint(sorted[middle - 1], sorted[middle]) };
            let (mean, sd) = crate::metrics::mean_and_sd(&sorted);
            let is_whole = sorted.iter().all(|number| number.fract() == 0.0);
            let fine = Number::for_span(last - first);
            let plain = |number: f64| {
                let number_format = if is_whole && number.fract() == 0.0 { Number::points(0) } else { fine };
                Cell::number(number_format.text(number))
            };
            [plain(median), plain(*first), plain(*last), Cell::number(fine.text(mean)), Cell::number(fine.text(sd))]
        }
        ColumnData::Categorical { values, .. } => {
            // Texts that identify persons are not repeated.
            let mode =
                if column.identifier.is_some() || values.is_empty() { None } else { most_frequent(&column.data) };
            [Cell::number(mode.unwrap_or_else(|| "–".into())), dash(), dash(), dash(), dash()]
        }
    }
}

fn most_frequent(data: &ColumnData) -> Option<String> {
    let ColumnData::Categorical { values, codes } = data else { return None };
    let mut counts = vec![0_usize; values.len()];
    for code in codes.iter() {
        if let Some(count) = counts.get_mut(*code as usize) {
            *count += 1;
        }
    }
    let most = *counts.iter().max()?;
    // A value of few records is hidden here, too.
    if most < MIN_GROUP {
        return None;
    }
    counts.iter().position(|count| *count == most).map(|idx| values[idx].clone())
}

fn blanks(data: &Data) -> Markup {
    let share = |column: &RawColumn| n_blank(&column.data) as f64 / data.n_rows.max(1) as f64;
    let mut rows: Vec<(&RawColumn, f64)> =
        data.columns.iter().map(|column| (column, share(column))).filter(|(_, share)| *share > 0.0).collect();
    if rows.is_empty() {
        return html! { p { "No cell is blank." } };
    }
    rows.sort_by(|left, right| right.1.total_cmp(&left.1));
    let n_complete =
        (0..data.n_rows).filter(|row| data.columns.iter().all(|column| !is_blank(&column.data, *row))).count();
    let bar = |(column, share): &(&RawColumn, f64)| Bar::new(&column.name, *share).n(n_blank(&column.data));
    html! {
        p { (grouped(n_complete)) " of " (grouped(data.n_rows)) " rows are complete. Columns that aren't named here have no blank." }
        (bars("Share of rows that are blank", &rows.iter().take(2 * MAX_BARS).map(bar).collect::<Vec<_>>(), Number::percent(1)))
        @if rows.len() > 2 * MAX_BARS { (hint(&format!("{} more columns have blanks.", rows.len() - 2 * MAX_BARS))) }
    }
}

fn is_blank(data: &ColumnData, row: usize) -> bool {
    match data {
        ColumnData::Numeric(numbers) => numbers[row].is_nan(),
        ColumnData::Categorical { codes, .. } => codes[row] == crate::table::BLANK,
    }
}

fn distributions(data: &Data, options: &ExploreOptions) -> Markup {
    let chart = |column: &RawColumn| match &column.data {
        ColumnData::Numeric(numbers) if column.n_distinct > MAX_CODES => {
            let present = numbers.iter().filter(|number| !number.is_nan()).count();
            histogram(&column.name, &format!("{} numbers", grouped(present)), "", &numbers.to_vec())
        }
        data => {
            let groups = frequencies(data, MAX_BARS, options.show_small);
            html! { div { (bars(&column.name, &groups.bars, Number::percent(1))) (hidden(&groups)) } }
        }
    };
    let is_shown = |column: &&RawColumn| column.identifier.is_none() && column.constant.is_none();
    html! { div.grid.wide { @for column in data.columns.iter().filter(is_shown) { (chart(column)) } } }
}

fn against(data: &Data, target: &[f64], options: &ExploreOptions) -> Markup {
    let target_name = data.target.map_or("", |target| data.columns[target].name.as_str());
    let known: Vec<f64> = target.iter().copied().filter(|number| !number.is_nan()).collect();
    let span = crate::report::html::axis::Axis::over(known);
    let number = Number::for_span(span.max - span.min);
    let chart = |column: &RawColumn| match &column.data {
        ColumnData::Numeric(numbers) if column.n_distinct > MAX_CODES => {
            let numbers = &numbers.to_vec();
            let points: Vec<(f64, f64)> = numbers.iter().copied().zip(target.iter().copied()).collect();
            let r = Number::points(2).text(pearson(numbers, target));
            Scatter {
                title: &column.name,
                subtitle: &format!("{target_name} upwards; the line joins its means in tenths; correlation {r}"),
                x_label: &column.name,
                alternative: &format!("{target_name} against {}: correlation {r}.", column.name),
                points: &points,
                curve: &target_along(numbers, target),
                guide: Guide::None,
            }
            .render()
        }
        data => {
            let mut groups = target_by_value(data, target, options.show_small);
            let n_more = groups.bars.len().saturating_sub(2 * MAX_BARS);
            groups.bars.truncate(2 * MAX_BARS);
            let title = format!("{}: mean of {target_name}", column.name);
            html! {
                div {
                    (dots(&title, &groups.bars, number))
                    (hidden(&groups))
                    @if n_more > 0 { (hint(&format!("{n_more} more values have their own mean."))) }
                }
            }
        }
    };
    let is_shown = |(idx, column): &(usize, &RawColumn)| {
        Some(*idx) != data.target && column.identifier.is_none() && column.constant.is_none()
    };
    html! {
        (hint("Means come with their 95 % interval and the number of rows. They describe; they don't say why."))
        div.grid.wide { @for (_, column) in data.columns.iter().enumerate().filter(is_shown) { (chart(column)) } }
    }
}

/// A line about hidden groups.
pub(crate) fn hidden(groups: &Groups) -> Markup {
    if groups.n_hidden == 0 {
        return html! {};
    }
    let values = if groups.n_hidden == 1 { "value" } else { "values" };
    let rows = if groups.n_rows_hidden < MIN_GROUP {
        format!("fewer than {MIN_GROUP} rows")
    } else {
        format!("{} rows", grouped(groups.n_rows_hidden))
    };
    hint(&format!("{} rarer {values} not shown ({rows} together).", grouped(groups.n_hidden)))
}

fn correlated(correlations: &Correlations) -> Markup {
    let Correlations { names, r } = correlations;
    if names.len() < 2 {
        return html! { p { "There are fewer than two numeric columns that vary." } };
    }
    let pairs = correlations.strongest();
    let mut list = Table::new(&["Column", "with", "r"]).caption("The strongest pairs (Pearson's r)");
    for (left, right, r) in pairs.iter().take(MAX_PAIRS) {
        list.row(vec![Cell::text(*left), Cell::text(*right), Cell::Heat(*r, Number::points(2).text(*r))]);
    }
    html! {
        @if (3..=MAX_MATRIX).contains(&names.len()) {
            @let head: Vec<&str> = [""].into_iter().chain(names.iter().map(String::as_str)).collect();
            @let table = {
                let mut table = Table::new(&head).caption("Pearson's r of each pair of numeric columns, over the rows where both are known");
                for (name, row) in names.iter().zip(r) {
                    let cell = |r: &f64| Cell::Heat(if r.is_nan() { 0.0 } else { *r }, Number::points(2).text(*r));
                    table.row([Cell::text(name)].into_iter().chain(row.iter().map(cell)).collect());
                }
                table
            };
            (table.render())
        }
        @if names.len() == 2 || pairs.len() > 3 { (list.render()) }
        @if names.len() > MAX_MATRIX { (hint(&format!("{} numeric columns are too many for a table of all pairs.", names.len()))) }
    }
}

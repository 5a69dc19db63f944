//! `report.html`: the findings of a training run, for those who decide whether the model may be used.
//!
//! It may be published along with the model: it contains no row of the data. Figures of groups of fewer than 10 rows
//! are hidden, and plots over single rows show cells of at least 5 of them. Like `report.json` it contains no date and
//! no path, so that the same data gives the same bytes.

mod ablation;
mod card;
mod groups;
mod importance;
mod intervals;
mod leaderboard;
mod learning;
mod predictions;
mod reading;
mod source;

use std::borrow::Cow;

use maud::{Markup, html};
use model_core::{PartedBy, RepeatedKey, Report, Schema};

use super::html::text::{MAX_NAME, MAX_TEXT, shortened};
use super::html::{Document, Number, caution, grouped, hint};
use crate::judge::diagnosis::Diagnosis;
use crate::judge::groups::{CountedGroup, MIN_GROUP};
use crate::judge::out_of_fold::OutOfFoldFigures;
use crate::metrics::{mean_and_margin, r2_margin, weighted_mean};
use crate::table::Table;
use crate::table::row_idx::weights_of;
use crate::trust::coverage::Covered;

/// The content of the page.
pub(crate) struct Findings<'a> {
    pub(crate) report: &'a Report,
    pub(crate) schema: &'a Schema,
    pub(crate) table: &'a Table,
    pub(crate) out_of_fold: &'a OutOfFoldFigures,
    pub(crate) diagnosis: &'a Diagnosis,
    pub(crate) holdout: Holdout<'a>,
    /// The failed gates.
    pub(crate) failed_gates: &'a [String],
}

/// The holdout records, with one number each.
pub(crate) struct Holdout<'a> {
    pub(crate) actual: &'a [f64],
    /// Unbounded predictions of the written model.
    pub(crate) predicted: &'a [f64],
    /// The weights, if rows are weighted.
    pub(crate) weights: Option<&'a [f64]>,
    /// The biases by group over all holdout records, if an engine counted them.
    pub(crate) biases: &'a [CountedGroup],
}

/// With fewer holdout records, figures are mostly chance.
const FEW_HOLDOUT: usize = 30;

/// The whole file.
#[must_use]
pub(crate) fn report_page(findings: &Findings<'_>) -> String {
    let Findings { report, schema, .. } = findings;
    let lead = format!(
        "Estimates {} from {} columns; learned from {} records{}. This file loads nothing and sends nothing.",
        findings.target(),
        schema.inputs().len(),
        grouped(report.data.rows_train),
        if report.data.fictional { ", which describe no real person" } else { "" },
    );
    let mut page = Document::new(&format!("Report on a model of {}", findings.target()), &lead);
    if !findings.failed_gates.is_empty() {
        page.section("Not published", refused(findings.failed_gates));
    }
    page.section("In short", in_short(findings));
    page.section("Model card", card::section(findings));
    page.section("Leaderboard", leaderboard::section(findings));
    page.section("Predicted and actual", predictions::section(findings));
    page.section("What the model goes by", importance::section(findings));
    page.section("Would more records help?", learning::section(findings));
    page.section("Intervals", intervals::section(findings));
    page.section("Groups", groups::section(findings));
    page.section("What if a column were left out?", ablation::section(findings));
    page.section("How the file was read", reading::section(findings));
    page.render()
}

impl Findings<'_> {
    /// The target's display name.
    fn target(&self) -> Cow<'_, str> {
        shortened(&self.schema.target.label, MAX_NAME)
    }

    /// The format of errors and other figures in the target's unit.
    fn number(&self) -> Number {
        Number::for_span(self.report.data.target.sd)
    }

    /// The target's unit with a leading space; empty if it has none.
    fn unit(&self) -> String {
        self.schema.target.unit.as_ref().map_or_else(String::new, |unit| format!(" {}", shortened(unit, MAX_NAME)))
    }

    /// A column's display name.
    fn label<'a>(&'a self, name: &'a str) -> Cow<'a, str> {
        let column = self.schema.columns.iter().find(|column| column.name == name);
        shortened(column.map_or(name, |column| &column.label), MAX_NAME)
    }

    /// Whether a column is marked as sensitive.
    fn is_sensitive(&self, name: &str) -> bool {
        self.schema.columns.iter().any(|column| column.sensitive && column.name == name)
    }

    /// The number of holdout records examined one by one.
    fn n_holdout(&self) -> usize {
        self.holdout.actual.len()
    }

    /// The rows behind figures from cross-validation.
    fn out_of_fold_rows(&self) -> Markup {
        let n_rows = self.out_of_fold.rows.len();
        let models = if self.out_of_fold.n_folds == 1 { "one model" } else { "models" };
        html! {
            p.hint {
                "Over " (grouped(n_rows)) " records of the training part, each predicted by one of "
                (self.out_of_fold.n_folds) " " (models) " that had not learned from it."
                @if self.report.data.parted_by.as_ref().is_some_and(|parted_by| parted_by.is_time) {
                    " Each model learned from earlier records than it is judged by, so that the earliest are not among them."
                } @else if n_rows < self.report.data.rows_train {
                    " They are a random sample of the " (grouped(self.report.data.rows_train)) " there are."
                }
            }
        }
    }
}

/// The format of R².
fn r2() -> Number {
    Number::points(3)
}

fn refused(failed_gates: &[String]) -> Markup {
    html! {
        (caution("This model failed a gate: it falls short of what whoever trained it asks for. It was not published; the artifacts of earlier runs are as they were."))
        ul { @for gate in failed_gates { li { (shortened(gate, MAX_TEXT)) } } }
    }
}

/// To whom the figures apply if the split was not random.
fn parting_text(parted_by: &PartedBy) -> String {
    let PartedBy { column, is_time, groups, groups_holdout } = parted_by;
    let column = shortened(column, MAX_NAME);
    let (groups, held_back) = (grouped(*groups), grouped(*groups_holdout));
    if *is_time {
        format!(
            "Its figures are for the time to come: of {groups} different values of {column} the last {held_back} are held back, \
             and in cross-validation, too, later records judge what earlier ones taught."
        )
    } else {
        format!(
            "Its figures are for groups that it has not learned from: {column} names {groups} groups, of which {held_back} are \
             held back, and in cross-validation, too, the records of a group stay together."
        )
    }
}

/// R² for groups that were not in training.
fn repeated_text(repeated: &RepeatedKey) -> String {
    let RepeatedKey { column, groups, rows, r2: known, r2_groups } = repeated;
    let column = shortened(column, MAX_NAME);
    let (groups, rows) = (grouped(*groups), grouped(*rows));
    let names =
        format!("{column} names {groups} groups in {rows} records, and figures here are for groups that are known");
    match (known, r2_groups) {
        (Some(known), Some(r2_groups)) => format!(
            "{names}: R² is {} where records of a group are on both sides, and about {} for groups not seen yet (--group {column}).",
            r2().text(*known),
            r2().text(*r2_groups)
        ),
        _ => format!("{names}; those for others need --group {column}."),
    }
}

fn in_short(findings: &Findings<'_>) -> Markup {
    let Findings { report, out_of_fold, .. } = findings;
    let (number, unit) = (findings.number(), findings.unit());
    let errors = |actual: &[f64], predicted: &[f64], weights: Option<&[f64]>| {
        mean_and_margin(
            &actual.iter().zip(predicted).map(|(actual, predicted)| (actual - predicted).abs()).collect::<Vec<_>>(),
            weights,
        )
    };
    let weights = weights_of(findings.table, &out_of_fold.rows);
    let weights = weights.as_deref();
    let mean = weights.map_or(report.data.target.mean, |_| weighted_mean(&out_of_fold.actual, weights));
    let (cv_error, _) = errors(&out_of_fold.actual, &out_of_fold.predicted, weights);
    let (mean_error, _) = errors(&out_of_fold.actual, &vec![mean; out_of_fold.actual.len()], weights);
    let (n_holdout, n_all) = (findings.n_holdout(), report.data.rows_holdout);
    let (_, holdout_margin) = errors(findings.holdout.actual, findings.holdout.predicted, findings.holdout.weights);
    // With so few records a margin would be as uncertain as the figure itself.
    let plus_minus = |number: Number, margin: f64| {
        if n_holdout < MIN_GROUP { String::new() } else { format!(" ± {}", number.text(margin)) }
    };
    // A figure over all records has a smaller error than one over those examined one by one.
    let n_scored = source::n_scored(&report.data);
    let surer = (n_holdout as f64 / n_scored.max(1) as f64).sqrt();
    let r2_margin = r2_margin(findings.holdout.actual, findings.holdout.predicted, findings.holdout.weights);
    let r2_holdout = plus_minus(r2(), surer * r2_margin);
    let at_90 = report.intervals.coverage.iter().find(|coverage| coverage.level == 90.0);
    let worst = out_of_fold.groups.iter().max_by(|left, right| left.bias.abs().total_cmp(&right.bias.abs()));
    let cv = &report.champion.cv;
    html! {
        @if n_holdout < FEW_HOLDOUT {
            (caution(&format!("Only {n_holdout} records were held back: what is said of them is mostly chance.")))
        }
        ul {
            li {
                @if cv.r2_mean > 0.0 {
                    "It explains about " (Number::percent(0).text(cv.r2_mean)) " of how " (findings.target()) " differs between records"
                } @else {
                    "It explains nothing of how " (findings.target()) " differs between records"
                }
                ": R² is " (r2().text(cv.r2_mean)) " in cross-validation (standard deviation over " (cv.r2_folds.len())
                " folds " (r2().text(cv.r2_sd)) ") and " (r2().text(report.holdout.r2)) (r2_holdout) " on " @if n_scored == n_all { "the " } @else { (grouped(n_scored)) " of the " } (grouped(n_all))
                " records held back, which had no part in any choice."
            }
            @if let Some(parted_by) = &report.data.parted_by {
                li { (parting_text(parted_by)) }
            }
            @for text in source::texts(&report.data) {
                li { (text) }
            }
            @for repeated in &report.data.repeated {
                li { (repeated_text(repeated)) }
            }
            li {
                "It is off by " (number.text(report.holdout.mae)) (plus_minus(number, holdout_margin)) (unit)
                " on average on " @if report.data.counted.is_some() { (grouped(n_holdout)) " of " } "the records held back, and by " (number.text(cv_error)) (unit)
                " in cross-validation. Saying the mean to everybody would be off by " (number.text(mean_error)) (unit) "."
            }
            @if let Some(coverage) = at_90 {
                @let covered = Covered::of_share(coverage.level, coverage.share, n_holdout);
                li {
                    "Its intervals at 90 % held the truth for " (Number::percent(1).text(covered.share)) " of those " (grouped(n_holdout))
                    " records (95 % interval " (Number::points(1).text(100.0 * covered.low)) " to " (Number::points(1).text(100.0 * covered.high)) ")"
                    @if covered.is_off() { ", which is off by more than chance explains" }
                    "; they are " (number.text(coverage.width)) (unit) " wide on average."
                }
            }
            @if let Some(worst) = worst {
                li {
                    @if out_of_fold.groups.len() > 1 {
                        "Of " (out_of_fold.groups.len()) " groups the one with the largest bias is "
                    } @else {
                        "The only group of " (MIN_GROUP) " or more is "
                    }
                    (findings.label(&worst.column)) " = " (shortened(&worst.value, MAX_NAME)) ": estimated "
                    (number.signed().text(worst.bias)) " ± " (number.text(worst.bias_margin)) (unit) " off on average."
                    @if out_of_fold.groups.len() > 1 { " The largest of many is always partly chance." }
                }
            }
        }
        (hint("± is half the width of a 95 % interval: how far the figure could be off because other records might have been drawn. It says nothing about records of another school or another year."))
        @if report.data.parted_by.as_ref().is_some_and(|parted_by| !parted_by.is_time) || !report.data.repeated.is_empty() {
            (hint("Records of one group are alike. The margins in this file count each record for itself: they are smaller than they should be."))
        }
        (hint("An estimate is about records like these. It says nothing about what a person can do, and nothing about why."))
        (hint("No single record stands in this file: figures of groups of fewer than 10 are hidden, and plots show cells of at least 5 records. It may be published along with the model."))
    }
}

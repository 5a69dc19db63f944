//! The coverage of the intervals, by level and by group.

use leptos::prelude::*;
use model_core::{GroupCoverage, IntervalSummary};

use crate::i18n::use_i18n;
use crate::session::use_session;

/// A table of levels, and a collapsed one of groups; nothing for a model without intervals.
#[component]
pub(super) fn Coverage(summary: IntervalSummary) -> impl IntoView {
    let (session, i18n) = (use_session(), use_i18n());
    let target = session.target_format(i18n);
    let IntervalSummary { coverage, groups, .. } = summary;
    let idx = nearest_to_ninety(&coverage)?;
    let row = |own: &model_core::Coverage| {
        view! {
            <tr>
                <th scope="row">{i18n.percent(own.level)}</th>
                <td>{i18n.percent(own.share * 100.0)}</td>
                <td>{target.error(own.width)}</td>
            </tr>
        }
    };
    let level = coverage[idx].level;
    Some(view! {
        <h3>{i18n.text("about.intervals")}</h3>
        <table>
            <caption>{i18n.text("about.intervals-caption")}</caption>
            <thead>
                <tr>
                    <th scope="col">{i18n.text("about.promised")}</th>
                    <th scope="col">{i18n.text("about.kept")}</th>
                    <th scope="col">{i18n.text("about.width")}</th>
                </tr>
            </thead>
            <tbody>{coverage.iter().map(row).collect_view()}</tbody>
        </table>
        {(!groups.is_empty()).then(|| view! { <Groups groups=groups idx level/> })}
    })
}

/// The same by group, at one level.
#[component]
fn Groups(groups: Vec<GroupCoverage>, idx: usize, level: f64) -> impl IntoView {
    let (session, i18n) = (use_session(), use_i18n());
    let model = session.model();
    let row = |group: GroupCoverage| {
        view! {
            <tr>
                <th scope="row">{model.label_of(&group.column)} ": " {group.value}</th>
                <td>{i18n.count(group.n)}</td>
                <td>{group.shares.get(idx).map(|share| i18n.percent(share * 100.0))}</td>
            </tr>
        }
    };
    view! {
        <details>
            <summary>{i18n.text("about.groups")}</summary>
            <table>
                <caption>{i18n.fill("about.groups-caption", &[("level", &i18n.percent(level))])}</caption>
                <thead>
                    <tr>
                        <th scope="col">{i18n.text("about.group")}</th>
                        <th scope="col">{i18n.text("about.students")}</th>
                        <th scope="col">{i18n.text("about.kept")}</th>
                    </tr>
                </thead>
                <tbody>{groups.into_iter().map(row).collect_view()}</tbody>
            </table>
        </details>
    }
}

fn nearest_to_ninety(coverage: &[model_core::Coverage]) -> Option<usize> {
    let distance = |idx: &usize| (coverage[*idx].level - 90.0).abs();
    (0..coverage.len()).min_by(|a, b| distance(a).total_cmp(&distance(b)))
}

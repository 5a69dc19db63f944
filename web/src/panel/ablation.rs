//! Ablation: the model without each column. Leaving a column out may seem fair, and have the opposite effect.

use leptos::prelude::*;
use model_core::{Ablation, GroupBias};

use crate::i18n::use_i18n;
use crate::session::use_session;

/// For each left-out column: the share of variance that is still explained, and the group with the largest bias.
#[component]
pub(super) fn LeavingOut(ablation: Ablation) -> impl IntoView {
    let (session, i18n) = (use_session(), use_i18n());
    let (model, target) = (session.model(), session.target_format(i18n));
    let Ablation { r2, groups, columns, sensitive_only, .. } = ablation;
    let row = |name: String, r2: f64, biases: &[f64]| {
        let most_off = most_off(&groups, biases).map(|(group, bias)| {
            let group = format!("{}: {}", model.label_of(&group.column), group.value);
            view! { {target.difference(bias)} " " <small>{group}</small> }
        });
        view! {
            <tr>
                <th scope="row">{name}</th>
                <td>{i18n.number(r2, 3)}</td>
                <td>{most_off}</td>
            </tr>
        }
    };
    let own: Vec<f64> = groups.iter().map(|group| group.bias).collect();
    let first = row(i18n.text("ablation.none"), r2, &own);
    let others = columns.iter().map(|left_out| row(model.label_of(&left_out.column), left_out.r2, &left_out.biases));
    let sensitive = sensitive_only.as_ref().map(|only| {
        let columns: Vec<String> = only.columns.iter().map(|column| model.label_of(column)).collect();
        let values = [("columns", columns.join(", ")), ("r2", i18n.number(only.r2, 2))];
        let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
        view! { <p class="hint">{i18n.fill("ablation.sensitive", &values)}</p> }
    });
    view! {
        <details data-testid="ablation">
            <summary>{i18n.text("ablation.title")}</summary>
            <p class="hint">{i18n.text("ablation.hint")}</p>
            <table class="ablation">
                <thead>
                    <tr>
                        <th scope="col">{i18n.text("ablation.without")}</th>
                        <th scope="col">{"R²"}</th>
                        <th scope="col">{i18n.text("ablation.most-off")}</th>
                    </tr>
                </thead>
                <tbody>{first} {others.collect_view()}</tbody>
            </table>
            {sensitive}
        </details>
    }
}

/// The group with the largest absolute bias, the first of equal ones.
fn most_off<'a>(groups: &'a [GroupBias], biases: &[f64]) -> Option<(&'a GroupBias, f64)> {
    let mut most: Option<(&GroupBias, f64)> = None;
    for (group, bias) in groups.iter().zip(biases) {
        if most.is_none_or(|(_, least)| bias.abs() > least.abs()) {
            most = Some((group, *bias));
        }
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_group_that_is_furthest_off_is_named_in_either_direction() {
        let group = |value: &str| GroupBias { column: "lunch".into(), value: value.into(), n: 20, bias: 0.0 };
        let groups = [group("a"), group("b"), group("c")];
        let (most, bias) = most_off(&groups, &[1.0, -2.5, 2.5]).unwrap();
        assert_eq!((most.value.as_str(), bias), ("b", -2.5));
        assert_eq!(most_off(&groups, &[]), None);
    }
}

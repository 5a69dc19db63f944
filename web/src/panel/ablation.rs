//! What the model would be without each column: to leave a column out sounds fair, and can be the opposite.

use model_core::{Ablation, GroupBias, LeftOutColumn};

use crate::dom::escaped;
use crate::format::number;
use crate::session::Session;
use crate::texts::{fill, text};

/// For each column that was left out: the share of the differences that is still explained, and the group whose estimates
/// are then furthest off on average.
pub(super) fn table(session: &Session, ablation: &Ablation) -> String {
    let row = |name: &str, r2: f64, biases: &[f64]| {
        let off = most_off(&ablation.groups, biases).map(|(group, bias)| {
            let group = format!("{}: {}", label(session, &group.column), group.value);
            format!("{} <small>{}</small>", session.difference(bias), escaped(&group))
        });
        format!(
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td></tr>",
            escaped(name),
            number(r2, 3),
            off.unwrap_or_default()
        )
    };
    let own: Vec<f64> = ablation.groups.iter().map(|group| group.bias).collect();
    let mut rows = row(&text("ablation.none"), ablation.r2, &own);
    for LeftOutColumn { column, r2, biases, .. } in &ablation.columns {
        rows.push_str(&row(&label(session, column), *r2, biases));
    }
    let sensitive = ablation.sensitive_only.as_ref().map(|only| {
        let columns: Vec<String> = only.columns.iter().map(|column| label(session, column)).collect();
        let values = [("columns", columns.join(", ")), ("r2", number(only.r2, 2))];
        let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
        format!("<p class=\"hint\">{}</p>", escaped(&fill("ablation.sensitive", &values)))
    });
    format!(
        "<details data-testid=\"ablation\"><summary>{}</summary><p class=\"hint\">{}</p><table class=\"ablation\"><thead><tr>\
         <th scope=\"col\">{}</th><th scope=\"col\">R²</th><th scope=\"col\">{}</th></tr></thead>\
         <tbody>{rows}</tbody></table>{}</details>",
        text("ablation.title"),
        text("ablation.hint"),
        text("ablation.without"),
        text("ablation.most-off"),
        sensitive.unwrap_or_default(),
    )
}

/// The group whose bias is furthest from 0, the first of equals.
fn most_off<'a>(groups: &'a [GroupBias], biases: &[f64]) -> Option<(&'a GroupBias, f64)> {
    let mut most: Option<(&GroupBias, f64)> = None;
    for (group, bias) in groups.iter().zip(biases) {
        if most.is_none_or(|(_, least)| bias.abs() > least.abs()) {
            most = Some((group, *bias));
        }
    }
    most
}

fn label(session: &Session, name: &str) -> String {
    let column = session.columns().iter().find(|column| column.name == name);
    column.map_or_else(|| name.to_owned(), |column| column.label.clone())
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

//! Display names of model families and their hyper-parameters.

use model_core::Params;
use serde_json::Value as Json;

use crate::format::capitalised;
use crate::i18n::I18n;

/// The display name of the family `name`.
pub(crate) fn family(i18n: I18n, name: &str) -> String {
    i18n.known(&format!("family.{name}")).unwrap_or_else(|| capitalised(&name.replace(['_', '-'], " ")))
}

/// Hyper-parameters in one line: "alpha 0.3, solver svd".
pub(crate) fn params(i18n: I18n, params: &Params) -> String {
    let one = |(name, value): (&String, &Json)| format!("{} {}", name.replace('_', " "), setting(i18n, value));
    params.iter().map(one).collect::<Vec<_>>().join(", ")
}

// serde_json's serialisation would add 10 kB to the page.
fn setting(i18n: I18n, value: &Json) -> String {
    match value {
        Json::Null => "none".into(),
        Json::Bool(is_so) => is_so.to_string(),
        Json::Number(number) => number.as_f64().map(|number| i18n.shortest(number)).unwrap_or_default(),
        Json::String(text) => text.clone(),
        Json::Array(items) => items.iter().map(|item| setting(i18n, item)).collect::<Vec<_>>().join(", "),
        // A member of a blend: its family, without its hyper-parameters.
        Json::Object(members) if members.contains_key("family") => {
            members.get("family").and_then(Json::as_str).map(|name| family(i18n, name)).unwrap_or_default()
        }
        Json::Object(members) => {
            let one = |(name, value): (&String, &Json)| format!("{name} {}", setting(i18n, value));
            members.iter().map(one).collect::<Vec<_>>().join(" ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::english;

    #[test]
    fn families_and_their_settings_have_names_for_people() {
        let (_owner, i18n) = english();
        assert_eq!(family(i18n, "linear"), "Linear regression");
        assert_eq!(family(i18n, "random_forest"), "Random forest");
        assert_eq!(family(i18n, "elastic-net"), "Elastic net");
        let settings = Params::from([("alpha".into(), Json::from(1.0)), ("fit_intercept".into(), Json::from(true))]);
        assert_eq!(params(i18n, &settings), "alpha 1, fit intercept true");
    }
}

//! Finds elements as assistive technology does: by role and accessible name.
//!
//! Why not by selector: an element without role and name cannot be found by all users either. The browser's own
//! accessibility tree is queried, so that labels, `aria-*` and native semantics all count.

use anyhow::{Context, Result};
use fantoccini::elements::{Element, ElementRef};
use serde_json::{Value, json};

use crate::{browser::Browser, command::Extension, driver::Engine};

/// The roles that accept input or can be pressed.
const CONTROLS: [&str; 12] = [
    "button",
    "checkbox",
    "combobox",
    "link",
    "listbox",
    "menuitem",
    "radio",
    "searchbox",
    "slider",
    "spinbutton",
    "switch",
    "textbox",
];

/// How WebDriver writes a reference to an element.
const ELEMENT_KEY: &str = "element-6066-11e4-a52e-4f735466cecf";

impl Browser {
    /// Waits for the element with this role and accessible name.
    ///
    /// # Errors
    ///
    /// When there is no such element before the timeout.
    pub async fn role(&self, role: &str, name: &str) -> Result<Element> {
        let what = format!("a {role} named \u{201c}{name}\u{201d}");
        self.eventually(&what, async || self.accessible(name, |found| found == role).await).await
    }

    /// Waits for the control (of whatever role) with this label.
    ///
    /// # Errors
    ///
    /// When there is no such element before the timeout.
    pub async fn label(&self, name: &str) -> Result<Element> {
        let what = format!("a control labelled \u{201c}{name}\u{201d}");
        self.eventually(&what, async || self.accessible(name, |found| CONTROLS.contains(&found)).await).await
    }

    /// Role and accessible name of the focused element.
    ///
    /// # Errors
    ///
    /// When the page is closed.
    pub async fn focused(&self) -> Result<(String, String)> {
        let script = "let element = document.activeElement;
            while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
            return element";
        let focused = self.run(script, vec![]).await?;
        let id = focused[ELEMENT_KEY].as_str().context("nothing has the focus")?;
        Ok((self.computed("computedrole", id).await?, self.computed("computedlabel", id).await?))
    }

    async fn accessible(&self, name: &str, is_wanted: impl Fn(&str) -> bool) -> Result<Option<Element>> {
        match self.engine() {
            Engine::Chromium => self.accessible_in_tree(name, is_wanted).await,
            Engine::Firefox => self.accessible_by_asking(name, is_wanted).await,
        }
    }

    /// Queries role and name of each candidate element.
    async fn accessible_by_asking(&self, name: &str, is_wanted: impl Fn(&str) -> bool) -> Result<Option<Element>> {
        // A name can come from anywhere; looking first where it usually comes from saves queries.
        let script = "const all = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [role]')];
            const texts = (element) => [element.getAttribute('aria-label'), element.textContent, element.title,
                ...(element.getAttribute('aria-labelledby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent),
                ...[...element.labels ?? []].map(({ textContent }) => textContent)];
            const likely = all.filter((element) => texts(element).some((text) => text?.includes(arguments[0])));
            return likely.length > 0 ? likely : all";
        let candidates = self.run(script, vec![json!(name)]).await?;
        for candidate in candidates.as_array().into_iter().flatten() {
            let Some(id) = candidate[ELEMENT_KEY].as_str() else { continue };
            // An element that is gone by now has neither.
            let (Ok(role), Ok(label)) =
                (self.computed("computedrole", id).await, self.computed("computedlabel", id).await)
            else {
                continue;
            };
            if label == name && is_wanted(&role) {
                return Ok(Some(Element::from_element_id(self.client().clone(), ElementRef::from(id.to_owned()))));
            }
        }
        Ok(None)
    }

    async fn computed(&self, what: &str, element: &str) -> Result<String> {
        let answer = self.client().issue_cmd(Extension::computed(what, element)).await?;
        Ok(answer.as_str().unwrap_or_default().to_owned())
    }

    async fn accessible_in_tree(&self, name: &str, is_wanted: impl Fn(&str) -> bool) -> Result<Option<Element>> {
        let document = self.devtools("Runtime.evaluate", json!({ "expression": "document" })).await?;
        let query = json!({ "objectId": document["result"]["objectId"], "accessibleName": name });
        let found = self.devtools("Accessibility.queryAXTree", query).await?;
        let nodes = found["nodes"].as_array().map(Vec::as_slice).unwrap_or_default();
        let wanted = nodes
            .iter()
            .find(|node| node["ignored"] != json!(true) && node["role"]["value"].as_str().is_some_and(&is_wanted));
        match wanted {
            Some(node) => self.element(&node["backendDOMNodeId"]).await,
            None => Ok(None),
        }
    }

    /// The element of a DevTools node; `None` if it is gone by now.
    async fn element(&self, node: &Value) -> Result<Option<Element>> {
        let Ok(object) = self.devtools("DOM.resolveNode", json!({ "backendNodeId": node })).await else {
            return Ok(None);
        };
        // The two protocols share only the page itself.
        let keep = json!({
            "objectId": object["object"]["objectId"],
            "functionDeclaration": "function () { window.__journey = this }",
        });
        self.devtools("Runtime.callFunctionOn", keep).await?;
        let reference = self.run("return window.__journey", vec![]).await?;
        let id = reference[ELEMENT_KEY].as_str().context("the node is not an element")?;
        Ok(Some(Element::from_element_id(self.client().clone(), ElementRef::from(id.to_owned()))))
    }
}

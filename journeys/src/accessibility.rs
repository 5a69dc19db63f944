//! Finds elements as assistive technology does: by role and accessible name.
//!
//! Why not by selector: what cannot be found so cannot be found by everyone either. The browser's
//! own accessibility tree is asked, so that labels, `aria-*` and native semantics all count.

use anyhow::{Context, Result};
use fantoccini::elements::{Element, ElementRef};
use serde_json::{Value, json};

use crate::browser::Browser;

/// The roles that one can put a value into or press.
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
    /// When there is none in time.
    pub async fn role(&self, role: &str, name: &str) -> Result<Element> {
        let what = format!("a {role} named \u{201c}{name}\u{201d}");
        self.eventually(&what, async || self.accessible(name, |found| found == role).await).await
    }

    /// Waits for the control (of whatever role) with this label.
    ///
    /// # Errors
    ///
    /// When there is none in time.
    pub async fn label(&self, name: &str) -> Result<Element> {
        let what = format!("a control labelled \u{201c}{name}\u{201d}");
        self.eventually(&what, async || self.accessible(name, |found| CONTROLS.contains(&found)).await).await
    }

    /// Role and accessible name of the element that has the keyboard's focus.
    ///
    /// # Errors
    ///
    /// When the page is gone.
    pub async fn focused(&self) -> Result<(String, String)> {
        let script = "let element = document.activeElement;
            while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
            return (window.__journey = element) !== null";
        self.run(script, vec![]).await?;
        let object = self.devtools("Runtime.evaluate", json!({ "expression": "window.__journey" })).await?;
        let query = json!({ "objectId": object["result"]["objectId"], "fetchRelatives": false });
        let tree = self.devtools("Accessibility.getPartialAXTree", query).await?;
        let node = &tree["nodes"][0];
        let text = |key: &str| node[key]["value"].as_str().unwrap_or_default().to_owned();
        Ok((text("role"), text("name")))
    }

    async fn accessible(&self, name: &str, is_wanted: impl Fn(&str) -> bool) -> Result<Option<Element>> {
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

    /// The element of a node of the DevTools protocol; none when it is gone meanwhile.
    async fn element(&self, node: &Value) -> Result<Option<Element>> {
        let Ok(object) = self.devtools("DOM.resolveNode", json!({ "backendNodeId": node })).await else {
            return Ok(None);
        };
        // The two protocols share nothing but the page itself.
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

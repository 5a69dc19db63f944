//! Commands that fantoccini lacks.

use fantoccini::wd::WebDriverCompatibleCommand;
use http::Method;
use serde_json::{Value, json};
use url::{ParseError, Url};

/// A WebDriver command: POST with a body, or GET without one.
#[derive(Debug)]
pub(crate) struct Extension {
    path: String,
    body: Option<Value>,
}

impl Extension {
    /// A command of the Chrome DevTools protocol.
    pub(crate) fn devtools(command: &str, parameters: &Value) -> Self {
        Self::posted("goog/cdp/execute", json!({ "cmd": command, "params": parameters }))
    }

    /// The console's entries since the last call, as recorded by chromedriver.
    pub(crate) fn console() -> Self {
        Self::posted("se/log", json!({ "type": "browser" }))
    }

    /// Lets Firefox run scripts in the browser itself (`chrome`) or in the page (`content`).
    pub(crate) fn firefox_context(context: &str) -> Self {
        Self::posted("moz/context", json!({ "context": context }))
    }

    /// A screenshot of the whole page in Firefox.
    pub(crate) fn firefox_picture() -> Self {
        Self { path: "moz/screenshot/full".to_owned(), body: None }
    }

    /// The `computedrole` or `computedlabel` of an element, as exposed to assistive technology.
    pub(crate) fn computed(what: &str, element: &str) -> Self {
        Self { path: format!("element/{element}/{what}"), body: None }
    }

    fn posted(path: &str, body: Value) -> Self {
        Self { path: path.to_owned(), body: Some(body) }
    }
}

impl WebDriverCompatibleCommand for Extension {
    fn endpoint(&self, base_url: &Url, session_id: Option<&str>) -> Result<Url, ParseError> {
        base_url.join(&format!("session/{}/{}", session_id.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _request_url: &Url) -> (Method, Option<String>) {
        match &self.body {
            Some(body) => (Method::POST, Some(body.to_string())),
            None => (Method::GET, None),
        }
    }
}

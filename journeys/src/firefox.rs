//! Scripts in Firefox's privileged context, for what Chromium's DevTools protocol offers.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::{
    browser::{Browser, LogEntry},
    command::Extension,
    screen::Screen,
};

/// Errors of pages since the last call, as `[text, …]`: of scripts and policies, and errors logged by pages.
const ERRORS: &str = "const storage = Cc['@mozilla.org/consoleAPI-storage;1'].getService(Ci.nsIConsoleAPIStorage);
    const thrown = Services.console.getMessageArray()
        .filter((entry) => entry instanceof Ci.nsIScriptError && !(entry.flags & Ci.nsIScriptError.warningFlag))
        .filter(({ sourceName }) => /^https?:/.test(sourceName))
        .map(({ sourceName, lineNumber, errorMessage }) => `${sourceName}:${lineNumber} ${errorMessage}`);
    const logged = storage.getEvents().filter(({ level, filename }) => level === 'error' && /^https?:/.test(filename))
        .map((event) => `${event.filename}:${event.lineNumber} ${[...event.arguments].join(' ')}`);
    Services.console.reset();
    storage.clearEvents();
    return [...thrown, ...logged];";

/// Resizes the page; Firefox's window cannot be as narrow as a phone.
const RESIZE: &str = "const { style } = gBrowser.selectedBrowser;
    for (const [side, size] of [['width', arguments[0]], ['height', arguments[1]]])
        for (const name of [side, `min-${side}`, `max-${side}`]) style.setProperty(name, `${size}px`, 'important');";

/// Overrides media features; unnamed ones are reset.
const PREFER: &str = "const wanted = Object.fromEntries(arguments[0]);
    const set = (name, value) =>
        value === undefined ? Services.prefs.clearUserPref(name) : Services.prefs.setIntPref(name, value);
    set('layout.css.prefers-color-scheme.content-override',
        { dark: 0, light: 1 }[wanted['prefers-color-scheme']]);
    set('ui.prefersReducedMotion', { reduce: 1 }[wanted['prefers-reduced-motion']]);";

impl Browser {
    /// The console's entries since the last call.
    pub(crate) async fn firefox_console(&self) -> Result<Vec<LogEntry>> {
        let errors = self.in_firefox(ERRORS, Vec::new()).await?;
        let entry = |error: &Value| LogEntry {
            level: "SEVERE".to_owned(),
            message: error.as_str().unwrap_or_default().to_owned(),
        };
        Ok(errors.as_array().context("the console's entries are no list")?.iter().map(entry).collect())
    }

    /// Resizes the page; touch and a phone's viewport are only emulated in Chromium.
    pub(crate) async fn use_firefox_screen(&self, screen: Screen) -> Result<()> {
        self.in_firefox(RESIZE, vec![json!(screen.width), json!(screen.height)]).await?;
        let script = format!("return innerWidth === {}", screen.width);
        self.holds("the other screen", &script).await
    }

    /// Sets the visitor's preferences, and finishes the transitions that this starts: screenshots should not show
    /// intermediate colours, and without a screen the transitions do not proceed.
    pub(crate) async fn prefer_in_firefox(&self, features: &[(&str, &str)]) -> Result<()> {
        self.in_firefox(PREFER, vec![json!(features)]).await?;
        let script = format!(
            "const is = {}.every(([name, value]) => matchMedia(`(${{name}}: ${{value}})`).matches);
             for (const animation of document.getAnimations()) animation.finish();
             return is",
            json!(features)
        );
        self.holds("the page as it is preferred", &script).await
    }

    /// Blocks cookies and storage for pages opened from now on.
    pub(crate) async fn block_firefox_storage(&self) -> Result<()> {
        self.in_firefox("Services.prefs.setIntPref('network.cookie.cookieBehavior', 2)", Vec::new()).await.map(drop)
    }

    /// Runs a script in Firefox's privileged context.
    async fn in_firefox(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        self.client().issue_cmd(Extension::firefox_context("chrome")).await?;
        let outcome = self.run(script, arguments).await;
        self.client().issue_cmd(Extension::firefox_context("content")).await?;
        outcome
    }
}

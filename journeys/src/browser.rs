//! One visitor's browser.
//!
//! Why a fresh one for each journey: storage, caches and service workers of one visit must not
//! influence another.

use std::{
    env, fs,
    future::Future,
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use fantoccini::{Client, ClientBuilder, Locator, elements::Element, wd::TimeoutConfiguration};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use crate::{command::Extension, driver::Engine};

/// The timeout for any single step on the page.
const PATIENCE: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(50);

/// A browser with its own profile, showing one page.
#[derive(Clone)]
pub struct Browser {
    client: Client,
    engine: Engine,
}

/// A message in the browser's console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntry {
    /// `SEVERE`, `WARNING`, `INFO` or `DEBUG`.
    pub level: String,
    /// Source, place and text, as Chromium writes them.
    pub message: String,
}

impl Browser {
    /// Opens a browser through its driver at `address`; Chromium's profile lives in `profile`, Firefox's is the driver's.
    pub(crate) async fn open_window(engine: Engine, address: &str, profile: &TempDir) -> Result<Self> {
        let capabilities = match engine {
            Engine::Chromium => chromium(profile),
            Engine::Firefox => firefox(),
        };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(address)
            .await
            .with_context(|| format!("{engine:?} could not be started"))?;
        Ok(Self { client, engine })
    }

    /// Which browser it is.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// Everything else that WebDriver can do.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Opens an address and waits until the document has loaded.
    ///
    /// # Errors
    ///
    /// When nothing answers there.
    pub async fn open(&self, address: &str) -> Result<()> {
        self.client.goto(address).await.with_context(|| format!("{address} could not be opened"))
    }

    /// Loads the page again and waits until the document has loaded.
    ///
    /// # Errors
    ///
    /// When nothing answers any more.
    pub async fn reload(&self) -> Result<()> {
        // By the page itself: WebDriver's own way goes past the service worker in Firefox.
        self.run("window.__before = true; location.reload()", Vec::new()).await?;
        let script = "return window.__before === undefined && document.readyState === 'complete'";
        let is_new = async || {
            let answer = self.run(script, Vec::new()).await.unwrap_or_default();
            Ok((answer == json!(true)).then_some(()))
        };
        self.eventually("the page again", is_new).await
    }

    /// Blocks cookies, storage and service workers for pages opened from now on: in Firefox by a preference; in
    /// Chromium, which has no such command, by replacing the APIs with ones that fail in the same way.
    ///
    /// # Errors
    ///
    /// When the browser is closed.
    pub async fn block_storage(&self) -> Result<()> {
        if self.engine == Engine::Firefox {
            return self.block_firefox_storage().await;
        }
        let source = "const refuse = () => { throw new DOMException('blocked', 'SecurityError') }; \
            for (const name of ['localStorage', 'sessionStorage', 'caches', 'indexedDB']) \
                Object.defineProperty(window, name, { get: refuse }); \
            ServiceWorkerContainer.prototype.register = async () => refuse();";
        self.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source })).await.map(drop)
    }

    /// Accepts untrusted certificates from now on.
    ///
    /// # Errors
    ///
    /// When Chromium refuses it.
    pub async fn trust_any_certificate(&self) -> Result<()> {
        if self.engine == Engine::Firefox {
            // It was started with this setting.
            return Ok(());
        }
        self.devtools("Security.setIgnoreCertificateErrors", json!({ "ignore": true })).await.map(drop)
    }

    /// Closes the browser.
    pub(crate) async fn close(self) -> Result<()> {
        Ok(self.client.close().await?)
    }

    /// Waits for the first element with this `data-testid`.
    ///
    /// # Errors
    ///
    /// When there is no such element before the timeout.
    pub async fn test_id(&self, id: &str) -> Result<Element> {
        self.css(&format!("[data-testid=\"{id}\"]")).await
    }

    /// Waits for the first element that a CSS selector matches.
    ///
    /// # Errors
    ///
    /// When there is no such element before the timeout.
    pub async fn css(&self, selector: &str) -> Result<Element> {
        let what = format!("an element {selector}");
        self.eventually(&what, async || Ok(self.client.find_all(Locator::Css(selector)).await?.into_iter().next()))
            .await
    }

    /// Waits until the text of the element with this `data-testid` is `wanted`; returns the text.
    ///
    /// # Errors
    ///
    /// When it is not before the timeout; the message shows the last text.
    pub async fn text_of(&self, id: &str, wanted: impl Fn(&str) -> bool) -> Result<String> {
        let mut seen = String::from("(no such element)");
        let script = "return document.querySelector(`[data-testid=\"${arguments[0]}\"]`)?.innerText ?? null";
        let start = Instant::now();
        loop {
            if let Value::String(text) = self.run(script, vec![json!(id)]).await? {
                if wanted(&text) {
                    return Ok(text);
                }
                seen = text;
            }
            if start.elapsed() > PATIENCE {
                bail!("the text of {id} did not become what was expected; it is: {seen}");
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Calls `look` repeatedly until it finds something.
    ///
    /// # Errors
    ///
    /// The errors of `look`, and when it finds nothing before the timeout.
    pub async fn eventually<T, F>(&self, what: &str, look: impl Fn() -> F) -> Result<T>
    where
        F: Future<Output = Result<Option<T>>>,
    {
        let start = Instant::now();
        loop {
            if let Some(found) = look().await? {
                return Ok(found);
            }
            if start.elapsed() > PATIENCE {
                bail!("{what} did not appear within {} s", PATIENCE.as_secs());
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Sets the timeout of scripts, half a minute by default.
    ///
    /// # Errors
    ///
    /// When the browser is closed.
    pub async fn allow_scripts(&self, limit: Duration) -> Result<()> {
        let timeouts = TimeoutConfiguration::new(Some(limit), None, None);
        Ok(self.client.update_timeouts(timeouts).await?)
    }

    /// Runs a script in the page: it receives `arguments`, and its `return` gives the value.
    ///
    /// # Errors
    ///
    /// When the script throws.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        self.client.execute(script, arguments).await.with_context(|| format!("the script failed: {script}"))
    }

    /// Sends a command of the Chrome DevTools protocol.
    ///
    /// # Errors
    ///
    /// When Chromium refuses it, and in Firefox.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Result<Value> {
        let sent = Extension::devtools(command, &parameters);
        self.client.issue_cmd(sent).await.with_context(|| format!("{command} failed"))
    }

    /// The console's entries since the last call.
    ///
    /// # Errors
    ///
    /// When the driver does not record them.
    pub async fn console(&self) -> Result<Vec<LogEntry>> {
        if self.engine == Engine::Firefox {
            return self.firefox_console().await;
        }
        let entries = self.client.issue_cmd(Extension::console()).await?;
        let text = |entry: &Value, key: &str| entry[key].as_str().unwrap_or_default().to_owned();
        let entries = entries.as_array().context("the console's entries are no list")?;
        Ok(entries
            .iter()
            .map(|entry| LogEntry { level: text(entry, "level"), message: text(entry, "message") })
            .collect())
    }

    /// Expects no errors in the console since the last call.
    ///
    /// # Errors
    ///
    /// Lists the errors.
    pub async fn expect_quiet_console(&self) -> Result<()> {
        let mut errors = self.console().await?;
        errors.retain(|entry| entry.level == "SEVERE");
        if !errors.is_empty() {
            let lines: Vec<String> = errors.into_iter().map(|entry| format!("\n  {}", entry.message)).collect();
            bail!("the console has errors:{}", lines.concat());
        }
        Ok(())
    }

    /// Writes the visible part of the page to `target/journeys/NAME.png`; returns the path.
    ///
    /// # Errors
    ///
    /// When the folder can't be written.
    pub async fn screenshot(&self, name: &str) -> Result<PathBuf> {
        keep(name, &self.client.screenshot().await?)
    }

    /// Like [`Browser::screenshot`], but of the whole page.
    ///
    /// # Errors
    ///
    /// When the folder can't be written.
    pub async fn whole_screenshot(&self, name: &str) -> Result<PathBuf> {
        let answer = match self.engine {
            Engine::Firefox => self.client.issue_cmd(Extension::firefox_picture()).await?,
            Engine::Chromium => {
                let metrics = self.devtools("Page.getLayoutMetrics", json!({})).await?;
                let size = &metrics["cssContentSize"];
                let clip = json!({ "x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1 });
                let how = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
                self.devtools("Page.captureScreenshot", how).await?["data"].take()
            }
        };
        keep(name, &BASE64_STANDARD.decode(answer.as_str().context("there is no picture")?)?)
    }
}

fn chromium(profile: &TempDir) -> Map<String, Value> {
    let mut arguments: Vec<String> = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1440,1000",
        "--lang=en",
        // The page's certificate is accepted anyway; this is for its service worker.
        "--ignore-certificate-errors",
    ]
    .map(String::from)
    .to_vec();
    arguments.push(format!("--user-data-dir={}", profile.path().display()));
    let mut options = json!({ "args": arguments });
    if let Some(program) = Engine::Chromium.program() {
        options["binary"] = json!(program);
    }
    Map::from_iter([
        ("browserName".to_owned(), json!("chrome")),
        ("goog:chromeOptions".to_owned(), options),
        ("goog:loggingPrefs".to_owned(), json!({ "browser": "ALL" })),
    ])
}

fn firefox() -> Map<String, Value> {
    let mut options = json!({
        "args": ["-headless"],
        "env": { "MOZ_HEADLESS_WIDTH": "1440", "MOZ_HEADLESS_HEIGHT": "1085" },
        "prefs": { "intl.accept_languages": "en" },
    });
    if let Some(program) = Engine::Firefox.program() {
        options["binary"] = json!(program);
    }
    Map::from_iter([
        ("browserName".to_owned(), json!("firefox")),
        ("acceptInsecureCerts".to_owned(), json!(true)),
        ("moz:firefoxOptions".to_owned(), options),
    ])
}

fn keep(name: &str, picture: &[u8]) -> Result<PathBuf> {
    let folder = screenshots();
    let path = folder.join(format!("{name}.png"));
    fs::create_dir_all(&folder)
        .and_then(|()| fs::write(&path, picture))
        .with_context(|| format!("{} could not be written", path.display()))?;
    Ok(path)
}

/// `journeys` in the target folder that this program was built in.
fn screenshots() -> PathBuf {
    let program = env::current_exe().unwrap_or_default();
    // target/debug/deps/page-0123456789abcdef
    let target = program.ancestors().nth(3).map_or_else(|| PathBuf::from("target"), PathBuf::from);
    target.join("journeys")
}

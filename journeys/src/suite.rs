//! Runs journeys as tests.
//!
//! Why our own harness: journeys need a built site, which plain `cargo test` does not have; then
//! they should be listed as ignored, by name, rather than pass without checking anything.

use std::{
    env,
    panic::{AssertUnwindSafe, catch_unwind},
    process::ExitCode,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context, Result, anyhow};
use libtest_mimic::{Arguments, Failed, Trial};
use tokio::runtime::Runtime;

use crate::{
    browser::Browser,
    driver::{Driver, Engine},
    site,
};

/// The journeys of a test program.
#[derive(Default)]
pub struct Suite {
    trials: Vec<Trial>,
    stage: Arc<Stage>,
}

/// Resources shared by all journeys, created when first needed.
#[derive(Default)]
struct Stage {
    props: Mutex<Option<Arc<Props>>>,
}

struct Props {
    runtime: Runtime,
    /// One chromedriver for all; geckodriver opens only one browser at a time.
    driver: Driver,
}

impl Suite {
    /// Adds a journey in each browser; it is ignored if `SCORECAST_DIST` is not set, and in Firefox if
    /// `SCORECAST_GECKODRIVER` is not.
    #[must_use]
    pub fn journey(self, name: &str, walk: impl Walk) -> Self {
        self.in_chromium(name, walk).add(&format!("{name} (Firefox)"), Engine::Firefox, is_built(), walk)
    }

    /// Adds a journey in Chromium only: it needs the DevTools protocol, or Firefox would show nothing new.
    #[must_use]
    pub fn in_chromium(self, name: &str, walk: impl Walk) -> Self {
        self.add(name, Engine::Chromium, is_built(), walk)
    }

    /// Adds a journey in Chromium that is also ignored if its requirements are missing.
    #[must_use]
    pub fn in_chromium_if(self, name: &str, is_there: bool, walk: impl Walk) -> Self {
        self.add(name, Engine::Chromium, is_there, walk)
    }

    /// Adds a test without a browser that is ignored if its requirements are missing.
    #[must_use]
    pub fn without_browser(
        mut self,
        name: &str,
        is_there: bool,
        test: impl FnOnce() -> Result<()> + Send + 'static,
    ) -> Self {
        let trial = Trial::test(name, || test().map_err(|error| Failed::from(format!("{error:#}"))));
        self.trials.push(trial.with_ignored_flag(!is_there));
        self
    }

    /// Adds a test without requirements.
    #[must_use]
    pub fn always(self, name: &str, test: impl FnOnce() -> Result<()> + Send + 'static) -> Self {
        self.without_browser(name, true, test)
    }

    /// Adds a journey in Chromium that is also ignored if `SCORECAST_DATA` is not set.
    #[must_use]
    pub fn journey_with_data(self, name: &str, walk: impl Walk) -> Self {
        self.add(name, Engine::Chromium, is_built() && site::data_folder().is_some(), walk)
    }

    /// Runs them as the command line requests.
    pub fn run(self) -> ExitCode {
        let Self { trials, stage } = self;
        let conclusion = libtest_mimic::run(&Arguments::from_args(), trials);
        // The driver is a child process: it has to end before this process does.
        drop(stage);
        conclusion.exit_code()
    }

    fn add(mut self, name: &str, engine: Engine, ready: bool, walk: impl Walk) -> Self {
        let stage = Arc::clone(&self.stage);
        let file_name = name.replace(|letter: char| !letter.is_alphanumeric(), "-");
        let trial = Trial::test(name, move || {
            stage.visit(engine, &file_name, walk).map_err(|error| Failed::from(format!("{error:#}")))
        });
        self.trials.push(trial.with_ignored_flag(!(ready && engine.is_there())));
        self
    }
}

fn is_built() -> bool {
    env::var_os("SCORECAST_DIST").is_some()
}

/// A visitor's actions, in any browser.
pub trait Walk: AsyncFnOnce(Browser) -> Result<()> + Copy + Send + 'static {}

impl<T: AsyncFnOnce(Browser) -> Result<()> + Copy + Send + 'static> Walk for T {}

impl Stage {
    /// Opens a browser, runs the journey, and closes the browser even if it fails.
    fn visit(&self, engine: Engine, file_name: &str, walk: impl Walk) -> Result<()> {
        let props = self.props()?;
        let profile = tempfile::tempdir()?;
        let runtime = &props.runtime;
        let own = if engine == Engine::Firefox { Some(Driver::start(engine)?) } else { None };
        let driver = own.as_ref().unwrap_or(&props.driver);
        let browser = runtime.block_on(Browser::open_window(engine, driver.address(), &profile))?;
        if env::var_os("SCORECAST_JOURNEYS_TLS").is_some() {
            runtime.block_on(browser.trust_any_certificate())?;
        }
        let walked = catch_unwind(AssertUnwindSafe(|| runtime.block_on(walk(browser.clone()))));
        let result = walked.unwrap_or_else(|panic| Err(anyhow!("{}", panic_message(&*panic))));
        let result = result.map_err(|error| runtime.block_on(with_evidence(error, &browser, file_name)));
        let closed = runtime.block_on(browser.close());
        result.and(closed.context("the browser could not be closed"))
    }

    fn props(&self) -> Result<Arc<Props>> {
        let mut props = self.props.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(props) = &*props {
            return Ok(Arc::clone(props));
        }
        let made = Arc::new(Props { runtime: Runtime::new()?, driver: Driver::start(Engine::Chromium)? });
        *props = Some(Arc::clone(&made));
        Ok(made)
    }
}

/// Adds the browser's screenshot and console to an error.
async fn with_evidence(error: anyhow::Error, browser: &Browser, file_name: &str) -> anyhow::Error {
    let mut message = format!("{error:#}");
    if let Ok(picture) = browser.screenshot(&format!("failed-{file_name}")).await {
        message.push_str(&format!("\nscreenshot: {}", picture.display()));
    }
    for entry in browser.console().await.unwrap_or_default() {
        message.push_str(&format!("\nconsole: {} {}", entry.level, entry.message));
    }
    anyhow!(message)
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("the journey panicked")
}

//! One app built by one tool, and the checks of its estimate.

use std::{
    env, fs, iter,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail, ensure};
use journeys::{Browser, Origin};
use model_core::{Predictor, Record};
use serde_json::{Value, json};

use super::{prepared, server::Server};

/// One row of the table in docs/embedding.md.
pub(super) struct Run {
    /// A folder of `journeys/bundlers`.
    pub(super) app: &'static str,
    /// The app's packages whose versions the table gives, each with its display name.
    pub(super) tools: &'static [(&'static str, &'static str)],
    /// The rest of the row's name, such as `, in a worker`.
    pub(super) scope: &'static str,
    /// What the setup requires, in Markdown.
    pub(super) takes: &'static str,
    /// The folder for the model's files.
    pub(super) artifacts: &'static str,
    /// Build commands; the first word is a program installed by the app or on the `PATH`.
    pub(super) build: &'static [&'static [&'static str]],
    pub(super) checks: &'static [Check],
    /// Runs only with `cargo xtask test --long`.
    pub(super) is_long: bool,
}

/// Where the estimate is checked.
pub(super) enum Check {
    /// A command prints it.
    Prints(&'static [&'static str]),
    /// A page in a folder of static files.
    Page(&'static str),
    /// A server, started by a command.
    Server {
        command: &'static [&'static str],
        /// What its page contains before any script runs, if it has a page.
        page: Option<&'static [&'static str]>,
        /// Paths that return JSON with a member `value`.
        answers: &'static [&'static str],
    },
}

impl Run {
    /// Its name in the table.
    pub(super) fn title(&self) -> String {
        let tools: Vec<String> =
            self.tools.iter().map(|(name, package)| format!("{name} {}", self.version(package))).collect();
        format!("{}{}", tools.join(" with "), self.scope)
    }

    /// The pinned version of a package.
    fn version(&self, package: &str) -> String {
        let manifest = manifest(self.app);
        let named =
            ["dependencies", "devDependencies", "optionalDependencies"].map(|kind| manifest[kind][package].as_str());
        let version = named.into_iter().flatten().next().unwrap_or("of no version");
        version.rsplit('@').next().unwrap_or(version).to_owned()
    }

    pub(super) fn has_page(&self) -> bool {
        self.checks.iter().any(|check| matches!(check, Check::Page(_) | Check::Server { page: Some(_), .. }))
    }

    /// Whether `cargo xtask test` has installed its tools.
    pub(super) fn is_ready(&self) -> bool {
        let is_wanted = !self.is_long || env::var_os("SCORECAST_LONG").is_some();
        is_wanted && prepared(self.app).is_some_and(|folder| folder.is_dir())
    }

    /// Builds it and checks its pages.
    ///
    /// # Errors
    ///
    /// When it cannot be built, or shows another estimate.
    pub(super) async fn visit(&self, browser: &Browser) -> Result<()> {
        let folder = self.built()?;
        for check in self.checks {
            match check {
                Check::Page(page) => {
                    let site = Origin::default().folder(folder.join(page)).serve()?;
                    browser.open(&format!("{site}/index.html")).await?;
                    expect_estimates(browser).await?;
                }
                Check::Server { page: Some(texts), .. } => {
                    let server = check.serve(&folder)?;
                    let page = server.get("/")?;
                    for text in *texts {
                        ensure!(page.contains(text), "the server's page has no {text}: {page}");
                    }
                    browser.open(&format!("{}/", server.address())).await?;
                    expect_estimates(browser).await?;
                }
                _ => check.ask(&folder)?,
            }
        }
        Ok(())
    }

    /// Builds it and checks it without a browser.
    ///
    /// # Errors
    ///
    /// As [`Run::visit`].
    pub(super) fn ask(&self) -> Result<()> {
        let folder = self.built()?;
        self.checks.iter().try_for_each(|check| check.ask(&folder))
    }

    fn built(&self) -> Result<PathBuf> {
        let folder = prepared(self.app).context("SCORECAST_BUNDLERS is not set")?;
        let artifacts = folder.join(self.artifacts);
        fs::create_dir_all(&artifacts)?;
        for name in ["preprocessor.json", "model.json", "report.json"] {
            fs::copy(root().join("artifacts").join(name), artifacts.join(name))?;
        }
        for command in self.build {
            output(&folder, command)?;
        }
        Ok(folder)
    }
}

impl Check {
    /// The checks that need no browser.
    fn ask(&self, folder: &Path) -> Result<()> {
        match self {
            Self::Prints(command) => expect(&json!(output(folder, command)?.trim())),
            Self::Page(_) => bail!("a page needs a browser"),
            Self::Server { .. } => self.serve(folder).map(drop),
        }
    }

    /// Starts a server and checks its answers.
    fn serve(&self, folder: &Path) -> Result<Server> {
        let Self::Server { command, answers, .. } = self else { bail!("this is no server") };
        let server = Server::start(folder, command)?;
        for path in *answers {
            let answer = server.get(path)?;
            let answer: Value = serde_json::from_str(&answer).with_context(|| answer.clone())?;
            expect(&answer["value"])?;
        }
        Ok(server)
    }
}

/// Every `<output>` and element of the page shows the estimate, every `<samp>` the family trained there, and the
/// console is empty.
async fn expect_estimates(browser: &Browser) -> Result<()> {
    let script = "const texts = [...document.querySelectorAll('output')].map(({ textContent }) => textContent);
        const prediction = document.querySelector('scorecast-predictor')?.prediction;
        const isTrained = [...document.querySelectorAll('samp')].every(({ textContent }) => textContent === 'linear');
        return texts.length > 0 && texts.every(Boolean) && prediction && isTrained ? [...texts, prediction.value] : null";
    let found = browser
        .eventually("estimates of the module and the element", async || {
            let found = browser.run(script, Vec::new()).await?;
            Ok((!found.is_null()).then_some(found))
        })
        .await?;
    for value in found.as_array().context("a list")? {
        expect(value)?;
    }
    browser.expect_quiet_console().await
}

/// Compares bit by bit.
fn expect(found: &Value) -> Result<()> {
    let expected = expected()?;
    let number = found.as_f64().or_else(|| found.as_str()?.parse().ok()).with_context(|| format!("{found}"))?;
    ensure!(number.to_bits() == expected.to_bits(), "{found} instead of {expected}");
    Ok(())
}

/// The native estimate for the record that all apps use.
fn expected() -> Result<f64> {
    let read = |name: &str| fs::read_to_string(root().join("artifacts").join(name));
    let predictor = Predictor::from_json(&read("preprocessor.json")?, &read("model.json")?)?;
    let record = json!({ "reading_score": 72, "lunch": "standard" });
    let record = Record::from_json(predictor.schema(), record.as_object().context("an object")?)?;
    Ok(predictor.predict(&record).value)
}

/// The output of a command.
fn output(folder: &Path, command: &[&str]) -> Result<String> {
    let finished = call(folder, command, "")?.output().with_context(|| format!("{command:?} could not be started"))?;
    let text = [finished.stdout.as_slice(), &finished.stderr].map(String::from_utf8_lossy);
    ensure!(finished.status.success(), "{command:?} ended with {}:\n{}{}", finished.status, text[0], text[1]);
    Ok(text[0].clone().into_owned())
}

/// A command in an app's folder, with update checks and telemetry disabled.
pub(super) fn call(folder: &Path, command: &[&str], port: &str) -> Result<Command> {
    let (program, arguments) = command.split_first().context("a command has a name")?;
    let own = folder.join("node_modules/.bin").join(program);
    let mut call = Command::new(if own.is_file() { own.into_os_string() } else { program.into() });
    call.args(arguments.iter().map(|argument| argument.replace("PORT", port))).current_dir(folder);
    // Some tools reject old Node versions: they run with the pinned one.
    let node = folder.with_file_name("node").join("node_modules/.bin");
    let path = env::var_os("PATH").unwrap_or_default();
    call.env("PATH", env::join_paths(iter::once(node).chain(env::split_paths(&path)))?);
    let silent = ["NEXT_TELEMETRY_DISABLED", "ASTRO_TELEMETRY_DISABLED", "CI", "NO_COLOR", "NO_UPDATE_NOTIFIER"];
    call.envs(silent.map(|name| (name, "1"))).envs([("NG_CLI_ANALYTICS", "false"), ("WRANGLER_SEND_METRICS", "false")]);
    Ok(call)
}

/// An app's `package.json`.
pub(super) fn manifest(app: &str) -> Value {
    let text = fs::read_to_string(root().join("journeys/bundlers").join(app).join("package.json"));
    serde_json::from_str(&text.unwrap_or_default()).unwrap_or_default()
}

/// The root of the repository.
pub(super) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

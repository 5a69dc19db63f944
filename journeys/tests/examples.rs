//! The examples of `static/examples`, each on another origin with the policy that it documents.

use std::{env, fs, path::PathBuf, process::ExitCode};

use anyhow::{Context, Result, ensure};
use journeys::{Browser, Origin, Served, Site, Suite};
use serde_json::json;
use tempfile::TempDir;

fn main() -> ExitCode {
    // Without SCORECAST_EXAMPLES there is nothing to visit.
    if env::var_os("SCORECAST_EXAMPLES").is_none() {
        return Suite::default().run();
    }
    Suite::default()
        .journey("the school's page says the estimate in its own words and sends it", school)
        .journey("the React page holds the record in its state", react)
        .journey("the React page keeps its state where the element's script comes late", react_first)
        .journey("a React page from a server keeps the record of its state", react_from_a_server)
        .journey("the Vue page holds the record in its state, and shows it again in a new element", vue)
        .journey("the Vue page keeps its state where the element's script comes late", vue_first)
        .journey("the worker reads a class", worker)
        .run()
}

/// A running example, stopped when this is dropped.
struct Example {
    host: Served,
    _folder: TempDir,
}

async fn open(browser: &Browser, name: &str) -> Result<Example> {
    open_edited(browser, name, str::to_owned).await
}

/// Opens the example once its element exists, and only then loads the element's script.
async fn open_first(browser: &Browser, name: &str) -> Result<Example> {
    let late = |text: &str| text.replace(r#"<script type="module" src="https://HOST/v1/scorecast.js"></script>"#, "");
    let example = open_edited(browser, name, late).await?;
    let stands = async || {
        let script = "const element = document.querySelector('scorecast-predictor');
            return element !== null && element.constructor === HTMLElement && document.querySelector('h1') !== null";
        Ok((browser.run(script, vec![]).await? == json!(true)).then_some(()))
    };
    browser.eventually("the element, not yet known", stands).await?;
    let script = "const script = document.createElement('script'); script.type = 'module'; script.src = arguments[0];
        document.head.append(script)";
    browser.run(script, vec![json!(format!("{}v1/scorecast.js", example.host.address()))]).await?;
    Ok(example)
}

async fn open_edited(browser: &Browser, name: &str, edit: impl Fn(&str) -> String) -> Result<Example> {
    let host = Site::built()?.serve().await?;
    let address = host.address().trim_end_matches('/').to_owned();
    let examples = PathBuf::from(env::var_os("SCORECAST_EXAMPLES").context("SCORECAST_EXAMPLES is not set")?);
    let folder = tempfile::tempdir()?;
    let mut policy = String::new();
    for entry in fs::read_dir(examples.join(name))? {
        let path = entry?.path();
        let to = folder.path().join(path.file_name().context("a file has a name")?);
        let Ok(text) = String::from_utf8(fs::read(&path)?) else {
            fs::copy(&path, &to)?;
            continue;
        };
        let text = edit(&text).replace("https://HOST", &address);
        if let Some((_, rest)) = text.split_once("Content-Security-Policy: ") {
            policy = rest.split(" -->").next().unwrap_or_default().to_owned();
        }
        fs::write(to, text)?;
    }
    ensure!(policy.starts_with("default-src 'none'"), "the example states no strict policy: {policy}");
    let policy = format!("{policy}; img-src data:");
    let site = Origin::default().header("Content-Security-Policy", &policy).folder(folder.path().into()).serve()?;
    browser.open(&format!("{site}/index.html")).await?;
    Ok(Example { host, _folder: folder })
}

async fn text(browser: &Browser, id: &str, wanted: impl Fn(&str) -> bool) -> Result<String> {
    let look = async || {
        let found =
            browser.run("return document.getElementById(arguments[0])?.textContent ?? ''", vec![json!(id)]).await?;
        Ok(found.as_str().filter(|text| wanted(text)).map(str::to_owned))
    };
    browser.eventually(&format!("what is wanted in {id}"), look).await
}

async fn school(browser: Browser) -> Result<()> {
    let _example = open(&browser, "school").await?;
    text(&browser, "advice", |text| text.starts_with("About ") && text.contains("most likely")).await?;
    browser.expect_quiet_console().await?;
    let script = "document.querySelector('form').action = './index.html'; document.querySelector('button').click()";
    browser.run(script, vec![]).await?;
    let sent = async || {
        let query = browser.run("return location.search", vec![]).await?;
        Ok(query
            .as_str()
            .filter(|query| query.contains("estimate=") && query.contains("estimate.lunch="))
            .map(str::to_owned))
    };
    browser.eventually("the estimate in what was sent", sent).await.map(drop)
}

async fn react(browser: Browser) -> Result<()> {
    let _example = open(&browser, "react").await?;
    holds_the_record(&browser).await?;
    browser.expect_quiet_console().await
}

/// With the element from npm, bundled, with Trusted Types.
async fn react_from_a_server(browser: Browser) -> Result<()> {
    let _example = open(&browser, "hydrated").await?;
    holds_the_record(&browser).await?;
    browser.expect_quiet_console().await
}

async fn react_first(browser: Browser) -> Result<()> {
    let _example = open_first(&browser, "react").await?;
    holds_the_record(&browser).await?;
    browser.expect_quiet_console().await
}

async fn vue_first(browser: Browser) -> Result<()> {
    let _example = open_first(&browser, "vue").await?;
    holds_the_record(&browser).await?;
    browser.expect_quiet_console().await
}

async fn vue(browser: Browser) -> Result<()> {
    let _example = open(&browser, "vue").await?;
    holds_the_record(&browser).await?;
    let shown =
        "window.first ??= document.querySelector('scorecast-predictor'); document.getElementById('show').click()";
    browser.run(shown, vec![]).await?;
    let gone = async || {
        let none = browser.run("return document.querySelector('scorecast-predictor') === null", vec![]).await?;
        Ok((none == json!(true)).then_some(()))
    };
    browser.eventually("no element", gone).await?;
    browser.run(shown, vec![]).await?;
    let back = async || {
        let script = "const element = document.querySelector('scorecast-predictor');
            const field = element?.shadowRoot.querySelector('[id=field-5]');
            return element !== first && first.shadowRoot.querySelector('input') === null && (field?.value ?? null)";
        let found = browser.run(script, vec![]).await?;
        Ok(found.as_str().map(str::to_owned))
    };
    let value = browser.eventually("the field of a new element", back).await?;
    ensure!(value == "50", "the new element shows {value}");
    browser.run("document.getElementById('best').click()", vec![]).await?;
    text(&browser, "estimate", |text| text.starts_with("Reading 100: ")).await?;
    browser.expect_quiet_console().await
}

/// In both frameworks' pages a button changes the record in their state, and a visitor's input updates it.
async fn holds_the_record(browser: &Browser) -> Result<()> {
    let first = text(browser, "estimate", |text| text.starts_with("Reading 64: ") && text.len() > 13).await?;
    browser.run("document.getElementById('best').click()", vec![]).await?;
    let best = text(browser, "estimate", |text| text.starts_with("Reading 100: ")).await?;
    let number = |text: &str| text.rsplit(' ').next().and_then(|number| number.parse::<f64>().ok());
    let higher = async || {
        let now = text(browser, "estimate", |text| text.starts_with("Reading 100: ")).await?;
        Ok((number(&now) > number(&first)).then_some(()))
    };
    browser.eventually(&format!("more than {first}, not {best}"), higher).await?;
    let entered =
        "const field = document.querySelector('scorecast-predictor').shadowRoot.querySelector('[id=field-5]');
        field.value = '50'; field.dispatchEvent(new Event('input', { bubbles: true }))";
    browser.run(entered, vec![]).await?;
    text(browser, "estimate", |text| text.starts_with("Reading 50: ")).await?;
    Ok(())
}

async fn worker(browser: Browser) -> Result<()> {
    let _example = open(&browser, "worker").await?;
    let columns =
        "gender,race_ethnicity,parental_level_of_education,lunch,test_preparation_course,reading_score,writing_score";
    let csv = format!(
        "{columns}\nfemale,group C,some college,standard,none,72,74\nfemale,group C,some college,big,none,72,74\n"
    );
    let script = "const files = new DataTransfer(); files.items.add(new File([arguments[0]], 'class.csv'));
        const input = document.getElementById('file'); input.files = files.files; input.dispatchEvent(new Event('change'))";
    browser.run(script, vec![json!(csv)]).await?;
    let said = text(&browser, "answer", |text| !text.is_empty()).await?;
    ensure!(
        said.starts_with("1 students") && said.contains("1 rows have problems. Line 3") && said.contains("big"),
        "{said}"
    );
    browser.expect_quiet_console().await
}

//! The time until a browser with empty caches shows the element of another origin: `cargo xtask bench element`.

use std::process::ExitCode;

use anyhow::Result;
use journeys::{Browser, Origin, Site, Suite};
use serde_json::json;

const EMPTY: &str =
    r#"<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,"><title>-</title></html>"#;

fn main() -> ExitCode {
    (1..=7).fold(Suite::default(), |suite, run| suite.in_chromium(&format!("run {run}"), measure)).run()
}

async fn measure(browser: Browser) -> Result<()> {
    let served = Site::built()?.serve().await?;
    let host = served.address();
    let page = format!(
        r#"<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,"><title>A school</title>
        <script type="module" src="{host}scorecast.js"></script><script src="/watch.js"></script>
        <scorecast-predictor src="{host}artifacts/"></scorecast-predictor></html>"#
    );
    let watch = "addEventListener('scorecast-ready', () => { window.readyAfter = performance.now(); })";
    let school =
        Origin::default().page("/empty.html", EMPTY).page("/index.html", page).page("/watch.js", watch).serve()?;
    // Exclude the work that a browser does once after its start.
    browser.open(&format!("{school}/empty.html")).await?;
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    browser.open(&format!("{school}/index.html")).await?;
    let look = async || Ok(browser.run("return window.readyAfter ?? null", vec![]).await?.as_f64());
    let milliseconds = browser.eventually("the estimate", look).await?;
    let fetched = "return performance.getEntriesByType('resource').map(({ name, startTime, responseEnd }) =>
        `${name.split('/').at(-1)} ${Math.round(startTime)}-${Math.round(responseEnd)}`).join(', ')";
    let fetched = browser.run(fetched, vec![]).await?;
    println!("ready after {milliseconds:.1} ms: {}", fetched.as_str().unwrap_or_default());
    anyhow::ensure!(fetched != json!(""), "nothing was fetched");
    Ok(())
}

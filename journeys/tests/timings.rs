//! How long the page takes: `cargo xtask bench page` reads the lines that start with `timing`.
//!
//! Only made where `SCORECAST_TIMINGS` is set: figures of a busy machine tell nothing.

use std::{env, process::ExitCode};

use anyhow::{Context, Result};
use journeys::{Browser, Site, Suite};
use serde_json::json;

fn main() -> ExitCode {
    if env::var_os("SCORECAST_TIMINGS").is_none() {
        return ExitCode::SUCCESS;
    }
    Suite::default()
        .in_chromium("first estimate", first_estimate)
        .in_chromium("keystroke", keystroke)
        .in_chromium("class", class)
        .run()
}

fn say(name: &str, mut values: Vec<f64>) {
    values.sort_by(f64::total_cmp);
    println!("timing {name} {} {}", values[values.len() / 2], values[values.len() - 1]);
}

/// From the navigation to the first frame with an estimate, the cache emptied before.
async fn first_estimate(browser: Browser) -> Result<()> {
    let site = Site::built()?.serve().await?;
    let watch = "new MutationObserver((_, observer) => { \
        if (!document.querySelector('[data-testid=estimate]')?.textContent) return; observer.disconnect(); \
        requestAnimationFrame(() => setTimeout(() => { window.__first = performance.now() })); \
        }).observe(document, { childList: true, subtree: true, characterData: true })";
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": watch })).await?;
    let mut times = Vec::new();
    for _ in 0..7 {
        browser.open("about:blank").await?;
        let everything = json!({ "origin": site.address(), "storageTypes": "all" });
        browser.devtools("Storage.clearDataForOrigin", everything).await?;
        browser.devtools("Network.clearBrowserCache", json!({})).await?;
        browser.open(site.address()).await?;
        browser.holds("the first estimate", "return window.__first !== undefined").await?;
        times.push(browser.run("return window.__first", Vec::new()).await?.as_f64().context("no time")?);
    }
    say("first-estimate", times);
    Ok(())
}

/// What a keystroke costs the page's thread in all, from the event to the paint, with 256 trees of depth 3: the mean of a
/// hundred, by what Chromium counts.
async fn keystroke(browser: Browser) -> Result<()> {
    let site = Site::built()?;
    let settings = site.root().join("trees.toml");
    std::fs::write(&settings, "n_estimators = 256\nmax_depth = 3\n")?;
    let settings = settings.display().to_string();
    let options = ["--no-search", "--families", "gradient-boosting", "--params", &settings, "--min-r2", "0"];
    site.train(&site.root().join("sample.csv"), "math_score", &options)?;
    let site = site.serve().await?;
    browser.open(site.address()).await?;
    browser.text_of("estimate", |text| text.parse::<f64>().is_ok()).await?;
    browser.devtools("Performance.enable", json!({})).await?;
    let busy = async || {
        let metrics = browser.devtools("Performance.getMetrics", json!({})).await?;
        let metrics = metrics["metrics"].as_array().context("no metrics")?;
        let busy = metrics.iter().find(|metric| metric["name"] == "TaskDuration").context("no time of tasks")?;
        anyhow::Ok(1000.0 * busy["value"].as_f64().context("no time")?)
    };
    let script = "const fields = document.querySelectorAll('#student input[type=number]'); \
        const field = fields[fields.length - 1]; \
        for (let turn = 0; turn < 100; turn += 1) { \
            field.value = String(40 + turn % 50); \
            field.dispatchEvent(new Event('input', { bubbles: true })); \
            await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 20))); \
        }";
    let script = format!("return (async () => {{ {script} }})()");
    let mut times = Vec::new();
    for _ in 0..5 {
        let before = busy().await?;
        browser.run(&script, Vec::new()).await?;
        times.push((busy().await? - before) / 100.0);
    }
    say("keystroke", times);
    Ok(())
}

/// A class of 1,000,000 rows from its choice to its table.
async fn class(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    let mut times = Vec::new();
    for _ in 0..3 {
        let time = browser.million_rows().await?[0].as_f64().context("no time")?;
        times.push(time);
    }
    say("class", times);
    Ok(())
}

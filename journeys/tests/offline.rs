//! How the page starts, what it caches for offline use, and what it never caches.

use std::process::ExitCode;

use anyhow::{Result, ensure};
use journeys::{Browser, Site, Suite};
use serde_json::json;

fn main() -> ExitCode {
    Suite::default()
        .journey("after a first visit everything works without a network", everything_works_offline)
        .journey("a newer version is announced and waits to be asked for", a_newer_version_is_announced)
        .journey("a newer version that another tab asked for takes nothing from this one", another_tab_takes_nothing)
        .journey("a half-copied version is not taken", a_half_copied_version_is_not_taken)
        .journey("a broken model is not kept, and trying again helps", a_broken_model_is_not_kept)
        .journey("a model without its report is shown, and kept", a_model_without_its_report_is_shown)
        .journey("a page whose script is missing says so", a_missing_script_is_explained)
        .run()
}

const RECORD: &str = "#gender=male&lunch=free%2Freduced&reading_score=64&writing_score=58";

/// Waits until the page is cached for offline use.
async fn kept(browser: &Browser) -> Result<()> {
    let script = "return navigator.serviceWorker.controller !== null && !document.getElementById('offline').hidden";
    browser
        .eventually("the page kept for later", || async {
            Ok((browser.run(script, Vec::new()).await? == json!(true)).then_some(()))
        })
        .await
}

async fn everything_works_offline(browser: Browser) -> Result<()> {
    let site = browser.open_page("").await?;
    kept(&browser).await?;
    let before = browser.estimate().await?;
    let address = site.address().to_owned();
    // Without the server everything must come from the cache.
    drop(site);
    browser.reload().await?;
    browser.text_of("estimate", |text| text.parse::<f64>().is_ok()).await?;
    ensure!(browser.estimate().await? == before, "without a network the estimate is another");
    browser.press_button("Try the sample file").await?;
    browser.text_of("class-summary", |text| text.contains("1000 rows")).await?;
    browser.open(&format!("{address}?lang=es")).await?;
    browser.text_of("estimate-sentence", |text| text.contains("Lo más probable")).await.map(drop)
}

async fn a_newer_version_is_announced(browser: Browser) -> Result<()> {
    let site = browser.open_page(RECORD).await?;
    kept(&browser).await?;
    let caches = "return caches.keys().then((names) => names.join())";
    let before = browser.run(caches, Vec::new()).await?;
    site.site().edit("sw.js", of_another_version)?;
    browser.reload().await?;
    browser.text_of("estimate", |text| text.parse::<f64>().is_ok()).await?;
    browser.press_button("Use it now").await?;
    browser
        .eventually("the newer version", || async {
            let now = browser.run(caches, Vec::new()).await.unwrap_or_default();
            Ok((now != before && now.as_str().is_some_and(|names| !names.contains(','))).then_some(()))
        })
        .await?;
    browser.text_of("estimate", |text| text.parse::<f64>().is_ok()).await.map(drop)
}

/// The service worker of another build: its version is in the name of its cache.
fn of_another_version(worker: &str) -> String {
    let is_version = |text: &&str| text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let version = worker.split("scorecast-").filter_map(|rest| rest.get(..16)).find(is_version).unwrap_or("no version");
    worker.replace(version, "0123456789abcdef")
}

async fn a_half_copied_version_is_not_taken(browser: Browser) -> Result<()> {
    let site = browser.open_page(RECORD).await?;
    kept(&browser).await?;
    site.site().edit("sw.js", of_another_version)?;
    site.site().edit("page.css", |text| text.replacen("--paper", "--piper", 1))?;
    browser.reload().await?;
    browser.text_of("estimate", |text| text.parse::<f64>().is_ok()).await?;
    let outcome = "return navigator.serviceWorker.ready.then((registration) => registration.update()) \
        .then(() => new Promise((resolve) => setTimeout(resolve, 1500))) \
        .then(() => document.getElementById('update').hidden && \
            getComputedStyle(document.documentElement).getPropertyValue('--paper') !== '')";
    ensure!(browser.run(outcome, Vec::new()).await? == json!(true), "half of a version was taken");
    Ok(())
}

async fn another_tab_takes_nothing(browser: Browser) -> Result<()> {
    let site = browser.open_page(RECORD).await?;
    kept(&browser).await?;
    let before = browser.estimate().await?;
    site.site().edit("sw.js", of_another_version)?;
    browser.run("window.__same = true", Vec::new()).await?;
    // The same as pressing the button in another tab.
    let take_over = "return navigator.serviceWorker.getRegistration().then(async (registration) => { \
        await registration.update(); \
        while (!registration.waiting) await new Promise((resolve) => setTimeout(resolve, 50)); \
        registration.waiting.postMessage('take over'); \
        await new Promise((resolve) => navigator.serviceWorker.addEventListener('controllerchange', resolve)); })";
    browser.run(take_over, Vec::new()).await?;
    browser.holds("the card", "return window.__same && !document.getElementById('update').hidden").await?;
    ensure!(browser.estimate().await? == before, "the record is gone");
    browser.press_button("Use it now").await?;
    browser.holds("the newer version", "return window.__same === undefined").await?;
    browser.text_of("estimate", |text| text.parse::<f64>().is_ok()).await.map(drop)
}

async fn a_broken_model_is_not_kept(browser: Browser) -> Result<()> {
    let site = Site::built()?;
    let model = site.read("artifacts/model.json")?;
    site.cut_off("artifacts/model.json")?;
    let site = site.serve().await?;
    browser.open(site.address()).await?;
    browser.role("button", "Try again").await?;
    // Long enough for anything that would be cached.
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    let kept = "return caches.keys().then((names) => names.length)";
    ensure!(browser.run(kept, Vec::new()).await? == json!(0), "a broken model was kept");
    let is_said = "return document.getElementById('offline').checkVisibility()";
    ensure!(browser.run(is_said, Vec::new()).await? == json!(false), "the page claims to work without a network");
    site.site().replace("artifacts/model.json", model)?;
    browser.press_button("Try again").await?;
    browser.text_of("estimate", |text| text.parse::<f64>().is_ok()).await?;
    // Nor does it replace a valid cached one.
    browser.reload().await?;
    self::kept(&browser).await?;
    site.site().cut_off("artifacts/model.json")?;
    for _ in 0..2 {
        browser.reload().await?;
        browser.text_of("estimate", |text| text.parse::<f64>().is_ok()).await?;
    }
    Ok(())
}

async fn a_model_without_its_report_is_shown(browser: Browser) -> Result<()> {
    let site = Site::built()?;
    site.remove("artifacts/report.json")?;
    let site = site.serve().await?;
    browser.open(site.address()).await?;
    browser.text_of("estimate", |text| text.parse::<f64>().is_ok()).await?;
    kept(&browser).await?;
    drop(site);
    browser.reload().await?;
    browser.text_of("estimate", |text| text.parse::<f64>().is_ok()).await?;
    browser
        .holds("no report", "return document.getElementById('about').innerText.includes('without its report.json')")
        .await
}

async fn a_missing_script_is_explained(browser: Browser) -> Result<()> {
    let site = Site::built()?;
    site.remove("boot.js")?;
    // Opened as a local file, the page cannot start a script either.
    let on_disk = format!("file://{}", site.root().join("index.html").display());
    let site = site.serve().await?;
    for address in [site.address(), &on_disk] {
        browser.open(address).await?;
        let late = "return document.querySelector('.late').checkVisibility({ visibilityProperty: true })";
        ensure!(browser.run(late, Vec::new()).await? == json!(false), "a page that has just begun to load complains");
        // Skip the waiting time.
        browser.run("for (const animation of document.getAnimations()) animation.finish()", Vec::new()).await?;
        ensure!(browser.run(late, Vec::new()).await? == json!(true), "{address}: nobody says what is wrong");
        let said = browser.run("return document.querySelector('.late').textContent", Vec::new()).await?;
        let said = said.as_str().unwrap_or_default();
        ensure!(said.contains("boot.js") && said.contains("needs a web server"), "{said}");
    }
    Ok(())
}

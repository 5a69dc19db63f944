//! The worker that reads a class: it is cancelled, or it fails.

use anyhow::{Result, ensure};
use journeys::{Browser, Site};
use serde_json::json;

use crate::FORGIVEN;

pub(crate) async fn a_class_is_cancelled(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    // Inside the page: an external click may come after the class has been read. Above a progress of 0.15 rows are
    // predicted.
    let script = "const text = await (await fetch('./sample.csv')).text(); \
        const transfer = new DataTransfer(); \
        transfer.items.add(new File(Array.from({ length: 1000 }, () => text), 'long.csv')); \
        const field = document.getElementById('class-file'); field.files = transfer.files; \
        field.dispatchEvent(new Event('change', { bubbles: true })); \
        const share = () => document.querySelector('#class-place progress')?.value ?? 0; \
        while (share() <= 0.15) await new Promise((resolve) => setTimeout(resolve, 5)); \
        const cancel = document.querySelector('#class-place button'); cancel.click(); return cancel.textContent";
    let pressed = browser.run(&format!("return (async () => {{ {script} }})()"), Vec::new()).await?;
    ensure!(pressed == json!("Cancel"), "{pressed}");
    browser
        .holds("the end", "return document.getElementById('class-place').innerText.includes('Nothing was kept')")
        .await?;
    browser.choose("class-file", &[("class.csv", FORGIVEN)]).await?;
    browser.text_of("class-summary", |text| text.contains("5 rows")).await?;
    browser.expect_quiet_console().await
}

pub(crate) async fn a_crash_of_the_worker_is_explained(browser: Browser) -> Result<()> {
    let site = Site::built()?;
    // As when it runs out of memory.
    site.edit("class/worker.js", |text| {
        format!("{text}\naddEventListener('message', () => setTimeout(() => {{ throw new Error('no memory') }}))")
    })?;
    let site = site.serve().await?;
    browser.open(site.address()).await?;
    browser.text_of("estimate", |text| text.parse::<f64>().is_ok()).await?;
    let big = format!("{FORGIVEN}{}", "70;80;standard;female;none;group B;some college;x\n".repeat(200_000));
    browser.choose("class-file", &[("class.csv", big)]).await?;
    browser.text_of("class-problem", |text| text.contains("possibly out of memory")).await?;
    // The page itself keeps working.
    let before = browser.estimate().await?;
    browser.press_button("Fictional student 1").await?;
    ensure!(browser.estimate().await? != before, "the estimate did not move");
    browser.holds("no card", "return document.getElementById('broken').hidden").await
}

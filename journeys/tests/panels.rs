//! A journey for each panel.

use std::process::ExitCode;

use anyhow::{Result, ensure};
use journeys::{Browser, Key, Screen, Suite};
use serde_json::{Value, json};

fn main() -> ExitCode {
    Suite::default()
        .journey("nothing keeps anyone out at any width in any scheme", nothing_keeps_anyone_out)
        .journey("the page speaks Spanish where the address asks for it", the_page_speaks_spanish)
        .journey("the record stands in the address and comes back from it", the_record_stands_in_the_address)
        .journey("a change is undone by keys and buttons", a_change_is_undone)
        .journey("the level decides how wide the range is", the_level_decides_the_range)
        .journey("the waterfall adds up to the estimate", the_waterfall_adds_up)
        .journey("a mark moves by keys and by the pointer", a_mark_moves)
        .journey("a kept record stands beside the present one", a_kept_record_is_compared)
        .journey("a goal is reached by what can be changed", a_goal_is_reached)
        .journey("another model is opened from disk without a request", another_model_is_opened)
        .journey("after a first visit everything works without a network", everything_works_offline)
        .journey("a newer version is announced and waits to be asked for", a_newer_version_is_announced)
        .journey("a half-copied version is not taken", a_half_copied_version_is_not_taken)
        .run()
}

const RECORD: &str = "#gender=male&lunch=free%2Freduced&reading_score=64&writing_score=58";

async fn nothing_keeps_anyone_out(browser: Browser) -> Result<()> {
    let _site = browser.open_page(RECORD).await?;
    browser.press_button("Keep this record to compare").await?;
    browser.press_button("Fictional student 3").await?;
    browser.press_button("Find the smallest change").await?;
    browser.press_button("Try the sample file").await?;
    browser.text_of("class-summary", |text| text.contains("1000 rows")).await?;
    browser.unfold().await?;
    let field = browser.label("Reading score").await?;
    browser.fill(&field, "").await?;
    browser.text_of("remarks", |text| text.contains("blank")).await?;
    for (width, screen) in
        [(1440, Screen::DESKTOP), (768, Screen::TABLET), (390, Screen::PHONE), (320, Screen::SMALL_PHONE)]
    {
        browser.use_screen(screen).await?;
        for scheme in ["light", "dark"] {
            browser.prefer(&[("prefers-color-scheme", scheme), ("prefers-reduced-motion", "reduce")]).await?;
            browser.whole_screenshot(&format!("panels-{width}-{scheme}")).await?;
            browser.expect_accessible(&format!("{width} px, {scheme}")).await?;
        }
        let wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        let too_wide = browser.run(wide, Vec::new()).await?;
        ensure!(too_wide == json!(0), "at {width} px the page is {too_wide} px too wide");
    }
    browser.expect_quiet_console().await
}

async fn the_page_speaks_spanish(browser: Browser) -> Result<()> {
    let _site = browser.open_page(&format!("?lang=es{RECORD}")).await?;
    let script = "return document.documentElement.lang + ' ' + document.body.innerText";
    let text = browser.run(script, Vec::new()).await?;
    let text = text.as_str().unwrap_or_default();
    for wanted in ["es ", "Lo más probable es entre", "Por qué esta estimación", "Peticiones desde"] {
        ensure!(text.contains(wanted), "the page does not say {wanted:?}");
    }
    ensure!(!text.contains("Most likely"), "some of the page is still English");
    let files = "return performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => name.includes('/texts/')).length";
    ensure!(browser.run(files, Vec::new()).await? == json!(1), "one language is loaded, no more");
    browser.whole_screenshot("panels-spanish").await?;
    let before = browser.estimate().await?;
    let link = browser.role("link", "English").await?;
    link.click().await?;
    browser.text_of("estimate-sentence", |text| text.contains("Most likely")).await?;
    ensure!(browser.estimate().await? == before, "the record was lost with the language");
    browser.expect_quiet_console().await
}

async fn the_record_stands_in_the_address(browser: Browser) -> Result<()> {
    let _site = browser.open_page(RECORD).await?;
    let field = browser.label("Reading score").await?;
    ensure!(field.prop("value").await?.as_deref() == Some("64"), "the address did not fill in the form");
    browser.fill(&field, "81").await?;
    let hash = || async {
        let hash = browser.run("return location.hash", Vec::new()).await?;
        Ok(hash
            .as_str()
            .is_some_and(|hash| hash.contains("reading_score=81") && hash.contains("lunch=free/reduced"))
            .then_some(()))
    };
    browser.eventually("the record in the address", hash).await?;
    let before = browser.estimate().await?;
    browser.run("location.reload()", Vec::new()).await?;
    browser.text_of("estimate", |text| text.parse::<f64>().is_ok()).await?;
    ensure!(browser.estimate().await? == before, "the link gave another estimate");
    // A link within the page leaves the record in the address.
    browser.role("link", "About this model").await?.click().await?;
    let hash = browser.run("return location.hash", Vec::new()).await?;
    ensure!(hash.as_str().is_some_and(|hash| hash.contains("reading_score=81")), "the record left the address");
    let stored = "return localStorage.length + sessionStorage.length + document.cookie.length";
    ensure!(browser.run(stored, Vec::new()).await? == json!(0), "something was stored unasked");
    browser.expect_quiet_console().await
}

async fn a_change_is_undone(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    let typical = browser.estimate().await?;
    browser.press_button("Fictional student 3").await?;
    let sample = browser.estimate().await?;
    ensure!(sample != typical, "the fictional student is the typical one");
    browser.press_letter_with(&[Key::Control], 'z').await?;
    ensure!(browser.estimate().await? == typical, "Ctrl+Z did not undo");
    browser.press_letter_with(&[Key::Control, Key::Shift], 'z').await?;
    ensure!(browser.estimate().await? == sample, "Ctrl+Shift+Z did not redo");
    browser.press_button("Undo").await?;
    ensure!(browser.estimate().await? == typical, "the button did not undo");
    browser.expect_quiet_console().await
}

async fn the_level_decides_the_range(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    let width = || async {
        let script = "return Number(document.getElementById('band').getAttribute('width'))";
        Ok::<f64, anyhow::Error>(browser.run(script, Vec::new()).await?.as_f64().unwrap_or(f64::NAN))
    };
    let at_ninety = width().await?;
    let level = browser.role("slider", "How sure the range is to be").await?;
    browser.run("arguments[0].focus()", vec![serde_json::to_value(&level)?]).await?;
    browser.press(Key::Home).await?;
    browser.text_of("estimate-sentence", |text| text.contains("50 of 100")).await?;
    let at_fifty = width().await?;
    ensure!(at_fifty < at_ninety && at_fifty > 0.0, "{at_fifty} is not narrower than {at_ninety}");
    browser.expect_quiet_console().await
}

async fn the_waterfall_adds_up(browser: Browser) -> Result<()> {
    let _site = browser.open_page(RECORD).await?;
    let script =
        "return [...document.querySelectorAll('#waterfall b')].map((b) => Number(b.textContent.replace('−', '-')))";
    let numbers = browser.run(script, Vec::new()).await?;
    let numbers: Vec<f64> = numbers.as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
    ensure!(numbers.len() == 9, "there are {} rows, not 7 and both ends", numbers.len());
    let sum: f64 = numbers[..8].iter().sum();
    // Each is rounded to a tenth.
    ensure!((sum - numbers[8]).abs() < 0.5, "{sum} is not {}", numbers[8]);
    browser.text_of("why", |text| text.contains("what lowers it most is")).await?;
    browser.expect_quiet_console().await
}

async fn a_mark_moves(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    // A page that scrolls smoothly would still be on its way when the pointer comes down.
    browser.prefer(&[("prefers-reduced-motion", "reduce")]).await?;
    let before = browser.estimate().await?;
    let mark = browser.role("slider", "Writing score, what if").await?;
    browser.run("arguments[0].focus()", vec![serde_json::to_value(&mark)?]).await?;
    browser.press(Key::PageUp).await?;
    let after = browser.estimate().await?;
    ensure!(after > before, "{after} is not above {before}");
    let field = browser.label("Writing score").await?;
    let by_key = field.prop("value").await?;
    let place = "const plot = arguments[0].closest('.plot'); plot.scrollIntoView({ block: 'center', behavior: 'instant' }); \
        const { left, top, width, height } = plot.getBoundingClientRect(); return [left, top, width, height]";
    let place = browser.run(place, vec![serde_json::to_value(&mark)?]).await?;
    let part = |at: usize| place[at].as_f64().unwrap_or_default();
    for (kind, share) in [("mousePressed", 0.5), ("mouseMoved", 0.2), ("mouseReleased", 0.2)] {
        let event = json!({ "type": kind, "x": part(0) + share * part(2), "y": part(1) + part(3) / 2.0,
            "button": "left", "buttons": 1, "clickCount": 1 });
        browser.devtools("Input.dispatchMouseEvent", event).await?;
    }
    browser
        .eventually("the mark where the pointer is", || async {
            Ok((field.prop("value").await? != by_key && browser.estimate().await? < after).then_some(()))
        })
        .await?;
    browser.expect_quiet_console().await
}

async fn a_kept_record_is_compared(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    browser.press_button("Keep this record to compare").await?;
    let kept = browser.estimate().await?;
    browser.press_button("Fictional student 1").await?;
    browser.text_of("compared", |text| text.contains("differs by") && text.contains("Reading score")).await?;
    browser.press_button("Back to the kept record").await?;
    ensure!(browser.estimate().await? == kept, "the kept record did not come back");
    browser.expect_quiet_console().await
}

async fn a_goal_is_reached(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    let goal = browser.label("Wanted math score").await?;
    browser.fill(&goal, "80").await?;
    browser.press(Key::Enter).await?;
    browser.text_of("goal", |text| text.contains("For an estimate of 80") && text.contains("from")).await?;
    browser.press_button("Enter these changes above").await?;
    ensure!(browser.estimate().await? >= 80.0, "the changes do not reach the goal");
    browser.fill(&goal, "-40").await?;
    browser.press(Key::Enter).await?;
    browser.text_of("goal", |text| text.contains("No change in what can be changed")).await?;
    browser.expect_quiet_console().await
}

async fn another_model_is_opened(browser: Browser) -> Result<()> {
    let site = browser.open_page("").await?;
    let (preprocessor, model) =
        (site.site().read("artifacts/preprocessor.json")?, site.site().read("artifacts/model.json")?);
    browser.choose("own-files", &[("mine.json", &model)]).await?;
    browser.text_of("own-problem", |text| text.contains("both at once")).await?;
    browser.choose("own-files", &[("a.json", preprocessor.as_str()), ("b.json", &model[..model.len() - 9])]).await?;
    browser.text_of("own-problem", |text| text.contains("model.json is incomplete")).await?;
    browser.choose("own-files", &[("a.json", &preprocessor), ("b.json", &model)]).await?;
    let about = "return document.getElementById('about')?.innerText ?? ''";
    browser
        .eventually("the model without a report", || async {
            let text = browser.run(about, Vec::new()).await?;
            Ok(text.as_str().is_some_and(|text| text.contains("came without its report.json")).then_some(()))
        })
        .await?;
    browser.text_of("estimate", |text| text.parse::<f64>().is_ok()).await?;
    browser.text_of("requests", |text| text == "0").await?;
    browser.expect_accessible("a model without a report").await?;
    browser.expect_quiet_console().await
}

/// Waits until the page is kept for when there is no network.
async fn kept(browser: &Browser) -> Result<()> {
    let script = "return navigator.serviceWorker.controller !== null && !document.getElementById('offline').hidden";
    browser
        .eventually("the page kept for later", || async {
            Ok((browser.run(script, Vec::new()).await? == json!(true)).then_some(()))
        })
        .await
}

async fn everything_works_offline(browser: Browser) -> Result<()> {
    let site = browser.open_page(RECORD).await?;
    kept(&browser).await?;
    let before = browser.estimate().await?;
    let address = site.address().to_owned();
    // No server any more: nothing can come from anywhere but what was kept.
    drop(site);
    browser.run("location.reload()", Vec::new()).await?;
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
    site.site().edit("sw.js", |text| text.replacen("const VERSION = \"", "const VERSION = \"f", 1))?;
    browser.run("location.reload()", Vec::new()).await?;
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

async fn a_half_copied_version_is_not_taken(browser: Browser) -> Result<()> {
    let site = browser.open_page(RECORD).await?;
    kept(&browser).await?;
    site.site().edit("sw.js", |text| text.replacen("const VERSION = \"", "const VERSION = \"f", 1))?;
    site.site().edit("page.css", |text| text.replacen("--paper", "--piper", 1))?;
    browser.run("location.reload()", Vec::new()).await?;
    browser.text_of("estimate", |text| text.parse::<f64>().is_ok()).await?;
    let outcome = "return navigator.serviceWorker.register('./sw.js').then((registration) => registration.update()) \
        .then(() => new Promise((resolve) => setTimeout(resolve, 1500))) \
        .then(() => document.getElementById('update').hidden && \
            getComputedStyle(document.documentElement).getPropertyValue('--paper') !== '')";
    ensure!(browser.run(outcome, Vec::new()).await? == json!(true), "half of a version was taken");
    Ok(())
}

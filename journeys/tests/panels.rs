//! A journey for each panel.

use std::process::ExitCode;

use anyhow::{Result, ensure};
use journeys::{Browser, Engine, Key, Suite};
use serde_json::{Value, json};

fn main() -> ExitCode {
    Suite::default()
        .journey("another language keeps one's own model, the record and the class", another_language_keeps_everything)
        .journey("the page works where storage is blocked", the_page_works_without_storage)
        .journey("the page speaks Spanish where the address asks for it", the_page_speaks_spanish)
        .journey("a link brings a record, and nothing else writes one into the address", a_link_brings_a_record)
        .journey("a change is undone by keys and buttons", a_change_is_undone)
        .journey("the level decides how wide the range is", the_level_decides_the_range)
        .journey("the waterfall adds up to the estimate", the_waterfall_adds_up)
        .journey("a mark moves by keys and by the pointer", a_mark_moves)
        .journey("a kept record stands beside the present one", a_kept_record_is_compared)
        .journey("a goal is reached by what can be changed", a_goal_is_reached)
        .journey("a blank is what the model makes of it", a_blank_is_what_the_model_makes_of_it)
        .in_chromium("a finger that scrolls changes nothing", a_finger_changes_nothing)
        .journey("a link that another model made says so", a_link_of_another_model_says_so)
        .journey("another model is opened from disk without a request", another_model_is_opened)
        .run()
}

const RECORD: &str = "#gender=male&lunch=free%2Freduced&reading_score=64&writing_score=58";

async fn the_page_speaks_spanish(browser: Browser) -> Result<()> {
    let _site = browser.open_page(&format!("?lang=es{RECORD}")).await?;
    browser.text_of("why", |text| !text.is_empty()).await?;
    let script = "return document.documentElement.lang + ' ' + document.body.innerText";
    let text = browser.run(script, Vec::new()).await?;
    let text = text.as_str().unwrap_or_default();
    for wanted in ["es ", "Lo más probable es entre", "Por qué esta estimación", "Peticiones de red"] {
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

async fn a_link_brings_a_record(browser: Browser) -> Result<()> {
    let _site = browser.open_page(RECORD).await?;
    let field = browser.label("Reading score").await?;
    ensure!(field.prop("value").await?.as_deref() == Some("64"), "the link did not fill in the form");
    let address = "return [location.hash, history.length, history.state]";
    let before = browser.run(address, Vec::new()).await?;
    ensure!(before[0] == json!(""), "the record stays in the address: {before}");
    browser.fill(&field, "81").await?;
    let estimate = browser.estimate().await?;
    browser.role("link", "About this model").await?.click().await?;
    // Longer than any pending write.
    tokio::time::sleep(std::time::Duration::from_millis(800)).await;
    ensure!(browser.run(address, Vec::new()).await? == before, "what was entered stands in the address or the history");
    let stored = "return localStorage.length + sessionStorage.length + document.cookie.length";
    ensure!(browser.run(stored, Vec::new()).await? == json!(0), "something was stored unasked");
    // Intercept the text that would be copied.
    browser.run("navigator.clipboard.writeText = async (text) => { window.__copied = text }", Vec::new()).await?;
    browser.press_button("Copy link").await?;
    browser.holds("the link", "return window.__copied !== undefined").await?;
    let link = browser.run("return window.__copied", Vec::new()).await?;
    let link = link.as_str().unwrap_or_default().to_owned();
    ensure!(link.contains("reading_score=81") && link.contains("lunch=free%2Freduced"), "{link}");
    ensure!(browser.run(address, Vec::new()).await? == before, "the link stands in the address");
    browser.open("about:blank").await?;
    browser.open(&link).await?;
    browser.text_of("estimate", |text| text.parse::<f64>().is_ok()).await?;
    ensure!(browser.estimate().await? == estimate, "the link gave another estimate");
    // If the clipboard is not available, the link is shown.
    browser.run("navigator.clipboard.writeText = async () => { throw new Error('not allowed') }", Vec::new()).await?;
    browser.press_button("Copy link").await?;
    let shown = browser.label("Link with this record").await?;
    ensure!(shown.prop("value").await?.is_some_and(|shown| shown == link), "another link is shown");
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
    let level = browser.role("slider", "Confidence of the range").await?;
    browser.run("arguments[0].focus()", vec![serde_json::to_value(&level)?]).await?;
    browser.press(Key::Home).await?;
    browser.text_of("estimate-sentence", |text| text.contains("about 50 of 100")).await?;
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
    // Each number is rounded to a tenth.
    ensure!((sum - numbers[8]).abs() < 0.5, "{sum} is not {}", numbers[8]);
    browser.text_of("why", |text| text.contains("lowers it most")).await?;
    browser.expect_quiet_console().await
}

async fn a_mark_moves(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    // With smooth scrolling the page would still move when the pointer is pressed.
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
    let at = |share: f64| (part(0) + share * part(2), part(1) + part(3) / 2.0);
    browser.drag(at(0.5), at(0.2)).await?;
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
    browser.text_of("compared", |text| text.contains("than the kept one") && text.contains("Reading score")).await?;
    browser.press_button("Back to the kept record").await?;
    ensure!(browser.estimate().await? == kept, "the kept record did not come back");
    browser.expect_quiet_console().await
}

async fn a_goal_is_reached(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    let goal = browser.label("Target math score").await?;
    browser.fill(&goal, "80").await?;
    browser.press(Key::Enter).await?;
    browser.text_of("goal", |text| text.contains("For an estimate of 80") && text.contains("from")).await?;
    browser.press_button("Apply these changes").await?;
    ensure!(browser.estimate().await? >= 80.0, "the changes do not reach the goal");
    browser.fill(&goal, "60").await?;
    browser.press(Key::Enter).await?;
    browser.text_of("goal", |text| text.contains("reached this goal already")).await?;
    // No suggestion includes dropping the course.
    browser.press_button("Fictional student 1").await?;
    browser.fill(&goal, "90").await?;
    browser.press(Key::Enter).await?;
    let ways = browser.text_of("goal", |text| text.contains("90") && text.contains("from")).await?;
    ensure!(!ways.contains("to none"), "{ways}");
    browser.press_button("Typical student").await?;
    browser.fill(&goal, "400").await?;
    browser.press(Key::Enter).await?;
    browser.text_of("goal", |text| text.contains("cannot be reached")).await?;
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
    let report = site.site().read("artifacts/report.json")?;
    browser.choose("own-files", &[("a.json", &preprocessor), ("b.json", &model), ("my report.json", &report)]).await?;
    browser
        .eventually("the model with its report", || async {
            let text = browser.run(about, Vec::new()).await?;
            let text = text.as_str().unwrap_or_default();
            // There is no link to the site's own model.
            Ok((text.contains("These are the files that you opened") && text.contains("2026")).then_some(()))
        })
        .await?;
    browser.text_of("own-model", |text| text.contains("your own model of math score")).await?;
    browser.press_button("Back to this page’s model").await?;
    browser.holds("the page's own model", "return document.querySelector('[data-testid=own-model]') === null").await?;
    browser.expect_quiet_console().await
}

async fn another_language_keeps_everything(browser: Browser) -> Result<()> {
    let site = browser.open_page("").await?;
    // With smooth scrolling the page would still move to the link when it is clicked.
    browser.prefer(&[("prefers-reduced-motion", "reduce")]).await?;
    let (preprocessor, model) =
        (site.site().read("artifacts/preprocessor.json")?, site.site().read("artifacts/model.json")?);
    browser.choose("own-files", &[("a.json", &preprocessor), ("b.json", &model)]).await?;
    browser
        .holds("the own model", "return document.getElementById('about').innerText.includes('without its report')")
        .await?;
    browser.press_button("Try the sample file").await?;
    browser.text_of("class-summary", |text| text.contains("1000 rows")).await?;
    let filter = browser.label("Rows that contain").await?;
    browser.fill(&filter, "group A").await?;
    let shown = "return document.getElementById('class-shown').textContent.match(/[0-9]+/)?.[0]";
    browser.holds("the filter", &format!("return (() => {{ {shown} }})() !== undefined")).await?;
    let n_shown = browser.run(shown, Vec::new()).await?;
    let field = browser.label("Reading score").await?;
    browser.fill(&field, "93").await?;
    let before = browser.estimate().await?;
    let goal = browser.label("Target math score").await?;
    browser.fill(&goal, "95").await?;
    browser.press(Key::Enter).await?;
    browser.text_of("goal", |text| text.contains("95") && !text.is_empty()).await?;
    browser.role("link", "Español").await?.click().await?;
    browser.text_of("estimate-sentence", |text| text.contains("Lo más probable")).await?;
    ensure!(browser.estimate().await? == before, "the record was lost with the language");
    browser.holds("the own model", "return document.getElementById('about').innerText.includes('report.json')").await?;
    browser.text_of("goal", |text| text.contains("95") && !text.contains("stimate")).await?;
    browser.text_of("class-summary", |text| text.contains("1000 filas")).await?;
    browser.holds("the filter in Spanish", &format!("return (() => {{ {shown} }})() !== undefined")).await?;
    ensure!(browser.run(shown, Vec::new()).await? == n_shown, "the filter was lost with the language");
    let address = browser.run("return location.search + location.hash", Vec::new()).await?;
    let address = address.as_str().unwrap_or_default();
    ensure!(address.contains("lang=es") && !address.contains("reading_score"), "{address}");
    // And back, by a link labelled in English.
    browser.role("link", "English").await?.click().await?;
    browser.text_of("estimate-sentence", |text| text.contains("Most likely")).await?;
    browser.text_of("class-summary", |text| text.contains("1000 rows")).await?;
    browser.press_button("Undo").await?;
    ensure!(browser.estimate().await? != before, "what could be undone was lost with the language");
    browser.expect_quiet_console().await
}

/// In Firefox by a visitor's preference; in Chromium, which cannot change it at run time, by APIs that fail.
async fn the_page_works_without_storage(browser: Browser) -> Result<()> {
    browser.block_storage().await?;
    let _site = browser.open_page("").await?;
    let is_blocked = "try { localStorage.setItem('a', 'b'); return false } catch { return true }";
    ensure!(browser.run(is_blocked, Vec::new()).await? == json!(true), "storage is not blocked");
    let before = browser.estimate().await?;
    browser.press_button("Fictional student 1").await?;
    ensure!(browser.estimate().await? != before, "the estimate did not move");
    browser.press_button("Try the sample file").await?;
    browser.text_of("class-summary", |text| text.contains("1000 rows")).await?;
    browser.holds("no card", "return document.getElementById('broken').hidden").await?;
    ensure!(browser.engine() == Engine::Chromium || browser.console().await?.len() < 2, "the console is loud");
    Ok(())
}

/// Trees trained with blanks route them; no value is imputed then.
async fn a_blank_is_what_the_model_makes_of_it(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    let field = browser.label("Reading score").await?;
    browser.fill(&field, "").await?;
    let note = "return document.getElementById('note-5').textContent";
    browser.holds("the median", &format!("return (() => {{ {note} }})().includes('the median, ')")).await?;
    let text = browser.run(note, Vec::new()).await?;
    let median = text.as_str().unwrap_or_default().split(", ").nth(1).unwrap_or_default().to_owned();
    let blank = browser.estimate().await?;
    browser.fill(&field, &median).await?;
    ensure!(browser.estimate().await? == blank, "a blank is not {median}: {text}");

    let site = journeys::Site::built()?;
    let sample = site.read("sample.csv")?;
    // A fifth of the reading scores is missing, those of the best pupils.
    let blanked = sample.lines().map(|line| {
        let mut cells: Vec<&str> = line.split(',').collect();
        if cells.last().and_then(|score| score.parse::<f64>().ok()).is_some_and(|score| score > 80.0) {
            cells[5] = "";
        }
        cells.join(",") + "\n"
    });
    let file = site.root().join("blanked.csv");
    std::fs::write(&file, blanked.collect::<String>())?;
    let settings = site.root().join("trees.toml");
    std::fs::write(&settings, "n_estimators = 60\nmax_depth = 3\n")?;
    let settings = settings.display().to_string();
    let options = ["--no-search", "--families", "xgboost", "--params", &settings, "--min-r2", "0"];
    site.train(&file, "math_score", &options)?;
    let site = site.serve().await?;
    browser.open(site.address()).await?;
    browser.text_of("estimate", |text| text.parse::<f64>().is_ok()).await?;
    let typical = browser.estimate().await?;
    let field = browser.label("Reading score").await?;
    browser.fill(&field, "").await?;
    browser.text_of("remarks", |text| text.contains("a value of its own: Reading score")).await?;
    ensure!(browser.estimate().await? != typical, "a blank counts as the median");
    browser.text_of("why", |text| !text.is_empty()).await?;
    let text = browser.run("return document.querySelector('main').innerText", Vec::new()).await?;
    let text = text.as_str().unwrap_or_default();
    ensure!(text.contains("“not known” is a value of its own") && !text.contains("median"), "{text}");
    let mark = browser.role("slider", "Reading score, what if").await?;
    let spoken = mark.attr("aria-valuetext").await?.unwrap_or_default();
    ensure!(spoken.contains("not known"), "{spoken}");
    browser.expect_quiet_console().await
}

async fn a_finger_changes_nothing(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    browser.prefer(&[("prefers-reduced-motion", "reduce")]).await?;
    let before = browser.estimate().await?;
    let mark = browser.role("slider", "Reading score, what if").await?;
    let place = "const plot = arguments[0].closest('.plot'); plot.scrollIntoView({ block: 'center', behavior: 'instant' }); \
        const { left, top, width, height } = plot.getBoundingClientRect(); return [left + width * 0.9, top + height / 2]";
    let place = browser.run(place, vec![serde_json::to_value(&mark)?]).await?;
    let scrolled = browser.run("return scrollY", Vec::new()).await?;
    for (kind, by) in [("touchStart", 0.0), ("touchMove", 60.0), ("touchMove", 120.0), ("touchEnd", 0.0)] {
        let y = place[1].as_f64().unwrap_or_default() - by;
        let points = if kind == "touchEnd" { json!([]) } else { json!([{ "x": place[0], "y": y }]) };
        browser.devtools("Input.dispatchTouchEvent", json!({ "type": kind, "touchPoints": points })).await?;
    }
    browser.holds("the page scrolled", &format!("return scrollY > {scrolled}")).await?;
    ensure!(browser.estimate().await? == before, "scrolling changed the record");
    browser.expect_quiet_console().await
}

async fn a_link_of_another_model_says_so(browser: Browser) -> Result<()> {
    let _site = browser.open_page("#~model=000000000000&reading_score=64").await?;
    browser.text_of("remarks", |text| text.contains("made with another model")).await?;
    browser.expect_quiet_console().await
}

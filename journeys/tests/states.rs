//! Every state of the page, at each width and in both colour schemes: axe-core reports nothing, nothing overflows, and
//! screenshots are saved in `target/journeys` for review.

use std::process::ExitCode;

use anyhow::{Result, ensure};
use journeys::{Browser, Engine, Screen, Site, Suite};
use serde_json::json;

fn main() -> ExitCode {
    Suite::default()
        .journey("nothing keeps anyone out of the panels", the_panels)
        .journey("a day is a field of its own", a_day)
        .in_chromium("nothing keeps anyone out where something is wrong with what was entered", what_is_wrong)
        .in_chromium("nothing keeps anyone out of a page that could not start", could_not_start)
        .in_chromium("nothing keeps anyone out of a page that broke", a_broken_page)
        .run()
}

const RECORD: &str = "#gender=male&lunch=free%2Freduced&reading_score=64&writing_score=58";

async fn the_panels(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    if browser.engine() == Engine::Chromium {
        look(&browser, "first").await?;
    }
    browser.run(&format!("location.hash = '{RECORD}'"), Vec::new()).await?;
    browser.press_button("Keep this record to compare").await?;
    browser.press_button("Fictional student 3").await?;
    browser.press_button("Find the smallest change").await?;
    browser.press_button("Try the sample file").await?;
    browser.text_of("class-summary", |text| text.contains("1000 rows")).await?;
    browser.unfold().await?;
    look(&browser, "panels").await?;
    browser.expect_quiet_console().await
}

async fn a_day(browser: Browser) -> Result<()> {
    let site = Site::built()?;
    // Later enrolment goes with higher scores; dates are in 2025, with 28 days in each month.
    let row = |row: u32| {
        let (month, day, hours) = (row % 12 + 1, row * 5 % 28 + 1, row * 7 % 10);
        format!("2025-{month:02}-{day:02},{hours},{}\n", 30 + month * 4 + hours + row * 3 % 4)
    };
    let file = site.root().join("enrolled.csv");
    std::fs::write(&file, format!("enrolled,hours,score\n{}", (0..240).map(row).collect::<String>()))?;
    site.train(&file, "score", &["--families", "linear,ridge"])?;
    let site = site.serve().await?;
    browser.open(site.address()).await?;
    browser.text_of("estimate", |text| text.parse::<f64>().is_ok()).await?;
    let field = browser.css("input[type=date]").await?;
    // How a date is typed depends on the browser's language; its value does not.
    let enter = "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input', { bubbles: true })); \
        arguments[0].dispatchEvent(new Event('change', { bubbles: true })); return arguments[0].value";
    let mut estimates = Vec::new();
    for day in ["2025-01-15", "2025-11-15"] {
        let value = browser.run(enter, vec![serde_json::to_value(&field)?, json!(day)]).await?;
        ensure!(value == json!(day), "the field holds {value}");
        estimates.push(browser.estimate().await?);
    }
    ensure!(estimates[1] - estimates[0] > 20.0, "{estimates:?}");
    // The months determine these scores exactly, which must not look like the end of a scale.
    browser.text_of("estimate-sentence", |text| text.contains("differs from that by less than is shown")).await?;
    browser.text_of("why", |text| text.contains("Enrolled")).await?;
    look(&browser, "day").await?;
    browser.run(enter, vec![serde_json::to_value(&field)?, json!("")]).await?;
    browser.text_of("remarks", |text| text.contains("Enrolled")).await?;
    browser.expect_quiet_console().await
}

const MAPPED: &str = "pupil,reading_score\n1,70\n";

async fn what_is_wrong(browser: Browser) -> Result<()> {
    let _site = browser.open_page("#reading_score=many&writing_score=&lunch=packed").await?;
    browser.text_of("remarks", |text| text.contains("blank")).await?;
    let goal = browser.label("Target math score").await?;
    browser.fill(&goal, "400").await?;
    browser.press(journeys::Key::Enter).await?;
    browser.text_of("goal", |text| text.contains("cannot be reached")).await?;
    browser.choose("own-files", &[("mine.json", "{}")]).await?;
    browser.text_of("own-problem", |text| !text.is_empty()).await?;
    browser.choose("class-file", &[("class.csv", MAPPED)]).await?;
    browser.role("button", "Estimate with these columns").await?;
    // Simulate an available update.
    browser.run("document.getElementById('update').hidden = false", Vec::new()).await?;
    browser.unfold().await?;
    look(&browser, "wrong").await?;
    browser.choose("class-file", &[("class.csv", "reading_score,reading_score\n7,8\n")]).await?;
    browser.text_of("class-problem", |text| text.contains("stands in the header twice")).await?;
    browser.choose("class-file", &[("picture.png", "PNG\u{0}\u{1}")]).await?;
    browser.text_of("class-problem", |text| text.contains("binary file")).await?;
    look(&browser, "wrong-file").await
}

async fn could_not_start(browser: Browser) -> Result<()> {
    let site = Site::built()?;
    site.cut_off("artifacts/model.json")?;
    let site = site.serve().await?;
    browser.open(site.address()).await?;
    browser.role("button", "Try again").await?;
    look(&browser, "broken-model").await?;
    let site = Site::built()?;
    site.remove("web_bg.wasm")?;
    let site = site.serve().await?;
    browser.open(site.address()).await?;
    browser.role("button", "Try again").await?;
    look(&browser, "no-program").await
}

async fn a_broken_page(browser: Browser) -> Result<()> {
    let site = Site::built()?;
    site.edit("boot.js", |text| format!("{text}\nwindow.err = () => {{ throw new Error('made for this journey') }};"))?;
    let site = site.serve().await?;
    browser.open(&format!("{}{RECORD}", site.address())).await?;
    browser.text_of("estimate", |text| text.parse::<f64>().is_ok()).await?;
    browser.run("setTimeout(window.err)", Vec::new()).await?;
    browser.role("button", "Copy the details").await?;
    let details = "return document.getElementById('broken-details').textContent.includes('made for this journey')";
    browser.holds("the details", details).await?;
    look(&browser, "broken").await
}

async fn look(browser: &Browser, state: &str) -> Result<()> {
    for (width, screen) in [(1440, Screen::DESKTOP), (768, Screen::TABLET), (320, Screen::SMALL_PHONE)] {
        browser.use_screen(screen).await?;
        for scheme in ["light", "dark"] {
            browser.prefer(&[("prefers-color-scheme", scheme), ("prefers-reduced-motion", "reduce")]).await?;
            browser.whole_screenshot(&format!("{state}-{width}-{scheme}-{:?}", browser.engine())).await?;
            browser.expect_accessible(&format!("{state}, {width} px, {scheme}")).await?;
        }
        // Elements that overflow outside a scrollable container.
        let wide = "const { clientWidth, scrollWidth } = document.documentElement; \
            const outside = [...document.querySelectorAll('main *, header *, footer *')].filter((element) => \
                element.getBoundingClientRect().right > clientWidth + 0.5 && element.closest('.scroller, pre') === null); \
            return scrollWidth <= clientWidth ? '' : `${scrollWidth - clientWidth} px: ` + \
                outside.map(({ tagName, id, className }) => `${tagName}#${id}.${className.baseVal ?? className}`).join(' ')";
        let too_wide = browser.run(wide, Vec::new()).await?;
        ensure!(too_wide == json!(""), "{state}: at {width} px the page is too wide by {too_wide}");
    }
    Ok(())
}

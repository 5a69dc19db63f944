//! The charts on the screen, on paper, and in files.

use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};
use journeys::{Browser, Screen, Site, Suite};
use serde_json::{Value, json};

fn main() -> ExitCode {
    Suite::default()
        .in_chromium("paper has the charts and no buttons", paper_has_the_charts)
        .journey("what matters most comes first in What if", what_matters_comes_first)
        .journey("at the scale's end no range is promised", no_range_at_the_end)
        .journey("each average is called what it is", averages_are_named)
        .in_chromium("with imposed colours the chosen value and the charts can be told", imposed_colours)
        .journey("long names stay within their places", long_names_stay)
        .journey("the chance to reach a mark falls as the mark rises", the_chance_falls)
        .journey("estimates and scores of the students held back are drawn", held_back_students_are_drawn)
        .journey("a chart is saved as a picture of either kind", a_chart_is_saved)
        .journey("the report is one link away", the_report_is_one_link_away)
        .run()
}

async fn paper_has_the_charts(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    browser.text_of("why", |text| !text.is_empty()).await?;
    browser.devtools("Emulation.setEmulatedMedia", json!({ "media": "print" })).await?;
    // By default browsers do not print backgrounds, which draw the bars and marks.
    let painted = "return ['.needle', '.waterfall .plus', '.waterfall .mark'].map((name) => { \
        const { printColorAdjust, backgroundColor } = getComputedStyle(document.querySelector(name)); \
        return `${printColorAdjust} ${backgroundColor}` })";
    let painted = browser.run(painted, Vec::new()).await?;
    let is_painted = |found: &Value| {
        found.as_str().is_some_and(|found| found.starts_with("exact") && !found.contains("rgba(0, 0, 0, 0)"))
    };
    ensure!(painted.as_array().is_some_and(|found| found.iter().all(is_painted)), "{painted}");
    let buttons = "return [...document.querySelectorAll('button')].filter((own) => own.checkVisibility()).length";
    ensure!(browser.run(buttons, Vec::new()).await? == json!(0), "there are buttons on paper");
    let paper = browser.devtools("Page.printToPDF", json!({})).await?;
    let paper = BASE64_STANDARD.decode(paper["data"].as_str().context("nothing was printed")?)?;
    let n_pages = String::from_utf8_lossy(&paper).matches("<</Type /Page\n").count();
    ensure!(n_pages == 1, "the record, the estimate and why take {n_pages} pages");
    browser.whole_screenshot("charts-print").await.map(drop)
}

async fn what_matters_comes_first(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    let order = "const texts = (selector) => [...document.querySelectorAll(selector)].map((own) => own.textContent); \
        return [texts('#what-if .curve h3'), texts('[data-testid=importance] li > span:first-child')]";
    let order = browser.run(order, Vec::new()).await?;
    ensure!(order[0].as_array().is_some_and(|names| names.len() > 3) && order[0] == order[1], "{order}");
    Ok(())
}

async fn no_range_at_the_end(browser: Browser) -> Result<()> {
    let _site = browser.open_page("#gender=male&reading_score=100&writing_score=100").await?;
    for field in ["Reading score", "Writing score"] {
        let field = browser.label(field).await?;
        browser.fill(&field, "160").await?;
    }
    let said = browser.text_of("estimate-sentence", |text| text.contains("the end of the scale")).await?;
    ensure!(said.contains("Most likely 100") && !said.contains("between"), "{said}");
    let labels = browser.run("return document.querySelector('.distribution .ends').textContent", Vec::new()).await?;
    ensure!(labels == json!("100"), "the chart says {labels}");
    browser
        .holds("the announcement", "return document.getElementById('announcement').textContent.endsWith(' 100.')")
        .await
}

async fn averages_are_named(browser: Browser) -> Result<()> {
    let site = browser.open_page("").await?;
    let report: Value = serde_json::from_str(&site.site().read("artifacts/report.json")?)?;
    let mean = format!("average {:.1}", report["data"]["target"]["mean"].as_f64().unwrap_or_default());
    let found = browser.run("return document.querySelector('.mean').textContent", Vec::new()).await?;
    ensure!(found == json!(mean), "{found} is not {mean}");
    // The waterfall does not start at an average score.
    let first = browser.run("return document.querySelector('#waterfall li span').textContent", Vec::new()).await?;
    ensure!(first == json!("Average estimate"), "{first}");
    Ok(())
}

async fn imposed_colours(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    browser.prefer(&[("forced-colors", "active"), ("prefers-reduced-motion", "reduce")]).await?;
    let look = "const of = (pressed) => { const style = getComputedStyle(document.querySelector( \
            `.options [aria-pressed=${pressed}]`)); return [style.backgroundColor, style.borderTopWidth].join() }; \
        const seen = (name, what) => getComputedStyle(document.querySelector(name))[what]; \
        return of('true') !== of('false') && seen('.plot rect', 'vectorEffect') === 'non-scaling-stroke' \
            && seen('.needle', 'backgroundColor') !== seen('.card', 'backgroundColor')";
    browser.holds("what is chosen", look).await?;
    browser.whole_screenshot("charts-forced-colours").await.map(drop)
}

async fn long_names_stay(browser: Browser) -> Result<()> {
    let site = Site::built()?;
    let long = "donaudampfschifffahrtsgesellschaftskapitaen";
    let sample = site.read("sample.csv")?;
    let sample = sample.replacen("reading_score", long, 1).replace("group C", "Rindfleischetikettierungsueberwachung");
    let file = site.root().join("long.csv");
    std::fs::write(&file, sample)?;
    site.train(&file, "math_score", &["--families", "linear", "--min-r2", "0"])?;
    let site = site.serve().await?;
    browser.open(site.address()).await?;
    browser.text_of("estimate", |text| text.parse::<f64>().is_ok()).await?;
    browser.css("#about").await?;
    browser.unfold().await?;
    for screen in [Screen::SMALL_PHONE, Screen::PHONE, Screen::DESKTOP] {
        browser.use_screen(screen).await?;
        // Nothing is clipped or overlaps: a name ends before its number begins.
        let outside = "const over = [...document.querySelectorAll('main th, main li, main label, main h3, main p, main td')] \
            .filter((own) => own.scrollWidth > own.clientWidth + 1 && getComputedStyle(own).display !== 'inline') \
            .map((own) => own.textContent.slice(0, 40)); \
            for (const row of document.querySelectorAll('.waterfall li')) { \
                const [name, , figure] = [...row.children].map((own) => own.getBoundingClientRect()); \
                if (name.right > figure.left + 1 && name.bottom > figure.top + 1 && name.top < figure.bottom - 1) over.push(row.textContent); } \
            return [document.documentElement.scrollWidth - document.documentElement.clientWidth, over.join('; ')]";
        let outside = browser.run(outside, Vec::new()).await?;
        ensure!(outside == json!([0, ""]), "at {screen:?}: {outside}");
    }
    // A table with few columns uses the available width instead of wrapping.
    let heights = "return [...document.querySelectorAll('.about thead th')].map((own) => Math.round(own.clientHeight / \
        parseFloat(getComputedStyle(own).fontSize)))";
    let heights = browser.run(heights, Vec::new()).await?;
    let is_low = |height: &Value| height.as_f64().is_some_and(|lines| lines < 5.0);
    ensure!(heights.as_array().is_some_and(|found| found.iter().all(is_low)), "headings of many lines: {heights}");
    browser.whole_screenshot("charts-long-names").await.map(drop)
}

async fn the_chance_falls(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    let mark = browser.label("Mark to reach").await?;
    let mut last = 101;
    for (typed, shown) in [("60", "60 or more"), ("70", "70 or more"), ("80", "80 or more")] {
        browser.fill(&mark, typed).await?;
        let said = browser.text_of("chance", |text| text.contains(shown)).await?;
        let n: i32 = said.split(' ').find_map(|word| word.parse().ok()).unwrap_or(-1);
        ensure!(n > 0 && n < last, "{said} after {last}");
        last = n;
    }
    browser.fill(&mark, "many").await?;
    browser.text_of("chance", |text| text.contains("as a number")).await?;
    browser.fill(&mark, "1").await?;
    browser.text_of("chance", |text| text.contains("More than 99 of 100")).await?;
    browser.expect_quiet_console().await
}

async fn held_back_students_are_drawn(browser: Browser) -> Result<()> {
    let site = browser.open_page("").await?;
    let report: Value = serde_json::from_str(&site.site().read("artifacts/report.json")?)?;
    let groups = report["held_back"]["groups"].as_array().cloned().unwrap_or_default();
    let n: u64 = groups.iter().filter_map(|group| group["n"].as_u64()).sum();
    ensure!(json!(n) == report["data"]["rows_holdout"], "{n} of them are in groups");
    browser.text_of("held-back", |_| true).await?;
    let dots = "return document.querySelector('[data-testid=held-back] .dots').getAttribute('d').split('M').length - 1";
    ensure!(browser.run(dots, Vec::new()).await? == json!(groups.len()), "not every group is drawn");
    browser.expect_quiet_console().await
}

async fn a_chart_is_saved(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    browser.text_of("why", |text| !text.is_empty()).await?;
    // Intercept the file that would be saved.
    let catch = "window.__saved = []; const make = URL.createObjectURL; URL.createObjectURL = (blob) => { \
        blob.arrayBuffer().then(async (bytes) => window.__saved.push([blob.type, bytes.byteLength, await blob.text()])); \
        return make.call(URL, blob) }; \
        HTMLAnchorElement.prototype.click = function () { window.__name = this.download }";
    browser.run(catch, Vec::new()).await?;
    browser.press_button("Save “Why this estimate” as SVG").await?;
    browser.holds("the drawing", "return window.__saved.length === 1").await?;
    // The page's policy forbids parsing text as HTML.
    let drawing = "const [[, , text]] = window.__saved; \
        const texts = [...text.matchAll(/<text[^>]*>([^<]*)</g)].map(([, own]) => own.trim()); \
        const bars = [...text.matchAll(/<rect[^>]* width=\"([^\"]*)\"/g)].filter(([, width]) => width > 2); \
        return [window.__name, text.startsWith('<svg '), texts.includes('Average estimate') && texts.includes('Reading score'), \
            bars.length > 7, texts.includes('SVG')]";
    let drawing = browser.run(drawing, Vec::new()).await?;
    ensure!(drawing == json!(["Why this estimate.svg", true, true, true, false]), "{drawing}");
    browser.press_button("Save “What if” as PNG").await?;
    browser.holds("the picture", "return window.__saved.length === 2").await?;
    let picture =
        browser.run("const [type, size] = window.__saved[1]; return [type, size > 20000]", Vec::new()).await?;
    ensure!(picture == json!(["image/png", true]), "{picture}");
    browser.expect_quiet_console().await
}

async fn the_report_is_one_link_away(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    let link = browser.role("link", "The whole report on this model").await?;
    browser.run("arguments[0].click()", vec![serde_json::to_value(&link)?]).await?;
    browser.holds("the report", "return document.title.startsWith('Report on a model of')").await
}

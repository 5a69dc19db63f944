//! The custom element in a third-party page: another origin, under a strict policy, which does not allow inline styles.

mod gone;
mod leak;
mod place;

use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use journeys::{Browser, Origin, Screen, Served, Site, Suite};
use serde_json::{Value, json};

const RECORD: &str = "{ reading_score: 81, writing_score: 78, lunch: 'standard' }";

/// The script precedes the elements: they are upgraded as they are parsed.
const BEFORE: &str = r#"<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,">
<title>A school</title><link rel="stylesheet" href="/school.css">
<script type="module" src="HOST/scorecast.js"></script><script type="module" src="/school.js"></script>
<main><h1>A school</h1><form><scorecast-predictor id="one" name="estimate" required src="HOST/artifacts/"
 panels="student estimate why what-if goal" record='{"reading_score": 64}'></scorecast-predictor></form>
<div lang="es"><scorecast-predictor id="two" src="HOST/artifacts/" theme="dark" level="80" readonly></scorecast-predictor>
</div></main></html>"#;

/// Global styles of a page that would break elements without isolation.
const STYLES: &str = "html { font-size: 40%; } * { color: red !important; display: inline !important; font-size: 7px }
 section, button, .card, .panels { display: none !important; } :root { --card: red; --ink: red; --rem: 1px; --line: red }
 body { font: italic 20px/3 Georgia, serif; letter-spacing: 1em; text-transform: uppercase; visibility: visible }
 #one::part(why) { border: 5px solid rgb(1, 2, 3); } #one { --scorecast-radius: 3px; }";

/// Records the events; the journey finds elements through `el`.
const SCRIPT: &str = "window.events = []; window.el = (id) => document.getElementById(id);
 const { instantiate } = WebAssembly;
 WebAssembly.instantiate = async (...given) => (window.program = await instantiate(...given));
 for (const type of ['ready', 'prediction', 'error'])
   document.addEventListener(`scorecast-${type}`, (event) => events.push([type, event.target.id, event.detail, event.detail.error instanceof Error]));";

fn main() -> ExitCode {
    Suite::default()
        .journey("the element works in a page of another origin under a strict policy", works_elsewhere)
        .journey("the element takes part in a form", takes_part_in_a_form)
        .journey("the element comes before or after its script", comes_before_or_after)
        .journey("the site's styles and the element's stay apart", styles_stay_apart)
        .journey("the element names what it can't have or use", names_what_is_wrong)
        .journey("the element keeps nobody out at any width", keeps_nobody_out)
        .journey("the element takes its place wherever it stands", place::takes_its_place)
        .journey(
            "the element reads from left to right in a page that runs the other way",
            place::reads_from_left_to_right,
        )
        .journey("the element shows that a file of the build is gone", gone::shows_that_a_file_is_gone)
        .in_chromium("where the element's script is gone the page's own words stay", gone::leaves_the_pages_own_words)
        .in_chromium("the element hears the reader's own font size", place::hears_the_readers_font_size)
        .journey("a setting that changes later keeps the focus and the record", place::settings_may_change)
        .journey("what the page does with a record is no change of the element's own", place::keeps_its_record)
        .in_chromium("taking the element out and putting it back leaks nothing", leak::leaks_nothing)
        .run()
}

/// Serves the built site; returns its address without a trailing slash.
async fn host() -> Result<(Served, String)> {
    let host = Site::built()?.serve().await?;
    let address = host.address().trim_end_matches('/').to_owned();
    Ok((host, address))
}

/// Opens a page whose policy allows only itself and the sources in docs/embedding.md.
async fn open(browser: &Browser, host: &str, page: &str) -> Result<()> {
    let policy = format!(
        "default-src 'none'; script-src 'self' {host} 'wasm-unsafe-eval'; connect-src {host}; style-src 'self'; img-src data:; \
         require-trusted-types-for 'script'; trusted-types 'none'"
    );
    let school = Origin::default()
        .header("Content-Security-Policy", &policy)
        .page("/index.html", page.replace("HOST", host))
        .page("/school.css", STYLES)
        .page("/school.js", SCRIPT)
        .serve()?;
    browser.open(&format!("{school}/index.html")).await
}

/// Runs the body of an async function in the page.
async fn run(browser: &Browser, script: &str, arguments: Vec<Value>) -> Result<Value> {
    browser.run(&format!("return (async () => {{ {script} }})()"), arguments).await
}

/// Waits until a script returns anything but null, false or "".
async fn until(browser: &Browser, script: &str) -> Result<Value> {
    browser
        .eventually(script, async || {
            let found = run(browser, script, Vec::new()).await?;
            Ok((!matches!(found, Value::Null | Value::Bool(false)) && found != json!("")).then_some(found))
        })
        .await
}

async fn ready(browser: &Browser, ids: &[&str]) -> Result<()> {
    for id in ids {
        until(browser, &format!("return el('{id}')?.prediction != null")).await?;
    }
    Ok(())
}

async fn works_elsewhere(browser: Browser) -> Result<()> {
    let site = Site::built()?;
    let report: Value = serde_json::from_str(&site.read("artifacts/report.json")?)?;
    let (_served, host) = host().await?;
    open(&browser, &host, BEFORE).await?;
    ready(&browser, &["one", "two"]).await?;

    let golden = report["golden"].as_array().context("there are golden records")?;
    for golden in golden {
        let script = "const [record] = arguments; el('one').record = record; await Promise.resolve();
            await new Promise((done) => setTimeout(done)); return el('one').prediction.value";
        let value = run(&browser, script, vec![golden["record"].clone()]).await?;
        ensure!(value == golden["value"], "{value} instead of {}", golden["value"]);
    }
    let script = "const { value, baseline, contributions, interval, shown, exact } = el('one').prediction;
        const sum = Object.values(contributions).reduce((sum, part) => sum + part, baseline);
        return exact && Math.abs(sum - value) < 1e-9 && interval.low < shown && shown < interval.high && interval.level";
    ensure!(run(&browser, script, vec![]).await? == json!(90), "the prediction does not hold together");
    let script = "return el('two').prediction.interval.level";
    ensure!(run(&browser, script, vec![]).await? == json!(80), "the level is not the attribute's");

    let script = "el('one').record = { reading_score: 70 };
        const field = el('one').shadowRoot.querySelector('[id=field-5]');
        await new Promise((done) => setTimeout(done, 50)); const before = [field.value, events.length];
        field.value = '81'; field.dispatchEvent(new Event('input', { bubbles: true }));
        await new Promise((done) => setTimeout(done, 50));
        return [...before, el('one').record.reading_score, events.length, events.at(-1)[0], events.at(-1)[1]]";
    let found = run(&browser, script, vec![]).await?;
    let n = found[1].as_u64().context("events were counted")?;
    ensure!(found == json!(["70", n, 81, n + 1, "prediction", "one"]), "{found}");

    let same = "const n = events.length; el('one').record = el('one').record; el('one').record = { reading_score: 81 };
        await new Promise((done) => setTimeout(done, 50)); return events.length - n";
    ensure!(run(&browser, same, vec![]).await? == json!(0), "a record that shows already is told again");

    let text = "el('one').record = JSON.stringify({ ...el('one').record, reading_score: 82 });
        await new Promise((done) => setTimeout(done, 50));
        return [el('one').record.reading_score, el('one').prediction.record.reading_score, events.at(-1)[0]]";
    let found = run(&browser, text, vec![]).await?;
    ensure!(found == json!([82, 82, "prediction"]), "a record in JSON is not shown: {found}");

    let nothing = "const element = document.createElement('scorecast-predictor'), found = [];
        for (const name of ['src', 'panels', 'level', 'theme', 'name']) for (const nothing of [null, undefined]) {
          const before = element[name]; element[name] = name === 'level' ? 80 : 'dark'; element[name] = nothing;
          found.push(element[name] === before && !element.hasAttribute(name));
        }
        return found.every(Boolean)";
    ensure!(run(&browser, nothing, vec![]).await? == json!(true), "nothing is not the default again");

    let script =
        "return [el('one'), el('two')].map((element) => element.shadowRoot.querySelector('#why-title').textContent)";
    let titles = run(&browser, script, vec![]).await?;
    ensure!(titles == json!(["Why this estimate", "Por qué esta estimación"]), "{titles}");
    let script =
        "const field = el('two').shadowRoot.querySelector('[id=field-5]'); el('two').record = { reading_score: 70 };
        await new Promise((done) => setTimeout(done, 50)); return [field.disabled, field.value]";
    ensure!(run(&browser, script, vec![]).await? == json!([true, "70"]), "the second is not read-only");
    let ready = "return events.filter(([type]) => type === 'ready').length";
    ensure!(run(&browser, ready, vec![]).await? == json!(2), "each is ready once");
    let own = "return document.cookie + localStorage.length + sessionStorage.length + ('scorecast' in window)
        + document.head.querySelectorAll('style').length + document.adoptedStyleSheets.length";
    ensure!(run(&browser, own, vec![]).await? == json!("00false00"), "something was left in the page");
    browser.whole_screenshot("element").await?;
    browser.expect_quiet_console().await
}

async fn takes_part_in_a_form(browser: Browser) -> Result<()> {
    let (_served, host) = host().await?;
    open(&browser, &host, BEFORE).await?;
    ready(&browser, &["one"]).await?;
    let data = "const form = document.forms[0];
        return [Object.fromEntries(new FormData(form)), form.elements.estimate === el('one'), form.checkValidity(), el('one').value]";
    let found = run(&browser, data, vec![]).await?;
    ensure!(found[0]["estimate"] == found[3] && found[3] != json!(""), "{found}");
    ensure!(found[0]["estimate.reading_score"] == json!("64") && found[0]["estimate.lunch"] == json!(""), "{found}");
    ensure!(found[1] == json!(true) && found[2] == json!(true), "{found}");

    let field = "const field = el('one').shadowRoot.querySelector('[id=field-5]'); ";
    let wrong = format!(
        "{field} field.type = 'text'; field.value = 'many'; field.dispatchEvent(new Event('input', {{ bubbles: true }}));
        await new Promise((done) => setTimeout(done, 50));
        const {{ badInput }} = el('one').validity; return [badInput, document.forms[0].checkValidity(), el('one').validationMessage]"
    );
    let found = run(&browser, &wrong, vec![]).await?;
    ensure!(found[0] == json!(true) && found[1] == json!(false), "{found}");
    ensure!(found[2].as_str().is_some_and(|text| text.contains("not a number")), "{found}");

    let reset = "document.forms[0].reset(); await new Promise((done) => setTimeout(done, 50));
        return [el('one').record.reading_score, document.forms[0].checkValidity()]";
    let found = run(&browser, reset, vec![]).await?;
    ensure!(found == json!([64, true]), "{found}");
    let disabled = "const set = document.createElement('fieldset'); set.disabled = true; document.forms[0].append(set);
        set.append(el('one')); await new Promise((done) => setTimeout(done, 300));
        return [el('one').shadowRoot.querySelector('select').disabled, [...new FormData(document.forms[0])].length]";
    let found = run(&browser, disabled, vec![]).await?;
    ensure!(found == json!([true, 0]), "a disabled form is used: {found}");
    browser.expect_quiet_console().await
}

async fn comes_before_or_after(browser: Browser) -> Result<()> {
    let (_served, host) = host().await?;
    let page = format!(
        r#"<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,"><title>After</title>
        <body><scorecast-predictor id="first"></scorecast-predictor><script src="/school.js"></script>
        <script type="module" src="{host}/v1/scorecast.js"></script></body></html>"#
    );
    let script = format!(
        "{SCRIPT} const early = el('first'); early.record = {RECORD}; early.level = 70;
         customElements.whenDefined('scorecast-predictor').then(() => {{
           const late = document.createElement('scorecast-predictor'); late.id = 'late'; late.panels = ['estimate'];
           late.record = {RECORD}; document.body.append(late);
         }});"
    );
    let policy =
        format!("default-src 'none'; script-src 'self' {host} 'wasm-unsafe-eval'; connect-src {host}; img-src data:");
    let school = Origin::default()
        .header("Content-Security-Policy", &policy)
        .page("/index.html", page)
        .page("/school.js", script)
        .serve()?;
    browser.open(&format!("{school}/index.html")).await?;
    ready(&browser, &["first", "late"]).await?;
    let same =
        "return [el('first').prediction.value === el('late').prediction.value, el('first').prediction.interval.level,
        el('late').shadowRoot.querySelectorAll('section').length, el('late').record.reading_score]";
    let found = run(&browser, same, vec![]).await?;
    ensure!(found == json!([true, 70, 1, 81]), "{found}");
    // Moving keeps the element: the input stays, and so does the output.
    let moved = "const late = el('late'); const section = late.shadowRoot.querySelector('section');
        const div = document.createElement('div'); document.body.append(div); div.append(late);
        await new Promise((done) => setTimeout(done, 100));
        const stayed = section === late.shadowRoot.querySelector('section');
        late.remove(); await new Promise((done) => setTimeout(done, 50)); const gone = late.shadowRoot.querySelector('section');
        document.body.prepend(late); await new Promise((done) => setTimeout(done, 100));
        return [stayed, gone, late.shadowRoot.querySelectorAll('section').length, late.record.reading_score]";
    let found = run(&browser, moved, vec![]).await?;
    ensure!(found == json!([true, null, 1, 81]), "{found}");
    browser.expect_quiet_console().await
}

async fn styles_stay_apart(browser: Browser) -> Result<()> {
    let (_served, host) = host().await?;
    open(&browser, &host, BEFORE).await?;
    ready(&browser, &["one", "two"]).await?;
    let script = "const style = (id, selector) => getComputedStyle(el(id).shadowRoot.querySelector(selector));
        const title = style('one', 'h2'), why = style('one', '#why'), button = style('one', 'button');
        return {
          family: title.fontFamily.includes('Georgia'), slant: title.fontStyle, size: title.fontSize, case: title.textTransform,
          spacing: title.letterSpacing, display: why.display, button: button.display, border: why.borderTopWidth,
          radius: why.borderTopLeftRadius, ink: style('one', '#student').color,
          dark: style('two', '#why').backgroundColor, light: why.backgroundColor,
          heading: getComputedStyle(document.querySelector('h1')).fontSize,
        }";
    let found = run(&browser, script, vec![]).await?;
    let expected = json!({
        "family": true, "slant": "normal", "size": "17px", "case": "none", "spacing": "-0.085px", "display": "block",
        "button": "block", "border": "5px", "radius": "3px", "ink": "rgb(28, 33, 39)", "dark": "rgb(27, 32, 36)",
        "light": "rgb(255, 255, 255)", "heading": "7px",
    });
    ensure!(found == expected, "{found}");
    Ok(())
}

async fn names_what_is_wrong(browser: Browser) -> Result<()> {
    let site = Site::built()?;
    site.remove("artifacts/report.json")?;
    site.cut_off("artifacts/model.json")?;
    // The model on a host without CORS headers, and one that was truncated.
    let closed = Origin::default().folder(site.root()).serve()?;
    let cut = Origin::default().header("Access-Control-Allow-Origin", "*").folder(site.root()).serve()?;
    let (_served, host) = host().await?;
    let page = format!(
        r#"<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,"><title>Wrong</title>
        <script src="/school.js"></script><script type="module" src="{host}/scorecast.js"></script>
        <scorecast-predictor id="closed" src="{closed}/artifacts/"></scorecast-predictor>
        <scorecast-predictor id="cut" src="{cut}/artifacts/"></scorecast-predictor>
        <scorecast-predictor id="none" src="{cut}/nowhere/"></scorecast-predictor>
        <scorecast-predictor id="good" record='{{"shoe_size": 42}}'></scorecast-predictor></html>"#
    );
    let school = Origin::default().page("/index.html", page).page("/school.js", SCRIPT).serve()?;
    browser.open(&format!("{school}/index.html")).await?;
    for (id, code, about) in [
        ("closed", "fetch-failed", "preprocessor.json"),
        ("cut", "truncated", "model.json"),
        ("none", "fetch-failed", "preprocessor.json"),
        ("good", "unknown-column", "shoe_size"),
    ] {
        let script = format!(
            "const [, , detail, isError] = events.find(([type, id]) => type === 'error' && id === '{id}') ?? [];
             return detail && [detail.code, detail.field ?? detail.file, isError]"
        );
        let found = until(&browser, &script).await?;
        ensure!(found == json!([code, about, true]), "{id}: {found}");
    }
    let script = "return el('good').prediction != null && el('none').prediction === null
        && el('none').shadowRoot.querySelector('[role=alert]').textContent";
    let found = until(&browser, script).await?;
    ensure!(found.as_str().is_some_and(|text| text.contains("/nowhere/") && text.contains("404")), "{found}");
    let set = "events.length = 0; const before = el('good').record; el('good').record = { reading_score: 'many' };
        return [events[0][2].code, events[0][2].field, JSON.stringify(before) === JSON.stringify(el('good').record)]";
    let found = run(&browser, set, vec![]).await?;
    ensure!(found == json!(["not-a-number", "reading_score", true]), "{found}");
    let set = "events.length = 0; const before = el('good').record; el('good').record = 'reading'; el('good').record = '7';
        const isKept = JSON.stringify(before) === JSON.stringify(el('good').record); el('good').setAttribute('record', {});
        return [isKept, events.map(([type, , { code }]) => code ?? type)]";
    let found = run(&browser, set, vec![]).await?;
    // An object converted to text is no error: the page may still set the property.
    ensure!(found == json!([true, ["wrong-type", "wrong-type"]]), "{found}");
    // The button retries, now with a valid address.
    let again = "el('none').src = 'HOST/artifacts/'; await new Promise((done) => setTimeout(done, 500));
        return el('none').prediction !== null"
        .replace("HOST", &host);
    ensure!(run(&browser, &again, vec![]).await? == json!(true), "a better address helps nothing");
    Ok(())
}

async fn keeps_nobody_out(browser: Browser) -> Result<()> {
    let (_served, host) = host().await?;
    open(&browser, &host, &BEFORE.replace("<link rel=\"stylesheet\" href=\"/school.css\">", "")).await?;
    ready(&browser, &["one", "two"]).await?;
    for screen in [Screen::DESKTOP, Screen::TABLET, Screen::SMALL_PHONE] {
        browser.use_screen(screen).await?;
        browser.whole_screenshot(&format!("element-{}", screen.width)).await?;
        browser.expect_accessible(&format!("{} px", screen.width)).await?;
        let wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        let too_wide = run(&browser, wide, Vec::new()).await?;
        ensure!(too_wide == json!(0), "at {} px the page is {too_wide} px too wide", screen.width);
    }
    browser.expect_quiet_console().await
}

//! The journeys on the page.

use std::process::ExitCode;

use anyhow::{Result, ensure};
use fantoccini::key::Key;
use journeys::{Browser, Screen, Site, Suite, data_folder};
use serde_json::json;

fn main() -> ExitCode {
    Suite::default()
        .journey("the page loads without an error", the_page_loads_without_an_error)
        .journey("the page computes the same bits as training", the_page_computes_the_same_bits)
        .journey("a changed score moves the estimate", a_changed_score_moves_the_estimate)
        .journey("an unusable score is explained and changes nothing", an_unusable_score_is_explained)
        .journey("the form is used with the keyboard alone", the_form_is_used_with_the_keyboard)
        .journey("a form that is higher than the window can be reached to its end", the_form_can_be_reached_to_its_end)
        .journey("an estimate needs no network once the page is loaded", an_estimate_needs_no_network)
        .journey("the page works over TLS and HTTP/2", the_page_works_over_tls)
        .journey("a broken artifact is explained", a_broken_artifact_is_explained)
        .journey("files of two runs are explained", files_of_two_runs_are_explained)
        .journey("a missing artifact is explained and can be tried again", a_missing_artifact_can_be_tried_again)
        .journey("a missing program is explained", a_missing_program_is_explained)
        .journey_with_data("a page trained on student-mat.csv asks for its 32 inputs", a_page_trained_on_other_data)
        .run()
}

async fn the_page_loads_without_an_error(browser: Browser) -> Result<()> {
    let site = Site::built()?.serve().await?;
    browser.open(site.address()).await?;
    browser.css("main").await?;
    for (name, screen) in [("desktop", Screen::DESKTOP), ("phone", Screen::PHONE), ("small-phone", Screen::SMALL_PHONE)]
    {
        browser.use_screen(screen).await?;
        for scheme in ["light", "dark"] {
            browser.prefer(&[("prefers-color-scheme", scheme)]).await?;
            browser.whole_screenshot(&format!("page-{name}-{scheme}")).await?;
        }
    }
    browser.expect_quiet_console().await
}

async fn the_page_computes_the_same_bits(browser: Browser) -> Result<()> {
    let site = Site::built_in("any/folder")?.serve().await?;
    browser.open(site.address()).await?;
    browser.text_of("self-test", |text| text.contains("16 of 16 reference records give exactly")).await?;
    browser.expect_quiet_console().await
}

async fn a_changed_score_moves_the_estimate(browser: Browser) -> Result<()> {
    let site = Site::built()?.serve().await?;
    browser.open(site.address()).await?;
    let before = browser.text_of("estimate", |text| text.parse::<u32>().is_ok()).await?;
    enter(&browser, "95").await?;
    let after = browser.text_of("estimate", |text| text != before).await?;
    ensure!(after.parse::<u32>()? > before.parse::<u32>()?, "{after} is not above {before}");
    // A blank is imputed with the median, the form's initial value.
    enter(&browser, "").await?;
    browser.text_of("estimate", |text| text == before).await?;
    browser.expect_quiet_console().await
}

async fn an_unusable_score_is_explained(browser: Browser) -> Result<()> {
    let site = Site::built()?.serve().await?;
    browser.open(site.address()).await?;
    let before = browser.text_of("estimate", |text| text.parse::<u32>().is_ok()).await?;
    let field = browser.css("#student input[inputmode=decimal]").await?;
    browser.fill(&field, "95").await?;
    let valid = browser.text_of("estimate", |text| text != before).await?;
    browser.fill(&field, "-").await?;
    let state = "const field = document.activeElement; const note = field.getAttribute('aria-describedby').split(' ') \
                 .map((id) => document.getElementById(id)?.textContent).join(' '); \
                 return [field.value === '-', field.getAttribute('aria-invalid'), note]";
    browser
        .eventually("an explanation beside the field", || async {
            let state = browser.run(state, Vec::new()).await?;
            let is_told = state[0] == json!(true)
                && state[1] == json!("true")
                && state[2].as_str().is_some_and(|note| note.contains("not a number"));
            Ok(is_told.then_some(()))
        })
        .await?;
    // The estimate still uses the last valid value, and the typed text stays.
    let after = browser.text_of("estimate", |_| true).await?;
    ensure!(after == valid, "{after} instead of {valid}");
    browser.expect_quiet_console().await
}

/// Types into the last number field of the form.
async fn enter(browser: &Browser, text: &str) -> Result<()> {
    let script = "const fields = document.querySelectorAll('#student input[inputmode=decimal]'); \
                  const field = fields[fields.length - 1]; field.value = arguments[0]; \
                  field.dispatchEvent(new Event('input', { bubbles: true }));";
    browser.run(script, vec![json!(text)]).await.map(drop)
}

async fn the_form_is_used_with_the_keyboard(browser: Browser) -> Result<()> {
    let site = Site::built()?.serve().await?;
    browser.open(site.address()).await?;
    let before = browser.text_of("estimate", |text| text.parse::<u32>().is_ok()).await?;
    let mut reached = Vec::new();
    while !reached.contains(&"Writing score".to_owned()) {
        ensure!(reached.len() < 30, "the writing score is not reached by Tab, only {reached:?}");
        browser.press(Key::Tab).await?;
        let (role, name) = browser.focused().await?;
        ensure!(focus_is_visible(&browser).await?, "nobody can see that {role} {name:?} has the focus");
        reached.push(name);
    }
    for label in ["Gender", "Lunch", "Reading score, slider", "Reading score", "Writing score, slider"] {
        ensure!(reached.iter().any(|name| name == label), "{label:?} is not among {reached:?}");
    }
    for _ in 0..15 {
        browser.press(Key::Up).await?;
    }
    let after = browser.text_of("estimate", |text| text != before).await?;
    ensure!(after.parse::<u32>()? > before.parse::<u32>()?, "{after} is not above {before}");
    browser.screenshot("keyboard").await?;
    browser.press_with(&[Key::Shift], Key::Tab).await?;
    let (role, name) = browser.focused().await?;
    ensure!(
        (role.as_str(), name.as_str()) == ("slider", "Writing score, slider"),
        "Shift+Tab leads to {role} {name:?}"
    );
    for _ in 0..30 {
        browser.press(Key::Left).await?;
    }
    let lower = browser.text_of("estimate", |text| text != after).await?;
    ensure!(lower.parse::<u32>()? < before.parse::<u32>()?, "{lower} is not below {before}");
    browser.expect_quiet_console().await
}

/// Whether the focused element has a visible outline.
async fn focus_is_visible(browser: &Browser) -> Result<bool> {
    let script = "const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement); \
                  return outlineStyle !== 'none' && parseFloat(outlineWidth) > 0";
    Ok(browser.run(script, Vec::new()).await? == json!(true))
}

async fn an_estimate_needs_no_network(browser: Browser) -> Result<()> {
    let site = Site::built()?.serve().await?;
    browser.open(site.address()).await?;
    let before = browser.text_of("estimate", |text| text.parse::<u32>().is_ok()).await?;
    // Stop the server.
    drop(site);
    enter(&browser, "95").await?;
    browser.text_of("estimate", |text| text != before).await?;
    browser.expect_quiet_console().await
}

async fn the_page_works_over_tls(browser: Browser) -> Result<()> {
    browser.trust_any_certificate().await?;
    let site = Site::built_in("any/folder")?.serve_tls()?;
    browser.open(site.address()).await?;
    browser.text_of("self-test", |text| text.contains("16 of 16 reference records give exactly")).await?;
    let before = browser.text_of("estimate", |text| text.parse::<u32>().is_ok()).await?;
    enter(&browser, "95").await?;
    browser.text_of("estimate", |text| text != before).await?;
    let script = "return ['navigation', 'resource'].flatMap((kind) => performance.getEntriesByType(kind)) \
                  .filter((entry) => entry.name.startsWith('https:')).map((entry) => entry.nextHopProtocol)";
    let protocols = browser.run(script, Vec::new()).await?;
    let protocols = protocols.as_array().cloned().unwrap_or_default();
    let is_http2 = protocols.len() > 5 && protocols.iter().all(|protocol| *protocol == json!("h2"));
    ensure!(is_http2, "the page came by {protocols:?}");
    browser.expect_quiet_console().await
}

async fn a_broken_artifact_is_explained(browser: Browser) -> Result<()> {
    type Breaking = fn(&Site) -> Result<()>;
    let cases: [(Breaking, &str); 4] = [
        (|site| site.cut_off("artifacts/model.json"), "model.json is incomplete"),
        (|site| site.cut_off("artifacts/report.json"), "report.json is incomplete"),
        (
            |site| site.edit("artifacts/preprocessor.json", |text| text.replacen("Math score", "Maths score", 1)),
            "preprocessor.json was changed after it was written",
        ),
        (
            |site| site.edit("artifacts/model.json", |text| text.replacen("\"format\":1", "\"format\":2", 1)),
            "model.json was written by a newer version",
        ),
    ];
    for (spoil, said) in cases {
        let site = Site::built()?;
        spoil(&site)?;
        let site = site.serve().await?;
        browser.open(site.address()).await?;
        wait_for(&browser, said).await?;
    }
    Ok(())
}

async fn files_of_two_runs_are_explained(browser: Browser) -> Result<()> {
    let site = Site::built()?;
    let model = site.read("artifacts/model.json")?;
    site.train(&site.root().join("sample.csv"), "math_score", &["--seed", "7"])?;
    site.replace("artifacts/model.json", model)?;
    let site = site.serve().await?;
    browser.open(site.address()).await?;
    wait_for(&browser, "preprocessor.json and model.json do not belong together").await
}

async fn a_missing_artifact_can_be_tried_again(browser: Browser) -> Result<()> {
    let site = Site::built()?;
    let model = site.read("artifacts/model.json")?;
    site.remove("artifacts/model.json")?;
    let site = site.serve().await?;
    browser.open(site.address()).await?;
    wait_for(&browser, "model.json could not be fetched: the server answered 404").await?;
    browser.role("button", "Try again").await?.click().await?;
    // The button has another name until the second attempt has failed, too.
    let again = browser.role("button", "Try again").await?;
    std::fs::write(site.site().root().join("artifacts/model.json"), model)?;
    again.click().await?;
    browser.text_of("estimate", |text| text.parse::<u32>().is_ok()).await.map(drop)
}

async fn a_missing_program_is_explained(browser: Browser) -> Result<()> {
    let site = Site::built()?;
    site.remove("web_bg.wasm")?;
    let site = site.serve().await?;
    browser.open(site.address()).await?;
    wait_for(&browser, "web_bg.wasm could not be fetched: the server answered 404").await?;
    browser.role("button", "Try again").await.map(drop)
}

/// On a small laptop the form stays beside the panels and sticks at its end, once scrolled to, rather than at its
/// start.
async fn the_form_can_be_reached_to_its_end(browser: Browser) -> Result<()> {
    let site = Site::built()?.serve().await?;
    browser.client().set_window_size(1366, 700).await?;
    browser.open(site.address()).await?;
    browser.text_of("self-test", |text| text.contains("16 of 16")).await?;
    let script = "scrollTo({ top: 1500, behavior: 'instant' });
        const end = document.getElementById('copied').getBoundingClientRect();
        const start = document.querySelector('.student').getBoundingClientRect();
        return [innerHeight, end.bottom, start.top, document.documentElement.scrollHeight];";
    let wait = async || {
        let found = browser.run(script, Vec::new()).await?;
        let [window, end, start, page] = [0, 1, 2, 3].map(|place| found[place].as_f64().unwrap_or(f64::NAN));
        ensure!(page > 1500.0 + 2.0 * window, "the panels are not long enough to tell: {page}");
        Ok((end < window && start < 0.0).then_some(()))
    };
    browser.eventually("the form's end in the window", wait).await
}

/// Waits until the page contains a text, ignoring case.
async fn wait_for(browser: &Browser, said: &str) -> Result<()> {
    let script = "return document.body.innerText";
    browser
        .eventually(said, || async {
            let text = browser.run(script, Vec::new()).await?;
            let text = text.as_str().unwrap_or_default().to_lowercase();
            Ok(text.contains(&said.to_lowercase()).then_some(()))
        })
        .await
}

async fn a_page_trained_on_other_data(browser: Browser) -> Result<()> {
    let site = Site::built()?;
    let data = data_folder().unwrap_or_default().join("student-mat.csv");
    site.train(&data, "G3", &["--min-r2", "0"])?;
    let site = site.serve().await?;
    browser.open(site.address()).await?;
    browser.text_of("estimate", |text| text.parse::<f64>().is_ok()).await?;
    let script = "return document.querySelectorAll('#student select, #student input[inputmode=decimal]').length";
    let n_fields = browser.run(script, Vec::new()).await?;
    ensure!(n_fields == json!(32), "the form has {n_fields} fields, not 32");
    browser.expect_quiet_console().await
}

//! The journeys on the page.

use std::process::ExitCode;

use anyhow::{Result, ensure};
use journeys::{Browser, Screen, Site, Suite, data_folder};
use serde_json::json;

fn main() -> ExitCode {
    Suite::default()
        .journey("the page loads without an error", the_page_loads_without_an_error)
        .journey("the page computes the same bits as training", the_page_computes_the_same_bits)
        .journey("a changed score moves the estimate and an unusable one does not", a_changed_score_moves_the_estimate)
        .journey("a broken artifact is explained", a_broken_artifact_is_explained)
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
    browser.text_of("self-test", |text| text.contains("64 of 64 golden records give the same bits")).await?;
    browser.expect_quiet_console().await
}

async fn a_changed_score_moves_the_estimate(browser: Browser) -> Result<()> {
    let site = Site::built()?.serve().await?;
    browser.open(site.address()).await?;
    let before = browser.text_of("estimate", |text| text.parse::<u32>().is_ok()).await?;
    enter(&browser, "95").await?;
    let after = browser.text_of("estimate", |text| text != before).await?;
    ensure!(after.parse::<u32>()? > before.parse::<u32>()?, "{after} is not above {before}");
    // A blank is imputed with the median, which is where the form started.
    enter(&browser, "").await?;
    browser.text_of("estimate", |text| text == before).await?;
    browser.expect_quiet_console().await
}

/// Writes into the last number field of the form, as typing does.
async fn enter(browser: &Browser, text: &str) -> Result<()> {
    let script = "const fields = document.querySelectorAll('input[type=number]'); \
                  const field = fields[fields.length - 1]; field.value = arguments[0]; \
                  field.dispatchEvent(new Event('input', { bubbles: true }));";
    browser.run(script, vec![json!(text)]).await.map(drop)
}

async fn a_broken_artifact_is_explained(browser: Browser) -> Result<()> {
    for (file, is_cut, said) in [
        ("artifacts/model.json", true, "model.json is incomplete"),
        ("artifacts/preprocessor.json", false, "preprocessor.json was changed after it was written"),
    ] {
        let site = Site::built()?;
        if is_cut {
            site.cut_off(file)?;
        } else {
            site.edit(file, |text| text.replacen("Math score", "Maths score", 1))?;
        }
        let site = site.serve().await?;
        browser.open(site.address()).await?;
        let script = "return document.querySelector('main').innerText";
        browser
            .eventually(said, || async {
                let text = browser.run(script, Vec::new()).await?;
                let text = text.as_str().unwrap_or_default().to_lowercase();
                Ok(text.contains(&said.to_lowercase()).then_some(()))
            })
            .await?;
    }
    Ok(())
}

async fn a_page_trained_on_other_data(browser: Browser) -> Result<()> {
    let site = Site::built()?;
    let data = data_folder().unwrap_or_default().join("student-mat.csv");
    site.train(&data, "G3", &["--min-r2", "0"])?;
    let site = site.serve().await?;
    browser.open(site.address()).await?;
    browser.text_of("estimate", |text| text.parse::<f64>().is_ok()).await?;
    let script = "return document.querySelectorAll('form select, main select, main input[type=number]').length";
    let n_fields = browser.run(script, Vec::new()).await?;
    ensure!(n_fields == json!(32), "the form has {n_fields} fields, not 32");
    browser.expect_quiet_console().await
}

//! A page requests a file that the host has removed, as after an upgrade: it shows why there is no estimate.

use std::fs;

use anyhow::{Context, Result, ensure};
use journeys::{Browser, Origin, Site};
use serde_json::json;

use super::{SCRIPT, run, until};

/// Fallback content of the element, shown if the script cannot be loaded.
const FALLBACK: &str = "The estimate could not be loaded.";

/// Opens a page whose element's host lacks one file; returns the file's name.
async fn open_without(browser: &Browser, start: &str, kind: &str) -> Result<String> {
    let site = Site::built()?;
    let mut names = Vec::new();
    for entry in fs::read_dir(site.root().join("v1"))? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    let is_it =
        |name: &&String| name.starts_with(start) && name.ends_with(kind) && name.len() == start.len() + 16 + kind.len();
    let gone = names.iter().find(is_it).with_context(|| format!("the site has no v1/{start}…{kind}"))?.clone();
    site.remove(&format!("v1/{gone}"))?;
    // Kept until the test program ends, like its server.
    let folder = tempfile::tempdir()?.keep();
    fs::rename(site.root(), folder.join("site"))?;
    let host = Origin::default().header("Access-Control-Allow-Origin", "*").folder(folder.join("site")).serve()?;
    let page = format!(
        r#"<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,"><title>Gone</title>
        <script src="/school.js"></script><script type="module" src="{host}/v1/scorecast.js"></script>
        <scorecast-predictor id="one" src="{host}/artifacts/">{FALLBACK}</scorecast-predictor></html>"#
    );
    let school = Origin::default().page("/index.html", page).page("/school.js", SCRIPT).serve()?;
    browser.open(&format!("{school}/index.html")).await?;
    Ok(gone)
}

pub(super) async fn shows_that_a_file_is_gone(browser: Browser) -> Result<()> {
    for (start, kind, code) in [("scorecast-", ".wasm", "wasm-failed"), ("scorecast-en-", ".json", "fetch-failed")] {
        let gone = open_without(&browser, start, kind).await?;
        let script = "const [, , detail] = events.find(([type]) => type === 'error') ?? []; return detail && [detail.code, detail.file]";
        let found = until(&browser, script).await?;
        ensure!(found == json!([code, gone]), "{found}");
        let shown = "const alert = el('one').shadowRoot.querySelector('[role=alert]');
            return alert?.checkVisibility() && alert.textContent";
        let text = until(&browser, shown).await?;
        ensure!(text.as_str().is_some_and(|text| text.contains(&gone)), "{text}");
    }
    Ok(())
}

pub(super) async fn leaves_the_pages_own_words(browser: Browser) -> Result<()> {
    open_without(&browser, "scorecast-", ".js").await?;
    let seen = "const range = document.createRange(); range.selectNodeContents(el('one'));
        return range.getBoundingClientRect().width > 0 && el('one').textContent";
    let found = run(&browser, seen, vec![]).await?;
    ensure!(found == json!(FALLBACK), "{found}");
    ensure!(
        run(&browser, "return customElements.get('scorecast-predictor') === undefined", vec![]).await? == json!(true)
    );
    Ok(())
}

//! The element where the place around it decides: its width, the focus, forms, another document; and its record, which is
//! the page's as well.

use anyhow::{Context, Result, ensure};
use journeys::Browser;
use serde_json::json;

use super::{BEFORE, host, open, ready, run, until};

const PLACES: &str = r#"<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,">
<title>A school</title><script type="module" src="HOST/scorecast.js"></script><script type="module" src="/school.js"></script>
<main><h1>A school</h1><div id="row"></div><dialog open id="dialog"></dialog><table><tr><td id="cell"></td></tr></table>
<label for="one" id="label">Estimate</label><form><scorecast-predictor id="one" name="estimate" required src="HOST/artifacts/"
></scorecast-predictor></form><form><scorecast-predictor id="none" name="none" required src="HOST/nothing/"></scorecast-predictor>
</form><iframe id="frame" title="another document" srcdoc="<p>"></iframe></main></html>"#;

pub(super) async fn takes_its_place(browser: Browser) -> Result<()> {
    let (_served, host) = host().await?;
    open(&browser, &host, PLACES).await?;
    ready(&browser, &["one"]).await?;
    // Set from here: the policy allows no styles in markup.
    let script = "el('row').style.display = 'flex'; return ['row', 'dialog', 'cell'].map((id) => {
        const place = el(id); place.append(el('one')); const { width } = el('one').getBoundingClientRect(); return width })";
    let widths = run(&browser, script, vec![]).await?;
    for width in widths.as_array().context("widths")? {
        ensure!(width.as_f64().is_some_and(|width| width > 300.0), "{widths}");
    }
    ready(&browser, &["one"]).await?;
    let focused = "return el('one').shadowRoot.activeElement?.id ?? ''";
    run(&browser, "el('one').focus()", vec![]).await?;
    ensure!(run(&browser, focused, vec![]).await? == json!("field-0"), "focus() does not reach the first field");
    run(&browser, "document.activeElement.blur(); el('label').click()", vec![]).await?;
    ensure!(
        run(&browser, focused, vec![]).await? == json!("field-0"),
        "a press on the label does not reach the first field"
    );
    // A form that isn't sent says why.
    until(&browser, "return events.some(([type, id]) => type === 'error' && id === 'none')").await?;
    let refused =
        "el('none').form.reportValidity(); return el('none').shadowRoot.querySelector('.invalid')?.textContent";
    ensure!(
        run(&browser, refused, vec![]).await? == json!("There is no estimate yet."),
        "nothing says why the form stays"
    );
    let adopted = "const one = el('one'), inner = el('frame').contentDocument; inner.body.append(one);
        return one.shadowRoot.adoptedStyleSheets.length === 1 && one.ownerDocument === inner";
    ensure!(run(&browser, adopted, vec![]).await? == json!(true), "in another document it has no styles");
    Ok(())
}

pub(super) async fn keeps_its_record(browser: Browser) -> Result<()> {
    let (_served, host) = host().await?;
    open(&browser, &host, BEFORE).await?;
    ready(&browser, &["one"]).await?;
    let script = "const { record } = el('one').prediction; record.reading_score = 100; el('one').record = record;
        await new Promise((done) => setTimeout(done, 50));
        return [el('one').record.reading_score, el('one').shadowRoot.querySelector('[id=field-5]').value]";
    let found = run(&browser, script, vec![]).await?;
    ensure!(found == json!([100, "100"]), "{found}");
    browser.expect_quiet_console().await
}

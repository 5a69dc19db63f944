//! How the element adapts to its surroundings: width, focus, forms, other documents; and its record, which it shares
//! with the page.

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
    // Set by script: the policy allows no inline styles.
    let script = "el('row').style.display = 'flex'; return ['row', 'dialog', 'cell'].map((id) => {
        const place = el(id); place.append(el('one')); const { width } = el('one').getBoundingClientRect(); return width })";
    let widths = run(&browser, script, vec![]).await?;
    for width in widths.as_array().context("widths")? {
        ensure!(width.as_f64().is_some_and(|width| width > 300.0), "{widths}");
    }
    let loose = "const row = el('row'); row.append(el('one')); const found = [];
        for (const [name, value] of [['display', 'inline-block'], ['float', 'left'], ['position', 'absolute'], ['display', 'inline-grid']]) {
          row.removeAttribute('style'); row.style[name] = value; found.push(el('one').getBoundingClientRect().width) }
        row.removeAttribute('style'); row.popover = 'manual'; row.showPopover(); found.push(el('one').getBoundingClientRect().width);
        row.hidePopover(); row.removeAttribute('popover'); return found";
    let widths = run(&browser, loose, vec![]).await?;
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
    // A form that is not sent shows the reason.
    until(&browser, "return events.some(([type, id]) => type === 'error' && id === 'none')").await?;
    let refused =
        "el('none').form.reportValidity(); return el('none').shadowRoot.querySelector('.invalid')?.textContent";
    ensure!(
        run(&browser, refused, vec![]).await? == json!("There is no estimate yet."),
        "nothing says why the form stays"
    );
    run(&browser, "el('none').lang = 'es'", vec![]).await?;
    until(&browser, "return el('none').validationMessage === 'Todavía no hay ninguna estimación.'").await?;
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

const RIGHT_TO_LEFT: &str = r#"<!doctype html><html lang="he" dir="rtl"><meta charset="utf-8"><link rel="icon" href="data:,">
<title>בית ספר</title><script type="module" src="HOST/scorecast.js"></script><script type="module" src="/school.js"></script>
<main><h1>בית ספר</h1><scorecast-predictor id="one" src="HOST/artifacts/" panels="student estimate why what-if goal"
 record='{"reading_score": 64}'></scorecast-predictor></main></html>"#;

/// Its text, numbers, signs and axes run from left to right, whatever the page's direction.
pub(super) async fn reads_from_left_to_right(browser: Browser) -> Result<()> {
    let (_served, host) = host().await?;
    open(&browser, &host, RIGHT_TO_LEFT).await?;
    ready(&browser, &["one"]).await?;
    let script = "const app = el('one').shadowRoot.querySelector('.app'), inside = (selector) => app.querySelector(selector);
        const { left, right } = inside('.curves .ends').getBoundingClientRect(), [low, high] = inside('.curves .ends').children;
        return [getComputedStyle(app).direction, getComputedStyle(inside('#why')).direction, app.lang,
          low.getBoundingClientRect().left - left < 2, right - high.getBoundingClientRect().right < 2,
          Number(low.textContent) < Number(high.textContent), getComputedStyle(document.body).direction]";
    until(&browser, "return el('one').shadowRoot.querySelector('.curves .ends') !== null").await?;
    let found = run(&browser, script, vec![]).await?;
    ensure!(found == json!(["ltr", "ltr", "en", true, true, true, "rtl"]), "{found}");
    let outside = "const place = el('one').getBoundingClientRect(), app = el('one').shadowRoot.querySelector('.app');
        return [app.getBoundingClientRect().width === place.width, document.documentElement.scrollWidth <= innerWidth]";
    ensure!(run(&browser, outside, vec![]).await? == json!([true, true]), "it does not keep to its place");
    browser.whole_screenshot("element-right-to-left").await?;
    browser.expect_quiet_console().await
}

/// The browser's font size applies, not the one set by the page's styles.
pub(super) async fn hears_the_readers_font_size(browser: Browser) -> Result<()> {
    let (_served, host) = host().await?;
    let size = "return getComputedStyle(el('one').shadowRoot.querySelector('#why .hint, #why li')).fontSize + ' '
        + getComputedStyle(el('one').shadowRoot.querySelector('.app')).fontSize";
    for (standard, expected) in [(16, "16px"), (24, "24px")] {
        browser.devtools("Page.setFontSizes", json!({ "fontSizes": { "standard": standard } })).await?;
        open(&browser, &host, BEFORE).await?;
        ready(&browser, &["one"]).await?;
        let found = run(&browser, size, vec![]).await?;
        let found = found.as_str().context("sizes")?;
        ensure!(found.ends_with(expected), "at {standard} px the element has {found}");
    }
    let own = "el('one').style.setProperty('--scorecast-font-size', '20px');
        return getComputedStyle(el('one').shadowRoot.querySelector('.app')).fontSize";
    ensure!(run(&browser, own, vec![]).await? == json!("20px"), "the page's own size does not count");
    browser.expect_quiet_console().await
}

/// Settings can be changed later: the focus and the input stay, and readiness is announced only once.
pub(super) async fn settings_may_change(browser: Browser) -> Result<()> {
    let (_served, host) = host().await?;
    open(&browser, &host, BEFORE).await?;
    ready(&browser, &["one"]).await?;
    let script = "const one = el('one'), field = () => one.shadowRoot.querySelector('[id=field-5]'), found = [];
        field().focus(); field().value = '81'; field().dispatchEvent(new Event('input', { bubbles: true }));
        const settle = async (wanted) => { for (let n = 0; n < 100 && !wanted(); n += 1) await new Promise((done) => setTimeout(done, 20)) };
        const look = (name) => found.push([name, one.shadowRoot.activeElement?.id ?? '', field()?.value ?? '']);
        const before = field();
        one.theme = 'dark'; one.level = 80; one.required = false; one.name = 'other';
        await new Promise((done) => setTimeout(done, 100)); look('repainted'); found.push(before === field());
        let bare = 0; const watch = new MutationObserver(() => { bare += field() === null ? 1 : 0 });
        watch.observe(one.shadowRoot, { childList: true, subtree: true });
        one.panels = 'estimate student'; await settle(() => one.shadowRoot.querySelector('#why') === null); look('panels');
        one.lang = 'es'; await settle(() => one.shadowRoot.querySelector('.app').lang === 'es'); look('lang');
        one.readonly = true; await settle(() => field().disabled); one.readonly = false; await settle(() => !field().disabled);
        return [found, bare, events.filter(([type, id]) => type === 'ready' && id === 'one').length]";
    let found = run(&browser, script, vec![]).await?;
    let kept = |name: &str| json!([name, "field-5", "81"]);
    ensure!(found == json!([[kept("repainted"), true, kept("panels"), kept("lang")], 0, 1]), "{found}");
    browser.expect_quiet_console().await
}

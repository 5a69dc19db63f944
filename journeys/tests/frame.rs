//! The predictor in an iframe of a third-party page, with the documented sandbox.

use std::{fs, process::ExitCode};

use anyhow::{Context, Result, ensure};
use journeys::{Browser, Origin, Site, Suite};
use serde_json::{Value, json};

const PAGE: &str = r#"<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,"><title>A school</title>
<body><script src="/school.js"></script>
<iframe id="frame" title="Estimate" sandbox="SANDBOX"
 src="HOSTembed.html?origin=ORIGIN&panels=student%20estimate%20goal&level=80&record=%7B%22reading_score%22%3A64%7D"></iframe>
</html>"#;

const SCRIPT: &str = "window.heard = []; addEventListener('message', ({ data, origin, source }) => {
  const frame = document.querySelector('iframe'); if (source !== frame.contentWindow) return;
  heard.push([data.type, origin, data]); if (data.type === 'scorecast-height') frame.height = data.height;
});";

fn main() -> ExitCode {
    Suite::default()
        .journey("a frame tells its prediction and height to the page that it names, and takes its record", talks)
        .journey("a frame says nothing to a page that it does not name, and hears nothing from it", keeps_to_itself)
        .journey("the frame of the documentation works as it stands there", works_as_documented)
        .run()
}

async fn open(browser: &Browser, host: &str, sandbox: &str, origin: Option<&str>) -> Result<String> {
    let page = PAGE.replace("HOST", host).replace("SANDBOX", sandbox);
    let policy = format!("default-src 'none'; script-src 'self'; frame-src {host}; img-src data:");
    // The address is known only once it is served: the page reads it from its location.
    let page = page.replace("ORIGIN", origin.unwrap_or("OWN"));
    let (before, after) = page.split_once("<iframe").unwrap_or((&page, ""));
    let script = format!(
        "{SCRIPT} document.currentScript.after(Object.assign(document.createElement('template'), \
        {{ innerHTML: `<iframe{}`.replace('OWN', location.origin) }}).content);",
        after.replace("</html>", "")
    );
    let school = Origin::default()
        .header("Content-Security-Policy", &policy)
        .page("/index.html", format!("{before}</html>"))
        .page("/school.js", script)
        .serve()?;
    browser.open(&format!("{school}/index.html")).await?;
    Ok(school)
}

async fn heard(browser: &Browser, condition: &str) -> Result<Value> {
    let script = format!("return heard.findLast(([type, origin, data]) => {condition}) ?? null");
    browser
        .eventually(&format!("a message with {condition}"), async || {
            let found = browser.run(&script, Vec::new()).await?;
            Ok((!found.is_null()).then_some(found))
        })
        .await
}

async fn talks(browser: Browser) -> Result<()> {
    let served = Site::built()?.serve().await?;
    open(&browser, served.address(), "allow-scripts allow-forms", None).await?;
    let first = heard(&browser, "type === 'scorecast-prediction'").await?;
    ensure!(first[1] == json!("null"), "the sandbox gives it an origin: {}", first[1]);
    ensure!(first[2]["record"]["reading_score"] == json!(64) && first[2]["interval"]["level"] == json!(80), "{first}");
    // The height may change while the page fills: the last message counts.
    let fits = "const last = heard.filter(([type]) => type === 'scorecast-height').at(-1)?.[2].height; \
                return last > 300 && document.querySelector('iframe').clientHeight === last";
    let wait = async || Ok((browser.run(fits, Vec::new()).await? == json!(true)).then_some(()));
    browser.eventually("a frame as high as it asks to be", wait).await?;

    let send = "document.querySelector('iframe').contentWindow.postMessage(arguments[0], '*')";
    browser.run(send, vec![json!({ "type": "scorecast-record", "record": { "reading_score": 90 } })]).await?;
    let second = heard(&browser, "type === 'scorecast-prediction' && data.record.reading_score === 90").await?;
    ensure!(second[2]["value"] != first[2]["value"], "{second}");
    browser.run(send, vec![json!({ "type": "scorecast-record", "record": { "shoe_size": 42 } })]).await?;
    let error = heard(&browser, "type === 'scorecast-error'").await?;
    ensure!(error[2]["code"] == json!("unknown-column") && error[2]["field"] == json!("shoe_size"), "{error}");
    browser.screenshot("frame").await?;
    browser.expect_quiet_console().await
}

async fn works_as_documented(browser: Browser) -> Result<()> {
    let served = Site::built()?.serve().await?;
    let docs = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/embedding.md"))?;
    let (_, docs) = docs.split_once("## The frame").context("the documentation has a part on the frame")?;
    let block = |kind: &str| docs.split_once(&format!("```{kind}\n"))?.1.split_once("```").map(|(block, _)| block);
    let (frame, script) = (block("html").context("a frame")?, block("js").context("a script")?);
    let page = r#"<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,"><title>A school</title>
        <body><script src="/school.js"></script></html>"#;
    let frame = json!(frame.replace("https://HOST/", served.address()));
    let script = format!(
        "document.body.innerHTML = {frame}.replace('https://school.example', location.origin); {{ {script} }}
        window.shown = []; addEventListener('message', ({{ data }}) => shown.push(data.record?.reading_score));"
    );
    let school = Origin::default().page("/index.html", page).page("/school.js", script).serve()?;
    browser.open(&format!("{school}/index.html")).await?;
    let last = "return shown.includes(72) && document.querySelector('iframe').clientHeight > 300";
    browser.holds("the record that the page has sent", last).await?;
    browser.expect_quiet_console().await
}

async fn keeps_to_itself(browser: Browser) -> Result<()> {
    let served = Site::built()?.serve().await?;
    // With an origin the driver can inspect the frame; the page still cannot.
    open(&browser, served.address(), "allow-scripts allow-same-origin", Some("https://another.example")).await?;
    browser.css("iframe").await?.enter_frame().await?;
    let estimate = "return document.querySelector('scorecast-predictor')?.prediction?.record.reading_score ?? null";
    let wait = async || Ok(browser.run(estimate, Vec::new()).await?.as_f64());
    ensure!(browser.eventually("the estimate", wait).await? == 64.0, "another record");
    browser.client().clone().enter_parent_frame().await?;
    let send =
        "document.querySelector('iframe').contentWindow.postMessage({ type: 'scorecast-record', record: null }, '*');
        return heard.length";
    ensure!(browser.run(send, Vec::new()).await? == json!(0), "the page heard what was not for it");
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    browser.css("iframe").await?.enter_frame().await?;
    ensure!(browser.run(estimate, Vec::new()).await?.as_f64() == Some(64.0), "the frame took a stranger's record");
    Ok(())
}

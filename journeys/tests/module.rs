//! The JavaScript module in a third-party page and worker: another origin, under a strict policy.

use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use journeys::{Browser, Origin, Site, Suite};
use serde_json::Value;

const PAGE: &str = r#"<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,">
<title>A school</title><p data-testid="page"></p><p data-testid="worker"></p>
<script type="module" src="/page.js"></script></html>"#;

const PAGE_SCRIPT: &str = r#"
import { estimate } from "/estimate.js";
const show = (id, text) => { document.querySelector(`[data-testid=${id}]`).textContent = text; };
estimate().then((text) => show("page", text), (error) => show("page", `${error.code} ${error.file}`));
const worker = new Worker("/worker.js", { type: "module" });
worker.onmessage = ({ data }) => show("worker", data);
worker.onerror = ({ message }) => show("worker", `failed: ${message}`);
"#;

const WORKER: &str = r#"
import { estimate } from "/estimate.js";
estimate().then(postMessage, (error) => postMessage(`${error.code} ${error.file}`));
"#;

/// One record in every supported form; all estimates must agree.
const ESTIMATE: &str = r#"
import { Predictor } from "HOST/v1/scorecast-core.js";
export async function estimate() {
  const predictor = await Predictor.load("HOST/artifacts");
  const record = RECORD;
  const names = Object.keys(record);
  const csv = `${names}\n${names.map((name) => record[name])}\n`;
  const values = [
    predictor.predict(record).value,
    (await predictor.predictCsv(new Response(csv).body)).values[0],
    predictor.predictMany(Object.fromEntries(predictor.schema.columns.map(({ name, values }) => [
      name,
      values ? Uint8Array.of(values.indexOf(record[name])) : Float64Array.of(record[name]),
    ])))[0],
  ];
  predictor.free();
  return values.join(" ");
}
"#;

fn main() -> ExitCode {
    Suite::default()
        .journey("the module works in a page and a worker of another origin under a strict policy", works_elsewhere)
        .journey("the module names what its host keeps to itself", names_what_is_kept)
        .run()
}

async fn works_elsewhere(browser: Browser) -> Result<()> {
    let site = Site::built()?;
    let report: Value = serde_json::from_str(&site.read("artifacts/report.json")?)?;
    let golden = report["golden"].as_array().into_iter().flatten().find(|golden| is_whole(&golden["record"]));
    let golden = golden.context("no golden record is without a blank")?;
    let host = Origin::default().header("Access-Control-Allow-Origin", "*").folder(site.root()).serve()?;
    let school = school(&host, &golden["record"].to_string()).serve()?;
    browser.open(&format!("{school}/index.html")).await?;
    let value = golden["value"].as_f64().context("a golden value is a number")?;
    for place in ["page", "worker"] {
        let text = browser.text_of(place, |text| !text.is_empty()).await?;
        let found: Vec<f64> = text.split(' ').filter_map(|number| number.parse().ok()).collect();
        ensure!(found == [value; 3], "{place}: {text}, not {value}");
    }
    browser.expect_quiet_console().await
}

async fn names_what_is_kept(browser: Browser) -> Result<()> {
    let site = Site::built()?;
    site.remove("artifacts/model.json")?;
    let host = Origin::default().header("Access-Control-Allow-Origin", "*").folder(site.root()).serve()?;
    let school = school(&host, "{}").serve()?;
    browser.open(&format!("{school}/index.html")).await?;
    for place in ["page", "worker"] {
        browser.text_of(place, |text| text == "fetch-failed model.json").await?;
    }
    Ok(())
}

/// A page whose policy allows only itself and the sources in docs/embedding.md.
fn school(host: &str, record: &str) -> Origin {
    let policy = format!(
        "default-src 'none'; script-src 'self' {host} 'wasm-unsafe-eval'; worker-src 'self' {host}; connect-src {host}; \
         img-src data:"
    );
    Origin::default()
        .header("Content-Security-Policy", &policy)
        .page("/index.html", PAGE)
        .page("/page.js", PAGE_SCRIPT)
        .page("/worker.js", WORKER)
        .page("/estimate.js", ESTIMATE.replace("HOST", host).replace("RECORD", record))
}

fn is_whole(record: &Value) -> bool {
    record.as_object().is_some_and(|record| record.values().all(|cell| !cell.is_null()))
}

//! Timings of the page: `cargo xtask bench page` reads the lines that start with `timing`.
//!
//! Only run if `SCORECAST_TIMINGS` is set: timings on a busy machine are meaningless.

use std::{env, fs, process::ExitCode};

use anyhow::{Context, Result};
use journeys::{Browser, Site, Suite};
use serde_json::json;

const N_LOADS: usize = 15;

fn main() -> ExitCode {
    if env::var_os("SCORECAST_TIMINGS").is_none() {
        return ExitCode::SUCCESS;
    }
    Suite::default()
        .in_chromium("first estimate", first_estimate)
        .in_chromium("keystroke", keystroke)
        .in_chromium("class", class)
        .run()
}

fn say(name: &str, mut values: Vec<f64>) {
    values.sort_by(f64::total_cmp);
    println!("timing {name} {} {}", values[values.len() / 2], values[values.len() - 1]);
}

/// The minimal page for these artifacts: a script that reads them and predicts the typical student.
const YARDSTICK: &str = r#"
const [{ schema }, { model }] = await Promise.all(
  ["preprocessor", "model"].map((name) => fetch(`./artifacts/${name}.json`).then((response) => response.json())),
);
const { intercept, coefficients } = model.linear;
const inputs = schema.columns.flatMap(({ kind: { numeric, categorical } }) =>
  numeric ? [0] : categorical.values.map((_, code) => (code === categorical.mode ? 1 : 0)));
const value = inputs.reduce((sum, input, place) => sum + input * coefficients[place], intercept);
document.querySelector("[data-testid=estimate]").textContent = value.toFixed(1);
"#;
const YARDSTICK_PAGE: &str = r#"<!doctype html><html lang="en"><meta charset="utf-8"><title>Yardstick</title>
<link rel="icon" href="data:,"><script src="./watch.js"></script><script type="module" src="./yardstick.js"></script>
<p>Estimate <b data-testid="estimate"></b></p></html>"#;
/// Prepended to `boot.js` and the yardstick's script: reports when there is an estimate, and closes the window.
const WATCH: &str = r#"new MutationObserver((_, observer) => {
  if (!document.querySelector("[data-testid=estimate]")?.textContent) return;
  observer.disconnect();
  requestAnimationFrame(() => setTimeout(() => {
    new BroadcastChannel("time").postMessage(performance.now());
    setTimeout(close, 1000);
  }));
}).observe(document, { childList: true, subtree: true, characterData: true });
"#;

/// From the navigation to the first frame with an estimate, with an empty cache; alternating with the yardstick, as the
/// machine's speed varies. In a separate window, as the driver traces all events in its own, which took as much time as
/// the page.
async fn first_estimate(browser: Browser) -> Result<()> {
    let site = Site::built()?;
    site.edit("boot.js", |text| format!("{WATCH}{text}"))?;
    for (name, text) in [("watch.js", WATCH), ("yardstick.js", YARDSTICK), ("yardstick.html", YARDSTICK_PAGE)] {
        fs::write(site.root().join(name), text)?;
    }
    fs::write(site.root().join("blank.html"), "<!doctype html><title>Blank</title><link rel=icon href=data:,>")?;
    let site = site.serve().await?;
    let (mut own, mut yardstick) = (Vec::new(), Vec::new());
    for _ in 0..N_LOADS {
        for (page, times) in [("", &mut own), ("yardstick.html", &mut yardstick)] {
            browser.open(&format!("{}blank.html", site.address())).await?;
            let everything = json!({ "origin": site.address(), "storageTypes": "all" });
            browser.devtools("Storage.clearDataForOrigin", everything).await?;
            browser.devtools("Network.clearBrowserCache", json!({})).await?;
            let script = "const [address] = arguments; return new Promise((done) => setTimeout(() => {
                new BroadcastChannel('time').onmessage = ({ data }) => setTimeout(done, 2000, data);
                open(address, '_blank', 'noopener');
            }, 1000))";
            let address = format!("{}{page}", site.address());
            times.push(browser.run(script, vec![json!(address)]).await?.as_f64().context("no time")?);
        }
    }
    say("first-estimate", own);
    say("yardstick", yardstick);
    Ok(())
}

/// The main thread's time for a keystroke, from the event to the paint, with 256 trees of depth 3: the mean of a
/// hundred, as counted by Chromium.
async fn keystroke(browser: Browser) -> Result<()> {
    let site = Site::built()?;
    let settings = site.root().join("trees.toml");
    fs::write(&settings, "n_estimators = 256\nmax_depth = 3\n")?;
    let settings = settings.display().to_string();
    let options = ["--no-search", "--families", "gradient-boosting", "--params", &settings, "--min-r2", "0"];
    site.train(&site.root().join("sample.csv"), "math_score", &options)?;
    let site = site.serve().await?;
    browser.open(site.address()).await?;
    browser.text_of("estimate", |text| text.parse::<f64>().is_ok()).await?;
    browser.devtools("Performance.enable", json!({})).await?;
    let busy = async || {
        let metrics = browser.devtools("Performance.getMetrics", json!({})).await?;
        let metrics = metrics["metrics"].as_array().context("no metrics")?;
        let busy = metrics.iter().find(|metric| metric["name"] == "TaskDuration").context("no time of tasks")?;
        anyhow::Ok(1000.0 * busy["value"].as_f64().context("no time")?)
    };
    let script = "const fields = document.querySelectorAll('#student input[inputmode=decimal]'); \
        const field = fields[fields.length - 1]; \
        for (let turn = 0; turn < 100; turn += 1) { \
            field.value = String(40 + turn % 50); \
            field.dispatchEvent(new Event('input', { bubbles: true })); \
            await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 20))); \
        }";
    let script = format!("return (async () => {{ {script} }})()");
    let mut times = Vec::new();
    for _ in 0..5 {
        let before = busy().await?;
        browser.run(&script, Vec::new()).await?;
        times.push((busy().await? - before) / 100.0);
    }
    say("keystroke", times);
    Ok(())
}

/// A class of 1,000,000 rows, from choosing the file to its table.
async fn class(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    let mut times = Vec::new();
    for _ in 0..3 {
        let time = browser.million_rows().await?[0].as_f64().context("no time")?;
        times.push(time);
    }
    say("class", times);
    Ok(())
}

//! Repeatedly removes the element from a page and inserts it again.

use std::{
    env,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use journeys::Browser;
use serde_json::{Value, json};

use super::{BEFORE, host, open, ready, run};

/// Number of cycles, and the maximal seconds with complete estimates: in the long test, and otherwise.
const LONG: (u64, f64) = (100_000, 15.0);
const SHORT: (u64, f64) = (20_000, 5.0);

pub(super) async fn leaks_nothing(browser: Browser) -> Result<()> {
    let (_served, host) = host().await?;
    open(&browser, &host, BEFORE).await?;
    ready(&browser, &["one", "two"]).await?;
    // Each round creates elements, waits for their estimates, moves one, and removes them.
    let script = "const [n, seconds] = arguments, end = performance.now() + 1000 * seconds; let cycles = 0;
        while (cycles < n && performance.now() < end) {
          const element = document.createElement('scorecast-predictor');
          element.src = el('one').src; events.length = 0;
          if (cycles % 100 === 0) element.panels = 'student estimate why what-if goal';
          for (let again = 0; again < 10; again += 1) {
            const estimate = new Promise((done) => element.addEventListener('scorecast-prediction', done, { once: true }));
            document.body.append(element); await estimate; element.remove(); await null; cycles += 1;
          }
        }
        return cycles";
    let memory = async || {
        browser.devtools("HeapProfiler.collectGarbage", json!({})).await?;
        browser.devtools("HeapProfiler.collectGarbage", json!({})).await?;
        let heap = browser.devtools("Runtime.getHeapUsage", json!({})).await?;
        let counters = browser.devtools("Memory.getDOMCounters", json!({})).await?;
        let program = run(&browser, "return program.exports.memory.buffer.byteLength", Vec::new()).await?;
        let number = |value: &Value| value.as_f64().context("a number");
        anyhow::Ok([
            number(&heap["usedSize"])?,
            number(&program)?,
            number(&counters["nodes"])?,
            number(&counters["jsEventListeners"])?,
        ])
    };
    // Each round removes an element at every stage of its first estimate, from before the start to when it shows, and
    // inserts it elsewhere at once, as frameworks do.
    let quick_script = "const [n] = arguments, places = [document.body, document.forms[0], el('two').parentNode];
        const turn = () => new Promise((done) => setTimeout(done)); let element, estimates = 0;
        for (let cycle = 0; cycle < n; cycle += 1) {
          if (cycle % 100 === 0) {
            element = document.createElement('scorecast-predictor'); element.src = el('one').src; events.length = 0;
            element.addEventListener('scorecast-prediction', () => { estimates += 1; });
          }
          places[cycle % 3].append(element);
          for (let wait = cycle % 100 % 9; wait > 0; wait -= 1) await null;
          if (cycle % 4 === 0) places[(cycle + 1) % 3].append(element);
          element.remove();
          if (cycle % 2 === 0) await null;
          if (cycle % 50 === 0) await turn();
        }
        // Let pending fetches finish.
        await new Promise((done) => setTimeout(done, 500));
        return estimates";
    browser.allow_scripts(Duration::from_secs(60)).await?;
    let first = run(&browser, script, vec![json!(500), json!(20)]).await?;
    run(&browser, quick_script, vec![json!(500)]).await?;
    let before = memory().await?;
    let (n_cycles, seconds) = if env::var_os("SCORECAST_LONG").is_some() { LONG } else { SHORT };
    browser.allow_scripts(Duration::from_secs_f64(seconds + 120.0)).await?;
    let cycles = run(&browser, script, vec![json!(n_cycles), json!(seconds)]).await?;
    let n = cycles.as_u64().context("cycles were counted")?;
    ensure!(n >= 100, "only {n} cycles in {seconds} s");
    let full = memory().await?;
    let start = Instant::now();
    let estimates = run(&browser, quick_script, vec![json!(n_cycles - n)]).await?;
    let took = start.elapsed().as_secs_f64();
    let after = memory().await?;
    println!(
        "{first}, {n} cycles with an estimate and {} quick ones ({estimates} estimates in {took:.1} s): {before:?}, {full:?}, \
         then {after:?} bytes here and in the program, nodes, listeners",
        n_cycles - n
    );
    let estimates = estimates.as_u64().context("estimates were counted")?;
    ensure!(estimates > 0 && estimates < (n_cycles - n) / 2, "the quick cycles made {estimates} estimates");
    for (n, after) in [(n, full), (n_cycles, after)] {
        // The heap size varies by some hundred kilobytes; the other counts are exact.
        ensure!(after[0] - before[0] < 600_000.0 && after[1] == before[1], "{n} cycles: {before:?}, then {after:?}");
        ensure!(after[2] - before[2] < 500.0 && after[3] - before[3] < 100.0, "{n} cycles: {before:?}, then {after:?}");
    }
    Ok(())
}

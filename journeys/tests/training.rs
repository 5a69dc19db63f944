//! The journeys on "Train your own".

use std::fs;
use std::io::{Cursor, Read};
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};
use journeys::{Browser, Site, Suite, data_folder, trainer};
use rust_xlsxwriter::Workbook;
use serde_json::json;
use zip::ZipArchive;

fn main() -> ExitCode {
    Suite::default()
        .journey("a model is trained, opened, read about and taken along", a_model_is_trained)
        .journey("a model is trained on a workbook", a_workbook_is_trained_on)
        .journey_with_data("a model of real grades is trained", real_grades_are_trained_on)
        .journey("training is cancelled within a second, and begun again", training_is_cancelled)
        .journey("what is wrong with a file to learn from is explained", problems_are_explained)
        .journey("a model that explains little is not given out unasked", a_weak_model_is_refused)
        .journey("training speaks Spanish, also from the middle on", training_speaks_spanish)
        .in_chromium("a trainer without memory is explained, and the page goes on", a_crash_is_explained)
        .run()
}

/// What the links would save is looked at instead.
const KEEP: &str = "window.__saved = null; const make = URL.createObjectURL; \
    URL.createObjectURL = (blob) => { window.__saved = blob; return make.call(URL, blob) }";
const N_TRAINERS: &str =
    "return performance.getEntriesByType('resource').filter(({ name }) => name.includes('/train/')).length";

async fn a_model_is_trained(browser: Browser) -> Result<()> {
    let site = browser.open_page("").await?;
    browser.allow_scripts(Duration::from_secs(60)).await?;
    let sample = site.site().read("sample.csv")?;
    ensure!(browser.run(N_TRAINERS, Vec::new()).await? == json!(0), "the trainer was loaded without a file");
    browser.drop_files("train-drop", &[("my class.csv", &sample)]).await?;
    browser.text_of("train-found", |text| text.contains("Rows: 1,000. Columns: 8.")).await?;
    browser.expect_accessible("the columns of a file to learn from").await?;
    browser.label("What is to be predicted").await?;
    leave_out(&browser, "gender").await?;
    browser.press_button("Continue").await?;
    let plan = browser.text_of("train-plan", |text| text.contains("1,000 rows")).await?;
    ensure!(plan.contains("6 columns"), "{plan}");
    browser.expect_accessible("the choice of how thorough").await?;
    browser.press_button("Back").await?;
    browser.test_id("train-found").await?;
    let kept =
        "return [...document.querySelectorAll('.train-boxes')].map((boxes) => boxes.querySelector('input').checked)";
    let kept = browser.run(kept, Vec::new()).await?;
    ensure!(kept.as_array().is_some_and(|kept| kept.iter().filter(|is_kept| **is_kept == json!(false)).count() == 1));
    browser.press_button("Continue").await?;
    choose_effort(&browser, "quick").await?;
    browser.press_button("Train").await?;
    trained(&browser).await?;
    browser.expect_accessible("a model that was trained").await?;
    browser.text_of("own-model", |text| text.contains("math score")).await?;
    let inputs = browser.run("return document.querySelector('#student').innerText", Vec::new()).await?;
    ensure!(!inputs.as_str().unwrap_or_default().contains("Gender"), "{inputs}");

    browser.press_button("Read the report").await?;
    browser.css("dialog[open]").await?;
    let report = "const { shadowRoot } = document.querySelector('.train-report'); \
        return [shadowRoot.querySelectorAll('section').length, getComputedStyle(shadowRoot.querySelector('h1')).fontWeight]";
    let report = browser.run(report, Vec::new()).await?;
    ensure!(report[0].as_u64().is_some_and(|sections| sections > 5), "{report}");
    browser.expect_accessible("the report in the page").await?;
    browser.press_button("Close").await?;

    let settings = "target = \"math_score\"\n[columns.gender]\ndrop = true\n[search]\neffort = \"quick\"\n";
    expect_native_files(&browser, "my class.csv", sample.as_bytes(), settings).await?;
    expect_site_of_model(&browser).await?;
    browser.expect_quiet_console().await
}

async fn a_workbook_is_trained_on(browser: Browser) -> Result<()> {
    let site = browser.open_page("").await?;
    browser.allow_scripts(Duration::from_secs(60)).await?;
    let sample = site.site().read("sample.csv")?;
    let bytes = workbook(&sample.lines().take(301).collect::<Vec<_>>().join("\n"))?;
    browser.choose("train-file", &[("class.xlsx", &bytes)]).await?;
    browser.text_of("train-found", |text| text.contains("Rows: 300. Columns: 8.")).await?;
    browser.press_button("Continue").await?;
    browser.test_id("train-plan").await?;
    choose_effort(&browser, "quick").await?;
    browser.press_button("Train").await?;
    trained(&browser).await?;
    let settings = "target = \"math_score\"\n[search]\neffort = \"quick\"\n";
    expect_native_files(&browser, "class.xlsx", &bytes, settings).await?;
    browser.expect_quiet_console().await
}

async fn real_grades_are_trained_on(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    browser.allow_scripts(Duration::from_secs(120)).await?;
    let bytes = fs::read(data_folder().context("no data")?.join("student-mat.csv"))?;
    browser.choose("train-file", &[("student-mat.csv", &bytes)]).await?;
    browser.text_of("train-found", |text| text.contains("Columns: 33.")).await?;
    let guess = browser.run("return document.getElementById('train-target').value", Vec::new()).await?;
    ensure!(guess == json!("G3"), "{guess}");
    browser.press_button("Continue").await?;
    browser.test_id("train-plan").await?;
    choose_effort(&browser, "quick").await?;
    browser.press_button("Train").await?;
    trained(&browser).await?;
    let settings = "target = \"G3\"\n[search]\neffort = \"quick\"\n";
    expect_native_files(&browser, "student-mat.csv", &bytes, settings).await?;
    browser.expect_quiet_console().await
}

async fn training_is_cancelled(browser: Browser) -> Result<()> {
    let site = browser.open_page("").await?;
    browser.allow_scripts(Duration::from_secs(60)).await?;
    browser.choose("train-file", &[("class.csv", site.site().read("sample.csv")?)]).await?;
    browser.press_button("Continue").await?;
    browser.test_id("train-plan").await?;
    choose_effort(&browser, "thorough").await?;
    browser.press_button("Train").await?;
    patiently(&browser, "[data-testid=train-best]", "Best so far").await?;
    browser.expect_accessible("a run under way").await?;
    let cancel = "const started = performance.now(); \
        [...document.querySelectorAll('#train-place button')].find((button) => button.textContent === 'Cancel').click(); \
        return [performance.now() - started, document.querySelector('[data-testid=train-plan]') !== null]";
    let cancelled = browser.run(cancel, Vec::new()).await?;
    ensure!(cancelled[0].as_f64().is_some_and(|ms| ms < 1000.0) && cancelled[1] == json!(true), "{cancelled}");
    choose_effort(&browser, "quick").await?;
    browser.press_button("Train").await?;
    trained(&browser).await?;
    browser.expect_quiet_console().await
}

async fn problems_are_explained(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    let problem = async |file: &str, content: &str, words: &str| {
        browser.choose("train-file", &[(file, content)]).await?;
        browser.text_of("train-problem", |text| text.contains(words)).await?;
        browser.expect_accessible(words).await?;
        browser.press_button("Back").await
    };
    problem("empty.csv", "", "This file is empty").await?;
    problem("picture.csv", "PNG\u{0}\u{1}", "no table that can be read").await?;
    problem("open.csv", &format!("a,b\n1,2\n\"x,{}", "2\n".repeat(200)), "left open").await?;
    browser.choose("train-file", &[("texts.csv", "name,town\na,x\nb,y\n")]).await?;
    browser.text_of("train-found", |text| text.contains("Rows: 2.")).await?;
    browser
        .holds("the words", "return document.getElementById('train-place').innerText.includes('No column has numbers')")
        .await?;
    browser.choose("train-file", &[("few.csv", "a,score\n1,2\n2,3\n")]).await?;
    browser.press_button("Continue").await?;
    browser.text_of("train-problem", |text| text.contains("too few rows")).await?;
    browser.press_button("Back").await?;
    // Back at the columns, with all choices kept.
    browser.test_id("train-found").await?;
    browser.expect_quiet_console().await
}

async fn a_weak_model_is_refused(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    browser.allow_scripts(Duration::from_secs(60)).await?;
    let rows: String = (0..200).map(|row: u64| format!("{},{}\n", row * 7919 % 101, row * 104_729 % 97)).collect();
    browser.choose("train-file", &[("noise.csv", format!("a,score\n{rows}"))]).await?;
    browser.press_button("Continue").await?;
    browser.test_id("train-plan").await?;
    choose_effort(&browser, "quick").await?;
    browser.press_button("Train").await?;
    patiently(&browser, "#train-place h3", "explains too little").await?;
    browser
        .holds(
            "the bar",
            "return document.getElementById('train-place').innerText.includes('a model has to reach 0.6')",
        )
        .await?;
    browser.expect_accessible("a model that is refused").await?;
    ensure!(browser.run("return document.querySelector('[data-testid=own-model]')", Vec::new()).await?.is_null());
    browser.press_button("Train it all the same").await?;
    trained(&browser).await?;
    browser.text_of("own-model", |text| text.contains("score")).await?;
    browser.expect_quiet_console().await
}

async fn training_speaks_spanish(browser: Browser) -> Result<()> {
    let site = browser.open_page("").await?;
    browser.choose("train-file", &[("class.csv", site.site().read("sample.csv")?)]).await?;
    browser.test_id("train-found").await?;
    browser.run("document.getElementById('other-language').click()", Vec::new()).await?;
    browser.text_of("train-found", |text| text.contains("Filas: ")).await?;
    browser.press_button("Continuar").await?;
    browser.text_of("train-plan", |text| text.contains("filas")).await?;
    browser.expect_accessible("la elección de la minuciosidad").await?;
    browser.expect_quiet_console().await
}

async fn a_crash_is_explained(browser: Browser) -> Result<()> {
    let site = Site::built()?;
    site.edit("train/worker.js", |text| {
        format!("{text}\naddEventListener('message', () => setTimeout(() => {{ throw new Error('no memory') }}))")
    })?;
    let site = site.serve().await?;
    browser.open(site.address()).await?;
    browser.text_of("estimate", |text| text.parse::<f64>().is_ok()).await?;
    let sample = site.site().read("sample.csv")?;
    browser.choose("train-file", &[("class.csv", &sample.repeat(50))]).await?;
    browser.text_of("train-problem", |text| text.contains("could not be loaded, or stopped")).await?;
    let before = browser.estimate().await?;
    browser.press_button("Fictional student 1").await?;
    ensure!(browser.estimate().await? != before, "the estimate did not move");
    Ok(())
}

/// Waits for a text with a longer timeout than elsewhere.
async fn patiently(browser: &Browser, selector: &str, words: &str) -> Result<()> {
    let script = "return document.querySelector(arguments[0])?.textContent.includes(arguments[1]) ?? false";
    for _ in 0..1200 {
        if browser.run(script, vec![json!(selector), json!(words)]).await? == json!(true) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    bail!("{selector} never said {words}")
}

/// The result is visible, and nothing was fetched for it.
async fn trained(browser: &Browser) -> Result<()> {
    patiently(browser, "[data-testid=train-result]", "won over").await?;
    let place = browser.run("return document.getElementById('train-place').innerText", Vec::new()).await?;
    ensure!(place.as_str().unwrap_or_default().contains("Network requests while it learned: 0."), "{place}");
    Ok(())
}

async fn choose_effort(browser: &Browser, effort: &str) -> Result<()> {
    browser.css(&format!("input[value={effort}]")).await?;
    let script = "document.querySelector(`input[value=${arguments[0]}]`).click()";
    browser.run(script, vec![json!(effort)]).await.map(drop)
}

async fn leave_out(browser: &Browser, column: &str) -> Result<()> {
    let script = "document.querySelector(`.train-boxes[aria-label=\"${arguments[0]}\"] input`).click()";
    browser.run(script, vec![json!(column)]).await.map(drop)
}

/// The archive that the button saves.
async fn downloaded(browser: &Browser, button: &str) -> Result<ZipArchive<Cursor<Vec<u8>>>> {
    browser.run(KEEP, Vec::new()).await?;
    browser.press_button(button).await?;
    browser.holds("the file", "return window.__saved !== null").await?;
    let script = "const bytes = new Uint8Array(await window.__saved.arrayBuffer()); let text = ''; \
        for (const byte of bytes) text += String.fromCharCode(byte); return btoa(text)";
    let packed = browser.run(&format!("return (async () => {{ {script} }})()"), Vec::new()).await?;
    Ok(ZipArchive::new(Cursor::new(BASE64_STANDARD.decode(packed.as_str().unwrap_or_default())?))?)
}

/// The site that the page packs is the page, with the new model instead of its own.
async fn expect_site_of_model(browser: &Browser) -> Result<()> {
    let before = browser.estimate().await?;
    let mut archive = downloaded(browser, "Download a site with this model (.zip)").await?;
    let site = Site::built()?;
    fs::remove_dir_all(site.root())?;
    archive.extract(site.root())?;
    let site = site.serve().await?;
    // Otherwise the page asks whether the work may be thrown away.
    browser.press_button("Choose another file").await?;
    browser.open(site.address()).await?;
    browser.text_of("estimate", |text| text.parse::<f64>().is_ok()).await?;
    ensure!(browser.estimate().await? == before, "the site's model gives another estimate");
    let inputs = browser.run("return document.querySelector('#student').innerText", Vec::new()).await?;
    ensure!(!inputs.as_str().unwrap_or_default().contains("Gender"), "{inputs}");
    // The archive is whole: what it holds packs itself again, and works without a network.
    let listed: Vec<String> = serde_json::from_str(&site.site().read("files.json")?)?;
    ensure!(listed.len() > 15 && listed.iter().all(|path| site.site().root().join(path).is_file()), "{listed:?}");
    Ok(())
}

/// The files that the page saves are those that the command line writes, and the command line predicts with them.
async fn expect_native_files(browser: &Browser, name: &str, bytes: &[u8], settings: &str) -> Result<()> {
    let mut archive = downloaded(browser, "Download everything (.zip)").await?;
    let folder = tempfile::tempdir()?;
    let (own, native) = (folder.path().join("own"), folder.path().join("native"));
    archive.extract(&own)?;
    let file = folder.path().join(name);
    fs::write(&file, bytes)?;
    fs::write(folder.path().join("settings.toml"), settings)?;
    scorecast(folder.path(), &["train", name, "--config", "settings.toml", "--output", "native", "--quiet"])?;
    for artifact in ["preprocessor.json", "model.json", "report.json", "report.html", "reference.json"] {
        let same = fs::read(own.join(artifact))? == fs::read(native.join(artifact))?;
        ensure!(same, "{artifact} of the page is not that of the command line");
    }
    ensure!(archive.by_name("scorecast.toml").is_ok_and(|mut file| file.read_to_string(&mut String::new()).is_ok()));
    scorecast(folder.path(), &["predict", name, "--artifacts", "own", "--output", "estimates.csv", "--quiet"])?;
    ensure!(fs::read_to_string(folder.path().join("estimates.csv"))?.lines().count() > 100);
    Ok(())
}

fn scorecast(folder: &Path, arguments: &[&str]) -> Result<()> {
    let answer = Command::new(trainer()?).args(arguments).current_dir(folder).output()?;
    ensure!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
    Ok(())
}

/// The sample as a workbook.
fn workbook(csv: &str) -> Result<Vec<u8>> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, line) in (0..).zip(csv.lines()) {
        for (column, cell) in (0..).zip(line.split(',')) {
            match cell.parse::<f64>() {
                Ok(number) => sheet.write(row, column, number)?,
                Err(_) => sheet.write(row, column, cell)?,
            };
        }
    }
    Ok(workbook.save_to_buffer()?)
}

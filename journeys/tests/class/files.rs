//! File formats of a class, and the messages about them.

use std::io::{Cursor, Read};

use anyhow::{Result, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};
use journeys::{Browser, Site};
use rust_xlsxwriter::Workbook;
use serde_json::json;
use zip::ZipArchive;

use crate::FORGIVEN;
use crate::table::saved_text;

/// A workbook with a title above the header, as is common in schools.
fn workbook() -> Result<Vec<u8>> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("7b")?;
    sheet.write(0, 0, "Class 7b")?;
    let header =
        ["Name", "Gender", "Race ethnicity", "Parental level of education", "Lunch", "Test preparation course"];
    for (column, name) in (0..).zip(header.iter().chain(&["Reading score", "Writing score"])) {
        sheet.write(2, column, *name)?;
    }
    for (row, (reading, writing)) in (3..).zip([(72.0, 74.0), (90.5, 88.0)]) {
        for (column, text) in (0..).zip(["Ada, A.", "female", "group B", "bachelor's degree", "standard", "none"]) {
            sheet.write(row, column, text)?;
        }
        sheet.write(row, 6, reading)?;
        sheet.write(row, 7, writing)?;
    }
    // One row lacks a writing score; in another the score is a remark.
    sheet.write(5, 6, 60)?;
    sheet.write(6, 6, 60)?;
    sheet.write(6, 7, "ill")?;
    Ok(workbook.save_to_buffer()?)
}

pub(crate) async fn a_workbook_is_read(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    let n_readers = "return performance.getEntriesByType('resource').filter(({ name }) => name.includes('scorecast-reader')).length";
    ensure!(browser.run(n_readers, Vec::new()).await? == json!(0), "the reader of files was loaded without a file");
    browser.drop_files("class-drop", &[("class.xlsx", workbook()?)]).await?;
    let summary = browser.text_of("class-summary", |text| text.contains("4 rows")).await?;
    ensure!(summary.contains("1 with a remark") && summary.contains("1 that can’t"), "{summary}");
    browser.text_of("class-found", |text| text.contains("“7b”") && text.contains("named in line 3")).await?;
    browser.test_id("class-bad-rows").await?;
    browser.unfold().await?;
    browser.text_of("class-bad-rows", |text| text.contains("Line 7, Writing score: “ill” is not a number")).await?;
    let first = "return document.querySelectorAll('.rows tbody tr')[1].innerText";
    let first = browser.run(first, Vec::new()).await?;
    let first = first.as_str().unwrap_or_default();
    ensure!(first.contains("90.5") && first.contains("bachelor's degree"), "{first}");
    browser.expect_accessible("a class from a workbook").await?;
    // It is saved as a workbook, which can be read again.
    saved_text(&browser).await?;
    let script = "return window.__saved.arrayBuffer().then((all) => btoa(String.fromCharCode(...new Uint8Array(all))))";
    let bytes = browser.run(script, Vec::new()).await?;
    let bytes = BASE64_STANDARD.decode(bytes.as_str().unwrap_or_default())?;
    let mut archive = ZipArchive::new(Cursor::new(&bytes))?;
    let mut texts = String::new();
    archive.by_name("xl/sharedStrings.xml")?.read_to_string(&mut texts)?;
    for text in ["estimated_math_score", "low_90", "bachelor's degree", "blank, not estimated"] {
        ensure!(texts.contains(&format!("<t>{text}</t>")), "{text} is missing: {texts}");
    }
    let mut cells = String::new();
    archive.by_name("xl/worksheets/sheet1.xml")?.read_to_string(&mut cells)?;
    ensure!(cells.contains("<v>90.5</v>") && cells.contains("r=\"I2\"><v>"), "{cells}");
    browser.choose("class-file", &[("again.xlsx", &bytes)]).await?;
    browser.text_of("class-found", |text| !text.contains("named in line 3")).await?;
    let summary = browser.text_of("class-summary", |text| text.contains("4 rows")).await?;
    ensure!(summary.contains("1 with a remark") && summary.contains("1 that can’t"), "{summary}");
    browser.expect_quiet_console().await
}

pub(crate) async fn a_bad_workbook_is_explained(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    let whole = workbook()?;
    browser.choose("class-file", &[("class.xlsx", &whole[..whole.len() / 2])]).await?;
    browser.text_of("class-problem", |text| text.contains("workbook that can't be opened")).await?;
    browser.choose("class-file", &[("class.xls", [0xd0, 0xcf, 0x11, 0xe0, 0, 0])]).await?;
    browser.text_of("class-problem", |text| text.contains("an old Excel file")).await?;
    browser.choose("class-file", &[("empty.xlsx", Workbook::new().save_to_buffer()?)]).await?;
    browser.text_of("class-problem", |text| text.contains("no visible sheet has any cell")).await?;
    browser.choose("class-file", &[("class.xlsx", &whole)]).await?;
    browser.text_of("class-summary", |text| text.contains("4 rows")).await?;
    browser.expect_quiet_console().await
}

pub(crate) async fn bad_rows_are_listed(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    browser.choose("class-file", &[("class.csv", FORGIVEN)]).await?;
    let summary = browser.text_of("class-summary", |text| text.contains("5 rows")).await?;
    ensure!(summary.contains("1 with a remark") && summary.contains("2 that can’t"), "{summary}");
    browser.test_id("class-bad-rows").await?;
    browser.unfold().await?;
    browser
        .text_of("class-bad-rows", |text| {
            text.contains("Line 4, Writing score: “many” is not a number")
                && text.contains("Line 5: 4 cells where the header has 8")
        })
        .await?;
    let flags = "return [...document.querySelectorAll('.rows tbody tr')].map((row) => row.children[5].textContent)";
    let flags = browser.run(flags, Vec::new()).await?;
    ensure!(flags == json!(["", "", "not estimated", "not estimated", "blank, unknown value"]), "{flags}");
    browser.expect_accessible("a class with bad rows").await?;
    browser.choose("class-file", &[("picture.csv", "PNG\u{0}\u{1}")]).await?;
    browser.text_of("class-problem", |text| text.contains("no table that can be read: it is a binary file")).await?;
    browser.choose("class-file", &[("other.csv", "id,reading_score\n1,70\n")]).await?;
    browser.press_button("Estimate with these columns").await?;
    browser.text_of("class-summary", |text| text.contains("1 row,")).await?;
    browser.expect_quiet_console().await
}

pub(crate) async fn odd_cells_spoil_no_other_row(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    let header = "gender,race_ethnicity,parental_level_of_education,lunch,test_preparation_course,reading_score,writing_score,height";
    let row = |height: &str| format!("female,group B,some college,standard,none,70,70,{height}\n");
    let rows = format!("{header}\n{}{}{}{}", row("5\" tall,"), row("6"), row("5\" 2"), "Total,,,,,210,210,\n");
    browser.choose("class-file", &[("class.csv", &rows)]).await?;
    let summary = browser.text_of("class-summary", |text| text.contains("3 rows")).await?;
    ensure!(summary.contains("0 that can’t"), "{summary}");
    browser.text_of("class-found", |text| text.contains("Line 5 (“Total”) sums up those above")).await?;
    // There is nothing to take the mean of.
    browser.choose("class-file", &[("class.csv", format!("{header}\n{}", row("1").replace("70", "many")))]).await?;
    let summary = browser.text_of("class-summary", |text| text.contains("1 row")).await?;
    ensure!(!summary.contains("NaN") && summary.contains("none of which"), "{summary}");
    browser.unfold().await?;
    browser.text_of("class-bad-rows", |text| text.contains("2 problems in the file")).await?;
    browser.expect_quiet_console().await
}

pub(crate) async fn an_unclear_number_is_asked_about(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    let unclear = FORGIVEN.replace("\"74,5\"", "74").replacen("74;72;", "1,234;72;", 1);
    browser.choose("class-file", &[("class.csv", &unclear)]).await?;
    browser.text_of("class-question", |text| text.contains("“1,234” in line 2, column Writing Score")).await?;
    browser.expect_accessible("a question about a number").await?;
    browser.press_button("Read it as 1234").await?;
    let summary = browser.text_of("class-summary", |text| text.contains("5 rows")).await?;
    ensure!(summary.contains("2 with a remark"), "{summary}");
    // The decisions made in reading are shown.
    browser.unfold().await?;
    browser.text_of("class-reading", |text| text.contains("READING-SCORE") && text.contains("set apart: 1")).await?;
    browser.expect_quiet_console().await
}

pub(crate) async fn the_same_file_is_read_again(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    browser.choose("class-file", &[("class.csv", FORGIVEN)]).await?;
    browser.text_of("class-summary", |text| text.contains("5 rows")).await?;
    // Choosing the same file again fires an event only if the field was empty.
    browser.holds("an empty field", "return document.getElementById('class-file').value === ''").await?;
    browser.choose("class-file", &[("class.csv", FORGIVEN.replace("many", "60"))]).await?;
    browser.text_of("class-summary", |text| text.contains("1 that can’t")).await?;
    browser.expect_quiet_console().await
}

pub(crate) async fn the_training_file_is_recognised(browser: Browser) -> Result<()> {
    let site = Site::built()?;
    site.train(&site.root().join("sample.csv"), "math_score", &["--families", "linear", "--min-r2", "0"])?;
    let site = site.serve().await?;
    browser.open(site.address()).await?;
    browser.text_of("estimate", |text| text.parse::<f64>().is_ok()).await?;
    browser.press_button("Try the sample file").await?;
    browser.text_of("class-training", |text| text.contains("trained on")).await?;
    browser.choose("class-file", &[("class.csv", FORGIVEN)]).await?;
    browser.text_of("class-summary", |text| text.contains("5 rows")).await?;
    browser.holds("another file", "return document.querySelector('[data-testid=class-training]') === null").await
}

pub(crate) async fn a_file_of_two_gigabytes_is_refused(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    let script = "const part = new Blob([new Uint8Array(1 << 20)]); const transfer = new DataTransfer(); \
        const file = new File(Array.from({ length: 2048 }, () => part), 'huge.csv'); transfer.items.add(file); \
        const field = document.getElementById('class-file'); field.files = transfer.files; \
        field.dispatchEvent(new Event('change', { bubbles: true })); return file.size";
    let size = browser.run(script, Vec::new()).await?;
    ensure!(size == json!(2_147_483_648_u64), "the file has {size} bytes");
    browser.text_of("class-problem", |text| text.contains("larger than 1 GB")).await?;
    browser.expect_quiet_console().await
}

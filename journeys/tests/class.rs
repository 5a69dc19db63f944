//! The journeys on "A whole class".

use std::process::ExitCode;

use anyhow::{Result, ensure};
use journeys::{Browser, Site, Suite};
use rust_xlsxwriter::Workbook;
use serde_json::json;

fn main() -> ExitCode {
    Suite::default()
        .journey("a class is read, sorted, filtered and opened row by row", a_class_is_read)
        .journey("bad rows of a class are listed and none is dropped", bad_rows_are_listed)
        .journey("a class of a million rows is read, and any row of it is shown", a_million_rows_are_read)
        .journey("an Excel workbook is read, and its reader loaded only then", a_workbook_is_read)
        .journey("a workbook that can't be read is explained", a_bad_workbook_is_explained)
        .journey("a class is cancelled, and another one read", a_class_is_cancelled)
        .journey("a class is pasted, and downloaded with its estimates", a_class_is_pasted_and_downloaded)
        .journey("a crash of the worker is explained, and the page goes on", a_crash_of_the_worker_is_explained)
        .journey("a file of two gigabytes is refused", a_file_of_two_gigabytes_is_refused)
        .run()
}

async fn a_class_is_read(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    browser.press_button("Try the sample file").await?;
    browser.text_of("class-summary", |text| text.contains("1000 rows")).await?;
    browser.text_of("class-errors", |text| text.contains("1000 rows") && text.contains("R² 0.8")).await?;
    let first = "return document.querySelectorAll('.rows tbody tr td')[2]?.textContent ?? ''";
    let first_is = |wanted: Box<dyn Fn(f64) -> bool>| {
        let browser = browser.clone();
        async move {
            browser
                .eventually("the order of rows", || async {
                    let text = browser.run(first, Vec::new()).await?;
                    Ok(text.as_str().and_then(|text| text.parse().ok()).filter(|value| wanted(*value)))
                })
                .await
        }
    };
    let any = first_is(Box::new(|_| true)).await?;
    browser.press_button("Estimate").await?;
    let least = first_is(Box::new(move |value| value < any)).await?;
    browser.press_button("Estimate").await?;
    let most = first_is(Box::new(move |value| value > any)).await?;
    ensure!(least < most, "{least} is not below {most}");
    let filter = browser.label("Rows that contain").await?;
    browser.fill(&filter, "group A").await?;
    let shown = "return document.getElementById('class-shown').textContent";
    browser
        .eventually("the filter", || async {
            let text = browser.run(shown, Vec::new()).await?;
            Ok(text.as_str().is_some_and(|text| text.contains("rows shown") && !text.contains("1000")).then_some(()))
        })
        .await?;
    let open_row = "document.querySelector('.rows tbody button').click()";
    browser.run(open_row, Vec::new()).await?;
    browser
        .eventually("the row in the form", || async {
            let field = "return document.querySelector('#student select:nth-of-type(1)') && \
                [...document.querySelectorAll('#student select')].some(({ value }) => value === 'group A')";
            Ok((browser.run(field, Vec::new()).await? == json!(true)).then_some(()))
        })
        .await?;
    browser.expect_quiet_console().await
}

const FORGIVEN: &str = "Writing Score;READING-SCORE;Lunch;gender;Test preparation course;Race/Ethnicity;parental level of education;name\n\
    74;72;standard;female;none;group B;bachelor's degree;a\n\
    \"74,5\";90;Standard;FEMALE;completed;group C;some college;b\n\
    many;90;standard;female;completed;group C;some college;c\n\
    70;80;standard;female\n\
    70;;packed;female;none;group D;some college;\"e;f\"\n";

async fn bad_rows_are_listed(browser: Browser) -> Result<()> {
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
    let flags = "return [...document.querySelectorAll('.rows tbody tr')].map((row) => row.children[4].textContent)";
    let flags = browser.run(flags, Vec::new()).await?;
    ensure!(flags == json!(["", "", "not estimated", "not estimated", "blank, unknown value"]), "{flags}");
    browser.expect_accessible("a class with bad rows").await?;
    browser.choose("class-file", &[("picture.csv", "PNG\u{0}\u{1}")]).await?;
    browser.text_of("class-problem", |text| text.contains("neither a text file nor")).await?;
    browser.choose("class-file", &[("other.csv", "id,reading_score\n1,70\n")]).await?;
    browser.press_button("Estimate with these columns").await?;
    browser.text_of("class-summary", |text| text.contains("1 row,")).await?;
    browser.expect_quiet_console().await
}

async fn a_million_rows_are_read(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    let measured = browser.million_rows().await?;
    println!("1,000,000 rows: {measured} (ms until shown, bytes)");
    browser.text_of("class-summary", |text| text.contains("1,000,000 rows") && text.contains(" 0 that")).await?;
    browser.run("document.querySelector('.scroller').scrollTop = 1e9", Vec::new()).await?;
    let last = "return document.querySelector('.rows tbody tr:last-child td:nth-child(2)').textContent";
    browser
        .eventually("the last row", || async {
            Ok((browser.run(last, Vec::new()).await? == json!("1000001")).then_some(()))
        })
        .await?;
    browser.expect_quiet_console().await
}

/// A workbook with a title above the header, as schools have them.
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
    // One without a writing score, one whose score is a remark.
    sheet.write(5, 6, 60)?;
    sheet.write(6, 6, 60)?;
    sheet.write(6, 7, "ill")?;
    Ok(workbook.save_to_buffer()?)
}

async fn a_workbook_is_read(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    let n_readers =
        "return performance.getEntriesByType('resource').filter(({ name }) => name.includes('spreadsheet')).length";
    browser.choose("class-file", &[("class.csv", FORGIVEN)]).await?;
    browser.text_of("class-summary", |text| text.contains("5 rows")).await?;
    ensure!(browser.run(n_readers, Vec::new()).await? == json!(0), "the reader of workbooks was loaded for a CSV file");
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
    browser.expect_quiet_console().await
}

async fn a_bad_workbook_is_explained(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    let whole = workbook()?;
    browser.choose("class-file", &[("class.xlsx", &whole[..whole.len() / 2])]).await?;
    browser.text_of("class-problem", |text| text.contains("could not be read as an Excel workbook")).await?;
    browser.choose("class-file", &[("class.xls", [0xd0, 0xcf, 0x11, 0xe0, 0, 0])]).await?;
    browser.text_of("class-problem", |text| text.contains("an old Excel file")).await?;
    browser.choose("class-file", &[("empty.xlsx", Workbook::new().save_to_buffer()?)]).await?;
    browser.text_of("class-problem", |text| text.contains("no visible sheet has any cell")).await?;
    browser.choose("class-file", &[("class.xlsx", &whole)]).await?;
    browser.text_of("class-summary", |text| text.contains("4 rows")).await?;
    browser.expect_quiet_console().await
}

async fn a_class_is_cancelled(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    // In the page itself: a click from outside may come when the class is read already. Beyond 0.15 rows are predicted.
    let script = "const text = await (await fetch('./sample.csv')).text(); \
        const transfer = new DataTransfer(); \
        transfer.items.add(new File(Array.from({ length: 1000 }, () => text), 'long.csv')); \
        const field = document.getElementById('class-file'); field.files = transfer.files; \
        field.dispatchEvent(new Event('change', { bubbles: true })); \
        const share = () => document.querySelector('#class-place progress')?.value ?? 0; \
        while (share() <= 0.15) await new Promise((resolve) => setTimeout(resolve, 5)); \
        const cancel = document.querySelector('#class-place button'); cancel.click(); return cancel.textContent";
    let pressed = browser.run(&format!("return (async () => {{ {script} }})()"), Vec::new()).await?;
    ensure!(pressed == json!("Cancel"), "{pressed}");
    browser
        .holds("the end", "return document.getElementById('class-place').innerText.includes('Nothing was kept')")
        .await?;
    browser.choose("class-file", &[("class.csv", FORGIVEN)]).await?;
    browser.text_of("class-summary", |text| text.contains("5 rows")).await?;
    browser.expect_quiet_console().await
}

async fn a_class_is_pasted_and_downloaded(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    browser.unfold().await?;
    let field = browser.label("Rows with a header, as copied from a spreadsheet or a CSV file").await?;
    let paste = "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input', { bubbles: true }))";
    browser.run(paste, vec![serde_json::to_value(&field)?, json!(FORGIVEN)]).await?;
    browser.press_button("Estimate the pasted rows").await?;
    browser.text_of("class-summary", |text| text.contains("5 rows")).await?;
    // What the link would save is looked at instead.
    let keep = "window.__saved = null; const make = URL.createObjectURL; \
        URL.createObjectURL = (blob) => { window.__saved = blob; return make.call(URL, blob) }";
    browser.run(keep, Vec::new()).await?;
    browser.press_button("Download with estimates").await?;
    browser.holds("the file", "return window.__saved !== null").await?;
    let text = browser.run("return window.__saved.text()", Vec::new()).await?;
    let lines: Vec<&str> = text.as_str().unwrap_or_default().lines().collect();
    ensure!(lines.len() == 6 && lines[0].ends_with(";name;estimated_math_score;low;high;remarks"), "{lines:?}");
    let cells: Vec<&str> = lines[1].split(';').collect();
    let numbers: Vec<f64> = cells[8..11].iter().filter_map(|cell| cell.parse().ok()).collect();
    ensure!(numbers.len() == 3 && numbers[1] < numbers[0] && numbers[0] < numbers[2], "{cells:?}");
    ensure!(lines[3].ends_with(";;;;not estimated") && lines[5].ends_with("blank unknown value"), "{lines:?}");
    browser.expect_quiet_console().await
}

async fn a_crash_of_the_worker_is_explained(browser: Browser) -> Result<()> {
    let site = Site::built()?;
    // As when memory runs out on the way.
    site.edit("class/worker.js", |text| {
        format!("{text}\naddEventListener('message', () => setTimeout(() => {{ throw new Error('no memory') }}))")
    })?;
    let site = site.serve().await?;
    browser.open(site.address()).await?;
    browser.text_of("estimate", |text| text.parse::<f64>().is_ok()).await?;
    let big = format!("{FORGIVEN}{}", "70;80;standard;female;none;group B;some college;x\n".repeat(200_000));
    browser.choose("class-file", &[("class.csv", big)]).await?;
    browser.text_of("class-problem", |text| text.contains("perhaps for want of memory")).await?;
    // The page itself goes on.
    let before = browser.estimate().await?;
    browser.press_button("Fictional student 1").await?;
    ensure!(browser.estimate().await? != before, "the estimate did not move");
    browser.holds("no card", "return document.getElementById('broken').hidden").await
}

async fn a_file_of_two_gigabytes_is_refused(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    let script = "const part = new Blob([new Uint8Array(1 << 20)]); const transfer = new DataTransfer(); \
        transfer.items.add(new File(Array.from({ length: 2048 }, () => part), 'huge.csv')); \
        const field = document.getElementById('class-file'); field.files = transfer.files; \
        field.dispatchEvent(new Event('change', { bubbles: true })); return transfer.files[0].size";
    let size = browser.run(script, Vec::new()).await?;
    ensure!(size == json!(2_147_483_648_u64), "the file has {size} bytes");
    browser.text_of("class-problem", |text| text.contains("larger than 1 GB")).await?;
    browser.expect_quiet_console().await
}

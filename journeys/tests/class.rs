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
        .journey("a workbook is read, and the reader of files is loaded with the first one", a_workbook_is_read)
        .journey("a workbook that can't be read is explained", a_bad_workbook_is_explained)
        .journey("a class is cancelled, and another one read", a_class_is_cancelled)
        .journey("a class is pasted, and downloaded with its estimates", a_class_is_pasted_and_downloaded)
        .journey("a row of a class opens with the table's estimate, to the bit", a_row_opens_with_its_estimate)
        .journey("a class shows who is who, and its true scores", a_class_shows_who_is_who)
        .journey("a quote, a total and a comma too many spoil no other row", odd_cells_spoil_no_other_row)
        .journey("a number that may be read in two ways is asked about", an_unclear_number_is_asked_about)
        .journey("the same file is read again once it was put right", the_same_file_is_read_again)
        .journey("the ranges of a class follow the level", the_ranges_follow_the_level)
        .journey("the file that a model was trained on is recognised", the_training_file_is_recognised)
        .journey("a class is walked through with the keyboard", a_class_is_walked_through)
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
    browser.expect_quiet_console().await
}

async fn a_bad_workbook_is_explained(browser: Browser) -> Result<()> {
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
    ensure!(lines.len() == 6 && lines[0].ends_with(";name;estimated_math_score;low_90;high_90;remarks"), "{lines:?}");
    let cells: Vec<&str> = lines[1].split(';').collect();
    // The file's own decimals have a comma.
    let numbers: Vec<f64> = cells[8..11].iter().filter_map(|cell| cell.replace(',', ".").parse().ok()).collect();
    ensure!(cells[8].contains(','), "{cells:?}");
    let bytes = browser
        .run("return window.__saved.arrayBuffer().then((all) => [...new Uint8Array(all)].slice(0, 3))", Vec::new());
    ensure!(bytes.await? == json!([0xef, 0xbb, 0xbf]), "Excel takes the file for another encoding");
    ensure!(numbers.len() == 3 && numbers[1] < numbers[0] && numbers[0] < numbers[2], "{cells:?}");
    ensure!(lines[3].ends_with(";;;;not estimated") && lines[5].ends_with("blank, unknown value"), "{lines:?}");
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
    browser.text_of("class-problem", |text| text.contains("possibly out of memory")).await?;
    // The page itself goes on.
    let before = browser.estimate().await?;
    browser.press_button("Fictional student 1").await?;
    ensure!(browser.estimate().await? != before, "the estimate did not move");
    browser.holds("no card", "return document.getElementById('broken').hidden").await
}

async fn a_file_of_two_gigabytes_is_refused(browser: Browser) -> Result<()> {
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

/// The estimates of a downloaded class, with every digit that the file has, by row.
async fn downloaded(browser: &Browser) -> Result<Vec<Vec<String>>> {
    let keep = "window.__saved = null; const make = URL.createObjectURL; \
        URL.createObjectURL = (blob) => { window.__saved = blob; return make.call(URL, blob) }";
    browser.run(keep, Vec::new()).await?;
    browser.press_button("Download with estimates").await?;
    browser.holds("the file", "return window.__saved !== null").await?;
    let text = browser.run("return window.__saved.text()", Vec::new()).await?;
    let line = |line: &str| line.split(';').map(str::to_owned).collect();
    Ok(text.as_str().unwrap_or_default().lines().skip(1).map(line).collect())
}

async fn a_row_opens_with_its_estimate(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    // Decimal commas, other spellings, and a value that no model has seen.
    let rows = FORGIVEN.replace("a\n", "a\n74;72,5;standard;Female;None;GROUP B;Bachelor's Degree;a2\n");
    browser.choose("class-file", &[("class.csv", &rows)]).await?;
    browser.text_of("class-summary", |text| text.contains("6 rows")).await?;
    let estimates = downloaded(&browser).await?;
    let address = "return [location.href, history.length]";
    let before = browser.run(address, Vec::new()).await?;
    for (place, row) in estimates.iter().enumerate() {
        let is_bad = row.last().is_some_and(|flags| flags.contains("not estimated"));
        let open = format!(
            "return document.querySelectorAll('.rows tbody tr')[{place}].querySelector('button')?.click() === undefined && \
            document.querySelectorAll('.rows tbody tr')[{place}].querySelector('button') === null"
        );
        let has_no_button = browser.run(&open, Vec::new()).await? == json!(true);
        ensure!(has_no_button == is_bad, "row {place} can be opened: {}", !has_no_button);
        if is_bad {
            continue;
        }
        // From the end: a cell of the file may hold what sets cells apart.
        let expected: f64 = row[row.len() - 4].replace(',', ".").parse()?;
        let shown = "return Number(document.getElementById('estimate-number').dataset.shown)";
        browser
            .eventually(&format!("the estimate {expected} of row {place}"), async || {
                let shown = browser.run(shown, Vec::new()).await?.as_f64().unwrap_or(f64::NAN);
                Ok((shown == expected).then_some(()))
            })
            .await?;
    }
    ensure!(browser.run(address, Vec::new()).await? == before, "the record stands in the address or the history");
    browser.text_of("remarks", |text| text.contains("never seen this value")).await?;
    browser.expect_quiet_console().await
}

async fn a_class_shows_who_is_who(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    let rows = FORGIVEN.replace(";name\n", ";name;math score\n");
    let rows = rows.replace(";a\n", ";Ada;71\n").replace(";b\n", ";Ben;80,5\n").replace(";c\n", ";Cy;1\n");
    browser.choose("class-file", &[("class.csv", &rows)]).await?;
    browser.text_of("class-errors", |text| text.contains("2 rows")).await?;
    let head =
        "return [...document.querySelectorAll('.rows thead th')].slice(1, 6).map((cell) => cell.innerText.trim())";
    let head = browser.run(head, Vec::new()).await?;
    ensure!(head == json!(["Line", "name", "Estimate", "True score", "Range (90%)"]), "{head}");
    let names = "return [...document.querySelectorAll('.rows tbody tr')].slice(0, 2).map((row) => [row.children[2].textContent, row.children[4].textContent])";
    let names = browser.run(names, Vec::new()).await?;
    ensure!(names == json!([["Ada", "71"], ["Ben", "80.5"]]), "{names}");
    browser.press_button("name").await?;
    browser.press_button("name").await?;
    let first = "return document.querySelector('.rows tbody tr').children[2].textContent !== 'Ada'";
    browser.holds("the names in the other order", first).await?;
    // Opened and paged through, by name.
    browser.press_button("Line").await?;
    browser.press_button("Open line 2 above").await?;
    browser.text_of("pager", |text| text.contains("Ada (Line 2)")).await?;
    let ada = browser.estimate().await?;
    browser.press_button("Next").await?;
    browser.text_of("pager", |text| text.contains("Ben (Line 3)")).await?;
    ensure!(browser.estimate().await? != ada, "the form still shows Ada");
    browser.press_button("Previous").await?;
    browser.text_of("pager", |text| text.contains("Ada (Line 2)")).await?;
    ensure!(browser.estimate().await? == ada, "another Ada");
    browser.expect_quiet_console().await
}

async fn odd_cells_spoil_no_other_row(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    let header = "gender,race_ethnicity,parental_level_of_education,lunch,test_preparation_course,reading_score,writing_score,height";
    let row = |height: &str| format!("female,group B,some college,standard,none,70,70,{height}\n");
    let rows = format!("{header}\n{}{}{}{}", row("5\" tall,"), row("6"), row("5\" 2"), "Total,,,,,210,210,\n");
    browser.choose("class-file", &[("class.csv", &rows)]).await?;
    let summary = browser.text_of("class-summary", |text| text.contains("3 rows")).await?;
    ensure!(summary.contains("0 that can’t"), "{summary}");
    browser.text_of("class-found", |text| text.contains("Line 5 (“Total”) sums up those above")).await?;
    // Nothing to take a mean of.
    browser.choose("class-file", &[("class.csv", format!("{header}\n{}", row("1").replace("70", "many")))]).await?;
    let summary = browser.text_of("class-summary", |text| text.contains("1 row")).await?;
    ensure!(!summary.contains("NaN") && summary.contains("none of which"), "{summary}");
    browser.unfold().await?;
    browser.text_of("class-bad-rows", |text| text.contains("2 problems in the file")).await?;
    browser.expect_quiet_console().await
}

async fn an_unclear_number_is_asked_about(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    let unclear = FORGIVEN.replace("\"74,5\"", "74").replacen("74;72;", "1,234;72;", 1);
    browser.choose("class-file", &[("class.csv", &unclear)]).await?;
    browser.text_of("class-question", |text| text.contains("“1,234” in line 2, column Writing Score")).await?;
    browser.expect_accessible("a question about a number").await?;
    browser.press_button("Read it as 1234").await?;
    let summary = browser.text_of("class-summary", |text| text.contains("5 rows")).await?;
    ensure!(summary.contains("2 with a remark"), "{summary}");
    // What was decided can be looked up.
    browser.unfold().await?;
    browser.text_of("class-reading", |text| text.contains("READING-SCORE") && text.contains("set apart: 1")).await?;
    browser.expect_quiet_console().await
}

async fn the_same_file_is_read_again(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    browser.choose("class-file", &[("class.csv", FORGIVEN)]).await?;
    browser.text_of("class-summary", |text| text.contains("5 rows")).await?;
    // Chosen anew, a file makes an event only where the field held none.
    browser.holds("an empty field", "return document.getElementById('class-file').value === ''").await?;
    browser.choose("class-file", &[("class.csv", FORGIVEN.replace("many", "60"))]).await?;
    browser.text_of("class-summary", |text| text.contains("1 that can’t")).await?;
    browser.expect_quiet_console().await
}

async fn the_ranges_follow_the_level(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    browser.press_button("Try the sample file").await?;
    browser.text_of("class-summary", |text| text.contains("1000 rows")).await?;
    let width = "const [, low, high] = document.querySelector('.rows tbody tr').innerText.match(/(\\d+) to (\\d+)/) ?? []; return high - low";
    let wide = browser.run(width, Vec::new()).await?.as_f64().unwrap_or_default();
    let level = browser.role("slider", "Confidence of the range").await?;
    browser.run("arguments[0].focus()", vec![serde_json::to_value(&level)?]).await?;
    browser.press(journeys::Key::Home).await?;
    browser
        .holds("ranges of 50%", "return document.querySelector('.rows thead').innerText.includes('Range (50%)')")
        .await?;
    browser
        .eventually("narrower ranges", async || {
            let narrow = browser.run(width, Vec::new()).await?.as_f64().unwrap_or(f64::NAN);
            Ok((narrow < wide).then_some(()))
        })
        .await?;
    browser.expect_quiet_console().await
}

async fn the_training_file_is_recognised(browser: Browser) -> Result<()> {
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

async fn a_class_is_walked_through(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    browser.press_button("Try the sample file").await?;
    browser.text_of("class-summary", |text| text.contains("1000 rows")).await?;
    browser.holds("rows", "return document.querySelector('.rows tbody button') !== null").await?;
    browser.run("[...document.querySelectorAll('.rows thead button')].at(-1).focus()", Vec::new()).await?;
    browser.press(journeys::Key::Tab).await?;
    for _ in 0..30 {
        browser.press(journeys::Key::Down).await?;
    }
    browser
        .eventually("the focus on the 31st row", async || {
            let (role, name) = browser.focused().await?;
            Ok((role == "button" && name == "Open line 32 above").then_some(()))
        })
        .await?;
    // And out of the table by one Tab.
    browser.press(journeys::Key::Tab).await?;
    let outside = "return document.activeElement.closest('.rows') === null && document.activeElement !== document.body";
    browser.holds("the focus behind the table", outside).await?;
    browser.expect_quiet_console().await
}

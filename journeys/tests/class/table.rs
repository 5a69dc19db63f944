//! The table of a class: sorted, filtered, opened row by row and downloaded.

use anyhow::{Result, ensure};
use journeys::{Browser, Key};
use serde_json::json;

use crate::FORGIVEN;

pub(crate) async fn a_class_is_read(browser: Browser) -> Result<()> {
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

pub(crate) async fn a_million_rows_are_read(browser: Browser) -> Result<()> {
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

pub(crate) async fn a_class_is_pasted_and_downloaded(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    browser.unfold().await?;
    let field = browser.label("Rows with a header, as copied from a spreadsheet or a CSV file").await?;
    let paste = "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input', { bubbles: true }))";
    browser.run(paste, vec![serde_json::to_value(&field)?, json!(FORGIVEN)]).await?;
    browser.press_button("Estimate the pasted rows").await?;
    browser.text_of("class-summary", |text| text.contains("5 rows")).await?;
    let text = saved_text(&browser).await?;
    let lines: Vec<&str> = text.lines().collect();
    ensure!(lines.len() == 6 && lines[0].ends_with(";name;estimated_math_score;low_90;high_90;remarks"), "{lines:?}");
    let cells: Vec<&str> = lines[1].split(';').collect();
    // The file uses a decimal comma.
    let numbers: Vec<f64> = cells[8..11].iter().filter_map(|cell| cell.replace(',', ".").parse().ok()).collect();
    ensure!(cells[8].contains(','), "{cells:?}");
    let bytes = browser
        .run("return window.__saved.arrayBuffer().then((all) => [...new Uint8Array(all)].slice(0, 3))", Vec::new());
    ensure!(bytes.await? == json!([0xef, 0xbb, 0xbf]), "Excel takes the file for another encoding");
    ensure!(numbers.len() == 3 && numbers[1] < numbers[0] && numbers[0] < numbers[2], "{cells:?}");
    ensure!(lines[3].ends_with(";;;;not estimated") && lines[5].ends_with("blank, unknown value"), "{lines:?}");
    browser.expect_quiet_console().await
}

/// The text of the saved class file.
pub(crate) async fn saved_text(browser: &Browser) -> Result<String> {
    // Intercept the file that the link would save.
    let keep = "window.__saved = null; const make = URL.createObjectURL; \
        URL.createObjectURL = (blob) => { window.__saved = blob; return make.call(URL, blob) }";
    browser.run(keep, Vec::new()).await?;
    browser.press_button("Download with estimates").await?;
    browser.holds("the file", "return window.__saved !== null").await?;
    let text = browser.run("return window.__saved.text()", Vec::new()).await?;
    Ok(text.as_str().unwrap_or_default().to_owned())
}

pub(crate) async fn a_row_opens_with_its_estimate(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    // Decimal commas, other spellings, and a category unknown to the model.
    let rows = FORGIVEN.replace("a\n", "a\n74;72,5;standard;Female;None;GROUP B;Bachelor's Degree;a2\n");
    browser.choose("class-file", &[("class.csv", &rows)]).await?;
    browser.text_of("class-summary", |text| text.contains("6 rows")).await?;
    let text = saved_text(&browser).await?;
    // With all digits in the file, by row.
    let estimates: Vec<Vec<&str>> = text.lines().skip(1).map(|line| line.split(';').collect()).collect();
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
        // Counted from the end: a cell of the file may contain the delimiter.
        let expected: f64 = row[row.len() - 4].replace(',', ".").parse()?;
        // As text: a driver may parse a number slightly differently.
        let shown = "return document.getElementById('estimate-number').dataset.shown";
        browser
            .eventually(&format!("the estimate {expected} of row {place}"), async || {
                let shown = browser.run(shown, Vec::new()).await?;
                let shown: f64 = shown.as_str().and_then(|text| text.parse().ok()).unwrap_or(f64::NAN);
                Ok((shown == expected).then_some(()))
            })
            .await?;
    }
    ensure!(browser.run(address, Vec::new()).await? == before, "the record stands in the address or the history");
    browser.text_of("remarks", |text| text.contains("never seen this value")).await?;
    browser.expect_quiet_console().await
}

pub(crate) async fn a_class_shows_who_is_who(browser: Browser) -> Result<()> {
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
    // Rows are opened and paged through; the pager shows the name.
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

pub(crate) async fn the_ranges_follow_the_level(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    browser.press_button("Try the sample file").await?;
    browser.text_of("class-summary", |text| text.contains("1000 rows")).await?;
    let width = "const [, low, high] = document.querySelector('.rows tbody tr').innerText.match(/(\\d+) to (\\d+)/) ?? []; return high - low";
    let wide = browser.run(width, Vec::new()).await?.as_f64().unwrap_or_default();
    let level = browser.role("slider", "Confidence of the range").await?;
    browser.run("arguments[0].focus()", vec![serde_json::to_value(&level)?]).await?;
    browser.press(Key::Home).await?;
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

pub(crate) async fn a_class_is_walked_through(browser: Browser) -> Result<()> {
    let _site = browser.open_page("").await?;
    browser.press_button("Try the sample file").await?;
    browser.text_of("class-summary", |text| text.contains("1000 rows")).await?;
    browser.holds("rows", "return document.querySelector('.rows tbody button') !== null").await?;
    browser.run("[...document.querySelectorAll('.rows thead button')].at(-1).focus()", Vec::new()).await?;
    browser.press(Key::Tab).await?;
    for _ in 0..30 {
        browser.press(Key::Down).await?;
    }
    browser
        .eventually("the focus on the 31st row", async || {
            let (role, name) = browser.focused().await?;
            Ok((role == "button" && name == "Open line 32 above").then_some(()))
        })
        .await?;
    // A single Tab leaves the table.
    browser.press(Key::Tab).await?;
    let outside = "return document.activeElement.closest('.rows') === null && document.activeElement !== document.body";
    browser.holds("the focus behind the table", outside).await?;
    browser.expect_quiet_console().await
}

//! Actions that many journeys share.

use anyhow::Result;
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use crate::{
    browser::Browser,
    site::{Served, Site},
};

impl Browser {
    /// Opens the built page and waits for its first estimate; `rest` is appended to the address, as in
    /// `#lunch=standard`.
    ///
    /// # Errors
    ///
    /// When there is no estimate before the timeout.
    pub async fn open_page(&self, rest: &str) -> Result<Served> {
        let site = Site::built()?.serve().await?;
        self.open(&format!("{}{rest}", site.address())).await?;
        self.text_of("estimate", |text| text.parse::<f64>().is_ok()).await?;
        // The panels below it appear later.
        self.css("#about").await?;
        Ok(site)
    }

    /// The estimate shown on the page.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub async fn estimate(&self) -> Result<f64> {
        let script = "return Number(document.querySelector('[data-testid=estimate]').dataset.shown)";
        Ok(self.run(script, Vec::new()).await?.as_f64().unwrap_or(f64::NAN))
    }

    /// Presses the button of this name, scrolling to it.
    ///
    /// # Errors
    ///
    /// When there is no such button before the timeout.
    pub async fn press_button(&self, name: &str) -> Result<()> {
        let button = self.role("button", name).await?;
        self.run("arguments[0].click()", vec![serde_json::to_value(&button)?]).await.map(drop)
    }

    /// Sets the files (name and content) of the file field with this id, as the file dialog does.
    ///
    /// # Errors
    ///
    /// When there is no such field.
    pub async fn choose<C: AsRef<[u8]>>(&self, field: &str, files: &[(&str, C)]) -> Result<()> {
        let script = format!(
            "{FILES} const field = document.getElementById(arguments[0]); field.files = transfer.files; \
             field.dispatchEvent(new Event('change', {{ bubbles: true }}));"
        );
        self.run(&script, vec![json!(field), encoded(files)]).await.map(drop)
    }

    /// Drops files onto the element with this id.
    ///
    /// # Errors
    ///
    /// When there is no such element.
    pub async fn drop_files<C: AsRef<[u8]>>(&self, place: &str, files: &[(&str, C)]) -> Result<()> {
        let script = format!(
            "{FILES} for (const kind of ['dragover', 'drop']) document.getElementById(arguments[0]) \
             .dispatchEvent(new DragEvent(kind, {{ bubbles: true, cancelable: true, dataTransfer: transfer }}));"
        );
        self.run(&script, vec![json!(place), encoded(files)]).await.map(drop)
    }

    /// Opens a class of 1,000,000 rows and waits for its table; returns the time in ms and the file's size in bytes.
    ///
    /// # Errors
    ///
    /// When the page is closed.
    pub async fn million_rows(&self) -> Result<Value> {
        // The sample repeated a thousand times, with the row number as an additional column.
        let script = "const [header, ...rows] = (await (await fetch('./sample.csv')).text()).trim().split('\\n'); \
            const parts = [`row,${header}\\n`]; \
            for (let times = 0; times < 1000; times += 1) \
                parts.push(rows.map((row, at) => `${times * rows.length + at + 1},${row}\\n`).join('')); \
            const file = new File(parts, 'million.csv'); const transfer = new DataTransfer(); transfer.items.add(file); \
            const field = document.getElementById('class-file'); field.files = transfer.files; \
            const start = performance.now(); \
            field.dispatchEvent(new Event('change', { bubbles: true })); \
            await new Promise((resolve) => setTimeout(resolve)); \
            while (!document.querySelector('[data-testid=class-summary]') || !document.querySelector('.rows tbody tr')) \
                await new Promise((resolve) => setTimeout(resolve, 10)); \
            return [performance.now() - start, file.size]";
        self.run(&format!("return (async () => {{ {script} }})()"), Vec::new()).await
    }

    /// Waits until a script returns `true`.
    ///
    /// # Errors
    ///
    /// When it does not before the timeout.
    pub async fn holds(&self, what: &str, script: &str) -> Result<()> {
        // Elements that the script accesses may not exist yet.
        let holds = async || self.run(script, Vec::new()).await.is_ok_and(|value| value == json!(true));
        self.eventually(what, async || Ok(holds().await.then_some(()))).await
    }

    /// Opens every `<details>` of the page.
    ///
    /// # Errors
    ///
    /// When the page is closed.
    pub async fn unfold(&self) -> Result<()> {
        let script = "for (const details of document.querySelectorAll('details')) details.open = true";
        self.run(script, Vec::new()).await.map(drop)
    }
}

/// Creates a `transfer` of the files in the second argument.
const FILES: &str = "const transfer = new DataTransfer(); \
    for (const [name, content] of arguments[1]) \
        transfer.items.add(new File([Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))], name));";

fn encoded<C: AsRef<[u8]>>(files: &[(&str, C)]) -> Value {
    files.iter().map(|(name, content)| json!([name, BASE64_STANDARD.encode(content)])).collect()
}

//! The journeys on the page.

use std::process::ExitCode;

use anyhow::Result;
use journeys::{Browser, Screen, Site, Suite};

fn main() -> ExitCode {
    Suite::default().journey("the page loads without an error", the_page_loads_without_an_error).run()
}

async fn the_page_loads_without_an_error(browser: Browser) -> Result<()> {
    let site = Site::built()?.serve().await?;
    browser.open(site.address()).await?;
    browser.css("main").await?;
    for (name, screen) in [("desktop", Screen::DESKTOP), ("phone", Screen::PHONE), ("small-phone", Screen::SMALL_PHONE)]
    {
        browser.use_screen(screen).await?;
        for scheme in ["light", "dark"] {
            browser.prefer(&[("prefers-color-scheme", scheme)]).await?;
            browser.whole_screenshot(&format!("page-{name}-{scheme}")).await?;
        }
    }
    browser.expect_quiet_console().await
}

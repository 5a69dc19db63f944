//! The packaged modules in widely used build tools: each minimal app in `journeys/bundlers` is built by its own tool,
//! opened in the browser or queried over HTTP, and must show exactly the estimate that `model-core` gives.
//!
//! `cargo xtask test` installs the tools and copies the packages there; with `--long` for all apps.

mod run;
mod runs;
mod server;
mod table;

use std::{env, path::PathBuf, process::ExitCode};

use journeys::Suite;
use tokio::sync::Mutex;

use self::runs::RUNS;

/// Runs of one app share its folder, and parallel builds would be no faster.
static TURN: Mutex<()> = Mutex::const_new(());

fn main() -> ExitCode {
    let suite = Suite::default().always("the table of frameworks is that of these runs", table::is_that_of_the_runs);
    RUNS.iter()
        .fold(suite, |suite, run| {
            let title = run.title();
            if run.has_page() {
                return suite.in_chromium_if(&title, run.is_ready(), async |browser| {
                    let _turn = TURN.lock().await;
                    run.visit(&browser).await
                });
            }
            suite.without_browser(&title, run.is_ready(), || {
                let _turn = TURN.blocking_lock();
                run.ask()
            })
        })
        .run()
}

/// The folder in which an app is built.
fn prepared(app: &str) -> Option<PathBuf> {
    Some(PathBuf::from(env::var_os("SCORECAST_BUNDLERS")?).join(app))
}

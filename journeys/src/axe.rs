//! axe-core, which checks accessibility.
//!
//! Injected by the driver, so that the page's content security policy stays unchanged.

use std::{env, fs};

use anyhow::{Context, Result, bail};

use crate::browser::Browser;

impl Browser {
    /// Expects that axe-core finds nothing on the page in its current state, which `state` names.
    ///
    /// # Errors
    ///
    /// Violated rules with their elements; also when `SCORECAST_AXE` names no axe-core.
    pub async fn expect_accessible(&self, state: &str) -> Result<()> {
        let path = env::var_os("SCORECAST_AXE").context("SCORECAST_AXE is not set: it names axe.min.js")?;
        let source = fs::read_to_string(path).context("axe-core could not be read")?;
        let script = format!(
            "{source}; const done = arguments[arguments.length - 1]; \
             axe.run(document, {{ resultTypes: ['violations'] }}).then(({{ violations }}) => \
             violations.flatMap(({{ id, help, nodes }}) => nodes.map(({{ target, failureSummary }}) => \
             `${{id}} (${{help}}) at ${{target}}: ${{failureSummary}}`))).then(done, (error) => done(String(error)))"
        );
        let answer = self.client().execute_async(&script, Vec::new()).await.context("axe-core could not be run")?;
        let found = answer.as_array().with_context(|| format!("axe-core gave no answer: {answer}"))?;
        if !found.is_empty() {
            let lines: Vec<String> =
                found.iter().map(|line| format!("\n  {}", line.as_str().unwrap_or_default())).collect();
            bail!("axe-core, {state}:{}", lines.concat());
        }
        Ok(())
    }
}

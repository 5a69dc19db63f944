//! Regenerates the generated files in the repository.

use anyhow::Result;

use crate::{
    build::trainer::{self, SAMPLE, Trainer},
    paths,
    shell::Shell,
};

/// Writes the sample file, trains on it, and replaces `artifacts/`.
pub(crate) fn artifacts(shell: Shell) -> Result<()> {
    let own = Trainer::build_basic(shell)?;
    own.write_sample()?;
    let trained = own.train_default()?;
    let kept = paths::root().join("artifacts");
    trainer::publish(&trained, &kept)?;
    println!("\n{SAMPLE} and artifacts/ are up to date.");
    Ok(())
}

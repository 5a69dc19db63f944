//! Renews the generated files that the repository keeps.

use anyhow::Result;

use crate::{
    paths,
    shell::Shell,
    train::{self, SAMPLE, Trainer},
};

/// Writes the sample file, trains on it, and replaces `artifacts/`.
pub(crate) fn artifacts(shell: Shell) -> Result<()> {
    let trainer = Trainer::build(shell)?;
    trainer.write_sample()?;
    let trained = trainer.train_default()?;
    let kept = paths::root().join("artifacts");
    train::publish(&trained, &kept)?;
    println!("\n{SAMPLE} and artifacts/ are up to date.");
    Ok(())
}

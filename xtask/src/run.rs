//! From a fresh clone to a prediction in the browser.

use std::{ffi::OsString, fs, path::Path, path::PathBuf};

use anyhow::Result;
use clap::Args;

use crate::{
    build::{
        site::{self, Extent},
        sizes,
        trainer::{PUBLISHED, Trainer},
    },
    paths,
    release::kept::Keep,
    serve, setup,
    shell::Shell,
};

/// What to train on, and where to serve.
#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    port: serve::Port,
    /// Train on this CSV file instead of the fictional sample.
    #[arg(long, value_name = "CSV", requires = "target")]
    data: Option<PathBuf>,
    /// The column of --data to predict.
    #[arg(long, value_name = "COLUMN", requires = "data")]
    target: Option<String>,
    /// Show the model that the repository keeps in artifacts/ instead of training one.
    #[arg(long, conflicts_with = "data")]
    kept_model: bool,
    /// Also build the custom element and the JavaScript module, for pages of other sites.
    #[arg(long)]
    embed: bool,
    /// With --embed, go on serving the hashed files of so many earlier versions, as `cargo xtask package` does.
    #[arg(long, value_name = "N", requires = "embed")]
    keep: Option<usize>,
    /// Where each version's hashed files are kept.
    #[arg(long, value_name = "DIR", requires = "keep")]
    releases: Option<PathBuf>,
    /// Build everything, but do not serve it.
    #[arg(long)]
    build_only: bool,
    /// Further options for the trainer, with --data.
    #[arg(last = true, requires = "data", value_name = "TRAINER OPTIONS")]
    trainer_options: Vec<OsString>,
}

/// Trains, builds and serves.
pub(crate) fn run(shell: Shell, arguments: &Arguments) -> Result<()> {
    setup::ensure(shell)?;
    let artifacts = match (&arguments.data, &arguments.target) {
        _ if arguments.kept_model => paths::root().join("artifacts"),
        (Some(data), Some(target)) => Trainer::build(shell)?.train_on(data, target, &arguments.trainer_options)?,
        _ => {
            let artifacts = Trainer::build_basic(shell)?.train_default()?;
            note_difference(&artifacts);
            artifacts
        }
    };
    let site = site::build(shell, &artifacts, if arguments.embed { Extent::Everything } else { Extent::Page })?;
    let site = match arguments.keep {
        Some(keep) => Keep { keep, releases: arguments.releases.clone() }.add_earlier(shell, &site)?.site,
        None => site,
    };
    sizes::print("first load", &sizes::first_load(&site)?);
    if arguments.build_only {
        println!("The site is in {}", site.display());
        return Ok(());
    }
    serve::serve(&site, arguments.port)
}

/// Notes that the kept files differ from the trainer's: if it was changed on purpose, they should be updated.
fn note_difference(trained: &Path) {
    let kept = paths::root().join("artifacts");
    let differs = |name: &&str| fs::read(trained.join(name)).ok() != fs::read(kept.join(name)).ok();
    let different: Vec<&str> = PUBLISHED.into_iter().filter(differs).collect();
    if !different.is_empty() {
        println!(
            "  note: the trained {} differ from those in artifacts/; `cargo xtask artifacts` \
             renews them",
            different.join(", ")
        );
    }
}

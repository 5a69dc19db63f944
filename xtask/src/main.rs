//! Every task of the repository, in Rust, so that a machine with rustup, a C compiler and Node
//! needs nothing else: no Makefile, no shell scripts, no manually installed tools.

mod artifacts;
mod bench;
mod build;
mod check;
mod deploy_check;
mod files;
mod fingerprint;
mod paths;
mod publish;
mod release;
mod run;
mod serve;
mod setup;
mod shell;
mod times;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::shell::Shell;

/// The chores of the Scorecast repository.
#[derive(Parser)]
#[command(name = "cargo xtask", version)]
struct Arguments {
    /// Show everything that the called programs print, not only on failure.
    #[arg(long, short, global = true)]
    verbose: bool,
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Train the model, build the page and serve it on 127.0.0.1.
    Run(run::Arguments),
    /// Run every check and test, the browser journeys included.
    Test(check::Arguments),
    /// Renew what the trainer generates and the repository keeps: sample data and default model.
    Artifacts,
    /// Measure what is promised and renew BENCHMARKS.md.
    Bench(bench::Arguments),
    /// Pack the JavaScript module; with --host make a release of the host, one static binary with the site inside.
    Package(release::Arguments),
    /// Run every check and test over all seeds, and then pack the module and the host.
    Release(release::kept::Keep),
    /// Check what is needed on EC2, as far as that goes without an account.
    DeployCheck(deploy_check::Arguments),
    /// Serve a folder on 127.0.0.1 as the page is served.
    Serve {
        /// The folder to serve.
        dir: PathBuf,
        #[command(flatten)]
        port: serve::Port,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let shell = Shell { verbose: arguments.verbose, is_aside: false };
    let done = match arguments.chore {
        Chore::Run(arguments) => run::run(shell, &arguments).map(|()| ExitCode::SUCCESS),
        Chore::Test(arguments) => check::test(shell, &arguments),
        Chore::Artifacts => artifacts::artifacts(shell).map(|()| ExitCode::SUCCESS),
        Chore::Bench(arguments) => bench::bench(shell, &arguments).map(|()| ExitCode::SUCCESS),
        Chore::Package(arguments) => release::package(shell, &arguments).map(|()| ExitCode::SUCCESS),
        Chore::Release(keep) => publish::release(shell, &keep),
        Chore::DeployCheck(arguments) => deploy_check::deploy_check(shell, &arguments),
        Chore::Serve { dir, port } => serve::serve(&dir, port).map(|()| ExitCode::SUCCESS),
    };
    done.unwrap_or_else(|error| {
        eprintln!("\n✗ {error:#}");
        ExitCode::FAILURE
    })
}

//! `scorecast-host`: serves a built page.

// What users can reach must not panic (docs/reliability.md).
#![cfg_attr(
    not(test),
    warn(
        clippy::expect_used,
        clippy::panic,
        clippy::print_stderr,
        clippy::print_stdout,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand};
use host::{Running, options::Options, print_status};
use sd_notify::NotifyState;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The default allocators of small static C libraries are slow.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Serves a built page: from a folder, or the one inside of this binary.
///
/// SIGTERM and SIGINT finish what is in flight and end; SIGHUP takes over changed files and certificates at once (they
/// are also noticed within seconds) and opens the log file anew.
#[derive(Parser)]
#[command(name = "scorecast-host", version, args_conflicts_with_subcommands = true)]
struct Arguments {
    /// A TOML file with further options, named as the flags are
    #[arg(long, env = "SCORECAST_HOST_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Say whether these options, the site and the certificate can be used, and end; listens nowhere
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Make the compressed forms of a folder's files, which the host then serves
    Prepare {
        /// The folder of a built page
        dir: PathBuf,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print_status(format_args!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Prints a result on standard output.
fn say(message: std::fmt::Arguments<'_>) -> Result<()> {
    use std::io::Write as _;
    writeln!(std::io::stdout(), "scorecast-host: {message}").context("standard output can't be written")
}

fn run(arguments: Arguments) -> Result<()> {
    if let Some(Command::Prepare { dir }) = arguments.command {
        let n_files = host::prepare(&dir)?;
        say(format_args!("{} is ready, {n_files} files have compressed forms", dir.display()))?;
        return Ok(());
    }
    let options = match &arguments.config {
        Some(file) => arguments.options.or(Options::from_file(file)?),
        None => arguments.options,
    };
    let config = options.resolve()?;
    if arguments.check {
        let (n_files, n_compressed) = config.check()?;
        say(format_args!("can serve {n_files} files, {n_compressed} of them compressed"))?;
        return Ok(());
    }
    let settings = config.listen()?;
    let scheme = if settings.tls.is_some() { "https" } else { "http" };
    let signals = Signals::listen()?;
    let server = host::start(settings)?;
    let (n_files, n_compressed) = server.site_size();
    print_status(format_args!(
        "{}: {scheme}://{}/ with {n_files} files, {n_compressed} of them compressed",
        env!("CARGO_PKG_VERSION"),
        server.address()
    ));
    // This fails without systemd, which is fine.
    let _ = sd_notify::notify(&[NotifyState::Ready]);
    signals.wait(&server);
    print_status(format_args!("finishing what is in flight"));
    server.stop();
    Ok(())
}

struct Signals {
    runtime: tokio::runtime::Runtime,
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
}

impl Signals {
    /// Called before the server starts: as soon as it answers, a signal may stop it.
    fn listen() -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
        let context = runtime.enter();
        let terminate = signal(SignalKind::terminate())?;
        let interrupt = signal(SignalKind::interrupt())?;
        let hangup = signal(SignalKind::hangup())?;
        drop(context);
        Ok(Self { runtime, terminate, interrupt, hangup })
    }

    /// Returns when the process is asked to end.
    fn wait(self, server: &Running) {
        let Self { runtime, mut terminate, mut interrupt, mut hangup } = self;
        runtime.block_on(async {
            loop {
                tokio::select! {
                    _ = terminate.recv() => break,
                    _ = interrupt.recv() => break,
                    _ = hangup.recv() => server.reload(),
                }
            }
        });
    }
}

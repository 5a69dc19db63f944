//! `scorecast-host`: serves a built page.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::Parser;
use host::{Running, config::Options, say};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::signal::unix::{SignalKind, signal};

/// The system libraries of small static binaries hand out memory slowly.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Serves a built page: from a folder, or the one inside of this binary.
///
/// SIGTERM and SIGINT finish what is in flight and end; SIGHUP takes over changed files and certificates at once (they
/// are also noticed within seconds) and opens the log file anew.
#[derive(Parser)]
#[command(name = "scorecast-host", version)]
struct Arguments {
    /// A TOML file with further options, named as the flags are
    #[arg(long, env = "SCORECAST_HOST_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Say whether these options, the site and the certificate can be used, and end
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    options: Options,
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(format_args!(": {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<()> {
    let options = match &arguments.config {
        Some(file) => arguments.options.or(Options::from_file(file)?),
        None => arguments.options,
    };
    allow_descriptors();
    let settings = options.settings()?;
    let scheme = if settings.tls.is_some() { "https" } else { "http" };
    let signals = Signals::listen()?;
    let server = host::start(settings)?;
    let (n_files, n_compressed) = server.site_size();
    if arguments.check {
        println!("scorecast-host: can serve {n_files} files, {n_compressed} of them compressed");
        return Ok(());
    }
    say(format_args!(
        " {}: {scheme}://{}/ with {n_files} files, {n_compressed} of them compressed",
        env!("CARGO_PKG_VERSION"),
        server.address()
    ));
    signals.wait(&server)?;
    say(format_args!(": finishing what is in flight"));
    server.stop();
    Ok(())
}

/// A thousand connections are more descriptors than a shell usually allows.
fn allow_descriptors() {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
}

struct Signals {
    runtime: tokio::runtime::Runtime,
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
    hangup: tokio::signal::unix::Signal,
}

impl Signals {
    /// Before the server starts: from its first answer on it can be asked to stop.
    fn listen() -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
        let _context = runtime.enter();
        let terminate = signal(SignalKind::terminate())?;
        let interrupt = signal(SignalKind::interrupt())?;
        let hangup = signal(SignalKind::hangup())?;
        drop(_context);
        Ok(Self { runtime, terminate, interrupt, hangup })
    }

    fn wait(self, server: &Running) -> Result<()> {
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
        Ok(())
    }
}

//! Steps and the programs they call.
//!
//! Why: a reader of the console wants one line per step (what, how long) and nothing else, until
//! something fails; then they want the whole output, and what to do next.

use std::{
    ffi::OsStr,
    io::{self, BufRead, BufReader, IsTerminal, Write},
    path::Path,
    process::{Command, ExitStatus},
    time::Instant,
};

use anyhow::{Context, Result};

use crate::times;

/// The number of last lines shown of a failed program.
const SHOWN_LINES: usize = 120;

/// The options for output to the console.
#[derive(Clone, Copy)]
pub(crate) struct Shell {
    /// Show the output of every program while it runs.
    pub(crate) verbose: bool,
    /// Steps run in parallel to others: each prints its line when it has ended.
    pub(crate) is_aside: bool,
}

impl Shell {
    /// A shell for steps on a parallel thread.
    pub(crate) const fn aside(self) -> Self {
        Self { is_aside: true, ..self }
    }

    /// Does `work` under one line of the form `▸ title … 12.3 s`.
    pub(crate) fn step<T>(self, title: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        if !self.is_aside {
            print!("▸ {title} … ");
            if self.verbose {
                println!();
            }
        }
        // Continue building even if standard output is closed.
        let _ = io::stdout().flush();
        let start = Instant::now();
        let result = work();
        let seconds = start.elapsed().as_secs_f64();
        times::record(title, seconds);
        let prefix = if self.verbose || self.is_aside { format!("▸ {title} … ") } else { String::new() };
        match &result {
            Ok(_) => println!("{prefix}{seconds:.1} s"),
            Err(_) => println!("{prefix}failed after {seconds:.1} s"),
        }
        result.with_context(|| format!("{title}: failed"))
    }

    /// Like [`Shell::step`] for work with its own output.
    pub(crate) fn loud_step<T>(self, title: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        Shell { verbose: true, ..self }.step(title, work)
    }

    /// Runs `call`, showing its output only when it fails.
    pub(crate) fn run(self, call: Call) -> Result<()> {
        let Call { description, remedy, .. } = &call;
        let (description, remedy) = (description.clone(), remedy.clone());
        let finished = self.output(call)?;
        if finished.status.success() {
            return Ok(());
        }
        let output = if self.verbose { String::new() } else { tail(&finished.output) };
        Err(Failure { description, status: finished.status, output, remedy }.into())
    }

    /// Runs `call` and returns its output, with standard error interleaved.
    pub(crate) fn output(self, mut call: Call) -> Result<Finished> {
        let (reader, writer) = io::pipe().context("no pipe could be opened")?;
        call.command
            .stdin(std::process::Stdio::null())
            .stdout(writer.try_clone().context("the pipe could not be shared")?)
            .stderr(writer);
        let mut child = call.command.spawn().with_context(|| call.not_started())?;
        // The command holds the write ends of the pipe; unless they are closed, reading never ends.
        drop(call);
        let mut output = String::new();
        let mut reader = BufReader::new(reader);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).context("the output could not be read")? > 0 {
            let text = String::from_utf8_lossy(&line);
            if self.verbose {
                print!("{text}");
            }
            output.push_str(&text);
            line.clear();
        }
        let status = child.wait().context("the program's end could not be awaited")?;
        Ok(Finished { status, output })
    }

    /// Runs `call` with the console inherited: for programs that show progress.
    pub(crate) fn run_in_console(mut call: Call) -> Result<()> {
        let status = call.command.status().with_context(|| call.not_started())?;
        if status.success() {
            return Ok(());
        }
        let Call { description, remedy, .. } = call;
        Err(Failure { description, status, output: String::new(), remedy }.into())
    }
}

/// Whether standard output is a terminal.
pub(crate) fn is_watched() -> bool {
    io::stdout().is_terminal()
}

/// A program to call, and the remedy if that fails.
pub(crate) struct Call {
    command: Command,
    description: String,
    remedy: String,
}

impl Call {
    pub(crate) fn new(program: impl AsRef<OsStr>, remedy: &str) -> Self {
        let program = program.as_ref();
        let name = Path::new(program).file_name().unwrap_or(program);
        Self {
            description: name.to_string_lossy().into_owned(),
            remedy: remedy.to_owned(),
            command: Command::new(program),
        }
    }

    pub(crate) fn arg(self, arg: impl AsRef<OsStr>) -> Self {
        self.args([arg])
    }

    pub(crate) fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        for arg in args {
            self.description.push(' ');
            self.description.push_str(&arg.as_ref().to_string_lossy());
            self.command.arg(arg);
        }
        self
    }

    pub(crate) fn dir(mut self, dir: impl AsRef<Path>) -> Self {
        self.command.current_dir(dir);
        self
    }

    pub(crate) fn env(mut self, key: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(key, value);
        self
    }

    pub(crate) fn env_remove(mut self, key: &str) -> Self {
        self.command.env_remove(key);
        self
    }

    fn not_started(&self) -> String {
        let Self { description, remedy, .. } = self;
        format!("`{description}` could not be started\n\n  What to do: {remedy}")
    }
}

/// The output of a program, and how it ended.
pub(crate) struct Finished {
    pub(crate) status: ExitStatus,
    pub(crate) output: String,
}

/// A program that failed.
#[derive(Debug, thiserror::Error)]
#[error("`{description}` ended with {status}{output}\n\n  What to do: {remedy}")]
struct Failure {
    description: String,
    status: ExitStatus,
    output: String,
    remedy: String,
}

/// The last lines of `output`, indented.
fn tail(output: &str) -> String {
    let lines: Vec<&str> = output.lines().collect();
    let shown = &lines[lines.len().saturating_sub(SHOWN_LINES)..];
    let mut text = String::from("\n");
    if shown.len() < lines.len() {
        text.push_str("\n    (earlier lines left out; --verbose shows them)");
    }
    for line in shown {
        text.push_str("\n    ");
        text.push_str(line);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUIET: Shell = Shell { verbose: false, is_aside: false };

    #[test]
    fn a_failure_says_what_ran_what_it_printed_and_what_to_do() {
        let call = Call::new("sh", "do better").args(["-c", "echo one; echo two >&2; exit 3"]);
        let message = format!("{:#}", QUIET.run(call).unwrap_err());
        assert!(message.contains("`sh -c echo one; echo two >&2; exit 3`"), "{message}");
        assert!(message.contains("exit status: 3\n\n    one\n    two\n"), "{message}");
        assert!(message.ends_with("What to do: do better"), "{message}");
    }

    #[test]
    fn a_missing_program_says_what_to_do() {
        let call = Call::new("no-such-program", "install it");
        let message = format!("{:#}", QUIET.run(call).unwrap_err());
        assert!(message.contains("install it"), "{message}");
    }
}

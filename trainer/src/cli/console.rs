//! Output to standard output and standard error.
//!
//! Failing to print loses no work: a message that standard error does not accept is dropped, and a closed standard
//! output ends the output quietly. Only a result that cannot be written to standard output is a failure.

use std::fmt::Display;
use std::io::{self, Write};
use std::path::Path;

use super::failure::Failure;

/// Writes a command's result to standard output.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut output = io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(problem) if problem.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::writing(Path::new("standard output"), &problem))
        }
        _ => Ok(()),
    }
}

/// Prints a line to standard error.
pub(crate) fn say(message: impl Display) {
    let _ = writeln!(io::stderr(), "{}", for_terminal(&message.to_string()));
}

/// Formats a number; further decimals would be noise.
pub(crate) fn figure(number: f64, decimals: usize) -> String {
    if number.abs() >= 1e15 { format!("{number:.3e}") } else { format!("{number:.decimals$}") }
}

/// The same with a sign.
pub(crate) fn signed(number: f64, decimals: usize) -> String {
    if number.abs() >= 1e15 { format!("{number:+.3e}") } else { format!("{number:+.decimals$}") }
}

/// The maximal number of characters of a message.
const MAX_CHARS: usize = 2_000;

/// Escapes a message: it may quote cells of a file, which must neither control the terminal nor flood it.
fn for_terminal(message: &str) -> String {
    let shown = |letter: char| if letter.is_control() && letter != '\n' { '\u{fffd}' } else { letter };
    let mut text: String = message.chars().take(MAX_CHARS).map(shown).collect();
    if message.chars().nth(MAX_CHARS).is_some() {
        text.push('…');
    }
    text
}

/// Prints notices besides the result, and logs them.
pub(crate) fn notify(notices: &[String], quiet: bool) {
    for notice in notices {
        log::warn!("{notice}");
        if !quiet {
            say(format_args!("notice: {notice}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_figure_has_hundreds_of_digits() {
        assert_eq!(
            (figure(12.345, 2), figure(-1e200, 4), signed(3e99, 1)),
            ("12.35".into(), "-1.000e200".into(), "+3.000e99".into())
        );
    }

    #[test]
    fn messages_are_short_and_without_control_characters() {
        assert_eq!(for_terminal("a\u{1b}[31mb\u{9b}\tc\nd"), "a\u{fffd}[31mb\u{fffd}\u{fffd}c\nd");
        assert_eq!(for_terminal(&"é".repeat(3_000)).chars().count(), MAX_CHARS + 1);
    }
}

//! Parses the output of `cargo test`.
//!
//! Why the text: the stable test harness has no other output, and harnesses that imitate it print
//! the same lines.

use super::tally::Tally;

/// Counts the results in the output of a `cargo test`; `ended_well` is whether it succeeded.
///
/// The sums come from the `test result:` lines, which cannot be garbled by what tests print; the
/// names from the lines of the tests. A test program that crashed has no result line and counts as
/// one failure, and so does a compilation that failed.
pub(crate) fn tally(output: &str, ended_well: bool) -> Tally {
    let mut tally = Tally::default();
    let mut program_name = String::new();
    let mut failed: Vec<String> = Vec::new();
    let mut skipped: Vec<String> = Vec::new();
    for line in output.lines() {
        let line = line.trim();
        if let Some(name) = program(line) {
            program_name = name.to_owned();
        } else if let Some(counts) = line.strip_prefix("test result: ") {
            tally.passed += count(counts, "passed");
            let unnamed = |what: &str| format!("{what} without a name ({program_name})");
            failed.resize_with(count(counts, "failed"), || unnamed("a failed test"));
            skipped.resize_with(count(counts, "ignored"), || unnamed("a skipped test"));
            tally.failed.append(&mut failed);
            tally.skipped.append(&mut skipped);
        } else if let Some((name, outcome)) = test(line) {
            match outcome {
                "FAILED" => failed.push(format!("{name} ({program_name})")),
                _ if outcome.starts_with("ignored") => skipped.push(format!("{name} ({program_name})")),
                _ => {}
            }
        } else if let Some(rest) = line.strip_prefix("process didn't exit successfully: ") {
            // The names of failed tests of this program, if any, were lost together with the sums.
            failed.clear();
            skipped.clear();
            tally.failed.push(format!("a test program crashed: {rest}"));
        }
    }
    if !ended_well && tally.failed.is_empty() {
        tally.failed.push("cargo test".to_owned());
    }
    tally
}

/// How many seconds each test program ran, by its source.
pub(crate) fn durations(output: &str) -> Vec<(String, f64)> {
    let mut durations = Vec::new();
    let mut program_name = "";
    for line in output.lines().map(str::trim) {
        if let Some(name) = program(line) {
            program_name = name;
        } else if let Some((_, time)) =
            line.strip_prefix("test result: ").and_then(|rest| rest.split_once("finished in "))
            && let Ok(seconds) = time.trim_end_matches('s').parse()
        {
            durations.push((program_name.to_owned(), seconds));
        }
    }
    durations
}

/// The output without successful tests.
pub(crate) fn worth_reading(output: &str) -> String {
    let boring = |line: &str| {
        let line = line.trim();
        let harmless = ["Compiling ", "Running ", "Doc-tests ", "running ", "test result: ok"];
        line.is_empty()
            || harmless.iter().any(|start| line.starts_with(start))
            || test(line).is_some_and(|(_, outcome)| outcome != "FAILED")
    };
    let lines: Vec<&str> = output.lines().filter(|line| !boring(line)).collect();
    lines.join("\n")
}

/// The source of the test program announced by a line.
fn program(line: &str) -> Option<&str> {
    if let Some(name) = line.strip_prefix("Doc-tests ") {
        return Some(name);
    }
    let (source, _) = line.strip_prefix("Running ")?.split_once(" (")?;
    Some(source.trim_start_matches("unittests "))
}

/// Name and outcome in a line such as `test name ... ok`.
fn test(line: &str) -> Option<(&str, &str)> {
    let (name, outcome) = line.strip_prefix("test ")?.rsplit_once(" ... ")?;
    Some((name.trim_end(), outcome.trim()))
}

/// The number before `what` in `ok. 3 passed; 0 failed; …`.
fn count(counts: &str, what: &str) -> usize {
    counts
        .split(['.', ';'])
        .filter_map(|part| part.trim().strip_suffix(what))
        .find_map(|number| number.trim().parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "
   Compiling trainer v0.1.0
     Running unittests src/lib.rs (target/debug/deps/trainer-0123)

running 2 tests
test split::golden ... ok
test split::shuffled ... FAILED

failures:

---- split::shuffled stdout ----
assertion failed

failures:
    split::shuffled

test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s

error: test failed, to rerun pass `-p trainer --lib`
     Running tests/real_data.rs (target/debug/deps/real_data-0123)

running 2 tests
test the students' records    ... ignored
test math                     ... ignored, not now

test result: ok. 0 passed; 0 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.00s
";

    #[test]
    fn counts_and_names() {
        let tally = tally(OUTPUT, false);
        assert_eq!(tally.passed, 1);
        assert_eq!(tally.failed, ["split::shuffled (src/lib.rs)"]);
        assert_eq!(tally.skipped, ["the students' records (tests/real_data.rs)", "math (tests/real_data.rs)"]);
    }

    #[test]
    fn each_program_has_its_time() {
        assert_eq!(durations(OUTPUT), [("src/lib.rs".to_owned(), 0.01), ("tests/real_data.rs".to_owned(), 0.0)]);
    }

    #[test]
    fn a_failed_compilation_is_a_failure() {
        let tally = tally("error[E0308]: mismatched types", false);
        assert_eq!((tally.passed, tally.failed), (0, vec!["cargo test".to_owned()]));
    }

    #[test]
    fn a_crash_is_a_failure() {
        let output = "     Running tests/parity.rs (target/debug/deps/parity-0123)\n\
            running 1 test\n\
            error: test failed, to rerun pass `-p trainer --test parity`\n\n\
            Caused by:\n  process didn't exit successfully: `parity` (signal: 6, SIGABRT)\n";
        assert_eq!(tally(output, false).failed.len(), 1);
    }

    #[test]
    fn a_failure_is_worth_reading() {
        let text = worth_reading(OUTPUT);
        assert!(text.contains("assertion failed") && text.contains("... FAILED"), "{text}");
        assert!(!text.contains("golden") && !text.contains("Compiling"), "{text}");
    }
}

//! Counts what passed, failed and was skipped.

use anyhow::Result;

/// The outcome of checks and tests.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Tally {
    pub(crate) passed: usize,
    /// Names; a failure without a name still counts.
    pub(crate) failed: Vec<String>,
    pub(crate) skipped: Vec<String>,
}

impl Tally {
    /// Counts a single check, and prints at once why it failed.
    pub(crate) fn check<T>(&mut self, name: &str, result: Result<T>) -> Option<T> {
        match result {
            Ok(value) => {
                self.passed += 1;
                Some(value)
            }
            Err(error) => {
                println!("\n✗ {error:#}\n");
                self.failed.push(name.to_owned());
                None
            }
        }
    }

    pub(crate) fn add(&mut self, other: Tally) {
        self.passed += other.passed;
        self.failed.extend(other.failed);
        self.skipped.extend(other.skipped);
    }

    pub(crate) fn is_success(&self) -> bool {
        self.failed.is_empty()
    }

    /// Lists what failed and what was skipped; the last line is the sum.
    pub(crate) fn print(&self) {
        for (title, names) in [("Skipped:", &self.skipped), ("Failed:", &self.failed)] {
            if !names.is_empty() {
                println!("\n{title}");
                for name in names {
                    println!("  {name}");
                }
            }
        }
        println!("\n{}", self.summary());
    }

    fn summary(&self) -> String {
        let mut line = format!("{} passed, {} failed", self.passed, self.failed.len());
        if !self.skipped.is_empty() {
            line.push_str(&format!(", {} skipped", self.skipped.len()));
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skipped_is_said_only_when_there_is_any() {
        let mut tally = Tally { passed: 3, ..Tally::default() };
        assert_eq!(tally.summary(), "3 passed, 0 failed");
        tally.skipped.push("real data".to_owned());
        assert_eq!(tally.summary(), "3 passed, 0 failed, 1 skipped");
    }
}

//! Runs the measurements of BENCHMARKS.md, and updates it.
//!
//! A benchmark is one file here with one line in the table below. It returns a section of Markdown, which replaces the
//! content between its markers, `<!-- name -->` and `<!-- /name -->`.

mod champion;
mod context;
mod element;
mod host;
mod leaderboard;
mod load;
mod module;
mod page;
mod search;
mod setting;
mod soak;
mod speed;
mod trust;

use std::{fs, path::PathBuf};

use anyhow::{Context, Result, bail};

use self::setting::Bench;
use crate::{paths, shell::Shell};

/// What `cargo xtask bench` takes.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The benchmarks to run; all if none is named
    names: Vec<String>,
    /// The folder of the data files, which the repository does not hold
    #[arg(long, env = "SCORECAST_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
    /// Soak the host for ten minutes instead of one
    #[arg(long)]
    long: bool,
}

type Measure = fn(&Bench<'_>) -> Result<String>;

const BENCHMARKS: [(&str, Measure); 18] = [
    ("leaderboard", leaderboard::measure),
    ("champion", champion::measure),
    ("search", search::measure),
    ("host", host::measure),
    ("module", module::measure),
    ("coverage", trust::coverage),
    ("explain", trust::explain),
    ("page", page::measure),
    ("element", element::measure),
    ("classic", speed::classic),
    ("default", speed::default),
    ("boosting", speed::boosting),
    ("catboost", speed::catboost),
    ("linear", speed::linear),
    ("whole-program", speed::whole_program),
    ("growth", speed::growth),
    ("predict", speed::predict),
    ("start", speed::start),
];

/// Runs the named benchmarks, one after the other.
pub(crate) fn bench(shell: Shell, arguments: &Arguments) -> Result<()> {
    for name in &arguments.names {
        if BENCHMARKS.iter().all(|(known, _)| known != name) {
            bail!("there is no benchmark \"{name}\"; there are {}", BENCHMARKS.map(|(name, _)| name).join(", "));
        }
    }
    let path = paths::root().join("BENCHMARKS.md");
    for (name, measure) in BENCHMARKS {
        if arguments.names.is_empty() || arguments.names.iter().any(|wanted| wanted == name) {
            let section = measure(&Bench { shell, data: &arguments.data, long: arguments.long })?;
            let text = fs::read_to_string(&path).with_context(|| format!("{} could not be read", path.display()))?;
            let text = with_section(&text, name, &section)?;
            fs::write(&path, text).with_context(|| format!("{} could not be written", path.display()))?;
            println!("\nBENCHMARKS.md has the new figures of {name}.");
        }
    }
    Ok(())
}

fn with_section(text: &str, name: &str, section: &str) -> Result<String> {
    let (start, end) = (format!("<!-- {name} -->"), format!("<!-- /{name} -->"));
    let parts = text.split_once(&start).and_then(|(before, rest)| Some((before, rest.split_once(&end)?.1)));
    let (before, after) =
        parts.with_context(|| format!("BENCHMARKS.md has no place between {start} and {end}; write the two lines"))?;
    Ok(format!("{before}{start}\n{}\n{end}{after}", section.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_benchmark_has_its_place_in_the_file() {
        let text = fs::read_to_string(paths::root().join("BENCHMARKS.md")).unwrap();
        for (name, _) in BENCHMARKS {
            with_section(&text, name, "").unwrap();
        }
    }

    #[test]
    fn a_section_takes_the_place_of_the_old_one() {
        let text = "# A\n<!-- one -->\nold\n<!-- /one -->\nrest\n";
        let expected = "# A\n<!-- one -->\nnew\n<!-- /one -->\nrest\n";
        assert_eq!(with_section(text, "one", "\nnew\n").unwrap(), expected);
        assert!(with_section(text, "two", "new").is_err());
    }
}

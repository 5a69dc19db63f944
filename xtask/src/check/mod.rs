//! Every check, in one run.
//!
//! Why one command that continues after a failure: it should report everything that is wrong, not
//! the first thing. Nothing is skipped silently: what did not run is listed by name, and the last
//! line says `N passed, N failed`.

mod bundlers;
mod cargo_output;
mod dependencies;
mod fuzz;
mod node;
mod packages;
pub(crate) mod tally;
mod test_run;
mod types;

use std::{
    env,
    panic::resume_unwind,
    path::{Path, PathBuf},
    process::ExitCode,
    thread,
    time::Instant,
};

use anyhow::{Result, bail};
use clap::Args;

use self::{tally::Tally, test_run::TestRun};
use crate::{
    build::{
        element, examples, module,
        program::{PACKAGES, READER, TARGET, TRAINING},
        reader,
        site::{self, Extent},
        sizes, training,
    },
    paths, release,
    setup::{self, browsers, cargo_tools, npm, python},
    shell::{Call, Shell},
    times,
};

/// What to run.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Compare scores with those of other libraries over as many seeds as their promises are made for, else over a few;
    /// give any bytes to all that reads what comes from outside; look at licences and sources of dependencies.
    #[arg(long)]
    pub(crate) long: bool,
}

/// Runs everything; the exit code tells whether all of it passed.
pub(crate) fn test(shell: Shell, arguments: &Arguments) -> Result<ExitCode> {
    let started = Instant::now();
    let mut tally = Tally::default();
    let data = env::var_os("SCORECAST_DATA").map(PathBuf::from);
    if let Some(data) = &data {
        tally.check("real data", is_folder(data));
    }
    tally.check("formatting", formatting(shell));
    let tools = tally.check("tools", setup::ensure(shell));
    // The longest compilation is the linking of one program, on one core: other programs are compiled in parallel.
    let trainer_in_browser = thread::scope(|scope| {
        let building = tools.is_some().then(|| scope.spawn(|| training::build(shell.aside())));
        tally.check("clippy", clippy(shell, "Clippy", &["--workspace", "--all-targets"]));
        let wasm =
            [&PACKAGES[..], &["--package", READER, "--package", TRAINING, "--package", "trainer", "--lib"]].concat();
        let wasm = [&wasm[..], &["--no-default-features", "--features", "web/element", "--target", TARGET]].concat();
        tally.check("clippy (wasm32)", clippy(shell, "Clippy for the browser, the trainer's library included", &wasm));
        building.map(|building| building.join().unwrap_or_else(|panic| resume_unwind(panic)))
    });

    let mut tests = TestRun::default();
    tests.tell("SCORECAST_TRAINER", trainer());
    if let Some(dir) = data {
        // Tests run in their packages' folders, so the path must be absolute.
        tests.tell("SCORECAST_DATA", std::path::absolute(dir)?);
    }
    if arguments.long {
        tests.tell("SCORECAST_LONG", "1");
        tests.tell("SCORECAST_KILLS", "1000");
        tally.check("any bytes", fuzz::run(shell));
        tally.check("dependencies", dependencies::check(shell));
    }
    if let Some(trainer_in_browser) = trainer_in_browser {
        if tally.check("trainer for the browser", trainer_in_browser).is_some() {
            tests.tell("SCORECAST_TRAINING", paths::training());
            tally.check("size of the trainer for the browser", training::check_size());
        }
        if let Some(engines) = tally.check("SQL engines", npm::sql_engines(shell)) {
            tests.tell("SCORECAST_ENGINES", engines);
        }
        let requirements = paths::root().join("trainer/tests/engines/requirements.txt");
        if python::can_make_environments()
            && let Some(python) = tally.check("Sail", python::python(shell, &requirements))
        {
            tests.tell("SCORECAST_SAIL", python);
        }
        // A cluster takes minutes, and Spark is large.
        let requirements = paths::root().join("trainer/tests/engines/requirements_spark.txt");
        if arguments.long
            && python::can_run_spark()
            && let Some(python) = tally.check("Spark", python::python(shell, &requirements))
        {
            tests.tell("SCORECAST_SPARK", python);
        }
        let tarball = tally.check("module", release::module::pack(shell));
        if let Some(tarball) = &tarball {
            tests.tell("SCORECAST_MODULE", paths::module());
            tally.check("size of the module", module::check_size());
            tally.check("size of the reader", reader::check_size());
            if tally.check("test form of the module", module::build_trust(shell)).is_some() {
                tests.tell("SCORECAST_MODULE_TRUST", paths::module_trust());
            }
            if let Some(outcome) = tally.check("tests of the module", node::run(shell, tarball)) {
                tally.add(outcome);
            }
        }
        let site = site::build(shell, &paths::root().join("artifacts"), Extent::Everything);
        if let Some(site) = tally.check("page", site) {
            tally.check("types of the scripts", types::check(shell));
            tally.check("size of the element", element::check_size());
            if tally.check("examples", examples::write(shell)).is_some() {
                tests.tell("SCORECAST_EXAMPLES", paths::examples());
                tally.check("types of the examples", examples::check_types(shell));
            }
            tally.check("first load", first_load(&site));
            if let Some(tarball) = &tarball {
                tally.check("packages for npm", packages::check(shell, tarball));
                let apps = bundlers::prepare(shell, tarball, arguments.long);
                if let Some(apps) = tally.check("apps of the bundlers", apps) {
                    tests.tell("SCORECAST_BUNDLERS", apps);
                }
            }
            if tally.check("browsers", browsers::ensure(shell)).is_some() {
                tests.tell("SCORECAST_DIST", site);
            }
            if let Some(driver) = tally.check("geckodriver", cargo_tools::geckodriver(shell)) {
                tests.tell("SCORECAST_GECKODRIVER", driver);
            }
            if let Some(axe) = tally.check("axe-core", npm::axe(shell)) {
                tests.tell("SCORECAST_AXE", axe);
            }
        }
    }
    tally.add(tests.run(shell)?);
    times::print(started.elapsed());
    tally.print();
    Ok(if tally.is_success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Without a folder of real data its tests are skipped by name; a wrong path is an error.
fn is_folder(data: &Path) -> Result<()> {
    if !data.is_dir() {
        bail!("SCORECAST_DATA is {}, which is not a folder", data.display());
    }
    Ok(())
}

fn formatting(shell: Shell) -> Result<()> {
    shell.step("Check the formatting", || {
        let call = Call::new("cargo", "`cargo fmt --all` puts it right");
        shell.run(call.args(["fmt", "--all", "--check"]).dir(paths::root()))
    })
}

fn clippy(shell: Shell, title: &str, selection: &[&str]) -> Result<()> {
    shell.step(title, || {
        let call = Call::new("cargo", "look at the lines above").arg("clippy");
        shell.run(call.args(selection).args(["--", "-D", "warnings"]).dir(paths::root()))
    })
}

fn first_load(site: &Path) -> Result<()> {
    let sizes = sizes::first_load(site)?;
    let total = sizes::total(&sizes);
    if total > sizes::FIRST_LOAD_LIMIT {
        sizes::print("first load", &sizes);
        bail!("the first load weighs {total} bytes, more than {}", sizes::FIRST_LOAD_LIMIT);
    }
    Ok(())
}

/// The trainer as built for the tests, for journeys with their own model.
fn trainer() -> PathBuf {
    paths::target().join("debug").join(format!("scorecast{}", env::consts::EXE_SUFFIX))
}

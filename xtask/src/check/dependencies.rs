//! Checks dependencies: licences and sources (`deny.toml`), and that each one is used.

use anyhow::Result;

use crate::{
    paths,
    setup::cargo_tools,
    shell::{Call, Shell},
};

/// Runs cargo-deny and cargo-machete. Advisories are checked at release, which may fetch their database.
pub(super) fn check(shell: Shell) -> Result<()> {
    let (deny, machete) = (cargo_tools::cargo_deny(shell)?, cargo_tools::cargo_machete(shell)?);
    shell.step("Check licences and sources of dependencies", || {
        let call =
            Call::new(deny, "deny.toml says what is allowed: take another crate, or allow it there with a reason");
        shell.run(call.args(["check", "licenses", "bans", "sources"]).dir(paths::root()))
    })?;
    shell.step("Look for dependencies that nothing uses", || {
        let call = Call::new(machete, "take them out of Cargo.toml");
        shell.run(call.args(["--skip-target-dir"]).dir(paths::root()))
    })
}

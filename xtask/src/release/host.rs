//! Makes a release of the host: one static binary with the site inside, and the files that a server needs to run it.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use clap::ValueEnum;
use host::variants::digest;

use super::kept::{Keep, Kept};
use crate::{
    build::{
        program::remapped_paths,
        site::{self, Extent},
    },
    paths,
    setup::{self, debian, programs},
    shell::{Call, Shell},
};

/// The size limit of the binary with the default site, in bytes, without files of earlier versions. It was 16,008,432
/// when this was set: the site is stored as it is served, including uncompressed forms, so that starting copies
/// nothing.
const MAX_BINARY_BYTES: u64 = 18 << 20;

/// The processors that EC2 has.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Arch {
    /// Intel and AMD.
    #[value(name = "x86_64")]
    X86_64,
    /// Graviton.
    #[value(name = "arm64")]
    Arm64,
}

/// Builds a release, with kept files of earlier ones; returns its archive and its binary.
pub(crate) fn build_release(
    shell: Shell,
    arch: Arch,
    artifacts: &Path,
    keep: Option<&Keep>,
) -> Result<(PathBuf, PathBuf)> {
    setup::ensure(shell)?;
    let site = site::build(shell, artifacts, Extent::Everything)?;
    let kept = match keep {
        Some(keep) => keep.add_earlier(shell, &site)?,
        None => Kept { site, added: 0 },
    };
    let binary = build_binary(shell, arch, &kept.site)?;
    let size = fs::metadata(&binary)?.len();
    let limit = MAX_BINARY_BYTES + kept.added;
    ensure!(size <= limit, "the binary weighs {size} bytes, more than {limit}");
    let bytes = fs::read(&binary)?;
    ensure!(is_static(&bytes), "{} wants a dynamic loader: it is not static", binary.display());
    if arch == Arch::Arm64 && std::env::consts::ARCH != "aarch64" {
        try_elsewhere(shell, &binary)?;
    }
    Ok((archive(shell, arch, &binary)?, binary))
}

impl Arch {
    fn name(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::Arm64 => "arm64",
        }
    }

    fn target(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64-unknown-linux-musl",
            Self::Arm64 => "aarch64-unknown-linux-musl",
        }
    }

    /// The C compiler for the cryptography (ring) and the allocator, and its Debian packages.
    fn compiler(self) -> (&'static str, &'static str, &'static [&'static str]) {
        match self {
            Self::X86_64 => ("musl-gcc", "musl-tools", &[]),
            Self::Arm64 => ("aarch64-linux-gnu-gcc", "gcc-aarch64-linux-gnu", &["libc6-dev-arm64-cross"]),
        }
    }
}

fn build_binary(shell: Shell, arch: Arch, site: &Path) -> Result<PathBuf> {
    let (compiler, package, companions) = arch.compiler();
    debian::ensure(shell, "the static binary needs", &[(compiler, package)], companions)?;
    setup::add_target(shell, arch.target())?;
    shell.step(&format!("Build the host for {} with the site inside", arch.name()), || {
        let target = arch.target();
        let variable = target.replace('-', "_");
        let mut call = Call::new("cargo", "look at the compiler's message above")
            .args(["build", "--package", "host", "--bin", "scorecast-host", "--profile", "host", "--target", target])
            .dir(paths::root())
            .env("SCORECAST_SITE", site)
            .env("CARGO_ENCODED_RUSTFLAGS", remapped_paths().join(OsStr::new("\u{1f}")))
            .env(&format!("CC_{variable}"), compiler);
        if arch == Arch::Arm64 {
            // Use the linker that comes with Rust, and none of the compiler's runtime helpers.
            call = call
                .env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_LINKER", "rust-lld")
                .env(&format!("CFLAGS_{variable}"), "-mno-outline-atomics -U_FORTIFY_SOURCE");
        }
        shell.run(call)
    })?;
    Ok(paths::target().join(arch.target()).join("host/scorecast-host"))
}

/// Runs a binary for another processor, if an emulator is available.
fn try_elsewhere(shell: Shell, binary: &Path) -> Result<()> {
    let Some(qemu) = programs::find("qemu-aarch64-static") else {
        println!("  note: the arm64 binary was not tried, as there is no qemu-aarch64-static (qemu-user-static)");
        return Ok(());
    };
    shell.step("Try the arm64 binary", || {
        let call = Call::new(qemu, "the binary does not run: look at the message above");
        shell.run(call.arg(binary).arg("--check"))
    })
}

/// Packs the binary with its units, its installer, its options, its instructions and its licences.
fn archive(shell: Shell, arch: Arch, binary: &Path) -> Result<PathBuf> {
    let name = format!("scorecast-host-{}-{}-linux", env!("CARGO_PKG_VERSION"), arch.name());
    let releases = paths::target().join("package");
    let staging = releases.join(&name);
    if staging.exists() {
        fs::remove_dir_all(&staging)?;
    }
    fs::create_dir_all(&staging)?;
    let root = paths::root();
    for (from, to) in [
        (binary.to_path_buf(), "scorecast-host"),
        (root.join("host/deploy/scorecast-host.socket"), "scorecast-host.socket"),
        (root.join("host/deploy/scorecast-host.service"), "scorecast-host.service"),
        (root.join("host/deploy/scorecast-host.toml"), "scorecast-host.toml"),
        (root.join("host/deploy/scorecast-host.logrotate"), "scorecast-host.logrotate"),
        (root.join("host/deploy/scorecast-install"), "scorecast-install"),
        (root.join("host/deploy/scorecast-restart"), "scorecast-restart"),
        (root.join("host/deploy/scorecast-update"), "scorecast-update"),
        (root.join("docs/deploy.md"), "deploy.md"),
        (root.join("LICENSE-MIT"), "LICENSE-MIT"),
        (root.join("LICENSE-APACHE"), "LICENSE-APACHE"),
    ] {
        fs::copy(&from, staging.join(to)).with_context(|| format!("{} could not be copied", from.display()))?;
    }
    let archive = releases.join(format!("{name}.tar.gz"));
    shell.step("Pack the release", || {
        // The archive is reproducible: it depends only on the files.
        let call = Call::new("tar", "tar and gzip are needed")
            .args(["--create", "--gzip", "--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner"])
            .args(["--mode=u=rwX,go=rX", "--file"])
            .arg(&archive)
            .arg(&name)
            .dir(&releases);
        shell.run(call)
    })?;
    write_sums(&releases)?;
    Ok(archive)
}

fn write_sums(releases: &Path) -> Result<()> {
    let mut lines = Vec::new();
    for entry in fs::read_dir(releases)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with(".tar.gz") {
            lines.push(format!("{}  {name}\n", digest(&fs::read(&path)?)));
        }
    }
    lines.sort_by(|a, b| a[64..].cmp(&b[64..]));
    fs::write(releases.join("SHA256SUMS"), lines.concat()).context("SHA256SUMS could not be written")
}

/// Whether a 64-bit little-endian ELF file names no program interpreter (a `PT_INTERP` header).
fn is_static(elf: &[u8]) -> bool {
    let number = |at: usize, len: usize| -> Option<usize> {
        let bytes = elf.get(at..at.checked_add(len)?)?;
        Some(bytes.iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte)))
    };
    let headers = || -> Option<bool> {
        let (offset, size, count) = (number(32, 8)?, number(54, 2)?, number(56, 2)?);
        let mut is_static = true;
        for header in 0..count {
            is_static &= number(offset + header * size, 4)? != 3;
        }
        Some(is_static)
    };
    elf.starts_with(b"\x7fELF\x02\x01") && headers().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_test_program_is_dynamic_and_text_is_no_program() {
        let program = fs::read(std::env::current_exe().unwrap()).unwrap();
        assert_eq!(is_static(&program), !cfg!(target_env = "gnu"));
        assert!(!is_static(b"#!/bin/sh\n"));
    }
}

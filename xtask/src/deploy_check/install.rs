//! The user data and the installer in a clean root folder, with fake commands for the network and for systemd.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};

use super::deploy;

/// Copies the archive instead of downloading it: the last argument is the address, the one after --output the path.
const CURL: &str =
    "#!/bin/sh\nwhile [ $# -gt 1 ]; do [ \"$1\" = --output ] && out=$2; shift; done\ncp /release.tar.gz \"$out\"\n";
/// Records its calls, and starts the installed release as far as possible without systemd.
const SYSTEMCTL: &str = "#!/bin/sh
echo \"$@\" >> /tmp/systemctl.log
case \"$*\" in
  'is-active --quiet scorecast-host.service') [ -e /tmp/active ] ;;
  'start scorecast-host.socket scorecast-host.service') touch /tmp/active ;;
  'start scorecast-host-standby.service')
    [ ! -e /tmp/does-not-start ] && /usr/local/lib/scorecast/current/scorecast-host --config /etc/scorecast-host.toml --check ;;
esac
";

struct Machine<'a> {
    root: &'a Path,
}

/// Installs a first release, the same again, others, and invalid ones that must be refused; leaves the last one in
/// `root`.
pub(super) fn check(root: &Path, archive: &Path) -> Result<()> {
    for folder in
        ["etc/systemd/system", "etc/logrotate.d", "usr/local/lib", "usr/local/sbin", "usr/local/bin", "var/lib"]
    {
        fs::create_dir_all(root.join(folder))?;
    }
    for folder in ["stand-ins", "tmp"] {
        fs::create_dir_all(root.join(folder))?;
    }
    fs::write(root.join("etc/group"), "root:x:0:\n")?;
    fs::write(root.join("etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n")?;
    let update = fs::read_to_string(deploy("scorecast-update"))?;
    for (name, text) in [
        ("usr/local/sbin/scorecast-update", update.as_str()),
        ("stand-ins/curl", CURL),
        ("stand-ins/systemctl", SYSTEMCTL),
    ] {
        script(&root.join(name), text)?;
    }
    let machine = Machine { root };
    let others = tempfile::tempdir()?;
    let second = changed(archive, &others.path().join("second.tar.gz"), "second")?;
    let third = changed(archive, &others.path().join("third.tar.gz"), "third")?;

    machine.update(archive, true)?;
    let first = machine.current()?;
    ensure!(machine.previous().is_none(), "a first installation has nothing to go back to");
    for file in [
        "etc/scorecast-host.toml",
        "etc/logrotate.d/scorecast-host",
        "etc/systemd/system/scorecast-host.socket",
        "etc/systemd/system/scorecast-host.service",
        "etc/systemd/system/scorecast-host-standby.service",
        "usr/local/sbin/scorecast-restart",
        "usr/local/lib/scorecast/current/scorecast-host",
    ] {
        ensure!(root.join(file).is_file(), "{file} is missing");
    }
    ensure!(root.join("etc/scorecast-tls").is_dir(), "there is no folder for the certificate");

    // Installing the same release again changes nothing.
    machine.update(archive, true)?;
    ensure!(machine.current()? == first && machine.previous().is_none(), "the same release was taken for another");

    fs::write(root.join("tmp/systemctl.log"), "")?;
    machine.update(&second, true)?;
    let current = machine.current()?;
    ensure!(current != first && machine.previous() == Some(first.clone()), "there is no way back");
    let calls = fs::read_to_string(root.join("tmp/systemctl.log"))?;
    let order: Vec<&str> =
        calls.lines().filter(|call| call.contains("standby") || call.starts_with("restart")).collect();
    let expected = [
        "start scorecast-host-standby.service",
        "restart scorecast-host.service",
        "stop scorecast-host-standby.service",
    ];
    ensure!(order == expected, "systemctl was called so: {calls}");

    // A damaged release is refused, and so is one that rejects the options or does not start.
    let refused = |what: &str| -> Result<()> {
        let is_as_it_was = machine.current()? == current && machine.previous() == Some(first.clone());
        ensure!(is_as_it_was, "{what}: the machine was changed");
        Ok(())
    };
    machine.update_with_sum(&third, &"0".repeat(64), false)?;
    refused("wrong checksum")?;
    let options = root.join("etc/scorecast-host.toml");
    let good = fs::read_to_string(&options)?;
    fs::write(&options, format!("old-key = 1\n{good}"))?;
    machine.update(&third, false)?;
    refused("options that it does not take")?;
    fs::write(&options, good)?;
    fs::write(root.join("tmp/does-not-start"), "")?;
    machine.update(&third, false)?;
    refused("does not start")?;
    fs::remove_file(root.join("tmp/does-not-start"))?;

    machine.update(&third, true)?;
    ensure!(machine.previous() == Some(current), "the way back is not the release before");
    ensure!(!machine.lib().join(first).exists(), "old releases stay for ever");
    Ok(())
}

impl Machine<'_> {
    fn lib(&self) -> PathBuf {
        self.root.join("usr/local/lib/scorecast")
    }

    fn current(&self) -> Result<PathBuf> {
        fs::read_link(self.lib().join("current")).context("there is no current release")
    }

    fn previous(&self) -> Option<PathBuf> {
        fs::read_link(self.lib().join("previous")).ok()
    }

    fn update(&self, archive: &Path, is_good: bool) -> Result<()> {
        self.update_with_sum(archive, &host::variants::digest(&fs::read(archive)?), is_good)
    }

    /// Runs `scorecast-update`, and checks whether it succeeds.
    fn update_with_sum(&self, archive: &Path, sum: &str, is_good: bool) -> Result<()> {
        let settings = format!("RELEASE_URL='https://example.org/release.tar.gz?a=b&c=d'\nRELEASE_SHA256={sum}\n");
        fs::write(self.root.join("etc/scorecast-release.env"), settings)?;
        let mut bwrap = Command::new("bwrap");
        for system in ["usr", "bin", "lib", "lib64", "sbin"] {
            bwrap.args(["--ro-bind-try", &format!("/{system}"), &format!("/{system}")]);
        }
        for own in ["etc", "usr/local", "var", "stand-ins", "tmp"] {
            bwrap.arg("--bind").arg(self.root.join(own)).arg(format!("/{own}"));
        }
        bwrap.arg("--ro-bind").arg(archive).arg("/release.tar.gz").args(["--proc", "/proc", "--dev", "/dev"]);
        bwrap.args(["--cap-add", "ALL", "--unshare-net", "--setenv", "PATH"]);
        bwrap.arg("/stand-ins:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin");
        let output = bwrap.arg("/usr/local/sbin/scorecast-update").output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success() == is_good, "the update ended with {}: {said}", output.status);
        Ok(())
    }
}

/// Unpacks an archive in `dir`; returns the folder of the release.
pub(super) fn unpack(archive: &Path, dir: &Path) -> Result<PathBuf> {
    let list = Command::new("tar").arg("-tzf").arg(archive).output()?;
    let list = String::from_utf8_lossy(&list.stdout).into_owned();
    let name = list.split('/').next().context("the archive is empty")?;
    let status = Command::new("tar").arg("-xzf").arg(archive).arg("-C").arg(dir).status()?;
    ensure!(status.success(), "tar failed");
    Ok(dir.join(name))
}

/// An archive whose binary has additional bytes at its end, where they are ignored.
pub(super) fn changed(archive: &Path, target: &Path, bytes: &str) -> Result<PathBuf> {
    let dir = tempfile::tempdir()?;
    let release = unpack(archive, dir.path())?;
    let binary = release.join("scorecast-host");
    let content = [fs::read(&binary)?, bytes.as_bytes().to_vec()].concat();
    fs::write(&binary, content)?;
    let mut tar = Command::new("tar");
    tar.arg("-czf").arg(target).arg("-C").arg(dir.path()).arg(release.file_name().unwrap_or_default());
    ensure!(tar.status()?.success(), "tar failed");
    Ok(target.to_path_buf())
}

pub(super) fn script(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text)?;
    let status = Command::new("chmod").arg("755").arg(path).status()?;
    ensure!(status.success(), "chmod failed");
    Ok(())
}

//! Checks the deployment to EC2, as far as possible without an account.
//!
//! Each check is counted; what cannot be checked here is listed at the end.

mod boot;
mod certificate;
mod cloudfront;
mod install;
mod process;

use std::{
    collections::BTreeSet,
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    os::fd::OwnedFd,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};

use self::process::{Started, ask, expect_page};
use crate::{
    check::tally::Tally,
    paths,
    release::host::{self as package, Arch},
    setup::{debian, programs, python},
    shell::{Call, Shell},
};

const NEEDED: [(&str, &str); 12] = [
    ("curl", "curl"),
    ("systemd-nspawn", "systemd-container"),
    ("systemd-analyze", "systemd"),
    ("systemd-socket-activate", "systemd"),
    ("certbot", "certbot"),
    ("groupadd", "passwd"),
    ("cloud-init", "cloud-init"),
    ("unshare", "util-linux"),
    ("setpriv", "util-linux"),
    ("bwrap", "bubblewrap"),
    ("strace", "strace"),
    ("python3", "python3-venv"),
];
/// The maximal exposure of the unit, from 0 to 10.
const MAX_EXPOSURE: f64 = 2.0;
/// In systemd's range of dynamic users.
const USER: &str = "61184";

/// What to check.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// An archive made by `cargo xtask package --host`; without it one is made.
    #[arg(long, value_name = "ARCHIVE")]
    release: Option<PathBuf>,
}

/// Runs every check; the exit code tells whether all passed.
pub(crate) fn deploy_check(shell: Shell, arguments: &Arguments) -> Result<ExitCode> {
    if !programs::is_root() {
        bail!("deploy-check starts the host as another user in a folder of its own: run it as root");
    }
    debian::ensure(shell, "deploy-check needs", &NEEDED, &[])?;
    let archive = match &arguments.release {
        Some(archive) => archive.canonicalize().with_context(|| format!("there is no {}", archive.display()))?,
        None => package::build_release(shell, Arch::X86_64, &paths::root().join("artifacts"), None)?.0,
    };
    let mut tally = Tally::default();
    tally.check("unit", shell.step("The unit: known settings, little exposure", || unit(shell)));
    tally.check("user data", shell.step("The user data against cloud-init's schema", || user_data(shell)));
    tally.check("templates", templates(shell));
    let check = shell.step("CloudFront's headers for frames against the host's", || cloudfront::check(&paths::site()));
    tally.check("frames", check);
    let check = shell.step("The documented certbot commands with Debian's certbot", certificate::check);
    tally.check("certbot", check);
    let root = tempfile::tempdir()?;
    let installed =
        shell.step("The installer in a clean root folder: well and badly", || install::check(root.path(), &archive));
    if tally.check("installation", installed).is_some() {
        let check = shell.step("The service alone in that folder, as a user without rights", || alone(root.path()));
        tally.check("restricted start", check);
        let check = shell.step("A low port from systemd's socket, without any capability", || low_port(root.path()));
        tally.check("low port", check);
        let check = shell.step("Its system calls against the unit's filter", || system_calls(root.path()));
        tally.check("system calls", check);
    }
    let check = shell.step("The release under a booted systemd, restarted under load", || boot::check(&archive));
    tally.check("booted", check);
    println!("\nNot checked, because it takes an account: the templates on AWS, certificates from an authority.");
    tally.print();
    Ok(if tally.is_success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn deploy(name: &str) -> PathBuf {
    paths::root().join("host/deploy").join(name)
}

fn unit(shell: Shell) -> Result<()> {
    let text = fs::read_to_string(deploy("scorecast-host.service"))?;
    // `verify` requires the program to exist.
    let dir = tempfile::tempdir()?;
    let text = text.replace("/usr/local/lib/scorecast/current/scorecast-host", "/bin/true");
    let copy = dir.path().join("scorecast-host.service");
    let (standby, socket) =
        (dir.path().join("scorecast-host-standby.service"), dir.path().join("scorecast-host.socket"));
    fs::write(&copy, &text)?;
    fs::write(&standby, &text)?;
    fs::copy(deploy("scorecast-host.socket"), &socket)?;
    let call = Call::new("systemd-analyze", "put the units right").args(["verify", "--man=no"]);
    let finished = shell.output(call.arg(&copy).arg(&standby).arg(&socket))?;
    let complaints: Vec<&str> = finished.output.lines().filter(|line| line.contains("scorecast-host")).collect();
    ensure!(finished.status.success() && complaints.is_empty(), "systemd-analyze verify: {}", finished.output);
    let call = Call::new("systemd-analyze", "harden the unit").args(["security", "--offline=yes"]).arg(&copy);
    let finished = shell.output(call)?;
    let level = finished
        .output
        .split("Overall exposure level for scorecast-host.service:")
        .nth(1)
        .and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok())
        .with_context(|| format!("systemd-analyze security gave no level: {}", finished.output))?;
    ensure!(level <= MAX_EXPOSURE, "the exposure is {level}, more than {MAX_EXPOSURE}");
    print!("(exposure {level}) ");
    Ok(())
}

fn user_data(shell: Shell) -> Result<()> {
    let call = Call::new("cloud-init", "put the user data right").args(["schema", "--config-file"]);
    shell.run(call.arg(deploy("user-data.yaml")))
}

fn templates(shell: Shell) -> Result<()> {
    let lint = python::cfn_lint(shell)?;
    shell.step("The CloudFormation templates", || {
        let call = Call::new(lint, "put the template right");
        shell.run(call.arg(deploy("ec2.yaml")).arg(deploy("s3-cloudfront.yaml")))
    })
}

const BINARY: &str = "usr/local/lib/scorecast/current/scorecast-host";

/// Runs the host in a root folder with nothing but the release, without any capability.
fn alone(root: &Path) -> Result<()> {
    let bare = tempfile::tempdir()?;
    open_to_all(bare.path())?;
    fs::copy(root.join(BINARY), bare.path().join("scorecast-host"))?;
    fs::copy(root.join("etc/scorecast-host.toml"), bare.path().join("scorecast-host.toml"))?;
    let address = free_address()?;
    let mut command = Command::new("unshare");
    command.args(["--mount", "--ipc", "--uts", "chroot"]).arg(format!("--userspec={USER}:{USER}")).arg("--groups=");
    command.arg(bare.path()).args(["/scorecast-host", "--config", "/scorecast-host.toml", "--metrics", "127.0.0.1:0"]);
    let mut started = Started(command.args(["--listen", &address.to_string()]).stdout(Stdio::null()).spawn()?);
    expect_page(address)?;
    let status = fs::read_to_string(format!("/proc/{}/status", started.0.id()))?;
    let line = |name: &str| status.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned();
    ensure!(line("Uid:").split_whitespace().skip(1).all(|uid| uid == USER), "it runs as {}", line("Uid:"));
    ensure!(line("CapEff:").ends_with("0000000000000000"), "it has {}", line("CapEff:"));
    // Asked to stop, it ends successfully and soon.
    let _ = Command::new("kill").arg(started.0.id().to_string()).status();
    let begin = Instant::now();
    while started.0.try_wait()?.is_none() {
        ensure!(begin.elapsed() < Duration::from_secs(5), "it does not end");
        thread::sleep(Duration::from_millis(20));
    }
    ensure!(started.0.wait()?.success(), "it ended badly");
    Ok(())
}

/// As started by systemd: root opens the socket, and the host runs as another user without any capability.
fn low_port(root: &Path) -> Result<()> {
    let dir = tempfile::tempdir()?;
    open_to_all(dir.path())?;
    let binary = dir.path().join("scorecast-host");
    fs::copy(root.join(BINARY), &binary)?;
    let port = (1..1024).rev().find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok());
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port.context("no low port is free")?));
    let mut command = Command::new("systemd-socket-activate");
    command.arg(format!("--listen={address}")).args(["setpriv", "--reuid", USER, "--regid", USER, "--clear-groups"]);
    command.args(["--no-new-privs", "--inh-caps=-all", "--ambient-caps=-all", "--bounding-set=-all"]).arg(&binary);
    command.args(["--log", "off", "--listen", &address.to_string()]).stderr(Stdio::null());
    let _started = Started(command.spawn()?);
    expect_page(address)
}

/// Under strace, through a typical life: start, answers, a refused request, reload, end.
fn system_calls(root: &Path) -> Result<()> {
    let unit = fs::read_to_string(deploy("scorecast-host.service"))?;
    let allowed = allowed(&unit)?;
    let trace = tempfile::NamedTempFile::new()?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    let mut command = Command::new("strace");
    command.args(["--follow-forks", "--quiet=all", "--output"]).arg(trace.path()).arg(root.join(BINARY));
    command.args(["--listen", &address.to_string()]).stdout(Stdio::null());
    // As passed by systemd.
    command.stdin(OwnedFd::from(listener)).env("LISTEN_FDS", "1").env("LISTEN_FDS_FIRST_FD", "0");
    let mut started = Started(command.stderr(Stdio::null()).spawn()?);
    expect_page(address)?;
    let _ = ask(address, "GET /../etc/passwd HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    let child = fs::read_to_string(format!("/proc/{0}/task/{0}/children", started.0.id()))?;
    let child = child.split_whitespace().next().context("strace has no child")?;
    for signal in ["-HUP", "-TERM"] {
        let _ = Command::new("kill").args([signal, child]).status();
        thread::sleep(Duration::from_millis(300));
    }
    started.0.wait()?;
    let text = fs::read_to_string(trace.path())?;
    let used: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.split_once(char::is_whitespace)?.1.trim_start().split_once('('))
        .map(|(name, _)| name)
        .filter(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'))
        .collect();
    ensure!(used.contains("accept4") && used.contains("execve"), "the trace is not whole: {used:?}");
    ensure!(!text.contains("socket(AF_INET"), "it opens sockets of its own, which RestrictAddressFamilies forbids");
    let refused: Vec<&&str> = used.iter().filter(|name| !allowed.contains(**name)).collect();
    ensure!(refused.is_empty(), "the unit's filter would refuse {refused:?}");
    print!("({} of them) ", used.len());
    Ok(())
}

/// The system calls that the unit's `SystemCallFilter` lines allow.
fn allowed(unit: &str) -> Result<BTreeSet<String>> {
    let mut allowed = BTreeSet::new();
    for line in unit.lines().filter_map(|line| line.strip_prefix("SystemCallFilter=")) {
        let (names, is_taken) = line.strip_prefix('~').map_or((line, false), |names| (names, true));
        for name in names.split_whitespace() {
            for call in members(name)? {
                if is_taken {
                    allowed.remove(&call);
                } else {
                    allowed.insert(call);
                }
            }
        }
    }
    // systemd always allows these, to start the program at all.
    allowed.extend(members("@default")?);
    allowed.insert("execve".to_owned());
    Ok(allowed)
}

/// The calls of a set such as `@network-io`, including those of nested sets.
fn members(name: &str) -> Result<Vec<String>> {
    if !name.starts_with('@') {
        return Ok(vec![name.to_owned()]);
    }
    let output = Command::new("systemd-analyze").args(["syscall-filter", "--no-pager", name]).output()?;
    ensure!(output.status.success(), "systemd knows no set {name}");
    let text = String::from_utf8_lossy(&output.stdout);
    let mut calls = Vec::new();
    for line in text.lines().skip(1).map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        calls.extend(members(line)?);
    }
    Ok(calls)
}

fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}

fn open_to_all(dir: &Path) -> Result<()> {
    let status = Command::new("chmod").arg("755").arg(dir).status()?;
    ensure!(status.success(), "chmod failed");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_carries_the_same_user_data() {
        let user_data = fs::read_to_string(deploy("user-data.yaml")).unwrap();
        let template = fs::read_to_string(deploy("ec2.yaml")).unwrap();
        let zeros = "0".repeat(64);
        let (_, rest) = user_data.split_once("write_files:").unwrap();
        let expected = format!("write_files:{rest}")
            .replace("https://example.org/scorecast-host-0.1.0-x86_64-linux.tar.gz", "${ReleaseUrl}")
            .replace(&zeros, "${ReleaseSha256}");
        let (_, rest) = template.split_once("#cloud-config\n").unwrap();
        let (inner, _) = rest.split_once("\n  Address:").unwrap();
        let found: Vec<&str> = inner.lines().map(|line| line.strip_prefix("          ").unwrap_or(line)).collect();
        assert_eq!(found.join("\n").trim_end(), expected.trim_end());
    }

    #[test]
    fn the_user_data_carries_the_script_of_the_release() {
        let user_data = fs::read_to_string(deploy("user-data.yaml")).unwrap();
        let script = fs::read_to_string(deploy("scorecast-update")).unwrap();
        let indented: String = script.lines().map(|line| format!("      {line}\n")).collect();
        assert!(user_data.contains(&format!(
            "path: /usr/local/sbin/scorecast-update\n    permissions: \"0755\"\n    content: |\n{indented}"
        )));
    }
}

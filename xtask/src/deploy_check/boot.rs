//! The release under a booted systemd: a container (systemd-nspawn) installs it and restarts it under load.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};

use super::install::{changed, script, unpack};

/// One line per step: its name, and the exit code or a number.
const STEPS: &str = "#!/bin/sh
exec > /var/steps.log 2>&1
sh /first/scorecast-install; echo \"=install $?\"
/load.sh > /dev/null 2>&1 &
while [ ! -e /run/answers ]; do sleep 0.1; done
scorecast-restart; echo \"=restart $?\"
sh /second/scorecast-install; echo \"=update $?\"
echo 'old-key = 1' >> /etc/scorecast-host.toml
scorecast-restart; echo \"=restart-with-bad-options $?\"
sed -i '/old-key/d' /etc/scorecast-host.toml
systemctl reload scorecast-host.service; echo \"=reload $?\"
systemctl restart scorecast-host.service; echo \"=plain-restart $?\"
touch /run/stop
sleep 1
echo \"=answers $(wc -l < /run/answers)\"
echo \"=refusals $(wc -l < /run/refusals)\"
curl --silent --fail --output /dev/null http://127.0.0.1:9300/metrics; echo \"=metrics $?\"
systemctl is-active --quiet scorecast-host-standby.service; echo \"=standby $?\"
pid=$(systemctl show --property MainPID --value scorecast-host.service)
echo \"=capabilities $(sed -n 's/^CapBnd:[[:space:]]*//p' /proc/$pid/status)\"
journalctl --no-pager --unit 'scorecast-host*' | tail -40
";
/// Short visits, and one client that reads two kilobytes a second.
const LOAD: &str = "#!/bin/sh
: > /run/refusals
while [ ! -e /run/stop ]; do
  curl --silent --show-error --fail --output /dev/null --max-time 10 http://127.0.0.1/ 2>> /run/refusals && echo >> /run/answers
done &
while [ ! -e /run/stop ]; do
  curl --silent --limit-rate 2k --max-time 20 --output /dev/null http://127.0.0.1/web_bg.wasm
done
";
const UNIT: &str = "[Unit]
Requires=basic.target
After=basic.target systemd-journald.service
[Service]
Type=oneshot
ExecStart=/steps.sh
ExecStopPost=/bin/systemctl poweroff --no-block
TimeoutStartSec=150
";
const TARGET: &str = "[Unit]\nRequires=basic.target steps.service\nAllowIsolate=yes\n";

/// Boots the container and checks the result of each step.
pub(super) fn check(archive: &Path) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let root = dir.path();
    for folder in ["etc/systemd/system", "etc/logrotate.d", "var", "tmp", "run", "proc", "sys", "dev", "root", "usr"] {
        fs::create_dir_all(root.join(folder))?;
    }
    for folder in ["bin", "sbin", "lib"] {
        fs::create_dir_all(root.join("local").join(folder))?;
    }
    for (link, target) in [("bin", "usr/bin"), ("sbin", "usr/sbin"), ("lib", "usr/lib"), ("lib64", "usr/lib64")] {
        std::os::unix::fs::symlink(target, root.join(link))?;
    }
    for file in ["passwd", "group", "shadow", "gshadow", "nsswitch.conf", "login.defs", "os-release"] {
        fs::copy(Path::new("/etc").join(file), root.join("etc").join(file)).with_context(|| format!("/etc/{file}"))?;
    }
    fs::write(root.join("etc/machine-id"), "1234567890abcdef1234567890abcdef\n")?;
    fs::write(root.join("etc/systemd/system/steps.service"), UNIT)?;
    fs::write(root.join("etc/systemd/system/default.target"), TARGET)?;
    script(&root.join("steps.sh"), STEPS)?;
    script(&root.join("load.sh"), LOAD)?;
    fs::rename(unpack(archive, root)?, root.join("first"))?;
    let second = changed(archive, &root.join("second.tar.gz"), "second")?;
    fs::rename(unpack(&second, root)?, root.join("second"))?;

    let mut nspawn = Command::new("timeout");
    nspawn.args([
        "--kill-after=10",
        "240",
        "systemd-nspawn",
        "--quiet",
        "--register=no",
        "--keep-unit",
        "--private-network",
    ]);
    nspawn.arg("--directory").arg(root).arg("--bind-ro=/usr");
    nspawn.arg(format!("--bind={}:/usr/local", root.join("local").display())).arg("--boot");
    let output = nspawn.stdin(Stdio::null()).output().context("systemd-nspawn could not be started")?;
    let log = fs::read_to_string(root.join("var/steps.log"))
        .with_context(|| format!("the machine did not boot: {} {}", text(&output.stdout), text(&output.stderr)))?;
    let steps: BTreeMap<&str, &str> = log.lines().filter_map(|line| line.strip_prefix('=')?.split_once(' ')).collect();
    let expected = [
        ("install", "0"),
        ("restart", "0"),
        ("update", "0"),
        ("restart-with-bad-options", "1"),
        ("reload", "0"),
        ("plain-restart", "0"),
        ("refusals", "0"),
        ("metrics", "0"),
        // It has been stopped.
        ("standby", "3"),
        ("capabilities", "0000000000000000"),
    ];
    for (step, outcome) in expected {
        let found = steps.get(step).copied();
        ensure!(found == Some(outcome), "{step} came to {found:?}, not to {outcome}:\n{log}");
    }
    let n_answers: usize = steps.get("answers").context("there is no number of answers")?.parse()?;
    ensure!(n_answers > 100, "there were but {n_answers} answers:\n{log}");
    print!("({n_answers} answers, none refused) ");
    Ok(())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

//! The binary: its options, signals and exit codes.

mod common;

use std::{
    fs,
    io::{Read, Write},
    path::Path,
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

use common::{
    Folder, connect, get,
    process::{Started, program},
};

fn refused(command: &mut Command) -> String {
    let Output { status, stderr, .. } = command.output().unwrap();
    assert_eq!(status.code(), Some(1));
    String::from_utf8(stderr).unwrap()
}

#[test]
fn flags_come_before_variables_and_variables_before_the_file() {
    let folder = Folder::new();
    let other = Folder::new();
    other.write("index.html", "<!doctype html>other");
    let file = folder.path().with_file_name("host.toml");
    let text =
        format!("dir = {:?}\nlisten = \"127.0.0.1:1\"\nlog = \"off\"\nframe-ancestors = \"'none'\"\n", other.path());
    fs::write(&file, text).unwrap();
    let policy = |address| get(address, "/docs/", "").header("content-security-policy").unwrap().to_owned();

    let started = Started::start(program().arg("--config").arg(&file).env("SCORECAST_HOST_LISTEN", "127.0.0.1:0"));
    assert_eq!(get(started.address, "/", "").text(), "<!doctype html>other");
    assert!(policy(started.address).ends_with("frame-ancestors 'none'"));
    assert_eq!(started.end(), "", "the log is off");

    let mut command = program();
    command.arg("--config").arg(&file).arg(folder.path()).args([
        "--listen",
        "127.0.0.1:0",
        "--frame-ancestors",
        "https://a.example",
    ]);
    command.env("SCORECAST_HOST_LISTEN", "127.0.0.1:1").env("SCORECAST_HOST_FRAME_ANCESTORS", "https://b.example");
    command.env("SCORECAST_HOST_LOG", "text");
    // The variables that Kubernetes sets for a service of this name.
    command.env("SCORECAST_HOST_PORT", "tcp://10.0.0.1:80").env("SCORECAST_HOST_SERVICE_HOST", "10.0.0.1");
    let started = Started::start(&mut command);
    assert!(policy(started.address).ends_with("frame-ancestors https://a.example"));
    assert_eq!(get(started.address, "/a%20b", "").status, 404);
    let printed = started.end();
    let lines: Vec<&str> = printed.lines().collect();
    assert_eq!(lines.len(), 2, "{printed}");
    // Two connections may end in any order.
    assert!(lines.iter().any(|line| line.contains("HTTP/1.1 GET \"/a%20b\" 404 ")), "{printed}");
}

#[test]
fn unusable_options_say_what_to_do() {
    let folder = Folder::new();
    let empty = tempfile::tempdir().unwrap();
    let file = empty.path().join("host.toml");
    fs::write(&file, "prot = 80\n").unwrap();
    let said = refused(program().arg("--config").arg(&file));
    assert!(said.contains("prot") && said.contains("line 1"), "{said}");
    assert!(refused(&mut program()).contains("name the folder of the built page"));
    assert!(refused(program().arg(empty.path())).contains("no index.html"));
    assert!(refused(program().arg("no-such-folder")).contains("no-such-folder cannot be used"));
    let dir = folder.path();
    assert!(refused(program().arg(&dir).args(["--tls-cert", "a.pem"])).contains("--tls-cert needs --tls-key"));
    let missing =
        refused(program().arg(&dir).args(["--listen", "127.0.0.1:0", "--tls-cert", "a.pem", "--tls-key", "b.pem"]));
    assert!(missing.contains("a.pem could not be used"), "{missing}");
    assert!(refused(program().arg(&dir).args(["--redirect", "127.0.0.1:0"])).contains("--redirect needs --tls-cert"));
    assert!(refused(program().arg(&dir).args(["--header-timeout", "0"])).contains("from 0.01 to 86400 seconds"));
    assert!(
        refused(program().arg(&dir).args(["--frame-ancestors", "*; script-src *"]))
            .contains("--frame-ancestors must be")
    );
    let log =
        refused(program().arg(&dir).args(["--listen", "127.0.0.1:0", "--log-file", "/no/such/folder/access.log"]));
    assert!(log.contains("/no/such/folder/access.log could not be opened"), "{log}");
    let taken = common::listener();
    let said = refused(program().arg(&dir).args(["--listen", &taken.local_addr().unwrap().to_string()]));
    assert!(said.contains("another program listens there"), "{said}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_costs_lines_of_the_log_and_nothing_else() {
    let folder = Folder::new();
    let counters = common::listener().local_addr().unwrap();
    let mut command = program();
    command.arg(folder.path()).args([
        "--listen",
        "127.0.0.1:0",
        "--log-file",
        "/dev/full",
        "--metrics",
        &counters.to_string(),
    ]);
    let started = Started::start(&mut command);
    assert_eq!(get(started.address, "/healthz", "").status, 200);
    let begin = Instant::now();
    while !get(counters, "/metrics", "").text().lines().any(|line| line == "scorecast_host_dropped_log_lines_total 1") {
        assert!(begin.elapsed() < Duration::from_secs(5), "{}", get(counters, "/metrics", "").text());
        std::thread::sleep(Duration::from_millis(50));
    }
    started.end();

    // It keeps running even if standard error cannot be written.
    let address = common::listener().local_addr().unwrap();
    let full = || fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = program();
    command.arg(folder.path()).args(["--listen", &address.to_string()]).stdout(full()).stderr(full());
    let started = Started::at(command.spawn().unwrap(), address);
    // Wait for answers, not connections: another program may have used this port a moment ago.
    let page = || common::ask_maybe(address, "GET", "/", "").map(|answer| answer.text().to_owned());
    while page().is_none() {
        assert!(begin.elapsed() < Duration::from_secs(10), "it does not start");
        std::thread::sleep(Duration::from_millis(10));
    }
    folder.write("index.html", "<!doctype html>new");
    started.signal("-HUP");
    while page().as_deref() != Some("<!doctype html>new") {
        assert!(begin.elapsed() < Duration::from_secs(20), "it does not answer any more");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_check_listens_nowhere_and_opens_no_log() {
    let folder = Folder::new();
    let taken = common::listener().local_addr().unwrap();
    let mut running = program();
    running.arg(folder.path()).args(["--listen", &taken.to_string()]);
    let running = Started::start(&mut running);
    let log = folder.path().with_file_name("access.log");
    let mut check = program();
    check.arg(folder.path()).args(["--check", "--listen", &taken.to_string(), "--log-file"]).arg(&log);
    let output = check.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "scorecast-host: can serve 8 files, 1 of them compressed\n");
    assert!(!log.exists());
    running.end();

    let unusable = refused(program().arg(folder.path()).args(["--check", "--tls-cert", "a.pem", "--tls-key", "b.pem"]));
    assert!(unusable.contains("a.pem could not be used"), "{unusable}");
}

#[test]
fn too_few_descriptors_are_refused_and_few_mean_few_connections() {
    let folder = Folder::new();
    let limited = |n_files: u32| {
        let mut command = Command::new("sh");
        let program = env!("CARGO_BIN_EXE_scorecast-host");
        command
            .arg("-c")
            .arg(format!("ulimit -n {n_files}; exec {program} {} --listen 127.0.0.1:0", folder.path().display()));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    };
    let said = refused(&mut limited(24));
    assert!(said.contains("may open 24 files") && said.contains("LimitNOFILE"), "{said}");
    let started = Started::start(&mut limited(200));
    assert!(started.said().contains("136 connections instead of 4096"), "{}", started.said());
    assert_eq!(get(started.address, "/healthz", "").status, 200);
}

#[test]
fn what_is_not_http_has_a_line_in_the_log() {
    let folder = Folder::new();
    let mut command = program();
    command.arg(folder.path()).args(["--listen", "127.0.0.1:0", "--log", "json", "--log-addresses"]);
    let started = Started::start(&mut command);
    common::raw(started.address, b"nonsense\r\n\r\n");
    let printed = started.end();
    let line: serde_json::Value = serde_json::from_str(printed.trim()).unwrap();
    assert_eq!(line["address"], "127.0.0.1");
    assert!(line["malformed"].is_string() && !printed.contains("nonsense"), "{printed}");
}

#[test]
fn signals_reload_and_end() {
    let folder = Folder::new();
    folder.write("large.bin", vec![7; 24 << 20]);
    let log = folder.path().with_file_name("access.log");
    let mut command = program();
    command.arg(folder.path()).args(["--listen", "127.0.0.1:0", "--log", "json", "--log-file"]).arg(&log);
    let started = Started::start(&mut command);
    let address = started.address;
    assert_eq!(get(address, "/healthz", "").status, 200);
    wait_for_text(&log, "/healthz");

    // Rename the log, as logrotate does, and add a file, which is served at once.
    fs::rename(&log, log.with_extension("old")).unwrap();
    folder.write("index.html", "<!doctype html>new");
    started.signal("-HUP");
    let begin = Instant::now();
    while get(address, "/", "").text() != "<!doctype html>new" {
        assert!(begin.elapsed() < Duration::from_secs(5));
        std::thread::sleep(Duration::from_millis(10));
    }
    wait_for_text(&log, "\"path\":\"/\"");

    // Asked to stop during a large answer, it finishes that answer.
    let mut stream = connect(address);
    stream.write_all(b"GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    stream.read_exact(&mut [0; 1]).unwrap();
    started.signal("-TERM");
    std::thread::sleep(Duration::from_millis(200));
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).unwrap();
    assert!(rest.len() > 24 << 20, "cut off after {}", rest.len());
    let mut started = started;
    assert!(started.process.wait().unwrap().success());
}

fn wait_for_text(file: &Path, text: &str) {
    let begin = Instant::now();
    while !fs::read_to_string(file).is_ok_and(|found| found.contains(text)) {
        assert!(begin.elapsed() < Duration::from_secs(5), "{text} is not in the log");
        std::thread::sleep(Duration::from_millis(20));
    }
}

//! The host compared with Debian's nginx: requests per second, latency, memory, start-up, and a soak test.

use std::{
    fmt::Write as _,
    fs,
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};

use super::{
    Bench,
    load::{Load, Protocol, Round, Server, median, round},
    soak::{megabytes, soak},
};
use crate::{
    paths,
    release::host::{self as package, Arch},
    setup::{debian, programs},
};

const NEEDED: [(&str, &str); 3] = [("nginx", "nginx-light"), ("h2load", "nghttp2-client"), ("openssl", "openssl")];
const CONNECTIONS: [usize; 2] = [64, 1000];
const ROUNDS: usize = 5;
const ROUND_TIME: Duration = Duration::from_secs(2);
const STARTS: usize = 21;
/// Files of the site, by the name of their table row.
const REQUESTS: [(&str, &str, bool); 3] =
    [("page", "/", false), ("wasm", "/web_bg.wasm", false), ("304", "/web_bg.wasm", true)];

/// Runs all measurements and returns the section.
pub(super) fn measure(bench: &Bench<'_>) -> Result<String> {
    let shell = bench.shell;
    debian::ensure(shell, "the bench needs", &NEEDED, &[])?;
    let (_, binary) = package::build_release(shell, Arch::X86_64, &paths::root().join("artifacts"), None)?;
    let scratch = tempfile::tempdir()?;
    certify(scratch.path())?;
    let mut text = String::from(
        "Against Debian's nginx on the same site, in one run on one machine, both servers and h2load on the same \
         cores, rounds in turn; medians of the rounds, and their ratio's bar 0.6. HTTP/1.1 is plain, one request at a time; \
         HTTP/2 goes over TLS, eight streams at a time, as browsers use it. On loopback with `Accept-Encoding: gzip`, two \
         workers, no access log; nginx with `sendfile`, `tcp_nopush` and `gzip_static`. `cargo xtask bench host` repeats it.\n\n",
    );
    writeln!(text, "{}\n", versions()?)?;
    writeln!(
        text,
        "| protocol | request | connections | host, requests/s | nginx | ratio | host, p99 ms | nginx | ratio |"
    )?;
    writeln!(text, "|---|---|---|---|---|---|---|---|---|")?;
    let mut memory_line = String::from("\nResident memory at 1,000 connections, the most that was seen:");
    shell.loud_step("Measure requests and latencies", || {
        for (protocol, bar) in [(Protocol::Http1, 25), (Protocol::Http2, 50)] {
            let servers = [start_host(&binary, protocol, scratch.path())?, start_nginx(protocol, scratch.path())?];
            let mut memory = [0; 2];
            for connections in CONNECTIONS {
                for (name, path, is_conditional) in REQUESTS {
                    let load = Load { protocol, path, headers: Vec::new(), connections, time: ROUND_TIME };
                    let row = compare(&servers, &load, is_conditional, &mut memory)?;
                    println!("  {}, {name} at {connections}: {row}", protocol.name());
                    writeln!(text, "| {} | {name} | {connections} | {row} |", protocol.name())?;
                }
            }
            write!(
                memory_line,
                " {} {:.1} MB (bar: {bar}), nginx with all its processes {:.1} MB;",
                protocol.name(),
                megabytes(memory[0]),
                megabytes(memory[1])
            )?;
        }
        Ok(())
    })?;
    writeln!(text, "{}.", memory_line.trim_end_matches(';'))?;
    let starts = shell.step("Measure the start", || start_times(&binary))?;
    writeln!(
        text,
        "\nFrom starting the process to the first byte of the page: {starts:.1} ms, median of {STARTS} (bar: 20)."
    )?;
    let time = Duration::from_secs(if bench.long { 600 } else { 60 });
    let host = start_host(&binary, Protocol::Http1, scratch.path())?;
    let line = shell.step(&format!("Soak for {} s", time.as_secs()), || soak(&host, time))?;
    writeln!(text, "\n{line}")?;
    let size = fs::metadata(&binary)?.len();
    writeln!(text, "\nThe binary with the site inside weighs {:.2} MB.", megabytes(size))?;
    Ok(text)
}

/// Alternating rounds on the host and on nginx; the cells of the table.
fn compare(servers: &[Server; 2], load: &Load, is_conditional: bool, memory: &mut [u64; 2]) -> Result<String> {
    let mut rounds: [Vec<Round>; 2] = [Vec::new(), Vec::new()];
    let mut loads = Vec::new();
    for server in servers {
        let mut headers = vec!["Accept-Encoding: gzip".to_owned()];
        if is_conditional {
            headers.push(format!("If-None-Match: {}", etag(server, load)?));
        }
        loads.push(Load { headers, ..load.clone() });
    }
    for number in 0..ROUNDS {
        // Alternate which one is first.
        let order = if number % 2 == 0 { [0, 1] } else { [1, 0] };
        for which in order {
            let measured = round(&servers[which], &loads[which])?;
            if load.connections == 1000 {
                memory[which] = memory[which].max(measured.memory);
            }
            rounds[which].push(measured);
        }
    }
    let rate = |which: usize| median(rounds[which].iter().map(|round| round.rate).collect());
    let p99 = |which: usize| median(rounds[which].iter().map(|round| round.p99).collect());
    Ok(format!(
        "{:.0} | {:.0} | {:.2} | {:.2} | {:.2} | {:.2}",
        rate(0),
        rate(1),
        rate(0) / rate(1),
        p99(0),
        p99(1),
        p99(0) / p99(1)
    ))
}

/// The entity tag of a file, requested with curl, which supports both protocols.
fn etag(server: &Server, load: &Load) -> Result<String> {
    let scheme = if load.protocol == Protocol::Http1 { "http" } else { "https" };
    let mut curl = Command::new("curl");
    curl.args(["--insecure", "--silent", "--head", "--header", "Accept-Encoding: gzip"]);
    let output =
        curl.arg(format!("{scheme}://{}{}", server.address(), load.path)).output().context("curl is needed")?;
    let head = String::from_utf8_lossy(&output.stdout).into_owned();
    let tag = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("etag").then(|| value.trim().to_owned())
    });
    tag.with_context(|| format!("{} gave no ETag: {head}", server.name))
}

/// A certificate for both servers.
fn certify(scratch: &Path) -> Result<()> {
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]);
    openssl.args(["-subj", "/CN=localhost", "-keyout"]).arg(scratch.join("key.pem")).arg("-out");
    let output = openssl.arg(scratch.join("cert.pem")).output()?;
    ensure!(output.status.success(), "openssl made no certificate: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

fn start_host(binary: &Path, protocol: Protocol, scratch: &Path) -> Result<Server> {
    let port = free_port()?;
    let mut command = host_command(binary, port);
    if protocol == Protocol::Http2 {
        command.arg("--tls-cert").arg(scratch.join("cert.pem")).arg("--tls-key").arg(scratch.join("key.pem"));
    }
    let process = command.spawn().context("the host could not be started")?;
    let server = Server { name: "the host", process, port };
    server.await_ready()?;
    Ok(server)
}

fn host_command(binary: &Path, port: u16) -> Command {
    let mut command = Command::new(binary);
    command.args(["--log", "off", "--workers", "2", "--listen", &format!("127.0.0.1:{port}")]).stderr(Stdio::null());
    command
}

fn start_nginx(protocol: Protocol, scratch: &Path) -> Result<Server> {
    let port = free_port()?;
    let tls = if protocol == Protocol::Http2 { " ssl http2" } else { "" };
    let user = if programs::is_root() { "user root;" } else { "" };
    let settings = format!(
        "daemon off; {user} worker_processes 2; pid {scratch}/pid; error_log {scratch}/error.log;\n\
         events {{ worker_connections 4096; }}\n\
         http {{ include /etc/nginx/mime.types; types {{ application/wasm wasm; }} sendfile on; tcp_nopush on; access_log off;\n\
         gzip_static on; keepalive_requests 100000000; client_body_temp_path {scratch}/body;\n\
         ssl_certificate {scratch}/cert.pem; ssl_certificate_key {scratch}/key.pem;\n\
         server {{ listen 127.0.0.1:{port}{tls} backlog=4096; root {site}; }} }}\n",
        scratch = scratch.display(),
        site = paths::site().display(),
    );
    let file = scratch.join("nginx.conf");
    fs::write(&file, settings)?;
    let program = debian::find("nginx").context("nginx is not installed")?;
    let process = Command::new(program).arg("-c").arg(&file).stderr(Stdio::null()).spawn()?;
    let server = Server { name: "nginx", process, port };
    server.await_ready()?;
    Ok(server)
}

/// The median time from `exec` to the first byte, in milliseconds.
fn start_times(binary: &Path) -> Result<f64> {
    let mut times = Vec::new();
    for _ in 0..STARTS {
        let port = free_port()?;
        let begin = Instant::now();
        let server = Server { name: "the host", process: host_command(binary, port).spawn()?, port };
        let mut stream = loop {
            match TcpStream::connect(server.address()) {
                Ok(stream) => break stream,
                Err(error) if begin.elapsed() > Duration::from_secs(10) => return Err(error.into()),
                Err(_) => std::thread::sleep(Duration::from_micros(100)),
            }
        };
        stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")?;
        stream.read_exact(&mut [0; 1])?;
        times.push(begin.elapsed().as_secs_f64() * 1e3);
    }
    Ok(median(times))
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

fn versions() -> Result<String> {
    let said = |program: &str, arguments: &[&str]| -> Result<String> {
        let path = debian::find(program).with_context(|| format!("{program} is not installed"))?;
        let output = Command::new(path).args(arguments).output()?;
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text);
        Ok(text.lines().next().unwrap_or_default().trim().to_owned())
    };
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cpu = cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    let n_cores = std::thread::available_parallelism().map_or(1, usize::from);
    let nginx = said("nginx", &["-v"])?;
    let h2load = said("h2load", &["--version"])?;
    // Other processes on the machine affect both sides, but widen the latencies.
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default().to_owned();
    let cpu = cpu.trim_start_matches([' ', '\t', ':']);
    Ok(format!("Machine: {n_cores} cores, {cpu}, load {load} before the measurement; {nginx}; {h2load}."))
}

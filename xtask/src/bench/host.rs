//! The host against Debian's nginx: requests a second, latency, memory, start, and a soak.

use std::{
    fmt::Write as _,
    fs,
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

use super::{
    Bench,
    load::{Round, Server, median, round},
    soak::{megabytes, soak},
};
use crate::{
    paths,
    release::host::{self as package, Arch},
    setup::{debian, programs},
};

const NEEDED: [(&str, &str); 2] = [("nginx", "nginx-light"), ("wrk", "wrk")];
const CONNECTIONS: [usize; 2] = [64, 1000];
const ROUNDS: usize = 7;
const ROUND_TIME: Duration = Duration::from_secs(1);
const STARTS: usize = 21;

/// Measures everything and returns the section.
pub(super) fn measure(bench: &Bench<'_>) -> Result<String> {
    let shell = bench.shell;
    debian::ensure(shell, "the bench needs", &NEEDED, &[])?;
    let (_, binary) = package::build_release(shell, Arch::X86_64, &paths::root().join("artifacts"))?;
    let scratch = tempfile::tempdir()?;
    let mut text = String::from(
        "Against Debian's nginx on the same site, in one run on one machine, both servers and wrk on the same \
         cores, rounds in turn; medians of the rounds. Both serve over plain HTTP/1.1 on loopback with `Accept-Encoding: \
         gzip`, two workers, no access log; nginx with `sendfile`, `tcp_nopush` and `gzip_static`. \
         `cargo xtask bench host` repeats it.\n\n",
    );
    writeln!(text, "{}\n", versions()?)?;
    let host = start_host(&binary)?;
    let nginx = start_nginx(scratch.path())?;
    writeln!(text, "| request | connections | host, requests/s | nginx | ratio | host, p99 ms | nginx | ratio |")?;
    writeln!(text, "|---|---|---|---|---|---|---|---|")?;
    let mut memory = [0; 2];
    shell.loud_step("Measure requests and latencies", || {
        for connections in CONNECTIONS {
            for (name, path, is_conditional) in
                [("page", "/", false), ("wasm", "/web_bg.wasm", false), ("304", "/web_bg.wasm", true)]
            {
                let row = compare(&host, &nginx, path, is_conditional, connections, &mut memory)?;
                println!("  {name} at {connections}: {row}");
                writeln!(text, "| {name} | {connections} | {row} |")?;
            }
        }
        Ok(())
    })?;
    writeln!(
        text,
        "\nResident memory at 1,000 connections, the most that was seen: {:.1} MB (bar: 15); nginx, all its processes: {:.1} MB.",
        megabytes(memory[0]),
        megabytes(memory[1])
    )?;
    drop(nginx);
    drop(host);
    let starts = shell.step("Measure the start", || start_times(&binary))?;
    writeln!(
        text,
        "\nFrom starting the process to the first byte of the page: {starts:.1} ms, median of {STARTS} (bar: 20)."
    )?;
    let time = Duration::from_secs(if bench.long { 600 } else { 60 });
    let host = start_host(&binary)?;
    let line = shell.step(&format!("Soak for {} s", time.as_secs()), || soak(&host, time))?;
    writeln!(text, "\n{line}")?;
    let size = fs::metadata(&binary)?.len();
    writeln!(text, "\nThe binary with the site inside weighs {:.2} MB (bar: 6 MiB).", megabytes(size))?;
    Ok(text)
}

/// Alternating rounds on both; cells of the table.
fn compare(
    host: &Server,
    nginx: &Server,
    path: &str,
    is_conditional: bool,
    connections: usize,
    memory: &mut [u64; 2],
) -> Result<String> {
    let mut rounds: [Vec<Round>; 2] = [Vec::new(), Vec::new()];
    let mut headers = Vec::new();
    for server in [host, nginx] {
        let mut header = vec!["Accept-Encoding: gzip".to_owned()];
        if is_conditional {
            let (_, head, _) = server.ask(path, "Accept-Encoding: gzip\r\n")?;
            let tag = head.lines().find_map(|line| {
                let (name, value) = line.split_once(": ")?;
                name.eq_ignore_ascii_case("etag").then(|| value.to_owned())
            });
            header.push(format!("If-None-Match: {}", tag.context("no ETag")?));
        }
        headers.push(header);
    }
    for number in 0..ROUNDS {
        // Neither is always the first.
        let order = if number % 2 == 0 { [0, 1] } else { [1, 0] };
        for which in order {
            let measured = round([host, nginx][which], path, &headers[which], connections, ROUND_TIME)?;
            if connections == 1000 {
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

fn start_host(binary: &Path) -> Result<Server> {
    let port = free_port()?;
    let process = host_command(binary, port).spawn().context("the host could not be started")?;
    let server = Server { name: "the host", process, port };
    server.await_ready()?;
    Ok(server)
}

fn host_command(binary: &Path, port: u16) -> Command {
    let mut command = Command::new(binary);
    command.args(["--log", "off", "--workers", "2", "--port", &port.to_string()]).stderr(Stdio::null());
    command
}

fn start_nginx(scratch: &Path) -> Result<Server> {
    let port = free_port()?;
    let user = if programs::is_root() { "user root;" } else { "" };
    let settings = format!(
        "daemon off; {user} worker_processes 2; pid {scratch}/pid; error_log {scratch}/error.log;\n\
         events {{ worker_connections 4096; }}\n\
         http {{ include /etc/nginx/mime.types; types {{ application/wasm wasm; }} sendfile on; tcp_nopush on; access_log off;\n\
         gzip_static on; keepalive_requests 100000000; client_body_temp_path {scratch}/body;\n\
         server {{ listen 127.0.0.1:{port} backlog=4096; root {site}; }} }}\n",
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

/// The median of the times from `exec` to the first byte, in milliseconds.
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
    let wrk = said("wrk", &["--version"])?;
    let wrk = wrk.split('[').next().unwrap_or_default().trim();
    // What else the machine is doing meets both sides, but widens the latencies.
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default().to_owned();
    let cpu = cpu.trim_start_matches([' ', '\t', ':']);
    Ok(format!("Machine: {n_cores} cores, {cpu}, load {load} before the measurement; {nginx}; {wrk}."))
}

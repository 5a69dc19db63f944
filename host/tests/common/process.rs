//! The binary as a child process.

use std::{
    io::{BufRead, BufReader, Read},
    net::{SocketAddr, TcpListener},
    os::fd::OwnedFd,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

pub fn program() -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_scorecast-host"));
    program.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    program
}

/// Passes a listening socket, as systemd does.
pub fn pass(command: &mut Command, listener: &TcpListener) {
    let socket = OwnedFd::from(listener.try_clone().unwrap());
    command.stdin(Stdio::from(socket)).env("LISTEN_FDS", "1").env("LISTEN_FDS_FIRST_FD", "0");
    command.args(["--listen", &listener.local_addr().unwrap().to_string()]);
}

/// A running process and the address it serves.
pub struct Started {
    pub process: Child,
    pub address: SocketAddr,
    said: Arc<Mutex<String>>,
}

impl Started {
    /// Starts the program and waits until it prints its address.
    pub fn start(command: &mut Command) -> Self {
        let mut process = command.spawn().unwrap();
        let mut errors = BufReader::new(process.stderr.take().unwrap());
        let mut first = String::new();
        let address = loop {
            let mut line = String::new();
            assert_ne!(errors.read_line(&mut line).unwrap(), 0, "{first}");
            first.push_str(&line);
            let address = line.split_once("://").and_then(|(_, rest)| rest.split('/').next());
            if let Some(address) = address {
                break address.parse().unwrap();
            }
        };
        let said = Arc::new(Mutex::new(first));
        let more = Arc::clone(&said);
        thread::spawn(move || {
            for line in errors.lines().map_while(Result::ok) {
                more.lock().unwrap().push_str(&format!("{line}\n"));
            }
        });
        Self { process, address, said }
    }

    /// A process whose standard error is not read.
    pub fn at(process: Child, address: SocketAddr) -> Self {
        Self { process, address, said: Arc::default() }
    }

    /// Its output on standard error so far.
    pub fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    pub fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.process.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Stops it, expects success, and returns its output.
    pub fn end(mut self) -> String {
        self.signal("-TERM");
        self.wait(Duration::from_secs(10));
        let mut printed = String::new();
        self.process.stdout.take().unwrap().read_to_string(&mut printed).unwrap();
        printed
    }

    /// Waits until it has ended successfully.
    pub fn wait(&mut self, limit: Duration) {
        let begin = Instant::now();
        while self.process.try_wait().unwrap().is_none() {
            assert!(begin.elapsed() < limit, "it does not end");
            thread::sleep(Duration::from_millis(20));
        }
        assert!(self.process.wait().unwrap().success());
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        // It may already have ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

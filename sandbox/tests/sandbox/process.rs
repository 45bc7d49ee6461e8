//! The program under test, started on a free port and stopped with the test.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::Value;

pub(crate) const CONTROL_TOKEN: &str = "control-token-zebra";
pub(crate) const API_KEY: &str = "api-key-walrus";
pub(crate) const USERNAME: &str = "test";
pub(crate) const SECRET: &str = "hmac-secret-ocelot";

/// A running sandbox.
pub(crate) struct Sandbox {
    pub(crate) address: SocketAddr,
    child: Child,
    log: Option<JoinHandle<String>>,
}

impl Sandbox {
    /// Starts it and waits for the line that tells the port.
    pub(crate) fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts it with more options.
    pub(crate) fn start_with(options: &[&str]) -> Self {
        let mut child = command().args(options).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let announced: Value = serde_json::from_str(&line).unwrap();
        let address = announced["listening"].as_str().unwrap().strip_prefix("http://").unwrap().parse().unwrap();
        let mut stderr = child.stderr.take().unwrap();
        let log = std::thread::spawn(move || {
            let mut log = String::new();
            stderr.read_to_string(&mut log).unwrap();
            log
        });
        Self { address, child, log: Some(log) }
    }

    /// Sends a signal, and gives the exit status and the log.
    pub(crate) fn stop(mut self, signal: &str) -> (ExitStatus, String) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
        let status = wait(&mut self.child, Duration::from_secs(5));
        (status, self.log.take().unwrap().join().unwrap())
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // Already gone after `stop`; either way there is nothing left to do about it.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The program with its credentials, not yet started.
pub(crate) fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cardwright-sandbox"));
    command
        .env_clear()
        .env("RUST_LOG", "trace")
        .args(["--listen", "127.0.0.1:0", "--control-token", CONTROL_TOKEN])
        .args(["--ingo-api-key", API_KEY, "--ingo-username", USERNAME, "--ingo-secret", SECRET])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Waits for the end of a process, but not for ever.
pub(crate) fn wait(child: &mut Child, limit: Duration) -> ExitStatus {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        assert!(start.elapsed() < limit, "expected the process to end, found it running");
        std::thread::sleep(Duration::from_millis(20));
    }
}

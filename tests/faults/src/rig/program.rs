//! A program of this workspace, started, signalled and stopped by its own handle.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};

const START_LIMIT: Duration = Duration::from_secs(20);
/// For a program to come to the place where it stops or ends itself.
const REACH_LIMIT: Duration = Duration::from_secs(20);
const STOP_LIMIT: Duration = Duration::from_secs(50);

/// A running program; it is killed when this is dropped.
pub struct Program {
    name: &'static str,
    child: Child,
    /// The line of JSON by which it said that it is ready.
    pub said: Value,
}

impl Program {
    /// Starts a program that was built beside this one, and waits until it says where it listens.
    ///
    /// Its log is dropped, or goes to stderr where `FAULTS_LOG` is set, which then is its `RUST_LOG`.
    ///
    /// # Errors
    /// A program that is not there, or ends, or says nothing for 20 seconds.
    pub async fn start(name: &'static str, environment: &[(String, String)]) -> anyhow::Result<Program> {
        let log = std::env::var("FAULTS_LOG").ok();
        let mut child = Command::new(built(name)?)
            .env_clear()
            .envs(environment.iter().cloned())
            .env("RUST_LOG", log.as_deref().unwrap_or("error"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(if log.is_some() { Stdio::inherit() } else { Stdio::null() })
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("expected to start {name}"))?;
        let out = child.stdout.take().context("expected its output")?;
        let mut lines = BufReader::new(out).lines();
        let line = timeout(START_LIMIT, lines.next_line()).await.with_context(|| format!("{name} says nothing"))??;
        let line = line.with_context(|| format!("{name} ended at once; FAULTS_LOG=info shows why"))?;
        Ok(Program { name, child, said: serde_json::from_str(&line)? })
    }

    /// Kills it, and waits until it is dead.
    ///
    /// # Errors
    /// A program that cannot be waited for.
    pub async fn kill(&mut self) -> anyhow::Result<()> {
        Ok(self.child.kill().await?)
    }

    /// Stops it in the middle of whatever it does (SIGSTOP).
    ///
    /// # Errors
    /// A program that has ended.
    pub fn pause(&self) -> anyhow::Result<()> {
        self.signal(Signal::STOP)
    }

    /// Lets it go on (SIGCONT).
    ///
    /// # Errors
    /// A program that has ended.
    pub fn resume(&self) -> anyhow::Result<()> {
        self.signal(Signal::CONT)
    }

    /// Waits until it has stopped itself (SIGSTOP).
    ///
    /// # Errors
    /// A program that has ended, or has not stopped within 20 seconds.
    pub async fn stopped(&self) -> anyhow::Result<()> {
        let id = self.child.id().with_context(|| format!("{} has ended", self.name))?;
        let start = Instant::now();
        while start.elapsed() < REACH_LIMIT {
            // The state stands behind the name, which can hold anything and is in parentheses.
            let stat = std::fs::read_to_string(format!("/proc/{id}/stat"))?;
            if stat.rsplit_once(") ").is_some_and(|(_, state)| state.starts_with('T')) {
                return Ok(());
            }
            sleep(Duration::from_millis(10)).await;
        }
        bail!("expected {} to stop itself, found it running", self.name)
    }

    /// Waits until it has ended, by whatever signal.
    ///
    /// # Errors
    /// A program that has not within 20 seconds.
    pub async fn ended(&mut self) -> anyhow::Result<()> {
        timeout(REACH_LIMIT, self.child.wait()).await.with_context(|| format!("{} is still running", self.name))??;
        Ok(())
    }

    /// Asks it to end (SIGTERM), and waits until it has.
    ///
    /// # Errors
    /// A program that ends with an error, or not within 50 seconds.
    pub async fn stop(&mut self) -> anyhow::Result<()> {
        self.signal(Signal::TERM)?;
        let status = timeout(STOP_LIMIT, self.child.wait()).await.context("still running")??;
        ensure!(status.success(), "{} ended with {status}", self.name);
        Ok(())
    }

    fn signal(&self, signal: Signal) -> anyhow::Result<()> {
        let id = self.child.id().with_context(|| format!("{} has ended", self.name))?;
        let id = Pid::from_raw(i32::try_from(id)?).context("expected a process")?;
        kill_process(id, signal).with_context(|| format!("{} cannot be signalled", self.name))
    }
}

/// Where a program of this workspace stands: beside this one, or where `CARDWRIGHT_PROGRAMS` says.
fn built(name: &str) -> anyhow::Result<PathBuf> {
    let folder = match std::env::var_os("CARDWRIGHT_PROGRAMS") {
        Some(folder) => folder.into(),
        None => {
            let mut folder = std::env::current_exe()?;
            // Tests stand one level deeper.
            while folder.pop() && folder.ends_with("deps") {}
            folder
        }
    };
    let program = folder.join(name);
    let remedy = match name.strip_suffix("-fail-points") {
        Some(package) => format!("cargo build --package {package} --features fail-points --bin {name}"),
        None => "cargo build --workspace".to_owned(),
    };
    ensure!(program.exists(), "expected {name} in {}; `{remedy}` builds it", folder.display());
    Ok(program)
}

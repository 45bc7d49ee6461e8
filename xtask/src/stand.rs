//! A stand: a sandbox issuer and a proxy in front of it, on loopback, under secrets that occur nowhere else.

use crate::demo::program;
use crate::step::{command, run};
use anyhow::{Context as _, Result, bail};
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Both stop when this is dropped.
pub(crate) struct Stand {
    pub(crate) proxy: Program,
    sandbox: Program,
}

impl Stand {
    /// Starts both, as they were built; `configure` adds to the proxy's environment.
    pub(crate) fn raise(configure: impl FnOnce(&mut Command)) -> Result<Stand> {
        let secrets = Secrets::new();
        let sandbox = Program::start(
            "sandbox issuer",
            secrets.give("SANDBOX", command(program("cardwright-sandbox")).env("SANDBOX_LISTEN", "127.0.0.1:0")),
        )?;
        let mut proxy = command(program("cardwright-proxy"));
        proxy
            .env("CARDWRIGHT_LISTEN", "127.0.0.1:0")
            // The sandbox forgets its cards with the process, and so must the proxy.
            .env("DATABASE_URL", "memory:")
            .env("CARDWRIGHT_ISSUER_HONOURS_KEYS", "ingo,pintopay")
            .env("CARDWRIGHT_INGO_CARD_LIST_PATH", "/api/v4/user/routable-cards/list")
            .env("CARDWRIGHT_INGO_BASE_URL", format!("{}/api", sandbox.address))
            .env("CARDWRIGHT_PINTOPAY_BASE_URL", &sandbox.address);
        configure(&mut proxy);
        let proxy = Program::start("proxy", secrets.give("CARDWRIGHT", &mut proxy))?;
        Ok(Stand { proxy, sandbox })
    }

    /// Fails if one of them has stopped.
    pub(crate) fn holds(&mut self) -> Result<()> {
        for program in [&mut self.sandbox, &mut self.proxy] {
            if let Some(status) = program.child.try_wait()? {
                bail!("the {} stopped by itself with {status}", program.name);
            }
        }
        Ok(())
    }
}

/// Random secrets that the two programs share, under names that begin with the program's.
struct Secrets(Vec<(&'static str, String)>);

impl Secrets {
    fn new() -> Secrets {
        let names =
            ["CONTROL_TOKEN", "INGO_API_KEY", "INGO_USERNAME", "INGO_SECRET", "PINTOPAY_API_KEY", "PINTOPAY_SECRET"];
        Secrets(names.map(|name| (name, uuid::Uuid::new_v4().simple().to_string())).to_vec())
    }

    fn give<'c>(&self, prefix: &str, command: &'c mut Command) -> &'c mut Command {
        for (name, secret) in &self.0 {
            command.env(format!("{prefix}_{name}"), secret);
        }
        command.env("RUST_LOG", "warn")
    }
}

/// A server of ours: it says where it listens, and stops when this is dropped.
pub(crate) struct Program {
    name: &'static str,
    pub(crate) address: String,
    child: Child,
}

impl Program {
    fn start(name: &'static str, command: &mut Command) -> Result<Program> {
        let mut child =
            command.stdout(Stdio::piped()).spawn().with_context(|| format!("expected to start the {name}"))?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let said: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
        let address = said["listening"].as_str().map(str::to_owned);
        let program = Program { name, address: address.clone().unwrap_or_default(), child };
        if address.is_none() {
            bail!("expected the {name} to say where it listens; what it said instead stands above");
        }
        Ok(program)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = run(command("kill").args(["-TERM", &self.child.id().to_string()]));
        let deadline = Instant::now() + Duration::from_secs(3);
        while Instant::now() < deadline {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

//! The demo: a sandbox issuer and a proxy on loopback, and the page between them.

use crate::step::{cargo, command, root, run, step, target};
use crate::{package, tools};
use anyhow::{Context as _, Result, bail};
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// Builds and starts everything, and waits for Ctrl-C.
pub(crate) fn serve(port: u16) -> Result<()> {
    tools::for_building()?;
    package::build()?;
    build_programs()?;
    let page = assemble()?;

    let (stop, stopped) = mpsc::channel();
    ctrlc::set_handler(move || {
        let _ = stop.send(());
    })?;

    let secrets = Secrets::new();
    let mut sandbox = Program::start(
        "sandbox issuer",
        secrets.give("SANDBOX", command(program("cardwright-sandbox")).env("SANDBOX_LISTEN", "127.0.0.1:0")),
    )?;
    let mut proxy = Program::start(
        "proxy",
        secrets.give(
            "CARDWRIGHT",
            command(program("cardwright-proxy"))
                .env("CARDWRIGHT_LISTEN", format!("127.0.0.1:{}", free_port(port)))
                // The sandbox forgets its cards with the process, and so must the proxy.
                .env("DATABASE_URL", "memory:")
                .env("CARDWRIGHT_ISSUER_HONOURS_KEYS", "ingo,pintopay")
                .env("CARDWRIGHT_INGO_CARD_LIST_PATH", "/api/v4/user/routable-cards/list")
                .env("CARDWRIGHT_STATIC", &page)
                .env("CARDWRIGHT_INGO_BASE_URL", format!("{}/api", sandbox.address))
                .env("CARDWRIGHT_PINTOPAY_BASE_URL", &sandbox.address),
        ),
    )?;
    println!("\n  The demo is at {}\n  Ctrl-C stops it.\n", proxy.address);

    while stopped.recv_timeout(Duration::from_millis(200)).is_err() {
        for program in [&mut sandbox, &mut proxy] {
            if let Some(status) = program.child.try_wait()? {
                bail!("the {} stopped by itself with {status}", program.name);
            }
        }
    }
    println!("stopped");
    Ok(())
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

/// Builds the two programs behind the page.
pub(crate) fn build_programs() -> Result<()> {
    step("build the sandbox issuer and the proxy", || {
        run(cargo().args(["build", "--package", "cardwright-sandbox", "--package", "cardwright-proxy"]))?;
        Ok(())
    })
}

/// Where a program was built.
pub(crate) fn program(name: &str) -> PathBuf {
    target().join("debug").join(name)
}

/// Puts the page and the package into one folder, as a web server would serve them.
pub(crate) fn assemble() -> Result<PathBuf> {
    let page = target().join("demo");
    let _ = fs::remove_dir_all(&page);
    copy(&root().join("www"), &page)?;
    copy(&package::dist(), &page.join("cardwright"))?;
    Ok(page)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("expected {}", from.display()))? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to)?
        } else {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}

/// The wanted port, or 0 (any free one) if it is taken.
fn free_port(wanted: u16) -> u16 {
    TcpListener::bind(("127.0.0.1", wanted)).map_or(0, |_| wanted)
}

/// A server of ours: it says where it listens, and stops when this is dropped.
struct Program {
    name: &'static str,
    address: String,
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

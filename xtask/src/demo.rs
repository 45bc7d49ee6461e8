//! The demo: a sandbox issuer and a proxy on loopback, and the page between them.

use crate::stand::Stand;
use crate::step::{cargo, root, run, step, target};
use crate::{inventory, package, tools};
use anyhow::{Context as _, Result};
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

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

    let mut stand = Stand::raise(|proxy| {
        proxy.env("CARDWRIGHT_LISTEN", format!("127.0.0.1:{}", free_port(port))).env("CARDWRIGHT_STATIC", &page);
    })?;
    println!("\n  The demo is at {}\n  Ctrl-C stops it.\n", stand.proxy.address);

    while stopped.recv_timeout(Duration::from_millis(200)).is_err() {
        stand.holds()?;
    }
    println!("stopped");
    Ok(())
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
    inventory::seal(&page)?;
    Ok(page)
}

/// Copies a folder and all that is in it.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
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

//! A real PostgreSQL for a test: a database of its own, on the server `DATABASE_URL` names or on one that is started here.
//!
//! A server that is started here listens on a free loopback port, keeps its files in a temporary directory, and ends with
//! its [`Server`], or with the process. PostgreSQL refuses to run as root, so for root it runs as the user `postgres`.
//! Its settings are PostgreSQL's own, `fsync` and `synchronous_commit` included, unless a test asks for others.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use anyhow::{Context, Result, bail, ensure};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use tempfile::TempDir;
use uuid::Uuid;

/// How long the server may take to start, or to stop, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(10);
const USER: &str = "cardwright";
const REMEDY: &str = "install PostgreSQL, on Debian `apt-get install postgresql`, or set DATABASE_URL to a server that may be used for tests";

/// The server that the tests of this process share, for as long as one of them holds it.
static SHARED: Mutex<Weak<Server>> = Mutex::new(Weak::new());

/// A fresh database.
pub struct Database {
    /// Its address, `postgres://...`.
    pub url: String,
    server: Option<Arc<Server>>,
}

impl Database {
    /// Makes a database on the server `DATABASE_URL` names, or on one that the tests of this process share.
    ///
    /// # Errors
    /// No server there, and none that can be started; the reason ends in a remedy.
    pub async fn fresh() -> Result<Database> {
        if let Ok(url) = env::var("DATABASE_URL") {
            return Ok(Database { url: create_database(&url).await?, server: None });
        }
        let server = shared()?;
        Ok(Database { url: server.database().await?, server: Some(server) })
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // A server of our own takes its databases with it.
        if self.server.is_none() {
            let url = self.url.clone();
            let dropped = thread::spawn(move || {
                tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(drop_database(&url))
            });
            if !matches!(dropped.join(), Ok(Ok(()))) {
                eprintln!("a test's database could not be dropped");
            }
        }
    }
}

/// A server of a test's own.
pub struct Server {
    folder: TempDir,
    programs: PathBuf,
    port: u16,
    settings: Vec<String>,
    running: Option<Running>,
    /// Its processes that [`Server::pause`] halted.
    paused: Vec<u32>,
}

struct Running {
    pid: u32,
    /// Waits for the process, and ends with it.
    waiting: JoinHandle<()>,
}

impl Server {
    /// Starts a server with PostgreSQL's own settings.
    ///
    /// # Errors
    /// PostgreSQL is not installed or does not start; the reason ends in a remedy.
    pub fn start() -> Result<Server> {
        Server::start_with(&[])
    }

    /// Starts a server with settings such as `fsync=off`.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub fn start_with(settings: &[&str]) -> Result<Server> {
        let mut server = Server::prepared(settings)?;
        server.launch()?;
        Ok(server)
    }

    /// Starts a server that stays a standby: it answers reads, and takes no writes.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub fn start_standby() -> Result<Server> {
        let mut server = Server::prepared(&[])?;
        fs::write(server.data().join("standby.signal"), "")?;
        server.launch()?;
        Ok(server)
    }

    /// Makes a database on it, and returns its address.
    ///
    /// # Errors
    /// The server is stopped, or a standby.
    pub async fn database(&self) -> Result<String> {
        create_database(&self.url()).await
    }

    /// The address of the database every server has.
    pub fn url(&self) -> String {
        format!("postgres://{USER}@127.0.0.1:{}/postgres", self.port)
    }

    /// Starts it again, on the same port and with the same data.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub fn launch(&mut self) -> Result<()> {
        ensure!(self.running.is_none(), "expected a stopped server, found it running");
        let mut postgres = self.command("postgres")?;
        postgres.arg("-D").arg(self.data()).arg(format!("--port={}", self.port));
        for setting in
            ["listen_addresses=127.0.0.1", "unix_socket_directories=", "shared_buffers=16MB", "max_connections=400"]
        {
            postgres.args(["-c", setting]);
        }
        for setting in &self.settings {
            postgres.args(["-c", setting]);
        }
        let log = fs::File::create(self.folder.path().join("log"))?;
        postgres.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let (started, starts) = mpsc::channel();
        // The kernel ends the server with the thread that started it, so that thread waits for it to its end.
        let waiting = thread::spawn(move || match postgres.spawn() {
            Ok(mut child) => {
                let _ = started.send(Ok(child.id()));
                let _ = child.wait();
            }
            Err(error) => drop(started.send(Err(error))),
        });
        let pid = starts.recv()?.with_context(|| format!("postgres could not be started: {REMEDY}"))?;
        self.running = Some(Running { pid, waiting });
        self.wait_until_ready()
    }

    /// Stops it as an operator does, without waiting for its clients; but one that has just connected is heard for a minute, so
    /// it must be able to speak: what this blocks is not to be the clients' only thread.
    ///
    /// # Errors
    /// It does not end.
    pub fn stop(&mut self) -> Result<()> {
        let Some(Running { pid, waiting }) = self.running.take() else {
            return Ok(());
        };
        let start = Instant::now();
        if !waiting.is_finished() {
            signal("INT", pid)?;
        }
        while !waiting.is_finished() {
            if start.elapsed() > PATIENCE {
                signal("KILL", pid)?;
                bail!("expected the server to stop when asked, and had to kill it");
            }
            thread::sleep(PAUSE);
        }
        Ok(())
    }

    /// Halts all its processes: connections stand, and nothing answers.
    ///
    /// # Errors
    /// It is not running.
    pub fn pause(&mut self) -> Result<()> {
        // First the one that makes new ones.
        signal("STOP", self.running.as_ref().context("expected a running server")?.pid)?;
        self.paused = self.children()?;
        signal_each("STOP", &self.paused);
        Ok(())
    }

    /// Lets it go on after [`Server::pause`].
    ///
    /// # Errors
    /// It is not running.
    pub fn resume(&mut self) -> Result<()> {
        // By the list of then: one that is read while processes end may leave others out, and those would stay paused.
        signal_each("CONT", &std::mem::take(&mut self.paused));
        signal("CONT", self.running.as_ref().context("expected a running server")?.pid)
    }

    fn prepared(settings: &[&str]) -> Result<Server> {
        let folder = tempfile::Builder::new().prefix("cardwright-postgres-").tempdir()?;
        if is_root()? {
            let postgres = id(&["-u", "postgres"]).with_context(|| format!("no user `postgres`: {REMEDY}"))?;
            std::os::unix::fs::chown(folder.path(), Some(postgres), None)?;
        }
        let port = free_port()?;
        let settings = settings.iter().map(|&setting| setting.into()).collect();
        let server = Server { folder, programs: programs()?, port, settings, running: None, paused: Vec::new() };
        let mut initdb = server.command("initdb")?;
        initdb.arg("-D").arg(server.data());
        let made = initdb
            .args(["--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync", "--username", USER])
            .output()
            .with_context(|| format!("initdb could not be started: {REMEDY}"))?;
        ensure!(made.status.success(), "initdb failed: {}", String::from_utf8_lossy(&made.stderr));
        Ok(server)
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// One of PostgreSQL's programs, run by a user it accepts, and ended with the thread that starts it.
    fn command(&self, program: &str) -> Result<Command> {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "INT"]).current_dir(self.folder.path());
        if is_root()? {
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
        }
        command.arg("--").arg(self.programs.join(program));
        Ok(command)
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            // The last line of this file tells the state.
            let state = fs::read_to_string(self.data().join("postmaster.pid")).unwrap_or_default();
            if state.lines().nth(7).is_some_and(|state| state.trim() == "ready") {
                return Ok(());
            }
            let running = self.running.as_ref().context("expected a running server")?;
            if running.waiting.is_finished() {
                break;
            }
            thread::sleep(PAUSE);
        }
        let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        bail!("expected PostgreSQL to be ready within {} s, found: {log}", PATIENCE.as_secs())
    }

    /// The processes it has started.
    fn children(&self) -> Result<Vec<u32>> {
        let pid = self.running.as_ref().context("expected a running server")?.pid;
        let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"))?;
        Ok(children.split_whitespace().filter_map(|pid| pid.parse().ok()).collect())
    }
}

/// One that has just ended needs no signal.
fn signal_each(name: &str, processes: &[u32]) {
    for process in processes {
        let _ = signal(name, *process);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.running.is_some() {
            // One that is paused could not stop.
            let stopped = self.resume().and_then(|()| self.stop());
            if let Err(error) = stopped {
                eprintln!("a test's PostgreSQL: {error:#}");
            }
        }
    }
}

fn shared() -> Result<Arc<Server>> {
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(server) = shared.upgrade() {
        return Ok(server);
    }
    let server = Arc::new(Server::start()?);
    *shared = Arc::downgrade(&server);
    Ok(server)
}

async fn create_database(url: &str) -> Result<String> {
    let options: PgConnectOptions = url.parse()?;
    let name = format!("cardwright_test_{}", Uuid::new_v4().simple());
    let mut connection = PgConnection::connect_with(&options).await.context("DATABASE_URL: no server answers there")?;
    sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut connection).await?;
    connection.close().await?;
    Ok(options.database(&name).to_url_lossy().into())
}

async fn drop_database(url: &str) -> Result<()> {
    let options: PgConnectOptions = url.parse()?;
    let name = options.get_database().context("expected the name of a database")?.to_owned();
    let mut connection = PgConnection::connect_with(&options.database("postgres")).await?;
    sqlx::query(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).execute(&mut connection).await?;
    Ok(connection.close().await?)
}

/// The folder of PostgreSQL's programs: on the path, else where Debian puts the newest.
fn programs() -> Result<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = env::split_paths(&path).collect();
    let mut debian: Vec<u32> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|version| version.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    debian.sort_unstable();
    folders.extend(
        debian.iter().rev().map(|version| Path::new("/usr/lib/postgresql").join(version.to_string()).join("bin")),
    );
    let found = folders.into_iter().find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file());
    // A link's own folder lacks the files the programs look for beside themselves.
    let folder = found.with_context(|| format!("PostgreSQL's initdb and postgres not found: {REMEDY}"))?;
    let initdb = fs::canonicalize(folder.join("initdb"))?;
    Ok(initdb.parent().unwrap_or(&folder).to_owned())
}

/// A free port below those that the system gives to connections: one of these would be taken when the server starts again on it.
fn free_port() -> Result<u16> {
    static TRIED: AtomicU16 = AtomicU16::new(0);
    let first = 12_000 + 16 * (std::process::id() % 1_000) as u16;
    (0..1_000)
        .map(|_| first + TRIED.fetch_add(1, Ordering::Relaxed) % 4_000)
        .find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
        .context("expected a free port of a thousand, found none")
}

fn is_root() -> Result<bool> {
    Ok(id(&["-u"])? == 0)
}

fn id(arguments: &[&str]) -> Result<u32> {
    let said = Command::new("id").args(arguments).output()?;
    ensure!(said.status.success(), "expected a user, found none");
    Ok(String::from_utf8(said.stdout)?.trim().parse()?)
}

fn signal(name: &str, pid: u32) -> Result<()> {
    let said = Command::new("kill").arg(format!("-{name}")).arg(pid.to_string()).output()?;
    ensure!(said.status.success(), "kill -{name}: {}", String::from_utf8_lossy(&said.stderr));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn setting(url: &str, name: &str) -> Result<String> {
        let mut connection = PgConnection::connect(url).await?;
        Ok(sqlx::query_scalar(AssertSqlSafe(format!("SHOW {name}"))).fetch_one(&mut connection).await?)
    }

    #[tokio::test]
    async fn databases_are_fresh_and_safe() {
        let (one, other) = (Database::fresh().await.unwrap(), Database::fresh().await.unwrap());
        assert_ne!(one.url, other.url);
        for name in ["fsync", "synchronous_commit", "full_page_writes"] {
            assert_eq!(setting(&one.url, name).await.unwrap(), "on", "{name}");
        }
    }

    #[tokio::test]
    async fn a_server_of_ones_own_stops_comes_back_and_is_gone_when_dropped() {
        let mut server = Server::start_with(&["fsync=off"]).unwrap();
        let url = server.database().await.unwrap();
        assert_eq!(setting(&url, "fsync").await.unwrap(), "off");
        server.stop().unwrap();
        assert!(setting(&url, "fsync").await.is_err());
        server.launch().unwrap();
        assert_eq!(setting(&url, "fsync").await.unwrap(), "off");
        server.pause().unwrap();
        assert!(tokio::time::timeout(Duration::from_millis(300), setting(&url, "fsync")).await.is_err());
        server.resume().unwrap();
        assert_eq!(setting(&url, "fsync").await.unwrap(), "off");
        let (pid, folder) = (server.running.as_ref().unwrap().pid, server.folder.path().to_owned());
        drop(server);
        assert!(!folder.exists() && !Path::new(&format!("/proc/{pid}")).exists());
    }

    #[tokio::test]
    async fn a_standby_reads_only() {
        let server = Server::start_standby().unwrap();
        assert_eq!(setting(&server.url(), "transaction_read_only").await.unwrap(), "on");
    }
}

//! What the one address of the store says. Nothing of it is ever shown: it can hold a password.

use std::path::PathBuf;

use anyhow::{bail, ensure};
use secrecy::{ExposeSecret, SecretString};
use sqlx::postgres::PgConnectOptions;

/// A store's address, read.
pub(super) enum Address {
    /// `memory:`
    Memory,
    /// `sqlite:PATH`
    Sqlite(File),
    /// `postgres://...`
    Postgres(Box<PgConnectOptions>),
}

/// A database file, and how carefully it is written.
pub(super) struct File {
    pub(super) path: PathBuf,
    pub(super) synchronous: &'static str,
}

impl Address {
    /// Reads an address. Refused as well: what would weaken the store, and what would be silently ignored.
    pub(super) fn parse(address: &SecretString) -> anyhow::Result<Address> {
        let address = address.expose_secret();
        if address == "memory:" {
            return Ok(Address::Memory);
        }
        if let Some(rest) = address.strip_prefix("sqlite:") {
            return Ok(Address::Sqlite(file(rest)?));
        }
        if let Some(rest) = ["postgres://", "postgresql://"].iter().find_map(|scheme| address.strip_prefix(scheme)) {
            return Ok(Address::Postgres(Box::new(server(rest, address)?)));
        }
        bail!("database-url: expected sqlite:PATH, postgres://... or memory:, found something else")
    }
}

fn file(rest: &str) -> anyhow::Result<File> {
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    ensure!(
        !path.is_empty() && path != ":memory:",
        "database-url: expected the path of a file after sqlite:, found none (memory: is the store that forgets)"
    );
    let mut synchronous = "FULL";
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        ensure!(name == "synchronous", "database-url: expected no parameter but synchronous, found another");
        synchronous = match value.to_ascii_uppercase().as_str() {
            "FULL" | "2" => "FULL",
            "EXTRA" | "3" => "EXTRA",
            _ => bail!(
                "database-url: synchronous: expected full or extra, found a weaker setting: power loss would take back \
                 committed claims"
            ),
        };
    }
    Ok(File { path: path.into(), synchronous })
}

fn server(rest: &str, address: &str) -> anyhow::Result<PgConnectOptions> {
    let (authority, query) = rest.split_once('?').unwrap_or((rest, ""));
    let hosts = authority.split('/').next().unwrap_or_default().rsplit('@').next().unwrap_or_default();
    let one_host = "database-url: expected one host, the primary or a name that follows it, found several";
    ensure!(!hosts.contains(','), one_host);
    let mut kept = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match &*name {
            "host" | "hostaddr" | "port" => ensure!(!value.contains(','), one_host),
            // Each connection is asked whether it may write (see postgres.rs), which is what these two values mean.
            "target_session_attrs" => {
                ensure!(
                    matches!(&*value, "read-write" | "primary"),
                    "database-url: target_session_attrs: expected read-write, found another: claims are kept on the \
                     primary only"
                );
                continue;
            }
            _ => {}
        }
        kept.append_pair(&name, &value);
    }
    let query = kept.finish();
    let base = address.split('?').next().unwrap_or_default();
    let options = if query.is_empty() { base.parse() } else { format!("{base}?{query}").parse() };
    // The parser's own words can quote the address.
    options.map_err(|_: sqlx::Error| {
        anyhow::anyhow!("database-url: expected postgres://user:password@host:port/database, found something else")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(address: &str) -> String {
        Address::parse(&address.into()).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn three_kinds_of_address_are_read() {
        assert!(matches!(Address::parse(&"memory:".into()), Ok(Address::Memory)));
        for (address, path, synchronous) in [
            ("sqlite:a.db", "a.db", "FULL"),
            ("sqlite:///var/lib/a.db", "/var/lib/a.db", "FULL"),
            ("sqlite:/var/lib/a.db?synchronous=extra", "/var/lib/a.db", "EXTRA"),
        ] {
            let Ok(Address::Sqlite(file)) = Address::parse(&address.into()) else { panic!("{address}") };
            assert_eq!((file.path.to_str().unwrap(), file.synchronous), (path, synchronous));
        }
        for address in ["postgres://u:p@h:5433/d?target_session_attrs=read-write&sslmode=require", "postgresql://u@h/d"]
        {
            let Ok(Address::Postgres(options)) = Address::parse(&address.into()) else { panic!("{address}") };
            assert_eq!((options.get_host(), options.get_username(), options.get_database()), ("h", "u", Some("d")));
        }
    }

    #[test]
    fn what_weakens_the_store_is_refused_without_being_shown() {
        for (address, reason) in [
            ("sqlite:zebra.db?synchronous=normal", "synchronous: expected full or extra, found a weaker setting"),
            ("sqlite:zebra.db?synchronous=off", "found a weaker setting"),
            ("sqlite:zebra.db?synchronous=full&synchronous=1", "found a weaker setting"),
            ("sqlite:zebra.db?mode=memory", "expected no parameter but synchronous"),
            ("sqlite::memory:", "expected the path of a file"),
            ("sqlite:", "expected the path of a file"),
            ("postgres://u:zebra@a,b/d", "expected one host"),
            ("postgres://u:zebra@a:1,b:2/d", "expected one host"),
            ("postgres://u:zebra@/d?host=a,b", "expected one host"),
            ("postgres://u:zebra@a/d?target_session_attrs=any", "target_session_attrs: expected read-write"),
            ("postgres://u:zebra@a/d?target_session_attrs=standby", "target_session_attrs: expected read-write"),
            ("postgres://u:zebra@a:port/d", "expected postgres://user:password@host:port/database"),
            ("mysql://u:zebra@a/d", "expected sqlite:PATH, postgres://... or memory:"),
            ("", "expected sqlite:PATH"),
        ] {
            let found = refusal(address);
            assert!(found.starts_with("database-url: ") && found.contains(reason), "{address}: {found}");
            assert!(!found.contains("zebra"));
        }
    }
}

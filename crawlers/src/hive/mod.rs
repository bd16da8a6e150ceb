//! The Hive metastore, read over Thrift or straight from its database.

mod meaning;
pub mod sql;
mod table;
mod thrift;

use crate::Crawler;
use reeve_model::SecretUrl;
use reeve_model::secret::mask;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The port a metastore listens on unless told otherwise.
const DEFAULT_PORT: u16 = 9083;

/// A Hive metastore: either `uris` (Thrift) or `database` (its own database, read-only).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HiveConfig {
    /// Thrift addresses, tried in order: `["thrift://127.0.0.1:9083"]`.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub uris: Vec<SecretUrl>,
    /// URL of the metastore's own database, read instead of Thrift: `sqlite:///path/metastore.db`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub database: Option<SecretUrl>,
    /// How many connections read at once over Thrift, 1 to 64.
    #[serde(default = "four")]
    #[schemars(range(min = 1, max = 64))]
    pub connections: usize,
    /// Seconds to wait for one answer, 1 to 3600.
    #[serde(default = "sixty")]
    #[schemars(range(min = 1, max = 3600))]
    pub timeout_seconds: u64,
}

impl HiveConfig {
    /// Makes the crawler; connects to nothing yet.
    ///
    /// # Errors
    /// Says which setting is wrong and what would be right.
    pub fn build(&self) -> Result<Box<dyn Crawler>, String> {
        if !(1..=64).contains(&self.connections) {
            return Err(format!("connections = {}: must be 1 to 64", self.connections));
        }
        if !(1..=3600).contains(&self.timeout_seconds) {
            return Err(format!("timeout_seconds = {}: must be 1 to 3600", self.timeout_seconds));
        }
        let timeout = Duration::from_secs(self.timeout_seconds);
        match (&self.database, self.uris.as_slice()) {
            (Some(_), [_, ..]) => Err("uris and database are both set: keep one, uris to read over Thrift".to_owned()),
            (None, []) => Err(r#"neither uris nor database is set: uris = ["thrift://host:9083"]"#.to_owned()),
            (Some(url), []) => Ok(Box::new(sql::SqlMetastore::new(url.expose(), timeout)?)),
            (None, uris) => {
                let hosts = uris.iter().map(|uri| host_and_port(uri.expose())).collect::<Result<_, _>>()?;
                Ok(Box::new(thrift::ThriftMetastore::new(hosts, self.connections, timeout)))
            }
        }
    }

    /// Where the metastore is read from, without any password: `thrift://a:9083, thrift://b:9083`.
    pub fn address(&self) -> String {
        match &self.database {
            Some(url) => url.to_string(),
            None => self.uris.iter().map(SecretUrl::to_string).collect::<Vec<_>>().join(", "),
        }
    }
}

/// `host:port` of `thrift://host:port`.
fn host_and_port(uri: &str) -> Result<String, String> {
    let wrong = || format!("uris: {:?} must be thrift://host:port", mask(uri));
    let authority = uri.strip_prefix("thrift://").ok_or_else(wrong)?.trim_end_matches('/');
    if authority.is_empty() || authority.contains(['/', '@', ',', ' ', '?', '#']) {
        return Err(wrong());
    }
    // The address of IPv6 is in brackets, and has colons of its own.
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port.parse().map_err(|_| wrong())?),
        _ => (authority, DEFAULT_PORT),
    };
    let plain = !host.is_empty() && !host.contains(':');
    if port == 0 || !(plain || (host.starts_with('[') && host.ends_with(']'))) {
        return Err(wrong());
    }
    Ok(format!("{host}:{port}"))
}

/// For error messages about an address that was only lent.
fn without_password(url: &str) -> String {
    mask(url)
}

fn four() -> usize {
    4
}

fn sixty() -> u64 {
    60
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn config(toml: serde_json::Value) -> HiveConfig {
        serde_json::from_value(toml).expect("a config")
    }

    #[test]
    fn wrong_settings_are_named() {
        let wrong = [
            serde_json::json!({}),
            serde_json::json!({"uris": ["thrift://a"], "database": "sqlite://b"}),
            serde_json::json!({"uris": ["http://a:9083"]}),
            serde_json::json!({"uris": ["thrift://a:b"]}),
            serde_json::json!({"uris": ["thrift://hive:secret@a:9083"]}),
            serde_json::json!({"uris": ["thrift://a:9083,thrift://b:9083"]}),
            serde_json::json!({"uris": ["thrift://a"], "connections": 0}),
            serde_json::json!({"uris": ["thrift://a"], "timeout_seconds": 0}),
            serde_json::json!({"database": "mysql://reader:secret@db/hive"}),
        ];
        let told: Vec<String> =
            wrong.into_iter().map(|json| config(json).build().err().unwrap_or_else(|| "accepted".to_owned())).collect();
        insta::assert_snapshot!(told.join("\n"), @r#"
        neither uris nor database is set: uris = ["thrift://host:9083"]
        uris and database are both set: keep one, uris to read over Thrift
        uris: "http://a:9083" must be thrift://host:port
        uris: "thrift://a:***" must be thrift://host:port
        uris: "thrift://hive:***@a:9083" must be thrift://host:port
        uris: "thrift://a:9083,thrift://b:9083" must be thrift://host:port
        connections = 0: must be 1 to 64
        timeout_seconds = 0: must be 1 to 3600
        database: mysql://reader:***@db/hive: only SQLite can be read so far, as sqlite:///path/metastore.db
        "#);
    }

    #[test]
    fn hosts_of_uris() {
        assert_eq!(host_and_port("thrift://hive.example.com:9083/"), Ok("hive.example.com:9083".to_owned()));
        assert_eq!(host_and_port("thrift://hive"), Ok("hive:9083".to_owned()));
        assert_eq!(host_and_port("thrift://[::1]"), Ok("[::1]:9083".to_owned()));
        assert_eq!(host_and_port("thrift://[::1]:1"), Ok("[::1]:1".to_owned()));
        assert!(host_and_port("thrift://::1").is_err());
    }

    #[test]
    fn addresses_hide_passwords() {
        let address = |json| config(json).address();
        assert_eq!(
            address(serde_json::json!({"uris": ["thrift://a:1", "thrift://b:2"]})),
            "thrift://a:1, thrift://b:2"
        );
        assert_eq!(address(serde_json::json!({"database": "sqlite:///a/b@c:d.db"})), "sqlite:///a/b@c:d.db");
        let secret = serde_json::json!({"database": "postgres://reader:p@ss:w@db:5432/hive?sslmode=on"});
        assert_eq!(address(secret), "postgres://reader:***@db:5432/hive?sslmode=on");
    }

    proptest! {
        #[test]
        fn no_uri_makes_it_panic(uri in ".{0,30}", close in "(thrift://)?[a-z0-9:@/\\[\\]]{0,20}") {
            for uri in [uri, close] {
                let _ = host_and_port(&uri);
            }
        }
    }
}

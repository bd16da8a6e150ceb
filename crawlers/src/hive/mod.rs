//! The Hive metastore, read over Thrift or straight from its database.

pub mod sql;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A Hive metastore: either `uris` (Thrift) or `database` (its own database, read-only).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HiveConfig {
    /// Thrift addresses, tried in order: `["thrift://127.0.0.1:9083"]`.
    #[serde(default)]
    pub uris: Vec<String>,
    /// URL of the metastore's own database, read instead of Thrift: `sqlite:///path/metastore.db`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
    /// How many connections read at once.
    #[serde(default = "four")]
    pub connections: usize,
    /// Seconds to wait for one answer.
    #[serde(default = "sixty")]
    pub timeout_seconds: u64,
}

fn four() -> usize {
    4
}

fn sixty() -> u64 {
    60
}
impl HiveConfig { pub fn address(&self) -> String { String::new() } pub fn build(&self) -> Result<Box<dyn crate::Crawler>, String> { Err(String::new()) } }

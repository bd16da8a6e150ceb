//! The metastore over Thrift: Hive 2.x and 3.x as they come, without Kerberos.

mod calls;
mod client;
mod connection;
mod crawl;
#[cfg(test)]
mod peer;
mod queue;
#[cfg(test)]
mod tests;

use crate::{Crawler, Health, Identity, Landmark, Missing, Run, SourceError};
use client::{Client, Endpoints};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

/// How many tables one call may ask for.
const TABLES_PER_CALL: usize = 200;
/// How many partitions one call may ask for.
const PARTITIONS_PER_CALL: usize = 1000;

/// A metastore reached over Thrift.
pub(super) struct ThriftMetastore {
    endpoints: Arc<Endpoints>,
    connections: usize,
}

impl ThriftMetastore {
    /// `hosts` are `host:port`, tried in order.
    pub(super) fn new(hosts: Vec<String>, connections: usize, timeout: Duration) -> Self {
        Self { endpoints: Arc::new(Endpoints { hosts, timeout }), connections }
    }

    /// Runs `work` with a client on a thread that may wait.
    async fn with_client<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Client) -> Result<T, SourceError> + Send + 'static,
    ) -> Result<T, SourceError> {
        let mut client = Client::new(Arc::clone(&self.endpoints));
        on_thread(move || work(&mut client)).await
    }
}

#[async_trait::async_trait]
impl Crawler for ThriftMetastore {
    async fn check(&self) -> Result<Health, SourceError> {
        self.with_client(|client| {
            let names = client
                .ask(connection::Connection::database_names)
                .map_err(|error| client.source_error("get_all_databases", error))?;
            // Up to Hive 3.0 the answer is the constant "3.0", whatever the version.
            let version = client.ask(connection::Connection::version).ok();
            let version = version.filter(|version| !version.is_empty() && version != "3.0");
            let summary = match names.len() {
                1 => "1 database".to_owned(),
                count => format!("{count} databases"),
            };
            Ok(Health { version, summary, clock_skew_ms: None })
        })
        .await
    }

    async fn identify(&self, _known: &[Landmark]) -> Result<Identity, SourceError> {
        Ok(Identity::default())
    }

    async fn crawl(&self, run: &Run) -> Result<(), SourceError> {
        let (endpoints, connections, run) = (Arc::clone(&self.endpoints), self.connections, run.clone());
        on_thread(move || crawl::crawl(&endpoints, connections, &run)).await
    }

    async fn still_there(&self, missing: &Missing) -> Result<Vec<String>, SourceError> {
        let missing = missing.clone();
        self.with_client(move |client| match missing {
            Missing::Databases { names } => databases_there(client, names),
            Missing::Tables { database, names } => tables_there(client, &database, names),
            Missing::Partitions { database, table, names } => partitions_there(client, &database, &table, names),
        })
        .await
    }
}

fn databases_there(client: &mut Client, names: Vec<String>) -> Result<Vec<String>, SourceError> {
    let mut there = Vec::new();
    for name in names {
        let found = client
            .ask(|connection| connection.database(&name))
            .map_err(|error| client.source_error(&format!("get_database {name}"), error))?;
        if found.is_some() {
            there.push(name);
        }
    }
    Ok(there)
}

fn tables_there(client: &mut Client, database: &str, names: Vec<String>) -> Result<Vec<String>, SourceError> {
    // Asked for tables of a database that is not there, 2.3 answers with an internal error.
    if databases_there(client, vec![database.to_owned()])?.is_empty() {
        return Ok(Vec::new());
    }
    let mut found = HashSet::new();
    for names in names.chunks(TABLES_PER_CALL) {
        let tables = client
            .ask(|connection| connection.tables(database, names))
            .map_err(|error| client.source_error(&format!("get_table_objects_by_name in {database}"), error))?;
        found.extend(tables.into_iter().map(|table| table.name.to_lowercase()));
    }
    Ok(names.into_iter().filter(|name| found.contains(&name.to_lowercase())).collect())
}

fn partitions_there(
    client: &mut Client,
    database: &str,
    table: &str,
    names: Vec<String>,
) -> Result<Vec<String>, SourceError> {
    let call = format!("get_partitions_by_names of {database}.{table}");
    if databases_there(client, vec![database.to_owned()])?.is_empty() {
        return Ok(Vec::new());
    }
    let this = [table.to_owned()];
    let stored = client
        .ask(|connection| connection.tables(database, &this))
        .map_err(|error| client.source_error(&call, error))?;
    // A partition is not there when its table is not.
    let Some(stored) = stored.into_iter().next() else { return Ok(Vec::new()) };
    let keys: Vec<String> = stored.partition_keys.into_iter().map(|key| key.name).collect();
    let mut found = HashSet::new();
    for names in names.chunks(PARTITIONS_PER_CALL) {
        let partitions = client
            .ask(|connection| connection.partitions(database, table, &keys, names))
            .map_err(|error| client.source_error(&call, error))?;
        found.extend(partitions.into_iter().map(|partition| partition.name));
    }
    Ok(names.into_iter().filter(|name| found.contains(name)).collect())
}

/// Runs `work` where it may wait for the network, and carries on its panic.
async fn on_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SourceError> + Send + 'static,
) -> Result<T, SourceError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is going down.
            Err(_) => Err(SourceError::Cancelled),
        },
    }
}

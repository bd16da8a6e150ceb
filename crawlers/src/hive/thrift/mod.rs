//! The metastore over Thrift: Hive 2.x and 3.x as they come, without Kerberos.

mod calls;
mod client;
mod connection;
mod crawl;
mod endpoint;
mod identify;
mod names;
#[cfg(test)]
mod odd_tests;
#[cfg(test)]
mod peer;
mod queue;
#[cfg(test)]
mod tests;

use crate::{Crawler, Health, Identity, Landmark, Missing, Run, SourceError};
use client::{Client, Endpoints};
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
                .ask_any(connection::Connection::database_names)
                .map_err(|error| client.source_error("get_all_databases", error))?;
            // Up to Hive 3.0 the answer is the constant "3.0", whatever the version.
            let version = client.ask(connection::Connection::version).ok();
            let version = version.filter(|version| !version.is_empty() && version != "3.0");
            let summary = match names::databases(names).len() {
                1 => "1 database".to_owned(),
                count => format!("{count} databases"),
            };
            Ok(Health { version, summary, clock_skew_ms: None })
        })
        .await
    }

    async fn identify(&self, known: &[Landmark]) -> Result<Identity, SourceError> {
        let known = known.to_vec();
        self.with_client(|client| identify::identify(client, known)).await
    }

    async fn crawl(&self, run: &Run) -> Result<(), SourceError> {
        let (endpoints, connections, run) = (Arc::clone(&self.endpoints), self.connections, run.clone());
        on_thread(move || crawl::crawl(&endpoints, connections, &run)).await
    }

    async fn still_there(&self, missing: &Missing) -> Result<Vec<String>, SourceError> {
        let missing = missing.clone();
        self.with_client(|client| identify::still_there(client, missing)).await
    }
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

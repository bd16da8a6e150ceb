//! Who the metastore is, and what is there when asked for directly.

use super::client::{AskError, Client};
use super::connection::{CallError, Connection};
use super::{PARTITIONS_PER_CALL, TABLES_PER_CALL, names};
use crate::{Identity, Landmark, Missing, SourceError};
use std::collections::{BTreeMap, HashSet, VecDeque};

/// Settings that two installations seldom share; Hive 3 has them under a second name.
const SETTINGS: [&str; 3] =
    ["hive.metastore.warehouse.dir", "metastore.warehouse.dir", "metastore.warehouse.external.dir"];

pub(super) fn identify(client: &mut Client, known: Vec<Landmark>) -> Result<Identity, SourceError> {
    let uuid = told(client, "get_metastore_db_uuid", Connection::database_uuid)?;
    let mut settings = BTreeMap::new();
    for name in SETTINGS {
        let value = told(client, "get_config_value", |connection| connection.config_value(name))?;
        settings.extend(value.map(|value| (name.to_owned(), value)));
    }
    let mut by_database: BTreeMap<String, Vec<Landmark>> = BTreeMap::new();
    for landmark in known {
        by_database.entry(landmark.database.clone()).or_default().push(landmark);
    }
    let mut landmarks = Vec::new();
    for (database, known) in by_database {
        let Some(asked) = asked_as(client, &database)? else { continue };
        let tables: Vec<String> = known.iter().map(|landmark| landmark.table.clone()).collect();
        let call = format!("get_table_objects_by_name in {database}");
        let found =
            halving(client, &call, &tables, TABLES_PER_CALL, |connection, tables| connection.tables(&asked, tables))?;
        let found: BTreeMap<String, _> = found.into_iter().map(|table| (table.name.to_lowercase(), table)).collect();
        for landmark in known {
            if let Some(stored) = found.get(&landmark.table.to_lowercase()) {
                let observed = stored.clone().into_observed();
                landmarks.push(Landmark { created_at: observed.created_at, location: observed.location, ..landmark });
            }
        }
    }
    Ok(Identity { uuid, settings, landmarks })
}

/// What older metastores do not know, and newer ones may refuse.
fn told(
    client: &mut Client,
    name: &str,
    call: impl Fn(&mut Connection) -> Result<String, CallError>,
) -> Result<Option<String>, SourceError> {
    match client.ask(call) {
        Ok(text) => Ok(Some(text).filter(|text| !text.trim().is_empty())),
        Err(AskError::Call(CallError::Refused { .. })) => Ok(None),
        Err(error) => Err(client.source_error(name, error)),
    }
}

pub(super) fn still_there(client: &mut Client, missing: Missing) -> Result<Vec<String>, SourceError> {
    match missing {
        Missing::Databases { names } => {
            let mut there = Vec::new();
            for name in names {
                if asked_as(client, &name)?.is_some() {
                    there.push(name);
                }
            }
            Ok(there)
        }
        Missing::Tables { database, names } => {
            // Asked for tables of a database that is not there, 2.3 answers with an internal error.
            let Some(asked) = asked_as(client, &database)? else { return Ok(Vec::new()) };
            let call = format!("get_table_objects_by_name in {database}");
            let found =
                halving(client, &call, &names, TABLES_PER_CALL, |connection, names| connection.tables(&asked, names))?;
            let found: HashSet<String> = found.into_iter().map(|table| table.name.to_lowercase()).collect();
            Ok(names.into_iter().filter(|name| found.contains(&name.to_lowercase())).collect())
        }
        Missing::Partitions { database, table, names } => partitions_there(client, &database, &table, names),
    }
}

fn partitions_there(
    client: &mut Client,
    database: &str,
    table: &str,
    names: Vec<String>,
) -> Result<Vec<String>, SourceError> {
    let call = format!("get_partitions_by_names of {database}.{table}");
    let Some(asked) = asked_as(client, database)? else { return Ok(Vec::new()) };
    let this = [table.to_owned()];
    let stored =
        client.ask(|connection| connection.tables(&asked, &this)).map_err(|error| client.source_error(&call, error))?;
    // A partition is not there when its table is not.
    let Some(stored) = stored.into_iter().next() else { return Ok(Vec::new()) };
    let keys: Vec<String> = stored.partition_keys.into_iter().map(|key| key.name).collect();
    let found = halving(client, &call, &names, PARTITIONS_PER_CALL, |connection, names| {
        connection.partitions(&asked, table, &keys, names)
    })?;
    let found: HashSet<String> = found.into_iter().map(|partition| partition.name).collect();
    Ok(names.into_iter().filter(|name| found.contains(name)).collect())
}

/// How a database is asked for; `None` when it is not there.
fn asked_as(client: &mut Client, database: &str) -> Result<Option<String>, SourceError> {
    for asked in [Some(database.to_owned()), names::in_other_catalog(database)].into_iter().flatten() {
        let found = client
            .ask(|connection| connection.database(&asked))
            .map_err(|error| client.source_error(&format!("get_database {asked}"), error))?;
        if found.is_some() {
            return Ok(Some(asked));
        }
    }
    Ok(None)
}

/// Asks for at most `at_once`, and for fewer where one of them spoils the answer or it is too large.
fn halving<T>(
    client: &mut Client,
    call: &str,
    names: &[String],
    at_once: usize,
    ask: impl Fn(&mut Connection, &[String]) -> Result<Vec<T>, CallError>,
) -> Result<Vec<T>, SourceError> {
    let mut found = Vec::new();
    let mut left: VecDeque<&[String]> = names.chunks(at_once).collect();
    while let Some(names) = left.pop_front() {
        match client.ask(|connection| ask(connection, names)) {
            Ok(items) => found.extend(items),
            Err(AskError::Call(CallError::Refused { .. } | CallError::TooLarge)) if names.len() > 1 => {
                let (first, second) = names.split_at(names.len() / 2);
                left.push_front(second);
                left.push_front(first);
            }
            Err(error) => return Err(client.source_error(call, error)),
        }
    }
    Ok(found)
}

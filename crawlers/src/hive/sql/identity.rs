//! Who the metastore is, and what it has when it is asked for by name.

use super::names;
use super::read::{self, Database};
use crate::{Identity, Landmark, Missing};
use futures::stream::TryStreamExt;
use sqlx::sqlite::SqliteConnection;
use std::collections::{BTreeMap, HashSet};

/// The version's row after an installation by Hive's scripts, which is the same everywhere and changes with the version.
/// Where the metastore made its own schema it is `Set by MetaStore hive@10.0.0.1`, and stays.
const WRITTEN_BY_SCRIPTS: &str = "Hive release version";

pub(super) async fn identity(connection: &mut SqliteConnection, known: &[Landmark]) -> sqlx::Result<Identity> {
    let databases = read::databases(connection).await?;
    let default = databases.iter().find(|database| database.observed.name == "default");
    let mut settings = BTreeMap::new();
    if let Some(location) = default.and_then(|database| database.observed.location.clone()) {
        settings.insert("location of default".to_owned(), location);
    }
    let comment = read::version(connection).await?.and_then(|(_, comment)| comment);
    if let Some(comment) = comment.filter(|comment| !comment.starts_with(WRITTEN_BY_SCRIPTS)) {
        settings.insert("VERSION_COMMENT".to_owned(), comment);
    }
    let uuid = read::uuid(connection).await?.filter(|uuid| !uuid.is_empty());
    Ok(Identity { uuid, settings, landmarks: landmarks(connection, &databases, known).await? })
}

/// The landmarks as the crawl would read them now, so that what differs is the metastore's doing.
async fn landmarks(
    connection: &mut SqliteConnection,
    databases: &[Database],
    known: &[Landmark],
) -> sqlx::Result<Vec<Landmark>> {
    let mut by_database: BTreeMap<&str, HashSet<&str>> = BTreeMap::new();
    for landmark in known {
        by_database.entry(&landmark.database).or_default().insert(&landmark.table);
    }
    let mut found = Vec::new();
    for (database, tables) in by_database {
        let Some(Database { keys, .. }) = databases.iter().find(|known| known.observed.name == database) else {
            continue;
        };
        let (listed, _) = names::each_once(read::table_names(connection, keys, Some(&tables)).await?);
        let keys: Vec<i64> = listed.into_iter().map(|(key, _)| key).collect();
        let mut tables = std::pin::pin!(read::tables(connection, database, &keys));
        while let Some((_, stored, _)) = tables.try_next().await? {
            let table = stored.into_observed();
            let (created_at, location) = (table.created_at, table.location);
            found.push(Landmark { database: database.to_owned(), table: table.name, created_at, location });
        }
    }
    Ok(found)
}

/// Of what a listing did not name, the names that are there, in the order asked.
pub(super) async fn still_there(connection: &mut SqliteConnection, missing: &Missing) -> sqlx::Result<Vec<String>> {
    let databases = read::databases(connection).await?;
    let keys_of = |name: &String| databases.iter().find(|found| found.observed.name == *name).map(|found| &*found.keys);
    let (names, found): (_, HashSet<String>) = match missing {
        Missing::Databases { names } => (names, databases.into_iter().map(|database| database.observed.name).collect()),
        Missing::Tables { database, names } => {
            let keys = keys_of(database).unwrap_or_default();
            let asked = names.iter().map(String::as_str).collect();
            let found = read::table_names(connection, keys, Some(&asked)).await?;
            (names, found.into_iter().map(|(_, name, _)| name).collect())
        }
        Missing::Partitions { database, table, names } => {
            let keys = keys_of(database).unwrap_or_default();
            let tables = read::table_names(connection, keys, Some(&HashSet::from([table.as_str()]))).await?;
            let found = match names::each_once(tables).0.first() {
                Some((key, _)) => {
                    let asked = names.iter().map(String::as_str).collect();
                    read::existing_partitions(connection, *key, &asked).await?
                }
                None => Vec::new(),
            };
            (names, found.into_iter().collect())
        }
    };
    Ok(names.iter().filter(|name| found.contains(*name)).cloned().collect())
}

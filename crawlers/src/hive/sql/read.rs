//! The queries. Each reads whole rows of one of Hive's tables by its key; what belongs together is joined here.
//!
//! Keys are handed over as one JSON array, so that the text of a query does not depend on how many there are.
//! SQLite keeps whatever type was written, so numbers are cast.

use crate::ObservedDatabase;
use crate::hive::table::{StoredPartition, StoredTable};
use reeve_model::asset::Column;
use sqlx::sqlite::SqliteConnection;
use std::collections::{BTreeMap, HashMap};

type Parameters = BTreeMap<String, String>;

/// The schema's version, `2.3.0`; `None` where the database does not say.
pub(super) async fn version(connection: &mut SqliteConnection) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar(r#"SELECT "SCHEMA_VERSION" FROM "VERSION" ORDER BY "VER_ID" LIMIT 1"#)
        .fetch_optional(connection)
        .await
}

/// All databases with their keys, by name.
pub(super) async fn databases(connection: &mut SqliteConnection) -> sqlx::Result<Vec<(i64, ObservedDatabase)>> {
    let mut parameters = group_parameters(
        sqlx::query_as(r#"SELECT "DB_ID", "PARAM_KEY", "PARAM_VALUE" FROM "DATABASE_PARAMS""#)
            .fetch_all(&mut *connection)
            .await?,
    );
    let rows: Vec<(i64, String, Option<String>, Option<String>, Option<String>)> = sqlx::query_as(
        r#"SELECT "DB_ID", "NAME", "DESC", "DB_LOCATION_URI", "OWNER_NAME" FROM "DBS" WHERE "NAME" IS NOT NULL
           ORDER BY "NAME""#,
    )
    .fetch_all(connection)
    .await?;
    let database = |(id, name, description, location, owner): (i64, String, Option<String>, _, Option<String>)| {
        let not_empty = |text: &String| !text.is_empty();
        let observed = ObservedDatabase {
            name,
            description: description.filter(not_empty),
            location,
            owner: owner.filter(not_empty),
            parameters: parameters.remove(&id).unwrap_or_default(),
        };
        (id, observed)
    };
    Ok(rows.into_iter().map(database).collect())
}

/// Keys and names of a database's tables and views, by name.
pub(super) async fn table_names(
    connection: &mut SqliteConnection,
    database_id: i64,
) -> sqlx::Result<Vec<(i64, String)>> {
    sqlx::query_as(
        r#"SELECT "TBL_ID", "TBL_NAME" FROM "TBLS" WHERE "DB_ID" = $1 AND "TBL_NAME" IS NOT NULL ORDER BY "TBL_NAME""#,
    )
    .bind(database_id)
    .fetch_all(connection)
    .await
}

/// A row of `TBLS`.
#[derive(sqlx::FromRow)]
struct TableRow {
    id: i64,
    name: String,
    owner: Option<String>,
    create_time: i64,
    table_type: Option<String>,
    original_text: Option<String>,
    expanded_text: Option<String>,
    storage_id: Option<i64>,
}

/// A row of `SDS`.
#[derive(Default, sqlx::FromRow)]
struct StorageRow {
    id: i64,
    columns_id: Option<i64>,
    location: Option<String>,
    input_format: Option<String>,
    serde_id: Option<i64>,
}

/// The tables with these keys, with their keys, in no order.
pub(super) async fn tables(
    connection: &mut SqliteConnection,
    database: &str,
    ids: &[i64],
) -> sqlx::Result<Vec<(i64, StoredTable)>> {
    let keys = json(ids);
    let rows: Vec<TableRow> = sqlx::query_as(
        r#"SELECT "TBL_ID" AS id, "TBL_NAME" AS name, "OWNER" AS owner,
                  CAST(COALESCE("CREATE_TIME", 0) AS INTEGER) AS create_time, "TBL_TYPE" AS table_type,
                  "VIEW_ORIGINAL_TEXT" AS original_text, "VIEW_EXPANDED_TEXT" AS expanded_text, "SD_ID" AS storage_id
           FROM "TBLS" WHERE "TBL_ID" IN (SELECT value FROM json_each($1))"#,
    )
    .bind(&keys)
    .fetch_all(&mut *connection)
    .await?;
    let parameters = sqlx::query_as(
        r#"SELECT "TBL_ID", "PARAM_KEY", "PARAM_VALUE" FROM "TABLE_PARAMS"
           WHERE "TBL_ID" IN (SELECT value FROM json_each($1))"#,
    );
    let mut parameters = group_parameters(parameters.bind(&keys).fetch_all(&mut *connection).await?);
    let partition_keys = sqlx::query_as(
        r#"SELECT "TBL_ID", CAST("INTEGER_IDX" AS INTEGER), "PKEY_NAME", "PKEY_TYPE", "PKEY_COMMENT"
           FROM "PARTITION_KEYS" WHERE "TBL_ID" IN (SELECT value FROM json_each($1))"#,
    );
    let mut partition_keys = group_columns(partition_keys.bind(&keys).fetch_all(&mut *connection).await?);
    let storages = storages(connection, rows.iter().filter_map(|row| row.storage_id)).await?;
    let columns = sqlx::query_as(
        r#"SELECT "CD_ID", CAST("INTEGER_IDX" AS INTEGER), "COLUMN_NAME", COALESCE("TYPE_NAME", ''), "COMMENT"
           FROM "COLUMNS_V2" WHERE "CD_ID" IN (SELECT value FROM json_each($1))"#,
    );
    let columns_ids: Vec<i64> = storages.values().filter_map(|storage| storage.columns_id).collect();
    let columns = group_columns(columns.bind(json(&columns_ids)).fetch_all(&mut *connection).await?);
    let serde_ids = json(&storages.values().filter_map(|storage| storage.serde_id).collect::<Vec<_>>());
    let serdes: Vec<(i64, Option<String>)> = sqlx::query_as(
        r#"SELECT "SERDE_ID", "SLIB" FROM "SERDES" WHERE "SERDE_ID" IN (SELECT value FROM json_each($1))"#,
    )
    .bind(&serde_ids)
    .fetch_all(&mut *connection)
    .await?;
    let serdes: HashMap<i64, Option<String>> = serdes.into_iter().collect();
    let serde_parameters = sqlx::query_as(
        r#"SELECT "SERDE_ID", "PARAM_KEY", "PARAM_VALUE" FROM "SERDE_PARAMS"
           WHERE "SERDE_ID" IN (SELECT value FROM json_each($1))"#,
    );
    let serde_parameters = group_parameters(serde_parameters.bind(&serde_ids).fetch_all(connection).await?);

    let none = StorageRow::default();
    let table = |row: TableRow| {
        // Several tables may point to one storage, and several storages to one set of columns.
        let storage = row.storage_id.and_then(|id| storages.get(&id)).unwrap_or(&none);
        let stored = StoredTable {
            database: database.to_owned(),
            name: row.name,
            owner: row.owner,
            create_time: row.create_time,
            table_type: row.table_type.unwrap_or_default(),
            columns: storage.columns_id.and_then(|id| columns.get(&id)).cloned().unwrap_or_default(),
            partition_keys: partition_keys.remove(&row.id).unwrap_or_default(),
            location: storage.location.clone(),
            input_format: storage.input_format.clone(),
            serde: storage.serde_id.and_then(|id| serdes.get(&id)).cloned().flatten(),
            serde_parameters: storage.serde_id.and_then(|id| serde_parameters.get(&id)).cloned().unwrap_or_default(),
            parameters: parameters.remove(&row.id).unwrap_or_default(),
            view_original_text: row.original_text,
            view_expanded_text: row.expanded_text,
        };
        (row.id, stored)
    };
    Ok(rows.into_iter().map(table).collect())
}

/// At most `limit` partitions of a table whose keys are above `after`, by key, and the last of these keys.
pub(super) async fn partitions(
    connection: &mut SqliteConnection,
    table_id: i64,
    after: i64,
    limit: i64,
) -> sqlx::Result<(Vec<StoredPartition>, Option<i64>)> {
    let rows: Vec<(i64, String, i64, Option<i64>)> = sqlx::query_as(
        r#"SELECT "PART_ID", "PART_NAME", CAST(COALESCE("CREATE_TIME", 0) AS INTEGER), "SD_ID" FROM "PARTITIONS"
           WHERE "TBL_ID" = $1 AND "PART_ID" > $2 AND "PART_NAME" IS NOT NULL ORDER BY "PART_ID" LIMIT $3"#,
    )
    .bind(table_id)
    .bind(after)
    .bind(limit)
    .fetch_all(&mut *connection)
    .await?;
    let storages = storages(connection, rows.iter().filter_map(|(.., storage_id)| *storage_id)).await?;
    let ids: Vec<i64> = rows.iter().map(|(id, ..)| *id).collect();
    let parameters = sqlx::query_as(
        r#"SELECT "PART_ID", "PARAM_KEY", "PARAM_VALUE" FROM "PARTITION_PARAMS"
           WHERE "PART_ID" IN (SELECT value FROM json_each($1))"#,
    );
    let mut parameters = group_parameters(parameters.bind(json(&ids)).fetch_all(connection).await?);
    let partition = |(id, name, create_time, storage_id): (i64, String, i64, Option<i64>)| StoredPartition {
        name,
        create_time,
        location: storage_id.and_then(|id| storages.get(&id)).and_then(|storage| storage.location.clone()),
        parameters: parameters.remove(&id).unwrap_or_default(),
    };
    Ok((rows.into_iter().map(partition).collect(), ids.last().copied()))
}

async fn storages(
    connection: &mut SqliteConnection,
    ids: impl Iterator<Item = i64>,
) -> sqlx::Result<HashMap<i64, StorageRow>> {
    let rows: Vec<StorageRow> = sqlx::query_as(
        r#"SELECT "SD_ID" AS id, "CD_ID" AS columns_id, "LOCATION" AS location, "INPUT_FORMAT" AS input_format,
                  "SERDE_ID" AS serde_id
           FROM "SDS" WHERE "SD_ID" IN (SELECT value FROM json_each($1))"#,
    )
    .bind(json(&ids.collect::<Vec<_>>()))
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Those of the named databases that exist.
pub(super) async fn existing_databases(
    connection: &mut SqliteConnection,
    names: &[String],
) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar(r#"SELECT "NAME" FROM "DBS" WHERE "NAME" IN (SELECT value FROM json_each($1))"#)
        .bind(json(names))
        .fetch_all(connection)
        .await
}

/// Those of the named tables that exist.
pub(super) async fn existing_tables(
    connection: &mut SqliteConnection,
    database: &str,
    names: &[String],
) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar(
        r#"SELECT "TBL_NAME" FROM "TBLS" WHERE "DB_ID" = (SELECT "DB_ID" FROM "DBS" WHERE "NAME" = $1)
           AND "TBL_NAME" IN (SELECT value FROM json_each($2))"#,
    )
    .bind(database)
    .bind(json(names))
    .fetch_all(connection)
    .await
}

/// Those of the named partitions that exist.
pub(super) async fn existing_partitions(
    connection: &mut SqliteConnection,
    database: &str,
    table: &str,
    names: &[String],
) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar(
        r#"SELECT "PART_NAME" FROM "PARTITIONS" WHERE "TBL_ID" = (SELECT "TBL_ID" FROM "TBLS"
               WHERE "TBL_NAME" = $2 AND "DB_ID" = (SELECT "DB_ID" FROM "DBS" WHERE "NAME" = $1))
           AND "PART_NAME" IN (SELECT value FROM json_each($3))"#,
    )
    .bind(database)
    .bind(table)
    .bind(json(names))
    .fetch_all(connection)
    .await
}

/// Rows of key, parameter and value, by key.
fn group_parameters(rows: Vec<(i64, String, Option<String>)>) -> HashMap<i64, Parameters> {
    let mut grouped: HashMap<i64, Parameters> = HashMap::new();
    for (id, name, value) in rows {
        if let Some(value) = value {
            grouped.entry(id).or_default().insert(name, value);
        }
    }
    grouped
}

/// Rows of key, position, name, type and comment, by key and in order.
fn group_columns(mut rows: Vec<(i64, i64, String, String, Option<String>)>) -> HashMap<i64, Vec<Column>> {
    rows.sort_by_key(|(_, position, ..)| *position);
    let mut grouped: HashMap<i64, Vec<Column>> = HashMap::new();
    for (id, _, name, data_type, comment) in rows {
        grouped.entry(id).or_default().push(Column { name, data_type, comment });
    }
    grouped
}

fn json<T: serde::Serialize>(keys: &[T]) -> String {
    serde_json::to_string(keys).expect("numbers and texts are JSON")
}
